package report

import (
	"strings"
	"unicode"
)

// maxExcerpt is how much of a line an excerpt shows, in characters.
const maxExcerpt = 120

// excerpt is the line of a place, and the marks under what is meant: blanks and
// carets, as wide as the line's characters. ok is false without a source.
func (r *Report) excerpt(p Place) (line, marks string, ok bool) {
	text, known := r.Sources[p.File]
	if !known || p.Line < 1 {
		return "", "", false
	}
	for n := 1; n < p.Line; n++ {
		_, rest, more := strings.Cut(text, "\n")
		if !more {
			return "", "", false
		}
		text = rest
	}
	line, _, _ = strings.Cut(text, "\n")
	runes := []rune(strings.TrimRight(line, "\r"))
	at := p.Column - 1
	if at < 0 || at > len(runes) {
		return clip(runes), "", true
	}
	length := p.Length
	if length == 0 {
		length = wordLength(runes[at:])
	}
	length = max(1, min(length, len(runes)-at))
	if at+length > maxExcerpt { // show the part that is meant
		start := max(0, at-maxExcerpt/4)
		runes, at = append([]rune("…"), runes[start:]...), at-start+1
		length = min(length, maxExcerpt-at)
	}
	return clip(runes), blanks(runes[:at]) + strings.Repeat("^", length), true
}

// clip bounds a line and makes control characters visible.
func clip(runes []rune) string {
	if len(runes) > maxExcerpt {
		runes = append(runes[:maxExcerpt:maxExcerpt], '…')
	}
	return strings.Map(func(r rune) rune {
		if r != '\t' && unicode.IsControl(r) {
			return '�'
		}
		return r
	}, string(runes))
}

// blanks is as wide as the characters: tabs stay tabs.
func blanks(runes []rune) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return '\t'
		}
		return ' '
	}, string(runes))
}

// wordLength is the length of the name, "@name", "...", or string at the beginning.
func wordLength(runes []rune) int {
	n := 0
	for n < len(runes) && (unicode.IsLetter(runes[n]) || unicode.IsDigit(runes[n]) || runes[n] == '_' || n == 0 && (runes[n] == '@' || runes[n] == '$')) {
		n++
	}
	return n
}
