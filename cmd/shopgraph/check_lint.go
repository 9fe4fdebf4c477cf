package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/check/verdict"
	"github.com/shopgraph/shopgraph/schema/lint"
	"github.com/shopgraph/shopgraph/schema/report"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

// lint lints the new side. With lint-existing: ignore, what the old side breaks
// in the same way is hidden.
func (c *checkArgs) lint(old, new *side) ([]report.Finding, error) {
	found, err := lintSide(new, c.file.Lint)
	if err != nil {
		return nil, err
	}
	existing := map[string]bool{}
	if old != nil && c.file.LintExisting == "ignore" {
		before, err := lintSide(old, c.file.Lint)
		if err != nil {
			return nil, err
		}
		for _, f := range before {
			existing[lintID(f)] = true
		}
	}
	levels := map[lint.Level]report.Level{lint.Note: report.Note, lint.Warning: report.Warning, lint.Error: report.Error}
	if new.single == nil && new.sources == nil {
		return nil, nil // a supergraph: its subgraphs' schemas are not here
	}
	out := []report.Finding{}
	for _, f := range found {
		finding := report.Finding{
			Level: levels[f.Level], Code: f.Rule.Name, Subject: f.Coordinate, ID: lintID(f), Message: f.Message,
		}
		if f.Rule.Asks != "" {
			finding.Help = f.Rule.Asks + " (docs/lint/" + f.Rule.Name + ".md)"
		}
		if existing[lintID(f)] {
			finding.Level, finding.Label = report.Hidden, "existing"
		}
		if f.Position != nil {
			finding.Places = []report.Place{verdict.PlaceOf(f.Position, "")}
		}
		out = append(out, finding)
	}
	return out, nil
}

func lintID(f lint.Finding) string { return strings.TrimSpace(f.Rule.Name + " " + f.Coordinate) }

func lintSide(s *side, levels map[string]lint.Level) ([]lint.Finding, error) {
	in := lint.Input{Levels: levels, Supergraph: s.Supergraph}
	if s.single != nil {
		in.Subgraphs = []lint.Subgraph{{Schema: s.API, Sources: []*ast.Source{s.single}}}
	}
	for _, source := range s.sources {
		schema := s.Subgraphs[source.Name]
		if schema == nil {
			continue
		}
		l := lint.Subgraph{Name: source.Name, Schema: schema, Resolvers: gqlgenResolvers(source)}
		for _, f := range source.Files {
			l.Sources = append(l.Sources, sourceOf(schema, f))
		}
		in.Subgraphs = append(in.Subgraphs, l)
	}
	return lint.Run(in)
}

// sourceOf is the source that a schema's positions refer to for a file.
func sourceOf(schema *ast.Schema, f subgraph.File) *ast.Source {
	for _, def := range schema.Types {
		if def.Position != nil && def.Position.Src != nil && def.Position.Src.Name == f.Name {
			return def.Position.Src
		}
	}
	return &ast.Source{Name: f.Name, Input: f.SDL}
}

// gqlgenResolvers are the entity resolvers beside a subgraph's schema, if it is a
// gqlgen server: in the folder of the schema, and in the one that a gqlgen.yml
// there or above names.
func gqlgenResolvers(source subgraph.Source) []lint.Resolver {
	var out []lint.Resolver
	for _, f := range source.Files {
		dir := filepath.Dir(f.Name)
		if _, err := os.Stat(f.Name); err != nil {
			continue // not a file here
		}
		for _, folder := range resolverFolders(dir) {
			files, err := filepath.Glob(filepath.Join(folder, "*.go"))
			if err != nil {
				continue
			}
			for _, file := range files {
				if text, err := os.ReadFile(file); err == nil {
					out = append(out, lint.Resolvers(file, text)...)
				}
			}
		}
	}
	return out
}
