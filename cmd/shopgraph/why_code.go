package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/shopgraph/shopgraph/schema/check"
	"github.com/shopgraph/shopgraph/schema/check/verdict"
	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/lint"
)

// whyCode explains the name of a finding, or lists all names.
func whyCode(_ context.Context, args []string, io stdio) int {
	switch len(args) {
	case 0:
		for _, name := range findingNames() {
			fmt.Fprintln(io.out, name)
		}
		return exitOK
	case 1:
	default:
		fmt.Fprintln(io.err, "shopgraph why: one code at a time")
		return exitUsage
	}
	if explainFinding(io.out, args[0]) {
		return exitOK
	}
	fmt.Fprintf(io.err, "shopgraph why: there is no code %s%s\n", args[0], federation.Suggest(args[0], findingNames()))
	return exitUsage
}

// explainFinding writes what there is to say of the code of a composition error
// or hint, of a kind of change, of another code of a check, or of a lint rule.
// Case does not matter.
func explainFinding(w io.Writer, name string) bool {
	code := strings.ToUpper(name)
	if why, ok := federation.Explain(federation.Code(code)); ok {
		writeWhy(w, why)
		return true
	}
	if e, ok := check.Explain(check.Kind(code)); ok {
		fmt.Fprintf(w, "%s\n\n%s\n", code, wrap(e.Text, 80))
		return true
	}
	if e, ok := verdict.Explain(code); ok {
		fmt.Fprintf(w, "%s\n\n%s\n", code, wrap(e.Text, 80))
		return true
	}
	if rule := lint.Find(strings.ToLower(name)); rule != nil {
		fmt.Fprint(w, rule.Page())
		return true
	}
	return false
}

func findingNames() []string {
	var out []string
	for _, c := range federation.Codes() {
		out = append(out, string(c))
	}
	for _, e := range check.Explanations() {
		for _, kind := range append([]check.Kind{e.Kind}, e.Also...) {
			out = append(out, string(kind))
		}
	}
	for _, e := range verdict.Explanations {
		out = append(out, e.Code)
	}
	slices.Sort(out)
	for _, r := range lint.Rules {
		out = append(out, r.Name)
	}
	return slices.Compact(out)
}

func writeWhy(w io.Writer, why federation.Why) {
	fmt.Fprintf(w, "%s\n\n%s\n", why.Code, why.Text)
	writeExamples(w, "Before", why.Before)
	if why.Says != "" {
		fmt.Fprintf(w, "\nWhat composition says\n\n%s", indented(why.Says))
	}
	writeExamples(w, "After", why.After)
}

func writeExamples(w io.Writer, title string, list []federation.Example) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", title)
	for _, e := range list {
		fmt.Fprintf(w, "\n    # subgraph %s\n%s", e.Subgraph, indented(e.SDL))
	}
}

func indented(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = "    " + line
		}
	}
	return strings.Join(lines, "\n") + "\n"
}
