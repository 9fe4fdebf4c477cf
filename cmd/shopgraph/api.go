package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

	"github.com/shopgraph/shopgraph/schema/supergraph"
)

const apiHelp = `
shopgraph api prints the schema that clients see: the supergraph without what is
inaccessible and without federation's own directives. Code generators, linters and
editors read it.

Usage: shopgraph api [flags]

Exit status: 0 done; 2 wrong usage, or no supergraph.

Example:

  shopgraph api --supergraph schema/supergraph.graphql > schema.graphql`

func api(_ context.Context, args []string, io stdio) int {
	flags := flag.NewFlagSet("api", flag.ContinueOnError)
	file := flags.String("supergraph", defaultSupergraph, "the supergraph's `file`")
	if status, ok := parseFlags(flags, apiHelp, args, io); !ok {
		return status
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(io.err, "shopgraph api: there is an argument too many: %q\n", flags.Arg(0))
		return exitUsage
	}
	sdl, err := os.ReadFile(*file)
	if err != nil {
		fmt.Fprintf(io.err, "shopgraph api: there is no supergraph at %s: name the file with --supergraph\n", *file)
		return exitUsage
	}
	parsed, err := supergraph.Parse(string(sdl))
	if err != nil {
		fmt.Fprintf(io.err, "shopgraph api: %s: %v\n", *file, err)
		return exitUsage
	}
	printAPI(io.out, parsed.API)
	return exitOK
}

// printAPI writes the operations first, then everything by name.
func printAPI(w io.Writer, s *ast.Schema) {
	roots := []*ast.Definition{s.Query, s.Mutation, s.Subscription}
	definitions := slices.DeleteFunc(slices.Collect(maps.Values(s.Types)), func(d *ast.Definition) bool { return d.BuiltIn })
	rank := func(d *ast.Definition) int {
		if i := slices.Index(roots, d); i >= 0 {
			return i
		}
		return len(roots)
	}
	slices.SortFunc(definitions, func(a, b *ast.Definition) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Name, b.Name))
	})
	var document ast.SchemaDocument
	for _, name := range slices.Sorted(maps.Keys(s.Directives)) {
		if d := s.Directives[name]; d.Position != nil && d.Position.Src != nil && !d.Position.Src.BuiltIn {
			document.Directives = append(document.Directives, d)
		}
	}
	printer := func(d *ast.SchemaDocument) {
		formatter.NewFormatter(w, formatter.WithIndent("  ")).FormatSchemaDocument(d)
	}
	printer(&document)
	for i, d := range definitions {
		if i > 0 || len(document.Directives) > 0 {
			fmt.Fprintln(w)
		}
		printer(&ast.SchemaDocument{Definitions: ast.DefinitionList{d}})
	}
}
