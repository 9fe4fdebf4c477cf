package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"github.com/shopgraph/shopgraph/schema/check/verdict"
	"github.com/shopgraph/shopgraph/schema/report"
)

const checkHelp = `
shopgraph check answers what a team asks before it merges: does this change of
the schema break the graph, or anyone who uses it? It composes the subgraphs,
compares with an old state, validates and plans the operations that clients are
known to send, and lints. Nothing leaves this machine.

Usage: shopgraph check [flags] [NEW]
       shopgraph check init github|gitlab

NEW is what is checked: a supergraph.yaml (the default), a supergraph, or the
schema of one subgraph or any other server. OLD, of --against, is one of

  FILE              a supergraph.yaml, a supergraph or a schema; a subgraph's
                    schema stands for that subgraph in NEW
  git:REV[:FILE]    FILE, or else NEW, where HEAD left that revision: git:origin/main
  http[s]://…       a running subgraph, or a running router or other server by
                    introspection, which tells the API only

Without --against the operations are validated and the schema is linted.

Beside NEW, check.yaml holds settings and approvals.yaml what was approved; docs/check.md
explains both, every finding, and the files of --usage.

Exit status: 0 nothing counts against the change; 1 something does: it does not
compose, breaks clients or known operations, or a rule of the level error; 2 the
question could not be answered: wrong usage, a file that cannot be read, no
history.

Examples:

  shopgraph check --against git:origin/main --operations schema/operations
  shopgraph check --against old.graphql new.graphql --format markdown
  shopgraph check --against https://api.example.com/graphql --usage usage/ --window 30d`

// checkArgs is the command line, understood.
type checkArgs struct {
	loader
	new, against string
	operations   list
	complete     bool
	usage        usageArgs
	approvals    string
	settings     string
	rules        list
	plans        string
	format       string
	reports      map[string]string
	all          bool

	file checkSettings
	read []clientFile
}

func checkCommand(ctx context.Context, args []string, io stdio) int {
	if len(args) > 0 && args[0] == "init" {
		return checkInit(args[1:], io)
	}
	c, status, ok := parseCheck(args, io)
	if !ok {
		return status
	}
	r, err := c.run(ctx, time.Now())
	if c.note != "" {
		fmt.Fprintf(io.err, "shopgraph check: note: %s\n", c.note)
	}
	if err == nil {
		err = c.print(r, io)
	}
	switch {
	case err != nil:
		fmt.Fprintf(io.err, "shopgraph check: %v\n", err)
		return exitUsage
	case r.Failed():
		return exitProblems
	default:
		return exitOK
	}
}

