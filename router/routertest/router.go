// Package routertest tests routers: any that can be made of a supergraph and a
// way to its subgraphs.
//
//   - Audit runs the public suites of the federation gateway audit.
//   - Random compares the router with one executor over the merged data, on
//     supergraphs, data and operations that Generate makes up.
//   - Shrink makes what Random found small enough to read.
//
// The subgraphs are served by internal/mock, in memory (internal/subgraphtest).
// The package imports no stage of the router, so that the tests of every stage
// can use it.
package routertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"

	"github.com/google/go-cmp/cmp"
)

// Router answers a client's request: the JSON of a GraphQL response.
type Router func(ctx context.Context, query string, variables map[string]any) []byte

// Build makes a router of a supergraph SDL. The router sends its requests
// through transport, to the subgraphs' URLs in the SDL.
type Build func(supergraph string, transport http.RoundTripper) (Router, error)

// answer is a decoded response.
type answer struct {
	data   any
	errors []responseError
}

type responseError struct {
	Message string
	Path    []any
}

// decode reads a response, strictly: anything but a JSON object of data, errors
// and extensions is an error.
func decode(response []byte) (answer, error) {
	var fields map[string]json.RawMessage
	if err := unmarshal(response, &fields); err != nil {
		return answer{}, fmt.Errorf("the answer is no JSON object: %w: %.200s", err, response)
	}
	var a answer
	for name, value := range fields {
		var err error
		switch name {
		case "data":
			err = unmarshal(value, &a.data)
		case "errors":
			if err = json.Unmarshal(value, &a.errors); err == nil && len(a.errors) == 0 {
				err = fmt.Errorf("errors must not be empty")
			}
		case "extensions":
		default:
			err = fmt.Errorf("an answer has data, errors and extensions only")
		}
		if err != nil {
			return answer{}, fmt.Errorf("%q of the answer: %w", name, err)
		}
	}
	if fields["data"] == nil && fields["errors"] == nil {
		return answer{}, fmt.Errorf("the answer has neither data nor errors: %s", response)
	}
	return a, nil
}

func unmarshal(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// diff shows in what two JSON values differ, numbers compared by value and the
// order of fields aside; "" when they are equal.
func diff(want, got any) string {
	want, got = byValue(want), byValue(got)
	if reflect.DeepEqual(want, got) {
		return ""
	}
	return cmp.Diff(want, got)
}

// byValue turns numbers into float64.
func byValue(v any) any {
	switch value := v.(type) {
	case json.Number:
		if f, err := value.Float64(); err == nil {
			return f
		}
	case map[string]any:
		for name, field := range value {
			value[name] = byValue(field)
		}
	case []any:
		for i, item := range value {
			value[i] = byValue(item)
		}
	}
	return v
}
