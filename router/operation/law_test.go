package operation

import (
	"hash/fnv"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"pgregory.net/rapid"

	"github.com/shopgraph/shopgraph/router/operation/operationtest"
)

const lawSchema = `
type Query { node: Node!  named: Named  user(id: ID, f: Filter): User  any: [Any]  shops: [Shop!]!  thing: Thing }
interface Node { id: ID!  self: Node  any(n: Int): Any }
interface Named implements Node { id: ID!  self: Named  any(n: Int): Any  name: String }
interface Thing { weight: Float }
type User implements Node & Named { id: ID!  self: User  any(n: Int): Any  name: String  color: Color }
type Shop implements Node & Named & Thing { id: ID!  self: Shop  any(n: Int): Any  name: String  weight: Float  owner: User }
type Depot implements Node & Thing { id: ID!  self: Depot  any(n: Int): Any  weight: Float  shops: [Shop] }
type Parcel implements Thing { weight: Float  to: Any }
union Any = User | Shop | Parcel
union Place = Shop | Depot
enum Color { RED GREEN }
input Filter { color: Color  by: By  ids: [[ID!]!]  min: Int! = 3 }
input By @oneOf { id: ID  name: String }
`

// TestNormalizedSelectsTheSame executes random operations twice on imagined data,
// as the client wrote them by the specification's CollectFields, and normalised.
// Both must answer the same fields for objects of every type, and in the same
// order unless a field is selected both under a condition and outside.
func TestNormalizedSelectsTheSame(t *testing.T) {
	schema := loadSchema(t, lawSchema)
	p := NewParser(schema, Options{})
	valid := 0
	rapid.Check(t, func(rt *rapid.T) {
		request := operationtest.Draw(rt, schema, operationtest.Options{Conflicts: 40})
		rt.Log(request.Text, request.Variables)
		op, vars, errs := prepare(p, request.Text, "", request.Variables)
		if errs != nil {
			for _, e := range errs {
				if !strings.Contains(e.Message, "Use different aliases") {
					rt.Fatal(errs)
				}
			}
			return
		}
		valid++
		parsed, err := parser.ParseQuery(&ast.Source{Input: request.Text})
		if err != nil {
			rt.Fatal(err)
		}
		x := imagination{schema: schema, doc: parsed, vars: vars}
		want := x.written(schema.Query, []ast.SelectionSet{parsed.Operations[0].SelectionSet}, "")
		got := x.normalized(schema.Query, []SelectionSet{op.Root}, "")
		if got != want && !(inAnyOrder(got) == inAnyOrder(want) && split(inlined(rt, vars.Key()).Root, nil)) {
			rt.Fatalf("written:    %s\nnormalised: %s\n%s", want, got, op)
		}
		checkLaws(t, p, op)
		checkModel(rt, op.Root, schema.Query)
	})
	if valid == 0 {
		t.Error("no document was valid")
	}
}

// inlined is the operation after the first pass.
func inlined(t *rapid.T, key Key) *Operation {
	n := newNormalizer(key)
	if errs := n.inline(); errs != nil {
		t.Fatal(errs)
	}
	return n.operation
}

// split says whether a field with selections of its own is selected both under a
// condition and outside; outer are the fields outside.
func split(set SelectionSet, outer []string) bool {
	var names []string
	for _, selection := range set {
		if f, ok := selection.(*Field); ok && !f.IsLeaf() {
			if slices.Contains(outer, f.ResponseName) || split(f.Selections, nil) {
				return true
			}
			names = append(names, f.ResponseName)
		}
	}
	return slices.ContainsFunc(set, func(selection Selection) bool {
		f, ok := selection.(*InlineFragment)
		return ok && split(f.Selections, append(names, outer...))
	})
}

// inAnyOrder sorts the fields of an imagined answer.
func inAnyOrder(answer string) string {
	sorted, _ := sortFields(answer)
	return sorted
}

func sortFields(text string) (sorted, rest string) {
	open := strings.IndexByte(text, '{')
	text = text[open+1:]
	var fields []string
	for text[0] != '}' {
		end := strings.IndexAny(text, "{ ")
		field := text[:end]
		text = text[end:]
		if text[0] == '{' {
			var inner string
			inner, text = sortFields(text)
			field += inner
		}
		text = text[1:]
		fields = append(fields, field)
	}
	slices.Sort(fields)
	return "{" + strings.Join(fields, " ") + "}", text[1:]
}

// imagination answers every field: objects have a type that depends on their path
// alone, and leaves say which field they are.
type imagination struct {
	schema *ast.Schema
	doc    *ast.QueryDocument
	vars   Variables
}

func (x imagination) concrete(typ *ast.Type, path string) *ast.Definition {
	var possible []*ast.Definition
	for _, def := range x.schema.GetPossibleTypes(x.schema.Types[typ.Name()]) {
		if def.Kind == ast.Object {
			possible = append(possible, def)
		}
	}
	slices.SortFunc(possible, func(a, b *ast.Definition) int { return strings.Compare(a.Name, b.Name) })
	h := fnv.New32a()
	h.Write([]byte(path))
	return possible[int(h.Sum32()>>3)%len(possible)]
}

// place is the answer to one field: a leaf, or an object that more selects.
func (x imagination) place(on *ast.Definition, name, arguments, path string, object func(*ast.Definition, string) string) string {
	if name == "__typename" {
		return on.Name
	}
	typ := on.Fields.ForName(name).Type
	if x.schema.Types[typ.Name()].IsLeafType() {
		return on.Name + "." + name + arguments
	}
	concrete := x.concrete(typ, path)
	return name + arguments + concrete.Name + object(concrete, path)
}

