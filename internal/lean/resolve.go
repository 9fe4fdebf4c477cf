package lean

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// ResolveField is graphql.ResolveField without middleware around the resolver, and
// without what the field's context has for resolvers that look around in it: the
// arguments, the fields below and the value. The field's place is there.
//
// An error, a panic and null where it must not be are errors at the field's place.
func ResolveField[T any](
	ctx context.Context, oc *graphql.OperationContext, place graphql.FieldContext,
	resolve func(ctx context.Context) (T, error),
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
	value, err := resolve(at)
	switch {
	case err == errArgument:
		return graphql.Null
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

// errArgument says that an argument is wrong, which is among the errors already.
var errArgument = errors.New("an argument is wrong")

// Argument reads an argument of the field that is being resolved. The path of the
// argument is made only when it is wrong: then it is read once more. The error is
// ResolveField's to know.
func Argument[T any](
	ctx context.Context, oc *graphql.OperationContext, field graphql.CollectedField, name string,
	read func(ctx context.Context, value any) (T, error),
) (argument T, err error) {
	value, given := given(field.Field, name, oc.Variables)
	if !given {
		return argument, nil
	}
	if argument, err = read(ctx, value); err == nil {
		return argument, nil
	}
	if argument, err = read(graphql.WithPathContext(ctx, graphql.NewPathWithField(name)), value); err != nil {
		oc.Error(ctx, err)
		return argument, errArgument
	}
	return argument, nil
}

// given is one argument of ast.Field.ArgumentMap.
func given(field *ast.Field, name string, variables map[string]any) (value any, given bool) {
	if argument := field.Arguments.ForName(name); argument != nil {
		if argument.Value.Kind != ast.Variable {
			return valueOf(argument.Value, variables), true
		}
		if value, given = variables[argument.Value.Raw]; given {
			return value, true
		}
	}
	if definition := field.Definition.Arguments.ForName(name); definition != nil && definition.DefaultValue != nil {
		return valueOf(definition.DefaultValue, variables), true
	}
	return nil, false
}

func valueOf(value *ast.Value, variables map[string]any) any {
	v, err := value.Value(variables)
	if err != nil { // the document is valid
		panic(err)
	}
	return v
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
