package server

import (
	"bytes"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// maxNesting is the deepest nesting of arrays and objects in a request body; a
// scanner of deeper ones would need as much stack as the client likes.
const maxNesting = 200

// scanner reads JSON (RFC 8259) without making values of it. Its methods expect
// to stand on the first byte of what they read, and leave it behind them.
type scanner struct {
	data []byte
	pos  int
}

// syntaxError is a place where a text is not JSON.
type syntaxError struct {
	data []byte
	pos  int
	want string
}

func (e *syntaxError) Error() string {
	if e.pos >= len(e.data) {
		return fmt.Sprintf("the JSON ends at byte %d, where %s is expected", e.pos, e.want)
	}
	r, _ := utf8.DecodeRune(e.data[e.pos:])
	return fmt.Sprintf("the JSON has %q at byte %d, where %s is expected", r, e.pos, e.want)
}

func (s *scanner) fail(want string) error { return &syntaxError{s.data, s.pos, want} }

// peek returns the byte the scanner stands on, 0 at the end.
func (s *scanner) peek() byte {
	if s.pos < len(s.data) {
		return s.data[s.pos]
	}
	return 0
}

func (s *scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

// value passes over one value and returns its text.
func (s *scanner) value(depth int) ([]byte, error) {
	start := s.pos
	var err error
	switch c := s.peek(); {
	case c == '{':
		err = s.object(depth, func([]byte) error {
			_, err := s.value(depth + 1)
			return err
		})
	case c == '[':
		err = s.array(depth)
	case c == '"':
		_, err = s.stringToken()
	case c == 't':
		err = s.literal("true")
	case c == 'f':
		err = s.literal("false")
	case c == 'n':
		err = s.literal("null")
	case c == '-' || '0' <= c && c <= '9':
		err = s.number()
	default:
		err = s.fail("a value")
	}
	return s.data[start:s.pos], err
}

// object reads an object and calls member with each key, as written between the
// quotes, standing on the value, which member must read.
func (s *scanner) object(depth int, member func(key []byte) error) error {
	if err := s.open(depth); err != nil {
		return err
	}
	if s.peek() == '}' {
		s.pos++
		return nil
	}
	for {
		if s.peek() != '"' {
			return s.fail("a key in quotes")
		}
		key, err := s.stringToken()
		if err != nil {
			return err
		}
		s.space()
		if s.peek() != ':' {
			return s.fail("a colon")
		}
		s.pos++
		s.space()
		if err := member(key); err != nil {
			return err
		}
		if done, err := s.next('}'); done || err != nil {
			return err
		}
	}
}

func (s *scanner) array(depth int) error {
	if err := s.open(depth); err != nil {
		return err
	}
	if s.peek() == ']' {
		s.pos++
		return nil
	}
	for {
		if _, err := s.value(depth + 1); err != nil {
			return err
		}
		if done, err := s.next(']'); done || err != nil {
			return err
		}
	}
}

// open passes over a bracket and the space behind it.
func (s *scanner) open(depth int) error {
	if depth >= maxNesting {
		return fmt.Errorf("the JSON is nested more than %d deep", maxNesting)
	}
	s.pos++
	s.space()
	return nil
}

// next passes over a comma, or over the closing bracket, which is the end.
func (s *scanner) next(closing byte) (done bool, err error) {
	s.space()
	switch s.peek() {
	case ',':
		s.pos++
		s.space()
		return false, nil
	case closing:
		s.pos++
		return true, nil
	}
	return false, s.fail(fmt.Sprintf("a comma or %q", closing))
}

func (s *scanner) literal(text string) error {
	for i := range len(text) {
		if s.peek() != text[i] {
			return s.fail(text)
		}
		s.pos++
	}
	return nil
}

func (s *scanner) number() error {
	if s.peek() == '-' {
		s.pos++
	}
	if s.peek() == '0' {
		s.pos++
	} else if err := s.digits(); err != nil {
		return err
	}
	if s.peek() == '.' {
		s.pos++
		if err := s.digits(); err != nil {
			return err
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.pos++
		if c := s.peek(); c == '+' || c == '-' {
			s.pos++
		}
		return s.digits()
	}
	return nil
}

func (s *scanner) digits() error {
	start := s.pos
	for c := s.peek(); '0' <= c && c <= '9'; c = s.peek() {
		s.pos++
	}
	if s.pos == start {
		return s.fail("a digit")
	}
	return nil
}

// stringToken passes over a string and returns what is between its quotes.
func (s *scanner) stringToken() ([]byte, error) {
	s.pos++
	start := s.pos
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == '"':
			s.pos++
			return s.data[start : s.pos-1], nil
		case c == '\\':
			s.pos++
			if err := s.escape(); err != nil {
				return nil, err
			}
		case c < ' ':
			return nil, s.fail("an escape for this control character")
		default:
			s.pos++
		}
	}
	return nil, s.fail("the closing quote")
}

func (s *scanner) escape() error {
	switch s.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.pos++
		return nil
	case 'u':
		s.pos++
		for range 4 {
			if _, ok := hexDigit(s.peek()); !ok {
				return s.fail("a hexadecimal digit")
			}
			s.pos++
		}
		return nil
	}
	return s.fail("an escape character")
}

func hexDigit(c byte) (rune, bool) {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0'), true
	case 'a' <= c && c <= 'f':
		return rune(c-'a') + 10, true
	case 'A' <= c && c <= 'F':
		return rune(c-'A') + 10, true
	}
	return 0, false
}

// unescape writes a string token's value over the token, which is never the
// shorter of the two, and returns it. Surrogates without their other half
// become U+FFFD.
func unescape(token []byte) []byte {
	to := bytes.IndexByte(token, '\\')
	if to < 0 {
		return token
	}
	for from := to; from < len(token); {
		c := token[from]
		if c != '\\' {
			token[to] = c
			from, to = from+1, to+1
			continue
		}
		if token[from+1] == 'u' {
			r, length := unicodeEscape(token[from:])
			to += utf8.EncodeRune(token[to:], r)
			from += length
			continue
		}
		token[to] = simpleEscape(token[from+1])
		from, to = from+2, to+1
	}
	return token[:to]
}

func simpleEscape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// unicodeEscape reads the escape, or the pair of escapes, that text begins with.
func unicodeEscape(text []byte) (r rune, length int) {
	first := codeUnit(text)
	if !utf16.IsSurrogate(first) {
		return first, 6
	}
	if len(text) >= 12 && text[6] == '\\' && text[7] == 'u' {
		if r := utf16.DecodeRune(first, codeUnit(text[6:])); r != utf8.RuneError {
			return r, 12
		}
	}
	return utf8.RuneError, 6
}

func codeUnit(text []byte) (r rune) {
	for _, c := range text[2:6] {
		digit, _ := hexDigit(c)
		r = r<<4 | digit
	}
	return r
}
