package mock

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// Response is the result of an operation.
type Response struct {
	// Data is the JSON of the data entry, in the order of the operation; nil
	// when the request failed before execution, "null" when execution nulled
	// everything.
	Data   json.RawMessage
	Errors []Error
}

// JSON writes the response as clients get it.
func (r Response) JSON() []byte {
	out := []byte{'{'}
	if len(r.Errors) > 0 {
		errs, err := json.Marshal(r.Errors)
		if err != nil { // extensions that are no JSON
			errs, _ = json.Marshal([]Error{{Message: err.Error()}})
		}
		out = append(append(out, `"errors":`...), errs...)
	}
	if r.Data != nil {
		if len(r.Errors) > 0 {
			out = append(out, ',')
		}
		out = append(append(out, `"data":`...), r.Data...)
	}
	return append(out, '}')
}

// maxResponse bounds an answer: a small query over cyclic data can ask for more
// than any memory holds.
const maxResponse = 64 << 20

// Execute runs an operation on a schema over data, as section 6 of the
// specification says. It never panics for any request; an error from ctx ends
// it with a request error.
func Execute(ctx context.Context, s *Schema, data Data, r Request) Response {
	doc, op, errs := s.prepare(r)
	if errs != nil {
		return Response{Errors: errs}
	}
	if op.Operation == ast.Subscription {
		return Response{Errors: []Error{requestError(codeOperation, "this server runs queries and mutations, not subscriptions", op.Position)}}
	}
	variables, errs := s.coerceVariables(op, r.Variables)
	if errs != nil {
		return Response{Errors: errs}
	}
	e := &execution{ctx: ctx, schema: s, data: data, doc: doc, variables: variables, out: make([]byte, 0, 512)}
	return e.run(op)
}

// execution is one operation while it runs. The answer is written straight to
// out; a null that propagates cuts out back to where its new place begins.
type execution struct {
	ctx       context.Context
	schema    *Schema
	data      Data
	doc       *ast.QueryDocument
	variables map[string]any
	out       []byte
	errors    []Error
	written   int // objects, to look at ctx now and then
	aborted   error
}

func (e *execution) run(op *ast.OperationDefinition) Response {
	typ := e.schema.roots[op.Operation]
	root := rootObject{execution: e, Object: e.data.Root(string(op.Operation))}
	result := e.object(root, e.collect(typ, op.SelectionSet), typ, nil)
	if e.aborted != nil {
		return Response{Errors: []Error{{Message: e.aborted.Error()}}}
	}
	if result == failed {
		e.out = append(e.out[:0], "null"...)
	}
	return Response{Data: e.out, Errors: e.errors}
}

// outcome is what became of a value that was to be written.
type outcome int

const (
	written outcome = iota
	null            // there is none; nothing was written
	failed          // an error was recorded and null must go to the parent; out is to be cut
)

// object writes an object's fields.
func (e *execution) object(o Object, groups []*group, t *namedType, at *step) outcome {
	if e.stop() {
		return failed
	}
	e.out = append(e.out, '{')
	for i, g := range groups {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		e.out = append(e.out, g.quoted...)
		here := step{parent: at, key: g.key}
		if e.groupValue(o, g, t, &here) == failed {
			return failed
		}
	}
	e.out = append(e.out, '}')
	return written
}

// stop says whether the execution must end early, and remembers why.
func (e *execution) stop() bool {
	if e.written++; e.aborted == nil && e.written%256 == 0 {
		e.aborted = e.ctx.Err()
	}
	if e.aborted == nil && len(e.out) > maxResponse {
		e.aborted = fmt.Errorf("the answer is larger than %d MB: ask for less", maxResponse>>20)
	}
	return e.aborted != nil
}

func (e *execution) groupValue(o Object, g *group, t *namedType, at *step) outcome {
	if g.field == nil { // __typename
		e.out = appendString(e.out, t.name)
		return written
	}
	args, err := e.arguments(g)
	if err != nil {
		return e.nullable(g.field.typ, e.fail(g, at, err.Error()), len(e.out))
	}
	return e.value(g.field.typ, g, o.Field(g.field.name, args), at)
}

// value completes a value (section 6.4.3). A failure within a nullable type
// ends there, as null.
func (e *execution) value(t *typeRef, g *group, v any, at *step) outcome {
	start := len(e.out)
	result := e.nonNullValue(t, g, v, at)
	if result == null && t.nonNull {
		result = e.fail(g, at, fmt.Sprintf("cannot return null for the non-nullable field %s.%s of type %s", g.field.parent.name, g.field.name, g.field.typ.text))
	}
	return e.nullable(t, result, start)
}

// nullable ends a failure, or writes a null, where the type allows it.
func (e *execution) nullable(t *typeRef, result outcome, start int) outcome {
	if result == written || t.nonNull {
		return result
	}
	e.out = append(e.out[:start], "null"...)
	return written
}

func (e *execution) nonNullValue(t *typeRef, g *group, v any, at *step) outcome {
	switch {
	case v == nil:
		return null
	case isError(v):
		return e.fail(g, at, v.(error).Error())
	case t.elem != nil:
		return e.list(t, g, v, at)
	}
	switch t.named.kind {
	case ast.Scalar, ast.Enum:
		out, err := appendLeaf(e.out, t.named, v)
		if err != nil {
			return e.fail(g, at, err.Error())
		}
		e.out = out
		return written
	}
	return e.composite(t.named, g, v, at)
}

func isError(v any) bool { _, ok := v.(error); return ok }

func (e *execution) list(t *typeRef, g *group, v any, at *step) outcome {
	items, ok := v.([]any)
	if !ok {
		return e.fail(g, at, fmt.Sprintf("%s.%s must be a list, but is %s", g.field.parent.name, g.field.name, describe(v)))
	}
	e.out = append(e.out, '[')
	for i, item := range items {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		here := step{parent: at, index: i, isList: true}
		if e.value(t.elem, g, item, &here) == failed {
			return failed
		}
	}
	e.out = append(e.out, ']')
	return written
}

func (e *execution) composite(declared *namedType, g *group, v any, at *step) outcome {
	o, ok := v.(Object)
	if !ok {
		return e.fail(g, at, fmt.Sprintf("%s.%s must be an object of type %s, but is %s", g.field.parent.name, g.field.name, declared.name, describe(v)))
	}
	t := declared
	if declared.kind != ast.Object {
		if t = declared.possible[o.Typename()]; t == nil {
			return e.fail(g, at, fmt.Sprintf("the abstract type %s cannot be an object of type %q: its possible types are %v", declared.name, o.Typename(), possibleNames(declared)))
		}
	}
	return e.object(o, e.below(g, t), t, at)
}

func possibleNames(t *namedType) []string {
	var names []string
	for name := range t.possible {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// fail records a field's error.
func (e *execution) fail(g *group, at *step, message string) outcome {
	if e.aborted != nil {
		return failed
	}
	positions := make([]*ast.Position, len(g.nodes))
	for i, node := range g.nodes {
		positions[i] = node.Position
	}
	e.errors = append(e.errors, Error{Message: message, Locations: locations(positions...), Path: at.path()})
	return failed
}
