package compose_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/shopgraph/shopgraph/schema/subgraph"
)

// randomSubgraphs makes a set of subgraphs that describe one world, each a part
// of it, with the disagreements that teams produce. Each set uses a few features
// much rather than all of them a little, so that many sets compose.
func randomSubgraphs(seed uint64) []subgraph.Source {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1))}
	for _, f := range allFeatures {
		if g.IntN(100) < f.percent {
			g.features = append(g.features, f.name)
		}
	}
	g.world()
	var out []subgraph.Source
	for i := range 1 + g.IntN(4) {
		name := string(rune('a' + i))
		out = append(out, subgraph.FromSDL(name, "", g.subgraph(i)))
	}
	if g.has("interfaceObject") && g.has("interfaces") && minor(g.version) >= 3 {
		out = append(out, subgraph.FromSDL("io", "", g.interfaceObject()))
	}
	return out
}

// interfaceObject writes a subgraph that knows interface I0 as an object.
func (g *generator) interfaceObject() string {
	return fmt.Sprintf(`extend schema @link(url: "https://specs.apollo.dev/federation/v%s", import: ["@key", "@interfaceObject", "@shareable", "@external", "@requires"])
type Query { io: %s }
type I0 @interfaceObject @key(fields: "id"%s) { id: ID! x(a: Int): String %s f1: Int%s }
`, g.version, pick(g, []string{"I0", "[I0!]!"}), pick(g, []string{"", "", ", resolvable: false"}), pick(g, []string{"@shareable", "", "@deprecated"}),
		pick(g, []string{" @external y: Int @requires(fields: \"f1\")", " @shareable", ""}))
}

var allFeatures = []struct {
	name    string
	percent int
}{
	{"keys", 90}, {"share", 95}, {"strict", 85}, {"nested", 15}, {"external", 30}, {"provides", 20}, {"override", 20}, {"label", 8}, {"fed1", 12},
	{"interfaces", 40}, {"interfaceKeys", 15}, {"interfaceObject", 15}, {"unions", 25}, {"enums", 35}, {"inputs", 30}, {"arguments", 30},
	{"defaults", 15}, {"inaccessible", 15}, {"tag", 15}, {"access", 12}, {"cost", 8}, {"context", 8}, {"descriptions", 10}, {"deprecated", 10},
	{"nullability", 20}, {"extend", 15}, {"executable", 8}, {"compose", 8}, {"rename", 8}, {"mutation", 20}, {"subscription", 10}, {"unresolvable", 10},
	{"externalType", 4}, {"mistakes", 6}, {"manyKeys", 20}, {"queryFields", 5}, {"supertypes", 10}, {"cacheTag", 4},
}

type generator struct {
	*rand.Rand
	features []string
	objects  []object
	version  string
	// common is the type of field f0 in all types, if there are interfaces.
	common string
}

// object is a type of the world.
type object struct {
	name   string
	fields []field
	keys   []string
	// interfaces that it implements.
	interfaces []string
}

type field struct {
	name, typ string
	args      string
}

func (g *generator) has(feature string) bool { return slices.Contains(g.features, feature) }

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

var versions = []string{"2.0", "2.2", "2.3", "2.3", "2.5", "2.6", "2.7", "2.8", "2.9", "2.9", "2.12"}

// world invents the types.
func (g *generator) world() {
	g.version = pick(g, versions)
	n := 2 + g.IntN(4)
	g.common = g.outputType(n)
	for i := range n {
		o := object{name: fmt.Sprintf("T%d", i)}
		o.fields = append(o.fields, field{name: "id", typ: "ID!"}, field{name: "id2", typ: "ID!"})
		for j := range 1 + g.IntN(4) {
			f := field{name: fmt.Sprintf("f%d", j), typ: g.outputType(n), args: g.arguments()}
			if j == 0 && g.has("interfaces") {
				f.typ, f.args = g.common, "" // what interfaces declare
			}
			o.fields = append(o.fields, f)
		}
		o.keys = []string{"id"}
		if g.has("manyKeys") {
			o.keys = append(o.keys, "id2", "id id2")
		}
		if g.has("nested") {
			for _, f := range o.fields {
				if base := strings.Trim(f.typ, "[]!"); strings.HasPrefix(base, "T") && f.args == "" {
					o.keys = append(o.keys, f.name+" { id }")
				}
			}
		}
		if g.has("interfaces") && g.chance(60) {
			o.interfaces = append(o.interfaces, "I0")
		}
		if g.has("interfaces") && g.chance(25) {
			o.interfaces = append(o.interfaces, "I1")
		}
		g.objects = append(g.objects, o)
	}
}

