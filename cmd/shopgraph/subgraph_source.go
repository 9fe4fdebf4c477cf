package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/shopgraph/shopgraph/schema/subgraph"
)

// sources reads the schemas of all listed subgraphs: from files, from
// supergraph.yaml itself, or from the subgraphs where they run.
func sources(ctx context.Context, list []listedSubgraph, from tree) ([]subgraph.Source, error) {
	out := make([]subgraph.Source, len(list))
	group, ctx := errgroup.WithContext(ctx)
	for i, s := range list {
		group.Go(func() (err error) {
			if out[i], err = s.source(ctx, from); err != nil {
				return fmt.Errorf("subgraph %q: %w", s.name, err)
			}
			return nil
		})
	}
	return out, group.Wait()
}

// source reads the schema of one.
func (s listedSubgraph) source(ctx context.Context, from tree) (subgraph.Source, error) {
	out := subgraph.Source{Name: s.name, URL: s.RoutingURL}
	if s.Schema.SDL != "" {
		out.Files = []subgraph.File{{Name: fmt.Sprintf("%s (sdl of %s)", s.Schema.config, s.name), SDL: s.Schema.SDL}}
		return out, nil
	}
	if url := s.Schema.SubgraphURL; url != "" {
		sdl, err := (&remote{url, s.Schema.Headers}).schema(ctx)
		if err != nil {
			return out, fmt.Errorf("%s: %w", url, err)
		}
		out.Files = []subgraph.File{{Name: url, SDL: sdl}}
		return out, nil
	}
	names, err := s.Schema.files(from)
	if err != nil {
		return out, err
	}
	for _, name := range names {
		text, err := from.read(name)
		if errors.Is(err, fs.ErrNotExist) {
			return out, fmt.Errorf("there is no file %s", name)
		}
		if err != nil {
			return out, err
		}
		out.Files = append(out.Files, subgraph.File{Name: name, SDL: string(text)})
	}
	return out, nil
}

// files lists the files of the schema, relative to where this program runs.
func (s listedSchema) files(from tree) ([]string, error) {
	var out []string
	for _, name := range s.File {
		if !filepath.IsAbs(name) {
			name = filepath.Join(s.folder, name)
		}
		if !isPattern(name) {
			out = append(out, filepath.Clean(name))
			continue
		}
		found, err := glob(from, name)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("no file matches %s", name)
		}
		out = append(out, found...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// oneText joins the files of a source.
func oneText(s subgraph.Source) string {
	var text strings.Builder
	for _, f := range s.Files {
		text.WriteString(f.SDL + "\n")
	}
	return text.String()
}
