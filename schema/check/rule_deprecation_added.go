package check

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

var deprecationAdded = rule[deprecationPair]{
	kind: "*_DEPRECATION_ADDED",
	also: []Kind{"ENUM_VALUE_DEPRECATION_REASON_ADDED"},
	doc:  `An element is newly deprecated: safe, and the right thing to do before removing it. For enum values the kind is ENUM_VALUE_DEPRECATION_REASON_ADDED.`,
	find: func(_ *differ, p deprecationPair) *finding {
		if p.old != nil {
			return nil
		}
		return &finding{
			class: Safe, kind: deprecationKind(p.of, "ADDED"),
			message: fmt.Sprintf("%s was deprecated: %s", p.coordinate, *p.new),
		}
	},
}

// deprecationKind is the name of a change between deprecated and not.
func deprecationKind(of, what string) Kind {
	if of == "ENUM_VALUE" {
		return Kind(of + "_DEPRECATION_REASON_" + what)
	}
	return Kind(of + "_DEPRECATION_" + what)
}

// noReason is the reason of a @deprecated that gives none.
const noReason = "No longer supported"

// deprecation returns the reason of the @deprecated among the directives, or nil.
func deprecation(directives ast.DirectiveList) *string {
	d := directives.ForName("deprecated")
	if d == nil {
		return nil
	}
	reason := noReason
	if arg := d.Arguments.ForName("reason"); arg != nil && arg.Value != nil {
		reason = arg.Value.Raw
	}
	return &reason
}

// wasDeprecated is put behind the name of what was removed.
func wasDeprecated(directives ast.DirectiveList) string {
	if deprecation(directives) == nil {
		return ""
	}
	return " (deprecated)"
}
