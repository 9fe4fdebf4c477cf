// Package lean is what generated code of gqlgen calls instead of gqlgen's own
// runtime where that costs more than the answer needs. Command rewrite puts it
// there, as part of "go generate":
//
//	a field that is read from its object   no closures, no context of its own
//	an object                              no group of deferred fields, no set of written names
//	a selection                            its fields are collected once, not in each request
//	a list                                 its elements one after the other
//	a root field                           no contexts and closures for middleware, of which there is none
//	an argument                            its path only where it is wrong
//
// A goroutine for each element of a list would gain nothing: what elements have to
// ask a database for is asked for all of them at once, by package batch.
package lean

import (
	"bytes"
	"context"
	"io"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
)

// Object is an object of an answer. It is a graphql.FieldSet without what @defer
// needs.
type Object struct {
	// Values are those of the fields, in their order.
	Values []graphql.Marshaler
	// Invalids counts the fields that are null and must not be, or may be and must
	// not be in this request.
	Invalids uint32

	fields []graphql.CollectedField
	last   *pending
}

// pending is a field whose resolver is still to be called.
type pending struct {
	before  *pending // it was scheduled
	field   int
	nonNull bool
	resolve func(ctx context.Context) graphql.Marshaler
}

// NewObject returns an object of these fields, whose values are still to be set.
func NewObject(fields []graphql.CollectedField) *Object {
	// An object and its values are one piece of memory, where they are few.
	switch n := len(fields); {
	case n <= 2:
		o := &struct {
			Object
			values [2]graphql.Marshaler
		}{}
		o.fields, o.Values = fields, o.values[:n:n]
		return &o.Object
	case n <= 4:
		o := &struct {
			Object
			values [4]graphql.Marshaler
		}{}
		o.fields, o.Values = fields, o.values[:n:n]
		return &o.Object
	case n <= 8:
		o := &struct {
			Object
			values [8]graphql.Marshaler
		}{}
		o.fields, o.Values = fields, o.values[:n:n]
		return &o.Object
	}
	return &Object{fields: fields, Values: make([]graphql.Marshaler, len(fields))}
}

// Resolve schedules the resolver of a field. A panic of it is an error at its
// place; null, where it must not be, counts as invalid.
func (o *Object) Resolve(field int, nonNull bool, resolve func(ctx context.Context) graphql.Marshaler) {
	o.last = &pending{o.last, field, nonNull, resolve}
}

// Dispatch calls the resolvers, each on a goroutine but for the last.
func (o *Object) Dispatch(ctx context.Context) {
	if o.last == nil {
		return
	}
	if o.last.before != nil {
		var beside sync.WaitGroup
		for p := o.last.before; p != nil; p = p.before {
			beside.Go(func() { o.run(ctx, p) })
		}
		defer beside.Wait()
	}
	o.run(ctx, o.last)
}

func (o *Object) run(ctx context.Context, p *pending) {
	o.Set(p.field, p.nonNull, orNull(ctx, p.resolve))
}

// Set sets the value of a field; null, where it must not be, counts as invalid.
func (o *Object) Set(field int, nonNull bool, m graphql.Marshaler) {
	if o.Values[field] = m; nonNull && m == graphql.Null || !nonNull && m == graphql.RequiredNull {
		atomic.AddUint32(&o.Invalids, 1)
	}
}

// orNull makes an error and null of a panic.
func orNull(ctx context.Context, resolve func(ctx context.Context) graphql.Marshaler) (m graphql.Marshaler) {
	defer func() {
		if fault := recover(); fault != nil {
			graphql.AddError(ctx, graphql.Recover(ctx, fault))
			m = graphql.Null
		}
	}()
	return resolve(ctx)
}

// MarshalGQL implements graphql.Marshaler. The fields have different names: of one
// that is asked for twice, gqlgen makes one.
func (o *Object) MarshalGQL(w io.Writer) {
	if b, ok := w.(*bytes.Buffer); ok {
		o.write(b)
		return
	}
	var b bytes.Buffer
	o.write(&b)
	w.Write(b.Bytes())
}

func (o *Object) write(b *bytes.Buffer) {
	b.WriteByte('{')
	for i := range o.fields {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		b.WriteString(o.fields[i].Alias) // a name, which needs no escapes
		b.WriteString(`":`)
		o.Values[i].MarshalGQL(b)
	}
	b.WriteByte('}')
}

// TypeName is the name of a type, as the value of __typename.
type TypeName string

// MarshalGQL implements graphql.Marshaler.
func (n TypeName) MarshalGQL(w io.Writer) {
	io.WriteString(w, `"`)
	io.WriteString(w, string(n)) // a name, which needs no escapes
	io.WriteString(w, `"`)
}

// MarshalSlice is graphql.MarshalSliceConcurrently without goroutines: an element
// whose marshalling panics is null, with an error at its place.
func MarshalSlice(ctx context.Context, length int, _ int64, _ bool, element func(ctx context.Context, i int) graphql.Marshaler) graphql.Array {
	list := make(graphql.Array, length)
	places := make([]elementContext, length)
	for i := range list {
		places[i] = elementContext{ctx, i}
		list[i] = marshalElement(&places[i], i, element)
	}
	return list
}

func marshalElement(ctx context.Context, i int, element func(ctx context.Context, i int) graphql.Marshaler) (m graphql.Marshaler) {
	defer func() {
		if fault := recover(); fault != nil {
			graphql.AddError(ctx, graphql.Recover(ctx, fault))
			m = graphql.Null
		}
	}()
	return element(ctx, i)
}
