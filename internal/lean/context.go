package lean

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// fieldContext is a context that carries a field's, as graphql.WithFieldContext
// makes it of two pieces of memory.
type fieldContext struct {
	context.Context
	place graphql.FieldContext
}

// Value implements context.Context.
func (c *fieldContext) Value(key any) any {
	if key == placeKey {
		return &c.place
	}
	return c.Context.Value(key)
}

// elementContext is the context of a list's element. What it says of its place is
// made when it is asked for, which is for errors and for fields with resolvers.
type elementContext struct {
	context.Context
	index int
}

// Value implements context.Context.
func (c *elementContext) Value(key any) any {
	if key == placeKey {
		return &graphql.FieldContext{Parent: graphql.GetFieldContext(c.Context), Index: &c.index}
	}
	return c.Context.Value(key)
}

// Operation is a context that carries an operation, as graphql.WithOperationContext
// makes it of two pieces of memory. No field is around it: who looks for one does not
// look further.
type Operation struct {
	context.Context
	graphql.OperationContext
}

// Value implements context.Context.
func (o *Operation) Value(key any) any {
	switch key {
	case operationKey:
		return &o.OperationContext
	case placeKey, pathKey:
		return nil
	}
	return o.Context.Value(key)
}

// What gqlgen looks for in contexts, which it does not export.
var (
	placeKey     = keyOf(func(ctx context.Context) { graphql.GetFieldContext(ctx) })
	pathKey      = keyOf(func(ctx context.Context) { graphql.GetPathContext(ctx) })
	operationKey = keyOf(func(ctx context.Context) { graphql.HasOperationContext(ctx) })
)

func keyOf(look func(context.Context)) any {
	asked := &listener{Context: context.Background()}
	look(asked)
	return asked.key
}

// listener notes for what it was asked.
type listener struct {
	context.Context
	key any
}

// Value implements context.Context.
func (l *listener) Value(key any) any {
	l.key = key
	return nil
}
