package compose_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/shopgraph/shopgraph/schema/compose"
	"github.com/shopgraph/shopgraph/schema/schematest"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

// TestHostileInput composes what nobody should send. It ends, without a panic, in
// the codes that stand here, or composes where there are none.
func TestHostileInput(t *testing.T) {
	large := func(line string) string { return query + strings.Repeat(line, (10<<20)/len(line)) }
	deep := strings.Repeat
	for name, test := range map[string]struct {
		sdls  []string
		codes string
	}{
		"nothing":              {nil, "NO_QUERIES"},
		"an empty file":        {[]string{""}, "SYNTAX_ERROR"},
		"only a comment":       {[]string{"# nothing\n"}, "SYNTAX_ERROR"},
		"one of two is empty":  {[]string{query, ""}, "SYNTAX_ERROR"},
		"broken":               {[]string{"type Query { q: "}, "SYNTAX_ERROR"},
		"two are broken":       {[]string{"type Query { q: ", "type {"}, "SYNTAX_ERROR"},
		"an operation":         {[]string{"{ q }"}, "INVALID_GRAPHQL"},
		"JSON":                 {[]string{`{"data": {"_service": null}}`}, "INVALID_GRAPHQL"},
		"a NUL byte":           {[]string{"type Query { q\x00: Int }"}, "SYNTAX_ERROR"},
		"a NUL in a string":    {[]string{"type Query { \"a\x00b\" q: Int }"}, "SYNTAX_ERROR"},
		"a NUL in a block":     {[]string{"type Query { \"\"\"a\x00b\"\"\" q: Int }"}, "SYNTAX_ERROR"},
		"a NUL in a comment":   {[]string{"type Query { q: Int } # \x00"}, "SYNTAX_ERROR"},
		"no UTF-8":             {[]string{"type Query { \"\xff\xfe\" q: Int }"}, ""},
		"UTF-16":               {[]string{"\xff\xfet\x00y\x00p\x00e\x00"}, "SYNTAX_ERROR"},
		"a byte order mark":    {[]string{"\ufeff" + query}, ""},
		"1 MB of types":        {[]string{sized(1, func(i int) string { return fmt.Sprintf("type T%d { a: Int b: [T%d!]! }\n", i, i/2) })}, ""},
		"10 MB of one field":   {[]string{"type Query { " + deep("f ", 5<<20) + "}"}, "SYNTAX_ERROR"},
		"10 MB of one type":    {[]string{large("type T { a: Int }\n")}, "INVALID_GRAPHQL"},
		"many arguments":       {[]string{query + "type Q { q(" + many(5_000, "a%d: Int ") + "): Int }"}, ""},
		"many interfaces":      {[]string{query + many(500, "interface I%d { a: Int }\n") + "type T implements" + many(500, " & I%d") + " { a: Int }"}, ""},
		"many links":           {[]string{query + many(5_000, "extend schema @link(url: \"https://example.com/a%d/v1.0\")\n")}, ""},
		"many extensions":      {[]string{query + "type T { a: Int }\n" + many(2_000, "extend type T { a%d: Int }\n")}, ""},
		"10 MB of a comment":   {[]string{query + "#" + deep("x", 10<<20)}, ""},
		"10 MB of description": {[]string{`"""` + deep(deep("x", 999)+"\n", 10_000) + `"""` + query}, ""},
		"10 MB of errors":      {[]string{large10(func(i int) string { return fmt.Sprintf("type T%d { a: Missing%d }\n", i, i) })}, "INVALID_GRAPHQL"},
		"a deep list type":     {[]string{"type Query { q: " + deep("[", 200_000) + "Int" + deep("]", 200_000) + " }"}, "SYNTAX_ERROR"},
		"a deep default":       {[]string{"input I { i: I } type Query { q(i: I = " + deep("{i:", 200_000) + "null" + deep("}", 200_000) + "): Int }"}, "SYNTAX_ERROR"},
		"a deep key":           {[]string{query + linked + `type T @key(fields: "` + deep("t{", 200_000) + deep("}", 200_000) + `") { t: T }`}, "KEY_INVALID_FIELDS"},
		"a long key":           {[]string{query + linked + `type T @key(fields: "` + deep("id ", 100_000) + `") { id: ID! }`}, "KEY_INVALID_FIELDS"},
		"a long chain":         {[]string{"extend type Query { t: T0 }\n" + sized(1, func(i int) string { return fmt.Sprintf("type T%d { t: T%d }\n", i, i+1) }) + "\nscalar Last"}, "INVALID_GRAPHQL"},
		"cyclic interfaces":    {[]string{query + "interface A implements B { a: Int } interface B implements A { a: Int }"}, "INVALID_GRAPHQL"},
		"its own interface":    {[]string{query + "interface A implements A { a: Int }"}, "INVALID_GRAPHQL"},
		"a union of itself":    {[]string{query + "union U = U"}, "INVALID_GRAPHQL"},
		"a cyclic input":       {[]string{"type Query { q(i: I): Int } input I { i: I! }"}, "INVALID_GRAPHQL"},
		"a cyclic directive":   {[]string{query + "directive @a(x: Int @a) on ARGUMENT_DEFINITION"}, ""},
		"a cyclic key":         {[]string{linked + `type Query { t: T } type T @key(fields: "t { t { id } }") { id: ID! t: T }`, linked + `type T @key(fields: "t { t { id } }") { id: ID! t: T @shareable x: Int }`}, ""},
		"cyclic overrides":     {[]string{linked + `type Query { q: Int @override(from: "s1") }`, linked + `type Query { q: Int @override(from: "s0") }`}, "INVALID_FIELD_SHARING OVERRIDE_SOURCE_HAS_OVERRIDE"},
		"cyclic requires": {[]string{
			linked + `type Query { t: T } type T @key(fields: "id") { id: ID! b: Int @external a: Int @requires(fields: "b") }`,
			linked + `type T @key(fields: "id") { id: ID! a: Int @external b: Int @requires(fields: "a") }`,
		}, "SATISFIABILITY_ERROR"},
		"everything refers to everything": {[]string{"type Query { q: T0 }\n" + everyToEvery(120), "type Query { p: T0 }\n" + everyToEvery(120)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var sources []subgraph.Source
			for i, sdl := range test.sdls {
				sources = append(sources, subgraph.FromSDL(fmt.Sprintf("s%d", i), "", sdl))
			}
			_, err := compose.Supergraph(sources)
			if got := strings.Join(codes(err), " "); got != test.codes {
				text := fmt.Sprint(err)
				t.Errorf("codes %q, want %q: %s", got, test.codes, text[:min(len(text), 1000)])
			}
			if err != nil {
				checkErrors(t, err)
			}
		})
	}
}

