// Command orders measures what reading and placing an order costs beside the
// same SQL statements run bare: "make bench-orders".
//
// The whole shop runs in this process over a PostgreSQL of its own. First every
// request is sent alone, and the statements that it runs are recorded with their
// arguments, BEGIN and COMMIT among them. Then the shop is loaded over HTTP, in
// turns with the recorded statements, which run prepared, in the same order and
// the same transactions, by the same roles. Placing an order bare places one: all
// ids of the request's own making are replaced by new ones. So in the end the
// books have to balance over the orders of both.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/shopgraph/shopgraph/bench/measure"
	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/postgres"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	out := flag.String("out", "", "the `folder` for the table; none prints it only")
	s := settings{size: demodata.Size{Users: 1000, Products: 1000, Orders: 10_000}, requests: 500, connections: []int{1, 20}}
	flag.IntVar(&s.rounds, "rounds", 5, "how often each has its turn")
	flag.DurationVar(&s.window, "window", 2*time.Second, "how long a turn lasts")
	flag.DurationVar(&s.warm, "warm", 2*time.Second, "how long each is asked before the first turn")
	flag.Parse()
	debug.SetGCPercent(300) // as "shopgraph serve" does
	if err := run(ctx, s, *out); err != nil {
		fmt.Fprintln(os.Stderr, "bench orders:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s settings, out string) error {
	folder, err := os.MkdirTemp("", "shopgraph-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	database, err := postgres.Start(ctx, postgres.Options{
		Dir: filepath.Join(folder, "postgres"), Log: slog.New(slog.DiscardHandler), Settings: map[string]string{"max_connections": "300"},
	})
	if err != nil {
		return err
	}
	defer database.Stop()
	shop, err := openShop(ctx, database.URL(), filepath.Join(folder, "mail"), s.size)
	if err != nil {
		return err
	}
	defer shop.close()
	found, err := shop.measure(ctx, s)
	if err != nil {
		return err
	}
	markdown := report(found)
	fmt.Print("\n" + markdown)
	if out == "" {
		return nil
	}
	return os.WriteFile(filepath.Join(out, "orders.md"), []byte(markdown), 0o644)
}

func report(found []finding) string {
	var rows [][]string
	for _, f := range found {
		milliseconds := func(quantity func(measure.Result) float64, of []measure.Result) string {
			return fmt.Sprintf("%.2f", spread(of, quantity).Median)
		}
		rows = append(rows, []string{
			f.name, f.statements.String(), fmt.Sprint(f.connections),
			milliseconds(measure.P50, f.shop), milliseconds(measure.P50, f.bare), ratios(f, measure.P50),
			milliseconds(measure.P99, f.shop), milliseconds(measure.P99, f.bare), ratios(f, measure.P99),
			fmt.Sprintf("%.0f", spread(f.shop, measure.PerSecond).Median), fmt.Sprintf("%.0f", spread(f.bare, measure.PerSecond).Median),
			fmt.Sprintf("%.2f", f.underLoad),
		})
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Reading and placing an order, beside the same SQL statements run bare; %s, which client, shop and PostgreSQL share. Medians of the windows; ratios with their spread.\n\n", measure.Machine())
	b.WriteString(measure.Table([]string{
		"request", "SQL statements (BEGIN and COMMIT of them)", "connections", "p50 ms", "bare p50 ms", "p50 by bare (spread)",
		"p99 ms", "bare p99 ms", "p99 by bare (spread)", "requests/s", "bare/s", "all statements under load, per request",
	}, rows))
	return b.String()
}
