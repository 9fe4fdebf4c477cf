package federation

import (
	"strings"
	"testing"
)

func TestParseFieldSet(t *testing.T) {
	for _, c := range []struct {
		text   string
		fields int
		err    string
	}{
		{"id", 1, ""},
		{" { id } ", 1, ""},
		{"id organization { id } ... on A { b(x: 1) }", 3, ""},
		{"", 0, "expected"},
		{"{", 0, "Expected"},
		{"id {", 0, "expected"},
		{"id }", 0, "expected"},
		{"id } { id", 0, "not a single selection set"},
		{"...F", 0, `fragment "F" cannot be spread`},
		{"a { ... on A { ...F } }", 0, `fragment "F" cannot be spread`},
		{strings.Repeat("a{", 100_000), 0, "nesting depth"},
		{strings.Repeat("a ", 100_000), 0, "token"},
		{"\x00", 0, "Expected Name"},
	} {
		set, err := ParseFieldSet(c.text)
		switch {
		case c.err == "" && (err != nil || len(set) != c.fields):
			t.Errorf("%.40q: %d fields, %v; want %d", c.text, len(set), err, c.fields)
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%.40q: error %.300v, want one with %q", c.text, err, c.err)
		}
	}
}
