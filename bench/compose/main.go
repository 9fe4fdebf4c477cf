// Command compose measures composition beside the composers of npm: "make
// bench-compose". Three supergraphs are composed, in turns: that of the shop, the
// largest of the shared cases, and one that is made up, of 100 subgraphs with 200
// types each. Before, it is measured how the cost grows with the subgraphs.
//
// What is compared is CPU time, ours and that of the node process, in rounds after
// one that is not counted, so that the engine of node has compiled what is hot.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/shopgraph/shopgraph/bench/measure"
	"github.com/shopgraph/shopgraph/internal/oracletest"
	"github.com/shopgraph/shopgraph/schema/compose"
	"github.com/shopgraph/shopgraph/schema/schematest"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench compose:", err)
		os.Exit(1)
	}
}

// settings is the command line.
type settings struct {
	out, oracles, cases string
	rounds              int
	limit               time.Duration
}

func run() error {
	var s settings
	flag.StringVar(&s.out, "out", "", "the `folder` for the tables and the plot; none writes the tables only")
	flag.StringVar(&s.oracles, "oracles", "internal/oracletest/npm", "the `folder` of the composers of npm")
	flag.StringVar(&s.cases, "cases", "", "the `folder` of the shared cases; without it the largest case is left out")
	flag.IntVar(&s.rounds, "rounds", 5, "how often each composes, at the most")
	flag.DurationVar(&s.limit, "limit", 3*time.Minute, "a composer that takes longer is stopped, and not asked for larger supergraphs")
	flag.Parse()
	oracle, err := oracletest.Start(s.oracles, oracletest.LargeStack)
	if err != nil {
		return err
	}
	b := &bench{settings: s, oracle: oracle, slow: map[string]bool{}}
	defer func() { b.oracle.Close() }()
	inputs, err := b.inputs()
	if err != nil {
		return err
	}
	grown, plot, err := b.grow()
	if err != nil {
		return err
	}
	clear(b.slow)
	compared, err := b.compare(inputs)
	if err != nil {
		return err
	}
	markdown := fmt.Sprintf("Composition; %s. CPU time in ms, the median of up to %d rounds, ours beside @apollo/composition and @theguild/federation-composition.\n\n%s\n%s\n%s\n",
		measure.Machine(), s.rounds, compared, grown, strings.Join(b.died, " "))
	fmt.Print(markdown)
	if s.out == "" {
		return nil
	}
	if err := os.WriteFile(filepath.Join(s.out, "compose.md"), []byte(markdown), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.out, "compose.svg"), []byte(plot), 0o644)
}

type bench struct {
	settings
	oracle *oracletest.Oracle
	// slow are the composers that took longer than the limit, or died; not asked again.
	slow map[string]bool
	// died says of which input, for the tables.
	died []string
}

// input is one set of subgraphs.
type input struct {
	name    string
	sources []subgraph.Source
}

func (b *bench) inputs() ([]input, error) {
	shop := input{name: "the shop"}
	for _, name := range []string{"users", "products", "orders"} {
		sdl, err := os.ReadFile(filepath.Join("subgraphs", name, "schema.graphqls"))
		if err != nil {
			return nil, err
		}
		shop.sources = append(shop.sources, subgraph.FromSDL(name, "http://"+name, string(sdl)))
	}
	inputs := []input{shop}
	if b.cases != "" {
		largest, err := sharedCase(filepath.Join(b.cases, "composition", "guild", "large--huge-schema"))
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, largest)
	}
	return append(inputs, input{"made up, 200 types each", schematest.Generate(100, 200)}), nil
}

func sharedCase(folder string) (input, error) {
	in := input{name: "the largest case"}
	text, err := os.ReadFile(filepath.Join(folder, "case.json"))
	if err != nil {
		return in, err
	}
	var c struct {
		Subgraphs []struct{ Name, URL, File string }
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return in, fmt.Errorf("%s: %w", folder, err)
	}
	for _, s := range c.Subgraphs {
		sdl, err := os.ReadFile(filepath.Join(folder, "subgraphs", s.File))
		if err != nil {
			return in, err
		}
		in.sources = append(in.sources, subgraph.FromSDL(s.Name, s.URL, string(sdl)))
	}
	return in, nil
}

// composers are what is compared, in the order of the tables.
var composers = []string{"shopgraph", oracletest.Apollo, oracletest.Guild}

// once composes and returns the CPU time it took, in ms.
func (b *bench) once(composer string, in input) (ms float64, err error) {
	if composer == "shopgraph" {
		before := cpuTime()
		if _, err := compose.Supergraph(in.sources); err != nil {
			return 0, fmt.Errorf("%s: %w", in.name, err)
		}
		return float64(cpuTime()-before) / float64(time.Millisecond), nil
	}
	var questions []oracletest.Subgraph
	for _, s := range in.sources {
		questions = append(questions, oracletest.Subgraph{Name: s.Name, URL: s.URL, SDL: s.Files[0].SDL})
	}
	tooLong := time.AfterFunc(b.limit, b.oracle.Kill)
	answer, err := b.oracle.Compose(composer, questions)
	tooLong.Stop()
	if err != nil {
		return 0, b.lost(composer, in, err)
	}
	if !answer.OK {
		return 0, fmt.Errorf("%s: %s does not compose it: %s", in.name, composer, answer.Errors[0].Message)
	}
	return answer.CPUMS, nil
}

