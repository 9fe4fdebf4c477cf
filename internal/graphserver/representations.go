package graphserver

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/apierror"
)

// checkRepresentations refuses entity requests that are too many, or that are
// none: gqlgen would let them reach the resolvers and report the fault as ours.
func (l limits) checkRepresentations(roots []*ast.Field, variables map[string]any) *apierror.Error {
	seen := 0
	for _, field := range roots {
		representations, _ := representationsOf(field, variables)
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

// representationsOf returns the argument of _entities; ok is false for any other
// field.
func representationsOf(field *ast.Field, variables map[string]any) (representations []any, ok bool) {
	if field.Name != "_entities" {
		return nil, false
	}
	if argument := field.Arguments.ForName("representations"); argument != nil {
		value, _ := argument.Value.Value(variables) // validated: what is no value has been refused
		representations, _ = value.([]any)
	}
	return representations, true
}

func rootFields(selections ast.SelectionSet, found []*ast.Field) []*ast.Field {
	for _, selection := range selections {
		switch s := selection.(type) {
		case *ast.Field:
			found = append(found, s)
		case *ast.InlineFragment:
			found = rootFields(s.SelectionSet, found)
		case *ast.FragmentSpread:
			found = rootFields(s.Definition.SelectionSet, found)
		}
	}
	return found
}

func (l limits) isRepresentation(value any) bool {
	representation, ok := value.(map[string]any)
	if !ok {
		return false
	}
	name, _ := representation["__typename"].(string)
	entity := l.schema.Schema().Types[name]
	if entity == nil {
		return false
	}
	for _, key := range entity.Directives.ForNames("key") {
		if hasKey(representation, key) {
			return true
		}
	}
	return false
}

// hasKey says whether the representation has the fields of a resolvable key:
// the shop's keys are single fields of type ID.
func hasKey(representation map[string]any, key *ast.Directive) bool {
	if resolvable := key.Arguments.ForName("resolvable"); resolvable != nil && resolvable.Value.Raw == "false" {
		return false
	}
	for name := range strings.FieldsSeq(key.Arguments.ForName("fields").Value.Raw) {
		if _, isText := representation[name].(string); !isText {
			return false
		}
	}
	return true
}
