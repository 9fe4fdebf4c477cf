package operation

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/router/operation/apischema"
	"github.com/shopgraph/shopgraph/router/operation/validate"
)

// inline opens fragments, resolves @skip and @include, drops fragments that
// cannot match and merges fields with the same response name and condition. A
// fragment whose condition says no more than the type around it disappears; what
// narrows an interface or union stays as an inline fragment.
//
// The order of the result is the order in which the specification collects fields
// (6.3.2): a field stands where it was first selected. One thing is lost: of a
// field that is selected both under a condition and, before and after it, outside,
// all that is selected outside comes first.
func (n *normalizer) inline() Errors {
	most := n.document.parser.options.MaxFields
	in := inliner{normalizer: n, schema: n.document.parser.schema, fields: most, visits: 20 * most}
	root := in.schema.Type(n.operation.RootType.Name)
	n.operation.Root = in.object(root, []ast.SelectionSet{n.parsed.SelectionSet})
	if in.exhausted() {
		return n.tooLarge()
	}
	return nil
}

type inliner struct {
	*normalizer
	schema *apischema.Schema
	// fields is how many more fields the operation may have, visits how many more
	// selections may be looked at: repetitions make no fields, but they take time.
	fields, visits int
}

func (in *inliner) exhausted() bool { return in.fields < 0 || in.visits < 0 }

// object is what the given selection sets select together from a value of type on.
func (in *inliner) object(on *apischema.Type, sets []ast.SelectionSet) SelectionSet {
	selections := SelectionSet{}
	object := &object{inliner: in}
	top := newScope(object, nil, on, on.Possible())
	top.selections = &selections
	for _, set := range sets {
		top.collect(set)
	}
	for _, f := range object.composite {
		if in.exhausted() {
			break
		}
		f.Selections = in.object(in.schema.Type(f.Type.Name), f.sets)
	}
	return selections
}

// object is one place of the response while it is collected.
type object struct {
	*inliner
	// composite are its fields, under whichever condition, whose own selections
	// are still to be opened.
	composite []*openField
}

type openField struct {
	*Field
	sets []ast.SelectionSet
}

// scope is an object under a condition; the object itself is the outermost scope.
type scope struct {
	*object
	outer *scope
	// on is the type of the innermost condition; its fields may be selected.
	on *apischema.Type
	// possible are the types that all conditions allow together.
	possible apischema.Set
	names    []string
	fields   map[string]*openField
	narrower map[*apischema.Type]*scope
	spread   map[string]bool // fragments opened here already
	// selections is where the next selection goes: for a narrower scope, the
	// inline fragment that is the last of outer's selections, else a new one.
	selections *SelectionSet
	fragment   *InlineFragment
	position   *ast.Position
}

func newScope(o *object, outer *scope, on *apischema.Type, possible apischema.Set) *scope {
	return &scope{object: o, outer: outer, on: on, possible: possible, fields: map[string]*openField{}}
}

func (s *scope) collect(set ast.SelectionSet) {
	for _, selection := range set {
		if s.visits--; s.exhausted() {
			return
		}
		switch sel := selection.(type) {
		case *ast.Field:
			if !s.excluded(sel.Directives) {
				s.field(sel)
			}
		case *ast.InlineFragment:
			if s.excluded(sel.Directives) {
				continue
			}
			if in := s.narrow(s.schema.Type(sel.TypeCondition), sel.Position); in != nil {
				in.collect(sel.SelectionSet)
			}
		case *ast.FragmentSpread:
			if s.excluded(sel.Directives) {
				continue
			}
			f := s.document.fragments[sel.Name]
			if in := s.narrow(f.on, sel.Position); in != nil && !in.spread[sel.Name] {
				if in.spread == nil {
					in.spread = map[string]bool{}
				}
				in.spread[sel.Name] = true
				in.collect(f.SelectionSet)
			}
		}
	}
}

