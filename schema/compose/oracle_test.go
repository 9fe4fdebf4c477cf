package compose_test

import (
	"encoding/json"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/internal/oracletest"
	"github.com/shopgraph/shopgraph/schema/compose"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

var casesFolder = flag.String("cases", "", "folder of cases to compare; without it, those of testdata")

// TestFolderAgainstOracle composes all cases of a folder here and with the
// composers of npm, and says in what they differ. A case is a folder of SDL files,
// one subgraph each; one with a case.json, in the form of the shared cases; or an
// archive in the form of testdata. Differences from the reference fail, but for
// those in testdata that DEVIATIONS.md explains.
func TestFolderAgainstOracle(t *testing.T) {
	oracle := startOracle(t)
	folder, known := *casesFolder, map[string]bool{}
	if folder == "" {
		folder, known = "testdata", deviatingCases(t)
	}
	cases := casesIn(t, folder)
	if len(cases) == 0 {
		t.Fatalf("%s has no cases: no SDL files, no case.json and no archives", folder)
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		t.Run(name, func(t *testing.T) {
			judge(t, oracle, cases[name], known[name])
		})
	}
}

func judge(t *testing.T, oracle *oracletest.Oracle, sources []subgraph.Source, known bool) {
	_, err := compose.Supergraph(sources)
	t.Logf("ours:   %s", verdict(err == nil, codes(err)))
	for _, library := range []string{oracletest.Guild, oracletest.Apollo} {
		answer, err := oracle.Compose(library, questions(sources))
		if err != nil {
			t.Fatal(err)
		}
		said := verdict(answer.OK, answerCodes(answer))
		if answer.Crashed {
			said = "crashed: " + answer.Errors[0].Message
		}
		t.Logf("%-7s %s", library+":", said)
		if library == oracletest.Guild {
			continue
		}
		switch difference := compareWith(sources, answer); {
		case difference != "" && !known:
			t.Error(difference)
		case difference == "" && known && !answer.Crashed:
			t.Error("DEVIATIONS.md lists it, and there is no difference")
		}
	}
}

func verdict(ok bool, codes []string) string {
	if ok {
		return "ok"
	}
	return strings.Join(codes, " ")
}

// casesIn finds the cases below a folder, by their paths.
func casesIn(t *testing.T, folder string) map[string][]subgraph.Source {
	t.Helper()
	cases := map[string][]subgraph.Source{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(folder, path)
		switch {
		case d.IsDir() && exists(filepath.Join(path, "case.json")):
			c := &sharedCase{Dir: path}
			if err := json.Unmarshal(contents(t, filepath.Join(path, "case.json")), c); err != nil {
				return err
			}
			cases[name] = c.sources(t)
			return filepath.SkipDir
		case d.IsDir():
			if sources := sdlFiles(t, path); len(sources) > 0 {
				cases[name] = sources
			}
		case filepath.Ext(path) == ".txtar":
			if sources := archived(goldentest.NewCase(txtar.Parse(contents(t, path)))); len(sources) > 0 {
				cases[strings.TrimSuffix(name, ".txtar")] = sources
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func contents(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// sdlFiles makes a subgraph of each SDL file of a folder.
func sdlFiles(t *testing.T, folder string) []subgraph.Source {
	t.Helper()
	var out []subgraph.Source
	files, err := filepath.Glob(filepath.Join(folder, "*.g*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if ext := filepath.Ext(file); slices.Contains([]string{".graphql", ".graphqls", ".gql"}, ext) {
			name := strings.TrimSuffix(filepath.Base(file), ext)
			out = append(out, subgraph.FromSDL(name, "http://"+name, string(contents(t, file))))
		}
	}
	return out
}

// deviatingCases are the cases of testdata that DEVIATIONS.md lists.
func deviatingCases(t *testing.T) map[string]bool {
	t.Helper()
	_, table, _ := strings.Cut(string(contents(t, "DEVIATIONS.md")), "## Cases of testdata")
	known := map[string]bool{}
	for line := range strings.SplitSeq(table, "\n") {
		if columns := strings.Split(line, "|"); len(columns) > 2 && strings.Contains(columns[1], "/") {
			known[strings.TrimSpace(columns[1])] = true
		}
	}
	return known
}
