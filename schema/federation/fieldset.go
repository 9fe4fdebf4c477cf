package federation

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// ParseFieldSet parses the value of a FieldSet argument (`@key(fields: "id
// organization { id }")`): a selection set whose outer braces may be left out.
// It checks syntax only; whether the fields exist is for the caller to say.
//
// Source: Apollo Federation subgraph specification, scalar FieldSet.
func ParseFieldSet(text string) (ast.SelectionSet, error) {
	wrapped := text
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		wrapped = "{" + text + "}"
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: wrapped}, fieldSetTokens)
	if err != nil {
		return nil, fmt.Errorf("field set %q: %w", text, err)
	}
	if len(doc.Operations) != 1 || len(doc.Fragments) != 0 || doc.Operations[0].Name != "" {
		return nil, fmt.Errorf("field set %q: not a single selection set", text)
	}
	return doc.Operations[0].SelectionSet, nil
}

// fieldSetTokens bounds a field set, so that a hostile schema cannot exhaust
// the parser.
const fieldSetTokens = 10_000
