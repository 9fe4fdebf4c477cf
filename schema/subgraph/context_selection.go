package subgraph

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// contextReader resolves the selection of one contextual argument.
type contextReader struct {
	subgraph *Subgraph
	arg      *ContextArgument
}

// resolveContext finds what a contextual argument selects from each type that
// sets its context. The selection is one field, or one for each object type, by
// inline fragments; its value must have the argument's type.
func (s *Subgraph) resolveContext(c *ContextArgument) {
	r := contextReader{s, c}
	set, err := federation.ParseFieldSet(c.Selection)
	if err != nil {
		r.fail("%s", syntaxProblem(err))
		return
	}
	if !r.wellFormed(set) {
		return
	}
	fragments := fragmentsOf(set)
	if len(fragments) == 0 {
		for _, t := range c.setters {
			r.resolve(set, t, t)
		}
		return
	}
	used := map[string]bool{}
	for _, t := range c.setters {
		matched := false
		for _, f := range fragments {
			if s.isOrHas(t, f.TypeCondition) {
				matched, used[f.TypeCondition] = true, true
				r.resolve(f.SelectionSet, s.Schema.Type(f.TypeCondition), t)
			}
		}
		if !matched {
			r.fail("no type condition is for %q, which sets the context", t.Name)
		}
	}
	for _, f := range fragments {
		if !used[f.TypeCondition] {
			r.fail("type condition %q is for no type that sets the context", f.TypeCondition)
		}
	}
}

func (r contextReader) fail(format string, args ...any) {
	r.arg.problems = append(r.arg.problems, &federation.Error{
		Code: federation.ContextInvalidSelection,
		Message: fmt.Sprintf("argument %q cannot be taken from context %q: ", r.arg.Field.ArgumentCoordinate(r.arg.Argument.Name), r.arg.Context) +
			fmt.Sprintf(format, args...),
		Places: []federation.Place{{Position: r.arg.Applied.Position}},
		Help:   `select one field of the type that sets the context, as in "$` + r.arg.Context + ` { id }"`,
	})
}

func fragmentsOf(set ast.SelectionSet) []*ast.InlineFragment {
	var out []*ast.InlineFragment
	for _, s := range set {
		if f, ok := s.(*ast.InlineFragment); ok {
			out = append(out, f)
		}
	}
	return out
}

// wellFormed checks the form of the selection at its top: one field, or
// fragments for different object types.
func (r contextReader) wellFormed(set ast.SelectionSet) bool {
	fragments := fragmentsOf(set)
	if len(fragments) == 0 {
		return r.oneField(set)
	}
	if len(fragments) != len(set) {
		r.fail("it mixes fields and fragments")
		return false
	}
	seen := map[string]bool{}
	ok := true
	for _, f := range fragments {
		t := r.subgraph.Schema.Type(f.TypeCondition)
		switch {
		case len(f.Directives) > 0:
			r.fail("it has a directive, %s", sdl.DirectiveText(f.Directives[0]))
			ok = false
		case seen[f.TypeCondition]:
			r.fail("type condition %q occurs twice", f.TypeCondition)
			ok = false
		case t == nil || t.Kind != ast.Object:
			r.fail("type condition %q is for no object type", f.TypeCondition)
			ok = false
		}
		seen[f.TypeCondition] = true
	}
	return ok
}

func (r contextReader) oneField(set ast.SelectionSet) bool {
	if len(set) != 1 {
		r.fail("it selects %d fields; it must select one", len(set))
		return false
	}
	f, ok := set[0].(*ast.Field)
	switch {
	case !ok:
		r.fail("it must select a field")
	case f.Alias != f.Name:
		r.fail("it has an alias, %q", f.Alias)
	case len(f.Directives) > 0:
		r.fail("it has a directive, %s", sdl.DirectiveText(f.Directives[0]))
	default:
		return true
	}
	return false
}

// isOrHas says whether the object type is t, or one of its possible types.
func (s *Subgraph) isOrHas(t *sdl.Type, object string) bool {
	return slices.ContainsFunc(s.Schema.PossibleTypes(t), func(p *sdl.Type) bool { return p.Name == object })
}

// resolve follows the selection from a type, which is the setter or one of its
// possible types, down to a leaf and compares the leaf's type, through the lists
// on the way, with the argument's.
func (r contextReader) resolve(set ast.SelectionSet, t, setter *sdl.Type) {
	selected, leaf, ok := r.follow(set, t)
	if !ok {
		return
	}
	r.arg.Taken = append(r.arg.Taken, Taken{setter, selected})
	if want := r.arg.Argument.Type; !sdl.EqualTypes(leaf, want) {
		r.fail("what it selects from %q has the type %s (nullable, as there may be no value), the argument has %s", t.Name, leaf, want)
	}
}

// follow returns the one field selected at each level, and the nullable type of
// the last.
func (r contextReader) follow(set ast.SelectionSet, t *sdl.Type) ([]*Selection, *ast.Type, bool) {
	if r.subgraph.IsInterfaceObject(t) {
		r.fail("%q is an @interfaceObject type", t.Name)
		return nil, nil, false
	}
	if fragments := fragmentsOf(set); len(fragments) > 0 {
		return r.followFragments(fragments, len(set), t)
	}
	if !r.oneField(set) {
		return nil, nil, false
	}
	f := set[0].(*ast.Field)
	field := t.Field(f.Name)
	if field == nil {
		r.fail("%q has no field %q", t.Name, f.Name)
		return nil, nil, false
	}
	sel := &Selection{Field: field, Name: f.Name, Parent: t, Arguments: f.Arguments}
	base := r.subgraph.Schema.Type(field.Type.Name())
	if base.IsComposite() != (len(f.SelectionSet) > 0) {
		r.fail("%q is of type %s; the selection must end at a scalar or an enum", field.Coordinate(), field.Type)
		return nil, nil, false
	}
	if !base.IsComposite() {
		return []*Selection{sel}, nullable(field.Type, nil), true
	}
	below, leaf, ok := r.follow(f.SelectionSet, base)
	sel.Selections = below
	return []*Selection{sel}, nullable(field.Type, leaf), ok
}

func (r contextReader) followFragments(fragments []*ast.InlineFragment, selections int, t *sdl.Type) (out []*Selection, leaf *ast.Type, ok bool) {
	if len(fragments) != selections {
		r.fail("it mixes fields and fragments")
		return nil, nil, false
	}
	for _, f := range fragments {
		condition := t
		if f.TypeCondition != "" {
			condition = r.subgraph.Schema.Type(f.TypeCondition)
		}
		if condition == nil || !condition.IsComposite() {
			r.fail("type %q does not exist in this subgraph", f.TypeCondition)
			return nil, nil, false
		}
		below, branch, ok := r.follow(f.SelectionSet, condition)
		if !ok {
			return nil, nil, false
		}
		if leaf != nil && !sdl.EqualTypes(leaf, branch) {
			r.fail("its branches have different types, %s and %s", leaf, branch)
			return nil, nil, false
		}
		leaf = branch
		out = append(out, &Selection{Parent: t, Condition: condition, Selections: below})
	}
	return out, leaf, true
}

// nullable returns the type without non-null, its innermost type replaced when
// leaf is given.
func nullable(t, leaf *ast.Type) *ast.Type {
	if t.Elem != nil {
		return ast.ListType(nullable(t.Elem, leaf), nil)
	}
	if leaf != nil {
		return leaf
	}
	return ast.NamedType(t.NamedType, nil)
}