// lost notes a composer that died, of too little memory mostly, or was stopped at
// the limit, and starts the oracle anew.
func (b *bench) lost(composer string, in input, err error) error {
	b.slow[composer] = true
	b.died = append(b.died, fmt.Sprintf("%s does not compose %q with %d subgraphs in %s and a heap of %d MB.", composer, in.name, len(in.sources), b.limit, oracletest.Heap))
	fmt.Fprintf(os.Stderr, "%s: %v\n", b.died[len(b.died)-1], err)
	b.oracle, err = oracletest.Start(b.oracles, oracletest.LargeStack)
	return err
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// measured composes with each composer in turns. The first round is not counted,
// unless it took a composer so long that it is the only one.
func (b *bench) measured(in input) (map[string][]float64, error) {
	out := map[string][]float64{}
	const enough = 20_000 // ms
	for _, composer := range composers {
		if b.slow[composer] {
			continue
		}
		ms, err := b.once(composer, in)
		if err != nil {
			return nil, err
		}
		if b.slow[composer] && ms == 0 {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s, %d subgraphs: %s %.0f ms at first\n", in.name, len(in.sources), composer, ms)
		if ms > enough {
			out[composer] = []float64{ms}
		}
	}
	for range b.rounds {
		for _, composer := range composers {
			if b.slow[composer] || len(out[composer]) == 1 && out[composer][0] > enough {
				continue
			}
			ms, err := b.once(composer, in)
			if err != nil {
				return nil, err
			}
			if ms > 0 { // else it was lost
				out[composer] = append(out[composer], ms)
			}
		}
	}
	return out, nil
}

func (b *bench) compare(inputs []input) (string, error) {
	var rows [][]string
	for _, in := range inputs {
		found, err := b.measured(in)
		if err != nil {
			return "", err
		}
		size := 0
		for _, s := range in.sources {
			size += len(s.Files[0].SDL)
		}
		row := []string{in.name, fmt.Sprint(len(in.sources)), fmt.Sprintf("%.0f", float64(size)/1000)}
		rows = append(rows, append(row, times(found)...))
	}
	return measure.Table(append([]string{"supergraph", "subgraphs", "kB of SDL"}, timesHead...), rows), nil
}

var timesHead = []string{"ours", "Apollo", "× ours", "Guild", "× ours"}

func times(found map[string][]float64) []string {
	ours := measure.SpreadOf(found["shopgraph"]).Median
	row := []string{milliseconds(ours)}
	for _, composer := range composers[1:] {
		theirs, factor := "–", "–"
		if list := found[composer]; len(list) > 0 {
			median := measure.SpreadOf(list).Median
			theirs, factor = milliseconds(median), fmt.Sprintf("%.0f", median/ours)
		}
		row = append(row, theirs, factor)
	}
	return row
}

func milliseconds(ms float64) string {
	if ms < 10 {
		return fmt.Sprintf("%.1f", ms)
	}
	return fmt.Sprintf("%.0f", ms)
}

// grow composes supergraphs of ever more subgraphs.
func (b *bench) grow() (table, plot string, err error) {
	const types = 50
	var rows [][]string
	lines := []measure.Line{{Label: "ours"}, {Label: "Apollo"}, {Label: "Guild"}}
	for _, n := range []int{10, 20, 50, 100, 150, 200} {
		in := input{fmt.Sprintf("made up, %d types each", types), schematest.Generate(n, types)}
		result, err := compose.Supergraph(in.sources)
		if err != nil {
			return "", "", err
		}
		found, err := b.measured(in)
		if err != nil {
			return "", "", err
		}
		row := []string{fmt.Sprint(n), fmt.Sprint(result.Steps), fmt.Sprintf("%.1f", float64(result.Steps)/float64(n*types))}
		rows = append(rows, append(row, times(found)...))
		for i, composer := range composers {
			if list := found[composer]; len(list) > 0 {
				lines[i].Points = append(lines[i].Points, [2]float64{float64(n), measure.SpreadOf(list).Median})
			}
		}
	}
	var b2 strings.Builder
	fmt.Fprintf(&b2, "How it grows with the subgraphs, of %d types each. A step is a move through the query graph in the proof that every query can be resolved.\n\n", types)
	b2.WriteString(measure.Table(append([]string{"subgraphs", "steps", "steps per type"}, timesHead...), rows))
	return b2.String(), measure.Lines("Composing ever more subgraphs of 50 types", "subgraphs", "ms of CPU", lines), nil
}
