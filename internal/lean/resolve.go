package lean

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// ResolveField is graphql.ResolveField without middleware around the resolver, and
// without what the field's context has for resolvers that look around in it: the
// fields below and the value. The field's place and its arguments are there.
//
// arguments reads the field's arguments; nil when it has none. An error, a panic
// and null where it must not be are errors at the field's place.
func ResolveField[T any](
	ctx context.Context, oc *graphql.OperationContext, place graphql.FieldContext,
	arguments func(ctx context.Context, raw map[string]any) (map[string]any, error),
	resolve func(ctx context.Context, arguments map[string]any) (T, error),
	marshal func(ctx context.Context, selections ast.SelectionSet, value T) graphql.Marshaler, nonNull bool,
) (m graphql.Marshaler) {
	at := &fieldContext{ctx, place}
	at.place.Parent = graphql.GetFieldContext(ctx)
	defer func() {
		if fault := recover(); fault != nil {
			oc.Error(at, oc.Recover(at, fault))
			m = graphql.Null
		}
	}()
	var err error
	if arguments != nil {
		if at.place.Args, err = arguments(at, place.Field.ArgumentMap(oc.Variables)); err != nil {
			oc.Error(at, err)
			return graphql.Null
		}
	}
	value, err := resolve(at, at.place.Args)
	switch {
	case err != nil:
		oc.Error(at, graphql.AddFieldLocationToError(at, err))
		return graphql.Null
	case any(value) == nil: // an interface; marshal knows pointers that are nil
		if nonNull {
			graphql.AddInvalidNullError(at, "")
		}
		return graphql.Null
	}
	return marshal(at, place.Field.Selections, value)
}

// Argument is graphql.ProcessArgField. The path of the argument is made only when
// it is wrong: then it is read once more.
func Argument[T any](ctx context.Context, raw map[string]any, name string, read func(ctx context.Context, value any) (T, error)) (argument T, err error) {
	value, given := raw[name]
	if !given {
		return argument, nil
	}
	if argument, err = read(ctx, value); err != nil {
		return read(graphql.WithPathContext(ctx, graphql.NewPathWithField(name)), value)
	}
	return argument, nil
}

// AtField and AtIndex add a step to the path of an argument, if one is made.
func AtField(ctx context.Context, name string) context.Context {
	if graphql.GetPathContext(ctx) == nil {
		return ctx
	}
	return graphql.WithPathContext(ctx, graphql.NewPathWithField(name))
}

// AtIndex is AtField for an element of a list.
func AtIndex(ctx context.Context, index int) context.Context {
	if graphql.GetPathContext(ctx) == nil {
		return ctx
	}
	return graphql.WithPathContext(ctx, graphql.NewPathWithIndex(index))
}
