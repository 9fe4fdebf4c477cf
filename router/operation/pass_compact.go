package operation

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// compact drops what is selected already without the condition around it, and
// joins fragments with the same condition. Generated clients add __typename and id
// under every condition; a plan should not branch for them.
//
// Nothing changes its place: a field is dropped only in favour of an earlier one,
// and a fragment moves up only past fragments for other types.
func (n *normalizer) compact() Errors {
	c := compactor{indexed: map[*Selection]*index{}}
	n.operation.Root = c.set(n.operation.Root, &selected{})
	return nil
}

type compactor struct {
	// indexed are selection sets with many selections, by their first.
	indexed map[*Selection]*index
}

// selected are the fields selected so far from one object under some conditions.
type selected struct {
	fields map[string]*Field
	// outer is the same without the innermost condition; nil without conditions.
	outer *selected
	// narrower is the same with one more condition.
	narrower map[*ast.Definition]*selected
}

func (s *selected) under(condition *ast.Definition) *selected {
	in := s.narrower[condition]
	if in == nil {
		in = &selected{outer: s}
		if s.narrower == nil {
			s.narrower = map[*ast.Definition]*selected{}
		}
		s.narrower[condition] = in
	}
	return in
}

// set compacts selections from an object of which so far is selected already.
func (c *compactor) set(set SelectionSet, sofar *selected) SelectionSet {
	if len(set) == 0 {
		return set
	}
	out := set[:0]
	for _, selection := range set {
		switch s := selection.(type) {
		case *Field:
			s.Selections = c.set(s.Selections, &selected{})
			if c.selectedBefore(s, sofar.outer) {
				continue
			}
			if sofar.fields == nil {
				sofar.fields = make(map[string]*Field, len(set))
			}
			sofar.fields[s.ResponseName] = s
			out = append(out, s)
		case *InlineFragment:
			s.Selections = c.set(s.Selections, sofar.under(s.TypeCondition))
			if len(s.Selections) > 0 {
				out = join(out, s)
			}
		}
	}
	clear(set[len(out):])
	return slices.Clip(out)
}

// selectedBefore says whether everything that f selects is selected already
// outside the conditions around f.
func (c *compactor) selectedBefore(f *Field, outer *selected) bool {
	for ; outer != nil; outer = outer.outer {
		if earlier := outer.fields[f.ResponseName]; earlier != nil && c.covers(earlier, f) {
			return true
		}
	}
	return false
}

// covers says whether g selects everything that f does. They have the same
// response name and one stands under the other's conditions, so validation has
// made sure that both are the same field with the same arguments.
func (c *compactor) covers(g, f *Field) bool {
	for _, d := range f.Directives {
		if !slices.ContainsFunc(g.Directives, func(h *ast.Directive) bool { return sameDirective(h, d) }) {
			return false
		}
	}
	return c.coversSet(g.Selections, f.Selections)
}

func (c *compactor) coversSet(have, want SelectionSet) bool {
	if len(want) == 0 {
		return true
	}
	if len(have) == 0 {
		return false
	}
	index := c.index(have)
	for _, selection := range want {
		switch s := selection.(type) {
		case *Field:
			if g := index.fields[s.ResponseName]; g == nil || !c.covers(g, s) {
				return false
			}
		case *InlineFragment:
			if g := index.fragments[s.TypeCondition]; g == nil || !c.coversSet(g.Selections, s.Selections) {
				return false
			}
		}
	}
	return true
}

// index finds a selection by what identifies it; of several fragments with one
// condition, the first.
type index struct {
	fields    map[string]*Field
	fragments map[*ast.Definition]*InlineFragment
}

func (c *compactor) index(set SelectionSet) *index {
	if known := c.indexed[&set[0]]; known != nil {
		return known
	}
	in := &index{map[string]*Field{}, map[*ast.Definition]*InlineFragment{}}
	for _, selection := range set {
		switch s := selection.(type) {
		case *Field:
			in.fields[s.ResponseName] = s
		case *InlineFragment:
			if in.fragments[s.TypeCondition] == nil {
				in.fragments[s.TypeCondition] = s
			}
		}
	}
	c.indexed[&set[0]] = in
	return in
}

// join appends a fragment, or adds its selections to an earlier one with the same
// condition where only fragments for other types stand between.
func join(set SelectionSet, add *InlineFragment) SelectionSet {
	for i := len(set) - 1; i >= 0; i-- {
		f, ok := set[i].(*InlineFragment)
		if !ok {
			break
		}
		if f.TypeCondition == add.TypeCondition {
			for _, selection := range add.Selections {
				if inner, ok := selection.(*InlineFragment); ok {
					f.Selections = join(f.Selections, inner)
				} else {
					f.Selections = append(f.Selections, selection)
				}
			}
			return set
		}
		if !disjoint(f.PossibleTypes, add.PossibleTypes) {
			break
		}
	}
	return append(set, add)
}

// disjoint says whether two sorted lists have nothing in common.
func disjoint(a, b []string) bool {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] == b[0]:
			return false
		case a[0] < b[0]:
			a = a[1:]
		default:
			b = b[1:]
		}
	}
	return true
}
