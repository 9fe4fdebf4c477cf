package introspection_test

import (
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/schema/introspection"
)

func TestBadAnswers(t *testing.T) {
	for answer, want := range map[string]string{
		`null`:            "has no __schema with types",
		`{"__schema":{}}`: "has no __schema with types",
		`<html>`:          "not the answer to an introspection query",
		`{"__schema":{"types":[{"kind":"OBJECT","name":"a b"}]}}`:                                              `"a b" is no name`,
		`{"__schema":{"types":[{"kind":"THING","name":"A"}]}}`:                                                 `type "A" is of no kind that there is: "THING"`,
		`{"__schema":{"types":[{"kind":"OBJECT","name":"A","fields":[{"name":"a","type":{"kind":"LIST"}}]}]}}`: "nested deeper",
		`{"__schema":{"types":[{"kind":"OBJECT","name":"A","fields":[{"name":"a","type":{}}]}]}}`:              "has no name",
	} {
		if _, err := introspection.SDL([]byte(answer)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", answer, err, want)
		}
	}
}

// FuzzSDL: whatever is answered, reading it does not panic.
func FuzzSDL(f *testing.F) {
	f.Add(`{"__schema":{"queryType":{"name":"Q"},"types":[{"kind":"OBJECT","name":"Q","fields":[{"name":"a","type":{"kind":"NON_NULL","ofType":{"kind":"SCALAR","name":"Int"}}}]}]}}`)
	f.Fuzz(func(_ *testing.T, answer string) {
		_, _ = introspection.SDL([]byte(answer))
	})
}
