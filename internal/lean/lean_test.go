package lean

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/99designs/gqlgen/graphql"
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
	if got, want := text(o), `{"a":"x\"","_b1":{}}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	reference := graphql.NewFieldSet(named("a", "_b1"))
	reference.Values[0], reference.Values[1] = graphql.MarshalString("x\""), graphql.NewFieldSet(nil)
	if got := text(reference); got != text(o) {
		t.Errorf("gqlgen writes %s", got)
	}
}

// An element whose marshalling panics is null, with an error that says where.
func TestMarshalSlice(t *testing.T) {
	ctx := graphql.WithResponseContext(t.Context(), graphql.DefaultErrorPresenter, func(context.Context, any) error { return errors.New("a panic") })
	list := MarshalSlice(ctx, 3, 0, false, func(ctx context.Context, i int) graphql.Marshaler {
		if i == 1 {
			panic("no")
		}
		return graphql.MarshalInt(*graphql.GetFieldContext(ctx).Index)
	})
	if got := text(list); got != "[0,null,2]" {
		t.Error(got)
	}
	if errs := graphql.GetErrors(ctx); len(errs) != 1 || errs[0].Path.String() != "[1]" {
		t.Errorf("errors %v", errs)
	}
	if got := text(MarshalSlice(ctx, 0, 0, false, nil)); got != "[]" {
		t.Error(got)
	}
}
