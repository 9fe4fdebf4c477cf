package compose

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

// merged is the supergraph while it is made: a type system, and for each element
// which subgraphs it is from.
type merged struct {
	schema *sdl.Schema
	types  map[string]*mergedType
	// links are the specifications that the supergraph links, besides link and
	// join.
	links []*link
	// join is the version of the join specification.
	join federation.Version
	// graphs are the values of join__Graph, by subgraph.
	graphs []string
	// carried are the join__directive applications on the schema element.
	carried []carriedDirective
	// federated are the directives of the federation specification that reach
	// the supergraph because some subgraph applies them.
	federated map[federation.Directive]*mergedDirective
}

// link is a specification that the supergraph links.
type link struct {
	feature *federation.Feature
	// scalars are the types that it brings, under their names in the supergraph.
	scalars []string
}

// mergedType is a type of the supergraph.
type mergedType struct {
	*sdl.Type
	// sources are the subgraphs that have the type, in their order.
	sources []typeSource
	// standIns are subgraphs that have an interface object for an interface that
	// the object type implements.
	standIns []standIn
	fields   []*mergedField
	joins    []joinType
	// implements and members have one entry for each subgraph and name.
	implements []joinReference
	members    []joinReference
	// values are the subgraphs of each enum value.
	values  map[string][]int
	carried []carriedDirective
}

// typeSource is the declaration of a type in one subgraph.
type typeSource struct {
	sub int
	*sdl.Type
	// mismatched says that the subgraph's type is of another kind, which is an
	// error; it counts as one without elements.
	mismatched bool
}

type standIn struct {
	sub int
	// object is the interface object.
	object *sdl.Type
}

// mergedField is a field of an object type, an interface or an input object.
type mergedField struct {
	*sdl.Field
	// joins are the @join__field applications. Nil means that every subgraph
	// that has the type has the field, plainly.
	joins []joinField
	// fromInterfaceObject says that only interface objects contribute it.
	fromInterfaceObject bool
	carried             []carriedDirective
}

// joinType is one @join__type.
type joinType struct {
	graph                                  int
	key                                    string
	hasKey                                 bool
	extension, unresolvable, interfaceable bool
}

// joinReference is one @join__implements or @join__unionMember.
type joinReference struct {
	graph int
	name  string
}

// joinField is one @join__field.
type joinField struct {
	graph                                            int
	requires, provides, typ, override, overrideLabel string
	external, usedOverridden                         bool
	contexts                                         []joinContext
}

// joinContext is one element of the contextArguments of a @join__field.
type joinContext struct{ context, name, typ, selection string }

// carriedDirective is one @join__directive: an application that has no meaning
// to clients but to routers.
type carriedDirective struct {
	graphs []int
	name   string
	args   ast.ArgumentList
}

// merger merges subgraphs. What it needs of them is in the order of their names.
type merger struct {
	subgraphs []*subgraph.Subgraph
	out       *merged
	// version is that of the composition: the highest of the subgraphs'.
	version federation.Version
	// directives are what to do with the directives of each subgraph, by name;
	// those that are not in it do not reach the supergraph.
	directives []map[string]*mergedDirective
	enums      map[string]*enumUse

	errors federation.Errors
	hints  []Hint
}

// enumUse says where an enum is used; what may differ between subgraphs depends
// on it. The coordinates are examples.
type enumUse struct{ input, output string }

func (m *merger) names(subs []int) []string {
	out := make([]string, len(subs))
	for i, s := range subs {
		out[i] = m.subgraphs[s].Name
	}
	return out
}

// place returns a place in a subgraph.
func (m *merger) place(sub int, pos *ast.Position, note string) federation.Place {
	return federation.Place{Subgraph: m.subgraphs[sub].Name, Position: pos, Note: note}
}
