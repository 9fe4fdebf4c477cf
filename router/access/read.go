package access

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// schema is what rules need of the API schema.
type schema struct {
	types map[string]*ast.Definition
	// possible are the object types that a value of a type may have, sorted.
	possible map[string][]string
}

func newSchema(api *ast.Schema) *schema {
	s := &schema{types: api.Types, possible: map[string][]string{}}
	for name, def := range api.Types {
		for _, object := range api.GetPossibleTypes(def) {
			if object.Kind == ast.Object { // gqlparser counts interfaces of interfaces
				s.possible[name] = append(s.possible[name], object.Name)
			}
		}
		slices.Sort(s.possible[name])
	}
	return s
}

// reader finds rules in a supergraph.
type reader struct {
	supergraph *supergraph.Supergraph
	// names are the directives that protect, by their names in this supergraph.
	names map[string]kind
	// demands so far, and where each is by its text.
	demands []demand
	index   map[string]int
}

// specifications of the directives, with the one version that there is of each.
var specifications = []struct {
	identity, directive, version string
	kind                         kind
}{
	{federation.IdentityAuthenticated, "authenticated", "v0.1", authenticated},
	{federation.IdentityRequiresScopes, "requiresScopes", "v0.1", requiresScopes},
	{federation.IdentityPolicy, "policy", "v0.1", policy},
	{federation.IdentityFederation, "authenticated", "", authenticated},
	{federation.IdentityFederation, "requiresScopes", "", requiresScopes},
	{federation.IdentityFederation, "policy", "", policy},
}

func (r *reader) findDirectives() error {
	for _, s := range specifications {
		for _, link := range r.supergraph.Links {
			if link.Identity != s.identity {
				continue
			}
			if s.version != "" && link.Version != s.version {
				return fmt.Errorf("the supergraph links %s/%s, of which only %s is known here: what it protects would be open", s.identity, link.Version, s.version)
			}
			name, _ := supergraph.Links{link}.Directive(s.identity, s.directive)
			r.names[name] = s.kind
		}
	}
	return r.checkUnlinked()
}

// checkUnlinked refuses a supergraph that uses one of the directives without
// linking its specification: it may mean what it says.
func (r *reader) checkUnlinked() error {
	for _, typeName := range slices.Sorted(maps.Keys(r.supergraph.Definitions)) {
		def := r.supergraph.Definitions[typeName]
		lists := []ast.DirectiveList{def.Directives}
		for _, f := range def.Fields {
			lists = append(lists, f.Directives)
		}
		for _, d := range slices.Concat(lists...) {
			switch d.Name {
			case "authenticated", "requiresScopes", "policy":
				if _, known := r.names[d.Name]; !known && !r.supergraph.Links.OwnsDirective(d.Name) {
					return fmt.Errorf("the supergraph protects type %q with @%s and does not link the specification of that: add @link(url: \"https://specs.apollo.dev/%s/v0.1\", for: SECURITY) to its schema", typeName, d.Name, d.Name)
				}
			}
		}
	}
	return nil
}

// read fills in what all fields demand.
func (r *reader) read(rules *Rules) error {
	w, err := r.written()
	if err != nil {
		return err
	}
	rules.demands, rules.fields, rules.everywhere = r.demands, map[fieldKey][]int{}, map[fieldKey][]int{}
	definitions := r.supergraph.Definitions
	inherited := w.inherited(r, definitions)
	for name, def := range definitions {
		for _, f := range def.Fields {
			own, returned := fieldKey{name, f.Name}, fieldKey{f.Type.Name(), ""}
			all := slices.Concat(w[fieldKey{name, ""}], w[own], w[returned])
			for _, key := range []fieldKey{{name, ""}, own, returned} {
				all = append(all, inherited[key]...)
			}
			if all = sorted(all); len(all) > 0 {
				rules.fields[own] = all
			}
		}
	}
	rules.spread(definitions)
	return nil
}

// written is what a supergraph writes of demands, by type and field; of the type
// itself where the field is "".
type written map[fieldKey][]int

