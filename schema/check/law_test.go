package check_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/shopgraph/shopgraph/schema/check"
)

// TestBreakingIsWhatBreaks holds the classes against what happens: for pairs of
// random schemas it writes an operation for everything that can be selected and
// sent in the old one, and validates all of them on the new one.
//
//   - An operation that is no longer valid uses something that a breaking change
//     concerns: nothing that breaks is missed.
//   - Where a breaking change of a kind that validation sees concerns any of the
//     operations, one of them is no longer valid: no false alarm.
func TestBreakingIsWhatBreaks(t *testing.T) {
	pairs, broken := 400, 0
	if testing.Short() {
		pairs = 50
	}
	for seed := range uint64(pairs) {
		r := newRandom(seed + 1e6)
		old := r.schema()
		broken += holds(t, old, r.changed(old, 4))
	}
	if broken == 0 {
		t.Error("nothing ever broke")
	}
	t.Logf("%d pairs, %d broken operations", pairs, broken)
}

// seen are the kinds of breaking changes that validation must notice.
var seen = regexp.MustCompile(`^(FIELD_REMOVED|FIELD_ARGUMENT_\w+|INPUT_FIELD_\w+|UNION_MEMBER_REMOVED|DIRECTIVE_\w+|SCHEMA_\w+)$`)

func holds(t *testing.T, old, new string) (broken int) {
	t.Helper()
	before, after := load(t, old), load(t, new)
	changes := check.Diff(read(t, old), read(t, new))
	breaking := slices.DeleteFunc(slices.Clone(changes), func(c check.Change) bool { return c.Class != check.Breaking })
	noticed := map[int]bool{}
	concerned := map[int]bool{}
	for _, text := range everyOperation(before) {
		doc, err := parser.ParseQuery(&ast.Source{Input: text})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if _, errs := gqlparser.LoadQueryWithRules(before, text, rules.NewDefaultRules()); errs != nil {
			t.Fatalf("the operation is not valid on the old schema: %v\n%s\n%s", errs, text, old)
		}
		_, errs := gqlparser.LoadQueryWithRules(after, text, rules.NewDefaultRules())
		uses := check.Uses(before, doc.Operations[0], doc.Fragments)
		found := false
		for i, c := range breaking {
			if c.Concerns(uses) && (c.Kind != "UNION_MEMBER_REMOVED" || slices.Contains(uses, c.Coordinate)) {
				found, concerned[i] = true, true
				noticed[i] = noticed[i] || errs != nil
			}
		}
		if errs != nil {
			broken++
			if !found {
				t.Errorf("no breaking change tells why the operation fails: %v\n%s\nchanges: %v\n-- old\n%s\n-- new\n%s", errs, text, changes, old, new)
			}
		}
	}
	for i, c := range breaking {
		if seen.MatchString(string(c.Kind)) && concerned[i] && !noticed[i] {
			t.Errorf("%s\nbut every operation stays valid\n-- old\n%s\n-- new\n%s", c.String(), old, new)
		}
	}
	return broken
}

