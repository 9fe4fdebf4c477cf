package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/shopgraph/shopgraph/schema/subgraph"
)

const (
	// settle is how long files must be quiet before they are composed: editors
	// write one file in several steps, and tools several files.
	settle = 100 * time.Millisecond
	// askAgain is how often running subgraphs are asked for their schemas.
	askAgain = 2 * time.Second
)

// watching composes whenever what the configuration names has changed.
type watching struct {
	*composing
	io      stdio
	watcher *fsnotify.Watcher
	// sources and err are what was read last; nothing is said while they stay.
	sources []subgraph.Source
	err     string
}

// watch composes now and whenever a schema changes, until the context ends.
// Errors are shown and waited out: the next change may mend them.
func (c *composing) watchFiles(ctx context.Context, io stdio) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("files cannot be watched: %w", err)
	}
	defer watcher.Close()
	w := &watching{composing: c, io: io, watcher: watcher}
	remote := w.round(ctx)
	asking := time.NewTicker(askAgain)
	defer asking.Stop()
	var quiet <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case event := <-watcher.Events:
			if event.Op != fsnotify.Chmod {
				quiet = time.After(settle)
			}
		case <-quiet:
			remote, quiet = w.round(ctx), nil
		case <-asking.C:
			if remote {
				remote = w.round(ctx)
			}
		case err := <-watcher.Errors:
			fmt.Fprintf(io.err, "shopgraph compose: %v\n", err)
		}
	}
}

// round reads everything anew and composes if it is not what it was. remote says
// whether a running subgraph is among it.
func (w *watching) round(ctx context.Context) (remote bool) {
	w.follow(filepath.Dir(w.config))
	list, err := readSupergraphYAML(w.config, workingTree{})
	for _, s := range list {
		remote = remote || s.Schema.SubgraphURL != ""
		files, _ := s.Schema.files(workingTree{})
		for _, f := range files {
			w.follow(filepath.Dir(f))
		}
	}
	var read []subgraph.Source
	if err == nil {
		read, err = sources(ctx, list, workingTree{})
	}
	if ctx.Err() == nil {
		w.compose(read, err)
	}
	return remote
}

// follow watches a folder; folders, as editors replace files.
func (w *watching) follow(folder string) {
	if slices.Contains(w.watcher.WatchList(), folder) {
		return
	}
	if err := w.watcher.Add(folder); err != nil {
		fmt.Fprintf(w.io.err, "shopgraph compose: %s cannot be watched: %v\n", folder, err)
	}
}

func (w *watching) compose(read []subgraph.Source, err error) {
	problem := ""
	if err != nil {
		problem = err.Error()
	}
	if problem == w.err && slices.EqualFunc(read, w.sources, sameSource) && (read != nil || problem != "") {
		return
	}
	w.sources, w.err = read, problem
	status := exitUsage
	if err == nil {
		status, err = w.write(read, w.io)
	}
	switch {
	case err != nil:
		fmt.Fprintf(w.io.err, "shopgraph compose: %v\n", err)
		fallthrough
	case status != exitOK:
		fmt.Fprintln(w.io.err, "not composed; waiting for changes")
	default:
		fmt.Fprintln(w.io.err, "composed; waiting for changes")
	}
}

func sameSource(a, b subgraph.Source) bool {
	return a.Name == b.Name && a.URL == b.URL && slices.Equal(a.Files, b.Files)
}