func (r *reader) written() (written, error) {
	w := written{}
	for _, name := range slices.Sorted(maps.Keys(r.supergraph.Definitions)) {
		def := r.supergraph.Definitions[name]
		var err error
		if w[fieldKey{name, ""}], err = r.applied(def.Directives, name); err != nil {
			return nil, err
		}
		for _, f := range def.Fields {
			if w[fieldKey{name, f.Name}], err = r.applied(f.Directives, name+"."+f.Name); err != nil {
				return nil, err
			}
		}
	}
	return w, nil
}

// inherited is what types and fields demand since an interface demands it and its
// implementations together do not. (What these demand together, composers write on
// the interface: there it protects who selects on the interface, and says nothing
// of a single implementation.)
func (w written) inherited(r *reader, definitions map[string]*ast.Definition) written {
	implementing := map[string][]string{}
	for name, def := range definitions {
		for _, i := range def.Interfaces {
			implementing[i] = append(implementing[i], name)
		}
	}
	out := written{}
	for key, demands := range w {
		below := implementing[key.typ]
		var together []int
		for _, name := range below {
			together = append(together, w[fieldKey{name, key.field}]...)
		}
		for _, i := range demands {
			if r.demands[i].impliedBy(r.pick(together)) {
				continue
			}
			for _, name := range below {
				out[fieldKey{name, key.field}] = append(out[fieldKey{name, key.field}], i)
			}
		}
	}
	return out
}

func (r *reader) pick(list []int) []demand {
	var out []demand
	for _, i := range sorted(list) {
		out = append(out, r.demands[i])
	}
	return out
}

// spread fills in everywhere.
func (r *Rules) spread(definitions map[string]*ast.Definition) {
	for name, def := range definitions {
		if def.Kind != ast.Interface {
			continue
		}
		for _, f := range def.Fields {
			all := r.fields[fieldKey{name, f.Name}]
			for _, object := range r.schema.possible[name] {
				all = slices.Concat(all, r.fields[fieldKey{object, f.Name}])
			}
			if all = sorted(all); len(all) > 0 {
				r.everywhere[fieldKey{name, f.Name}] = all
			}
		}
	}
}

func sorted(list []int) []int {
	slices.Sort(list)
	return slices.Compact(list)
}

// applied reads the demands of an element's directives.
func (r *reader) applied(directives ast.DirectiveList, element string) ([]int, error) {
	var found []int
	for _, d := range directives {
		kind, ok := r.names[d.Name]
		if !ok {
			continue
		}
		it := demand{kind: kind}
		if kind != authenticated {
			argument := [...]string{requiresScopes: "scopes", policy: "policies"}[kind]
			var err error
			if it.alternatives, err = alternatives(d.Arguments.ForName(argument)); err != nil {
				return nil, fmt.Errorf("@%s of %q at line %d: %s %w", d.Name, element, cmp.Or(d.Position, &ast.Position{}).Line, argument, err)
			}
		}
		found = append(found, r.intern(it))
	}
	return found, nil
}

func (r *reader) intern(it demand) int {
	text, _ := json.Marshal(it.alternatives) // strings only: it cannot fail
	it.text = fmt.Sprintf("%d%s", it.kind, text)
	i, known := r.index[it.text]
	if !known {
		i = len(r.demands)
		r.index[it.text] = i
		r.demands = append(r.demands, it)
	}
	return i
}

// alternatives reads a list of lists of strings. As everywhere in GraphQL, one
// value stands for a list of it.
func alternatives(arg *ast.Argument) ([][]string, error) {
	const form = "must be a list of lists of names, like [[\"a\", \"b\"], [\"c\"]]"
	if arg == nil {
		return nil, fmt.Errorf("is missing; it %s", form)
	}
	var out [][]string
	for _, inner := range listOf(arg.Value) {
		var names []string
		for _, v := range listOf(inner) {
			if v.Kind != ast.StringValue && v.Kind != ast.BlockValue {
				return nil, fmt.Errorf("is %s; it %s", strings.TrimSpace(arg.Value.String()), form)
			}
			names = append(names, v.Raw)
		}
		out = append(out, names)
	}
	return out, nil
}

func listOf(v *ast.Value) []*ast.Value {
	if v.Kind != ast.ListValue {
		return []*ast.Value{v}
	}
	out := make([]*ast.Value, len(v.Children))
	for i, child := range v.Children {
		out[i] = child.Value
	}
	return out
}
