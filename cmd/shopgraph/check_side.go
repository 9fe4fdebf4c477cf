package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/shopgraph/shopgraph/schema/check"
	"github.com/shopgraph/shopgraph/schema/check/verdict"
	"github.com/shopgraph/shopgraph/schema/compose"
	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/report"
	"github.com/shopgraph/shopgraph/schema/subgraph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// side is one of the two states that a check compares, with what it was made of.
type side struct {
	verdict.Side
	// sdl is the supergraph, composed or read, "" where there is none.
	sdl string
	// sources are the subgraphs, nil where they are not known.
	sources []subgraph.Source
	// files are the texts that positions refer to, by name.
	files map[string]string
	// composition are the errors and hints of composing the subgraphs.
	composition []report.Finding
	// single is the only schema, of a side that is neither a supergraph nor a
	// configuration.
	single *ast.Source
}

// loader loads sides.
type loader struct {
	// config is the supergraph.yaml of the new side, "" where there is none.
	config string
	// subgraph is the name of the subgraph that a lone schema replaces.
	subgraph string
	headers  map[string]string
	// note says what should be known of the old side, beside the report.
	note string
	// tip compares with a revision itself, not with where HEAD left it.
	tip bool
}

// newSide loads what is checked: a supergraph.yaml, or one schema.
func (l *loader) newSide(ctx context.Context, path string) (*side, error) {
	if isConfig(path) {
		return l.configured(ctx, path, path, workingTree{})
	}
	text, err := readSchema(path, workingTree{})
	if err != nil {
		return nil, err
	}
	return schemaSide(path, path, text)
}

// oldSide loads what the new side is compared with.
func (l *loader) oldSide(ctx context.Context, against string, new *side, newPath string) (*side, error) {
	if url := against; strings.HasPrefix(url, "http://") || strings.HasPrefix(url, "https://") {
		return l.running(ctx, url, new)
	}
	from, path, name := tree(workingTree{}), against, against
	if revision, ok := strings.CutPrefix(against, "git:"); ok {
		revision, inside, _ := strings.Cut(revision, ":")
		repository, err := openRevision(ctx, revision, l.tip)
		if err != nil {
			return nil, err
		}
		from, path = repository, inside
		if path == "" {
			path = newPath
		}
		name = "git:" + revision
		if repository.isHead() {
			l.note = name + " is what is checked out, or begins after it: only what is not committed yet is compared"
		}
	}
	if isConfig(path) {
		return l.configured(ctx, name, path, from)
	}
	text, err := readSchema(path, from)
	var old *side
	if err == nil {
		old, err = schemaSide(name, path, text)
	}
	if err != nil && name != path {
		err = fmt.Errorf("%s: %w", name, err)
	}
	if err != nil {
		return nil, err
	}
	return l.match(old, new, name, path)
}

func isConfig(path string) bool {
	ext := filepath.Ext(path)
	return ext == ".yaml" || ext == ".yml"
}

// readSchema reads a file that should hold SDL, and says what it is when it does
// not.
func readSchema(path string, from tree) (string, error) {
	text, err := from.read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("there is no file %s", path)
	case errors.Is(err, syscall.EISDIR):
		return "", fmt.Errorf("%s is a folder: name the file in it that holds the schema", path)
	case err != nil:
		return "", err
	}
	trimmed := strings.TrimSpace(string(text))
	switch {
	case trimmed == "":
		return "", fmt.Errorf("%s is empty", path)
	case strings.HasPrefix(trimmed, "{"):
		return "", fmt.Errorf("%s is JSON or an operation, not GraphQL SDL: a check needs the schema's text", path)
	case strings.HasPrefix(trimmed, "<"):
		return "", fmt.Errorf("%s is a page of HTML or XML, not GraphQL SDL", path)
	}
	return string(text), nil
}

// schemaSide is a side that is one document: a supergraph, a subgraph or any
// other schema.
func schemaSide(name, path, text string) (*side, error) {
	doc, err := parser.ParseSchema(&ast.Source{Name: path, Input: text})
	if err != nil {
		if _, notQuery := parser.ParseQuery(&ast.Source{Input: text}); notQuery == nil {
			return nil, fmt.Errorf("%s holds operations, not GraphQL SDL: operations are named by --operations", path)
		}
		return nil, fmt.Errorf("%s is not GraphQL SDL: %w", path, err)
	}
	if len(doc.Definitions)+len(doc.Extensions)+len(doc.Directives)+len(doc.Schema)+len(doc.SchemaExtension) == 0 {
		return nil, fmt.Errorf("%s defines nothing", path)
	}
	s := &side{files: map[string]string{path: text}}
	s.Name = name
	switch composer := composedBy(doc); composer {
	case "":
		return s, s.readSingle(path, text)
	case "federation":
		return s, s.readSupergraph(path, text)
	default:
		return nil, fmt.Errorf("%s was composed for %s, which is not Apollo Federation: compose the subgraphs with \"shopgraph compose\" and compare with that", path, composer)
	}
}

