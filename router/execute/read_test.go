package execute

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/shopgraph/shopgraph/internal/rawjson"
	"github.com/shopgraph/shopgraph/router/plan"
)

// testSelection reads {"__typename", "a", "x": b, "o": {a, l}, "l": [[{a}]]},
// and, so that names are looked up, twelve fields more below "many".
func testSelection() *plan.Selection {
	element := &plan.Layout{Slots: []plan.Slot{{ResponseName: "a"}}}
	readElement := &plan.Selection{Layout: element, Typename: "Element", Fields: []plan.ReadField{{ResponseName: "a", Slot: 0}}}
	many := &plan.Layout{}
	readMany := &plan.Selection{Layout: many}
	for i := range manyFields {
		name := "f" + strconv.Itoa(i)
		many.Slots = append(many.Slots, plan.Slot{ResponseName: name})
		readMany.Fields = append(readMany.Fields, plan.ReadField{ResponseName: name, Slot: i})
	}
	object := &plan.Layout{Slots: []plan.Slot{{ResponseName: "a"}, {ResponseName: "l", Layout: element}}}
	readObject := &plan.Selection{Layout: object, Fields: []plan.ReadField{{ResponseName: "a", Slot: 0}, {ResponseName: "l", Slot: 1, Selection: readElement}}}
	root := &plan.Layout{Slots: []plan.Slot{
		{ResponseName: "unread"}, {ResponseName: "a"}, {ResponseName: "b"}, {ResponseName: "o", Layout: object}, {ResponseName: "l", Layout: element}, {ResponseName: "many", Layout: many},
	}}
	return &plan.Selection{Layout: root, Fields: []plan.ReadField{
		{ResponseName: "__typename", Slot: plan.TypenameSlot}, {ResponseName: "a", Slot: 1}, {ResponseName: "x", Slot: 2},
		{ResponseName: "o", Slot: 3, Selection: readObject}, {ResponseName: "l", Slot: 4, Selection: readElement}, {ResponseName: "many", Slot: 5, Selection: readMany},
	}}
}

var testTypes = NewTypes([]string{"Root", "Element", "Other"})

// readText reads a text into a result's only segment.
func readText(text []byte) (r *Result, v Value, end int) {
	c := compiler{types: testTypes, readers: map[*plan.Selection]*reader{}}
	p := parser{text: text, types: testTypes, limit: math.MaxInt}
	v, end = p.value(rawjson.Space(text, 0), c.reader(testSelection()), 0)
	if end >= 0 && rawjson.Space(text, end) < len(text) {
		end = ^end
	}
	return &Result{segments: []segment{{text: text, values: p.values}}}, v, end
}

// seen turns a value into what decoding would give: objects as maps by slot.
func seen(t *testing.T, r *Result, v Value, read *plan.Selection) any {
	switch v.Kind() {
	case Missing:
		return "missing"
	case Omitted:
		return "omitted"
	case Wrong:
		return "wrong"
	case List:
		out := []any{}
		for _, e := range r.Elements(v) {
			out = append(out, seen(t, r, e, read))
		}
		return out
	case Object:
		out := map[string]any{"type": r.Type(v)}
		for i, slot := range r.Slots(v) {
			out[strconv.Itoa(i)] = seen(t, r, slot, below(read, i))
		}
		return out
	}
	var leaf any
	if err := decode(r.Text(v), &leaf); err != nil {
		t.Fatalf("text %.100q of a leaf is not JSON: %v", r.Text(v), err)
	}
	return leaf
}

