package compose

import (
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// hasStrategies says whether different applications of a directive that is not
// repeatable are combined, argument by argument.
func hasStrategies(d federation.Directive) bool {
	return isAccessControl(d) || d == federation.AtCost || d == federation.AtListSize
}

// mergeArguments combines distinct applications: the highest cost, the longest
// list, and as access only what all of them grant.
func mergeArguments(md *mergedDirective, distinct []application) *ast.Directive {
	out := &ast.Directive{Name: md.name, Position: distinct[0].Position}
	for _, def := range md.definition.Arguments {
		var values []*ast.Value
		for _, a := range distinct {
			v := sdl.ArgumentValue(a.Directive, def.Name)
			if v == nil {
				v = def.DefaultValue
			}
			if v != nil && v.Kind != ast.NullValue {
				values = append(values, v)
			}
		}
		if len(values) > 0 {
			out.Arguments = append(out.Arguments, &ast.Argument{Name: def.Name, Value: combine(def.Name, values)})
		}
	}
	return out
}

func combine(argument string, values []*ast.Value) *ast.Value {
	switch argument {
	case "weight", "assumedSize":
		return slices.MaxFunc(values, compareIntegers)
	case "requireOneSlicingArgument":
		for _, v := range values {
			if v.Raw == "false" {
				return v
			}
		}
		return values[0]
	case "scopes", "policies":
		return formulaValue(conjunction(values))
	default: // slicingArguments, sizedFields
		return union(values)
	}
}

func compareIntegers(a, b *ast.Value) int {
	x, _ := strconv.Atoi(a.Raw)
	y, _ := strconv.Atoi(b.Raw)
	return x - y
}

// union returns the elements of lists of strings, in order of appearance.
func union(lists []*ast.Value) *ast.Value {
	out := &ast.Value{Kind: ast.ListValue}
	seen := map[string]bool{}
	for _, list := range lists {
		elements := list.Children
		if list.Kind != ast.ListValue {
			elements = ast.ChildValueList{{Value: list}}
		}
		for _, c := range elements {
			if !seen[c.Value.Raw] {
				seen[c.Value.Raw] = true
				out.Children = append(out.Children, &ast.ChildValue{Value: text(c.Value.Raw)})
			}
		}
	}
	return out
}

// formula is a condition in disjunctive normal form: one of its conjunctions,
// each of which is sorted, must hold. A formula without conjunctions is taken
// for one that always holds.
type formula [][]string

// formulaOf reads the value of scopes or policies.
func formulaOf(v *ast.Value) formula {
	var f formula
	for _, outer := range listOf(v) {
		var inner []string
		for _, c := range listOf(outer) {
			inner = append(inner, c.Raw)
		}
		slices.Sort(inner)
		f = append(f, slices.Compact(inner))
	}
	if len(f) == 0 {
		f = formula{nil}
	}
	return f
}

func listOf(v *ast.Value) []*ast.Value {
	if v.Kind != ast.ListValue {
		return []*ast.Value{v}
	}
	out := make([]*ast.Value, len(v.Children))
	for i, c := range v.Children {
		out[i] = c.Value
	}
	return out
}

func (f formula) form() string {
	parts := make([]string, len(f))
	for i, inner := range f {
		parts[i] = strings.Join(inner, "\x00")
	}
	return strings.Join(parts, "\x01")
}

func conjunction(values []*ast.Value) formula {
	var operands []formula
	seen := map[string]bool{}
	for _, v := range values {
		if f := formulaOf(v); !seen[f.form()] {
			seen[f.form()] = true
			operands = append(operands, f)
		}
	}
	out := operands[0]
	for _, f := range operands[1:] {
		out = out.and(f)
	}
	return out.minimal()
}

// and multiplies two formulas out.
func (f formula) and(g formula) formula {
	var out formula
	seen := map[string]bool{}
	for _, a := range f {
		for _, b := range g {
			both := slices.Concat(a, b)
			slices.Sort(both)
			both = slices.Compact(both)
			if key := strings.Join(both, "\x00"); !seen[key] {
				seen[key] = true
				out = append(out, both)
			}
		}
	}
	return out.minimal()
}

// minimal drops conjunctions that demand more than another.
func (f formula) minimal() formula {
	sorted := slices.SortedStableFunc(slices.Values(f), func(a, b []string) int { return len(a) - len(b) })
	var out formula
	for _, c := range sorted {
		if !slices.ContainsFunc(out, func(smaller []string) bool { return containsAll(c, smaller) }) {
			out = append(out, c)
		}
	}
	return out
}

// implies says whether whoever fulfils f fulfils g.
func (f formula) implies(g formula) bool {
	return !slices.ContainsFunc(f, func(c []string) bool {
		return !slices.ContainsFunc(g, func(d []string) bool { return containsAll(c, d) })
	})
}

// containsAll says whether a sorted list has every element of another.
func containsAll(list, elements []string) bool {
	for _, e := range elements {
		if _, ok := slices.BinarySearch(list, e); !ok {
			return false
		}
	}
	return true
}

func formulaValue(f formula) *ast.Value {
	out := &ast.Value{Kind: ast.ListValue}
	for _, inner := range f {
		list := &ast.Value{Kind: ast.ListValue}
		for _, s := range inner {
			list.Children = append(list.Children, &ast.ChildValue{Value: text(s)})
		}
		out.Children = append(out.Children, &ast.ChildValue{Value: list})
	}
	return out
}
