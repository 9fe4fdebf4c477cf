package sdl

import "github.com/vektah/gqlparser/v2/ast"

// Instantiate copies a definition of a specification under the names that a
// schema uses: that of the directive, and those of the types of its arguments.
func Instantiate(def *ast.DirectiveDefinition, name string, own map[string]string) *ast.DirectiveDefinition {
	out := *def
	out.Name, out.Position = name, nil
	out.Arguments = make(ast.ArgumentDefinitionList, len(def.Arguments))
	for i, arg := range def.Arguments {
		a := *arg
		a.Type = RenamedType(arg.Type, own)
		out.Arguments[i] = &a
	}
	return &out
}

// RenamedType copies a type reference, with the name replaced that names maps.
func RenamedType(t *ast.Type, names map[string]string) *ast.Type {
	out := &ast.Type{NamedType: t.NamedType, NonNull: t.NonNull}
	if t.Elem != nil {
		out.Elem = RenamedType(t.Elem, names)
	} else if name, ok := names[t.NamedType]; ok {
		out.NamedType = name
	}
	return out
}