const query = "type Query { q: Int }\n"

const linked = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@override", "@external", "@requires"])
`

// large10 is 10 MB of lines.
func large10(line func(i int) string) string { return sized(10, line) }

func sized(megabytes int, line func(i int) string) string {
	var b strings.Builder
	b.WriteString(query)
	for i := 0; b.Len() < megabytes<<20; i++ {
		b.WriteString(line(i))
	}
	return b.String()
}

// many is a form with the numbers from 0 on.
func many(n int, form string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, form, i)
	}
	return b.String()
}

// everyToEvery is n types that each have a field of each.
func everyToEvery(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "type T%d {", i)
		for j := range n {
			fmt.Fprintf(&b, " f%d: T%d", j, j)
		}
		b.WriteString(" }\n")
	}
	return b.String()
}

// TestNames gives two subgraphs one name, and names that differ in case only.
func TestNames(t *testing.T) {
	one := subgraph.FromSDL("one", "", "type Query { a: Int }")
	for want, names := range map[string][]string{"INVALID_SUBGRAPH_NAME": {"one", "one"}, "": {"two", "TWO"}} {
		sources := []subgraph.Source{one, one}
		for i, name := range names {
			sources[i].Name = name
		}
		if _, err := compose.Supergraph(sources); strings.Join(codes(err), " ") != want {
			t.Errorf("%v: %v, want %q", names, err, want)
		}
	}
}

// TestConcurrentUse composes the same subgraphs, and others, in many goroutines:
// nothing is shared, nothing that is handed in is changed, and all results are the
// same.
func TestConcurrentUse(t *testing.T) {
	sets := [][]subgraph.Source{schematest.Generate(4, 5), families["interface objects"](5), {subgraph.FromSDL("a", "", "type Query { t: Missing }")}}
	want := make([]string, len(sets))
	before := make([]string, len(sets))
	outcome := func(sources []subgraph.Source) string {
		result, err := compose.Supergraph(sources)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprint(result.SDL, result.Hints, result.Steps)
	}
	for i, sources := range sets {
		before[i] = fmt.Sprint(sources)
		want[i] = outcome(sources)
	}
	var wg sync.WaitGroup
	for range 8 {
		for i, sources := range sets {
			wg.Go(func() {
				if got := outcome(sources); got != want[i] {
					t.Errorf("set %d composes to something else:\n%s\n%s", i, got, want[i])
				}
			})
		}
	}
	wg.Wait()
	for i, sources := range sets {
		if fmt.Sprint(sources) != before[i] {
			t.Errorf("set %d was changed", i)
		}
	}
}
