// Package where puts together the WHERE of a query whose conditions are optional.
// Values never become part of the text: they are arguments.
package where

import (
	"strconv"
	"strings"
)

// Clause is conditions that all have to hold. The zero value is ready.
type Clause struct {
	text strings.Builder
	args []any
}

// And adds a condition; each ? in it stands for the next of the values. It has
// to be a constant.
func (c *Clause) And(condition string, values ...any) {
	if c.text.Len() > 0 {
		c.text.WriteString(" AND ")
	}
	for i, part := range strings.Split(condition, "?") {
		if i > 0 {
			c.text.WriteString(c.Value(values[i-1]))
		}
		c.text.WriteString(part)
	}
}

// Value adds an argument and returns what stands for it: "$3". PostgreSQL's texts
// have no NUL, so that what a client looks for with one is nowhere.
func (c *Clause) Value(value any) string {
	if text, ok := value.(string); ok {
		value = strings.ReplaceAll(text, "\x00", "\uFFFD")
	}
	c.args = append(c.args, value)
	return "$" + strconv.Itoa(len(c.args))
}

// Args are the values, in the order of their numbers.
func (c *Clause) Args() []any { return c.args }

// String is the conditions, "true" when there are none.
func (c *Clause) String() string {
	if c.text.Len() == 0 {
		return "true"
	}
	return c.text.String()
}

const (
	maxWords = 10
	maxWord  = 50
)

// Words are the words of what a person searches for: at most ten, cut to a length
// that a lexeme may have.
func Words(text string) []string {
	var words []string
	for word := range strings.FieldsSeq(strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", " ")) {
		if runes := []rune(word); len(runes) > maxWord {
			word = string(runes[:maxWord])
		}
		if words = append(words, word); len(words) == maxWords {
			break
		}
	}
	return words
}

// Prefix is a tsquery for lexemes that begin with the word, whatever characters
// it has.
func Prefix(word string) string {
	return "'" + strings.NewReplacer("'", "''", `\`, `\\`).Replace(word) + "':*"
}

// Prefixes is a tsquery for all words of the text, each whole or its beginning;
// "" when there is none.
func Prefixes(text string) string {
	words := Words(text)
	for i, word := range words {
		words[i] = Prefix(word)
	}
	return strings.Join(words, " & ")
}
