package compose_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/oracletest"
	"github.com/shopgraph/shopgraph/schema/compose"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

var (
	randomCount = flag.Int("random", 100, "how many random sets of subgraphs to compare")
	randomSeed  = flag.Uint64("seed", 1, "the first seed")
	keepFolder  = flag.String("keep", "", "folder to write sets of subgraphs to that are judged differently")
)

// TestRandomAgainstOracle composes random sets of subgraphs here and with the
// reference, and compares verdicts, codes, supergraphs and hints.
func TestRandomAgainstOracle(t *testing.T) {
	compareAll(t, randomSubgraphs)
}

// TestMutationsAgainstOracle does that with changed shared cases.
func TestMutationsAgainstOracle(t *testing.T) {
	var cases [][]subgraph.Source
	for _, c := range sharedCases(t) {
		if c.Expected.OK != nil && !strings.HasPrefix(filepath.Base(c.Dir), "large--") && !strings.Contains(c.Dir, "fixtures") {
			cases = append(cases, c.sources(t))
		}
	}
	compareAll(t, func(seed uint64) []subgraph.Source {
		r := rand.New(rand.NewPCG(seed, 2))
		return mutated(r, cases[r.IntN(len(cases))])
	})
}

func startOracle(t *testing.T) *oracletest.Oracle {
	t.Helper()
	const folder = "../../internal/oracletest/npm"
	if !oracletest.Installed(folder) {
		t.Skip(`the composers of npm are not installed: run "make oracle"`)
	}
	oracle, err := oracletest.Start(folder, oracletest.Stack)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := oracle.Close(); err != nil {
			t.Error(err)
		}
	})
	return oracle
}

func compareAll(t *testing.T, make func(seed uint64) []subgraph.Source) {
	t.Helper()
	oracle := startOracle(t)
	var stats struct{ ok, refused, crashed, different, mutations int }
	codesSeen := map[string]int{}
	for seed := *randomSeed; seed < *randomSeed+uint64(*randomCount); seed++ {
		sources := make(seed)
		answer, err := oracle.Compose(oracletest.Apollo, questions(sources))
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case answer.OK:
			stats.ok++
		case answer.Crashed:
			stats.crashed++
		default:
			stats.refused++
		}
		for _, c := range answerCodes(answer) {
			codesSeen[c]++
		}
		difference := compareWith(sources, answer)
		if difference != "" && answer.OK && withoutMutations(t, oracle, sources) {
			stats.mutations++
			continue
		}
		if difference != "" {
			stats.different++
			t.Errorf("seed %d: %s", seed, difference)
			keep(t, seed, sources, difference)
		}
	}
	t.Logf("%d sets: %d compose, %d are refused, the oracle crashed at %d; %d are judged differently, and %d because of shared mutations", *randomCount, stats.ok, stats.refused, stats.crashed, stats.different, stats.mutations)
	t.Logf("codes: %v", codesSeen)
}

var mutationType = regexp.MustCompile(`(?ms)^(extend )?type Mutation\b.*?^}\n`)

// withoutMutations says whether ours and the oracle agree, on an error, about the
// subgraphs without their mutations: then it is the shared mutation of which
// DEVIATIONS.md tells.
func withoutMutations(t *testing.T, oracle *oracletest.Oracle, sources []subgraph.Source) bool {
	var without []subgraph.Source
	for _, q := range questions(sources) {
		without = append(without, subgraph.FromSDL(q.Name, q.URL, mutationType.ReplaceAllString(q.SDL, "")))
	}
	answer, err := oracle.Compose(oracletest.Apollo, questions(without))
	if err != nil {
		t.Fatal(err)
	}
	return !answer.OK && compareWith(without, answer) == ""
}

func questions(sources []subgraph.Source) []oracletest.Subgraph {
	out := make([]oracletest.Subgraph, len(sources))
	for i, s := range sources {
		out[i] = oracletest.Subgraph{Name: s.Name, URL: s.URL}
		for _, f := range s.Files {
			out[i].SDL += f.SDL
		}
	}
	return out
}

