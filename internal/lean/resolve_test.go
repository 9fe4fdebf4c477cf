package lean

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// operation is a context as the fields of an operation have it, with one of them
// around and the operation's variable $n.
func operation(t *testing.T, n any) (context.Context, *graphql.OperationContext) {
	recovered := func(_ context.Context, fault any) error { return fmt.Errorf("panic: %v", fault) }
	oc := &graphql.OperationContext{
		RecoverFunc: recovered, Variables: map[string]any{"n": n},
		ResolverMiddleware: func(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) },
	}
	ctx := graphql.WithOperationContext(graphql.WithResponseContext(t.Context(), graphql.DefaultErrorPresenter, recovered), oc)
	around := graphql.CollectedField{Field: &ast.Field{Alias: "around"}}
	return graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: "Query", Field: around}), oc
}

// outcome is what a client sees: the value and the errors with their places.
func outcome(ctx context.Context, m graphql.Marshaler) (lines []string) {
	lines = append(lines, fmt.Sprintf("%s, null %v", text(m), m == graphql.Null))
	for _, err := range graphql.GetErrors(ctx) {
		lines = append(lines, fmt.Sprintf("%s at %s %v", err.Message, err.Path, err.Locations))
	}
	return lines
}

// readList reads a list of numbers, as generated code does with the functions of
// either package.
func readList(ctx context.Context, value any, at func(context.Context, int) context.Context) (list []int, err error) {
	for i, element := range graphql.CoerceList(value) {
		ctx := at(ctx, i)
		n, err := graphql.UnmarshalInt(element)
		if err != nil {
			return nil, graphql.ErrorOnPath(ctx, err)
		}
		if n < 0 {
			panic("a negative number")
		}
		list = append(list, n)
	}
	return list, nil
}

func numberField() graphql.CollectedField {
	numbers := &ast.Argument{Name: "numbers", Value: &ast.Value{Kind: ast.Variable, Raw: "n"}}
	return graphql.CollectedField{Field: &ast.Field{
		Alias: "x", Name: "value", Position: &ast.Position{Line: 3, Column: 7}, Arguments: ast.ArgumentList{numbers},
		Definition: &ast.FieldDefinition{Name: "value", Arguments: ast.ArgumentDefinitionList{{Name: "numbers"}}},
	}}
}

