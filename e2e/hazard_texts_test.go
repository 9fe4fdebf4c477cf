package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/schema"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// textOperation is an operation whose variable $text stands at one place of the
// schema that takes a text.
type textOperation struct{ at, query string }

// texts makes operations of a schema.
type texts struct {
	schema *ast.Schema
	found  []textOperation
}

// textOperations returns one for every place that takes a text: arguments of root
// fields, and fields of their inputs.
func textOperations(t *testing.T) []textOperation {
	t.Helper()
	parsed, err := supergraph.Parse(schema.Supergraph)
	if err != nil {
		t.Fatal(err)
	}
	m := &texts{schema: parsed.API}
	for keyword, root := range map[string]*ast.Definition{"query": parsed.API.Query, "mutation": parsed.API.Mutation} {
		for _, field := range root.Fields {
			if strings.HasPrefix(field.Name, "__") {
				continue
			}
			selection := " { __typename }"
			if d := parsed.API.Types[field.Type.Name()]; d.Kind == ast.Scalar || d.Kind == ast.Enum {
				selection = ""
			}
			for _, a := range field.Arguments {
				m.places(root.Name+"."+field.Name+"("+a.Name+":)", a.Type, func(value, textType string) string {
					return fmt.Sprintf("%s ($text: %s) { %s(%s)%s }", keyword, textType, field.Name, m.fill(asFields(field.Arguments), a.Name, value), selection)
				})
			}
		}
	}
	return m.found
}

// isText says whether values of a type are written as texts.
var isText = map[string]bool{"ID": true, "String": true, "Decimal": true, "CurrencyCode": true, "DateTime": true}

// places adds an operation for every text within a value of this type. whole
// makes the operation of the value and of the type of $text.
func (m *texts) places(at string, of *ast.Type, whole func(value, textType string) string) {
	switch d := m.schema.Types[of.Name()]; {
	case isText[of.Name()]:
		value := "$text"
		if of.Elem != nil {
			value = "[$text]"
		}
		m.found = append(m.found, textOperation{at, whole(value, of.Name()+"!")})
	case d.Kind == ast.InputObject:
		for _, f := range d.Fields {
			m.places(at+"."+f.Name, f.Type, func(value, textType string) string {
				object := "{" + m.fill(d.Fields, f.Name, value) + "}"
				if of.Elem != nil {
					object = "[" + object + "]"
				}
				return whole(object, textType)
			})
		}
	}
}

// asFields are arguments in the form of an input's fields.
func asFields(arguments ast.ArgumentDefinitionList) (fields ast.FieldList) {
	for _, a := range arguments {
		fields = append(fields, &ast.FieldDefinition{Name: a.Name, Type: a.Type, DefaultValue: a.DefaultValue})
	}
	return fields
}

// fill writes arguments or fields: one of them as given, the others that are
// required as something good.
func (m *texts) fill(fields ast.FieldList, name, value string) string {
	var parts []string
	for _, f := range fields {
		if f.Name == name {
			parts = append(parts, f.Name+": "+value)
		} else if f.Type.NonNull && f.DefaultValue == nil {
			parts = append(parts, f.Name+": "+m.good(f.Name, f.Type))
		}
	}
	return strings.Join(parts, ", ")
}

// good is a value of a type that its place would take, or nearly.
func (m *texts) good(name string, of *ast.Type) string {
	if of.Elem != nil {
		return "[" + m.good(name, of.Elem) + "]"
	}
	d := m.schema.Types[of.Name()]
	switch {
	case d.Kind == ast.InputObject:
		return "{" + m.fill(d.Fields, "", "") + "}"
	case d.Kind == ast.Enum:
		return d.EnumValues[0].Name
	case of.Name() == "ID":
		kind := map[string]id.Kind{"variantId": id.Variant, "productId": id.Product, "accountId": id.User}[name]
		if kind == "" {
			kind = id.Address
		}
		return fmt.Sprintf("%q", kind.Format(id.New()))
	case of.Name() == "Int" || of.Name() == "Float":
		return "1"
	case of.Name() == "Boolean":
		return "false"
	}
	if text, ok := map[string]string{"email": "h@example.com", "newEmail": "h@example.com", "countryCode": "DE", "currencyCode": "EUR", "amount": "1.00", "url": "https://example.com"}[name]; ok {
		return fmt.Sprintf("%q", text)
	}
	return fmt.Sprintf("%q", "good enough "+name)
}
