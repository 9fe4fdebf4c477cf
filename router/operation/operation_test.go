package operation

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/goldentest"
)

func loadSchema(t testing.TB, sdl string) *ast.Schema {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphql", Input: sdl})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// prepare takes a request through every stage.
func prepare(p *Parser, text, name, variables string) (*Operation, Variables, Errors) {
	doc, errs := p.Parse(text)
	if errs != nil {
		return nil, Variables{}, errs
	}
	def, errs := doc.Operation(name)
	if errs != nil {
		return nil, Variables{}, errs
	}
	vars, errs := def.Coerce([]byte(variables))
	if errs != nil {
		return nil, Variables{}, errs
	}
	op, errs := vars.Key().Normalize()
	return op, vars, errs
}

// TestNormalize reads schema.graphql, query.graphql and perhaps name and
// variables.json, and expects normalized.graphql or errors.
func TestNormalize(t *testing.T) {
	goldentest.Run(t, "testdata/normalize", func(t *testing.T, c *goldentest.Case) map[string]string {
		p := NewParser(loadSchema(t, c.File("schema.graphql")), Options{Suggestions: true})
		op, _, errs := prepare(p, c.File("query.graphql"), strings.TrimSpace(c.File("name")), c.File("variables.json"))
		if errs != nil {
			return map[string]string{"errors": list(errs)}
		}
		checkLaws(t, p, op)
		return map[string]string{"normalized.graphql": op.String()}
	}, "normalized.graphql", "errors")
}

// checkLaws checks that the text form is a valid document that normalises to
// itself.
func checkLaws(t *testing.T, p *Parser, op *Operation) {
	t.Helper()
	text := op.String()
	again, _, errs := prepareAny(p, text)
	if errs != nil {
		t.Fatalf("the normalised operation is not valid: %v\n%s", errs, text)
	}
	if got := again.String(); got != text {
		t.Fatalf("normalising twice changes the operation.\nonce:\n%s\ntwice:\n%s", text, got)
	}
}

// prepareAny normalises the only operation of a document, whose variables need
// have no values.
func prepareAny(p *Parser, text string) (*Operation, *Document, Errors) {
	doc, errs := p.Parse(text)
	if errs != nil {
		return nil, nil, errs
	}
	def, errs := doc.Operation("")
	if errs != nil {
		return nil, nil, errs
	}
	op, errs := Key{Definition: def, Conditions: string(make([]byte, (len(def.conditions)+7)/8))}.Normalize()
	return op, doc, errs
}

func list(errs Errors) string {
	var b strings.Builder
	for _, e := range errs {
		b.Write(e.AppendJSON(nil))
		b.WriteByte('\n')
	}
	return b.String()
}