func (g *generator) outputType(objects int) string {
	base := pick(g, []string{"Int", "String", "Int", "String", "Float", "Boolean"})
	switch {
	case g.chance(30):
		base = fmt.Sprintf("T%d", g.IntN(objects))
	case g.has("interfaces") && g.chance(15):
		base = "I0"
	case g.has("unions") && g.chance(15):
		base = "U0"
	case g.has("enums") && g.chance(20):
		base = "E0"
	}
	if g.chance(20) {
		base = "[" + base + "]"
	}
	if g.chance(25) {
		base += "!"
	}
	return base
}

func (g *generator) arguments() string {
	if !g.has("arguments") || g.chance(60) {
		return ""
	}
	var args []string
	for i := range 1 + g.IntN(2) {
		t := pick(g, []string{"Int", "String", "Int!", "[Int!]"})
		if g.has("enums") && g.chance(30) {
			t = "E0"
		}
		if g.has("inputs") && g.chance(30) {
			t = "In0"
		}
		args = append(args, fmt.Sprintf("a%d: %s", i, t))
	}
	return strings.Join(args, ", ")
}

// part is one subgraph while it is written.
type part struct {
	*generator
	index    int
	fed1     bool
	version  string
	renames  map[string]string
	contexts bool
	b        strings.Builder
	known    map[string]bool // object types that it has
	// provided is a field of a type that the subgraph only provides.
	provided map[string]string
	fields   map[string][]string
}

// subgraph writes one subgraph.
func (g *generator) subgraph(index int) string {
	p := &part{generator: g, index: index, version: g.version, known: map[string]bool{}, provided: map[string]string{}, renames: map[string]string{}, fields: map[string][]string{}}
	p.fed1 = g.has("fed1") && g.chance(60)
	if g.chance(10) {
		p.version = pick(g, versions)
	}
	if g.has("rename") && g.chance(50) {
		d := pick(g, []string{"key", "shareable", "tag", "inaccessible", "external", "requires"})
		p.renames[d] = pick(g, []string{"my" + d, "federation__" + d})
	}
	for i, o := range g.objects {
		if g.chance(65) || i == index%len(g.objects) {
			p.known[o.name] = true
		}
	}
	p.closeReferences()
	p.chooseProvided()
	p.link()
	p.roots()
	for _, o := range g.objects {
		if p.known[o.name] {
			p.object(o)
		}
	}
	p.others()
	return p.b.String()
}

// closeReferences adds the types that known types refer to.
func (p *part) closeReferences() {
	for _, o := range p.objects {
		if p.known[o.name] {
			p.choose(o)
		}
	}
	for changed := true; changed; {
		changed = false
		for _, o := range p.objects {
			for _, f := range p.fields[o.name] {
				base := strings.Trim(o.field(f).typ, "[]!")
				if strings.HasPrefix(base, "T") && !p.known[base] {
					p.known[base], changed = true, true
					p.choose(p.object_(base))
				}
			}
		}
	}
}

// chooseProvided picks fields that are external but for where they are provided.
func (p *part) chooseProvided() {
	if !p.has("provides") || !p.can("provides") {
		return
	}
	for _, o := range p.objects {
		for _, f := range p.fields[o.name] {
			base := strings.Trim(o.field(f).typ, "[]!")
			if !strings.HasPrefix(base, "T") || p.provided[base] != "" || p.chance(40) {
				continue
			}
			sel := pick(p.generator, p.fields[base])
			if t := p.object_(base).field(sel); !strings.HasPrefix(sel, "id") && t.args == "" && !strings.ContainsAny(strings.Trim(t.typ, "[]!"), "TU0") {
				p.provided[base] = sel
			}
		}
	}
}

func (p *part) object_(name string) object {
	return p.objects[slices.IndexFunc(p.objects, func(o object) bool { return o.name == name })]
}

func (o object) field(name string) field {
	return o.fields[slices.IndexFunc(o.fields, func(f field) bool { return f.name == name })]
}

