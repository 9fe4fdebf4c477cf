package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/shopgraph/shopgraph/schema/compose"
	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/report"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

const composeHelp = `
shopgraph compose makes one supergraph of the subgraphs that supergraph.yaml lists,
after the rules of Apollo Federation 2. Either it writes a supergraph that routers
can load, and in which every query of the API can be resolved; or it says all that
is wrong, where, and what to do about it.

Usage: shopgraph compose [--config supergraph.yaml] [--output FILE] [flags]

The configuration is in rover's format; "-" reads it from standard input:

  subgraphs:
    users:
      routing_url: http://localhost:4001/graphql
      schema:
        file: users/schema.graphqls     # relative to supergraph.yaml; also a pattern
                                        # (users/**/*.graphqls) or a list of those
    orders:
      routing_url: ${env.ORDERS_URL:-http://localhost:4003/graphql}
      schema:
        subgraph_url: http://localhost:4003/graphql       # asks the running subgraph
        introspection_headers: {Authorization: "${env.TOKEN}"}
    reviews:
      routing_url: http://localhost:4004/graphql
      schema:
        sdl: |
          type Query { reviews: [String!]! }

${env.NAME}, ${env.NAME:-default}, ${file.path} and ${file.path:-default} are replaced in
all values; $${env.NAME} stands for ${env.NAME} itself. federation_version is understood
and changes nothing: the newest version that a subgraph asks for decides. A subgraph that
is not federated is asked by introspection. graphref is refused: Apollo's registry is not
asked.

--watch composes again whenever a file changes, and asks running subgraphs every two
seconds. It ends with an interrupt, and status 0.

Formats of --format:

  text    the supergraph on standard output, hints and errors on standard error
  json    on standard output {"supergraphSdl": …, "hints": […]}, or
          {"errors": [{"code", "message", "locations": [{"file", "line", "column"}]}]}
  github  errors and warnings as annotations of GitHub Actions
  sarif   errors and hints for code scanning, SARIF 2.1.0

With github and sarif the supergraph goes to --output only. "shopgraph why CODE"
explains the code of an error or a hint.

Exit status: 0 composed; 1 the subgraphs do not compose; 2 wrong usage, or something
that cannot be read or written.

Examples:

  shopgraph compose > supergraph.graphql
  shopgraph compose --config supergraph.yaml --output schema/supergraph.graphql --watch`

// composing is the command line, understood.
type composing struct {
	config, output, format string
	watch                  bool
}

func composeCommand(ctx context.Context, args []string, io stdio) int {
	var c composing
	flags := flag.NewFlagSet("compose", flag.ContinueOnError)
	flags.StringVar(&c.config, "config", "supergraph.yaml", "the `file` that lists the subgraphs; - is standard input")
	flags.StringVar(&c.output, "output", "", "the `file` to write the supergraph to")
	flags.StringVar(&c.format, "format", "text", "`text, json, github or sarif`")
	flags.BoolVar(&c.watch, "watch", false, "compose again whenever a schema changes")
	if status, ok := parseFlags(flags, composeHelp, args, io); !ok {
		return status
	}
	err := c.check(flags.Args())
	if err == nil && c.watch {
		err = c.watchFiles(ctx, io)
	}
	if err != nil || c.watch {
		return composeStatus(err, io)
	}
	status, err := c.compose(ctx, io)
	if err != nil {
		return composeStatus(err, io)
	}
	return status
}

func composeStatus(err error, io stdio) int {
	if err == nil {
		return exitOK
	}
	fmt.Fprintf(io.err, "shopgraph compose: %v\n", err)
	return exitUsage
}

func (c *composing) check(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("unexpected %q; the configuration is named by --config", rest[0])
	case !slices.Contains([]string{"text", "json", "github", "sarif"}, c.format):
		return fmt.Errorf("there is no format %q; choose text, json, github or sarif", c.format)
	case c.watch && c.config == "-":
		return errors.New("--watch needs a file to watch, and standard input is none")
	}
	return nil
}

