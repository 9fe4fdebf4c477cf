package plan

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// Plan says which subgraph requests answer an operation, in which order, and
// where each answer goes. It is immutable and shared by all requests of the
// operation.
type Plan struct {
	Kind ast.Operation
	// Root is the layout of the response's root object.
	Root *Layout
	// Layouts are all layouts of the plan; Layout.Index is the position here.
	Layouts []*Layout
	// Fetches are in an order in which each comes after those it depends on;
	// Fetch.Index is the position here.
	Fetches []*Fetch
}

// Layout is what is kept of the objects at one position of the response: a slot
// for each field that the client or the plan itself needs there, for whichever
// runtime type. Two selections of the position share a slot if they have the
// same response name, field and arguments; so what several subgraphs say of one
// object comes together by itself, and nothing is ever renamed afterwards.
type Layout struct {
	Index int
	Slots []Slot
	// slots are the slots' indexes, where there are many.
	slots map[slotKey]int
}

// slotKey is what tells slots apart: response name, field and arguments.
type slotKey [3]string

// Slot is one field of a layout.
type Slot struct {
	// ResponseName is the client's response name, or the field's name where only
	// the plan needs the field.
	ResponseName string
	Field        string
	// Arguments are printed as in GraphQL, "(first: $n)", or "" without any.
	Arguments string
	// Layout is that of the field's objects, at whichever depth of lists; nil
	// for scalars and enums.
	Layout *Layout
}

// Find returns the slot's index, or -1.
func (l *Layout) Find(responseName, field, arguments string) int {
	if l.slots != nil {
		if i, ok := l.slots[slotKey{responseName, field, arguments}]; ok {
			return i
		}
		return -1
	}
	for i := range l.Slots {
		s := &l.Slots[i]
		if s.ResponseName == responseName && s.Field == field && s.Arguments == arguments {
			return i
		}
	}
	return -1
}

// manySlots is from how many slots on they are looked up in a map.
const manySlots = 16

// add appends a slot, which there is none of yet, and returns its index.
func (l *Layout) add(s Slot) int {
	l.Slots = append(l.Slots, s)
	switch {
	case l.slots != nil:
		l.slots[s.key()] = len(l.Slots) - 1
	case len(l.Slots) >= manySlots:
		l.slots = map[slotKey]int{}
		for i := range l.Slots {
			l.slots[l.Slots[i].key()] = i
		}
	}
	return len(l.Slots) - 1
}

func (s *Slot) key() slotKey { return slotKey{s.ResponseName, s.Field, s.Arguments} }

// Fetch is one request to a subgraph. It has either a Root or Entities.
type Fetch struct {
	Index    int
	Subgraph *supergraph.Subgraph
	// Kind is that of the request: ast.Query for all but the root fetches of
	// mutations and subscriptions.
	Kind ast.Operation
	// Text is the GraphQL operation to send; Name is its operation name, or "".
	Text, Name string
	// Variables are the names of the client's variables that Text declares.
	Variables []string
	// DependsOn are the indexes of the fetches that must be done before this
	// one starts.
	DependsOn []int
	// Step numbers the sequential steps of the plan from 0: the fetch runs in
	// parallel with the others of its step.
	Step int

	// Root reads the answer's `data` of a root fetch into the objects at Path,
	// which is empty for the response's root.
	Root *Selection
	Path Path
	// Entities are the `_entities` fields of an entity fetch.
	Entities []*Entities

	// params declare Variables; text is the selection of a root fetch.
	params []string
	text   []*textNode
}

// Path leads from the response's root object to the objects of a layout. Lists
// are walked through, element by element, without a step of their own.
type Path []PathStep

// PathStep goes on from an object to one of its slots.
type PathStep struct {
	// Types are the runtime types, sorted, whose objects are followed; nil for
	// all.
	Types []string
	Slot  int
	// Lists is how many lists deep the slot's objects are.
	Lists int

	name string // the slot's response name
}

// Entities is one `_entities` field of a fetch: representations go out in a
// variable, and the entities that come back, in the same order, are read into
// the objects that the representations were made from.
type Entities struct {
	// ResponseName is the field's response name: "_entities", or an alias where
	// a fetch has several.
	ResponseName string
	// Variable is the name of the variable with the representations.
	Variable string
	// Targets are the places whose objects are represented. They have layouts of
	// their own; Read is parallel to Targets.
	Targets []Target
	// Contexts are variables whose values are taken from objects that enclose
	// the targets'. Objects with different values are groups of their own in the
	// request, see Fetch.TextOf. A fetch with contexts has one Entities, with one
	// target.
	Contexts []Context

	text []*textNode
}

// Context is a variable of an entity fetch that takes its value from an object
// on the way to the target (@fromContext).
type Context struct {
	Variable string
	// Steps is how many steps of the target's path lead to that object.
	Steps int
	// Value leads to the value within the object, one field at each level: of
	// several the first whose Types have the object's runtime type. A value that
	// is not there is null, one behind lists is a list.
	Value []Input

	// Type is the variable's type in the subgraph, as in GraphQL.
	Type string
}

// Target is a place in the response whose objects are entities to be fetched.
type Target struct {
	Path   Path
	Layout *Layout
	// Representations say how the objects are represented, by runtime type: the
	// first that applies is used, and an object for which none does is left out.
	Representations []*Representation
	// Read reads an entity into the object.
	Read *Selection

	declared string // the type of the field that leads here
}

// Representation is how an object is named to a subgraph: a type name, the
// fields of a key, and what the subgraph's fields require.
type Representation struct {
	// Types are the runtime types, sorted, that it applies to; nil for all.
	Types []string
	// Typename is the value of __typename; "" stands for the object's own
	// runtime type.
	Typename string
	Fields   []Input
}

// Input is a field of a representation, or of an object within one.
type Input struct {
	Name string
	Slot int
	// Types are the runtime types, sorted, of the enclosing object for which the
	// field is sent; nil for all.
	Types []string
	// NonNull says that an object whose field is null is not represented: the
	// subgraph's type does not allow it, or it is all that the key has. An object
	// whose field was not fetched, since something before failed, is never
	// represented.
	NonNull bool
	// Typename says that objects of the field carry their __typename, since the
	// field's type is abstract.
	Typename bool
	// Fields are what is sent of the field's objects; nil for scalars and enums.
	Fields []Input

	possible []string // the runtime types of the field's objects
}

// Selection reads the objects that a subgraph answers into slots. It is flat:
// response names are unique in it, whatever fragments the request's text puts
// around them.
type Selection struct {
	Layout *Layout
	// Typename is the runtime type of the objects where the subgraph can answer
	// no other; "" where it must be read from the answer or is not needed.
	Typename string
	Fields   []ReadField
}

// ReadField reads one response name.
type ReadField struct {
	ResponseName string
	// Slot is the slot to fill, or TypenameSlot.
	Slot int
	// Selection reads the field's objects; nil for scalars and enums.
	Selection *Selection
}

// TypenameSlot stands for the runtime type of the object itself.
const TypenameSlot = -1
