package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/shopgraph/shopgraph/router/operation"
	"github.com/shopgraph/shopgraph/router/plan"
	"github.com/shopgraph/shopgraph/schema/compose"
	"github.com/shopgraph/shopgraph/schema/graph"
	"github.com/shopgraph/shopgraph/schema/report"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

const explainHelp = `
shopgraph explain prints what each stage of the router makes of an operation,
without running it. When an answer or a plan is not what you expect, go through
the stages in their order and look for the first that goes wrong.

Usage: shopgraph explain operation|graph|paths|plan [--config supergraph.yaml] [flags]

  operation  the operation as it is planned: fragments opened, @skip and
             @include resolved by the variables, fields merged
  graph      the query graph of the supergraph: where one can be inside the
             subgraphs, and how one can move on; needs no operation
  paths      for each field of the operation the ways to it in that graph
  plan       the requests to subgraphs that were chosen

With --config the supergraph is composed of the subgraphs that supergraph.yaml lists,
as "shopgraph compose" does it; else it is read from --supergraph.

Exit status: 0 done; 1 the operation is not valid, or has no plan, or the subgraphs do
not compose; 2 wrong usage, or a file that cannot be read.

Examples:

  shopgraph explain plan --operation schema/operations/order.graphql
  shopgraph explain plan --config supergraph.yaml --operation order.graphql
  echo '{ me { name } }' | shopgraph explain plan --operation - --mermaid`

// explanation is the command line, understood.
type explanation struct {
	stage                      string
	supergraph, config         string
	operation, name, variables string
	format                     string
	labels                     map[string]bool
}

// defaultSupergraph is the file that "shopgraph compose" writes here.
const defaultSupergraph = "schema/supergraph.graphql"

var explainStages = []string{"operation", "graph", "paths", "plan"}

func explain(ctx context.Context, args []string, io stdio) int {
	x, status, ok := parseExplain(args, io)
	if !ok {
		return status
	}
	text, err := x.run(ctx, io.in)
	if err == nil {
		fmt.Fprintln(io.out, strings.TrimSuffix(text, "\n"))
		return exitOK
	}
	var found *problems
	if errors.As(err, &found) {
		fmt.Fprintln(io.err, err)
		return exitProblems
	}
	fmt.Fprintf(io.err, "shopgraph explain: %v\n", err)
	return exitUsage
}

// problems are faults of the operation, not of the command's use.
type problems struct{ error }

func parseExplain(args []string, io stdio) (x explanation, status int, ok bool) {
	flags := flag.NewFlagSet("explain", flag.ContinueOnError)
	flags.StringVar(&x.supergraph, "supergraph", defaultSupergraph, "the supergraph's `file`")
	flags.StringVar(&x.config, "config", "", "the `file` that lists the subgraphs to compose, instead of --supergraph")
	flags.StringVar(&x.operation, "operation", "", "the `file` of the operation, - for the standard input")
	flags.StringVar(&x.name, "operation-name", "", "the operation's `name`, where the file has several")
	flags.StringVar(&x.variables, "variables", "", "the variables, a `JSON` object; they decide @skip and @include")
	flags.StringVar(&x.format, "format", "text", "text or, of a plan, json or mermaid")
	mermaid := flags.Bool("mermaid", false, "a diagram for Mermaid: the same as --format mermaid")
	flags.Func("label", "a `label` of a progressive @override that is on; may be repeated", func(label string) error {
		if x.labels == nil {
			x.labels = map[string]bool{}
		}
		x.labels[label] = true
		return nil
	})
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		x.stage, args = args[0], args[1:]
	}
	if status, ok := parseFlags(flags, explainHelp, args, io); !ok {
		return x, status, false
	}
	rest := flags.Args()
	if x.stage == "" && len(rest) > 0 {
		x.stage, rest = rest[0], rest[1:]
	}
	if *mermaid {
		x.format = "mermaid"
	}
	if err := x.check(rest); err != nil {
		fmt.Fprintf(io.err, "shopgraph explain: %v\n", err)
		return x, exitUsage, false
	}
	return x, exitOK, true
}