func decode(text []byte, into *any) error {
	if !json.Valid(text) {
		return errors.New("invalid")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return d.Decode(into)
}

func below(s *plan.Selection, slot int) *plan.Selection {
	for _, f := range s.Fields {
		if f.Slot == slot {
			return f.Selection
		}
	}
	return nil
}

// wanted is what seen should give, by way of encoding/json.
func wanted(v any, read *plan.Selection) any {
	if read == nil || v == nil {
		return v
	}
	switch v := v.(type) {
	case []any:
		out := []any{}
		for _, e := range v {
			out = append(out, wanted(e, read))
		}
		return out
	case map[string]any:
		out := map[string]any{"type": testTypes.ids[read.Typename]}
		for i := range read.Layout.Slots {
			out[strconv.Itoa(i)] = "missing"
		}
		for _, f := range read.Fields {
			x, ok := v[f.ResponseName]
			name, isName := x.(string)
			switch {
			case !ok && f.Slot >= 0 && read.Typename != "":
				out[strconv.Itoa(f.Slot)] = "omitted"
			case ok && f.Slot >= 0:
				out[strconv.Itoa(f.Slot)] = wanted(x, f.Selection)
			case ok && isName:
				out["type"] = testTypes.ID(name)
			}
		}
		return out
	}
	return "wrong"
}

func checkRead(t *testing.T, text []byte) {
	r, v, end := readText(text)
	var decoded any
	err := decode(text, &decoded)
	valid := err == nil && utf8.Valid(text)
	if valid && bytes.Count(text, []byte("["))+bytes.Count(text, []byte("{")) > rawjson.MaxDepth {
		return
	}
	if bytes.Count(text, []byte(`"__typename"`)) > 1 {
		return // which of several counts does not matter
	}
	if (end >= 0) != valid {
		t.Fatalf("%.200q: read to %d, but encoding/json says %v", text, end, err)
	}
	if !valid {
		return
	}
	selection := testSelection()
	if got, want := seen(t, r, v, selection), wanted(decoded, selection); !reflect.DeepEqual(got, want) {
		t.Fatalf("%.200q\nread %v\nwant %v", text, got, want)
	}
}

var readTexts = []string{
	`{"__typename":"Root","a":1,"x":"b","o":{"a":true,"l":[{"a":1.5},null,{}]},"l":[[{"a":[1,{"b":2}]}],[]]}`,
	`{"l":[],"o":null,"x":{"deep":[1,2,{}]},"a":"\u00e9\n","__typename":"Unheard"}`,
	` { "a" : 1 , "unknown" : { "x" : [ ] } , "x" : 2 } `,
	`{"a":1,"a":2,"o":{"a":1},"o":{"l":[]}}`,
	`{"\u0061":1,"__typen\u0061me":"Other"}`,
	`{"__typename":null,"o":1,"l":{"a":1}}`, `{"__typename":7}`, `{"__typename":""}`,
	`{"many":{"f0":0,"f11":11,"f5":5,"f12":12,"\u00661":1}}`,
	`{"o":"wrong","l":[1,"wrong",[null,{"a":0}]]}`,
	`[]`, `null`, `1`, `""`, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{"o":{"a":1}`, `{"l":[{"a":1}`, `{"l":[{"a":1},]}`, `{"l":[1 2]}`,
	`{"a":01}`, `{"a":tru}`, `{"a":"` + "\xff" + `"}`, `{"` + "\xff" + `":1}`, `{"a" 1}`, `{"a":1 "x":2}`, `{a:1}`, ``,
}

func TestRead(t *testing.T) {
	for _, text := range readTexts {
		checkRead(t, []byte(text))
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range readTexts {
		f.Add([]byte(text))
	}
	f.Fuzz(checkRead)
}

func TestReadBoundsDepth(t *testing.T) {
	for _, open := range []string{`{"l":`, `{"x":`} {
		for _, n := range []int{rawjson.MaxDepth + 10, 1_000_000} {
			text := []byte(open + strings.Repeat("[", n) + strings.Repeat("]", n) + "}")
			if _, _, end := readText(text); end >= 0 {
				t.Errorf("%s and %d brackets are read", open, n)
			}
		}
	}
}

// TestReadBoundsValues reads many objects that take much more memory than their
// text.
func TestReadBoundsValues(t *testing.T) {
	text := []byte(`{"l":[` + strings.Repeat("{},", 10_000) + "{}]}")
	c := compiler{types: testTypes, readers: map[*plan.Selection]*reader{}}
	p := parser{text: text, types: testTypes, limit: 1000}
	if _, end := p.value(0, c.reader(testSelection()), 0); end >= 0 || !p.full || cap(p.values) > 4000 {
		t.Errorf("read to %d, full %v, room for %d values", end, p.full, cap(p.values))
	}
}
