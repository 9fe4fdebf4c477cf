package random

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

func named(name string) *ast.Type   { return ast.NamedType(name, nil) }
func nonNull(name string) *ast.Type { return ast.NonNullNamedType(name, nil) }
func list(elem *ast.Type) *ast.Type { return ast.ListType(elem, nil) }

func nonNullOf(t *ast.Type) *ast.Type {
	copied := *t
	copied.NonNull = true
	return &copied
}

// wrap gives a type of a random shape.
func (w *world) wrap(name string) *ast.Type {
	t := named(name)
	for range 2 {
		if w.chance(0.3) {
			t = list(w.maybeNonNull(t))
		}
	}
	return w.maybeNonNull(t)
}

func (w *world) maybeNonNull(t *ast.Type) *ast.Type {
	if w.chance(0.4) {
		return nonNullOf(t)
	}
	return t
}

func (w *world) leafType() *ast.Type {
	if w.chance(0.25) {
		return w.wrap(pick(w.dice, w.leaves).name)
	}
	return w.wrap(pick(w.dice, []string{"Int", "String", "Float", "Boolean", "ID"}))
}

// anyType gives a type that all these subgraphs may have: a leaf or, mostly, a
// composite one.
func (w *world) anyType(subgraphs []int) *ast.Type {
	var names []string
	add := func(name string) {
		for _, s := range subgraphs {
			if !w.allowed(name, s) {
				return
			}
		}
		names = append(names, name)
	}
	for _, o := range w.objects {
		if o.name != "Ref" && !o.split {
			add(o.name)
		}
	}
	for _, a := range w.abstracts {
		add(a.name)
		add(a.name) // more of them
	}
	if len(names) == 0 || w.chance(0.3) {
		return w.leafType()
	}
	return w.wrap(pick(w.dice, names))
}

// arguments makes up one or two arguments.
func (w *world) arguments() []argument {
	kinds := []argument{
		{typ: named("Int"), byDefault: "3"}, {typ: named("Int")}, {typ: nonNull("Int"), byDefault: "5"}, {typ: named("String"), byDefault: `"abc"`},
		{typ: named("Color"), byDefault: "RED"}, {typ: nonNull("Boolean")}, {typ: list(nonNull("Int")), byDefault: "[1, 2]"}, {typ: named("ID")},
		{typ: named("Range")}, {typ: named("Filter"), byDefault: "{color: GREEN}"}, {typ: list(named("Filter"))}, {typ: named("Stamp")}, {typ: named("Float")},
	}
	args := make([]argument, w.between(1, 2))
	for i := range args {
		args[i] = pick(w.dice, kinds)
		args[i].name = fmt.Sprintf("%c", 'x'+i)
	}
	return args
}
