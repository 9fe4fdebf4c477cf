package operation

import (
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

func TestPlannedLeavesOutWhatTheRouterAnswers(t *testing.T) {
	p := NewParser(loadSchema(t, hostileSchema), Options{})
	for _, c := range []struct {
		query, planned string
		introspects    bool
	}{
		{"{ __typename user { id } t: __typename a: __schema { description } f b: __type(name: \"User\") { name } }", "{\n  user {\n    id\n  }\n  f\n}", true},
		{"{ user { __typename } }", "{\n  user {\n    __typename\n  }\n}", false},
		{"{ __typename }", "{\n  __typename @skip(if: true)\n}", false},
	} {
		op, _, errs := prepare(p, c.query, "", "")
		if errs != nil {
			t.Fatal(errs)
		}
		whole := op.String()
		if got := op.Planned().String(); got != c.planned || op.Introspects() != c.introspects {
			t.Errorf("%s: planned %s, introspects %v", c.query, got, op.Introspects())
		}
		if op.String() != whole {
			t.Errorf("Planned changed the operation to %s", op)
		}
	}
}

func TestDefinitionsAndPositions(t *testing.T) {
	p := NewParser(loadSchema(t, hostileSchema), Options{})
	doc, errs := p.Parse("query A { user { id } }\n\nquery B($n: Int) {\n  ...F\n  user { x: id } f(n: $n)\n}\nfragment F on Query { user {\n  id\n} }")
	if errs != nil {
		t.Fatal(errs)
	}
	b, _ := doc.Operation("B")
	if b != doc.Definitions()[1] || b.Name() != "B" || b.Kind() != ast.Query || b.Position() != (Position{3, 1}) {
		t.Errorf("operation B is %s %s at %v", b.Kind(), b.Name(), b.Position())
	}
	if v := b.Variables(); len(v) != 1 || v[0].Position != (Position{3, 9}) || v[0].Index != 0 {
		t.Errorf("variables %v", v)
	}
	op, _ := Key{Definition: b}.Normalize()
	user := op.Root[0].(*Field)
	id, x := user.Selections[0].(*Field), user.Selections[1].(*Field)
	if user.Position != (Position{7, 23}) || id.Position != (Position{8, 3}) || x.Position != (Position{5, 10}) {
		t.Errorf("user at %v, id at %v, x at %v", user.Position, id.Position, x.Position)
	}
}

func TestErrorsReadWell(t *testing.T) {
	p := NewParser(loadSchema(t, hostileSchema), Options{})
	_, errs := p.Parse("{ user { id } usr\n nope }")
	want := "1:15: Cannot query field \"usr\" on type \"Query\".\n2:2: Cannot query field \"nope\" on type \"Query\"."
	if errs.Error() != want {
		t.Errorf("got %q, want %q", errs.Error(), want)
	}
	doc, _ := p.Parse("query A { f } query B { f }")
	if _, errs := doc.Operation(""); errs.Error() != "Must provide operation name if query contains multiple operations." {
		t.Errorf("got %q", errs.Error())
	}
}

// TestManyConditions has more conditions than a byte has bits.
func TestManyConditions(t *testing.T) {
	p := NewParser(loadSchema(t, hostileSchema), Options{})
	text := "query(" + repeat(20, "$b%d: Boolean!") + ") {" + repeat(20, "f%d: f @include(if: $b%[1]d)") + "}"
	doc, errs := p.Parse(text)
	if errs != nil {
		t.Fatal(errs)
	}
	def, _ := doc.Operation("")
	vars, errs := def.Coerce([]byte("{" + repeat(19, "\"b%d\": false,") + "\"b19\": true}"))
	if errs != nil {
		t.Fatal(errs)
	}
	op, errs := vars.Key().Normalize()
	if errs != nil || op.Root.String() != "{\n  f19: f\n}" {
		t.Errorf("got %v, %v", op, errs)
	}
	other, _ := def.Coerce([]byte("{" + repeat(19, "\"b%d\": false,") + "\"b19\": false}"))
	again, _ := def.Coerce([]byte("{" + repeat(19, "\"b%d\": false,") + "\"b19\": true}"))
	if vars.Key() == other.Key() || vars.Key() != again.Key() {
		t.Error("keys do not tell the values apart")
	}
}