func answerCodes(a *oracletest.Answer) []string {
	var out []string
	for _, e := range a.Errors {
		code := "UNKNOWN"
		if e.Code != nil {
			code = *e.Code
		}
		out = append(out, code)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// compareWith says in what our result differs from the oracle's answer, or "".
func compareWith(sources []subgraph.Source, answer *oracletest.Answer) string {
	result, err := compose.Supergraph(sources)
	if answer.Crashed {
		return "" // there is nothing to compare with; ours did not crash
	}
	got, expected := codes(err), answerCodes(answer)
	if slices.Contains(expected, "UNKNOWN") {
		expected = got // an error, but without a code
	}
	if slices.Contains(expected, "SYNTAX_ERROR") && slices.Contains(got, "SYNTAX_ERROR") {
		expected = got // we look at the other subgraphs too
	}
	if !slices.Equal(got, expected) && !saysMore(got, expected) {
		text := fmt.Sprintf("ours %v, the oracle's %v\nours:\n%v\nthe oracle's:", got, expected, err)
		for _, e := range answer.Errors {
			text += "\n" + e.Message
		}
		return text
	}
	if err != nil {
		return ""
	}
	diff, err := factDiff(result.SDL, answer.SupergraphSDL)
	if err != nil {
		return err.Error()
	}
	diff = slices.DeleteFunc(diff, isKnownDifference)
	if len(diff) > 0 {
		return "supergraphs differ (- ours, + the oracle's):\n" + strings.Join(diff, "\n")
	}
	return compareHints(result, answer)
}

// saysMore says whether we report one more error at once, as DEVIATIONS.md has it.
func saysMore(got, expected []string) bool {
	for _, more := range [][2]string{{"INVALID_LINK_DIRECTIVE_USAGE", "INVALID_LINK_IDENTIFIER"}, {"SATISFIABILITY_ERROR", "SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES"}} {
		rest := slices.DeleteFunc(slices.Clone(got), func(code string) bool { return code == more[1] })
		if slices.Contains(expected, more[0]) && slices.Equal(rest, expected) {
			return true
		}
	}
	return false
}

// compareHints compares codes and coordinates; the words are our own.
func compareHints(result *compose.Result, answer *oracletest.Answer) string {
	ours, theirs := map[string]bool{}, map[string]bool{}
	for _, h := range result.Hints {
		ours[hintForm(string(h.Code), h.Coordinate)] = true
	}
	for _, h := range answer.Hints {
		coordinate := ""
		if h.Coordinate != nil {
			coordinate = *h.Coordinate
		}
		theirs[hintForm(h.Code, coordinate)] = true
	}
	var out []string
	for hint := range ours {
		if !theirs[hint] {
			out = append(out, "- "+hint)
		}
	}
	for hint := range theirs {
		if !ours[hint] {
			out = append(out, "+ "+hint)
		}
	}
	if len(out) == 0 {
		return ""
	}
	slices.Sort(out)
	return "hints differ (- ours, + the oracle's):\n" + strings.Join(out, "\n")
}

func keep(t *testing.T, seed uint64, sources []subgraph.Source, difference string) {
	t.Helper()
	if *keepFolder == "" {
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", difference)
	for _, s := range questions(sources) {
		fmt.Fprintf(&b, "-- %s --\n%s", s.Name, s.SDL)
	}
	if err := os.WriteFile(filepath.Join(*keepFolder, fmt.Sprintf("%d.txt", seed)), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// hintForm drops what our coordinates say and the oracle's do not.
func hintForm(code, coordinate string) string {
	switch code {
	case "INCONSISTENT_OBJECT_VALUE_TYPE_FIELD", "INCONSISTENT_INTERFACE_VALUE_TYPE_FIELD":
		coordinate, _, _ = strings.Cut(coordinate, ".")
	case "MERGED_NON_REPEATABLE_DIRECTIVE_ARGUMENTS":
		coordinate = ""
	}
	return code + " " + coordinate
}

// isKnownDifference recognises what DEVIATIONS.md explains: a context that
// several subgraphs set on one type.
func isKnownDifference(fact string) bool {
	return strings.HasPrefix(fact, "- ") && strings.Contains(fact, " @context(name: ")
}
