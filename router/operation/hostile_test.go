package operation

import (
	"fmt"
	"strings"
	"testing"
)

const hostileSchema = `
interface Node { id: ID!  self: Node  name(n: Int): String }
interface Named implements Node { id: ID!  self: Node  name(n: Int): String }
type User implements Node & Named { id: ID!  self: User  name(n: Int): String  friends: [User] }
type Shop implements Node & Named { id: ID!  self: Shop  name(n: Int): String }
input In { a: In  b: [In]  n: Int }
type Query { node: Node  user: User  a: Query  b: Query  f(in: In, n: Int, any: Any): Int }
scalar Any
directive @d(n: Int) repeatable on FIELD
`

// hostile are documents of some 14,000 tokens, or of fewer that expand, each made
// to cost a naive implementation more than its size. code is the error that each
// gets, empty for those that are valid.
var hostile = []struct {
	name, code string
	text       func() string
}{
	{"aliases", "", func() string { return "{" + repeat(2400, "a%d: node{id}") + "}" }},
	{"same leaf", "", func() string { return "{user{" + strings.Repeat("id ", 14000) + "}}" }},
	{"same object", "", func() string { return "{" + strings.Repeat("user{self{id}} ", 2000) + "}" }},
	{"same arguments", "", func() string { return "{" + strings.Repeat("f(n:1,in:{n:1}) ", 1000) + "}" }},
	{"deep", "", func() string { return strings.Repeat("{a", 990) + "{__typename}" + strings.Repeat("}", 990) }},
	{"too deep", CodeParseFailed, func() string { return strings.Repeat("{a", 7000) + strings.Repeat("}", 7000) }},
	{"deep list", CodeParseFailed, func() string { return "{f(any:" + strings.Repeat("[", 7000) + strings.Repeat("]", 7000) + ")}" }},
	{"deep type", CodeParseFailed, func() string {
		return "query($x:" + strings.Repeat("[", 7000) + "Int" + strings.Repeat("]", 7000) + "){f}"
	}},
	{"fragment chain", "", func() string {
		return "{...F0}" + repeat(1600, "fragment F%d on Query{...F%[2]d}") + "fragment F1600 on Query{__typename}"
	}},
	{"fragment bomb", CodeTooManyFields, func() string {
		return "{...F0}" + repeat(40, "fragment F%d on Query{a{...F%[2]d} b{...F%[2]d}}") + "fragment F40 on Query{__typename}"
	}},
	{"fragment bomb, same names", "", func() string {
		return "{...F0}" + repeat(600, "fragment F%d on Query{a{...F%[2]d} a{...F%[2]d}}") + "fragment F600 on Query{__typename}"
	}},
	{"fragment bomb, overlapping", CodeTooManyFields, func() string {
		// A subset construction: the sets of fragments met at each place differ.
		return "{...F0 ...G0}" + repeat(250, "fragment F%d on Query{a{...F%[2]d ...G%[2]d} b{...F%[2]d}}") +
			repeat(250, "fragment G%d on Query{a{...F%[2]d} b{...G%[2]d ...F%[2]d} a{...G%[2]d x%[1]d: __typename}}") +
			"fragment F250 on Query{__typename} fragment G250 on Query{__typename}"
	}},
	{"repetitions under aliases", CodeTooManyFields, func() string {
		return "{" + repeat(1000, "a%d: user{...F}") + "} fragment F on User{" + strings.Repeat("id ", 7000) + "}"
	}},
	{"repetitions beside a field", CodeValidationFailed, func() string {
		return "{" + repeat(1000, "a%d: user{id ...F}") + "} fragment F on User{" + strings.Repeat("id ", 6000) + "}"
	}},
	{"narrowing", "", func() string {
		return "{node{" + strings.Repeat("...on Named{...on User{", 240) + "id" + strings.Repeat("}}", 240) + "}}"
	}},
	{"alternating conditions", "", func() string {
		return "{node{" + repeat(500, "...on User{a%d:id} ...on Shop{b%[1]d:id} ...on Named{c%[1]d:name}") + "}}"
	}},
	{"wide and covered", "", func() string {
		return "{node{...W ...on User{" + repeat(400, "...on Named{a%d:id}") + "...W}}} fragment W on Node{" + repeat(3000, "a%d:id") + "}"
	}},
	{"operations", "", func() string {
		return repeat(1800, "query Q%d{...F}") + "fragment F on Query{" + repeat(1000, "a%d:__typename") + "}"
	}},
	{"operations and fragments", "", func() string {
		return repeat(800, "query Q%d($x:Int){...F0}") + repeat(450, "fragment F%d on Query{...F%[2]d}") + "fragment F450 on Query{f(n:$x)}"
	}},
	{"undefined variables", CodeValidationFailed, func() string { return "{" + repeat(1600, "a%d:f(n:$x%[1]d)") + "}" }},
	{"unknown fields", CodeValidationFailed, func() string { return "{" + repeat(7000, "nodes%d") + "}" }},
	{"unknown long name", CodeValidationFailed, func() string { return "{" + strings.Repeat("n", 1_000_000) + "}" }},
	{"fragment cycle", CodeValidationFailed, func() string {
		return "{...F0}" + repeat(700, "fragment F%d on Query{a{...F%[2]d} b{...F%[2]d}}") + "fragment F700 on Query{...F0 ...F1 a{...F9}}"
	}},
	{"input objects", "", func() string {
		return "{f(in:" + strings.Repeat("{a:", 400) + "{n:1}" + strings.Repeat("}", 400) + ")}"
	}},
	{"introspection bomb", CodeValidationFailed, func() string {
		return "{__schema{types{fields{type{fields{type{fields{type{fields{name}}}}}}}}}}"
	}},
	{"directives", "", func() string { return "{__typename" + strings.Repeat("@d(n:1)", 1900) + "}" }},
	{"directives that differ", "", func() string { return "{" + repeat(900, "__typename@d(n:%d)") + "}" }},
	{"tokens", CodeTooManyTokens, func() string { return "{" + repeat(15000, "a%d:f") + "}" }},
	{"comments", CodeTooManyTokens, func() string { return strings.Repeat("#\n", 20000) + "{f}" }},
	{"empty", CodeParseFailed, func() string { return " ,\n#x" }},
	{"not UTF-8", CodeParseFailed, func() string { return "{f(any:\"\xff\")}" }},
	{"variables of a fragment", CodeParseFailed, func() string { return "{...F} fragment F($x:Int) on Query{f(n:$x)}" }},
	{"variable in a constant", CodeParseFailed, func() string { return "query($x:Int, $y:Int @d(n:[$x])){f(n:$x)}" }},
	{"type definition", CodeParseFailed, func() string { return "{f} type X{y:Int}" }},
	{"fragments only", CodeValidationFailed, func() string { return "fragment F on Query{f}" }},
}

