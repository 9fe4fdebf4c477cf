package lean

import (
	"context"
	"testing"

	"github.com/99designs/gqlgen/graphql"
)

// gqlgen finds in our contexts what it finds in its own, and others find theirs.
func TestContexts(t *testing.T) {
	type key struct{}
	ctx := context.WithValue(graphql.WithFieldContext(t.Context(), &graphql.FieldContext{Object: "Outer"}), key{}, "kept")
	ctx = graphql.WithPathContext(ctx, graphql.NewPathWithField("outer"))
	operation := &Operation{ctx, graphql.OperationContext{OperationName: "Mine"}}
	if graphql.GetFieldContext(operation) != nil || graphql.GetPathContext(operation) != nil {
		t.Error("an operation is in a field of another")
	}
	field := &fieldContext{operation, graphql.FieldContext{Object: "Order"}}
	element := &elementContext{field, 3}
	for _, c := range []context.Context{operation, field, element} {
		if !graphql.HasOperationContext(c) || graphql.GetOperationContext(c) != &operation.OperationContext || c.Value(key{}) != "kept" {
			t.Errorf("%T hides what is around it", c)
		}
	}
	if got := graphql.GetFieldContext(field); got != &field.place {
		t.Errorf("the field is %v", got)
	}
	if got := graphql.GetFieldContext(element); got == nil || *got.Index != 3 || got.Parent != &field.place {
		t.Errorf("the element is %v", got)
	}
}
