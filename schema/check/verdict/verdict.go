// Package verdict puts together what a check says: what changed, whom it
// concerns, what was approved, and whether the whole passes.
//
//	two sides ─────► changes ─┐
//	operations ────► outcomes ┼──Run──► report
//	usage, approvals, settings ┘
//
// Like the rest of a check it is pure: files, git, the clock and the router come
// in from outside, the router as an Engine.
package verdict

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/check"
	"github.com/shopgraph/shopgraph/schema/check/documents"
	"github.com/shopgraph/shopgraph/schema/report"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// Side is one of the two states of a graph that are compared.
type Side struct {
	// Name is how the user named it: "git:origin/main".
	Name string
	// API is the schema that clients see; nil when the subgraphs do not compose.
	API *ast.Schema
	// Supergraph is nil where only the API is known.
	Supergraph *supergraph.Supergraph
	// Introspected says that API comes from introspection, which does not tell on
	// what custom directives stand.
	Introspected bool
	// Subgraphs are the subgraphs' schemas by name, nil where they are not known.
	Subgraphs map[string]*ast.Schema
	// Engine validates and plans on this side; nil when API is.
	Engine Engine
}

// Input is everything that a verdict depends on.
type Input struct {
	// Old is nil when there is nothing to compare with.
	Old, New *Side
	// Today decides which approvals count.
	Today time.Time

	// Composition are the errors and hints of the new side's composition; Lint is
	// what the linter found. Their approval and counting is done here.
	Composition, Lint []report.Finding

	// Operations are those that clients are known to send, Unreadable what should
	// be some of them.
	Operations []*documents.Operation
	Unreadable []documents.Problem

	Usage     *Usage
	Approvals []Approval
	// Contracts are the variants of the API, each compared for itself.
	Contracts []Contract
	Settings  Settings
}

// Contract is a variant of the API on both sides.
type Contract struct {
	Name     string
	Old, New *ast.Schema
	// Findings are why the new variant cannot be made, OldFindings why the old one
	// could not.
	Findings, OldFindings []report.Finding
}

// Settings are what a project decides for itself.
type Settings struct {
	// Rules are names of check.Adjustments.
	Rules []string
	// Classes overrule the classes of kinds of changes.
	Classes map[check.Kind]check.Class
	// AllOperations says that the known operations are all that clients send, so
	// that a breaking change that concerns none of them breaks nobody.
	AllOperations bool
	// PlansFail makes plans that became worse errors; they are warnings else.
	PlansFail bool
}

// Run comes to a verdict. An error says that there can be none: a setting is
// wrong, or the operations are of another graph.
func Run(in Input) (*report.Report, error) {
	v := &verdict{Input: in, report: &report.Report{Title: "shopgraph check"}}
	v.composition()
	if err := v.changes(); err != nil {
		return nil, err
	}
	if err := v.operations(); err != nil {
		return nil, err
	}
	v.plans()
	v.lint()
	v.approvals()
	return v.report, nil
}

type verdict struct {
	Input
	report *report.Report
	// api are the changes of the API, outcomes what they mean for operations.
	api      []check.Change
	outcomes []Outcome
	used     [][]string // what each operation uses
}

// add appends a section, with what is approved let through.
func (v *verdict) add(s report.Section) {
	for i := range s.Findings {
		f := &s.Findings[i]
		if f.Waived == "" && f.Level >= report.Warning {
			f.Waived = approved(v.Approvals, f.ID, v.Today)
		}
	}
	v.report.Sections = append(v.report.Sections, s)
}

func (v *verdict) composition() {
	s := report.Section{Name: "Composition", Findings: v.Composition}
	switch n := len(v.New.Subgraphs); {
	case v.New.API == nil:
		s.Summary = "the subgraphs do not compose, so clients and plans cannot be checked"
	case n > 0:
		s.Summary = report.Count(n, "subgraph composes", "subgraphs compose")
	default:
		return // a single schema
	}
	v.add(s)
}

func (v *verdict) lint() {
	if v.Lint == nil {
		return
	}
	n := 0
	for _, f := range v.Lint {
		if f.Level > report.Hidden {
			n++
		}
	}
	v.add(report.Section{Name: "Lint", Summary: report.Count(n, "finding", "findings"), Findings: v.Lint})
}

// approvals reports those that do not count any more, and those that nothing
// needs.
func (v *verdict) approvals() {
	if len(v.Approvals) == 0 {
		return
	}
	s := report.Section{Name: "Approvals"}
	used := 0
	for i := range v.Approvals {
		a := &v.Approvals[i]
		at := []report.Place{{File: a.File, Line: a.Line}}
		switch {
		case a.used:
			used++
		case a.expired(v.Today):
			s.Findings = append(s.Findings, report.Finding{
				Level: report.Warning, Code: ApprovalExpired, Subject: a.Change, Places: at,
				Message: fmt.Sprintf("the approval of %q expired on %s and does not count", a.Change, a.Expires.Format(time.DateOnly)),
				Help:    "take it out, or approve the change anew",
			})
		default:
			s.Findings = append(s.Findings, report.Finding{
				Level: report.Note, Code: ApprovalUnused, Subject: a.Change, Places: at,
				Message: fmt.Sprintf("nothing needs the approval of %q", a.Change), Help: "take it out",
			})
		}
	}
	s.Summary = fmt.Sprintf("%d of %s used", used, report.Count(len(v.Approvals), "approval", "approvals"))
	v.report.Sections = append(v.report.Sections, s)
}

// subgraphNames are those of both sides, sorted.
func subgraphNames(old, new *Side) []string {
	all := slices.Concat(slices.Collect(maps.Keys(old.Subgraphs)), slices.Collect(maps.Keys(new.Subgraphs)))
	slices.Sort(all)
	return slices.Compact(all)
}
