// Package jsontext reads and writes JSON as bytes: what the request path needs,
// without reflection, and without decoding what is only passed on.
package jsontext

import "unicode/utf8"

const hex = "0123456789abcdef"

// AppendString appends text as a JSON string. Bytes that are not UTF-8 become
// U+FFFD.
func AppendString(to []byte, text string) []byte {
	to = append(to, '"')
	start := 0
	for i := 0; i < len(text); {
		b := text[i]
		if b >= ' ' && b != '"' && b != '\\' && b < utf8.RuneSelf {
			i++
			continue
		}
		if b >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(text[i:])
			if r == utf8.RuneError && size == 1 {
				to = append(append(to, text[start:i]...), "\uFFFD"...)
				start = i + size
			}
			i += size
			continue
		}
		to = appendEscape(append(to, text[start:i]...), b)
		i++
		start = i
	}
	return append(append(to, text[start:]...), '"')
}

func appendEscape(to []byte, b byte) []byte {
	switch b {
	case '"', '\\':
		return append(to, '\\', b)
	case '\n':
		return append(to, `\n`...)
	case '\r':
		return append(to, `\r`...)
	case '\t':
		return append(to, `\t`...)
	}
	return append(to, '\\', 'u', '0', '0', hex[b>>4], hex[b&15])
}
