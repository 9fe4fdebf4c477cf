package compose_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/schema/compose"
	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

// TestWhy composes the examples of each explained code: before shows it, in the
// words of "says", after does not.
func TestWhy(t *testing.T) {
	goldentest.Run(t, "../federation/why", func(t *testing.T, c *goldentest.Case) map[string]string {
		why, ok := federation.Explain(federation.Code(t.Name()[len("TestWhy/"):]))
		if !ok || why.Text == "" {
			t.Fatal("there is no explanation")
		}
		if len(why.Before) == 0 {
			return nil
		}
		if got := codesOf(examples(why.After)); slices.Contains(got, why.Code) || composeFails(examples(why.After)) {
			t.Errorf("what should set it right does not: %v", got)
		}
		before := examples(why.Before)
		if got := codesOf(before); !slices.Contains(got, why.Code) {
			t.Errorf("the example shows %v, not %s", got, why.Code)
		}
		out := seen(t, before)
		return map[string]string{"says": out["errors"] + out["hints"]}
	}, "says")
}

func examples(list []federation.Example) []subgraph.Source {
	var out []subgraph.Source
	for _, e := range list {
		out = append(out, subgraph.FromSDL(e.Subgraph, "", e.SDL))
	}
	return out
}

func composeFails(sources []subgraph.Source) bool {
	_, err := compose.Supergraph(sources)
	return err != nil
}

// codesOf returns the codes of errors or hints.
func codesOf(sources []subgraph.Source) []federation.Code {
	result, err := compose.Supergraph(sources)
	var errs federation.Errors
	if errors.As(err, &errs) {
		return errs.Codes()
	}
	var out []federation.Code
	for _, h := range result.Hints {
		out = append(out, h.Code)
	}
	return out
}

// TestEveryCodeIsExplained reads the codes from their declaration: each has an
// explanation, and each explanation a code.
func TestEveryCodeIsExplained(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../federation/code.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declared []federation.Code
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			code, _ := strconv.Unquote(lit.Value)
			declared = append(declared, federation.Code(code))
		}
		return true
	})
	slices.Sort(declared)
	if explained := federation.Codes(); !slices.Equal(declared, explained) {
		t.Errorf("declared but not explained, or the other way round: %v", difference(declared, explained))
	}
}

func difference(a, b []federation.Code) string {
	var out []string
	for _, c := range slices.Concat(a, b) {
		if slices.Contains(a, c) != slices.Contains(b, c) {
			out = append(out, string(c))
		}
	}
	return strings.Join(out, " ")
}
