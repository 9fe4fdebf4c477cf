package compose

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/sdl"
)

// apiPath is a path through the API schema, from its last step backwards.
type apiPath struct {
	parent *apiPath
	// operation is set at the root only.
	operation ast.Operation
	// typ is the type of which field is selected or, without a field, the type
	// to which values are narrowed.
	typ   string
	field *ast.FieldDefinition
	// label is the assumption under which the field was followed.
	label string
}

// steps are the path's steps from the root on.
func (p *apiPath) steps() (op ast.Operation, steps []*apiPath) {
	for ; p.parent != nil; p = p.parent {
		steps = append(steps, p)
	}
	slices.Reverse(steps)
	return p.operation, steps
}

// query writes the path as an operation, with sample values for arguments; what
// is below the path is left out.
func (w *walker) query(p *apiPath) string {
	op, steps := p.steps()
	var b strings.Builder
	if op != ast.Query {
		b.WriteString(string(op) + " ")
	}
	b.WriteString("{\n")
	depth := 1
	open := func(text string) {
		b.WriteString(strings.Repeat("  ", depth) + text)
		depth++
	}
	for i, s := range steps {
		if i > 0 {
			b.WriteString(" {\n")
		}
		if s.field == nil {
			open("... on " + s.typ)
		} else {
			open(s.field.Name + w.sampleArguments(s.field))
		}
	}
	if last := p; last.field == nil || !w.isLeaf(last.field.Type.Name()) {
		b.WriteString(" {\n" + strings.Repeat("  ", depth) + "...\n" + strings.Repeat("  ", depth-1) + "}")
	}
	b.WriteByte('\n')
	for depth -= 2; depth >= 0; depth-- {
		b.WriteString(strings.Repeat("  ", depth) + "}\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (w *walker) sampleArguments(f *ast.FieldDefinition) string {
	var parts []string
	for _, arg := range f.Arguments {
		parts = append(parts, arg.Name+": "+w.sample(arg.Type, 0))
	}
	if len(parts) == 0 {
		return ""
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// deepestSample is how many input objects a sample value nests at the most.
const deepestSample = 4

func (w *walker) sample(t *ast.Type, depth int) string {
	if t.Elem != nil {
		return "[]"
	}
	switch t.NamedType {
	case "Int":
		return "0"
	case "Float":
		return "3.14"
	case "Boolean":
		return "true"
	case "String":
		return `"A string value"`
	case "ID":
		return `"<any id>"`
	}
	def := w.super.API.Types[t.NamedType]
	switch {
	case def == nil || def.Kind == ast.Scalar:
		return `"<some value>"`
	case def.Kind == ast.Enum:
		return def.EnumValues[0].Name
	case depth == deepestSample:
		return "{ … }"
	}
	var parts []string
	for _, f := range def.Fields {
		if sdl.IsRequired(f.Type, f.DefaultValue) {
			parts = append(parts, f.Name+": "+w.sample(f.Type, depth+1))
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
