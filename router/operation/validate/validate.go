// Package validate judges a parsed document by every validation rule of the
// GraphQL specification.
//
// A single walk visits each node once and calls the rules; what spans several
// definitions (fragment cycles, the variables a fragment uses, fields that must
// merge) is decided afterwards from notes that the walk took. Time grows with the
// document's size, not with what its fragments would expand to.
//
// gqlparser's validator is not used: it enters each fragment from every fragment
// that reaches it and compares every pair of equal fields, so 60 kB of hostile
// text cost it a second; it lets pass what the specification forbids (Int
// literals beyond 32 bits, {} for a String or an enum, @skip on a subscription's
// root field), and it forbids what is allowed (ID and Float literals beyond 64
// bits).
//
// Source: GraphQL specification, September 2025, section 5. Rules carry the names
// that graphql-js gave them.
package validate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"

	"github.com/shopgraph/shopgraph/router/operation/apischema"
)

// Options say how errors are worded.
type Options struct {
	// Suggestions adds "Did you mean …?" with names from the schema. Leave it off
	// where clients must not learn the schema by guessing.
	Suggestions bool
}

// Error is one violation.
type Error struct {
	// Rule is the violated rule's name, as in Rules.
	Rule string
	// Message is a sentence for the client, in graphql-js's words where it has some.
	Message   string
	Positions []*ast.Position
}

const (
	// maxErrors bounds the answer to a document that is wrong everywhere.
	maxErrors = 50
	// maxPositions bounds the places that one error names.
	maxPositions = 10
	// maxMessage bounds a message that quotes the client, in bytes.
	maxMessage = 400
	// maxSuggested bounds the errors that search for similar names, and
	// maxSimilar the length of a name worth searching for.
	maxSuggested = 10
	maxSimilar   = 64
)

// Document returns all violations in doc, in the order of Rules and then of the
// text; at most 50, the last then saying that there are more.
func Document(schema *apischema.Schema, doc *ast.QueryDocument, o Options) []Error {
	v := &validator{schema: schema, options: o}
	v.walk(doc)
	for _, rule := range Rules {
		if rule.document != nil && !v.full() {
			v.rule = rule
			rule.document(v)
		}
	}
	return v.sorted()
}

// validator is the state of one validation.
type validator struct {
	schema  *apischema.Schema
	options Options

	// operations and fragments are what the walk noted about the document, in its
	// order; byName has the first fragment of each name.
	operations []*definition
	fragments  []*definition
	byName     map[string]*definition
	sets       int
	// mark and reached belong to reach.
	mark    int
	reached []*definition

	rule      *Rule
	errors    []ruleError
	suggested int
}

type ruleError struct {
	index int // of the rule in Rules
	Error
}

// full says that no more errors will be taken, so that the rest may be left out.
func (v *validator) full() bool { return len(v.errors) >= maxErrors }

func (v *validator) report(positions []*ast.Position, format string, args ...any) {
	if v.full() {
		return
	}
	message := clip(fmt.Sprintf(format, args...), maxMessage)
	v.errors = append(v.errors, ruleError{v.rule.index, Error{v.rule.Name, message, positions}})
}

func (v *validator) sorted() []Error {
	slices.SortStableFunc(v.errors, func(a, b ruleError) int { return a.index - b.index })
	var all []Error
	for _, e := range v.errors {
		all = append(all, e.Error)
	}
	if v.full() {
		all[len(all)-1].Message += " Validation stopped here: the document has too many errors."
	}
	return all
}

func at(positions ...*ast.Position) []*ast.Position { return positions }

// similar is " Did you mean "a" or "b"?" with the options that are spelled
// almost like name, or nothing.
func (v *validator) similar(name string, options func() []string) string {
	if !v.options.Suggestions || len(name) > maxSimilar || v.full() || v.suggested >= maxSuggested {
		return ""
	}
	v.suggested++
	found := core.SuggestionList(name, options())
	if len(found) == 0 {
		return ""
	}
	return " Did you mean " + core.QuotedOrList(found...) + "?"
}

// clip shortens what quotes the client.
func clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "…"
}
