package compose_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// This file compares supergraph documents by meaning. A document is a multiset
// of facts, one line of text each ("type User.name : String!"), which ignores
// order, formatting, redundant arguments and redundant join__field sets. Two
// documents are equivalent when their facts are equal. It computes what the
// shared oracle's diff.mjs computes.

// setArguments are lists whose order and repetitions mean nothing.
var setArguments = map[string][]string{
	"link": {"import"}, "join__directive": {"graphs"}, "requiresScopes": {"scopes"}, "policy": {"policies"}, "listSize": {"slicingArguments", "sizedFields"},
}

var fieldSetArguments = map[string][]string{"join__type": {"key"}, "join__field": {"requires", "provides"}}

type factReader struct {
	doc      *ast.SchemaDocument
	defaults map[string]map[string]string
	out      []string
}

// facts returns the facts of a document, sorted.
func facts(text string) ([]string, error) {
	doc, err := parser.ParseSchema(&ast.Source{Name: "supergraph", Input: text})
	if err != nil {
		return nil, err
	}
	r := &factReader{doc: doc, defaults: map[string]map[string]string{}}
	for _, d := range doc.Directives {
		r.defaults[d.Name] = map[string]string{}
		for _, a := range d.Arguments {
			if a.DefaultValue != nil {
				r.defaults[d.Name][a.Name] = factValue(a.DefaultValue, false)
			}
		}
	}
	r.read()
	slices.Sort(r.out)
	return r.out, nil
}

func (r *factReader) add(format string, args ...any) {
	r.out = append(r.out, fmt.Sprintf(format, args...))
}

func (r *factReader) read() {
	for _, s := range r.doc.Schema {
		r.describe("schema", s.Description)
		for _, op := range s.OperationTypes {
			r.add("schema %s : %s", op.Operation, op.Type)
		}
		r.applied("schema", s.Directives)
	}
	for _, d := range r.doc.Directives {
		if isSpecName(d.Name) {
			continue
		}
		where := "directive @" + d.Name
		var locations []string
		for _, l := range d.Locations {
			locations = append(locations, string(l))
		}
		slices.Sort(locations)
		r.add("%s on %s repeatable %v", where, strings.Join(locations, " | "), d.IsRepeatable)
		r.describe(where, d.Description)
		r.arguments(where, d.Arguments)
	}
	for _, t := range r.doc.Definitions {
		if !isSpecName(t.Name) {
			r.typ(t)
		}
	}
}

var specName = regexp.MustCompile(`^(link$|link__|join__)`)

func isSpecName(name string) bool { return name != "join__Graph" && specName.MatchString(name) }

func (r *factReader) describe(where, text string) {
	if text = strings.TrimSpace(text); text != "" {
		r.add("%s description %q", where, text)
	}
}

func (r *factReader) applied(where string, list ast.DirectiveList) {
	for _, d := range list {
		r.add("%s %s", where, r.application(d))
	}
}

func (r *factReader) application(d *ast.Directive) string {
	var args []string
	for _, a := range d.Arguments {
		v := factValue(a.Value, slices.Contains(setArguments[d.Name], a.Name))
		if slices.Contains(fieldSetArguments[d.Name], a.Name) {
			v = strconv.Quote(normalFieldSet(a.Value.Raw))
		}
		dflt, has := r.defaults[d.Name][a.Name]
		if has && dflt == v || v == "null" && !has {
			continue
		}
		args = append(args, a.Name+": "+v)
	}
	slices.Sort(args)
	return fmt.Sprintf("@%s(%s)", d.Name, strings.Join(args, ", "))
}

func (r *factReader) arguments(where string, args ast.ArgumentDefinitionList) {
	for _, a := range args {
		w := where + "(" + a.Name + ":)"
		r.add("%s : %s%s", w, a.Type, factDefault(a.DefaultValue))
		r.describe(w, a.Description)
		r.applied(w, a.Directives)
	}
}

func factDefault(v *ast.Value) string {
	if v == nil {
		return ""
	}
	return " = " + factValue(v, false)
}