// choose selects the fields of a type that the subgraph has.
func (p *part) choose(o object) {
	names := []string{"id"}
	for _, f := range o.fields[1:] {
		if p.chance(55) {
			names = append(names, f.name)
		}
	}
	if len(o.interfaces) > 0 {
		for _, f := range []string{"f0"} {
			if !slices.Contains(names, f) {
				names = append(names, f)
			}
		}
	}
	p.fields[o.name] = names
}

var imports = []struct{ name, since string }{
	{"key", "2.0"}, {"requires", "2.0"}, {"provides", "2.0"}, {"external", "2.0"}, {"shareable", "2.0"}, {"override", "2.0"}, {"tag", "2.0"},
	{"inaccessible", "2.0"}, {"extends", "2.0"}, {"composeDirective", "2.1"}, {"interfaceObject", "2.3"}, {"authenticated", "2.5"},
	{"requiresScopes", "2.5"}, {"policy", "2.6"}, {"context", "2.8"}, {"fromContext", "2.8"}, {"cost", "2.9"}, {"listSize", "2.9"}, {"cacheTag", "2.12"},
}

func minor(version string) int {
	var n int
	fmt.Sscanf(version, "2.%d", &n)
	return n
}

func (p *part) can(directive string) bool {
	for _, i := range imports {
		if i.name == directive {
			if p.fed1 {
				return slices.Contains([]string{"key", "requires", "provides", "external", "extends", "tag"}, directive)
			}
			return minor(p.version) >= minor(i.since)
		}
	}
	return false
}

func (p *part) link() {
	if p.fed1 {
		return
	}
	var names []string
	for _, i := range imports {
		if !p.can(i.name) || p.renames[i.name] == "federation__"+i.name {
			continue
		}
		if to := p.renames[i.name]; to != "" {
			names = append(names, fmt.Sprintf(`{name: "@%s", as: "@%s"}`, i.name, to))
		} else {
			names = append(names, `"@`+i.name+`"`)
		}
	}
	fmt.Fprintf(&p.b, "extend schema @link(url: \"https://specs.apollo.dev/federation/v%s\", import: [%s])", p.version, strings.Join(names, ", "))
	if p.has("compose") && p.can("composeDirective") && p.chance(70) {
		fmt.Fprintf(&p.b, " @link(url: \"https://example.com/custom/v1.%d\", import: [\"@custom\"]) @composeDirective(name: \"@custom\")\ndirective @custom(n: Int = 1) %son FIELD_DEFINITION | OBJECT | ENUM_VALUE | ARGUMENT_DEFINITION",
			p.IntN(2), pick(p.generator, []string{"", "", "repeatable "}))
		p.contexts = true // reused as "has @custom"
	}
	p.b.WriteByte('\n')
	if p.has("executable") && p.chance(80) {
		fmt.Fprintf(&p.b, "directive @exec%s %son %s\n", pick(p.generator, []string{"", "(a: Int)", "(a: Int!)", "(a: Int = 3)"}), pick(p.generator, []string{"", "repeatable "}),
			pick(p.generator, []string{"FIELD", "FIELD | QUERY", "QUERY", "FIELD | OBJECT", "OBJECT"}))
	}
}

// at writes a directive under the name that it has in this subgraph.
func (p *part) at(directive, args string) string {
	name := directive
	if to := p.renames[directive]; to != "" && !p.fed1 {
		name = to
	}
	return " @" + name + args
}

func (p *part) roots() {
	root := func(name string, chance int) {
		var fields []string
		for _, o := range p.objects {
			if p.known[o.name] && p.chance(chance) {
				t := o.name
				if len(o.fields)%2 == 0 {
					t = "[" + t + "!]!"
				}
				directives := ""
				f := fmt.Sprintf("  %s%s", strings.ToLower(o.name), strings.ToLower(name[:1]))
				if p.chance(30) {
					f += p.letter()
				} else if (p.chance(80) || p.has("strict")) && p.can("shareable") && name != "Subscription" {
					directives = p.at("shareable", "")
				}
				fields = append(fields, f+": "+t+directives)
			}
		}
		if p.has("interfaces") && p.chance(chance) {
			fields = append(fields, "  i"+p.letter()+": I0"+p.maybe("shareable", 95))
		}
		if p.has("unions") && p.chance(chance) {
			fields = append(fields, "  u"+p.letter()+": U0"+p.maybe("shareable", 95))
		}
		if name == "Query" && p.index == 0 && len(fields) == 0 {
			fields = append(fields, "  q: Int")
		}
		slices.Sort(fields)
		fields = slices.CompactFunc(fields, func(a, b string) bool { return strings.Split(a, ":")[0] == strings.Split(b, ":")[0] })
		if len(fields) > 0 {
			fmt.Fprintf(&p.b, "%s %s {\n%s\n}\n", pick(p.generator, []string{"type", "type", "extend type"}), name, strings.Join(fields, "\n"))
		}
	}
	root("Query", 50)
	if p.has("mutation") {
		root("Mutation", 25)
	}
	if p.has("subscription") {
		root("Subscription", 10)
	}
}

