package rawjson

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Text decodes a string, given with its quotes. The text must be valid JSON;
// surrogates without their other half become U+FFFD, as in encoding/json.
func Text(quoted []byte) string {
	token := quoted[1 : len(quoted)-1]
	i := bytes.IndexByte(token, '\\')
	if i < 0 {
		return string(token)
	}
	var text strings.Builder
	text.Grow(len(token))
	for i >= 0 {
		text.Write(token[:i])
		token = token[i+writeUnescaped(&text, token[i:]):]
		i = bytes.IndexByte(token, '\\')
	}
	text.Write(token)
	return text.String()
}

// writeUnescaped writes what the escape that token begins with stands for, and
// returns the escape's length.
func writeUnescaped(text *strings.Builder, token []byte) int {
	c := token[1]
	switch c {
	case 'u':
		r, length := unicodeEscape(token)
		text.WriteRune(r)
		return length
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	}
	text.WriteByte(c)
	return 2
}

// unicodeEscape reads the escape, or the pair of escapes, that token begins with.
func unicodeEscape(token []byte) (r rune, length int) {
	first := codeUnit(token)
	if !utf16.IsSurrogate(first) {
		return first, 6
	}
	if len(token) >= 12 && token[6] == '\\' && token[7] == 'u' {
		if r := utf16.DecodeRune(first, codeUnit(token[6:])); r != utf8.RuneError {
			return r, 12
		}
	}
	return utf8.RuneError, 6
}

func codeUnit(token []byte) (r rune) {
	for _, c := range token[2:6] {
		switch {
		case c <= '9':
			r = r<<4 | rune(c-'0')
		default:
			r = r<<4 | rune(c|0x20-'a'+10)
		}
	}
	return r
}
