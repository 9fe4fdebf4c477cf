package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/shopgraph/shopgraph/router/plan"
	"github.com/shopgraph/shopgraph/schema/check/documents"
	"github.com/shopgraph/shopgraph/schema/graph"
	"github.com/shopgraph/shopgraph/schema/report"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

func whyOperation(ctx context.Context, args []string, io stdio) int {
	path, g, status, ok := whySubject(ctx, "operation", args, io)
	if !ok {
		return status
	}
	operations, err := operationsIn(path)
	if err != nil {
		fmt.Fprintf(io.err, "shopgraph why: %v\n", err)
		return exitUsage
	}
	engine := &routerEngine{operationParser(g.Supergraph.API), g}
	for _, op := range operations {
		text, err := explainOperation(engine, op)
		if err != nil {
			fmt.Fprintf(io.err, "%s\n", err)
			status = exitProblems
			continue
		}
		fmt.Fprintln(io.out, text)
	}
	return status
}

func operationsIn(path string) ([]*documents.Operation, error) {
	if path == "" {
		return nil, fmt.Errorf("say which operation: shopgraph why operation FILE")
	}
	files, err := clientFiles(path)
	if err != nil {
		return nil, err
	}
	var found []documents.Document
	var problems []documents.Problem
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		d, p := documents.Read(file, text)
		found, problems = append(found, d...), append(problems, p...)
	}
	operations, more := documents.Collect(found)
	for _, p := range append(problems, more...) {
		return nil, fmt.Errorf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
	}
	if len(operations) == 0 {
		return nil, fmt.Errorf("there are no operations in %s", path)
	}
	return operations, nil
}

// explainOperation is the plan of an operation, with the reason for each fetch.
func explainOperation(engine *routerEngine, op *documents.Operation) (string, error) {
	if faults := engine.Validate(op.Text); faults != nil {
		at := op.At(faults[0].Line, faults[0].Column)
		return "", fmt.Errorf("%s:%d:%d: %s", at.File, at.Line, at.Column, faults[0].Message)
	}
	p, err := engine.build(op.Text)
	if err != nil {
		return "", fmt.Errorf("%s: %w", op.Label(), err)
	}
	w := operationWhy{graph: engine.graph, plan: p}
	fmt.Fprintf(&w, "%s: %s\n", op.Label(), steps(p))
	for i, f := range p.Fetches {
		w.fetch(i, f)
	}
	return w.String() + "\n" + p.String(), nil
}

func steps(p *plan.Plan) string {
	last := -1
	for _, f := range p.Fetches {
		last = max(last, f.Step)
	}
	switch n := len(p.Fetches); {
	case n == 0:
		return "the router answers it without asking a subgraph"
	case n == 1:
		return "one request"
	default:
		return fmt.Sprintf("%d requests in %s", n, report.Count(last+1, "step", "steps"))
	}
}

type operationWhy struct {
	strings.Builder
	graph *graph.Graph
	plan  *plan.Plan
}

func (w *operationWhy) fetch(i int, f *plan.Fetch) {
	fmt.Fprintf(w, "\n%d. %s", i+1, f.Subgraph.Name)
	if len(f.DependsOn) > 0 {
		var after []string
		for _, d := range f.DependsOn {
			after = append(after, fmt.Sprint(d+1))
		}
		fmt.Fprintf(w, ", after %s", strings.Join(after, " and "))
	}
	w.WriteByte('\n')
	doc, err := parser.ParseQuery(&ast.Source{Input: f.Text})
	if err != nil || len(doc.Operations) != 1 {
		return
	}
	if f.Root != nil {
		w.reasons(f.Subgraph, supergraph.RootName(f.Kind), doc.Operations[0].SelectionSet)
		return
	}
	for i, e := range f.Entities {
		for _, t := range e.Targets {
			w.target(&t)
		}
		if field, ok := doc.Operations[0].SelectionSet[i].(*ast.Field); ok {
			w.reasons(f.Subgraph, "", field.SelectionSet)
		}
	}
}

// target tells what is sent to the subgraph.
func (w *operationWhy) target(t *plan.Target) {
	for _, r := range t.Representations {
		var names []string
		for _, in := range r.Fields {
			names = append(names, in.Name)
		}
		fmt.Fprintf(w, "   it is given %s of the objects at %s\n", strings.Join(names, ", "), w.plan.PathText(t.Path))
	}
}

// reasons tell for the fields that begin at a subgraph who else could resolve
// them.
func (w *operationWhy) reasons(sub *supergraph.Subgraph, typeName string, set ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.InlineFragment:
			w.reasons(sub, s.TypeCondition, s.SelectionSet)
		case *ast.Field:
			if s.Name != "__typename" && typeName != "" {
				fmt.Fprintf(w, "   %s.%s: %s\n", typeName, s.Name, w.reason(sub, typeName, s.Name))
			}
		}
	}
}

func (w *operationWhy) reason(sub *supergraph.Subgraph, typeName, name string) string {
	var others []string
	requires := ""
	for _, other := range w.graph.Supergraph.Subgraphs {
		n := w.graph.Node(other, typeName)
		if n == nil || n.Field(name) == nil {
			continue
		}
		if other == sub {
			if f := n.Field(name).Field; f.Requires != nil {
				requires = "; it requires " + f.RequiresText
			}
			continue
		}
		others = append(others, other.Name)
	}
	slices.Sort(others)
	if len(others) == 0 {
		return "only " + sub.Name + " resolves it" + requires
	}
	return strings.Join(others, ", ") + " could too; this way takes fewer requests, or as few" + requires
}
