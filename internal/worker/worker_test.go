package worker

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A loop works on while there is work, rests when there is none, and comes back
// later and later after errors. The time in these tests is the bubble's own.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		began := time.Now()
		results := []struct {
			did int
			err error
			at  [2]time.Duration // earliest and latest
		}{
			{3, nil, [2]time.Duration{0, 0}},
			{1, nil, [2]time.Duration{0, 0}},
			{0, nil, [2]time.Duration{0, 0}},
			{0, errors.New("no database"), [2]time.Duration{500 * time.Millisecond, 1500 * time.Millisecond}},
			{0, errors.New("no database"), [2]time.Duration{time.Second, 3 * time.Second}},
			{1, nil, [2]time.Duration{2 * time.Second, 6 * time.Second}},
			{0, nil, [2]time.Duration{2 * time.Second, 6 * time.Second}},
		}
		ctx, stop := context.WithCancel(t.Context())
		n := 0
		loop := New("test", time.Second, slog.New(slog.NewTextHandler(&log, nil)), func(context.Context) (int, error) {
			r, at := results[n], time.Since(began)
			if at < r.at[0] || at > r.at[1] {
				t.Errorf("call %d after %s, want %s", n, at, r.at)
			}
			if n++; n == len(results) {
				stop()
			}
			return r.did, r.err
		})
		RunAll(ctx, loop)
		if n != len(results) || strings.Count(log.String(), "no database") != 2 {
			t.Errorf("%d calls, log:\n%s", n, &log)
		}
	})
}

func TestWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, calls := time.Now(), 0
		ctx, stop := context.WithCancel(t.Context())
		loop := New("test", time.Hour, slog.New(slog.DiscardHandler), func(context.Context) (int, error) {
			if calls++; calls == 2 {
				stop()
			}
			return 0, nil
		})
		go func() {
			time.Sleep(time.Second)
			loop.Wake()
			loop.Wake() // never waits
		}()
		loop.Run(ctx)
		if took := time.Since(began); calls != 2 || took != time.Second {
			t.Errorf("%d calls after %s", calls, took)
		}
	})
}
