package routertest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopgraph/shopgraph/router/routertest/shrink"
)

// Found compares a router with the monolith on the cases in a folder: .txtar
// files as a failure of Random prints them, kept so that it stays repaired.
func Found(t *testing.T, dir string, compose Compose, build Build) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases in %s: %v", dir, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c, err := shrink.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			f, err := federationOf(c, compose, build)
			if err != nil {
				t.Fatal(err)
			}
			if f.Expected(t.Context(), c.Query, c.Variables).Data == nil {
				t.Fatalf("the case's operation is not valid: %v", f.Expected(t.Context(), c.Query, c.Variables).Errors)
			}
			if problem := f.Compare(t.Context(), c.Query, c.Variables); problem != "" {
				t.Errorf("%s\n%s", problem, f.Requests())
			}
		})
	}
}

func federationOf(c shrink.Case, compose Compose, build Build) (*Federation, error) {
	var subgraphs []Subgraph
	for _, g := range c.Subgraphs {
		subgraphs = append(subgraphs, Subgraph{Name: g.Name, SDL: g.SDL})
	}
	return NewFederation(subgraphs, c.Data, compose, build)
}

// shrinkingTime bounds how long one failure is made smaller.
const shrinkingTime = 2 * time.Minute

// Shrink makes a failing case small. It stays one that composes, whose operation
// is valid, and whose right answer has errors only if it had some before.
func Shrink(ctx context.Context, c shrink.Case, compose Compose, build Build) shrink.Case {
	ctx, cancel := context.WithTimeout(ctx, shrinkingTime)
	defer cancel()
	original, err := federationOf(c, compose, build)
	if err != nil {
		return c
	}
	hasErrors := len(original.Expected(ctx, c.Query, c.Variables).Errors) > 0
	contradicted := contradicts(original.Compare(ctx, c.Query, c.Variables))
	return shrink.Shrink(c, func(c shrink.Case) string {
		f, err := federationOf(c, compose, build)
		if err != nil || ctx.Err() != nil {
			return ""
		}
		want := f.Expected(ctx, c.Query, c.Variables)
		if want.Data == nil || len(want.Errors) > 0 && !hasErrors {
			return ""
		}
		problem := f.Compare(ctx, c.Query, c.Variables)
		if contradicts(problem) && !contradicted {
			return "" // what was taken away made a subgraph fail by itself
		}
		return problem
	})
}

// contradicts says whether a problem is that a subgraph's SDL and the data do
// not fit: no router could help it.
func contradicts(problem string) bool {
	for _, message := range []string{"the abstract type ", "cannot return null for the non-nullable", "is not a value of type", "has no value", "must be a list", "must be an object"} {
		if strings.Contains(problem, message) {
			return true
		}
	}
	return false
}

// report describes a failure by the smallest case that shows it.
func report(ctx context.Context, problem string, c shrink.Case, compose Compose, build Build) string {
	small := Shrink(ctx, c, compose, build)
	f, err := federationOf(small, compose, build)
	if err != nil {
		return err.Error()
	}
	again := f.Compare(ctx, small.Query, small.Variables)
	if again == "" {
		again = problem + "\nbut not each time: the case below, shrunk, is answered rightly now"
	}
	return fmt.Sprintf("%s\n%s\nthe case, shrunk; keep it as a .txtar file for Found:\n%s", again, f.Requests(), small.Archive("WHY: …"))
}
