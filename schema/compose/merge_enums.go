package compose

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// mergeEnums merges the values of enums. What a subgraph may return must be
// known to clients, so output enums have all values; what it takes must be known
// to it, so input enums have those that all have; an enum that is both must be
// the same everywhere.
func (m *merger) mergeEnums() {
	for _, d := range m.out.schema.Definitions {
		for _, arg := range d.Arguments {
			m.useInput(arg.Type.Name(), sdl.DirectiveArgument(d.Name, arg.Name))
		}
	}
	for _, t := range m.out.schema.Types {
		if t.Kind != ast.Enum {
			continue
		}
		mt := m.out.types[t.Name]
		m.mergeTypeElement(mt)
		m.mergeEnum(mt)
	}
}

func (m *merger) mergeEnum(mt *mergedType) {
	use := m.enums[mt.Name]
	if use == nil {
		use = &enumUse{}
		m.hint(federation.UnusedEnumType, mt.Name, nil, "enum %q is neither the type of a field nor of an argument or input field; its values are united", mt.Name)
	}
	e := enumMerge{merger: m, mt: mt, use: use}
	mt.values = map[string][]int{}
	var order []string
	for _, src := range mt.sources {
		for _, v := range src.Values {
			if mt.values[v.Name] == nil {
				order = append(order, v.Name)
			}
			mt.values[v.Name] = append(mt.values[v.Name], src.sub)
		}
	}
	for _, name := range order {
		if v := e.merge(name); v != nil {
			mt.AddValue(v)
		}
	}
	if len(mt.Values) == 0 {
		m.fail(federation.EmptyMergedEnumType, e.places(), "give the declarations a value in common",
			"enum %q would have no values: it is used as input (%s), and no value is in all the subgraphs that have the type", mt.Name, use.input)
	}
}

type enumMerge struct {
	*merger
	mt  *mergedType
	use *enumUse
}

func (e *enumMerge) places() []federation.Place {
	places := make([]federation.Place, len(e.mt.sources))
	for i, src := range e.mt.sources {
		places[i] = e.place(src.sub, src.Position(), "")
	}
	return places
}

// merge merges a value; it returns nil when it is to be dropped.
func (e *enumMerge) merge(name string) *ast.EnumValueDefinition {
	where := e.mt.Name + "." + name
	out := &ast.EnumValueDefinition{Name: name}
	var descriptions []described
	var applied []appliedSource
	var without []int
	var places []federation.Place
	for _, src := range e.mt.sources {
		v := src.Value(name)
		if v == nil {
			without = append(without, src.sub)
			places = append(places, e.place(src.sub, src.Position(), "lacks it"))
			continue
		}
		places = append(places, e.place(src.sub, v.Position, "has it"))
		if out.Position == nil {
			out.Position = v.Position
		}
		if v.Description != "" {
			descriptions = append(descriptions, described{src.sub, v.Description, v.Position})
		}
		if len(v.Directives) > 0 {
			applied = append(applied, appliedSource{src.sub, v.Directives, false})
		}
	}
	out.Description = e.mergeDescriptions(where, descriptions)
	if len(applied) > 0 {
		out.Directives, _ = e.mergeApplied(where, applied)
	}
	if len(without) > 0 && !e.isInaccessible(out.Directives) && !e.missing(where, name, without, places) {
		return nil
	}
	return out
}

// missing says whether a value that some subgraphs lack is kept.
func (e *enumMerge) missing(where, name string, without []int, places []federation.Place) bool {
	in := fmt.Sprintf("it is in %s but not in %s", federation.Subgraphs(e.names(e.mt.values[name])), federation.Subgraphs(e.names(without)))
	switch {
	case e.use.input != "" && e.use.output != "":
		e.fail(federation.EnumValueMismatch, places, "add the value everywhere, or hide it by @inaccessible until it is",
			"enum %q is used both as input (%s) and as output (%s), so it must be the same everywhere, but value %q is not: %s", e.mt.Name, e.use.input, e.use.output, name, in)
	case e.use.input != "":
		e.hint(federation.InconsistentEnumValueForInputEnum, where, places, "value %q of enum %q is not part of the supergraph, as the enum is used as input (%s): %s",
			name, e.mt.Name, e.use.input, in)
		return false
	default:
		e.hint(federation.InconsistentEnumValueForOutputEnum, where, places, "value %q of enum %q is not in all subgraphs: %s", name, e.mt.Name, in)
	}
	return true
}

// mergeSchemaElement merges the schema definition: its description and
// directives, and which root types there are.
func (m *merger) mergeSchemaElement() {
	out := m.out.schema
	var descriptions []described
	var applied []appliedSource
	for i, s := range m.subgraphs {
		if s.Schema.Description != "" {
			descriptions = append(descriptions, described{i, s.Schema.Description, s.Schema.Position})
		}
		if len(s.Schema.Directives) > 0 {
			applied = append(applied, appliedSource{i, s.Schema.Directives, false})
		}
	}
	out.Description = m.mergeDescriptions("schema", descriptions)
	var carried []carriedDirective
	out.Directives, carried = m.mergeApplied("schema", applied)
	m.out.carried = append(m.out.carried, carried...)
	for _, op := range sdl.Operations {
		if m.hasRootFields(op) {
			out.Roots[op] = &sdl.Root{Type: sdl.RootName(op)}
		}
	}
	if out.Roots[ast.Query] == nil {
		m.fail(federation.NoQueries, nil, "add a field to type Query in one of the subgraphs", "no subgraph has a query, and a supergraph needs one")
		out.RemoveTypes(func(t *sdl.Type) bool { return t.Name == sdl.RootName(ast.Query) })
	}
}

func (m *merger) hasRootFields(op ast.Operation) bool {
	for _, s := range m.subgraphs {
		if root := s.Schema.RootType(op); root != nil {
			if len(root.Fields) > 1 || len(root.Fields) == 1 && root.Fields[0].Name != "_service" {
				return true
			}
		}
	}
	return false
}
