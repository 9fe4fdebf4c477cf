package mock

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
)

// Schema is an executable schema, compiled once and safe for concurrent use.
type Schema struct {
	sdl   string
	ast   *ast.Schema
	facts *facts // nil for a plain schema
	types map[string]*namedType
	roots map[ast.Operation]*namedType
	rules []validator.Rule
}

// namedType is a type definition, ready for execution.
type namedType struct {
	name     string
	kind     ast.DefinitionKind
	def      *ast.Definition
	fields   map[string]*field     // object, interface, and input object
	inOrder  []*field              // the same as the SDL has them
	possible map[string]*namedType // runtime object types of a composite; of an object itself
	values   map[string]bool       // enum
	oneOf    bool                  // input object
}

// field is a field of an object, interface or input object.
type field struct {
	parent *namedType
	name   string
	typ    *typeRef
	args   []*input // in the order of the SDL
	input  *input   // of an input object's field
	facts  *fieldFacts
}

// input is an argument or an input object's field.
type input struct {
	name      string
	typ       *typeRef
	byDefault *ast.Value // nil: none
	value     any        // the default, coerced, once ready
	ready     bool
	busy      bool
}

// typeRef is a type as it is referred to: named, list, or non-null of one.
type typeRef struct {
	named   *namedType // nil for a list
	elem    *typeRef
	nonNull bool
	text    string
}

// ParseSchema reads a complete schema, such as an API schema. Directives that
// it uses and does not define are ignored.
func ParseSchema(sdl string) (*Schema, error) {
	doc, err := parser.ParseSchema(&ast.Source{Name: "schema", Input: sdl})
	if err != nil {
		return nil, fmt.Errorf("the schema does not parse: %w", err)
	}
	return load(sdl, doc, nil)
}

// ParseSubgraph reads the SDL of a subgraph of Federation 1 or 2, and adds what
// the subgraph specification asks a server to add.
func ParseSubgraph(sdl string) (*Schema, error) {
	doc, err := parser.ParseSchema(&ast.Source{Name: "subgraph", Input: sdl})
	if err != nil {
		return nil, fmt.Errorf("the subgraph's SDL does not parse: %w", err)
	}
	if len(doc.Definitions)+len(doc.Extensions) == 0 {
		return nil, fmt.Errorf("the subgraph's SDL defines no types")
	}
	names := vocabulary(doc)
	f, err := readFacts(doc, names)
	if err != nil {
		return nil, err
	}
	complete(doc, f, names)
	return load(sdl, doc, f)
}

func load(sdl string, doc *ast.SchemaDocument, f *facts) (*Schema, error) {
	full := validator.PreludeDocument()
	full.Directives = without(full.Directives, func(d *ast.DirectiveDefinition) bool { return d.Name == "defer" })
	full.Merge(doc)
	stripUndefined(full)
	checked, err := validator.ValidateSchemaDocument(full)
	if err != nil {
		return nil, fmt.Errorf("the schema is not valid: %w", err)
	}
	if checked.Query == nil {
		return nil, fmt.Errorf("the schema has no query type: define type Query")
	}
	onlyObjects(checked)
	s := &Schema{sdl: sdl, ast: checked, facts: f, types: map[string]*namedType{}, rules: validationRules()}
	if err := s.compile(); err != nil {
		return nil, err
	}
	s.roots = map[ast.Operation]*namedType{ast.Query: s.types[checked.Query.Name]}
	if checked.Mutation != nil {
		s.roots[ast.Mutation] = s.types[checked.Mutation.Name]
	}
	return s, nil
}

// onlyObjects drops interfaces from gqlparser's lists of possible types, which
// are then what the specification means by them.
func onlyObjects(schema *ast.Schema) {
	for name, defs := range schema.PossibleTypes {
		schema.PossibleTypes[name] = without(defs, func(d *ast.Definition) bool { return d.Kind != ast.Object && d.Kind != ast.InputObject })
	}
}

// SDL is the text the schema was read from, as _service answers it.
func (s *Schema) SDL() string { return s.sdl }

// AST gives the checked definitions, federation's machinery included. They
// must not be changed.
func (s *Schema) AST() *ast.Schema { return s.ast }

func (s *Schema) compile() error {
	for name, def := range s.ast.Types {
		s.types[name] = &namedType{name: name, kind: def.Kind, def: def, oneOf: def.Directives.ForName("oneOf") != nil}
	}
	for _, t := range s.types {
		s.compileType(t)
	}
	// Defaults last: they are coerced by types that must be complete.
	for _, t := range s.types {
		for _, f := range t.inOrder {
			if err := f.resolveDefaults(); err != nil {
				return fmt.Errorf("%s.%s: %w", t.name, f.name, err)
			}
		}
	}
	return nil
}

func (s *Schema) compileType(t *namedType) {
	t.values = make(map[string]bool, len(t.def.EnumValues))
	for _, v := range t.def.EnumValues {
		t.values[v.Name] = true
	}
	t.possible = map[string]*namedType{}
	for _, def := range s.ast.GetPossibleTypes(t.def) {
		t.possible[def.Name] = s.types[def.Name]
	}
	t.fields = make(map[string]*field, len(t.def.Fields))
	for _, def := range t.def.Fields {
		f := &field{parent: t, name: def.Name, typ: s.typeRef(def.Type), facts: &fieldFacts{}}
		if t.kind == ast.InputObject {
			f.input = &input{name: def.Name, typ: f.typ, byDefault: def.DefaultValue}
		}
		for _, arg := range def.Arguments {
			f.args = append(f.args, &input{name: arg.Name, typ: s.typeRef(arg.Type), byDefault: arg.DefaultValue})
		}
		if s.facts != nil && s.facts.fields[def] != nil {
			f.facts = s.facts.fields[def]
		}
		t.fields[f.name] = f
		t.inOrder = append(t.inOrder, f)
	}
}

func (f *field) resolveDefaults() error {
	if f.input != nil {
		return f.input.resolveDefault()
	}
	for _, arg := range f.args {
		if err := arg.resolveDefault(); err != nil {
			return err
		}
	}
	return nil
}

// resolveDefault coerces the default once. Input objects within it bring their
// fields' defaults, in which an endless chain is possible and refused.
func (in *input) resolveDefault() error {
	if in.byDefault == nil || in.ready {
		return nil
	}
	if in.busy {
		return fmt.Errorf("the default of %q contains itself", in.name)
	}
	in.busy = true
	value, err := coerceLiteral(in.typ, in.byDefault, nil)
	if err != nil {
		return fmt.Errorf("the default of %q: %w", in.name, err)
	}
	in.value, in.ready = value, true
	return nil
}

func (s *Schema) typeRef(t *ast.Type) *typeRef {
	ref := &typeRef{nonNull: t.NonNull, text: t.String()}
	if t.Elem != nil {
		ref.elem = s.typeRef(t.Elem)
	} else {
		ref.named = s.types[t.NamedType]
	}
	return ref
}

// base is the named type inside all lists.
func (t *typeRef) base() *namedType {
	for t.elem != nil {
		t = t.elem
	}
	return t.named
}

// Keys are the field sets of a type's @key directives, in the order of the SDL.
func (s *Schema) Keys(typename string) []ast.SelectionSet {
	if s.facts == nil || s.facts.types[typename] == nil {
		return nil
	}
	var sets []ast.SelectionSet
	for _, k := range s.facts.types[typename].keys {
		sets = append(sets, k.fields)
	}
	return sets
}