func parseCheck(args []string, io stdio) (c *checkArgs, status int, ok bool) {
	if args == nil {
		args = []string{}
	}
	c = &checkArgs{reports: map[string]string{}}
	c.headers = map[string]string{}
	f := flag.NewFlagSet("check", flag.ContinueOnError)
	f.StringVar(&c.against, "against", "", "`OLD`: what to compare with")
	f.StringVar(&c.config, "config", "supergraph.yaml", "the `file` that lists the subgraphs, when NEW is not given")
	f.StringVar(&c.subgraph, "subgraph", "", "the `name` of the subgraph whose old schema OLD is, where the file does not tell")
	f.BoolVar(&c.tip, "tip", false, "compare with the revision itself, not with where HEAD left it")
	f.Var(pairs(c.headers), "header", "a `name=value` to send when asking a server; may be repeated")
	f.Var(&c.operations, "operations", "a `file or folder` with operations that clients send: GraphQL files, persisted-query manifests, source code; may be repeated")
	f.BoolVar(&c.complete, "all-operations", false, "clients send nothing but --operations: let a breaking change through that concerns none of them")
	c.usage.define(f)
	f.StringVar(&c.approvals, "approvals", "", "the `file` with approvals; approvals.yaml beside NEW when it is there")
	f.StringVar(&c.settings, "settings", "", "the `file` with settings; check.yaml beside NEW when it is there")
	f.Var(&c.rules, "rule", "a `rule` that classes changes otherwise, like safe-unreachable (docs/check.md); may be repeated")
	choice(f, &c.plans, "plans", []string{"warn", "fail"}, "what plans that became worse do")
	choice(f, &c.format, "format", reportFormats, "how the outcome is written")
	f.Var(pairs(c.reports), "report", "write the outcome to a file, too, as `format=FILE`; may be repeated")
	f.BoolVar(&c.all, "all", false, "list safe changes, too")
	var rest []string
	for args != nil { // flags may follow NEW
		if status, ok := parseFlags(f, checkHelp, args, io); !ok {
			return nil, status, false
		}
		args = nil
		if f.NArg() > 0 {
			rest, args = append(rest, f.Arg(0)), f.Args()[1:]
		}
	}
	c.new = c.config
	switch len(rest) {
	case 0:
	case 1:
		c.new = rest[0]
	default:
		fmt.Fprintf(io.err, "shopgraph check: there is an argument too many: %q\n", rest[1])
		return nil, exitUsage, false
	}
	set := map[string]bool{}
	f.Visit(func(s *flag.Flag) { set[s.Name] = true })
	if err := c.readSettings(set); err != nil {
		fmt.Fprintf(io.err, "shopgraph check: %v\n", err)
		return nil, exitUsage, false
	}
	return c, exitOK, true
}

// run loads everything that a verdict depends on, and comes to it.
func (c *checkArgs) run(ctx context.Context, now time.Time) (*report.Report, error) {
	new, err := c.newSide(ctx, c.new)
	if err != nil {
		return nil, err
	}
	in := verdict.Input{New: &new.Side, Today: now, Composition: new.composition}
	var old *side
	if c.against != "" {
		if old, err = c.oldSide(ctx, c.against, new, c.new); err != nil {
			return nil, err
		}
		if old.API == nil {
			return nil, fmt.Errorf("%s does not compose, so there is nothing to compare with: %s", old.Name, old.composition[0].Message)
		}
		in.Old = &old.Side
	}
	if in.Lint, err = c.lint(old, new); err != nil {
		return nil, err
	}
	if in.Contracts, err = c.contracts(old, new); err != nil {
		return nil, err
	}
	if err := c.readOperations(&in); err != nil {
		return nil, err
	}
	if err := usableEngines(in); err != nil {
		return nil, err
	}
	if in.Approvals, err = c.readApprovals(); err != nil {
		return nil, err
	}
	if in.Old == nil && in.Lint == nil && in.Composition == nil && len(in.Operations)+len(in.Unreadable)+len(in.Contracts) == 0 {
		return nil, fmt.Errorf("nothing was asked about %s: say what to compare it with (--against) or which operations must be valid (--operations)", new.Name)
	}
	if err := c.usage.read(&in, now); err != nil {
		return nil, err
	}
	in.Settings, err = c.verdictSettings()
	if err != nil {
		return nil, err
	}
	r, err := verdict.Run(in)
	if err != nil {
		return nil, err
	}
	r.Sources = c.sources(new)
	return r, nil
}

// usableEngines refuses to judge operations by a schema that is not valid.
func usableEngines(in verdict.Input) error {
	for _, s := range []*verdict.Side{in.Old, in.New} {
		if s == nil || len(in.Operations) == 0 {
			continue
		}
		if e, ok := s.Engine.(brokenEngine); ok {
			return fmt.Errorf("operations cannot be checked: %w", e.err)
		}
	}
	return nil
}

// sources are the texts that excerpts are taken from.
func (c *checkArgs) sources(new *side) map[string]string {
	out := map[string]string{}
	for name, text := range new.files {
		out[name] = text
	}
	for _, d := range c.read {
		out[d.name] = d.text
	}
	return out
}
