// Command shopgraph composes, checks, plans and serves an Apollo Federation
// supergraph, and the shop built on it. Run it without arguments for help.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() { os.Exit(program()) }

// program is the whole process but its exit: an interrupt or SIGTERM ends the
// context, and with it the command; a second one ends the process.
func program() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return run(ctx, os.Args[1:], stdio{os.Stdin, os.Stdout, os.Stderr})
}

// stdio is what a command reads and writes, so that tests can hand in buffers.
type stdio struct {
	in       io.Reader
	out, err io.Writer
}

// Exit statuses of every command.
const (
	exitOK       = 0
	exitProblems = 1 // what was asked for was done and found wanting: composition errors, say
	exitUsage    = 2 // the command line, a file or the environment is wrong
)

// command is one subcommand. run gets the arguments after its name and returns
// the exit status.
type command struct {
	name, summary string
	run           func(ctx context.Context, args []string, io stdio) int
}

// commands lists every subcommand in the order help shows them.
var commands = []command{
	{"serve", "run the whole graph, the router, or one subgraph", serveCommand},
	{"compose", "make one supergraph of the subgraphs that supergraph.yaml lists", composeCommand},
	{"check", "say whether a change of the schema breaks the graph or anyone who uses it", checkCommand},
	{"contract", "make a variant of the supergraph of which clients see a part", contractCommand},
	{"api", "print the schema that clients see", api},
	{"explain", "print what each stage of the router makes of an operation", explain},
	{"why", "explain a code of compose or check, who resolves a field, or a plan", whyCommand},
	{"mock", "serve a subgraph's schema with made-up data, before the subgraph exists", mockCommand},
	{"migrate", "bring the subgraphs' tables to the version of this program, or back", migrate},
	{"admin", "make an account an admin: the first one, or one that was lost", admin},
	{"seed", "fill empty databases with a made-up shop of any size", seed},
	{"health", "ask a running server whether it can serve requests", health},
}

func run(ctx context.Context, args []string, io stdio) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		if len(args) == 2 && args[1] == "environment" {
			environmentHelp(io.out)
			return exitOK
		}
		usage(io.out)
		return exitOK
	}
	for _, c := range commands {
		if c.name == args[0] {
			return c.run(ctx, args[1:], io)
		}
	}
	fmt.Fprintf(io.err, "shopgraph: there is no command %q; run \"shopgraph help\" for the list\n", args[0])
	return exitUsage
}

func usage(w io.Writer) {
	fmt.Fprint(w, "shopgraph composes, plans and serves a federated GraphQL graph, in one binary.\n\nUsage: shopgraph COMMAND [flags]\n\nCommands:\n")
	for _, c := range commands {
		fmt.Fprintf(w, "  %-10s %s\n", c.name, c.summary)
	}
	fmt.Fprint(w, "\nRun \"shopgraph COMMAND --help\" for a command's flags and an example, and\n\"shopgraph help environment\" for the environment variables.\n")
}

// parseFlags parses a command's flags, printing its teaching help (usage, flags,
// example) on --help. ok is false when the command must return status at once.
func parseFlags(flags *flag.FlagSet, help string, args []string, io stdio) (status int, ok bool) {
	flags.SetOutput(io.err)
	flags.Usage = func() {}
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintln(io.out, strings.TrimSpace(help))
		fmt.Fprintln(io.out, "\nFlags:")
		flags.SetOutput(io.out)
		flags.PrintDefaults()
		return exitOK, false
	case err != nil:
		fmt.Fprintf(io.err, "Run \"shopgraph %s --help\" for its flags.\n", flags.Name())
		return exitUsage, false
	}
	return exitOK, true
}