func (p *part) letter() string { return string(rune('a' + p.IntN(3))) }

func (p *part) maybe(directive string, percent int) string {
	if p.can(directive) && p.chance(percent) {
		return p.at(directive, "")
	}
	return ""
}

func (p *part) object(o object) {
	keyword := "type"
	if p.has("extend") && p.chance(20) {
		keyword = "extend type"
	}
	head := keyword + " " + o.name
	if len(o.interfaces) > 0 {
		head += " implements " + strings.Join(o.interfaces, " & ")
	}
	isEntity := p.has("keys") && p.can("key") && (p.chance(80) || p.has("strict"))
	if isEntity {
		head += p.keys(o)
	}
	if !isEntity && p.has("share") && p.can("shareable") && (p.has("strict") || p.chance(70)) {
		head += p.at("shareable", "")
	}
	if p.has("externalType") && p.can("external") && p.chance(15) {
		head += p.at("external", "")
	}
	head += p.decorations("OBJECT")
	if p.has("context") && p.can("context") && p.chance(40) {
		head += ` @context(name: "ctx")`
	}
	p.describe("")
	p.b.WriteString(head + " {\n")
	external := p.externals(o, isEntity)
	if len(external) > 0 && p.chance(85) {
		p.b.WriteString("  e" + p.letter() + ": Int" + p.maybe("shareable", 90) + p.at("requires", fmt.Sprintf("(fields: %q)", p.requires(o, external))) + "\n")
	}
	for _, name := range p.fields[o.name] {
		p.field(o, o.field(name), external, isEntity)
	}
	p.b.WriteString("}\n")
}

// keys chooses keys whose fields the subgraph has.
func (p *part) keys(o object) string {
	var out string
	for i, k := range o.keys {
		top := strings.Fields(k)
		if strings.Contains(k, "{") {
			top = top[:1]
		}
		has := !slices.ContainsFunc(top, func(name string) bool { return !slices.Contains(p.fields[o.name], name) })
		if !has || i > 0 && p.chance(50) || i == 0 && p.chance(10) && len(o.keys) > 1 {
			continue
		}
		args := fmt.Sprintf("(fields: %q", k)
		if p.has("unresolvable") && p.chance(15) && !p.fed1 {
			args += ", resolvable: false"
		}
		out += p.at("key", args+")")
	}
	return out
}

// externals chooses the fields that the subgraph leaves to others.
func (p *part) externals(o object, isEntity bool) []string {
	var out []string
	if p.has("external") && isEntity && p.can("requires") && p.chance(60) {
		for _, name := range p.fields[o.name] {
			if !strings.HasPrefix(name, "id") && p.chance(40) {
				out = append(out, name)
			}
		}
	}
	return out
}

func (p *part) field(o object, f field, external []string, isEntity bool) {
	p.describe("  ")
	line := "  " + f.name + p.argumentText(f) + ": " + p.fieldType(f)
	isExternal := slices.Contains(external, f.name) || p.provided[o.name] == f.name
	switch {
	case isExternal:
		line += p.at("external", "")
		if p.has("mistakes") && p.chance(10) {
			line += p.decorations("FIELD_DEFINITION")
		}
		p.b.WriteString(line + "\n")
		return
	case p.has("share") && p.can("shareable") && isEntity && f.name != "id" && (p.has("strict") || p.chance(60)):
		line += p.at("shareable", "")
	}
	base := strings.Trim(f.typ, "[]!")
	if len(external) > 0 && f.args == "" && !strings.HasPrefix(f.name, "id") && p.chance(60) {
		line += p.at("requires", fmt.Sprintf("(fields: %q)", p.requires(o, external)))
	}
	if sel := p.provided[base]; sel != "" && p.chance(90) {
		line += p.at("provides", fmt.Sprintf("(fields: %q)", sel))
	}
	if p.has("override") && p.can("override") && p.chance(15) {
		args := fmt.Sprintf("(from: %q", pick(p.generator, slices.DeleteFunc([]string{"a", "b", "c", "x"}, func(n string) bool { return n == string(rune('a'+p.index)) && p.chance(95) })))
		if p.has("label") && minor(p.version) >= 7 && !p.fed1 {
			args += fmt.Sprintf(", label: %q", pick(p.generator, []string{"one", "percent(10)", "two", "1bad"}))
		}
		line += p.at("override", args+")")
	}
	p.b.WriteString(line + p.decorations("FIELD_DEFINITION") + "\n")
}

