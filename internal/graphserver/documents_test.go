package graphserver

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/shopgraph/shopgraph/internal/lean"
)

var entitySchema = gqlparser.MustLoadSchema(&ast.Source{Input: `
	directive @key(fields: String!, resolvable: Boolean = true) repeatable on OBJECT
	scalar _Any
	type Thing @key(fields: "id") @key(fields: "name", resolvable: false) @key(fields: "a b") { id: ID name: String a: ID b: ID }
	type Plain { id: ID }
	union _Entity = Thing
	enum Color { RED GREEN }
	input Filter { name: String! = "x" limit: Int tags: [ID!] }
	type Query { _entities(representations: [_Any!]!): [_Entity]! list(first: Int, filter: Filter, color: Color, ids: [ID!], flag: Boolean, deep: [[ID]]): [Thing] }`})

// What is executed, with which variables, and what is refused with which errors,
// is what gqlgen's own executor says, the second time too.
func TestOperationsAreGqlgens(t *testing.T) {
	x := executor.New(fakeSchema{schema: entitySchema})
	x.SetParserTokenLimit(maxTokens)
	d := documents{limits: newLimits(fakeSchema{schema: entitySchema})}
	check := func(query, name, variables string) {
		t.Helper()
		body := `{"query":` + strconv.Quote(query) + `,"operationName":` + strconv.Quote(name)
		if variables != "" {
			body += `,"variables":` + variables
		}
		asked := func() request {
			r, err := decode([]byte(body + "}"))
			if err != nil {
				t.Fatalf("%s: %v", body, err)
			}
			return r
		}
		theirs, faults := x.CreateOperationContext(graphql.StartOperationTrace(t.Context()), &graphql.RawParams{
			Query: query, OperationName: name, Variables: asked().variables,
		})
		want := said(theirs, faults)
		for range 2 {
			ours, faults := d.prepare(t.Context(), asked())
			if ours == nil {
				ours = &lean.Operation{}
			}
			if diff := cmp.Diff(want, said(&ours.OperationContext, faults)); diff != "" {
				t.Errorf("%s %s (-gqlgen's +ours):\n%s", query, variables, diff)
			}
		}
	}
	const entities, list = `query($r: [_Any!]!) { _entities(representations: $r) { __typename } }`,
		`query($n: Int, $f: Filter, $c: Color = RED, $i: [ID!], $b: Boolean, $d: [[ID]]) { list(first: $n, filter: $f, color: $c, ids: $i, flag: $b, deep: $d) { id } }`
	thing := `{"__typename":"Thing","id":"1"}`
	for _, c := range []struct{ query, name, variables string }{
		{query: `{`}, {query: `{ nothing }`}, {query: `fragment F on Query { __typename }`}, {query: `query A { __typename } query B { __typename }`},
		{query: `query A { __typename } query B { __typename }`, name: "B"}, {query: `query A { __typename }`, name: "C"}, {query: `query A { __typename }`, name: "A\\"}, {query: `{ __typename }`, name: "A"}, {query: `query A { __typename }`},
		{query: entities, variables: `{"r":[` + thing + `]}`}, {query: entities, variables: `{"r":` + thing + `}`}, {query: entities, variables: `{"r":[]}`},
		{query: entities, variables: `{"r":null}`}, {query: entities, variables: `{"r":[null]}`}, {query: entities, variables: `{}`}, {query: entities},
		{query: entities, variables: `{"r":[` + thing + `],"other":1}`},
		{query: list}, {query: list, variables: `{"n":7,"f":{"limit":3,"tags":"x"},"c":"GREEN","i":["a",4],"b":true,"d":[["a",null],null,"b"]}`},
		{query: list, variables: `{"n":null,"f":null,"c":null,"i":null,"b":null,"d":null}`},
		{query: list, variables: `{"n":"7","f":{},"c":"green","i":"a","b":false,"d":"x"}`},
		{query: list, variables: `{"n":7.5}`}, {query: list, variables: `{"f":{"limits":3}}`}, {query: list, variables: `{"f":[]}`}, {query: list, variables: `{"c":"BLUE"}`},
		{query: list, variables: `{"i":[null]}`}, {query: list, variables: `{"i":[true]}`}, {query: list, variables: `{"b":"true"}`}, {query: list, variables: `{"b":1}`},
	} {
		check(c.query, c.name, c.variables)
	}
	// One variable at a time: each value for each type.
	for _, c := range []struct{ argument, types string }{
		{"first", "Int Int!"}, {"ids", "[ID!] [ID!]! ID! ID"}, {"flag", "Boolean! Boolean"}, {"color", "Color"}, {"filter", "Filter"}, {"deep", "[[ID]] [ID] [[ID]!]!"},
	} {
		for typ := range strings.FieldsSeq(c.types) {
			for _, value := range []string{`7`, `7.5`, `"7"`, `true`, `null`, `{}`, `[]`, `[1,"a"]`, `["a","b"]`, `["a",null]`, `[["a"]]`, `"RED"`} {
				check(fmt.Sprintf(`query($x: %s) { list(%s: $x) { id } }`, typ, c.argument), "", `{"x":`+value+`}`)
			}
		}
	}
}