// narrow is the scope for what is selected under a type condition: s itself where
// the condition always holds, nil where it never does. A nil condition is none.
func (s *scope) narrow(condition *apischema.Type, at *ast.Position) *scope {
	if condition == nil || s.on.IsSubtypeOf(condition) {
		return s
	}
	in := s.narrower[condition]
	if in == nil {
		possible := s.possible.Intersect(condition.Possible())
		if possible.Empty() {
			return nil
		}
		// A union has no fields that s.on could lack.
		if condition.Kind == ast.Union && possible.Equal(s.possible) {
			return s
		}
		in = newScope(s.object, s, condition, possible)
		if s.narrower == nil {
			s.narrower = map[*apischema.Type]*scope{}
		}
		s.narrower[condition] = in
	}
	in.position = at
	return in
}

// possibleTypes are the names of s.possible, computed once.
func (s *scope) possibleTypes() []string {
	if s.names == nil {
		s.names = s.on.PossibleTypes
		if !s.possible.Equal(s.on.Possible()) {
			s.names = s.schema.Names(s.possible)
		}
	}
	return s.names
}

func (s *scope) field(selected *ast.Field) {
	f := s.fields[selected.Alias]
	var earlier ast.DirectiveList
	if f != nil {
		earlier = f.Directives
	} else {
		if s.inliner.fields--; s.exhausted() {
			return
		}
		f = &openField{Field: s.newField(selected)}
		s.fields[selected.Alias] = f
		s.add(f.Field)
		if f.Type.IsCompositeType() {
			s.composite = append(s.composite, f)
		}
	}
	for _, d := range selected.Directives {
		if !isConditional(d) && !slices.ContainsFunc(earlier, func(e *ast.Directive) bool { return sameDirective(e, d) }) {
			f.Directives = append(f.Directives, d)
		}
	}
	if len(selected.SelectionSet) > 0 {
		f.sets = append(f.sets, selected.SelectionSet)
	}
}

func (s *scope) newField(selected *ast.Field) *Field {
	def := TypenameDefinition
	if selected.Name != def.Name {
		def = s.on.Field(selected.Name)
	}
	return &Field{
		ResponseName: selected.Alias,
		Name:         selected.Name,
		Arguments:    inDefinitionOrder(selected.Arguments, def),
		ParentType:   s.on.Definition,
		Definition:   def,
		Type:         s.schema.Type(def.Type.Name()).Definition,
		Position:     position(selected.Position),
	}
}

// add appends to the scope's selections, in a new inline fragment when something
// else was added around the scope since.
func (s *scope) add(selection Selection) {
	if s.outer != nil && !s.outer.endsWith(s.fragment) {
		s.fragment = &InlineFragment{
			TypeCondition: s.on.Definition,
			PossibleTypes: s.possibleTypes(),
			Position:      position(s.position),
		}
		s.selections = &s.fragment.Selections
		s.outer.add(s.fragment)
	}
	*s.selections = append(*s.selections, selection)
}

// endsWith says whether f is the last selection of the scope, and the scope itself
// still last in those around it.
func (s *scope) endsWith(f *InlineFragment) bool {
	if f == nil || s.outer != nil && !s.outer.endsWith(s.fragment) {
		return false
	}
	last := len(*s.selections) - 1
	return last >= 0 && (*s.selections)[last] == Selection(f)
}

func inDefinitionOrder(given ast.ArgumentList, def *ast.FieldDefinition) ast.ArgumentList {
	if len(given) < 2 {
		return given
	}
	ordered := make(ast.ArgumentList, 0, len(given))
	for _, argument := range def.Arguments {
		if arg := given.ForName(argument.Name); arg != nil {
			ordered = append(ordered, arg)
		}
	}
	return ordered
}

func sameDirective(a, b *ast.Directive) bool {
	return a.Name == b.Name && validate.SameArguments(a.Arguments, b.Arguments)
}