// A field is what gqlgen makes of it: its value, and its errors where they are.
func TestResolveFieldIsGqlgens(t *testing.T) {
	type values = map[string]any
	for name, c := range map[string]struct {
		resolve func(ctx context.Context, arguments values) (fmt.Stringer, error)
		numbers any
		nonNull bool
	}{
		"a value": {func(_ context.Context, a values) (fmt.Stringer, error) {
			return ast.Path{ast.PathIndex(a["numbers"].([]int)[1])}, nil
		}, []any{5, 6}, true},
		"its place": {func(ctx context.Context, _ values) (fmt.Stringer, error) { return graphql.GetPath(ctx), nil }, nil, true},
		"an error":  {func(context.Context, values) (fmt.Stringer, error) { return nil, errors.New("no") }, nil, true},
		"an error elsewhere": {func(context.Context, values) (fmt.Stringer, error) {
			return nil, gqlerror.ErrorPathf(ast.Path{ast.PathName("y")}, "no")
		}, nil, false},
		"several errors": {func(context.Context, values) (fmt.Stringer, error) {
			return nil, gqlerror.List{{Message: "a"}, {Message: "b"}}
		}, nil, true},
		"a panic":                     {func(context.Context, values) (fmt.Stringer, error) { panic("no") }, nil, true},
		"null":                        {func(context.Context, values) (fmt.Stringer, error) { return nil, nil }, nil, false},
		"null that must not be":       {func(context.Context, values) (fmt.Stringer, error) { return nil, nil }, nil, true},
		"a panic when written":        {func(context.Context, values) (fmt.Stringer, error) { return ast.Path(nil), nil }, nil, true},
		"a wrong argument":            {nil, []any{1, "two"}, true},
		"an argument that is a panic": {nil, []any{-1}, true},
	} {
		marshal := func(ctx context.Context, _ ast.SelectionSet, value fmt.Stringer) graphql.Marshaler {
			if path, isPath := value.(ast.Path); isPath && path == nil {
				panic("no path")
			}
			return graphql.MarshalString(value.String())
		}

		ctx, oc := operation(t, c.numbers)
		theirs := graphql.ResolveField(ctx, oc, numberField(),
			func(ctx context.Context, field graphql.CollectedField) (fc *graphql.FieldContext, err error) {
				fc = &graphql.FieldContext{Object: "Query", Field: field, IsResolver: true}
				defer func() {
					if fault := recover(); fault != nil {
						err = oc.Recover(ctx, fault)
						oc.Error(ctx, err)
					}
				}()
				ctx = graphql.WithFieldContext(ctx, fc)
				numbers, err := graphql.ProcessArgField(ctx, field.ArgumentMap(oc.Variables), "numbers", func(ctx context.Context, value any) ([]int, error) {
					return readList(ctx, value, func(ctx context.Context, i int) context.Context {
						return graphql.WithPathContext(ctx, graphql.NewPathWithIndex(i))
					})
				})
				if fc.Args = (values{"numbers": numbers}); err != nil {
					oc.Error(ctx, err)
				}
				return fc, err
			},
			func(ctx context.Context) (any, error) { return c.resolve(ctx, graphql.GetFieldContext(ctx).Args) },
			nil, marshal, true, c.nonNull)
		want := outcome(ctx, theirs)

		ctx, oc = operation(t, c.numbers)
		field := numberField()
		ours := ResolveField(ctx, oc, graphql.FieldContext{Object: "Query", Field: field, IsResolver: true},
			func(ctx context.Context) (v fmt.Stringer, err error) {
				numbers, err := Argument(ctx, oc, field, "numbers", func(ctx context.Context, value any) ([]int, error) { return readList(ctx, value, AtIndex) })
				if err != nil {
					return v, err
				}
				return c.resolve(ctx, values{"numbers": numbers})
			},
			marshal, c.nonNull)
		if diff := cmp.Diff(want, outcome(ctx, ours)); diff != "" {
			t.Errorf("%s (-gqlgen's +ours):\n%s", name, diff)
		}
	}
}

// An argument is what the document, its variables or the schema say it is.
func TestGivenIsInTheArgumentMap(t *testing.T) {
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `type Query { f(a: Int, b: Int = 7, c: [Int]): Int }`})
	document := gqlparser.MustLoadQueryWithRules(schema, `query ($x: Int, $y: Int) { f g: f(a: 1, b: 2, c: [3, $y]) h: f(a: $x, b: $y, c: null) i: f(b: null) }`, nil)
	for _, variables := range []map[string]any{nil, {"x": 1}, {"y": nil}, {"x": 5, "y": 6}} {
		for _, selection := range document.Operations[0].SelectionSet {
			field := selection.(*ast.Field)
			all := field.ArgumentMap(variables)
			for _, name := range []string{"a", "b", "c"} {
				want, inMap := all[name]
				if got, ok := given(field, name, variables); ok != inMap || !cmp.Equal(got, want) {
					t.Errorf("%s of %s with %v: %v %v, want %v %v", name, field.Alias, variables, got, ok, want, inMap)
				}
			}
		}
	}
}

// A list is what gqlgen makes of it, with errors where they are, however deep.
func TestMarshalSliceIsGqlgens(t *testing.T) {
	for _, length := range []int{0, 1, 4} {
		marshal := func(slice func(context.Context, int, int64, bool, func(context.Context, int) graphql.Marshaler) graphql.Array) []string {
			ctx, _ := operation(t, nil)
			return outcome(ctx, slice(ctx, length, 1, false, func(ctx context.Context, i int) graphql.Marshaler {
				switch i {
				case 1:
					panic("no")
				case 2:
					graphql.AddError(graphql.WithFieldContext(ctx, &graphql.FieldContext{Field: numberField()}), errors.New("below"))
				case 3:
					return slice(ctx, 1, 1, false, func(ctx context.Context, _ int) graphql.Marshaler { panic(graphql.GetPath(ctx).String()) })
				}
				return graphql.MarshalString(graphql.GetPath(ctx).String())
			}))
		}
		if diff := cmp.Diff(marshal(graphql.MarshalSliceConcurrently), marshal(MarshalSlice)); diff != "" {
			t.Errorf("%d elements (-gqlgen's +ours):\n%s", length, diff)
		}
	}
}
