package sdl

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
)

// Build folds a document's extensions into its definitions. A type that is only
// extended is a type: in a subgraph its definition may be elsewhere. The errors
// are types that are defined twice; what else is wrong with the structure, such
// as fields given twice and extensions of another kind, CheckReferences reports.
func Build(doc *ast.SchemaDocument) (*Schema, federation.Errors) {
	b := builder{schema: New()}
	for _, def := range doc.Definitions {
		b.define(def)
	}
	if len(b.errors) > 0 {
		return b.schema, b.errors
	}
	b.schemas(doc)
	for _, def := range doc.Definitions {
		b.fill(def)
	}
	for _, ext := range doc.Extensions {
		b.extend(ext)
	}
	for _, d := range doc.Directives {
		b.directive(d)
	}
	b.defaultRoots()
	b.schema.structure = b.errors
	return b.schema, nil
}

type builder struct {
	schema *Schema
	errors federation.Errors
}

func (b *builder) fail(pos *ast.Position, message, help string, args ...any) {
	b.errors = append(b.errors, invalid(pos, message, fmt.Sprintf(help, args...)))
}

// twice reports a name that is given a second time.
func (b *builder) twice(what string, first, second *ast.Position) {
	e := invalid(second, what+" is defined twice", "remove one of the definitions, or merge them")
	e.Places[0].Note = "the second one"
	if first != nil {
		e.Places = append(e.Places, federation.Place{Position: first, Note: "the first one"})
	}
	b.errors = append(b.errors, e)
}

func invalid(pos *ast.Position, message, help string) *federation.Error {
	return &federation.Error{
		Code: federation.InvalidGraphQL, Message: message, Places: []federation.Place{{Position: pos}}, Help: help,
	}
}

func (b *builder) schemas(doc *ast.SchemaDocument) {
	s := b.schema
	for i, def := range doc.Schema {
		if i > 0 {
			b.twice("the schema", doc.Schema[0].Position, def.Position)
			continue
		}
		s.Description, s.Position = def.Description, def.Position
	}
	for _, def := range slices.Concat(doc.Schema, doc.SchemaExtension) {
		if s.Position == nil {
			s.Position = def.Position
		}
		s.Directives = append(s.Directives, def.Directives...)
		for _, op := range def.OperationTypes {
			if r := s.Roots[op.Operation]; r != nil && r.Type != op.Type {
				b.twice(fmt.Sprintf("the root type for %s", op.Operation), r.Position, op.Position)
				continue
			}
			s.Roots[op.Operation] = &Root{Type: op.Type, Position: op.Position}
		}
	}
}

// defaultRoots makes types with a root's default name that root, unless the
// schema names another type for it.
func (b *builder) defaultRoots() {
	for _, op := range Operations {
		name := RootName(op)
		if t := b.schema.types[name]; t != nil && b.schema.Roots[op] == nil && t.Kind == ast.Object {
			b.schema.Roots[op] = &Root{Type: name}
		}
	}
}

func (b *builder) define(def *ast.Definition) {
	if isRedundant(def) {
		return
	}
	if t := b.schema.types[def.Name]; t != nil {
		b.twice(fmt.Sprintf("type %q", def.Name), t.Position(), def.Position)
		return
	}
	b.schema.AddType(&Type{Kind: def.Kind, Name: def.Name, Description: def.Description, Parts: []Part{{Position: def.Position}}})
}

// isRedundant says whether a definition is of what every schema has.
func isRedundant(def *ast.Definition) bool { return IsBuiltInType(def.Name) && def.Kind == ast.Scalar }

func (b *builder) fill(def *ast.Definition) {
	if !isRedundant(def) {
		b.addElements(b.schema.types[def.Name], def, 0)
	}
}

func (b *builder) extend(ext *ast.Definition) {
	t := b.schema.types[ext.Name]
	switch {
	case IsBuiltInType(ext.Name):
		b.fail(ext.Position, fmt.Sprintf("built-in type %q cannot be extended", ext.Name), "define a scalar of your own")
		return
	case t == nil:
		t = &Type{Kind: ext.Kind, Name: ext.Name}
		b.schema.AddType(t)
	case t.Kind != ext.Kind:
		e := invalid(ext.Position, fmt.Sprintf("the extension of %q is for another kind of type: %q is defined as %s", ext.Name, ext.Name, KindName(t.Kind)),
			"use the same keyword in the definition and its extensions")
		e.Places = append(e.Places, federation.Place{Position: t.Position(), Note: "defined here"})
		b.errors = append(b.errors, e)
		return
	}
	t.Parts = append(t.Parts, Part{Position: ext.Position, Extension: true})
	b.addElements(t, ext, len(t.Parts)-1)
}

// addElements adds what one part of a type declares.
func (b *builder) addElements(t *Type, def *ast.Definition, part int) {
	for _, d := range def.Directives {
		t.Directives = append(t.Directives, Applied{d, part})
	}
	for _, name := range def.Interfaces {
		if t.Implements(name) {
			b.fail(def.Position, fmt.Sprintf("type %q implements %q twice", t.Name, name), "name the interface once")
			continue
		}
		t.AddInterface(Reference{name, part, def.Position})
	}
	for i, name := range def.Types {
		if t.HasMember(name) {
			b.fail(def.TypePositions[i], fmt.Sprintf("union %q has the member %q twice", t.Name, name), "name the member once")
			continue
		}
		t.AddMember(Reference{name, part, def.TypePositions[i]})
	}
	b.addFields(t, def.Fields, part)
	for _, v := range def.EnumValues {
		if first := t.Value(v.Name); first != nil {
			b.twice(fmt.Sprintf("enum value \"%s.%s\"", t.Name, v.Name), first.Position, v.Position)
			continue
		}
		t.AddValue(v)
	}
}

func (b *builder) addFields(t *Type, fields ast.FieldList, part int) {
	for _, f := range fields {
		if first := t.Field(f.Name); first != nil {
			b.twice(fmt.Sprintf("field \"%s.%s\"", t.Name, f.Name), first.Position, f.Position)
			continue
		}
		field := &Field{FieldDefinition: f, Part: part}
		t.AddField(field)
		b.uniqueArguments(f.Arguments, field.ArgumentCoordinate)
	}
}

func (b *builder) uniqueArguments(args ast.ArgumentDefinitionList, coordinate func(string) string) {
	if len(args) < 2 {
		return
	}
	first := make(map[string]*ast.Position, len(args))
	for _, arg := range args {
		if pos, taken := first[arg.Name]; taken {
			b.twice(fmt.Sprintf("argument %q", coordinate(arg.Name)), pos, arg.Position)
			continue
		}
		first[arg.Name] = arg.Position
	}
}

func (b *builder) directive(d *ast.DirectiveDefinition) {
	if first := b.schema.definitions[d.Name]; first != nil {
		b.twice("directive \"@"+d.Name+`"`, first.Position, d.Position)
		return
	}
	b.schema.AddDefinition(d)
	b.uniqueArguments(d.Arguments, func(arg string) string { return DirectiveArgument(d.Name, arg) })
}

// DirectiveArgument returns the coordinate "@directive(argument:)".
func DirectiveArgument(directive, argument string) string {
	return "@" + directive + "(" + argument + ":)"
}
