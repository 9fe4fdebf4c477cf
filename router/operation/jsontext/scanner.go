// Package jsontext reads JSON value by value, without reflection, and without
// decoding what is only passed on.
package jsontext

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxDepth is how deep arrays and objects may nest; deeper text is refused.
const MaxDepth = 500

// Kind is what a value starts with: '{', '[', '"', '0' for any number, 't', 'f',
// 'n', or 0 where there is no value.
type Kind byte

// Scanner reads JSON text value by value. Its methods return false at the first
// fault; Pos is then where it is. Text that was read through to its end with true
// results is valid JSON, apart from strings whose bytes are not UTF-8.
//
// Source: RFC 8259.
type Scanner struct {
	Data []byte
	// Pos is the offset of the next byte to read.
	Pos   int
	depth int
}

// Peek skips white space and returns the kind of the value that follows.
func (s *Scanner) Peek() Kind {
	switch c := s.next(); {
	case c == '-' || c >= '0' && c <= '9':
		return '0'
	case c == '{' || c == '[' || c == '"' || c == 't' || c == 'f' || c == 'n':
		return Kind(c)
	}
	return 0
}

// next skips white space and returns the byte that follows, or 0 at the end.
func (s *Scanner) next() byte {
	for ; s.Pos < len(s.Data); s.Pos++ {
		switch c := s.Data[s.Pos]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// Skip skips white space and then the byte c; it does nothing but skip white space
// and returns false when something else follows.
func (s *Scanner) Skip(c byte) bool {
	if s.next() != c || s.Pos >= len(s.Data) {
		return false
	}
	s.Pos++
	return true
}

// End says whether nothing but white space is left.
func (s *Scanner) End() bool {
	s.next()
	return s.Pos >= len(s.Data)
}

// Literal reads true, false or null, whichever is given.
func (s *Scanner) Literal(word string) bool {
	if len(s.Data)-s.Pos < len(word) || string(s.Data[s.Pos:s.Pos+len(word)]) != word {
		return false
	}
	s.Pos += len(word)
	return true
}

// Number reads a number and returns its text.
func (s *Scanner) Number() ([]byte, bool) {
	start := s.Pos
	s.accept('-')
	if !s.accept('0') && !s.digits() {
		return nil, false
	}
	if s.accept('.') && !s.digits() {
		return nil, false
	}
	if s.accept('e') || s.accept('E') {
		if !s.accept('+') {
			s.accept('-')
		}
		if !s.digits() {
			return nil, false
		}
	}
	return s.Data[start:s.Pos], true
}

func (s *Scanner) accept(c byte) bool {
	if s.Pos < len(s.Data) && s.Data[s.Pos] == c {
		s.Pos++
		return true
	}
	return false
}

func (s *Scanner) digits() bool {
	start := s.Pos
	for s.Pos < len(s.Data) && s.Data[s.Pos] >= '0' && s.Data[s.Pos] <= '9' {
		s.Pos++
	}
	return s.Pos > start
}

// String reads a string and returns what is between its quotes, undecoded, and
// whether that contains escapes.
func (s *Scanner) String() (inner []byte, escaped, ok bool) {
	if !s.accept('"') {
		return nil, false, false
	}
	start := s.Pos
	for s.Pos < len(s.Data) {
		switch c := s.Data[s.Pos]; {
		case c == '"':
			s.Pos++
			return s.Data[start : s.Pos-1], escaped, true
		case c < ' ':
			return nil, false, false
		case c == '\\':
			escaped = true
			if !s.escape() {
				return nil, false, false
			}
		default:
			s.Pos++
		}
	}
	return nil, false, false
}

func (s *Scanner) escape() bool {
	s.Pos++
	if s.Pos >= len(s.Data) {
		return false
	}
	switch s.Data[s.Pos] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.Pos++
		return true
	case 'u':
		for i := 1; i <= 4; i++ {
			if s.Pos+i >= len(s.Data) || !isHex(s.Data[s.Pos+i]) {
				return false
			}
		}
		s.Pos += 5
		return true
	}
	return false
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// Open reads the bracket or brace that begins an array or object, unless that
// would nest deeper than MaxDepth. Each Open needs a Close.
func (s *Scanner) Open() bool {
	if s.depth == MaxDepth || s.Pos >= len(s.Data) {
		return false
	}
	s.depth++
	s.Pos++
	return true
}

// More is called after Open with first set, and after each element: it says
// whether another element follows, having read the comma before it, or else reads
// the closing bracket or brace. ok is false when there is neither.
func (s *Scanner) More(end byte, first bool) (more, ok bool) {
	switch {
	case s.next() == end && s.Pos < len(s.Data):
		s.Pos++
		s.depth--
		return false, true
	case first:
		return true, true
	}
	return true, s.Skip(',')
}

// Key reads an object's next key and the colon after it.
func (s *Scanner) Key() (inner []byte, escaped, ok bool) {
	if s.next() != '"' {
		return nil, false, false
	}
	if inner, escaped, ok = s.String(); !ok {
		return nil, false, false
	}
	return inner, escaped, s.Skip(':')
}

// Value reads any value.
func (s *Scanner) Value() bool {
	switch s.Peek() {
	case '{':
		return s.container('}')
	case '[':
		return s.container(']')
	case '"':
		_, _, ok := s.String()
		return ok
	case '0':
		_, ok := s.Number()
		return ok
	case 't':
		return s.Literal("true")
	case 'f':
		return s.Literal("false")
	case 'n':
		return s.Literal("null")
	}
	return false
}

func (s *Scanner) container(end byte) bool {
	if !s.Open() {
		return false
	}
	for first := true; ; first = false {
		more, ok := s.More(end, first)
		if !more || !ok {
			return ok
		}
		if end == '}' {
			if _, _, ok := s.Key(); !ok {
				return false
			}
		}
		if !s.Value() {
			return false
		}
	}
}

// Unquote decodes what String returned. Escaped surrogates without a partner
// become U+FFFD.
func Unquote(inner []byte) string {
	out := make([]byte, 0, len(inner))
	for i := 0; i < len(inner); i++ {
		if inner[i] != '\\' {
			out = append(out, inner[i])
			continue
		}
		i++
		switch c := inner[i]; c {
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r := unhex(inner[i+1:])
			i += 4
			if utf16.IsSurrogate(r) {
				low := rune(utf8.RuneError)
				if len(inner) > i+6 && inner[i+1] == '\\' && inner[i+2] == 'u' {
					low = unhex(inner[i+3:])
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					i += 6
				}
			}
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

func unhex(digits []byte) rune {
	n, _ := strconv.ParseUint(string(digits[:4]), 16, 32)
	return rune(n)
}
