// Package overview is what the supergraph map shows of a supergraph: which
// subgraphs there are, which entities join them by which keys, and which subgraph
// resolves which field. It tells of the inside, so it is for development.
package overview

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// Overview is a supergraph, in the JSON form that the map reads.
type Overview struct {
	Subgraphs []Subgraph `json:"subgraphs"`
	// Types are the composite types, each with its view in every subgraph that
	// has it: the root types, then entities, then others, by name.
	Types []Type `json:"types"`
}

// Subgraph is one subgraph; types name it by Name.
type Subgraph struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

// Type is an object type, an interface or a union.
type Type struct {
	Name        string `json:"name"`
	Kind        string `json:"kind"` // OBJECT, INTERFACE or UNION
	Description string `json:"description,omitempty"`
	// Root says that operations begin here.
	Root bool `json:"root,omitempty"`
	// Entity says that a key joins the type's objects across subgraphs.
	Entity bool `json:"entity,omitempty"`
	// Hidden types are not in the API schema (@inaccessible).
	Hidden     bool     `json:"hidden,omitempty"`
	Interfaces []string `json:"interfaces,omitempty"`
	// Possible are the object types of an interface or a union.
	Possible []string `json:"possible,omitempty"`
	Views    []View   `json:"views"`
	Fields   []Field  `json:"fields,omitempty"`
}

// View is a type as one subgraph has it.
type View struct {
	Subgraph string `json:"subgraph"`
	Keys     []Key  `json:"keys,omitempty"`
	// InterfaceObject says that the subgraph has the interface as an object type.
	InterfaceObject bool `json:"interfaceObject,omitempty"`
}

// Key is an @key.
type Key struct {
	Fields string `json:"fields"`
	// Resolvable says that the subgraph finds the object by this key; others only
	// refer to it.
	Resolvable bool `json:"resolvable,omitempty"`
}

// Field is a field of a type, in the order of the supergraph document.
type Field struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Description string `json:"description,omitempty"`
	// Arguments as they are written, "first: Int".
	Arguments  []string     `json:"arguments,omitempty"`
	Deprecated bool         `json:"deprecated,omitempty"`
	Hidden     bool         `json:"hidden,omitempty"`
	In         []Resolution `json:"in"`
}

// Resolution is what a subgraph has to do with a field.
type Resolution struct {
	Subgraph string `json:"subgraph"`
	// Through is the interface that the subgraph has as an object type, where it
	// resolves the field by that.
	Through string `json:"through,omitempty"`
	// External fields are known to the subgraph and resolved by others.
	External bool `json:"external,omitempty"`
	// Overridden fields were taken over by another subgraph.
	Overridden bool   `json:"overridden,omitempty"`
	Requires   string `json:"requires,omitempty"`
	// Provides are the fields below this one that the subgraph resolves here.
	Provides string `json:"provides,omitempty"`
	// Label is that of a progressive @override.
	Label string `json:"label,omitempty"`
}

// Of returns the overview of a supergraph.
func Of(s *supergraph.Supergraph) *Overview {
	o := &Overview{}
	for _, g := range s.Subgraphs {
		o.Subgraphs = append(o.Subgraphs, Subgraph{g.Name, g.URL})
	}
	for _, def := range s.Definitions {
		switch def.Kind {
		case ast.Object, ast.Interface, ast.Union:
			o.Types = append(o.Types, typeOf(s, def))
		}
	}
	slices.SortFunc(o.Types, func(a, b Type) int {
		if a.rank() != b.rank() {
			return a.rank() - b.rank()
		}
		return strings.Compare(a.order(), b.order())
	})
	return o
}

func (t *Type) rank() int {
	switch {
	case t.Root:
		return 0
	case t.Entity:
		return 1
	}
	return 2
}

// order sorts Query before Mutation and Subscription.
func (t *Type) order() string {
	if t.Root && t.Name == "Query" {
		return ""
	}
	return t.Name
}

func typeOf(s *supergraph.Supergraph, def *ast.Definition) Type {
	t := Type{
		Name: def.Name, Kind: string(def.Kind), Description: def.Description, Hidden: s.API.Types[def.Name] == nil,
		Root:       def.Name == "Query" || def.Name == "Mutation" || def.Name == "Subscription",
		Interfaces: def.Interfaces,
	}
	if def.Kind != ast.Object {
		t.Possible = s.Possible(def.Name)
	}
	for _, g := range s.Subgraphs {
		if here := g.Types[def.Name]; here != nil && !(t.Root && len(here.Fields) == 0) {
			v := viewOf(here)
			t.Entity = t.Entity || len(v.Keys) > 0
			t.Views = append(t.Views, v)
		}
	}
	for _, field := range def.Fields {
		t.Fields = append(t.Fields, fieldOf(s, def, field))
	}
	return t
}

func viewOf(t *supergraph.Type) View {
	v := View{Subgraph: t.Subgraph.Name, InterfaceObject: t.InterfaceObject}
	for _, k := range t.Keys {
		v.Keys = append(v.Keys, Key{k.Text, k.Resolvable})
	}
	return v
}

func fieldOf(s *supergraph.Supergraph, parent *ast.Definition, def *ast.FieldDefinition) Field {
	f := Field{
		Name: def.Name, Type: def.Type.String(), Description: def.Description,
		Deprecated: def.Directives.ForName("deprecated") != nil,
	}
	api := s.API.Types[parent.Name]
	f.Hidden = api == nil || api.Fields.ForName(def.Name) == nil
	for _, a := range def.Arguments {
		f.Arguments = append(f.Arguments, a.Name+": "+a.Type.String())
	}
	for _, g := range s.Subgraphs {
		if here := field(g, parent.Name, def.Name); here != nil {
			f.In = append(f.In, resolutionOf(here, ""))
			continue
		}
		for _, name := range parent.Interfaces {
			if here := field(g, name, def.Name); here != nil && here.Parent.InterfaceObject {
				f.In = append(f.In, resolutionOf(here, name))
			}
		}
	}
	return f
}

// field is a field as the subgraph has it, or nil.
func field(g *supergraph.Subgraph, typeName, name string) *supergraph.Field {
	if t := g.Types[typeName]; t != nil {
		return t.Fields[name]
	}
	return nil
}

func resolutionOf(f *supergraph.Field, through string) Resolution {
	return Resolution{
		Subgraph: f.Parent.Subgraph.Name, Through: through, External: f.External, Overridden: f.Overridden,
		Requires: f.RequiresText, Provides: fieldSet(f.Provides), Label: f.Label,
	}
}

// fieldSet is a field set as it is written.
func fieldSet(set ast.SelectionSet) string {
	var parts []string
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			parts = append(parts, braced(selection.Name, selection.SelectionSet))
		case *ast.InlineFragment:
			parts = append(parts, braced("... on "+selection.TypeCondition, selection.SelectionSet))
		}
	}
	return strings.Join(parts, " ")
}

func braced(name string, set ast.SelectionSet) string {
	if len(set) == 0 {
		return name
	}
	return name + " { " + fieldSet(set) + " }"
}
