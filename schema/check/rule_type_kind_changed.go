package check

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

var typeKindChanged = rule[typePair]{
	kind: "TYPE_KIND_CHANGED",
	doc: `A type is of another kind under the same name: an enum where there was a scalar, an interface where there was an object. ` +
		`Selections, literals and clients' types that fit the old kind do not fit the new one. Give the new type a name of its own.`,
	find: func(_ *differ, p typePair) *finding {
		if p.old == nil || p.new == nil || p.old.Kind == p.new.Kind {
			return nil
		}
		return &finding{
			class: Breaking, message: fmt.Sprintf("%s was %s and is %s now", p.new.Name, aNoun(p.old.Kind), aNoun(p.new.Kind)),
			why: "selections and values that fit the old kind fail", uses: []string{p.old.Name + ".*"}, detail: string(p.new.Kind),
		}
	},
}

// noun is the word for a kind of type.
func noun(kind ast.DefinitionKind) string {
	switch kind {
	case ast.Object:
		return "type"
	case ast.InputObject:
		return "input"
	case ast.Interface:
		return "interface"
	case ast.Union:
		return "union"
	case ast.Enum:
		return "enum"
	default:
		return "scalar"
	}
}

func aNoun(kind ast.DefinitionKind) string {
	switch kind {
	case ast.Object:
		return "an object type"
	case ast.InputObject:
		return "an input object"
	case ast.Interface:
		return "an interface"
	case ast.Enum:
		return "an enum"
	default:
		return "a " + noun(kind)
	}
}
