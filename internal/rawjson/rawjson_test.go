package rawjson

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

var texts = []string{
	``, ` `, `null`, `true`, `false`, `nul`, `truee`, `0`, `-0`, `-`, `01`, `1.`, `1.5`, `.5`, `1e3`, `1E+3`, `1e`, `1e-`, `-12.50e-7`, `+1`, `1 2`,
	`""`, `"`, `"a`, `"abcdefg"`, `"abcdefgh"`, `"abcdefghi"`, `"\""`, `"\\"`, `"\\\""`, `"\u00e9"`, `"\u00g9"`, `"\u00"`, `"\x"`, `"\`, `"\u`,
	"\"\x1f\"", "\"\x7f\"", "\"tab\there\"", `"é"`, `"日本語のテキスト"`, `"🙂 and more text after it"`, "\"\xff\"", "\"\xc3\"", "\"\xed\xa0\x80\"", "\"abcdefgh\xc0\xaf\"",
	`"!#[]^_ ~"`, `"12345678\n12345678\"12345678"`, "\"\u00a1\u0080\"",
	`[]`, `[`, `]`, `[1]`, `[1,]`, `[,1]`, `[1 2]`, ` [ 1 , [ ] , { } ] `, `[[[]]]`,
	`{}`, `{`, `{"a"}`, `{"a":}`, `{"a":1}`, `{"a":1,}`, `{"a":1,"b":[{"c":null}]}`, `{ "a" : 1 , "b" : 2 }`, `{a:1}`, `{"a" 1}`, `{"a":1 "b":2}`,
	"\ufeff{}", "\xff", `{"a":"b"}x`,
	strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth),
	strings.Repeat("[", MaxDepth+1) + strings.Repeat("]", MaxDepth+1),
	strings.Repeat("[", 100000), strings.Repeat(`{"a":`, 100000),
}

// valid says what a whole text is to Value.
func valid(b []byte) bool {
	end := Value(b, Space(b, 0), 0)
	return end >= 0 && Space(b, end) == len(b)
}

func depth(b []byte) int {
	deepest, now, quoted := 0, 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case !quoted && (c == '[' || c == '{'):
			now++
			deepest = max(deepest, now)
		case !quoted && (c == ']' || c == '}'):
			now--
		}
	}
	return deepest
}

func check(t *testing.T, b []byte) {
	t.Helper()
	want := json.Valid(b) && utf8.Valid(b) && depth(b) <= MaxDepth
	if got := valid(b); got != want {
		t.Fatalf("valid(%.200q) = %v, want %v", b, got, want)
	}
	if !want {
		return
	}
	start := Space(b, 0)
	if end := End(b, start); end != Value(b, start, 0) {
		t.Fatalf("End(%.200q) = %d, but Value ends at %d", b, end, Value(b, start, 0))
	}
	checkParts(t, b[start:])
}

// checkParts compares the iterators with encoding/json.
func checkParts(t *testing.T, b []byte) {
	t.Helper()
	switch b[0] {
	case '[':
		var want []json.RawMessage
		if err := json.Unmarshal(b, &want); err != nil {
			t.Fatal(err)
		}
		i := 0
		for e := range Elements(b) {
			if i == len(want) || !bytes.Equal(e, want[i]) {
				t.Fatalf("element %d of %.200q is %q", i, b, e)
			}
			i++
		}
		if i != len(want) {
			t.Fatalf("%.200q has %d elements, want %d", b, i, len(want))
		}
	case '{':
		want := map[string]json.RawMessage{}
		if err := json.Unmarshal(b, &want); err != nil {
			t.Fatal(err)
		}
		got := map[string][]byte{}
		for name, value := range Members(b) {
			got[Text(name)] = value
		}
		if len(got) != len(want) {
			t.Fatalf("%.200q has %d members, want %d", b, len(got), len(want))
		}
		for name, value := range got {
			if !bytes.Equal(value, want[name]) {
				t.Fatalf("member %q of %.200q is %q, want %q", name, b, value, want[name])
			}
		}
	}
}

func TestValue(t *testing.T) {
	for _, text := range texts {
		check(t, []byte(text))
	}
}

// TestStringAtEveryOffset puts each byte at each place of a string that spans
// several words, since eight bytes are looked at together.
func TestStringAtEveryOffset(t *testing.T) {
	for c := range 256 {
		for at := range 24 {
			b := []byte(`"` + strings.Repeat("x", 24) + `"`)
			b[1+at] = byte(c)
			check(t, b)
		}
	}
}

// FuzzAppendString holds that every text is written as JSON that means it.
func FuzzAppendString(f *testing.F) {
	for _, text := range append(texts, "\"\\\b\f\n\r\t\x00\x1f\x7f", "é😀\u2028", "a\xffb\xc3", "\xed\xa0\x80") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		written := AppendString(nil, text)
		if !valid(written) {
			t.Fatalf("%.99q was written as %.99q, which is not valid", text, written)
		}
		if utf8.ValidString(text) && Text(written) != text {
			t.Fatalf("%.99q was written as %.99q", text, written)
		}
	})
}

func FuzzValue(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text))
	}
	f.Fuzz(check)
}

func BenchmarkString(b *testing.B) {
	for name, text := range map[string]string{
		"short": `"urigo"`,
		"long":  `"` + strings.Repeat("Lorem ipsum dolor sit amet. ", 16) + `"`,
		"greek": `"` + strings.Repeat("Λορεμ ιπσθμ δολορ σιτ αμετ. ", 16) + `"`,
	} {
		b.Run(name, func(b *testing.B) {
			raw := []byte(text + strings.Repeat(" ", 8))
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if String(raw, 0) != len(text) {
					b.Fatal("not read to the end")
				}
			}
		})
	}
}

func FuzzText(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text))
	}
	f.Add([]byte(`"\ud83c\udfc3\ud83c\u0041\udfc3\ud83c\"\b\f\n\r\t\/\\\u00E9"`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) == 0 || text[0] != '"' || String(text, 0) != len(text) {
			return
		}
		var want string
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		if got := Text(text); got != want {
			t.Fatalf("Text(%q) = %q, want %q", text, got, want)
		}
	})
}

func BenchmarkText(b *testing.B) {
	quoted := AppendString(nil, strings.Repeat("users { id name reviews { id body product { upc name } } }\n", 20))
	b.SetBytes(int64(len(quoted)))
	b.ReportAllocs()
	for b.Loop() {
		Text(quoted)
	}
}
