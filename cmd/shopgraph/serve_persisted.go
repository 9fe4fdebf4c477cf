package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"

	"github.com/shopgraph/shopgraph/router"
	"github.com/shopgraph/shopgraph/router/cache"
	"github.com/shopgraph/shopgraph/router/persisted"
	"github.com/shopgraph/shopgraph/router/watch"
)

// persistedMode is the mode that the settings name. The error says which setting
// lacks another.
func (c *config) persistedMode() (persisted.Mode, error) {
	mode := persisted.Mode(slices.Index(persisted.Modes, c.trusted))
	switch {
	case mode != persisted.Off && len(c.manifests) == 0:
		return 0, fmt.Errorf("trusted-documents is %q, and no manifest says which are trusted", c.trusted)
	case mode == persisted.Off && len(c.manifests) > 0:
		return 0, fmt.Errorf("there is a manifest of trusted documents, and trusted-documents says nothing of what is done with it; choose from %q", persisted.Modes[1:])
	}
	return mode, nil
}

// persisted returns the executor that knows documents by their names.
func (c *config) persisted(next router.Executor, log *slog.Logger) (*persisted.Store, error) {
	mode, err := c.persistedMode()
	if err != nil {
		return nil, err
	}
	o := persisted.Options{Mode: mode, Log: log}
	if c.automatic > 0 {
		o.Automatic = cache.Bounds{Entries: persisted.DefaultAutomatic.Entries, Weight: c.automatic}
	}
	if o.Trusted, err = readManifests(c.manifests); err != nil {
		return nil, err
	}
	return persisted.New(next, o), nil
}

func readManifests(files []string) (*persisted.Documents, error) {
	documents := &persisted.Documents{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("the manifest of trusted documents: %w", err)
		}
		if err := documents.Add(text); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return documents, nil
}

// watchManifests changes to what the manifests say, whenever one changes, until
// ctx ends.
func (g *gateway) watchManifests(ctx context.Context) {
	for _, file := range g.config.manifests {
		text, _ := os.ReadFile(file) // what cannot be read now differs from what can be later
		go watch.File(ctx, watch.Options{Path: file, Log: g.log}, string(text), func(string) {
			documents, err := readManifests(g.config.manifests)
			if err != nil {
				g.log.Error("the new manifest is not usable; the documents before stay trusted", "error", err)
				return
			}
			g.persisted.Trust(documents)
			g.log.Info("the trusted documents have changed", "file", file, "documents", documents.Len())
		})
	}
}