func (p *part) requires(o object, external []string) string {
	if p.chance(85) {
		var all []string
		for _, name := range external {
			all = append(all, p.requireOne(o, name))
		}
		return strings.Join(all, " ")
	}
	return p.requireOne(o, pick(p.generator, external))
}

// requiredValues passes values for the required arguments of a list.
func requiredValues(args string) string {
	var out []string
	for _, a := range strings.Split(args, ", ") {
		if name, t, _ := strings.Cut(a, ": "); strings.HasPrefix(t, "Int!") {
			out = append(out, name+": 1")
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "(" + strings.Join(out, ", ") + ")"
}

func (p *part) requireOne(o object, name string) string {
	base := strings.Trim(o.field(name).typ, "[]!")
	args := ""
	if a := o.field(name).args; a != "" && p.chance(95) {
		args = requiredValues(a)
	}
	switch {
	case strings.HasPrefix(base, "T"):
		return name + args + " { " + pick(p.generator, p.fields[base]) + " }"
	case base == "I0":
		return name + args + " { f0 }"
	case base == "U0":
		return name + args + " { __typename }"
	}
	return name + args
}

func (p *part) fieldType(f field) string {
	t := f.typ
	if p.has("nullability") && p.chance(25) && !strings.HasPrefix(f.name, "id") && (f.name != "f0" || !p.has("interfaces")) {
		if strings.HasSuffix(t, "!") {
			t = strings.TrimSuffix(t, "!")
		} else {
			t += "!"
		}
	}
	if p.has("supertypes") && p.chance(20) {
		switch strings.Trim(t, "[]!") {
		case "I0":
			for _, o := range p.objects {
				if p.known[o.name] && slices.Contains(o.interfaces, "I0") {
					return strings.Replace(t, "I0", o.name, 1)
				}
			}
		}
	}
	if p.has("mistakes") && p.chance(4) {
		return "Boolean"
	}
	return t
}

func (p *part) argumentText(f field) string {
	if f.args == "" {
		return ""
	}
	var out []string
	for _, a := range strings.Split(f.args, ", ") {
		if p.chance(8) {
			continue
		}
		if p.has("defaults") && p.chance(40) {
			switch name, t, _ := strings.Cut(a, ": "); t {
			case "Int", "Int!":
				a = fmt.Sprintf("%s: %s = %d", name, t, p.IntN(2))
			case "String":
				a += ` = "x"`
			case "E0":
				a += pick(p.generator, []string{" = A", ` = "A"`, " = B"})
			case "In0":
				a += pick(p.generator, []string{" = {x: 1}", " = {x: 1, y: \"s\"}", " = {}"})
			}
		}
		out = append(out, a+p.decorations("ARGUMENT_DEFINITION"))
	}
	if p.has("context") && p.can("fromContext") && p.chance(30) {
		out = append(out, `c: String @fromContext(field: "$ctx { f0 }")`)
	}
	if len(out) == 0 {
		return ""
	}
	return "(" + strings.Join(out, ", ") + ")"
}

func (p *part) describe(indent string) {
	if p.has("descriptions") && p.chance(25) {
		fmt.Fprintf(&p.b, "%s%q\n", indent, pick(p.generator, []string{"one", "two", "three"}))
	}
}

// decorations are directives that every element may have.
func (p *part) decorations(location string) string {
	out := ""
	if p.has("tag") && p.can("tag") && p.chance(12) {
		out += p.at("tag", fmt.Sprintf("(name: %q)", pick(p.generator, []string{"x", "y"})))
	}
	if p.has("inaccessible") && p.can("inaccessible") && p.chance(10) {
		out += p.at("inaccessible", "")
	}
	if p.has("deprecated") && location != "OBJECT" && location != "SCALAR" && location != "ENUM" && p.chance(15) {
		out += pick(p.generator, []string{" @deprecated", ` @deprecated(reason: "r")`, ` @deprecated(reason: "s")`})
	}
	if p.contexts && location != "ARGUMENT_DEFINITION" && location != "SCALAR" && location != "ENUM" && location != "INPUT_FIELD_DEFINITION" && p.chance(15) {
		out += pick(p.generator, []string{" @custom", " @custom(n: 1)", " @custom(n: 2)"})
	}
	access := location == "OBJECT" || location == "FIELD_DEFINITION" || location == "ENUM" || location == "SCALAR"
	if p.has("access") && access && p.chance(15) {
		switch p.IntN(3) {
		case 0:
			out += p.maybe("authenticated", 100)
		case 1:
			if p.can("requiresScopes") {
				out += pick(p.generator, []string{` @requiresScopes(scopes: [["a"]])`, ` @requiresScopes(scopes: [["b", "a"], ["c"]])`})
			}
		case 2:
			if p.can("policy") {
				out += pick(p.generator, []string{` @policy(policies: [["a"]])`, ` @policy(policies: [["b"], ["a", "c"]])`})
			}
		}
	}
	if p.has("cost") && p.can("cost") && location != "ENUM_VALUE" && p.chance(20) {
		out += fmt.Sprintf(" @cost(weight: %d)", p.IntN(4))
	}
	if p.has("cacheTag") && p.can("cacheTag") && (location == "OBJECT" || location == "FIELD_DEFINITION") && p.chance(15) {
		out += ` @cacheTag(format: "x")`
	}
	return out
}

// others writes what the objects refer to.
func (p *part) others() {
	text := p.b.String()
	for _, i := range []string{"I0", "I1"} {
		if strings.Contains(text, i) {
			p.iface(i)
		}
	}
	text = p.b.String()
	if strings.Contains(text, "U0") {
		var members []string
		for _, o := range p.objects {
			if p.known[o.name] && (p.chance(70) || len(members) == 0) {
				members = append(members, o.name)
			}
		}
		fmt.Fprintf(&p.b, "union U0%s = %s\n", p.decorations("UNION"), strings.Join(members, " | "))
	}
	if strings.Contains(text, "E0") {
		fmt.Fprintf(&p.b, "enum E0%s {", p.decorations("ENUM"))
		for i, v := range []string{"A", "B", "C"} {
			if i < 2 || p.chance(60) {
				p.b.WriteString(" " + v + p.decorations("ENUM_VALUE"))
			}
		}
		p.b.WriteString(" }\n")
	}
	if strings.Contains(text, "In0") {
		fmt.Fprintf(&p.b, "input In0%s { x: Int%s", pick(p.generator, []string{"", p.maybe("inaccessible", 5)}), pick(p.generator, []string{"", "", "!"}))
		if p.chance(70) {
			p.b.WriteString(" y: String" + pick(p.generator, []string{"", "", " = \"d\""}) + p.decorations("INPUT_FIELD_DEFINITION"))
		}
		if p.chance(30) {
			p.b.WriteString(" z: " + pick(p.generator, []string{"Int!", "Int", "[In0]"}))
		}
		p.b.WriteString(" }\n")
	}
}

func (p *part) iface(name string) {
	typ := p.common
	if p.has("mistakes") && p.chance(5) {
		typ = "Int"
	}
	if base := strings.Trim(typ, "[]!"); strings.HasPrefix(base, "T") && !p.known[base] {
		typ = "Int"
	}
	key := ""
	if p.has("interfaceKeys") && p.can("interfaceObject") && p.chance(70) {
		key = p.at("key", `(fields: "id")`)
	}
	if p.has("interfaceObject") && p.can("interfaceObject") && p.chance(40) && !strings.Contains(p.b.String(), "implements") {
		fmt.Fprintf(&p.b, "type %s @interfaceObject%s { id: ID! x%s: Int%s }\n", name, p.at("key", `(fields: "id")`), name, p.maybe("shareable", 40))
		return
	}
	fmt.Fprintf(&p.b, "interface %s%s { id: ID! f0: %s }\n", name, key, typ)
}
