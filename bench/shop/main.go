// Command shop measures what the shop's main query costs, from the client's
// connection to the rows and back, beside programs that are written by hand to
// answer just that: "make bench-shop".
//
//	all        shopgraph serve all: router and three subgraphs in one process
//	apart      the same as four processes
//	join       one net/http handler, one SQL join
//	three      the same handler, three SELECTs
//	rest       three REST services and a client that joins
//
// All of them read the same tables of one PostgreSQL, prepared, check who asks,
// and must give the same answers. CPU time is that of their own processes, not of
// PostgreSQL.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/shopgraph/shopgraph/bench/measure"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if len(os.Args) > 1 && os.Args[1] == "anchor" {
		err = serveAnchor(ctx, os.Args[2:])
	} else {
		err = run(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench shop:", err)
		os.Exit(1)
	}
}

type settings struct {
	program, out, only string
	rounds             int
	window, warm       time.Duration
}

func run(ctx context.Context) error {
	var s settings
	flag.StringVar(&s.program, "shopgraph", "bin/shopgraph", "the `program` to measure")
	flag.StringVar(&s.out, "out", "", "the `folder` for the table and the picture; none writes the table only")
	flag.StringVar(&s.only, "only", "", "measure only these beside the reference, `names` with commas")
	flag.IntVar(&s.rounds, "rounds", 5, "how often each has its turn")
	flag.DurationVar(&s.window, "window", 3*time.Second, "how long a turn lasts")
	flag.DurationVar(&s.warm, "warm", 4*time.Second, "how long each is asked before the first turn")
	flag.Parse()
	w, err := build(ctx, s)
	if err != nil {
		return err
	}
	defer w.close()
	report, err := w.compare(ctx, s)
	if err != nil {
		return err
	}
	fmt.Print("\n" + report.markdown)
	if s.out == "" {
		return nil
	}
	if err := os.WriteFile(filepath.Join(s.out, "shop.md"), []byte(report.markdown), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.out, "shop.svg"), []byte(report.picture), 0o644)
}

// report is what was found.
type report struct{ markdown, picture string }

// names says what the targets are, for the tables.
var names = map[string]string{
	"three": "one handler, three SELECTs", "join": "one handler, one SQL join", "rest": "three REST services and a client that joins",
	"all": "shopgraph serve all", "apart": "shopgraph as four processes",
}

func (w *world) compare(ctx context.Context, s settings) (*report, error) {
	r := &report{}
	var markdown strings.Builder
	fmt.Fprintf(&markdown, "The main query of the shop; %s. CPU time of the services' own processes, beside \"three\" measured in turns.\n", measure.Machine())
	for _, connections := range []int{50, 1} {
		found, err := measure.Compare(ctx, w.targets, measure.Plan{
			Rounds: s.rounds, Connections: connections, Window: s.window, Warm: s.warm, Progress: os.Stderr,
		})
		if err != nil {
			return nil, err
		}
		plural := "s"
		if connections == 1 {
			plural = ""
		}
		fmt.Fprintf(&markdown, "\n%d connection%s:\n\n%s", connections, plural, table(found))
		if connections > 1 {
			r.picture = picture(found)
		}
	}
	r.markdown = markdown.String()
	return r, nil
}

func table(found []*measure.Comparison) string {
	var rows [][]string
	for _, c := range found {
		ratio, toREST := "1", ""
		if len(c.Ratios) > 0 {
			ratio = measure.SpreadOf(c.Ratios).String()
			toREST = toRest(c, found)
		}
		rows = append(rows, []string{
			names[c.Target.Name], fmt.Sprintf("%.3f", c.Of(measure.CPUPerThousand).Median), ratio, toREST,
			fmt.Sprintf("%.0f", c.Of(measure.PerSecond).Median), fmt.Sprintf("%.2f", c.Of(measure.P50).Median), fmt.Sprintf("%.2f", c.Of(measure.P99).Median),
			fmt.Sprintf("%d", c.Peak>>20),
		})
	}
	return measure.Table([]string{"program", "CPU-s for 1,000 requests", "by three SELECTs (spread)", "by REST (spread)", "requests/s", "p50 ms", "p99 ms", "peak RSS MB"}, rows)
}

// toRest is the ratio to the REST services, round by round.
func toRest(c *measure.Comparison, all []*measure.Comparison) string {
	for _, rest := range all {
		if rest.Target.Name != "rest" || len(rest.Ratios) != len(c.Ratios) {
			continue
		}
		ratios := make([]float64, len(c.Ratios))
		for i := range ratios {
			ratios[i] = c.Ratios[i] / rest.Ratios[i]
		}
		return measure.SpreadOf(ratios).String()
	}
	return ""
}

func picture(found []*measure.Comparison) string {
	var bars []measure.Bar
	for _, c := range found {
		value := measure.Spread{Median: 1, Least: 1, Most: 1}
		if len(c.Ratios) > 0 {
			value = measure.SpreadOf(c.Ratios)
		}
		bars = append(bars, measure.Bar{Label: names[c.Target.Name], Value: value, Note: "×", Ours: strings.HasPrefix(names[c.Target.Name], "shopgraph")})
	}
	return measure.Bars("CPU for one order with its customer and products, by three SELECTs", bars)
}
