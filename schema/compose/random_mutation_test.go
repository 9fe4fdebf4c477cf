package compose_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"

	"github.com/shopgraph/shopgraph/schema/subgraph"
)

// mutated returns a case's subgraphs with one to three small changes, as an
// editor or a careless merge makes them.
func mutated(r *rand.Rand, sources []subgraph.Source) []subgraph.Source {
	out := slices.Clone(sources)
	for range 1 + r.IntN(3) {
		i := r.IntN(len(out))
		text := out[i].Files[0].SDL
		switch n := r.IntN(24); {
		case n == 0 && len(out) > 1:
			out = slices.Delete(out, i, i+1)
			continue
		case n == 1:
			text = replaceOne(r, text, `federation/v2\.\d+`, "federation/v"+versions[r.IntN(len(versions))])
		default:
			m := mutations[r.IntN(len(mutations))]
			text = replaceOne(r, text, m.pattern, m.by[r.IntN(len(m.by))])
		}
		out[i] = subgraph.FromSDL(out[i].Name, out[i].URL, text)
	}
	return out
}

const (
	aDirective = `@(?:key|external|requires|provides|shareable|override|tag|inaccessible|extends|interfaceObject|authenticated|requiresScopes|policy|context|fromContext|cost|listSize|deprecated|composeDirective)\b(?:\([^()]*\))?`
	aFieldEnd  = `(?m)(\w+(?:\([^()]*\))?: ?\[?\w+!?\]?!?)(\s*(?:@[^\n]*)?)$`
)

// mutations replace one match of a pattern.
var mutations = []struct {
	pattern string
	by      []string
}{
	{aDirective, []string{"", "", "$0 $0"}},
	{aFieldEnd, []string{
		"$1$2 @shareable", "$1$2 @external", "$1$2 @inaccessible", "$1$2 @tag(name: \"m\")", "$1$2 @override(from: \"a\")", "$1$2 @deprecated", "$1$2 @requires(fields: \"id\")",
		"$1$2 @provides(fields: \"id\")", "$1$2 @authenticated", "$1$2 @cost(weight: 3)", "$1$2 @requiresScopes(scopes: [[\"z\"]])",
	}},
	{`(: ?\[?\w+)!`, []string{"$1"}},
	{`(?m)(: ?\w+)$`, []string{"$1!", ": Int", ": String", ": [Int]"}},
	{`(?m)^\s+\w+(?:\([^()]*\))?: ?\S+.*\n`, []string{"", "$0$0"}},
	{`\bextend type`, []string{"type"}},
	{`(?m)^type `, []string{"extend type ", "interface "}},
	{`(?m)^(type \w+[^{\n]*)\{`, []string{"$1 @key(fields: \"id\") {", "$1 @shareable {", "$1 @external {", "$1 @inaccessible {", "$1 @interfaceObject {", "$1 @key(fields: \"id\", resolvable: false) {", "$1 @extends {"}},
	{`implements \w+(?: ?& ?\w+)* ?`, []string{""}},
	{`import: \[("@?\w+")(?:, )?`, []string{"import: ["}},
	{`"@(\w+)"`, []string{`{name: "@$1", as: "@x$1"}`}},
	{`fields: "(\w+)`, []string{`fields: "$1 extra`, `fields: "id`, `fields: "__typename $1`, `fields: "$1 { id }`}},
	{`(\w+): (Int|String|Boolean|Float|ID)(!?)([,)])`, []string{"$1: $2$4", "$1: $2!$4", "$1: $2$3 = null$4", "extra: Int$4"}},
	{`(?m)^(\s+[A-Z_]+)$`, []string{"", "$1 @inaccessible", "$1 @deprecated", "  EXTRA"}},
	{`(?m)^input `, []string{"extend input "}},
	{`(?m)^(union \w+ = .*)$`, []string{"$1 | Query", ""}},
	{`= (\d+|"[^"]*"|[A-Z]+|true|false)`, []string{"", "= 7", "= null"}},
	{`schema *\{[^}]*\}`, []string{""}},
	{`from: "(\w+)"`, []string{`from: "b"`, `from: "zz"`}},
	{`\b(User|Product|T)\b`, []string{"Other"}},
}

// replaceOne replaces one match, chosen at random; a text without matches stays.
func replaceOne(r *rand.Rand, text, pattern, by string) string {
	re := regexp.MustCompile(pattern)
	all := re.FindAllStringSubmatchIndex(text, -1)
	if len(all) == 0 {
		return text
	}
	m := all[r.IntN(len(all))]
	var b strings.Builder
	b.WriteString(text[:m[0]])
	b.Write(re.ExpandString(nil, strings.NewReplacer("$1", "${1}", "$2", "${2}", "$3", "${3}", "$4", "${4}", "$0", "${0}").Replace(by), text, m))
	b.WriteString(text[m[1]:])
	return b.String()
}
