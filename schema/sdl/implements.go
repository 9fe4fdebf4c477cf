package sdl

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
)

// implementations checks that a type fulfils the interfaces it declares.
func (v *validator) implementations(t *Type) {
	for _, r := range t.Interfaces {
		i := v.schema.Type(r.Name)
		if i == nil || i.Kind != ast.Interface {
			continue
		}
		if i == t || i.Implements(t.Name) {
			v.fail(r.Position, "remove one of the two", "interface %q cannot implement %q: each would implement the other", t.Name, i.Name)
			continue
		}
		for _, inherited := range i.Interfaces {
			if !t.Implements(inherited.Name) {
				v.fail(r.Position, fmt.Sprintf("add %q to what %q implements", inherited.Name, t.Name),
					"%q implements %q, which implements %q; so %q must implement that too", t.Name, i.Name, inherited.Name, t.Name)
			}
		}
		for _, want := range i.Fields {
			v.implementation(t, want)
		}
	}
}

func (v *validator) implementation(t *Type, want *Field) {
	f := t.Field(want.Name)
	if f == nil {
		e := invalid(t.Position(), fmt.Sprintf("%q implements %q but has no field %q", t.Name, want.Parent.Name, want.Name),
			fmt.Sprintf("add %s: %s to %q", want.Name, want.Type, t.Name))
		v.errors = append(v.errors, withInterface(e, want.Position))
		return
	}
	if !v.schema.IsSubtype(f.Type, want.Type) {
		e := invalid(f.Position, fmt.Sprintf("%q has the type %s, which is not %s as interface field %q demands", f.Coordinate(), f.Type, want.Type, want.Coordinate()),
			"make the field's type equal to the interface's, or more specific")
		v.errors = append(v.errors, withInterface(e, want.Position))
	}
	for _, arg := range want.Arguments {
		v.implementedArgument(f, want, arg)
	}
	for _, arg := range f.Arguments {
		if want.Arguments.ForName(arg.Name) == nil && IsRequired(arg.Type, arg.DefaultValue) {
			e := invalid(arg.Position, fmt.Sprintf("argument %q is required, but interface field %q does not have it", f.ArgumentCoordinate(arg.Name), want.Coordinate()),
				"make it nullable, give it a default, or add it to the interface")
			v.errors = append(v.errors, withInterface(e, want.Position))
		}
	}
}

func (v *validator) implementedArgument(f, want *Field, arg *ast.ArgumentDefinition) {
	got := f.Arguments.ForName(arg.Name)
	switch {
	case got == nil:
		e := invalid(f.Position, fmt.Sprintf("%q lacks the argument %q of interface field %q", f.Coordinate(), arg.Name, want.Coordinate()),
			fmt.Sprintf("add %s: %s", arg.Name, arg.Type))
		v.errors = append(v.errors, withInterface(e, arg.Position))
	case !EqualTypes(got.Type, arg.Type):
		e := invalid(got.Position, fmt.Sprintf("argument %q has the type %s, but interface field %q has %s", f.ArgumentCoordinate(arg.Name), got.Type, want.Coordinate(), arg.Type),
			"give both the same type")
		v.errors = append(v.errors, withInterface(e, arg.Position))
	}
}

func withInterface(e *federation.Error, pos *ast.Position) *federation.Error {
	e.Places = append(e.Places, federation.Place{Position: pos, Note: "the interface"})
	return e
}

// inputCycles reports input objects that no finite value can fill: cycles of
// required fields. It walks with a stack of its own, as chains may be long.
func (v *validator) inputCycles() {
	state := map[*Type]int{} // 0 unseen, 1 on the path, 2 done
	for _, t := range v.schema.Types {
		if t.Kind == ast.InputObject && state[t] == 0 {
			v.inputCyclesFrom(t, state)
		}
	}
}

func (v *validator) inputCyclesFrom(start *Type, state map[*Type]int) {
	type frame struct {
		t    *Type
		next int
	}
	path := []frame{{t: start}}
	state[start] = 1
	for len(path) > 0 {
		top := &path[len(path)-1]
		if top.next == len(top.t.Fields) {
			state[top.t] = 2
			path = path[:len(path)-1]
			continue
		}
		f := top.t.Fields[top.next]
		top.next++
		to := v.schema.Type(f.Type.Name())
		if !f.Type.NonNull || f.Type.Elem != nil || to == nil || to.Kind != ast.InputObject {
			continue
		}
		switch state[to] {
		case 0:
			state[to] = 1
			path = append(path, frame{t: to})
		case 1:
			var names []string
			for i := range path {
				if len(names) > 0 || path[i].t == to {
					names = append(names, path[i].t.Fields[path[i].next-1].Coordinate())
				}
			}
			v.fail(f.Position, "make one of these fields nullable", "input object %q contains itself by required fields (%s), so no value can be given", to.Name, shorten(names))
		}
	}
}

func shorten(names []string) string {
	const most = 6
	if len(names) > most {
		names = append(names[:most:most], "…")
	}
	return strings.Join(names, ", ")
}
