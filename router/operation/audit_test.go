package operation

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/shopgraph/shopgraph/internal/casestest"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// TestAuditOperations prepares every operation of the federation audit: those that
// are answered with data are valid, and each obeys the laws.
func TestAuditOperations(t *testing.T) {
	suites, err := filepath.Glob(filepath.Join(casestest.Dir(t, "federation/audit"), "*", "tests.json"))
	if err != nil || len(suites) == 0 {
		t.Fatalf("no suites among the cases: %v", err)
	}
	for _, file := range suites {
		p := NewParser(loadSupergraph(t, filepath.Join(filepath.Dir(file), "supergraph.graphql")).API, Options{})
		var cases []struct {
			Name, Query string
			Variables   json.RawMessage
			Expected    struct{ Data any }
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &cases); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, c := range cases {
			t.Run(c.Name, func(t *testing.T) {
				op, _, errs := prepare(p, c.Query, "", string(c.Variables))
				switch {
				case errs == nil:
					checkLaws(t, p, op)
				case c.Expected.Data != nil:
					t.Error(errs)
				default:
					t.Log(errs)
				}
			})
		}
	}
}

func loadSupergraph(t *testing.T, file string) *supergraph.Supergraph {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := supergraph.Parse(string(text))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return s
}