// composedBy says by the directives of a document which composer wrote it: ""
// for none.
func composedBy(doc *ast.SchemaDocument) string {
	for _, def := range slices.Concat(doc.Schema, doc.SchemaExtension) {
		for _, d := range def.Directives {
			for _, arg := range d.Arguments {
				if arg.Value != nil && strings.HasPrefix(arg.Value.Raw, "https://specs.apollo.dev/join/") {
					return "federation"
				}
			}
		}
	}
	for _, d := range doc.Directives {
		switch prefix, _, _ := strings.Cut(d.Name, "__"); prefix {
		case "fusion":
			return "HotChocolate Fusion"
		case "composite":
			return "the Composite Schemas specification"
		}
		if d.Name == "computed" || d.Name == "merge" && doc.Directives.ForName("computed") != nil {
			return "schema stitching"
		}
	}
	return ""
}

func (s *side) readSupergraph(path, text string) error {
	parsed, err := supergraph.Parse(text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	renameSource(parsed.API, path)
	s.sdl, s.Supergraph, s.API, s.Engine = text, parsed, parsed.API, newEngine(parsed)
	return nil
}

// renameSource gives the positions of a supergraph's API the file's name.
func renameSource(api *ast.Schema, path string) {
	for _, def := range api.Types {
		if def.Position != nil && def.Position.Src != nil && !def.Position.Src.BuiltIn {
			def.Position.Src.Name = path // one source for all
			return
		}
	}
}

func (s *side) readSingle(path, text string) error {
	s.single = &ast.Source{Name: path, Input: text}
	api, err := check.Read(s.single)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	s.API = api
	if s.Engine, err = newSchemaEngine(text); err != nil {
		s.Engine = brokenEngine{fmt.Errorf("%s: %w", path, err)}
	}
	return nil
}

// configured composes the subgraphs of a supergraph.yaml.
func (l *loader) configured(ctx context.Context, name, path string, from tree) (*side, error) {
	list, err := readSupergraphYAML(path, from)
	if err != nil {
		if name != path {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return nil, err
	}
	sources, err := sources(ctx, list, from)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return composedSide(name, sources)
}

// composedSide composes. That it fails is no error here: it is what the check
// found.
func composedSide(name string, sources []subgraph.Source) (*side, error) {
	s := &side{sources: sources, files: map[string]string{}}
	s.Name, s.Subgraphs = name, map[string]*ast.Schema{}
	for _, source := range sources {
		var files []*ast.Source
		for _, f := range source.Files {
			s.files[f.Name] = f.SDL
			files = append(files, &ast.Source{Name: f.Name, Input: f.SDL})
		}
		if schema, err := check.Read(files...); err == nil {
			s.Subgraphs[source.Name] = schema // composition reports those that cannot be read
		}
	}
	composed, err := compose.Supergraph(sources)
	var errs federation.Errors
	switch {
	case errors.As(err, &errs):
		s.composition = compositionFindings(nil, errs)
		return s, nil
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	s.composition = compositionFindings(composed, nil)
	return s, s.readSupergraph("the supergraph of "+name, composed.SDL)
}

// match makes an old schema comparable with the new side: one with one, or, when
// the new side is composed, as one of its subgraphs.
func (l *loader) match(old, new *side, name, path string) (*side, error) {
	switch {
	case old.single != nil && new.single == nil && new.sources != nil:
		return l.replaced(old, new, name, path)
	case (old.single == nil) != (new.single == nil):
		return nil, fmt.Errorf("%s is %s and %s is %s: they cannot be compared", old.Name, old.kind(), new.Name, new.kind())
	}
	return old, nil
}

func (s *side) kind() string {
	switch {
	case s.single != nil:
		return "a single schema"
	case s.sources != nil:
		return "a list of subgraphs"
	default:
		return "a supergraph"
	}
}

// replaced is the new side with an old schema in the place of one subgraph.
func (l *loader) replaced(old, new *side, name, path string) (*side, error) {
	var fits []int
	for i, source := range new.sources {
		if source.Name == l.subgraph || l.subgraph == "" && (source.URL == path || sameFile(path, source)) {
			fits = append(fits, i)
		}
	}
	if len(fits) != 1 {
		names := make([]string, len(new.sources))
		for i, source := range new.sources {
			names[i] = source.Name
		}
		return nil, fmt.Errorf("%s is the schema of one subgraph: say of which with --subgraph (%s)", path, strings.Join(names, ", "))
	}
	sources := slices.Clone(new.sources)
	sources[fits[0]].Files = []subgraph.File{{Name: path, SDL: old.single.Input}}
	return composedSide(name, sources)
}

// sameFile says whether a path ends as that of a subgraph's file does: in its
// folder and name.
func sameFile(path string, source subgraph.Source) bool {
	tail := func(p string) string {
		return filepath.Join(filepath.Base(filepath.Dir(p)), filepath.Base(p))
	}
	return slices.ContainsFunc(source.Files, func(f subgraph.File) bool { return f.Name != "" && tail(f.Name) == tail(path) })
}