func (x imagination) written(on *ast.Definition, sets []ast.SelectionSet, path string) string {
	var order []string
	fields := map[string][]*ast.Field{}
	seen := map[string]bool{}
	var collect func(ast.SelectionSet)
	collect = func(set ast.SelectionSet) {
		for _, selection := range set {
			switch s := selection.(type) {
			case *ast.Field:
				if !x.excluded(s.Directives) {
					if fields[s.Alias] == nil {
						order = append(order, s.Alias)
					}
					fields[s.Alias] = append(fields[s.Alias], s)
				}
			case *ast.InlineFragment:
				if !x.excluded(s.Directives) && x.applies(on, s.TypeCondition) {
					collect(s.SelectionSet)
				}
			case *ast.FragmentSpread:
				f := x.doc.Fragments.ForName(s.Name)
				if !x.excluded(s.Directives) && !seen[s.Name] {
					seen[s.Name] = true
					if x.applies(on, f.TypeCondition) {
						collect(f.SelectionSet)
					}
				}
			}
		}
	}
	for _, set := range sets {
		collect(set)
	}
	out := "{"
	for _, name := range order {
		f := fields[name][0]
		out += name + ":" + x.place(on, f.Name, argumentText(f.Arguments), path+"/"+name, func(concrete *ast.Definition, path string) string {
			var sets []ast.SelectionSet
			for _, f := range fields[name] {
				sets = append(sets, f.SelectionSet)
			}
			return x.written(concrete, sets, path)
		}) + " "
	}
	return out + "}"
}

func (x imagination) excluded(directives ast.DirectiveList) bool {
	for _, d := range directives {
		v := d.Arguments.ForName("if").Value
		text := v.Raw
		if v.Kind == ast.Variable {
			raw, _ := x.vars.Lookup(v.Raw)
			text = string(raw)
		}
		if (text == "true") == (d.Name == "skip") {
			return true
		}
	}
	return false
}

func (x imagination) applies(on *ast.Definition, condition string) bool {
	return condition == "" || slices.Contains(x.schema.PossibleTypes[condition], on)
}

func (x imagination) normalized(on *ast.Definition, sets []SelectionSet, path string) string {
	var order []string
	fields := map[string][]*Field{}
	var collect func(SelectionSet)
	collect = func(set SelectionSet) {
		for _, selection := range set {
			switch s := selection.(type) {
			case *Field:
				if fields[s.ResponseName] == nil {
					order = append(order, s.ResponseName)
				}
				fields[s.ResponseName] = append(fields[s.ResponseName], s)
			case *InlineFragment:
				if slices.Contains(s.PossibleTypes, on.Name) {
					collect(s.Selections)
				}
			}
		}
	}
	for _, set := range sets {
		collect(set)
	}
	out := "{"
	for _, name := range order {
		f := fields[name][0]
		out += name + ":" + x.place(on, f.Name, argumentText(f.Arguments), path+"/"+name, func(concrete *ast.Definition, path string) string {
			var sets []SelectionSet
			for _, f := range fields[name] {
				sets = append(sets, f.Selections)
			}
			return x.normalized(concrete, sets, path)
		}) + " "
	}
	return out + "}"
}

func argumentText(args ast.ArgumentList) string {
	var out []string
	for _, arg := range args {
		out = append(out, arg.Name+arg.Value.String())
	}
	slices.Sort(out)
	return strings.NewReplacer("{", "(", "}", ")", " ", "").Replace(strings.Join(out, ","))
}

// checkModel checks what the documentation of the model promises.
func checkModel(t *rapid.T, set SelectionSet, parent *ast.Definition) {
	seen := map[string]bool{}
	for _, selection := range set {
		switch s := selection.(type) {
		case *Field:
			if s.ParentType != parent {
				t.Fatalf("field %s has parent type %s, want %s", s.ResponseName, s.ParentType.Name, parent.Name)
			}
			if seen[s.ResponseName] {
				t.Fatalf("field %s is selected twice from %s", s.ResponseName, parent.Name)
			}
			seen[s.ResponseName] = true
			if s.IsLeaf() != (s.Selections == nil) || s.Position.Line == 0 {
				t.Fatalf("field %s: selections %v, position %v", s.ResponseName, s.Selections, s.Position)
			}
			checkModel(t, s.Selections, s.Type)
		case *InlineFragment:
			if !parent.IsAbstractType() || s.TypeCondition == parent || len(s.PossibleTypes) == 0 || len(s.Selections) == 0 || !slices.IsSorted(s.PossibleTypes) {
				t.Fatalf("fragment on %s within %s: possible %v, selections %s", s.TypeCondition.Name, parent.Name, s.PossibleTypes, s.Selections)
			}
			checkModel(t, s.Selections, s.TypeCondition)
		}
	}
}

// FuzzParse takes any text through every stage: nothing panics, and what is valid
// obeys the laws.
func FuzzParse(f *testing.F) {
	for _, h := range hostile {
		if text := h.text(); len(text) < 5000 {
			f.Add(text)
		}
	}
	f.Add("query Q($b: Boolean!) { user { ...F @skip(if: $b) } node { ... on User @include(if: $b) { id } } } fragment F on Node { id self { id } }")
	p := NewParser(loadSchema(f, hostileSchema), Options{Suggestions: true, MaxTokens: 500, MaxFields: 500})
	f.Fuzz(func(t *testing.T, text string) {
		doc, errs := p.Parse(text)
		if errs != nil {
			list(errs)
			return
		}
		for _, def := range doc.Definitions() {
			def.compiled()
			size := (len(def.conditions) + 7) / 8
			for _, value := range []string{"\x00", "\xff"} {
				op, errs := Key{def, strings.Repeat(value, size)}.Normalize()
				if errs == nil {
					checkLaws(t, p, op)
				}
			}
		}
	})
}
