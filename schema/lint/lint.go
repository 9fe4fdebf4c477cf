// Package lint finds what is valid and yet not as it should be, in the schemas of
// subgraphs: names, descriptions, pagination, promises that one subgraph makes
// for another, resolvers that are called once for each of many.
//
// A rule is a file rule_<name>.go. It holds its page: what it asks for and why,
// with an example that breaks it and one that does not, which the tests run and
// from which docs/lint/<name>.md is written. rules.go lists all.
//
// A line "# lint-disable-next-line RULE" in a schema switches rules off for the
// element that begins on the next line, and all within it.
package lint

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// Level says what a finding of a rule means.
type Level string

// The levels, as settings spell them.
const (
	Off     Level = "off"
	Note    Level = "note"
	Warning Level = "warn"
	Error   Level = "error"
)

// Rule is one rule.
type Rule struct {
	// Name is how settings, comments and approvals call it.
	Name string
	// Level is its level where settings say nothing.
	Level Level
	// Asks is what the rule asks for, in one sentence; Why is the reason, in one
	// or a few.
	Asks, Why string
	// Bad and Good are subgraphs' schemas, by name, that break and keep the rule.
	Bad, Good map[string]string

	check func(l *linter)
}

// Subgraph is one subgraph as the linter sees it.
type Subgraph struct {
	Name string
	// Schema is read without being valid (check.Read); positions are those of
	// Sources.
	Schema *ast.Schema
	// Sources are the subgraph's files.
	Sources []*ast.Source
	// Resolvers are the entity resolvers of a gqlgen server, nil where the
	// subgraph is none or its code is not known.
	Resolvers []Resolver
}

// Input is everything that rules look at.
type Input struct {
	Subgraphs []Subgraph
	// Supergraph is nil when the subgraphs do not compose; rules that need it
	// find nothing then.
	Supergraph *supergraph.Supergraph
	// Levels are the levels that settings give to rules, by name.
	Levels map[string]Level
}

// Finding is one place where a rule is broken.
type Finding struct {
	Rule  *Rule
	Level Level
	// Subgraph is the subgraph that it is in.
	Subgraph string
	// Coordinate is the element: "Product.price".
	Coordinate string
	Message    string
	Position   *ast.Position
}

// Run applies every rule that is not off. The error names a rule or level in the
// settings that there is not.
func Run(in Input) ([]Finding, error) {
	if err := checkLevels(in.Levels); err != nil {
		return nil, err
	}
	l := &linter{Input: in}
	for _, s := range in.Subgraphs {
		l.comments = append(l.comments, readComments(s)...)
	}
	for i := range Rules {
		l.rule = &Rules[i]
		l.level = l.rule.Level
		if level, ok := in.Levels[l.rule.Name]; ok {
			l.level = level
		}
		if l.level != Off {
			l.rule.check(l)
		}
	}
	l.unknownComments()
	slices.SortStableFunc(l.findings, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.Subgraph, b.Subgraph), order(a.Position)-order(b.Position), strings.Compare(a.Coordinate, b.Coordinate))
	})
	return l.findings, nil
}

func checkLevels(levels map[string]Level) error {
	for _, name := range slices.Sorted(maps.Keys(levels)) {
		if Find(name) == nil {
			return fmt.Errorf("there is no lint rule %q; docs/lint lists them", name)
		}
		switch levels[name] {
		case Off, Note, Warning, Error:
		default:
			return fmt.Errorf("lint rule %s: there is no level %q; choose from off, note, warn, error", name, levels[name])
		}
	}
	return nil
}

// Find returns the rule of that name, or nil.
func Find(name string) *Rule {
	for i := range Rules {
		if Rules[i].Name == name {
			return &Rules[i]
		}
	}
	return nil
}

// order is where a position is in its file.
func order(at *ast.Position) int {
	if at == nil {
		return 0
	}
	return at.Start
}

// linter is what rules work with: the input, and found to report.
type linter struct {
	Input
	rule     *Rule
	level    Level
	comments []comment
	findings []Finding
}

// found reports an element unless a comment switches the rule off there.
func (l *linter) found(s Subgraph, coordinate string, at *ast.Position, format string, args ...any) {
	if l.disabled(s, at) {
		return
	}
	l.findings = append(l.findings, Finding{l.rule, l.level, s.Name, coordinate, fmt.Sprintf(format, args...), at})
}

// types visits the types that a subgraph defines for the API: neither those of
// GraphQL nor those of federation.
func (l *linter) types(visit func(s Subgraph, def *ast.Definition)) {
	for _, s := range l.Subgraphs {
		for _, name := range slices.Sorted(maps.Keys(s.Schema.Types)) {
			if !reserved(name) {
				visit(s, s.Schema.Types[name])
			}
		}
	}
}

// fields visits the fields of object types and interfaces.
func (l *linter) fields(visit func(s Subgraph, def *ast.Definition, f *ast.FieldDefinition)) {
	l.types(func(s Subgraph, def *ast.Definition) {
		if def.Kind != ast.Object && def.Kind != ast.Interface {
			return
		}
		for _, f := range def.Fields {
			if !strings.HasPrefix(f.Name, "_") {
				visit(s, def, f)
			}
		}
	})
}

// own says whether a subgraph declares the element itself: an external field is
// another's.
func own(f *ast.FieldDefinition) bool { return f.Directives.ForName("external") == nil }

// reserved says whether a name is one of GraphQL's or federation's.
func reserved(name string) bool {
	switch name {
	case "String", "Int", "Float", "Boolean", "ID", "FieldSet":
		return true
	}
	return strings.HasPrefix(name, "_") || strings.Contains(name, "__")
}

func isRoot(s Subgraph, def *ast.Definition) bool {
	return def == s.Schema.Query || def == s.Schema.Mutation || def == s.Schema.Subscription
}
