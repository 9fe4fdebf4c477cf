package main

import (
	"context"
	"fmt"
	"io"
	"time"
)

// startup tells, step by step, what a start is doing.
type startup struct{ out io.Writer }

// step does one thing and writes one line about it, its beginning at once.
func (s *startup) step(ctx context.Context, name, doing string, do func(context.Context) (done string, err error)) error {
	began := time.Now()
	fmt.Fprintf(s.out, "%-11s  %s … ", name, doing)
	done, err := do(ctx)
	if err != nil {
		fmt.Fprintln(s.out, "failed")
		return err
	}
	fmt.Fprintf(s.out, "%s (%s)\n", done, time.Since(began).Round(time.Millisecond))
	return nil
}