func (r *factReader) typ(t *ast.Definition) {
	where := string(t.Kind) + " " + t.Name
	r.add("%s", where)
	r.describe(where, t.Description)
	r.applied(where, t.Directives)
	for _, i := range t.Interfaces {
		r.add("%s implements %s", where, i)
	}
	for _, m := range t.Types {
		r.add("%s = %s", where, m)
	}
	for _, v := range t.EnumValues {
		r.add("%s.%s", where, v.Name)
		r.describe(where+"."+v.Name, v.Description)
		r.applied(where+"."+v.Name, v.Directives)
	}
	for _, f := range t.Fields {
		w := where + "." + f.Name
		r.add("%s : %s%s", w, f.Type, factDefault(f.DefaultValue))
		r.describe(w, f.Description)
		directives := f.Directives
		if r.redundantJoin(t, f) {
			directives = slices.DeleteFunc(slices.Clone(directives), func(d *ast.Directive) bool { return d.Name == "join__field" })
		}
		r.applied(w, directives)
		r.arguments(w, f.Arguments)
	}
}

// redundantJoin says that a field's join__field set says no more than none would.
func (r *factReader) redundantJoin(t *ast.Definition, f *ast.FieldDefinition) bool {
	graphs := map[string]bool{}
	for _, d := range t.Directives.ForNames("join__type") {
		graphs[fmt.Sprintf("@join__field(graph: %s)", d.Arguments.ForName("graph").Value.Raw)] = true
	}
	joins := f.Directives.ForNames("join__field")
	if len(joins) == 0 || len(joins) != len(graphs) {
		return false
	}
	for _, d := range joins {
		if !graphs[r.application(d)] {
			return false
		}
	}
	return true
}

func factValue(v *ast.Value, asSet bool) string {
	switch v.Kind {
	case ast.StringValue, ast.BlockValue:
		return strconv.Quote(v.Raw)
	case ast.IntValue, ast.FloatValue:
		if n, err := strconv.ParseFloat(v.Raw, 64); err == nil {
			return strconv.FormatFloat(n, 'g', -1, 64)
		}
		return v.Raw
	case ast.ListValue:
		items := make([]string, len(v.Children))
		for i, c := range v.Children {
			items[i] = factValue(c.Value, asSet)
		}
		if asSet {
			slices.Sort(items)
			items = slices.Compact(items)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case ast.ObjectValue:
		items := make([]string, len(v.Children))
		for i, c := range v.Children {
			value := factValue(c.Value, false)
			if c.Name == "selection" && c.Value.Kind == ast.StringValue {
				value = strconv.Quote(normalFieldSet(c.Value.Raw))
			}
			items[i] = c.Name + ": " + value
		}
		slices.Sort(items)
		return "{" + strings.Join(items, ", ") + "}"
	default:
		return sdl.ValueText(v)
	}
}

func normalFieldSet(text string) string {
	set, err := federation.ParseFieldSet(text)
	if err != nil {
		return strings.Join(strings.Fields(text), " ")
	}
	return normalSelections(set)
}

func normalSelections(set ast.SelectionSet) string {
	var parts []string
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			part := s.Name
			if s.Alias != s.Name {
				part = s.Alias + ": " + part
			}
			var args []string
			for _, a := range s.Arguments {
				args = append(args, a.Name+": "+factValue(a.Value, false))
			}
			if slices.Sort(args); len(args) > 0 {
				part += "(" + strings.Join(args, ", ") + ")"
			}
			if len(s.SelectionSet) > 0 {
				part += " { " + normalSelections(s.SelectionSet) + " }"
			}
			parts = append(parts, part)
		case *ast.InlineFragment:
			part := "..."
			if s.TypeCondition != "" {
				part += " on " + s.TypeCondition
			}
			parts = append(parts, part+" { "+normalSelections(s.SelectionSet)+" }")
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// factDiff returns the facts that only one of two documents has, marked - and +.
func factDiff(a, b string) ([]string, error) {
	fa, err := facts(a)
	if err != nil {
		return nil, err
	}
	fb, err := facts(b)
	if err != nil {
		return nil, err
	}
	count := map[string]int{}
	for _, f := range fa {
		count[f]++
	}
	for _, f := range fb {
		count[f]--
	}
	var out []string
	for f, n := range count {
		for ; n > 0; n-- {
			out = append(out, "- "+f)
		}
		for ; n < 0; n++ {
			out = append(out, "+ "+f)
		}
	}
	slices.Sort(out)
	return out, nil
}
