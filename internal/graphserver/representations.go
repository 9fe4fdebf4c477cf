package graphserver

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/apierror"
)

// checkRepresentations refuses entity requests that are too many, or that are
// none: gqlgen would let them reach the resolvers and report the fault as ours.
func (l *limits) checkRepresentations(roots []root, variables map[string]any) *apierror.Error {
	seen := 0
	for _, r := range roots {
		if !r.entities {
			continue
		}
		representations := representationsOf(r.field, variables)
		if seen += len(representations); seen > maxRepresentations {
			return apierror.New(apierror.OperationTooComplex, "more than %d entities are asked for at once", maxRepresentations)
		}
		for i, representation := range representations {
			if !l.isRepresentation(representation) {
				return apierror.New(apierror.BadUserInput,
					"representation %d must be an object with the __typename of an entity and the fields of one of its keys", i)
			}
		}
	}
	return nil
}

// representationsOf returns the argument of _entities.
func representationsOf(field *ast.Field, variables map[string]any) (representations []any) {
	if argument := field.Arguments.ForName("representations"); argument != nil {
		value, _ := argument.Value.Value(variables) // validated: what is no value has been refused
		representations, _ = value.([]any)
	}
	return representations
}

func (l *limits) isRepresentation(value any) bool {
	representation, _ := value.(map[string]any)
	name, _ := representation["__typename"].(string)
	for _, key := range l.keys[name] {
		isMissing := func(field string) bool { _, isText := representation[field].(string); return !isText }
		if !slices.ContainsFunc(key, isMissing) {
			return true
		}
	}
	return false
}

// keysOf are the fields of each resolvable key of a type: the shop's keys are
// fields of type ID.
func keysOf(typ *ast.Definition) (keys [][]string) {
	for _, key := range typ.Directives.ForNames("key") {
		if resolvable := key.Arguments.ForName("resolvable"); resolvable == nil || resolvable.Value.Raw != "false" {
			keys = append(keys, strings.Fields(key.Arguments.ForName("fields").Value.Raw))
		}
	}
	return keys
}
