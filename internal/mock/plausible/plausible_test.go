package plausible

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/casestest"
	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/internal/mock"
)

// TestMadeUp shows what is made up for the schema and queries of each archive.
func TestMadeUp(t *testing.T) {
	goldentest.Run(t, "testdata", func(t *testing.T, c *goldentest.Case) map[string]string {
		schema, err := mock.ParseSubgraph(c.File("subgraph.graphql"))
		if err != nil {
			t.Fatal(err)
		}
		data := New(schema, Options{})
		seen := map[string]string{}
		for _, file := range c.Names() {
			if name, ok := strings.CutSuffix(file, ".query"); ok {
				r := mock.Execute(context.Background(), schema, data, mock.Request{Query: c.File(file)})
				seen[name+".answer"] = indent(t, r.JSON())
			}
		}
		return seen
	})
}

func indent(t *testing.T, text []byte) string {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", " "); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// ask runs a query that must not have errors, and gives its data.
func ask(t *testing.T, schema *mock.Schema, o Options, query string) string {
	t.Helper()
	r := mock.Execute(context.Background(), schema, New(schema, o), mock.Request{Query: query})
	if len(r.Errors) > 0 {
		t.Fatalf("%s: %v", query, r.Errors)
	}
	return string(r.Data)
}

const users = `
	type Query { user(id: ID!): User users(first: Int): [User!]! me: User }
	type User @key(fields: "id") @key(fields: "email") { id: ID! email: String! name: String age: Int friends: [User] best: User }
`

// TestSameObject holds that an object is the same however it is reached.
func TestSameObject(t *testing.T) {
	schema, err := mock.ParseSubgraph(users)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"3", "20", "21", "no such", ""} {
		fields := "{ id email name age best { id name } }"
		root := ask(t, schema, Options{}, fmt.Sprintf(`{ user(id: %q) %s }`, id, fields))
		entity := ask(t, schema, Options{}, fmt.Sprintf(`{ _entities(representations: [{__typename: "User", id: %q}]) { ... on User %s } }`, id, fields))
		if root[len(`{"user":`):len(root)-1] != entity[len(`{"_entities":[`):len(entity)-2] {
			t.Errorf("id %q: by the root field %s, as an entity %s", id, root, entity)
		}
		if !strings.Contains(root, fmt.Sprintf(`"id":%q`, id)) {
			t.Errorf("user %q has another id: %s", id, root)
		}
	}
	byID := ask(t, schema, Options{}, `{ _entities(representations: [{__typename: "User", id: "7"}]) { ... on User { id email name age } } }`)
	var decoded struct {
		Entities []struct{ Email string } `json:"_entities"`
	}
	if err := json.Unmarshal([]byte(byID), &decoded); err != nil {
		t.Fatal(err)
	}
	byEmail := ask(t, schema, Options{}, fmt.Sprintf(`{ _entities(representations: [{__typename: "User", email: %q}]) { ... on User { id email name age } } }`, decoded.Entities[0].Email))
	if byID != byEmail {
		t.Errorf("by id %s, by email %s", byID, byEmail)
	}
	if ask(t, schema, Options{}, "{ me { friends { id name } } }") == ask(t, schema, Options{Seed: 1}, "{ me { friends { id name } } }") {
		t.Error("another seed makes the same")
	}
	if got := ask(t, schema, Options{}, `{ users(first: 3) { id } }`); strings.Count(got, `"id"`) != 3 {
		t.Errorf("first: 3 gives %s", got)
	}
}

// TestSubgraphsAgree holds that two subgraphs make up the same values for what
// they share.
func TestSubgraphsAgree(t *testing.T) {
	a, err := mock.ParseSubgraph(users)
	if err != nil {
		t.Fatal(err)
	}
	b, err := mock.ParseSubgraph(`type User @key(fields: "id") { id: ID! name: String age: Int score: Float }`)
	if err != nil {
		t.Fatal(err)
	}
	query := `{ _entities(representations: [{__typename: "User", id: "5"}, {__typename: "User", id: "x"}]) { ... on User { id name age } } }`
	if inA, inB := ask(t, a, Options{}, query), ask(t, b, Options{}, query); inA != inB {
		t.Errorf("%s\n%s", inA, inB)
	}
}

