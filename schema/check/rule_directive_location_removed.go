package check

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

var directiveLocationRemoved = rule[locationPair]{
	kind: "DIRECTIVE_LOCATION_REMOVED",
	doc: `A directive may no longer stand at a place. Operations that have it there fail. A place that only schemas have breaks no operation: ` +
		`it is dangerous, for tools that read the schema.`,
	find: func(_ *differ, p locationPair) *finding {
		if p.new {
			return nil
		}
		f := &finding{
			class: Breaking, message: fmt.Sprintf("location %s was removed from directive %s", p.detail, p.coordinate),
			why: "operations that use the directive there fail",
		}
		f.onlyInSchemas([]ast.DirectiveLocation{ast.DirectiveLocation(p.detail)})
		return f
	},
}
