package check

import "github.com/vektah/gqlparser/v2/ast"

// onlyInSchemas softens what breaks nobody, since operations cannot use a
// directive at the locations.
func (f *finding) onlyInSchemas(locations []ast.DirectiveLocation) {
	if f.class == Breaking && !executable(locations) {
		f.class, f.why = Dangerous, "tools that read the schema may rely on it; no operation can"
	}
}

// executable says whether operations can use a directive at one of the locations.
func executable(locations []ast.DirectiveLocation) bool {
	for _, l := range locations {
		switch l {
		case ast.LocationQuery, ast.LocationMutation, ast.LocationSubscription, ast.LocationField,
			ast.LocationFragmentDefinition, ast.LocationFragmentSpread, ast.LocationInlineFragment, ast.LocationVariableDefinition:
			return true
		}
	}
	return false
}
