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
		return nil, fmt.Errorf("field set %s: %w", quote(text), err)
	}
	if len(doc.Operations) != 1 || len(doc.Fragments) != 0 || doc.Operations[0].Name != "" {
		return nil, fmt.Errorf("field set %s: not a single selection set", quote(text))
	}
	set := doc.Operations[0].SelectionSet
	if name := spreadIn(set); name != "" {
		return nil, fmt.Errorf("field set %s: fragment %q cannot be spread here, as nothing defines it", quote(text), name)
	}
	return set, nil
}

// quote shows the beginning of a field set.
func quote(text string) string {
	if len(text) > 200 {
		return fmt.Sprintf("%.200q…", text)
	}
	return fmt.Sprintf("%q", text)
}

// spreadIn returns the name of a fragment spread in the set, "" if there is none.
func spreadIn(set ast.SelectionSet) string {
	for _, s := range set {
		name := ""
		switch s := s.(type) {
		case *ast.Field:
			name = spreadIn(s.SelectionSet)
		case *ast.InlineFragment:
			name = spreadIn(s.SelectionSet)
		case *ast.FragmentSpread:
			name = s.Name
		}
		if name != "" {
			return name
		}
	}
	return ""
}

// fieldSetTokens bounds a field set, so that a hostile schema cannot exhaust
// the parser.
const fieldSetTokens = 10_000