func load(t *testing.T, sdl string) *ast.Schema {
	t.Helper()
	s, err := gqlparser.LoadSchema(&ast.Source{Input: sdl})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// everyOperation selects, in an operation each, every field, argument, input
// field, enum value and fragment that can be reached.
func everyOperation(s *ast.Schema) []string {
	w := writer{schema: s, reached: map[string]bool{}}
	for _, root := range []*ast.Definition{s.Query, s.Mutation} {
		if root != nil {
			kind := strings.ToLower(root.Name)
			w.visit(root, func(variable, selection string) string { return kind + " X" + variable + " {" + selection + "}" })
		}
	}
	w.out = append(w.out, "query X @client(x: 1, y: 2) @client(y: 1) {__typename}", "query X {__typename @client(x: null)}")
	for _, arg := range s.Directives["client"].Arguments {
		v := variable(arg.Type)
		w.out = append(w.out, "query X"+v.variable+" {__typename @client("+arg.Name+": $v)}")
	}
	return w.out
}

type writer struct {
	schema  *ast.Schema
	reached map[string]bool
	out     []string
}

// visit writes the operations at a type; around wraps a selection of the type
// into an operation with the variable.
func (w *writer) visit(def *ast.Definition, around func(variable, selection string) string) {
	if w.reached[def.Name] {
		return
	}
	w.reached[def.Name] = true
	for _, f := range def.Fields {
		if strings.HasPrefix(f.Name, "__") {
			continue
		}
		below := ""
		if to := w.schema.Types[f.Type.Name()]; to.IsCompositeType() {
			below = "{__typename}"
			w.visit(to, func(variable, selection string) string {
				return around(variable, f.Name+w.required(f.Arguments, "", "")+"{"+selection+"}")
			})
		}
		w.out = append(w.out, around("", f.Name+w.required(f.Arguments, "", "")+below))
		for _, arg := range f.Arguments {
			for _, v := range append(w.values(arg.Type, 0), variable(arg.Type)) {
				w.out = append(w.out, around(v.variable, f.Name+w.required(f.Arguments, arg.Name, v.text)+below))
			}
		}
	}
	if !def.IsAbstractType() {
		return
	}
	for _, to := range w.schema.GetPossibleTypes(def) {
		w.out = append(w.out, around("", "... on "+to.Name+"{__typename}"))
		w.visit(to, func(variable, selection string) string {
			return around(variable, "... on "+to.Name+"{"+selection+"}")
		})
	}
}

// required writes the arguments that have to be given, and the named one.
func (w *writer) required(args ast.ArgumentDefinitionList, name, value string) string {
	var out []string
	for _, arg := range args {
		switch {
		case arg.Name == name:
			out = append(out, name+": "+value)
		case arg.Type.NonNull && arg.DefaultValue == nil:
			out = append(out, arg.Name+": "+w.values(arg.Type, 0)[0].text)
		}
	}
	if out == nil {
		return ""
	}
	return "(" + strings.Join(out, " ") + ")"
}

// literal is a value, with the definition of the variable in it, if any.
type literal struct{ text, variable string }

func variable(t *ast.Type) literal { return literal{"$v", "($v: " + t.String() + ")"} }

// values are literals of a type that name everything in it, the first one the
// shortest; null is one where it is allowed.
func (w *writer) values(t *ast.Type, depth int) []literal {
	var out []literal
	switch def := w.schema.Types[t.Name()]; {
	case t.Elem != nil:
		out = append(out, literal{text: "[]"})
		for _, v := range w.values(t.Elem, depth) {
			out = append(out, literal{"[" + v.text + "]", v.variable})
		}
	case def.Kind == ast.Enum:
		for _, v := range def.EnumValues {
			out = append(out, literal{text: v.Name})
		}
	case def.Kind == ast.InputObject:
		out = w.objects(def, depth)
	default:
		text := map[string]string{"Int": "1", "Float": "1.5", "Boolean": "true"}[def.Name]
		if text == "" {
			text = `"s"`
		}
		out = []literal{{text: text}}
	}
	if !t.NonNull {
		out = append(out, literal{text: "null"})
	}
	return out
}

// objects are literals of an input object: one with what is required, and for
// each field those that have it too.
func (w *writer) objects(def *ast.Definition, depth int) []literal {
	required := map[string]string{}
	oneOf := def.Directives.ForName("oneOf") != nil
	for i, f := range def.Fields {
		if f.Type.NonNull && f.DefaultValue == nil || oneOf && i == 0 {
			required[f.Name] = w.values(f.Type, depth+1)[0].text
		}
	}
	out := []literal{{text: object(required)}}
	if depth > 2 {
		return out
	}
	for _, f := range def.Fields {
		if oneOf {
			out = append(out, literal{text: object(map[string]string{f.Name: w.values(f.Type, depth+1)[0].text})})
			continue
		}
		for _, v := range append(w.values(f.Type, depth+1), variable(f.Type)) {
			fields := maps.Clone(required)
			fields[f.Name] = v.text
			out = append(out, literal{object(fields), v.variable})
		}
	}
	return out
}

func object(fields map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		parts = append(parts, name+": "+fields[name])
	}
	return "{" + strings.Join(parts, " ") + "}"
}

// TestSameIsEmpty: a schema does not differ from itself, nor from its text
// printed.
func TestSameIsEmpty(t *testing.T) {
	for seed := range uint64(200) {
		sdl := newRandom(seed).schema()
		s := read(t, sdl)
		if changes := check.Diff(s, s); len(changes) > 0 {
			t.Errorf("%v\n%s", changes, sdl)
		}
		if changes := check.Diff(s, read(t, printed(s))); len(changes) > 0 {
			t.Errorf("printed: %v\n%s", changes, sdl)
		}
	}
}

// FuzzDiff: whatever texts parse, Diff does not panic, finds nothing between a
// schema and itself, and what it finds in one direction it finds in the other.
func FuzzDiff(f *testing.F) {
	for seed := range uint64(20) {
		r := newRandom(seed)
		sdl := r.schema()
		f.Add(sdl, r.changed(sdl, 5))
	}
	f.Add("type A", "input A { a: A = {a: {a: 1}} } extend type A")
	f.Add("input A { a: A = {} b: A = {} }", "input A { a: A = {} b: A = {} c: A = {} }")
	f.Add("schema { query: Missing }", "extend schema @a @a(x: {y: [1]})")
	f.Fuzz(func(t *testing.T, a, b string) {
		old, err := check.Read(&ast.Source{Input: a})
		if err != nil {
			return
		}
		new, err := check.Read(&ast.Source{Input: b})
		if err != nil {
			return
		}
		if changes := check.Diff(old, old); len(changes) > 0 {
			t.Errorf("a schema differs from itself: %v", changes)
		}
		there, back := check.Diff(old, new), check.Diff(new, old)
		if (len(there) == 0) != (len(back) == 0) {
			t.Errorf("there %v, back %v", there, back)
		}
		for _, c := range there {
			if c.Message == "" || c.Kind == "" || (c.Class != check.Safe) != (c.Why != "") {
				t.Errorf("half a change: %+v", c)
			}
		}
	})
}

func BenchmarkDiff(b *testing.B) {
	old := big(2000)
	sources := []*ast.Schema{read(b, old), read(b, strings.ReplaceAll(old, "f7: Int", "f7: String"))}
	b.ReportAllocs()
	for b.Loop() {
		if len(check.Diff(sources[0], sources[1])) != 2000 {
			b.Fatal("the change was not found")
		}
	}
}

// big is a schema of many types with twenty fields each.
func big(types int) string {
	var b strings.Builder
	b.WriteString("type Query { t0: T0 }\n")
	for i := range types {
		fmt.Fprintf(&b, "\"A type.\"\ntype T%d {\n", i)
		for j := range 19 {
			fmt.Fprintf(&b, "  \"A field.\" f%d: Int\n", j)
		}
		fmt.Fprintf(&b, "  next(first: Int = 10, after: ID): [T%d!]!\n}\n", (i+1)%types)
	}
	return b.String()
}
