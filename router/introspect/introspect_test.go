package introspect

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/casestest"
	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/router/operation"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// answer takes a request through every stage and returns its data, indented.
func answer(t testing.TB, api *ast.Schema, o Options, query, variables string) (string, operation.Errors) {
	t.Helper()
	doc, errs := operation.NewParser(api, operation.Options{}).Parse(query)
	if errs != nil {
		t.Fatal(errs)
	}
	def, errs := doc.Operation("")
	if errs != nil {
		t.Fatal(errs)
	}
	vars, errs := def.Coerce([]byte(variables))
	if errs != nil {
		t.Fatal(errs)
	}
	op, errs := vars.Key().Normalize()
	if errs != nil {
		t.Fatal(errs)
	}
	values, errs := New(api, o).Answer(op, vars)
	if errs != nil {
		return "", errs
	}
	var out bytes.Buffer
	for _, selection := range op.Root {
		f := selection.(*operation.Field)
		out.WriteString(f.ResponseName + ": ")
		if err := json.Indent(&out, values[f.ResponseName], "", "  "); err != nil {
			t.Fatalf("%v in %s", err, values[f.ResponseName])
		}
		out.WriteByte('\n')
	}
	return out.String(), nil
}

// TestAnswer reads schema.graphql, query.graphql and perhaps variables.json, and
// expects answer.
func TestAnswer(t *testing.T) {
	goldentest.Run(t, "testdata", func(t *testing.T, c *goldentest.Case) map[string]string {
		api := gqlparser.MustLoadSchema(&ast.Source{Name: "schema.graphql", Input: c.File("schema.graphql")})
		text, errs := answer(t, api, Options{}, c.File("query.graphql"), c.File("variables.json"))
		if errs != nil {
			t.Fatal(errs)
		}
		return map[string]string{"answer": text}
	}, "answer")
}

func TestAnswerIsBounded(t *testing.T) {
	api := gqlparser.MustLoadSchema(&ast.Source{Input: "type Query { a: Int }"})
	query := "{ __schema { types { name } } "
	for _, alias := range []string{"a", "b", "c", "d"} {
		query += alias + ": __schema { types { name description } } "
	}
	_, errs := answer(t, api, Options{MaxBytes: 1000}, query+"}", "")
	if errs == nil || errs[0].Code != CodeTooLarge {
		t.Errorf("want %s, got %v", CodeTooLarge, errs)
	}
}

// standardQuery asks for all there is, as graphql-js's getIntrospectionQuery does
// with every option on.
const standardQuery = `
query IntrospectionQuery {
  __schema {
    description
    queryType { name kind }
    mutationType { name kind }
    subscriptionType { name kind }
    types { ...FullType }
    directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } }
  }
}
fragment FullType on __Type {
  kind name description specifiedByURL isOneOf
  fields(includeDeprecated: true) {
    name description
    args(includeDeprecated: true) { ...InputValue }
    type { ...TypeRef }
    isDeprecated deprecationReason
  }
  inputFields(includeDeprecated: true) { ...InputValue }
  interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...TypeRef }
}
fragment InputValue on __InputValue {
  name description type { ...TypeRef } defaultValue isDeprecated deprecationReason
}
fragment TypeRef on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } }
}`

// schemas are API schemas to try the standard query on: our own with every feature
// and those of the public cases.
func schemas(t testing.TB) map[string]*ast.Schema {
	t.Helper()
	sdl, err := os.ReadFile("testdata/everything.graphql")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*ast.Schema{"everything": gqlparser.MustLoadSchema(&ast.Source{Name: "everything.graphql", Input: string(sdl)})}
	files, err := filepath.Glob(filepath.Join(casestest.Dir(t, "federation/audit"), "*", "supergraph.graphql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no supergraphs among the cases: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := supergraph.Parse(string(text))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[filepath.Base(filepath.Dir(file))] = s.API
	}
	return all
}

func BenchmarkStandardQuery(b *testing.B) {
	api := schemas(b)["simple-requires-provides"]
	doc, errs := operation.NewParser(api, operation.Options{}).Parse(standardQuery)
	if errs != nil {
		b.Fatal(errs)
	}
	def, _ := doc.Operation("")
	vars, _ := def.Coerce(nil)
	op, _ := vars.Key().Normalize()
	s := New(api, Options{})
	b.ReportAllocs()
	for b.Loop() {
		answers, _ := s.Answer(op, vars)
		b.SetBytes(int64(len(answers["__schema"])))
	}
}