// repeat writes the format n times, with its number and the next.
func repeat(n int, format string) string {
	var b strings.Builder
	for i := range n {
		args := []any{i, i + 1}
		text := fmt.Sprintf(format, args...)
		if at := strings.Index(text, "%!(EXTRA"); at >= 0 {
			text = text[:at]
		}
		b.WriteString(text + " ")
	}
	return b.String()
}

func TestHostileDocuments(t *testing.T) {
	p := NewParser(loadSchema(t, hostileSchema), Options{Suggestions: true})
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			errs := prepareAll(p, h.text())
			size := len(list(errs))
			switch {
			case h.code == "" && errs != nil:
				t.Errorf("refused: %v", errs)
			case h.code != "" && (errs == nil || errs[0].Code != h.code):
				t.Errorf("want code %s, got %v", h.code, errs)
			case size > 60_000:
				t.Errorf("the answer has %d bytes", size)
			}
		})
	}
}

// prepareAll parses the text and normalises its first operation.
func prepareAll(p *Parser, text string) Errors {
	doc, errs := p.Parse(text)
	if errs != nil {
		return errs
	}
	_, errs = Key{Definition: doc.Definitions()[0]}.Normalize()
	return errs
}

func BenchmarkHostile(b *testing.B) {
	p := NewParser(loadSchema(b, hostileSchema), Options{Suggestions: true})
	for _, h := range hostile {
		b.Run(strings.ReplaceAll(h.name, " ", "_"), func(b *testing.B) {
			text := h.text()
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				prepareAll(p, text)
			}
		})
	}
}