func said(oc *graphql.OperationContext, faults gqlerror.List) string {
	if faults != nil {
		return fmt.Sprintf("%v %v", faults, faults[0].Extensions)
	}
	variables := fmt.Sprintf("%#v", oc.Variables)
	if len(oc.Variables) == 0 { // nil or not
		variables = "none"
	}
	return fmt.Sprintf("%s %s %s", oc.Operation.Name, variables, oc.RawQuery)
}

// Documents that are asked for again stay, others are forgotten.
func TestDocumentsAreKept(t *testing.T) {
	d := documents{limits: newLimits(fakeSchema{schema: entitySchema})}
	get := func(name string) *document {
		known, faults := d.get(t.Context(), []byte(`"query `+name+` { __typename }"`))
		if faults != nil {
			t.Fatal(faults)
		}
		return known
	}
	often, once := get("often"), get("once")
	for i := range 1500 {
		get("q" + strconv.Itoa(i))
		if i%100 == 0 && get("often") != often {
			t.Fatalf("after %d others it is read anew", i)
		}
	}
	if get("once") == once {
		t.Error("what nobody asks for is kept")
	}
	if kept := len(d.young) + len(d.old); kept > 1000 {
		t.Errorf("%d documents are kept", kept)
	}
	for i := range 10 { // large ones
		get(strings.Repeat("q", maxYoung/3) + strconv.Itoa(i))
	}
	if kept := len(d.young) + len(d.old); kept > 6 {
		t.Errorf("%d large documents are kept", kept)
	}
	if _, faults := d.get(t.Context(), []byte(`"{ nothing }"`)); faults == nil {
		t.Error("a wrong document is kept")
	}
}

// A representation has the fields of a key that can be resolved.
func TestRepresentations(t *testing.T) {
	d := documents{limits: newLimits(fakeSchema{schema: entitySchema})}
	for representation, want := range map[string]string{
		`{"__typename":"Thing","id":"1"}`: "", `{"__typename":"Thing","a":"1","b":"2"}`: "", `{"__typename":"Thing","a":"1"}`: "BAD_USER_INPUT",
		`{"__typename":"Thing","name":"x"}`: "BAD_USER_INPUT", `{"__typename":"Thing","id":1}`: "BAD_USER_INPUT", `{"__typename":"Plain","id":"1"}`: "BAD_USER_INPUT",
		`{"id":"1"}`: "BAD_USER_INPUT", `{"__typename":7,"id":"1"}`: "BAD_USER_INPUT", `"Thing"`: "BAD_USER_INPUT", `{}`: "BAD_USER_INPUT",
	} {
		body := `{"query":"query($r: [_Any!]!) { _entities(representations: $r) { __typename } }","variables":{"r":[` + representation + `]}}`
		asked, err := decode([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if _, faults := d.prepare(t.Context(), asked); faults != nil {
			got, _ = faults[0].Extensions["code"].(string)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", representation, got, want)
		}
	}
}
