// Command router measures what a router costs for a query, beside a program that
// knows the one right plan by heart: "make bench-router".
//
//	federation.go  four subgraphs and a query of this repository, over made data
//	standins.go    subgraphs that answer whatever a plan asks, and count
//	reference.go   the program that knows the plan by heart
//	rivals.go      the routers that npm has, which join where npm is there
//	kit.go         the field's benchmark query instead, by -kit
//
// Every program has to give the answer that a server with all the data gives.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/shopgraph/shopgraph/bench/measure"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	call := run
	if len(os.Args) > 1 && os.Args[1] == "reference" {
		call = func(ctx context.Context) error { return serveReference(ctx, os.Args[2:]) }
	}
	if err := call(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench router:", err)
		os.Exit(1)
	}
}

type settings struct {
	program, kit, npm, out string
	rivals                 bool
	rounds                 int
	window, warm           time.Duration
}

func run(ctx context.Context) error {
	var s settings
	flag.StringVar(&s.program, "shopgraph", "bin/shopgraph", "the `program` to measure")
	flag.StringVar(&s.kit, "kit", "", "measure the field's benchmark query, whose measuring kit is in this `folder`")
	flag.StringVar(&s.npm, "npm", filepath.Join("bench", "router", "npm"), "the `folder` where the rivals are pinned and installed")
	flag.StringVar(&s.out, "out", "", "the `folder` for the table and the picture; none prints the table only")
	flag.BoolVar(&s.rivals, "rivals", true, "measure the rivals from npm, where Node is there")
	flag.IntVar(&s.rounds, "rounds", 5, "how often each has its turn")
	flag.DurationVar(&s.window, "window", 4*time.Second, "how long a turn lasts")
	flag.DurationVar(&s.warm, "warm", 6*time.Second, "how long each is asked before the first turn")
	flag.Parse()
	w, err := build(ctx, s)
	if err != nil {
		return err
	}
	defer w.close()
	markdown, picture, err := w.compare(ctx, s)
	if err != nil {
		return err
	}
	fmt.Print("\n" + markdown)
	if s.out == "" {
		return nil
	}
	if err := os.WriteFile(filepath.Join(s.out, w.name+".md"), []byte(markdown), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.out, w.name+".svg"), []byte(picture), 0o644)
}

func (w *world) compare(ctx context.Context, s settings) (markdown, picture string, err error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, an answer of %d kB; nothing shared between requests; %s. CPU time beside the reference measured in turns.\n",
		w.title, len(w.targets[0].Answers[0])/1000, measure.Machine())
	for _, what := range w.out {
		fmt.Fprintf(&b, "\nLeft out: %s.\n", what)
	}
	for _, connections := range []int{50, 1} {
		found, err := measure.Compare(ctx, w.targets, measure.Plan{
			Rounds: s.rounds, Connections: connections, Window: s.window, Warm: s.warm, Progress: os.Stderr,
		})
		if err != nil {
			return "", "", err
		}
		slices.SortStableFunc(found, func(a, b *measure.Comparison) int { return cmp.Compare(ratio(a).Median, ratio(b).Median) })
		plural := map[bool]string{true: "s"}[connections > 1]
		fmt.Fprintf(&b, "\n%d connection%s:\n\n%s", connections, plural, w.table(found))
		if connections > 1 {
			picture = bars(found)
		}
	}
	return b.String(), picture, nil
}

// ratio is the target's by the reference; the reference's own is 1.
func ratio(c *measure.Comparison) measure.Spread {
	if len(c.Ratios) == 0 {
		return measure.Spread{Median: 1, Least: 1, Most: 1}
	}
	return measure.SpreadOf(c.Ratios)
}

func (w *world) table(found []*measure.Comparison) string {
	var rows [][]string
	for _, c := range found {
		rows = append(rows, []string{
			c.Target.Name, ratio(c).String(), fmt.Sprintf("%.3f", c.Of(measure.CPUPerThousand).Median), fmt.Sprintf("%.0f", c.Of(measure.PerSecond).Median),
			fmt.Sprintf("%.1f", c.Of(measure.P50).Median), fmt.Sprintf("%.1f", c.Of(measure.P99).Median),
			fmt.Sprint(w.calls[c.Target.Name]), fmt.Sprint(c.Peak >> 20),
		})
	}
	return measure.Table([]string{"program", "CPU by the reference (spread)", "CPU-s for 1,000 requests", "requests/s", "p50 ms", "p99 ms", "requests made", "peak RSS MB"}, rows)
}

func bars(found []*measure.Comparison) string {
	var all []measure.Bar
	for _, c := range found {
		all = append(all, measure.Bar{Label: c.Target.Name, Value: ratio(c), Note: "×", Ours: strings.HasPrefix(c.Target.Name, "shopgraph")})
	}
	return measure.Bars("CPU per request, by a hard-coded program in Go", all)
}
