package supergraph

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
)

// prelude are the definitions that every schema has without writing them:
// gqlparser's, less what goes beyond the specification's edition of September
// 2025. Clients would believe that we can @defer, and tools that list the known
// directive locations would stumble over one more.
func prelude() (*ast.SchemaDocument, error) {
	doc, err := parser.ParseSchema(validator.Prelude)
	if err != nil {
		return nil, fmt.Errorf("the GraphQL prelude: %w", err)
	}
	doc.Directives = slices.DeleteFunc(doc.Directives, func(d *ast.DirectiveDefinition) bool { return d.Name == "defer" })
	for _, d := range doc.Directives {
		d.Locations = slices.DeleteFunc(d.Locations, func(l ast.DirectiveLocation) bool { return l == ast.LocationDirectiveDefinition })
	}
	for _, def := range doc.Definitions {
		def.EnumValues = slices.DeleteFunc(def.EnumValues, func(v *ast.EnumValueDefinition) bool { return v.Name == string(ast.LocationDirectiveDefinition) })
	}
	return doc, nil
}