func (x *explanation) check(rest []string) error {
	switch {
	case !slices.Contains(explainStages, x.stage):
		return fmt.Errorf("there is no stage %q; choose from %s", x.stage, strings.Join(explainStages, ", "))
	case len(rest) > 0:
		return fmt.Errorf("there is an argument too many: %q", rest[0])
	case x.stage != "graph" && x.operation == "":
		return errors.New("say which operation with --operation FILE, or --operation - for the standard input")
	case x.config == "-" && x.operation == "-":
		return errors.New("the standard input cannot be both --config and --operation")
	case !slices.Contains([]string{"text", "json", "mermaid"}, x.format):
		return fmt.Errorf("there is no format %q; choose from text, json, mermaid", x.format)
	case x.format != "text" && x.stage != "plan":
		return fmt.Errorf("only plans have the format %s", x.format)
	}
	return nil
}

// run goes through the stages as far as the one that is asked for.
func (x *explanation) run(ctx context.Context, stdin io.Reader) (string, error) {
	g, err := x.graph(ctx, stdin)
	if err != nil {
		return "", err
	}
	if x.stage == "graph" {
		return g.String(), nil
	}
	op, err := x.prepare(g, stdin)
	if err != nil {
		return "", err
	}
	options := plan.Options{Labels: x.labels}
	switch x.stage {
	case "operation":
		return op.String(), nil
	case "paths":
		text, err := plan.Paths(g, op, options)
		return text, found(err)
	}
	p, err := plan.Build(g, op, options)
	if err != nil {
		return "", found(err)
	}
	return x.print(p)
}

func (x *explanation) print(p *plan.Plan) (string, error) {
	switch x.format {
	case "json":
		text, err := json.MarshalIndent(p, "", "  ")
		return string(text), err
	case "mermaid":
		return p.Mermaid(), nil
	}
	return p.String(), nil
}

func found(err error) error {
	if err == nil {
		return nil
	}
	return &problems{err}
}

// graph loads the supergraph, or composes it.
func (x *explanation) graph(ctx context.Context, stdin io.Reader) (*graph.Graph, error) {
	if x.config == "" {
		return loadGraph(x.supergraph)
	}
	list, err := readSupergraphConfig(x.config, stdin)
	if err != nil {
		return nil, err
	}
	read, err := sources(ctx, list, workingTree{})
	if err != nil {
		return nil, err
	}
	composed, err := compose.Supergraph(read)
	if err != nil {
		var text strings.Builder
		if err := (report.Text{}).Write(&text, compose.Report(nil, err)); err != nil {
			return nil, err
		}
		return nil, found(errors.New(strings.TrimSpace(text.String())))
	}
	s, err := supergraph.Parse(composed.SDL)
	if err != nil {
		return nil, fmt.Errorf("the supergraph of %s: %w", x.config, err)
	}
	return graph.Build(s), nil
}

func loadGraph(file string) (*graph.Graph, error) {
	sdl, err := readSupergraph(file)
	if err != nil {
		return nil, err
	}
	s, err := supergraph.Parse(sdl)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return graph.Build(s), nil
}

func readSupergraph(file string) (string, error) {
	sdl, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("there is no supergraph at %s: name the file with --supergraph, or make it with \"shopgraph compose\"", file)
	}
	return string(sdl), err
}

// prepare parses, validates and normalises the operation.
func (x *explanation) prepare(g *graph.Graph, stdin io.Reader) (*operation.Operation, error) {
	text, err := readOperation(x.operation, stdin)
	if err != nil {
		return nil, err
	}
	doc, errs := operation.NewParser(g.Supergraph.API, operation.Options{Suggestions: true}).Parse(text)
	if errs != nil {
		return nil, x.located(errs)
	}
	definition, errs := doc.Operation(x.name)
	if errs != nil {
		return nil, x.located(errs)
	}
	variables, errs := definition.Coerce([]byte(x.variables))
	if errs != nil {
		return nil, x.located(errs)
	}
	op, errs := variables.Key().Normalize()
	if errs != nil {
		return nil, x.located(errs)
	}
	return op, nil
}

func readOperation(file string, stdin io.Reader) (string, error) {
	if file == "-" {
		text, err := io.ReadAll(stdin)
		return string(text), err
	}
	text, err := os.ReadFile(file)
	return string(text), err
}

// located says of each error where in the file it is.
func (x *explanation) located(errs operation.Errors) error {
	lines := make([]string, len(errs))
	for i, err := range errs {
		lines[i] = x.operation + ": " + err.Message
		if len(err.Locations) > 0 {
			lines[i] = fmt.Sprintf("%s:%d:%d: %s", x.operation, err.Locations[0].Line, err.Locations[0].Column, err.Message)
		}
	}
	return &problems{errors.New(strings.Join(lines, "\n"))}
}
