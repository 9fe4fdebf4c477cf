// Package watch tells of a file's new contents, as long as the program runs.
package watch

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Options say how a file is watched.
type Options struct {
	// Path is the file. It may be a link, and may be replaced.
	Path string
	// Poll is how often the file is read where the system does not tell of
	// changes, and besides that, since not every file system does; 0 is 10
	// seconds.
	Poll time.Duration
	// Now are moments at which the file is read at once; it may be nil.
	Now <-chan os.Signal
	Log *slog.Logger
}

// settle is how long a file must have been left alone before it is read: who
// writes it may do so in several steps.
const settle = 50 * time.Millisecond

// File calls changed with the file's contents whenever they differ from those
// before, beginning with last, until ctx ends. A file that cannot be read is
// logged and tried again; so is one that changed refuses, once it is different.
func File(ctx context.Context, o Options, last string, changed func(contents string)) {
	if o.Poll == 0 {
		o.Poll = 10 * time.Second
	}
	w := &watcher{Options: o, last: last, changed: changed}
	events, stop := notify(o)
	defer stop()
	poll := time.NewTicker(o.Poll)
	defer poll.Stop()
	quiet := time.NewTimer(0) // the file may have changed since it was read
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-events:
			quiet.Reset(settle)
		case <-quiet.C:
			w.read()
		case <-poll.C:
			w.read()
		case <-o.Now:
			w.read()
		}
	}
}

type watcher struct {
	Options
	last    string
	missing bool
	changed func(string)
}

func (w *watcher) read() {
	contents, err := os.ReadFile(w.Path)
	if err != nil {
		if !w.missing {
			w.Log.Warn("the file cannot be read; what was read before stays in use", "file", w.Path, "error", err)
		}
		w.missing = true
		return
	}
	w.missing = false
	if string(contents) != w.last {
		w.last = string(contents)
		w.changed(w.last)
	}
}

// notify returns what happens in the file's folder: where the file is replaced,
// or is a link that is turned to another, the file itself would tell nothing.
func notify(o Options) (events <-chan fsnotify.Event, stop func()) {
	n, err := fsnotify.NewWatcher()
	if err == nil {
		err = n.Add(filepath.Dir(o.Path))
	}
	if err != nil {
		o.Log.Info("the system does not tell of changes; the file is read again from time to time", "file", o.Path, "every", o.Poll, "error", err)
	}
	if n == nil {
		return nil, func() {}
	}
	go func() {
		for err := range n.Errors { // until Close
			o.Log.Warn("changes of the file may have been missed", "file", o.Path, "error", err)
		}
	}()
	return n.Events, func() { n.Close() }
}
