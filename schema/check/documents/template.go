package documents

import "strings"

// template is a JavaScript template literal, from behind its first backtick.
type template struct {
	// text has blanks where the literal has expressions, so that every place in
	// it is the same place in the file.
	text string
	// length is that of the literal in the file.
	length int
	// closed says that the literal ends.
	closed bool
	// inside is the offset of the first expression inside a selection, an
	// argument list or a value, or -1. Expressions between definitions include
	// fragments, which are found by their names.
	inside int
}

func readTemplate(text string) template {
	t := template{inside: -1}
	var out strings.Builder
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '`':
			t.text, t.length, t.closed = out.String(), i, true
			return t
		case c == '\\' && i+1 < len(text):
			out.WriteString(" " + text[i+1:i+2])
			i++
		case c == '$' && strings.HasPrefix(text[i:], "${"):
			end := i + expressionLength(text[i:])
			if depth > 0 && t.inside < 0 {
				t.inside = i
			}
			blank(&out, text[i:end])
			i = end - 1
		case c == '#':
			end := i + len(text[i:])
			if n := strings.IndexAny(text[i:], "\n`"); n >= 0 {
				end = i + n
			}
			blank(&out, text[i:end])
			i = end - 1
		default:
			switch c {
			case '{', '(', '[':
				depth++
			case '}', ')', ']':
				depth--
			}
			out.WriteByte(c)
		}
	}
	t.text, t.length = out.String(), len(text)
	return t
}

// expressionLength is the length of "${…}", braces within it matched.
func expressionLength(text string) int {
	depth := 0
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

// blank writes as many blanks as the text has characters, and its newlines.
func blank(out *strings.Builder, text string) {
	for _, c := range text {
		if c == '\n' {
			out.WriteByte('\n')
		} else {
			out.WriteByte(' ')
		}
	}
}
