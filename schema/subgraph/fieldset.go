package subgraph

import (
	"errors"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// FieldSet is the "fields" argument of one @key, @requires or @provides.
type FieldSet struct {
	// Directive is federation.AtKey, AtRequires or AtProvides.
	Directive federation.Directive
	Applied   *ast.Directive
	// Where is the coordinate of the type or field that carries it.
	Where string
	// Parent is the type that is selected from.
	Parent *sdl.Type
	// Text is the field set as written.
	Text string
	// Selections are what it selects, as far as it could be resolved.
	Selections []*Selection

	// problem is the first thing wrong with it.
	problem *federation.Error
	// resolved says that Selections are all of it, each with a meaning.
	resolved bool
}

// Selection is a field, or an inline fragment when Field is nil and Name is "".
type Selection struct {
	// Field is nil for a fragment and for __typename.
	Field *sdl.Field
	Name  string
	// Parent is the type that is selected from.
	Parent *sdl.Type
	// Condition is the type of a fragment; Parent when it names none.
	Condition  *sdl.Type
	Arguments  ast.ArgumentList
	Selections []*Selection
}

// Key is a @key of a type.
type Key struct {
	FieldSet
	Type *sdl.Type
	// Part is the index of the type's part that carries the key.
	Part       int
	Resolvable bool
}

// codesOf are the codes of what can be wrong with a field set.
type fieldSetCodes struct{ invalid, invalidType, hasArguments, directive federation.Code }

var codesOf = map[federation.Directive]fieldSetCodes{
	federation.AtKey: {federation.KeyInvalidFields, federation.KeyInvalidFieldsType, federation.KeyFieldsHasArgs, federation.KeyDirectiveInFieldsArg},
	federation.AtRequires: {
		federation.RequiresInvalidFields, federation.RequiresInvalidFieldsType, "", federation.RequiresDirectiveInFieldsArg,
	},
	federation.AtProvides: {
		federation.ProvidesInvalidFields, federation.ProvidesInvalidFieldsType, federation.ProvidesFieldsHasArgs, federation.ProvidesDirectiveInFieldsArg,
	},
}

// readFieldSet resolves the "fields" of an application, on a type or a field,
// from type parent.
func (s *Subgraph) readFieldSet(d federation.Directive, applied *ast.Directive, where string, parent *sdl.Type) FieldSet {
	set := FieldSet{Directive: d, Applied: applied, Where: where, Parent: parent}
	text, isString := sdl.StringArgument(applied, "fields")
	if !isString {
		set.fail(codesOf[d].invalidType, "write it as a string, with the fields separated by spaces", "its fields are no string")
		return set
	}
	set.Text = text
	parsed, err := federation.ParseFieldSet(text)
	if err != nil {
		set.fail(codesOf[d].invalid, `write the fields as in "id organization { id }"`, "%s", syntaxProblem(err))
		return set
	}
	r := fieldSetReader{subgraph: s, set: &set}
	set.Selections, set.resolved = r.read(parsed, parent)
	if set.problem == nil {
		r.inspect(parsed, set.Selections)
	}
	return set
}

func syntaxProblem(err error) string {
	var syntax *gqlerror.Error
	if errors.As(err, &syntax) {
		return "it is no selection of fields: " + lowerFirst(syntax.Message)
	}
	return "it is no selection of fields"
}

// fail keeps the first problem; what follows is often a consequence.
func (set *FieldSet) fail(code federation.Code, help, format string, args ...any) {
	if set.problem != nil {
		return
	}
	set.problem = &federation.Error{
		Code:    code,
		Message: fmt.Sprintf("%s of %q: ", set.describe(), set.Where) + fmt.Sprintf(format, args...),
		Places:  []federation.Place{{Position: set.Position()}},
		Help:    help,
	}
}

// describe returns the application without its further arguments:
// `@key(fields: "id")`.
func (set *FieldSet) describe() string {
	v := sdl.ArgumentValue(set.Applied, "fields")
	if v == nil {
		return "@" + set.Applied.Name
	}
	text := sdl.ValueText(v)
	if len(text) > longFieldSet {
		text = strings.ToValidUTF8(text[:longFieldSet], "") + "…"
	}
	return fmt.Sprintf("@%s(fields: %s)", set.Applied.Name, text)
}

// longFieldSet is how much of a field set messages show, in bytes.
const longFieldSet = 200

// Position returns where the field set is written.
func (set *FieldSet) Position() *ast.Position {
	if v := sdl.ArgumentValue(set.Applied, "fields"); v != nil && v.Position != nil {
		return v.Position
	}
	return set.Applied.Position
}

type fieldSetReader struct {
	subgraph *Subgraph
	set      *FieldSet
}

// read resolves selections in source order. It stops at the first that has no
// meaning; complete is false then.
func (r *fieldSetReader) read(selections ast.SelectionSet, parent *sdl.Type) (out []*Selection, complete bool) {
	for _, selection := range selections {
		var sel *Selection
		var ok bool
		if name := r.unknownDirective(selection); name != "" {
			r.set.fail(codesOf[r.set.Directive].invalid, "remove the directive", "directive @%s is not defined", name)
			return out, false
		}
		switch selection := selection.(type) {
		case *ast.Field:
			sel, ok = r.field(selection, parent)
		case *ast.InlineFragment:
			sel, ok = r.fragment(selection, parent)
		case *ast.FragmentSpread:
			r.set.fail(codesOf[r.set.Directive].invalid, "write its fields out", "fragment %q does not exist here", selection.Name)
		}
		if sel != nil {
			out = append(out, sel)
		}
		if !ok {
			return out, false
		}
	}
	return out, true
}

func (r *fieldSetReader) unknownDirective(selection ast.Selection) string {
	var list ast.DirectiveList
	switch selection := selection.(type) {
	case *ast.Field:
		list = selection.Directives
	case *ast.InlineFragment:
		list = selection.Directives
	}
	for _, d := range list {
		if r.subgraph.Schema.Definition(d.Name) == nil {
			return d.Name
		}
	}
	return ""
}

func (r *fieldSetReader) fragment(f *ast.InlineFragment, parent *sdl.Type) (*Selection, bool) {
	condition := parent
	if f.TypeCondition != "" {
		if condition = r.subgraph.Schema.Type(f.TypeCondition); condition == nil || !condition.IsComposite() {
			r.set.fail(codesOf[r.set.Directive].invalid, "name a type of this subgraph", "type %q does not exist in this subgraph", f.TypeCondition)
			return nil, false
		}
	}
	sub, ok := r.read(f.SelectionSet, condition)
	return &Selection{Parent: parent, Condition: condition, Selections: sub}, ok
}

func (r *fieldSetReader) field(f *ast.Field, parent *sdl.Type) (*Selection, bool) {
	if f.Name == "__typename" {
		if len(f.SelectionSet) > 0 {
			r.set.fail(codesOf[r.set.Directive].invalid, "remove the braces behind it", "__typename has no fields to select")
			return nil, false
		}
		return &Selection{Name: f.Name, Parent: parent}, true
	}
	field := parent.Field(f.Name)
	if field == nil || parent.Kind == ast.InputObject {
		r.set.fail(codesOf[r.set.Directive].invalid, r.unknownFieldHelp(f.Name, parent), "%q has no field %q%s", parent.Name, f.Name, federation.Suggest(f.Name, fieldNames(parent)))
		return nil, false
	}
	base := r.subgraph.Schema.Type(field.Type.Name())
	r.accept(field, base)
	sel := &Selection{Field: field, Name: f.Name, Parent: parent, Arguments: f.Arguments}
	if problem := r.arguments(f, field); problem != "" {
		r.set.fail(codesOf[r.set.Directive].invalid, "correct the arguments", "%s", problem)
		return sel, false
	}
	if len(f.SelectionSet) == 0 {
		return sel, true
	}
	if !base.IsComposite() {
		r.set.fail(codesOf[r.set.Directive].invalid, "remove the braces behind it", "%q is of type %s, which has no fields to select", field.Coordinate(), field.Type)
		return sel, false
	}
	var ok bool
	sel.Selections, ok = r.read(f.SelectionSet, base)
	return sel, ok
}

func fieldNames(t *sdl.Type) []string {
	names := make([]string, len(t.Fields))
	for i, f := range t.Fields {
		names[i] = f.Name
	}
	return names
}

func (r *fieldSetReader) unknownFieldHelp(name string, parent *sdl.Type) string {
	if r.set.Directive == federation.AtKey {
		return fmt.Sprintf("add %q to %q in this subgraph, marked @external if another subgraph resolves it", name, parent.Name)
	}
	return fmt.Sprintf("add %q to %q in this subgraph, marked @external", name, parent.Name)
}

// accept reports fields that this kind of field set must not select.
func (r *fieldSetReader) accept(field *sdl.Field, base *sdl.Type) {
	d := r.set.Directive
	if d == federation.AtKey && base.IsAbstract() {
		r.set.fail(federation.KeyFieldsSelectInvalidType, "select fields of scalar, enum or object type",
			"%q is of type %s, which is %s: a key cannot depend on it", field.Coordinate(), field.Type, sdl.KindName(base.Kind))
	}
}

// arguments says what is wrong with the arguments passed to a field.
func (r *fieldSetReader) arguments(f *ast.Field, field *sdl.Field) string {
	for _, arg := range f.Arguments {
		def := field.Arguments.ForName(arg.Name)
		if def == nil {
			return fmt.Sprintf("%q has no argument %q", field.Coordinate(), arg.Name)
		}
		if hasVariable(arg.Value) {
			return fmt.Sprintf("argument %q has a variable", field.ArgumentCoordinate(arg.Name))
		}
		if why := r.subgraph.Schema.CheckValue(arg.Value, def.Type); why != "" {
			return fmt.Sprintf("the value of %q does not fit: %s", field.ArgumentCoordinate(arg.Name), why)
		}
	}
	return ""
}

func hasVariable(v *ast.Value) bool {
	if v.Kind == ast.Variable {
		return true
	}
	for _, c := range v.Children {
		if hasVariable(c.Value) {
			return true
		}
	}
	return false
}

// inspect reports what has a meaning in GraphQL but none in a field set.
func (r *fieldSetReader) inspect(parsed ast.SelectionSet, resolved []*Selection) {
	codes := codesOf[r.set.Directive]
	for i, selection := range parsed {
		switch selection := selection.(type) {
		case *ast.Field:
			if selection.Alias != selection.Name {
				r.set.fail(codes.invalid, "remove the alias", "%q has an alias, which field sets cannot have", selection.Alias+": "+selection.Name)
			}
			r.directives(selection.Directives)
			field := resolved[i].Field
			if d := r.set.Directive; field != nil && len(field.Arguments) > 0 && d != federation.AtRequires {
				r.set.fail(codes.hasArguments, "select fields without arguments", "%q has arguments, which %s does not allow", field.Coordinate(), d)
			}
			r.requiredArguments(selection, field)
			if len(selection.SelectionSet) == 0 && field != nil && r.subgraph.Schema.Type(field.Type.Name()).IsComposite() {
				r.set.resolved = false
				r.set.fail(codes.invalid, fmt.Sprintf("write %s { … } with the fields you mean", field.Name),
					"%q is of type %s, of which fields must be selected", field.Coordinate(), field.Type)
			}
			r.inspect(selection.SelectionSet, resolved[i].Selections)
		case *ast.InlineFragment:
			r.directives(selection.Directives)
			r.inspect(selection.SelectionSet, resolved[i].Selections)
		}
	}
}

// requiredArguments reports fields that @requires selects without the values that
// they need. Other field sets cannot select fields with arguments at all.
func (r *fieldSetReader) requiredArguments(f *ast.Field, field *sdl.Field) {
	if field == nil || r.set.Directive != federation.AtRequires {
		return
	}
	for _, def := range field.Arguments {
		if sdl.IsRequired(def.Type, def.DefaultValue) && f.Arguments.ForName(def.Name) == nil {
			r.set.resolved = false
			r.set.fail(federation.RequiresInvalidFields, "pass a value", "the required argument %q lacks a value", field.ArgumentCoordinate(def.Name))
		}
	}
}

func (r *fieldSetReader) directives(list ast.DirectiveList) {
	if len(list) > 0 {
		r.set.fail(codesOf[r.set.Directive].directive, "remove the directive", "%s is applied in it, but field sets cannot have directives", sdl.DirectiveText(list[0]))
	}
}

// each calls do for every field selected at any depth, and for the fields of
// implementations that selecting an interface's field stands for.
func (s *Subgraph) each(selections []*Selection, do func(*sdl.Field)) {
	for _, sel := range selections {
		if sel.Field != nil {
			do(sel.Field)
			if sel.Field.Parent.Kind == ast.Interface {
				for _, t := range s.implementations(sel.Field.Parent) {
					if f := t.Field(sel.Name); f != nil {
						do(f)
					}
				}
			}
		}
		s.each(sel.Selections, do)
	}
}

// fieldSetText writes selections as a field set.
func fieldSetText(selections []*Selection) string {
	var b strings.Builder
	printSelections(&b, selections)
	return b.String()
}

func printSelections(b *strings.Builder, selections []*Selection) {
	for i, sel := range selections {
		if i > 0 {
			b.WriteByte(' ')
		}
		switch {
		case sel.Name == "":
			b.WriteString("...")
			if sel.Condition != sel.Parent {
				b.WriteString(" on " + sel.Condition.Name)
			}
		default:
			b.WriteString(sel.Name)
			printArguments(b, sel.Arguments)
		}
		if len(sel.Selections) > 0 {
			b.WriteString(" { ")
			printSelections(b, sel.Selections)
			b.WriteString(" }")
		}
	}
}

func printArguments(b *strings.Builder, args ast.ArgumentList) {
	for i, arg := range args {
		if i == 0 {
			b.WriteByte('(')
		} else {
			b.WriteString(", ")
		}
		b.WriteString(arg.Name + ": " + sdl.ValueText(arg.Value))
	}
	if len(args) > 0 {
		b.WriteByte(')')
	}
}
