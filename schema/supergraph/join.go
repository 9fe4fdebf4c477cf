package supergraph

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/shopgraph/shopgraph/schema/federation"
)

// joiner reads the join directives of one supergraph document.
type joiner struct {
	supergraph *Supergraph
	names      joinNames
	byGraph    map[string]*Subgraph
	// v01 says that the document uses join v0.1, in which only entities carry
	// @join__type and only a field's owner is named.
	v01 bool
}

// joinNames are the join specification's elements as this document calls them.
type joinNames struct {
	graph, graphEnum, typ, field, implements, member, owner string
}

func (s *Supergraph) readSubgraphs(doc *ast.SchemaDocument) error {
	link, _ := s.Links.Find(specJoin)
	switch link.Version {
	case "v0.1", "v0.2", "v0.3", "v0.4", "v0.5":
	default:
		return fmt.Errorf("the supergraph uses join specification %s; this router reads v0.1 to v0.5", link.Version)
	}
	j := &joiner{
		supergraph: s,
		byGraph:    map[string]*Subgraph{},
		v01:        link.Version == "v0.1",
		names: joinNames{
			graph: link.directive("graph"), graphEnum: link.Alias + "__Graph",
			typ: link.directive("type"), field: link.directive("field"),
			implements: link.directive("implements"), member: link.directive("unionMember"),
			owner: link.directive("owner"),
		},
	}
	if err := j.readGraphs(doc); err != nil {
		return err
	}
	for _, def := range doc.Definitions {
		if s.Links.owns(def.Name) || !def.IsCompositeType() {
			continue
		}
		if err := j.readType(def); err != nil {
			return fmt.Errorf("type %q at line %d of the supergraph: %w", def.Name, def.Position.Line, err)
		}
	}
	s.completeExternal()
	j.completePossible()
	for _, g := range s.Subgraphs {
		for _, t := range g.Types {
			t.resolveExtensionKeys()
		}
	}
	return nil
}

func (j *joiner) readGraphs(doc *ast.SchemaDocument) error {
	enum := doc.Definitions.ForName(j.names.graphEnum)
	if enum == nil {
		return fmt.Errorf("the supergraph has no enum %s, which names its subgraphs", j.names.graphEnum)
	}
	for i, value := range enum.EnumValues {
		d := value.Directives.ForName(j.names.graph)
		if d == nil {
			return fmt.Errorf("value %s of enum %s at line %d has no @%s", value.Name, enum.Name, value.Position.Line, j.names.graph)
		}
		g := &Subgraph{Index: i, Graph: value.Name, Name: argument(d, "name"), URL: argument(d, "url"), Types: map[string]*Type{}}
		j.supergraph.Subgraphs = append(j.supergraph.Subgraphs, g)
		j.byGraph[value.Name] = g
	}
	return nil
}

// readType gives each subgraph that has the type its view of it.
func (j *joiner) readType(def *ast.Definition) error {
	types, err := j.readTypeJoins(def)
	if err != nil {
		return err
	}
	for _, d := range def.Directives.ForNames(j.names.implements) {
		if t := types[argument(d, "graph")]; t != nil {
			t.Interfaces = append(t.Interfaces, argument(d, "interface"))
		}
	}
	for _, d := range def.Directives.ForNames(j.names.member) {
		if t := types[argument(d, "graph")]; t != nil {
			t.Possible = append(t.Possible, argument(d, "member"))
		}
	}
	for _, field := range def.Fields {
		if err := j.readField(def, types, field); err != nil {
			return fmt.Errorf("field %q: %w", field.Name, err)
		}
	}
	for _, t := range types {
		if j.v01 {
			t.Interfaces = slices.Clone(def.Interfaces)
		}
		slices.Sort(t.Interfaces)
	}
	return nil
}

// readTypeJoins makes the views of def by its @join__type, keyed by graph.
func (j *joiner) readTypeJoins(def *ast.Definition) (map[string]*Type, error) {
	types := map[string]*Type{}
	joins := def.Directives.ForNames(j.names.typ)
	for _, d := range joins {
		t, err := j.view(types, argument(d, "graph"), def)
		if err != nil {
			return nil, err
		}
		if argument(d, "isInterfaceObject") == "true" {
			t.InterfaceObject, t.Kind = true, ast.Object
		}
		text := argument(d, "key")
		if text == "" {
			continue
		}
		fields, err := federation.ParseFieldSet(text)
		if err != nil {
			return nil, fmt.Errorf("@key: %w", err)
		}
		t.Keys = append(t.Keys, &Key{Type: t, Text: text, Fields: fields, Resolvable: argument(d, "resolvable") != "false", Extension: argument(d, "extension") == "true"})
	}
	if j.v01 && len(joins) == 0 {
		for _, g := range j.supergraph.Subgraphs {
			if _, err := j.view(types, g.Graph, def); err != nil {
				return nil, err
			}
		}
	}
	return types, nil
}

func (j *joiner) view(types map[string]*Type, graph string, def *ast.Definition) (*Type, error) {
	if t := types[graph]; t != nil {
		return t, nil
	}
	g := j.byGraph[graph]
	if g == nil {
		return nil, fmt.Errorf("there is no subgraph %q in enum %s", graph, j.names.graphEnum)
	}
	t := &Type{Subgraph: g, Name: def.Name, Kind: def.Kind, Fields: map[string]*Field{}}
	types[graph], g.Types[def.Name] = t, t
	return t, nil
}

