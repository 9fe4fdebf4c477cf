package rawjson

import (
	"bytes"
	"iter"
)

// Elements iterates over the elements of an array. The text must be valid JSON
// and begin with the bracket.
func Elements(b []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		i := Space(b, 1)
		for i < len(b) && b[i] != ']' {
			end := End(b, i)
			if !yield(b[i:end]) {
				return
			}
			if i = Space(b, end); b[i] == ',' {
				i = Space(b, i+1)
			}
		}
	}
}

// Members iterates over the members of an object: the names, with their quotes
// and as written, and the values. The text must be valid JSON and begin with
// the brace.
func Members(b []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		i := Space(b, 1)
		for i < len(b) && b[i] != '}' {
			nameEnd := End(b, i)
			start := Space(b, Space(b, nameEnd)+1)
			end := End(b, start)
			if !yield(b[i:nameEnd], b[start:end]) {
				return
			}
			if i = Space(b, end); b[i] == ',' {
				i = Space(b, i+1)
			}
		}
	}
}

// End returns where the value that begins at i ends. The text must be valid.
func End(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		switch b[i] {
		case '"':
			i = stringEnd(b, i)
		case '{', '[':
			depth++
			i++
			continue
		case '}', ']':
			depth--
			i++
		case ',', ':', ' ', '\n', '\r', '\t':
			i++
			continue
		default:
			for i < len(b) && !delimits(b[i]) {
				i++
			}
		}
		if depth == 0 {
			return i
		}
	}
	return i
}

func stringEnd(b []byte, i int) int {
	for i++; ; {
		quote := i + bytes.IndexByte(b[i:], '"')
		slashes := quote
		for slashes > i && b[slashes-1] == '\\' {
			slashes--
		}
		i = quote + 1
		if (quote-slashes)%2 == 0 {
			return i
		}
	}
}

func delimits(c byte) bool {
	return c <= ' ' || c == ',' || c == '}' || c == ']' || c == ':'
}
