package usage_test

import (
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/shopgraph/shopgraph/schema/check/usage"
)

var today = time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)

func read(t *testing.T, lines string) *usage.Usage {
	t.Helper()
	u := usage.New(today.AddDate(0, 0, -9), today, []string{"ci"})
	if err := u.Read("usage.jsonl", strings.NewReader(lines)); err != nil {
		t.Fatal(err)
	}
	return u
}

func TestCounts(t *testing.T) {
	u := read(t, `
{"day":"2026-11-12","client":"web","coordinate":"Product.old","count":1}
{"day":"2026-11-13","client":"web","operation":"a","name":"A","count":10,"more":true}
{"day":"2026-11-13","client":"web","coordinate":"Product.price","count":7}
{"day":"2026-11-13","client":"web","coordinate":"Product","count":9}
{"day":"2026-11-14","client":"","operation":"b","count":5}
{"day":"2026-11-14","client":"","operation":"c","count":2}
{"day":"2026-11-15","client":"ci","coordinate":"Product.secret","count":100}
{"day":"2026-11-22","client":"web","coordinate":"Product.price","count":1}
{"day":"2026-11-23","client":"web","coordinate":"Product.future","count":1}
`)
	unknown := u.Complete(map[string][]string{"a": {"Never.used"}, "b": {"Product", "Product.name"}})
	if unknown != 2 || u.Requests != 17 || u.Sent("b") != 5 || u.Sent("x") != 0 {
		t.Errorf("unknown %d, requests %d, sent %d and %d", unknown, u.Requests, u.Sent("b"), u.Sent("x"))
	}
	if u.First.Format(time.DateOnly) != "2026-11-13" || u.Last.Format(time.DateOnly) != "2026-11-22" {
		t.Errorf("from %s to %s", u.First, u.Last)
	}
	for _, c := range []struct {
		coordinates string
		requests    int64
		clients     string
	}{
		{"Product.price", 8, "web"},
		{"Product.name", 5, ""},
		{"Product.*", 14, "web,"},
		{"Product.price Product.name", 13, "web,"},
		{"Product.old", 0, ""},
		{"Product.future", 0, ""},
		{"Product.secret", 0, ""},
		{"Never.used", 0, ""},
		{"Prod.*", 0, ""},
	} {
		who := u.Of(strings.Fields(c.coordinates))
		if who.Requests != c.requests || strings.Join(who.Names, ",") != c.clients {
			t.Errorf("%s: %+v", c.coordinates, who)
		}
	}
}

func TestBadLines(t *testing.T) {
	for line, want := range map[string]string{
		`nonsense`: "u:1: not a line of usage: invalid character 'o' in literal null (expecting 'u')",
		`{"day":"22.11.2026","client":"a","operation":"x","count":1}`:                        `u:1: day "22.11.2026" is not a date like 2026-11-20`,
		`{"day":"2026-11-22","client":"a","operation":"x","count":-1}`:                       "u:1: count -1 is negative",
		`{"day":"2026-11-22","client":"a","count":1}`:                                        `u:1: a line has either "operation" or "coordinate"`,
		`{"day":"2026-11-22","client":"a","operation":"x","coordinate":"A.b","count":1}`:     `u:1: a line has either "operation" or "coordinate"`,
		`{"day":"2026-11-22","client":"a","operation":"x","count":1.5}`:                      "u:1: not a line of usage: json: cannot unmarshal number 1.5 into Go struct field Line.count of type int64",
		`{"day":"2026-11-22","client":"` + strings.Repeat("a", 2<<20) + `","operation":"x"}`: "u: bufio.Scanner: token too long",
	} {
		err := usage.New(today, today, nil).Read("u", strings.NewReader(line))
		if err == nil || err.Error() != want {
			t.Errorf("%.80s: got %v, want %s", line, err, want)
		}
	}
}

func TestSignature(t *testing.T) {
	sign := func(text string) string {
		doc, err := parser.ParseQuery(&ast.Source{Input: text})
		if err != nil {
			t.Fatal(err)
		}
		return usage.Signature(doc.Operations[0], doc.Fragments)
	}
	a := sign("query A($x: Int = 1) { a(x: $x) { ...F ...G } } fragment F on T { b } fragment G on T { c }")
	same := sign("# a comment\n\"described\" query A( $x : Int=1 ){a(x:$x){...F,...G}}\n\"g\" fragment G on T{c} fragment F on T{b}")
	if a != same {
		t.Error("layout, comments, descriptions or the order of fragments matter")
	}
	for _, other := range []string{
		"query A($x: Int = 2) { a(x: $x) { ...F ...G } } fragment F on T { b } fragment G on T { c }",
		"query B($x: Int = 1) { a(x: $x) { ...F ...G } } fragment F on T { b } fragment G on T { c }",
		"query A($x: Int = 1) { a(x: $x) { ...F ...G } } fragment F on T { b } fragment G on T { d }",
	} {
		if sign(other) == a {
			t.Errorf("%s has the same signature", other)
		}
	}
}
