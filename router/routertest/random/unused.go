package random

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// dropUnusedExternals removes external fields that no field set came to use,
// which composition does not allow.
func (w *world) dropUnusedExternals() {
	for s := range w.subgraphs {
		used := map[*field]bool{}
		for _, o := range w.everyObject() {
			for _, f := range o.fields {
				if r := f.roles[s]; r != nil {
					w.markUsed(used, o, r.requires)
					w.markUsedBelow(used, f.typ.Name(), selection(r.provides))
				}
			}
		}
		for _, o := range w.everyObject() {
			for _, f := range o.fields {
				r := f.roles[s]
				switch {
				case r == nil || !r.external || used[f]:
				case r.overridden:
					r.external = false
				default:
					delete(f.roles, s)
				}
			}
		}
	}
}

func (w *world) markUsed(used map[*field]bool, o *object, set string) {
	w.markUsedOf(used, o, selection(set))
}

func (w *world) markUsedOf(used map[*field]bool, o *object, set ast.SelectionSet) {
	for _, item := range set {
		switch sel := item.(type) {
		case *ast.Field:
			if f := o.field(sel.Name); f != nil {
				used[f] = true
				w.markUsedBelow(used, f.typ.Name(), sel.SelectionSet)
			}
		case *ast.InlineFragment:
			w.markUsedOf(used, w.object(sel.TypeCondition), sel.SelectionSet)
		}
	}
}

func (w *world) markUsedBelow(used map[*field]bool, typename string, set ast.SelectionSet) {
	o := w.object(typename)
	if a := w.abstract(typename); a != nil {
		o = a.object // only an interface object has fields selected directly
		if o == nil {
			o = &object{}
		}
	}
	if o != nil {
		w.markUsedOf(used, o, set)
	}
}

// selection parses a field set that this package has written.
func selection(set string) ast.SelectionSet {
	if set == "" {
		return nil
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: "{" + set + "}"})
	if err != nil {
		panic(err)
	}
	return doc.Operations[0].SelectionSet
}
