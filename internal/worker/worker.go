// Package worker does in the background what requests leave to be done: sending
// mail, telling others, giving back what has expired.
//
// The work itself lies in a table, and whoever works takes its next part with
// SELECT … FOR UPDATE SKIP LOCKED or by a lease: any number of replicas may work,
// and what one that died had taken, another takes again.
package worker

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
)

// Loop does one kind of work again and again.
type Loop struct {
	name  string
	every time.Duration
	work  func(ctx context.Context) (did int, err error)
	log   *slog.Logger
	wake  chan struct{}
}

// longestPause is how long a loop waits at most after repeated errors.
const longestPause = 30 * time.Second

// New returns a loop. work does what there is to do now, up to a batch, and says
// how much that was: after some it is called again at once, after none when every
// has passed or Wake was called, and after an error later and later.
func New(name string, every time.Duration, log *slog.Logger, work func(ctx context.Context) (did int, err error)) *Loop {
	return &Loop{name, every, work, log, make(chan struct{}, 1)}
}

// Wake says that there is work now. It never waits.
func (l *Loop) Wake() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Run works until ctx ends.
func (l *Loop) Run(ctx context.Context) {
	pause := l.every
	for {
		did, err := l.work(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			l.log.Warn("background work failed and will be tried again", "work", l.name, "in", pause, "error", err)
			l.wait(ctx, pause, nil)
			pause = min(2*pause, longestPause)
		case did > 0:
			pause = l.every
		default:
			pause = l.every
			l.wait(ctx, pause, l.wake)
		}
		if ctx.Err() != nil {
			return
		}
	}
}

// wait lets time pass, not quite the same for each replica, or until woken.
func (l *Loop) wait(ctx context.Context, pause time.Duration, wake <-chan struct{}) {
	timer := time.NewTimer(pause/2 + rand.N(pause))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-wake:
	case <-ctx.Done():
	}
}

// RunAll runs loops until ctx ends and all have stopped.
func RunAll(ctx context.Context, loops ...*Loop) {
	var all sync.WaitGroup
	for _, l := range loops {
		all.Go(func() { l.Run(ctx) })
	}
	all.Wait()
}
