package documents_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/schema/check/documents"
)

// TestDocuments reads every file of an archive but "operations" and "problems",
// which hold what is expected: each line of an operation with where it is from.
func TestDocuments(t *testing.T) {
	goldentest.Run(t, "testdata", func(t *testing.T, c *goldentest.Case) map[string]string {
		var found []documents.Document
		var problems []documents.Problem
		for _, name := range c.Names() {
			if name != "operations" && name != "problems" {
				d, p := documents.Read(name, []byte(strings.TrimSuffix(c.File(name), "\n")))
				found, problems = append(found, d...), append(problems, p...)
			}
		}
		operations, more := documents.Collect(found)
		seen := map[string]string{"operations": list(operations)}
		for _, p := range append(problems, more...) {
			seen["problems"] += fmt.Sprintf("%s:%d:%d: %s\n", p.File, p.Line, p.Column, p.Message)
		}
		return seen
	}, "operations", "problems")
}

func list(operations []*documents.Operation) string {
	var b strings.Builder
	for _, op := range operations {
		fmt.Fprintf(&b, "%s %v\n", op.Label(), op.IDs)
		for i, line := range strings.Split(strings.TrimSuffix(op.Text, "\n"), "\n") {
			at := op.At(i+1, len(line)-len(strings.TrimLeft(line, " \t"))+1)
			fmt.Fprintf(&b, "%24s  %s\n", fmt.Sprintf("%s:%d:%d", at.File, at.Line, at.Column), line)
		}
	}
	return b.String()
}

// FuzzDocuments: whatever a file holds, reading it does not panic, and what is
// found is in it.
func FuzzDocuments(f *testing.F) {
	for _, seed := range []string{
		"query A { a ...F } fragment F on T { b }", "gql`query A { ${x} }`", "graphql(`{a}`)", `{"query":"query A {a}"}`,
		`"query A {\n a }"`, `{"kind":"Document","definitions":[null,{"kind":"OperationDefinition","selectionSet":{"selections":[{}]}}]}`,
		`"d" query A { a }`, `[["1","query A {a}"]]`, `query A($é: I = {a: [1]}, $b: [B!]) { x: y(a: "é") @client @x { é } ... on T @client { b } c(b: $b) @connection(key: "é") { d @client } }`,
	} {
		for kind := range uint8(3) {
			f.Add(kind, seed)
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, text string) {
		name := []string{"a.graphql", "a.json", "a.ts"}[kind%3]
		found, problems := documents.Read(name, []byte(text))
		operations, more := documents.Collect(found)
		rows := strings.Count(text, "\n") + strings.Count(text, "\r") + 1
		for _, op := range operations {
			for i := range strings.Count(op.Text, "\n") {
				if at := op.At(i+1, 1); at.Line < 1 || at.Line > rows {
					t.Errorf("line %d of %q is at %v of %q", i+1, op.Text, at, text)
				}
			}
			again, problems := documents.Collect([]documents.Document{{File: "x.graphql", Line: 1, Column: 1, Text: op.Text, Exact: true}})
			if len(problems) > 0 || len(again) != 1 || again[0].Signature != op.Signature {
				t.Errorf("%q alone is %v, %v", op.Text, again, problems)
			}
		}
		for _, p := range append(problems, more...) {
			if p.Line < 1 || p.Line > rows+1 {
				t.Errorf("problem at %+v of %q", p, text)
			}
		}
	})
}
