// Command scale measures how cost grows with size: "make bench-scale". Most of it
// runs the router in this process, over transports that answer at once from
// memory, and takes this process's CPU time, garbage collection included; the
// connections and the cores are those of a router of its own.
//
// It writes a table with the exponent of each growth, 1 being proportional, and a
// plot for each.
package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/shopgraph/shopgraph/bench/measure"
)

// growth is one thing measured at several sizes.
type growth struct {
	name, x, y string
	lines      []measure.Line
	// note is what the reader should know.
	note string
	// noExponent says that the sizes are none that anything grows with.
	noExponent bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if ran, err := apart(ctx, os.Args[1:]); ran {
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench scale:", strings.Join(os.Args[1:], " "), err)
			os.Exit(1)
		}
		return
	}
	out := flag.String("out", "", "the `folder` for the table and the plots; none prints the table only")
	program := flag.String("shopgraph", "bin/shopgraph", "the `program` whose connections are measured")
	only := flag.String("only", "", "measure only the growth of this `name`")
	audit := flag.String("audit", filepath.Join("..", "shared", "federation", "audit"), "the `folder` of the public cases, which are planned where they are")
	flag.Parse()
	if err := run(ctx, settings{*program, *out, *only, *audit}); err != nil {
		fmt.Fprintln(os.Stderr, "bench scale:", err)
		os.Exit(1)
	}
}

type settings struct{ program, out, only, audit string }

func run(ctx context.Context, s settings) error {
	debug.SetGCPercent(300) // as "shopgraph serve" does
	var rows [][]string
	for _, g := range []struct {
		name    string
		measure func(context.Context) (*growth, error)
	}{
		{"answer", answerSizes}, {"entities", entityCounts}, {"subgraphs", subgraphCounts}, {"depth", depths},
		{"planning", func(context.Context) (*growth, error) { return planning(s.audit) }},
		{"connections", func(ctx context.Context) (*growth, error) { return connections(ctx, s.program) }},
		{"cores", func(ctx context.Context) (*growth, error) { return cores(ctx, s.program) }},
		{"tail", func(ctx context.Context) (*growth, error) { return tail(ctx, s.program) }},
	} {
		if s.only != "" && g.name != s.only {
			continue
		}
		fmt.Fprintln(os.Stderr, g.name)
		found, err := g.measure(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", g.name, err)
		}
		rows = append(rows, found.rows()...)
		if s.out != "" && len(found.lines) > 0 && len(found.lines[0].Points) > 2 {
			picture := measure.Lines(found.name, found.x, found.y, found.lines)
			if err := os.WriteFile(filepath.Join(s.out, "scale-"+g.name+".svg"), []byte(picture), 0o644); err != nil {
				return err
			}
		}
	}
	markdown := measure.Machine() + "\n"
	if len(rows) > 0 {
		markdown += "\n" + measure.Table([]string{"growth", "of", "from", "to", "exponent", "remark"}, rows)
	}
	if s.only == "" || s.only == "collections" {
		fmt.Fprintln(os.Stderr, "collections")
		table, err := collections(ctx, s.program)
		if err != nil {
			return fmt.Errorf("collections: %w", err)
		}
		markdown += "\n" + table
	}
	fmt.Print(markdown)
	if s.out == "" || s.only != "" {
		return nil
	}
	return os.WriteFile(filepath.Join(s.out, "scale.md"), []byte(markdown), 0o644)
}

// rows are the lines of the table: the first and the last point, and between the
// last two points the exponent of the growth.
func (g *growth) rows() (rows [][]string) {
	for _, l := range g.lines {
		first, last := l.Points[0], l.Points[len(l.Points)-1]
		row := []string{g.name, l.Label, point(first, g), point(last, g), "", g.note}
		if len(l.Points) > 2 && !g.noExponent {
			before := l.Points[len(l.Points)-2]
			row[4] = fmt.Sprintf("%.2f", math.Log(last[1]/before[1])/math.Log(last[0]/before[0]))
		}
		rows = append(rows, row)
	}
	return rows
}

func point(p [2]float64, g *growth) string {
	return fmt.Sprintf("%s %s: %s %s", short(p[0]), g.x, short(p[1]), g.y)
}

func short(v float64) string {
	text := fmt.Sprintf("%.3g", v)
	if strings.Contains(text, "e") {
		text = fmt.Sprintf("%.0f", v)
	}
	return text
}

// cpuOf is the CPU time of one call in microseconds: the least of three rounds,
// each long enough to be measured. Whatever disturbs only adds.
func cpuOf(do func() error) (float64, error) {
	if err := do(); err != nil { // the first prepares
		return 0, err
	}
	least := math.Inf(1)
	for range 3 {
		runtime.GC()
		calls, before := 0, cpu()
		for cpu()-before < 100*time.Millisecond {
			if err := do(); err != nil {
				return 0, err
			}
			calls++
		}
		least = min(least, float64((cpu()-before).Microseconds())/float64(calls))
	}
	return least, nil
}

// cpu is the time that this process has used.
func cpu() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // of the arguments
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
