// Package rawjson reads JSON as bytes, without decoding it: what has to be
// passed on is checked once and then copied.
//
// Functions take a text and an offset and return the offset after what they
// read. A negative result ^i (that is, -i-1) says that the text is not valid
// JSON at offset i. Text that was read to its end without such a result is
// valid JSON (RFC 8259) in valid UTF-8, nested no deeper than MaxDepth.
package rawjson

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// MaxDepth is how deep arrays and objects may be nested.
const MaxDepth = 500

// Fault is the offset at which the text is not valid, given the negative result
// of a function of this package.
func Fault(result int) int { return ^result }

// Space returns the offset of the first byte from i on that is not white space.
func Space(b []byte, i int) int {
	if i < len(b) && b[i] > ' ' {
		return i
	}
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

// Value reads the value that begins at i, where white space is not skipped.
// depth is how deep the value is nested already.
func Value(b []byte, i, depth int) int {
	if i >= len(b) {
		return ^i
	}
	switch c := b[i]; c {
	case '"':
		return String(b, i)
	case '{':
		return object(b, i, depth+1)
	case '[':
		return array(b, i, depth+1)
	case 't':
		return literal(b, i, "true")
	case 'f':
		return literal(b, i, "false")
	case 'n':
		return literal(b, i, "null")
	default:
		return Number(b, i)
	}
}

func literal(b []byte, i int, word string) int {
	if len(b)-i < len(word) || string(b[i:i+len(word)]) != word {
		return ^i
	}
	return i + len(word)
}

func object(b []byte, i, depth int) int {
	if depth > MaxDepth {
		return ^i
	}
	if i = Space(b, i+1); i < len(b) && b[i] == '}' {
		return i + 1
	}
	for {
		if i = Key(b, i); i < 0 {
			return i
		}
		if i = Value(b, Space(b, i), depth); i < 0 {
			return i
		}
		if i = Space(b, i); i >= len(b) {
			return ^i
		}
		switch b[i] {
		case ',':
			i = Space(b, i+1)
		case '}':
			return i + 1
		default:
			return ^i
		}
	}
}

func array(b []byte, i, depth int) int {
	if depth > MaxDepth {
		return ^i
	}
	if i = Space(b, i+1); i < len(b) && b[i] == ']' {
		return i + 1
	}
	for {
		if i = Value(b, i, depth); i < 0 {
			return i
		}
		if i = Space(b, i); i >= len(b) {
			return ^i
		}
		switch b[i] {
		case ',':
			i = Space(b, i+1)
		case ']':
			return i + 1
		default:
			return ^i
		}
	}
}

// Key reads a member's name, which begins at i, and the colon after it.
func Key(b []byte, i int) int {
	if i >= len(b) || b[i] != '"' {
		return ^i
	}
	if i = String(b, i); i < 0 {
		return i
	}
	return Colon(b, i)
}

// Colon reads white space and a colon.
func Colon(b []byte, i int) int {
	if i = Space(b, i); i >= len(b) || b[i] != ':' {
		return ^i
	}
	return i + 1
}

// Eight bytes at a time: a byte's high bit is set in the result if the byte ends
// the plain part of a string, or if a lower byte does.
const (
	low7  = 0x0101010101010101
	high  = 0x8080808080808080
	flip  = 0x0202020202020202
	below = 0x2121212121212121
	slash = '\\' * low7
)

// special finds quotes, backslashes, control characters and bytes that are not
// ASCII. Exchanging 0x20 and 0x22 makes the quote the next byte after the
// control characters, so that one subtraction finds both.
func special(x uint64) uint64 {
	return (((x ^ flip) - below) | ((x ^ slash) - low7) | x) & high
}

// String reads the string whose opening quote is at i.
func String(b []byte, i int) int {
	i++
	for {
		for len(b)-i >= 32 {
			w := b[i : i+32]
			if special(binary.LittleEndian.Uint64(w))|special(binary.LittleEndian.Uint64(w[8:]))|
				special(binary.LittleEndian.Uint64(w[16:]))|special(binary.LittleEndian.Uint64(w[24:])) != 0 {
				break
			}
			i += 32
		}
		for len(b)-i >= 8 {
			found := special(binary.LittleEndian.Uint64(b[i:]))
			if found != 0 {
				i += bits.TrailingZeros64(found) >> 3
				break
			}
			i += 8
		}
		if i >= len(b) {
			return ^i
		}
		switch c := b[i]; {
		case c == '"':
			return i + 1
		case c == '\\':
			if i = escape(b, i); i < 0 {
				return i
			}
		case c < ' ':
			return ^i
		case c < utf8.RuneSelf:
			i++
		default:
			return wideString(b, i)
		}
	}
}

// wideString reads on in a string from its first byte that is not ASCII.
func wideString(b []byte, i int) int {
	for start := i; ; {
		for len(b)-i >= 8 {
			x := binary.LittleEndian.Uint64(b[i:])
			if found := special(x) &^ x; found != 0 {
				i += bits.TrailingZeros64(found) >> 3
				break
			}
			i += 8
		}
		if i >= len(b) {
			return ^i
		}
		switch c := b[i]; {
		case c == '"':
			if !utf8.Valid(b[start:i]) {
				return ^start
			}
			return i + 1
		case c == '\\':
			if i = escape(b, i); i < 0 {
				return i
			}
		case c < ' ':
			return ^i
		default:
			i++
		}
	}
}

func escape(b []byte, i int) int {
	if i+1 >= len(b) {
		return ^i
	}
	switch b[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		if len(b)-i < 6 {
			return ^i
		}
		for _, c := range b[i+2 : i+6] {
			if !isHex(c) {
				return ^i
			}
		}
		return i + 6
	}
	return ^i
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// Number reads the number that begins at i.
func Number(b []byte, i int) int {
	if i < len(b) && b[i] == '-' {
		i++
	}
	if i < len(b) && b[i] == '0' {
		i++
	} else if i = digits(b, i); i < 0 {
		return i
	}
	if i < len(b) && b[i] == '.' {
		if i = digits(b, i+1); i < 0 {
			return i
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		return digits(b, i)
	}
	return i
}

func digits(b []byte, i int) int {
	start := i
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	if i == start {
		return ^i
	}
	return i
}
