package jsontext

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

var texts = []string{
	`null`, ` true `, `false`, `0`, `-0`, `-1.5e+10`, `1E5`, `"a"`, `"\u00e9\ud83d\ude00\n\/"`, `[]`, `[1, [2], {}]`, `{"a": {"b": [null]}, "c": ""}`,
	``, ` `, `nul`, `tru`, `01`, `1.`, `.5`, `-`, `+1`, `1e`, `"a`, `"\x"`, `"\u12"`, "\"\n\"", `[1,]`, `[,1]`, `[1 2]`, `{"a"}`, `{"a":}`, `{a:1}`, `{"a":1,}`, `{,}`, `]`, `}`, `[}`, `{]`, `1 2`,
	`"\ud83d"`, `"\ud83dx"`, `"\ude00\ud83d"`, `"\ud83d\u0041"`, "\"\xff\"", `"` + "\u2028" + `"`,
	strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth),
}

// FuzzScanner compares the scanner with encoding/json: both accept the same text,
// and strings mean the same.
func FuzzScanner(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s := Scanner{Data: text}
		got := s.Value() && s.End()
		if nesting(text) > MaxDepth {
			return
		}
		if want := json.Valid(text); got != want {
			t.Fatalf("%q: accepted %v, want %v; stopped at %d", text, got, want, s.Pos)
		}
		s = Scanner{Data: text}
		if !got || s.Peek() != '"' {
			return
		}
		inner, escaped, _ := s.String()
		decoded := string(inner)
		if escaped {
			decoded = Unquote(inner)
		}
		var want string
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		if utf8.Valid(text) && decoded != want {
			t.Fatalf("%q decoded to %q, want %q", text, decoded, want)
		}
	})
}

// nesting is at least how deep the text nests.
func nesting(text []byte) int {
	return strings.Count(string(text), "[") + strings.Count(string(text), "{")
}

func TestDeepNesting(t *testing.T) {
	for _, open := range []string{"[", `{"a":`} {
		s := Scanner{Data: []byte(strings.Repeat(open, 100_000))}
		if s.Value() {
			t.Errorf("%s nested without end was accepted", open)
		}
	}
}
