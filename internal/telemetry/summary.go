package telemetry

import (
	"slices"
	"strings"
)

// maxSummary is how many operations a summary names.
const maxSummary = 6

// summary is a short name of a statement: what it does with which tables, in
// their order, such as "INSERT orders UPDATE carts". It holds nothing else of the
// statement's text. It reads words, not SQL: a table that it does not see, or one
// too many, costs nothing but the name.
func summary(query string) string {
	words := strings.Fields(query)
	var own, parts []string // own are the names that the statement gives to its parts
	for i, word := range words {
		if i+2 < len(words) && strings.EqualFold(words[i+1], "AS") && strings.HasPrefix(words[i+2], "(") {
			own = append(own, word)
		}
		if i+1 == len(words) {
			break
		}
		operation := operationAt(words, i)
		table, ok := tableName(words[i+1])
		if operation == "" || !ok || slices.Contains(own, table) {
			continue
		}
		if part := operation + " " + table; !slices.Contains(parts, part) && len(parts) < maxSummary {
			parts = append(parts, part)
		}
	}
	if len(parts) > 0 {
		return strings.Join(parts, " ")
	}
	for _, known := range [...]string{"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "BEGIN", "COMMIT"} {
		if len(words) > 0 && strings.EqualFold(words[0], known) {
			return known
		}
	}
	return "SQL"
}

// operationAt is what the word before a table's name says is done with it; "" if
// it is another word.
func operationAt(words []string, i int) string {
	before := ""
	if i > 0 {
		before = strings.ToUpper(strings.TrimLeft(words[i-1], "("))
	}
	switch strings.ToUpper(strings.TrimLeft(words[i], "(")) {
	case "INTO":
		return "INSERT"
	case "UPDATE":
		if before == "DO" || before == "FOR" || before == "KEY" { // ON CONFLICT DO UPDATE, FOR NO KEY UPDATE
			return ""
		}
		return "UPDATE"
	case "FROM":
		switch {
		case before == "DELETE":
			return "DELETE"
		case before == "DISTINCT", strings.Contains(before, "EXTRACT("): // IS DISTINCT FROM, extract(epoch FROM …)
			return ""
		}
		return "SELECT"
	}
	return ""
}

// tableName is the name that a word is, if it is one: a call or a value is not.
func tableName(word string) (name string, ok bool) {
	name = strings.TrimRight(word, "),;")
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_0123456789.") != "" || '0' <= name[0] && name[0] <= '9' {
		return "", false
	}
	return name, true
}
