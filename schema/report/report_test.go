package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/schema/report"
)

// sample has a finding of each sort, and what each format must escape.
func sample() *report.Report {
	return &report.Report{
		Title: "shopgraph check",
		Sources: map[string]string{
			"products.graphqls": "type Product {\n\tprice: Money! # the price\n}\n",
			"long.graphqls":     strings.Repeat("x", 300) + " here " + strings.Repeat("y", 300),
		},
		Sections: []report.Section{
			{Name: "Composition", Summary: "3 subgraphs compose"},
			{
				Name: "API changes", Summary: "1 breaking, 1 dangerous and 1 safe change",
				Findings: []report.Finding{
					{
						Level: report.Error, Label: "breaking", Code: "FIELD_REMOVED", Subject: "Product.price", ID: "FIELD_REMOVED Product.price",
						Message: "field Product.price was removed", Why: "operations that select the field fail", Help: "deprecate it first: 100% safe",
						Places: []report.Place{{File: "products.graphqls", Line: 2, Column: 2, Note: "was here"}, {File: "other file:1,2.graphql", Line: 7}},
						Notes:  []string{"used by query Cart", "and by `web` | <b>app</b>\nin two lines"},
					},
					{Level: report.Error, Label: "breaking", Code: "FIELD_REMOVED", Subject: "Product.old", ID: "FIELD_REMOVED Product.old", Message: "field Product.old was removed", Waived: "approved until 2026-12-31: nobody asks for it"},
					{Level: report.Warning, Label: "dangerous", Code: "ENUM_VALUE_ADDED", Subject: "Currency.EUR", Message: "value Currency.EUR was added", Places: []report.Place{{File: "long.graphqls", Line: 1, Column: 302}, {File: "long.graphqls", Line: 9, Column: 1, Note: "no such line"}}},
					{Level: report.Hidden, Label: "safe", Code: "FIELD_ADDED", Subject: "Product.new", Message: "field Product.new: [Int!]! was added, with an @directive"},
				},
			},
			{
				Name: "Plans", Summary: "1 operation is planned otherwise",
				Findings: []report.Finding{{Level: report.Note, Code: "PLAN_REQUESTS", Subject: "query Cart", Message: "2 requests instead of 1", Details: " QueryPlan {\n-  Fetch\n+  ```Sequence\n }\n"}},
				Table:    &report.Table{Header: []string{"operation", "requests"}, Rows: [][]string{{"query Cart", "1 → 2"}, {"query Ä|_", "1"}}},
			},
		},
	}
}

var formats = map[string]func(io.Writer, *report.Report) error{
	"text":     report.Text{}.Write,
	"colour":   report.Text{Color: true, All: true}.Write,
	"json":     report.JSON,
	"github":   report.GitHub,
	"sarif":    func(w io.Writer, r *report.Report) error { return report.SARIF(w, r, "1.2.3") },
	"junit":    report.JUnit,
	"markdown": report.Markdown,
}

// TestFormats shows the sample in every format.
func TestFormats(t *testing.T) {
	goldentest.Run(t, "testdata", func(t *testing.T, _ *goldentest.Case) map[string]string {
		seen := map[string]string{}
		for name, write := range formats {
			var b bytes.Buffer
			if err := write(&b, sample()); err != nil {
				t.Fatal(err)
			}
			seen[name] = b.String()
		}
		return seen
	})
}

// TestBounds: however much was found, each format stays within its reader's
// bounds and well-formed.
func TestBounds(t *testing.T) {
	r := sample()
	for i := range 2000 {
		r.Sections[1].Findings = append(r.Sections[1].Findings, report.Finding{
			Level: report.Level(i % 4), Code: "FIELD_REMOVED", Subject: fmt.Sprint("T.f", i), Message: strings.Repeat("é\x00<", 50),
			Places: []report.Place{{File: "products.graphqls", Line: i % 5, Column: i % 40}},
		})
		r.Sections[2].Table.Rows = append(r.Sections[2].Table.Rows, []string{"query", "1"})
	}
	for name, write := range formats {
		var b bytes.Buffer
		if err := write(&b, r); err != nil {
			t.Fatal(name, err)
		}
		if !utf8.Valid(b.Bytes()) {
			t.Errorf("%s is not UTF-8", name)
		}
		switch name {
		case "json", "sarif":
			if !json.Valid(b.Bytes()) {
				t.Errorf("%s is not JSON", name)
			}
		case "junit":
			if err := xml.Unmarshal(b.Bytes(), new(any)); err != nil {
				t.Errorf("not XML: %v", err)
			}
		case "markdown":
			if b.Len() > 65_000 || !strings.Contains(b.String(), "left out here") {
				t.Errorf("the summary has %d bytes", b.Len())
			}
		case "github":
			if n := strings.Count(b.String(), "\n::error "); n != 10 {
				t.Errorf("%d errors are annotated", n)
			}
			if n := strings.Count(b.String(), "\n::warning "); n != 10 {
				t.Errorf("%d warnings are annotated", n)
			}
		}
	}
}

// FuzzPlaces: whatever place is named in whatever source, text can be written.
func FuzzPlaces(f *testing.F) {
	f.Add("type A {\n\tb: C\n}", 2, 2, 0)
	f.Add("\x00ä\r\n", 1, 2, 9)
	f.Fuzz(func(t *testing.T, source string, line, column, length int) {
		r := &report.Report{Sources: map[string]string{"a": source}, Sections: []report.Section{{Findings: []report.Finding{{
			Level: report.Error, Places: []report.Place{{File: "a", Line: line, Column: column, Length: length, Note: "here"}},
		}}}}}
		for name, write := range formats {
			if err := write(io.Discard, r); err != nil {
				t.Error(name, err)
			}
		}
	})
}

func TestVerdict(t *testing.T) {
	finding := func(level report.Level, waived string) report.Finding {
		return report.Finding{Level: level, Waived: waived}
	}
	for want, findings := range map[string][]report.Finding{
		"passed":                             nil,
		"passed with 1 warning":              {finding(report.Warning, "")},
		"failed: 2 errors":                   {finding(report.Error, ""), finding(report.Error, "")},
		"failed: 1 error, 1 warning":         {finding(report.Error, ""), finding(report.Warning, "")},
		"passed (1 finding was let through)": {finding(report.Error, "approved")},
	} {
		r := &report.Report{Sections: []report.Section{{Findings: findings}}}
		if got := r.Verdict(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if r.Failed() != strings.HasPrefix(want, "failed") {
			t.Errorf("%q: Failed is %v", want, r.Failed())
		}
	}
}
