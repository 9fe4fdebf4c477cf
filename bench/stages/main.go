// Command stages says where the time of the shop's main query goes: "make
// bench-stages". It profiles the benchmark of the whole shop in one process and
// adds up the samples by the layer that was at work: the first of ours, or of a
// library's, on the way from what ran to what called it. Memory that a layer asks
// for counts as that layer's, its collection apart.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/shopgraph/shopgraph/bench/measure"
)

// layers are looked for in each frame, in this order.
var layers = []struct {
	name    string
	pattern *regexp.Regexp
}{
	{"the benchmark itself", regexp.MustCompile(`shopgraph\.(askShop|mainQuery|Benchmark)|httptest`)},
	{"lib/pq and prepared statements", regexp.MustCompile(`lib/pq|internal/postgres\.`)},
	{"database/sql", regexp.MustCompile(`database/sql`)},
	{"subgraphs: rows to objects, policies, batches", regexp.MustCompile(`shopgraph/subgraphs/(orders|users|products)\.|internal/(batch|columns|id|money|viewer|page|scalar)\.`)},
	{"gqlgen and lean: fields and JSON", regexp.MustCompile(`gqlgen/graphql\.|internal/generated|internal/lean`)},
	{"subgraphs' endpoint: request, operation, token, limits", regexp.MustCompile(`gqlgen|gqlparser|graphserver|internal/serve|internal/token|rawjson`)},
	{"router: fetches, merging", regexp.MustCompile(`router/execute`)},
	{"router: everything else", regexp.MustCompile(`shopgraph/router`)},
	{"network to PostgreSQL", regexp.MustCompile(`^net\.|internal/poll`)},
}

var collecting = regexp.MustCompile(`gcBgMark|bgsweep|gcAssist|gcStart|bgscavenge`)

func main() {
	out := flag.String("out", "", "the `folder` for the table and the picture; none prints the table only")
	length := flag.Duration("time", 10*time.Second, "how long the benchmark runs")
	flag.Parse()
	if err := run(*out, *length); err != nil {
		fmt.Fprintln(os.Stderr, "bench stages:", err)
		os.Exit(1)
	}
}

func run(out string, length time.Duration) error {
	folder, err := os.MkdirTemp("", "shopgraph-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	program, profile := filepath.Join(folder, "test"), filepath.Join(folder, "cpu")
	test := exec.Command("go", "test", "-run", "^$", "-bench", "^BenchmarkMainQuery$", "-benchtime", length.String(), "-cpuprofile", profile, "-o", program, "./cmd/shopgraph")
	test.Env = append(os.Environ(), "GOGC=300") // as "shopgraph serve" does
	if text, err := test.CombinedOutput(); err != nil {
		return fmt.Errorf("go test: %w\n%s", err, text)
	}
	traces, err := exec.Command("go", "tool", "pprof", "-traces", program, profile).Output()
	if err != nil {
		return fmt.Errorf("go tool pprof: %w", err)
	}
	shares := shares(string(traces))
	var rows [][]string
	var bars []measure.Bar
	for _, s := range shares {
		rows = append(rows, []string{s.layer, fmt.Sprintf("%.1f", s.percent)})
		bars = append(bars, measure.Bar{Label: s.layer, Value: measure.Spread{Median: s.percent}, Note: "%", Ours: strings.HasPrefix(s.layer, "router") || strings.HasPrefix(s.layer, "subgraphs")})
	}
	markdown := measure.Table([]string{"layer", "% of the CPU time"}, rows)
	fmt.Print(markdown)
	if out == "" {
		return nil
	}
	if err := os.WriteFile(filepath.Join(out, "stages.md"), []byte(markdown), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "stages.svg"), []byte(measure.Bars("Where the CPU time of the main query goes (serve all, without HTTP's server)", bars)), 0o644)
}

type share struct {
	layer   string
	percent float64
}

// shares adds up the samples that "pprof -traces" prints: blocks that begin with
// the time and the innermost frame, callers below it.
func shares(traces string) []share {
	times, total := map[string]time.Duration{}, time.Duration(0)
	for block := range strings.SplitSeq(traces, "-----------+") {
		var took time.Duration
		var frames []string
		for line := range strings.Lines(block) {
			fields := strings.Fields(line)
			if len(fields) == 0 {
				continue
			}
			if d, err := time.ParseDuration(fields[0]); err == nil && len(fields) > 1 && frames == nil {
				took, fields = d, fields[1:]
			}
			if took > 0 {
				frames = append(frames, fields[0])
			}
		}
		if took == 0 {
			continue
		}
		if layer := layerOf(frames); layer != layers[0].name {
			times[layer] += took
			total += took
		}
	}
	var all []share
	for layer, took := range times {
		all = append(all, share{layer, 100 * took.Seconds() / total.Seconds()})
	}
	slices.SortFunc(all, func(a, b share) int { return cmp.Compare(b.percent, a.percent) })
	return all
}

func layerOf(frames []string) string {
	if slices.ContainsFunc(frames, collecting.MatchString) {
		return "garbage collection"
	}
	for _, frame := range frames {
		for _, layer := range layers {
			if layer.pattern.MatchString(frame) {
				return layer.name
			}
		}
	}
	return "scheduling and timers"
}