// compose does it once. The error is one of usage; what is wrong with the
// subgraphs is written in the format asked for.
func (c *composing) compose(ctx context.Context, io stdio) (status int, err error) {
	list, err := readSupergraphConfig(c.config, io.in)
	if err != nil {
		return 0, err
	}
	read, err := sources(ctx, list, workingTree{})
	if err != nil {
		return 0, err
	}
	return c.write(read, io)
}

// write composes what was read, and writes the supergraph or what is wrong.
func (c *composing) write(read []subgraph.Source, io stdio) (status int, err error) {
	result, composeErr := compose.Supergraph(read)
	if composeErr == nil && c.output != "" {
		if err := replaceFile(c.output, result.SDL); err != nil {
			return 0, err
		}
	}
	if err := c.print(io, result, composeErr); err != nil {
		return 0, err
	}
	if composeErr != nil {
		return exitProblems, nil
	}
	return exitOK, nil
}

func (c *composing) print(io stdio, result *compose.Result, composeErr error) error {
	switch c.format {
	case "json":
		return printJSON(io.out, result, composeErr)
	case "github":
		return report.GitHub(io.out, compose.Report(result, composeErr))
	case "sarif":
		return report.SARIF(io.out, compose.Report(result, composeErr), "")
	}
	if composeErr == nil && c.output == "" {
		if _, err := fmt.Fprint(io.out, result.SDL); err != nil {
			return err
		}
	}
	if composeErr == nil && !slices.ContainsFunc(result.Hints, func(h compose.Hint) bool { return h.Level > compose.Debug }) {
		return nil
	}
	return report.Text{}.Write(io.err, compose.Report(result, composeErr))
}

// replaceFile writes a file at once, so that who watches it never sees half of it,
// and not at all when it says the same already.
func replaceFile(name, text string) error {
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, []byte(text)) {
		return nil
	}
	temp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s cannot be written: there is no folder %s", name, filepath.Dir(name))
	}
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = io.Copy(temp, strings.NewReader(text))
	if err := errors.Join(err, temp.Chmod(0o644), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), name)
}

type jsonLocation struct {
	Subgraph string `json:"subgraph,omitempty"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Note     string `json:"note,omitempty"`
}

type jsonError struct {
	Code      federation.Code `json:"code"`
	Message   string          `json:"message"`
	Subgraph  string          `json:"subgraph,omitempty"`
	Help      string          `json:"help,omitempty"`
	Locations []jsonLocation  `json:"locations"`
}

type jsonHint struct {
	Code       federation.Code `json:"code"`
	Level      string          `json:"level"`
	Message    string          `json:"message"`
	Coordinate string          `json:"coordinate,omitempty"`
	Locations  []jsonLocation  `json:"locations"`
}

// printJSON writes the outcome for programs.
func printJSON(w io.Writer, result *compose.Result, composeErr error) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	var errs federation.Errors
	if errors.As(composeErr, &errs) {
		out := make([]jsonError, len(errs))
		for i, e := range errs {
			out[i] = jsonError{e.Code, e.Text(), e.Subgraph, e.Help, locations(e.Places)}
		}
		return encoder.Encode(map[string]any{"errors": out})
	}
	if composeErr != nil {
		return composeErr
	}
	hints := make([]jsonHint, len(result.Hints))
	for i, h := range result.Hints {
		hints[i] = jsonHint{h.Code, h.Level.String(), h.Message, h.Coordinate, locations(h.Places)}
	}
	return encoder.Encode(struct {
		SDL   string     `json:"supergraphSdl"`
		Hints []jsonHint `json:"hints"`
	}{result.SDL, hints})
}

func locations(places []federation.Place) []jsonLocation {
	out := []jsonLocation{}
	for _, p := range places {
		if p.Position == nil || p.Position.Src == nil {
			continue
		}
		column, _ := federation.Extent(p.Position)
		out = append(out, jsonLocation{p.Subgraph, p.Position.Src.Name, p.Position.Line, column, p.Note})
	}
	return out
}