func TestNulls(t *testing.T) {
	schema, err := mock.ParseSubgraph(users)
	if err != nil {
		t.Fatal(err)
	}
	query := `{ users(first: 100) { id email name age } }`
	if got := ask(t, schema, Options{}, query); strings.Contains(got, "null") {
		t.Errorf("nulls that were not asked for: %s", got)
	}
	if got := ask(t, schema, Options{Nulls: 50}, query); !strings.Contains(got, "null") || !strings.Contains(got, `"age":4`) {
		t.Errorf("half of the nullable values should be null: %s", got)
	}
}

// TestEverySchema asks the audit's subgraphs for all they have: what is made up
// always fits the schema.
func TestEverySchema(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(casestest.Dir(t, "federation/audit"), "*", "subgraphs", "*.graphql"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no subgraphs")
	}
	for _, file := range files {
		sdl, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		schema, err := mock.ParseSubgraph(string(sdl))
		if err != nil {
			t.Fatal(err)
		}
		for _, root := range []*ast.Definition{schema.AST().Query, schema.AST().Mutation} {
			if root == nil {
				continue
			}
			e := everything{schema: schema.AST()}
			query := e.selection(root, 4)
			if root == schema.AST().Mutation {
				query = "mutation " + query
			}
			r := mock.Execute(context.Background(), schema, New(schema, Options{Nulls: 20}), mock.Request{Query: query})
			for _, problem := range r.Errors {
				if !strings.Contains(problem.Message, "cannot be an object of type") { // interfaces without members
					t.Errorf("%s: %s %v\n%s", file, problem.Message, problem.Path, query)
				}
			}
		}
	}
}

// everything writes a query for all fields, under aliases so that they never
// conflict.
type everything struct {
	schema *ast.Schema
	alias  int
}

func (e *everything) selection(def *ast.Definition, depth int) string {
	parts := []string{"__typename"}
	for _, f := range def.Fields {
		below := e.schema.Types[f.Type.Name()]
		if strings.HasPrefix(f.Name, "_") || below.IsCompositeType() && depth == 0 {
			continue
		}
		e.alias++
		text := fmt.Sprintf("a%d: %s", e.alias, f.Name)
		var args []string
		for _, a := range f.Arguments {
			if a.Type.NonNull && a.DefaultValue == nil {
				args = append(args, a.Name+": "+e.literal(a.Type))
			}
		}
		if len(args) > 0 {
			text += "(" + strings.Join(args, ", ") + ")"
		}
		if below.IsCompositeType() {
			text += " " + e.selection(below, depth-1)
		}
		parts = append(parts, text)
	}
	if def.IsAbstractType() {
		for _, possible := range e.schema.GetPossibleTypes(def) {
			parts = append(parts, "... on "+possible.Name+" "+e.selection(possible, max(0, depth-1)))
		}
	}
	return "{ " + strings.Join(parts, " ") + " }"
}

func (e *everything) literal(t *ast.Type) string {
	if t.Elem != nil {
		return "[" + e.literal(t.Elem) + "]"
	}
	switch t.NamedType {
	case "Int", "Float":
		return "1"
	case "Boolean":
		return "true"
	case "String", "ID":
		return `"x"`
	}
	def := e.schema.Types[t.NamedType]
	if def.Kind == ast.Enum {
		return def.EnumValues[0].Name
	}
	var fields []string
	for _, f := range def.Fields {
		if f.Type.NonNull {
			fields = append(fields, f.Name+": "+e.literal(f.Type))
		}
	}
	return "{" + strings.Join(fields, ", ") + "}"
}
