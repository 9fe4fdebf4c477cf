package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	hazardRow  = regexp.MustCompile(`(?m)^\| (\d+) \| .+ \| (.+) \|$`)
	hazardTest = regexp.MustCompile("`([a-z0-9/]+) (Test[A-Za-z0-9]+)(?:/([^`]+))?`")
)

// The table of hazards has each of the 21 with a test at least, and names only
// tests that there are.
func TestTableOfHazards(t *testing.T) {
	table, err := os.ReadFile("../docs/hazards.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := hazardRow.FindAllStringSubmatch(string(table), -1)
	if len(rows) != 21 {
		t.Errorf("%d hazards, want 21", len(rows))
	}
	for i, row := range rows {
		if row[1] != strconv.Itoa(i+1) {
			t.Errorf("hazard %s stands at place %d", row[1], i+1)
		}
		tests := hazardTest.FindAllStringSubmatch(row[2], -1)
		if len(tests) == 0 {
			t.Errorf("hazard %s has no test", row[1])
		}
		for _, test := range tests {
			if source := testsIn(t, test[1]); !strings.Contains(source, "\nfunc "+test[2]+"(t *testing.T)") || !strings.Contains(source, `"`+test[3]+`"`) && test[3] != "" {
				t.Errorf("hazard %s: there is no test %s", row[1], strings.Trim(test[0], "`"))
			}
		}
	}
}

// testsIn is the source of a folder's tests.
func testsIn(t *testing.T, folder string) string {
	t.Helper()
	files, err := filepath.Glob("../" + folder + "/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}
