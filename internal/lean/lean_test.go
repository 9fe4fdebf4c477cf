package lean

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

func text(m graphql.Marshaler) string {
	var b bytes.Buffer
	m.MarshalGQL(&b)
	return b.String()
}

func TestObject(t *testing.T) {
	named := func(names ...string) (fields []graphql.CollectedField) {
		for _, name := range names {
			fields = append(fields, graphql.CollectedField{Field: &ast.Field{Alias: name}})
		}
		return fields
	}
	o := NewObject(named("a", "_b1"))
	o.Values[0], o.Values[1] = graphql.MarshalString("x\""), NewObject(nil)
	if got, want := text(TypeName("_A1")), text(graphql.MarshalString("_A1")); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := text(o), `{"a":"x\"","_b1":{}}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	reference := graphql.NewFieldSet(named("a", "_b1"))
	reference.Values[0], reference.Values[1] = graphql.MarshalString("x\""), graphql.NewFieldSet(nil)
	if got := text(reference); got != text(o) {
		t.Errorf("gqlgen writes %s", got)
	}
}

// A type with two resolvers and a field: what they return stands in its place,
// null that must not be counts, and a panic is an error.
func TestResolvers(t *testing.T) {
	recovered := func(context.Context, any) error { return errors.New("a panic") }
	oc := &graphql.OperationContext{RecoverFunc: recovered}
	ctx := graphql.WithOperationContext(graphql.WithResponseContext(t.Context(), graphql.DefaultErrorPresenter, recovered), oc)
	field := graphql.CollectedField{Field: &ast.Field{Alias: "x"}}
	o := NewObject([]graphql.CollectedField{field, field, field})
	o.Resolve(0, true, func(context.Context) graphql.Marshaler { return graphql.MarshalInt(1) })
	o.Resolve(1, true, func(context.Context) graphql.Marshaler { panic("no") })
	o.Resolve(2, false, func(context.Context) graphql.Marshaler { return graphql.Null })
	o.Dispatch(ctx)
	if got := text(o); got != `{"x":1,"x":null,"x":null}` || o.Invalids != 1 || len(graphql.GetErrors(ctx)) != 1 {
		t.Errorf("%s, %d invalid, errors %v", got, o.Invalids, graphql.GetErrors(ctx))
	}
}

// Selections are remembered, but not those that depend on a request's variables.
func TestCollectFields(t *testing.T) {
	document := gqlparser.MustLoadQueryWithRules(gqlparser.MustLoadSchema(&ast.Source{Input: `type Query { a: Query b: Int c: Int }`}),
		`query ($if: Boolean!) { a { b ... on Query { c } } other: a { b @include(if: $if) c } }`, nil)
	types := []string{"Query"}
	for _, c := range []struct {
		variable bool
		want     string
	}{{true, "b c; b c;"}, {false, "b c; c;"}} {
		oc := &graphql.OperationContext{Variables: map[string]any{"if": c.variable}}
		var got string
		for _, field := range CollectFields(oc, document.Operations[0].SelectionSet, types) {
			for i, below := range CollectFields(oc, field.Selections, types) {
				got += map[bool]string{true: " "}[i > 0] + below.Name
			}
			got += "; "
		}
		if strings.TrimSpace(got) != c.want {
			t.Errorf("with %v: %q, want %q", c.variable, got, c.want)
		}
	}
	if fields := CollectFields(&graphql.OperationContext{}, nil, types); len(fields) != 0 {
		t.Error(fields)
	}
	for _, name := range []string{"a", "b", "c"} {
		top := document.Operations[0].SelectionSet[0].(*ast.Field)
		ctx := graphql.WithOperationContext(t.Context(), &graphql.OperationContext{})
		ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Field: graphql.CollectedField{Field: top, Selections: top.SelectionSet}})
		if got, want := Selects(ctx, name, types), graphql.FieldRequested(ctx, name); got != want {
			t.Errorf("%s is selected: %v, want %v", name, got, want)
		}
	}
}

func TestTypeOf(t *testing.T) {
	a, b := map[string]any{"__typename": "A"}, map[string]any{"__typename": "B"}
	for _, c := range []struct {
		representations []map[string]any
		want            string
	}{
		{nil, ""}, {[]map[string]any{a}, "A"}, {[]map[string]any{a, a}, "A"}, {[]map[string]any{a, b, a}, ""},
		{[]map[string]any{a, {}}, ""}, {[]map[string]any{{"__typename": 1}, a}, ""}, {[]map[string]any{nil}, ""},
	} {
		if got := TypeOf(c.representations); got != c.want {
			t.Errorf("%v: %q, want %q", c.representations, got, c.want)
		}
	}
}
