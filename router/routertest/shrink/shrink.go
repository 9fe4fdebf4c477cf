// Package shrink makes a failing case of a router small enough to read: it
// takes away what the failure does not need, piece by piece, from the operation,
// the subgraphs and the data.
package shrink

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"golang.org/x/tools/txtar"
)

// Case is a federation and an operation.
type Case struct {
	Subgraphs []Subgraph
	Data      []byte // as mock.ParseGraph reads it
	Query     string
	Variables map[string]any
}

// Subgraph is a subgraph's name and SDL.
type Subgraph struct{ Name, SDL string }

// Shrink gives the smallest case it finds that still fails in the same way.
// fails says how a case fails, by a text of which the first line counts; "" when
// it does not.
func Shrink(c Case, fails func(Case) string) Case {
	s := &shrinker{best: c, kind: firstLine(fails(c)), fails: fails}
	if s.kind == "" {
		return c
	}
	if formatted := format(c); firstLine(fails(formatted)) == s.kind {
		s.best = formatted
	}
	for s.reduced = true; s.reduced; {
		s.reduced = false
		s.each(editsOfQuery)
		s.each(editsOfSubgraphs)
		s.each(editsOfData)
	}
	return s.best
}

// firstLine is the way of a failure: what comes before the first colon or line
// break, which does not name values.
func firstLine(problem string) string {
	problem, _, _ = strings.Cut(problem, "\n")
	problem, _, _ = strings.Cut(problem, ":")
	return problem
}

type shrinker struct {
	best    Case
	kind    string
	fails   func(Case) string
	reduced bool
}

// edits gives the i-th smaller variant of a case; more is false when there is
// no i-th. The variant may be the same, when the edit turns out to be none.
type edits func(c Case, i int) (smaller Case, more bool)

// each tries every edit once, keeping those after which the case still fails.
func (s *shrinker) each(edit edits) {
	for i := 0; ; {
		smaller, more := edit(s.best, i)
		if !more {
			return
		}
		if smaller.size() < s.best.size() && firstLine(s.fails(smaller)) == s.kind {
			s.best, s.reduced = smaller, true
			continue // the edit's place is taken by the next
		}
		i++
	}
}

// size must fall with every edit, so that shrinking ends.
func (c Case) size() int {
	n := len(c.Data) + len(c.Query)
	for _, g := range c.Subgraphs {
		n += len(g.SDL) + 1
	}
	variables, _ := json.Marshal(c.Variables)
	return n + len(variables)
}

// format writes all texts as the edits will, so that sizes can be compared.
func format(c Case) Case {
	if doc, err := parser.ParseQuery(&ast.Source{Input: c.Query}); err == nil {
		c.Query = printQuery(doc)
	}
	c.Subgraphs = slices.Clone(c.Subgraphs)
	for i := range c.Subgraphs {
		if doc, err := parser.ParseSchema(&ast.Source{Input: c.Subgraphs[i].SDL}); err == nil {
			c.Subgraphs[i].SDL = printSchema(doc)
		}
	}
	if objects, err := decode(c.Data); err == nil {
		c.Data = encode(objects)
	}
	return c
}

// Archive writes the case as a txtar archive with a comment.
func (c Case) Archive(comment string) []byte {
	a := &txtar.Archive{Comment: []byte(comment + "\n\n")}
	add := func(name, text string) {
		a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(strings.TrimRight(text, "\n") + "\n")})
	}
	for _, g := range c.Subgraphs {
		add("subgraphs/"+g.Name+".graphql", g.SDL)
	}
	add("data.json", string(c.Data))
	add("query.graphql", c.Query)
	if len(c.Variables) > 0 {
		variables, _ := json.Marshal(c.Variables)
		add("variables.json", string(variables))
	}
	return txtar.Format(a)
}

// Parse reads what Archive has written.
func Parse(archive []byte) (Case, error) {
	var c Case
	for _, f := range txtar.Parse(archive).Files {
		name, isSubgraph := strings.CutPrefix(f.Name, "subgraphs/")
		switch {
		case isSubgraph:
			c.Subgraphs = append(c.Subgraphs, Subgraph{strings.TrimSuffix(name, ".graphql"), string(f.Data)})
		case f.Name == "data.json":
			c.Data = f.Data
		case f.Name == "query.graphql":
			c.Query = string(f.Data)
		case f.Name == "variables.json":
			if err := json.Unmarshal(f.Data, &c.Variables); err != nil {
				return Case{}, fmt.Errorf("variables.json: %w", err)
			}
		}
	}
	if len(c.Subgraphs) == 0 || c.Data == nil || c.Query == "" {
		return Case{}, fmt.Errorf("a case has subgraphs/*.graphql, data.json and query.graphql")
	}
	return c, nil
}