// readField adds the field to the views that have it: those that its
// @join__field name or, without any, all that have the type. A @join__field
// without a graph stands for a field that only interface objects contribute.
func (j *joiner) readField(def *ast.Definition, types map[string]*Type, field *ast.FieldDefinition) error {
	joins := field.Directives.ForNames(j.names.field)
	if len(joins) == 0 {
		owner := ""
		if d := def.Directives.ForName(j.names.owner); d != nil {
			owner = argument(d, "graph")
		}
		for graph, t := range types {
			if owner == "" || owner == graph {
				t.add(&Field{Name: field.Name, Type: field.Type, Definition: field})
			}
		}
	}
	for _, d := range joins {
		t := types[argument(d, "graph")]
		if t == nil {
			continue
		}
		f, err := newField(d, field)
		if err != nil {
			return err
		}
		t.add(f)
	}
	if j.v01 {
		addKeyField(types, field)
	}
	return nil
}

// addKeyField makes a field that is part of a key known to the subgraphs that
// have the key, of which join v0.1 names only the owner.
func addKeyField(types map[string]*Type, field *ast.FieldDefinition) {
	for _, t := range types {
		for _, k := range t.Keys {
			if t.Fields[field.Name] == nil && selects(k.Fields, field.Name) {
				t.add(&Field{Name: field.Name, Type: field.Type, Definition: field})
			}
		}
	}
}

func selects(set ast.SelectionSet, name string) bool {
	return slices.ContainsFunc(set, func(s ast.Selection) bool {
		f, ok := s.(*ast.Field)
		return ok && f.Name == name
	})
}

func (t *Type) add(f *Field) {
	f.Parent = t
	if _, ok := t.Fields[f.Name]; !ok {
		t.FieldNames = append(t.FieldNames, f.Name)
	}
	t.Fields[f.Name] = f
}

func newField(d *ast.Directive, definition *ast.FieldDefinition) (*Field, error) {
	f := &Field{
		Name: definition.Name, Type: definition.Type, Definition: definition,
		External: argument(d, "external") == "true", RequiresText: argument(d, "requires"),
		Label: argument(d, "overrideLabel"), LabelOn: argument(d, "override") != "",
	}
	if argument(d, "usedOverridden") == "true" && f.Label == "" {
		f.External, f.Overridden = true, true
	}
	var err error
	if text := argument(d, "type"); text != "" {
		if f.Type, err = parseType(text); err != nil {
			return nil, err
		}
	}
	if f.RequiresText != "" {
		if f.Requires, err = federation.ParseFieldSet(f.RequiresText); err != nil {
			return nil, fmt.Errorf("@requires: %w", err)
		}
	}
	if text := argument(d, "provides"); text != "" {
		if f.Provides, err = federation.ParseFieldSet(text); err != nil {
			return nil, fmt.Errorf("@provides: %w", err)
		}
	}
	f.Contexts, err = readContexts(d)
	return f, err
}

func readContexts(d *ast.Directive) ([]ContextArgument, error) {
	arg := d.Arguments.ForName("contextArguments")
	if arg == nil {
		return nil, nil
	}
	var contexts []ContextArgument
	for _, item := range arg.Value.Children {
		get := func(name string) string { return raw(item.Value.Children.ForName(name)) }
		selection, err := federation.ParseFieldSet(get("selection"))
		if err != nil {
			return nil, fmt.Errorf("@fromContext: %w", err)
		}
		contexts = append(contexts, ContextArgument{Name: get("name"), Type: get("type"), Context: get("context"), Selection: selection})
	}
	return contexts, nil
}

func parseType(text string) (*ast.Type, error) {
	doc, err := parser.ParseSchema(&ast.Source{Input: "type T { f: " + text + " }"})
	if err != nil || len(doc.Definitions) != 1 || len(doc.Definitions[0].Fields) != 1 {
		return nil, fmt.Errorf("type %q in @join__field is not a type reference", text)
	}
	return doc.Definitions[0].Fields[0].Type, nil
}

// resolveExtensionKeys makes the fields of an extension's keys ordinary ones, even
// if another subgraph overrides them: the extension gets them with the
// representation.
func (t *Type) resolveExtensionKeys() {
	for _, k := range t.Keys {
		if k.Extension {
			t.resolveOwn(k.Fields)
		}
	}
}

func (t *Type) resolveOwn(set ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			f := t.Fields[s.Name]
			if f == nil {
				continue
			}
			f.External, f.Overridden = false, false
			if below := t.Subgraph.Types[f.Type.Name()]; below != nil {
				below.resolveOwn(s.SelectionSet)
			}
		case *ast.InlineFragment:
			if of := t.Subgraph.Types[s.TypeCondition]; of != nil {
				of.resolveOwn(s.SelectionSet)
			} else if s.TypeCondition == "" {
				t.resolveOwn(s.SelectionSet)
			}
		}
	}
}

// completePossible fills in the runtime types of each view, once every type of
// every subgraph is known.
func (j *joiner) completePossible() {
	for _, g := range j.supergraph.Subgraphs {
		for name, t := range g.Types {
			switch t.Kind {
			case ast.Object:
				t.Possible = []string{name}
				for _, i := range t.Interfaces {
					if it := g.Types[i]; it != nil && it.Kind == ast.Interface {
						it.Possible = append(it.Possible, name)
					}
				}
			case ast.Union:
				if len(t.Possible) == 0 {
					t.Possible = j.knownMembers(g, name)
				}
			}
		}
		for _, t := range g.Types {
			slices.Sort(t.Possible)
			t.Possible = slices.Compact(t.Possible)
		}
	}
}

// knownMembers are a union's members that the subgraph has, for documents of
// join versions that do not say.
func (j *joiner) knownMembers(g *Subgraph, union string) []string {
	var members []string
	for _, m := range j.supergraph.Definitions[union].Types {
		if g.Types[m] != nil {
			members = append(members, m)
		}
	}
	return members
}
