package mock

import (
	"fmt"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// Request is an operation to execute, as a client sends it.
type Request struct {
	Query         string
	OperationName string         // "" when the document has one operation
	Variables     map[string]any // JSON values; numbers as json.Number or float64
}

// maxTokens bounds what is parsed: more is not an operation but an attack.
const maxTokens = 200_000

// validationRules are gqlparser's and what they lack, in a fixed order.
func validationRules() []validator.Rule {
	return []validator.Rule{
		rules.FieldsOnCorrectTypeRule,
		rules.FragmentsOnCompositeTypesRule,
		rules.KnownArgumentNamesRule,
		rules.KnownDirectivesRule,
		rules.KnownFragmentNamesRule,
		rules.KnownRootTypeRule,
		rules.KnownTypeNamesRule,
		rules.LoneAnonymousOperationRule,
		rules.MaxIntrospectionDepth,
		rules.NoFragmentCyclesRule,
		rules.NoUndefinedVariablesRule,
		rules.NoUnusedFragmentsRule,
		rules.NoUnusedVariablesRule,
		rules.OverlappingFieldsCanBeMergedRule,
		rules.PossibleFragmentSpreadsRule,
		rules.ProvidedRequiredArgumentsRule,
		rules.ScalarLeafsRule,
		rules.SingleFieldSubscriptionsRule,
		rules.UniqueArgumentNamesRule,
		rules.UniqueDirectivesPerLocationRule,
		rules.UniqueFragmentNamesRule,
		rules.UniqueInputFieldNamesRule,
		rules.UniqueOperationNamesRule,
		rules.UniqueVariableNamesRule,
		rules.ValuesOfCorrectTypeRule,
		rules.VariablesAreInputTypesRule,
		rules.VariablesInAllowedPositionRule,
		{Name: "IntIsOf32Bits", RuleFunc: intIsOf32Bits},
	}
}

// intIsOf32Bits refuses Int literals beyond 32 bits, which gqlparser lets pass
// up to 64.
func intIsOf32Bits(observers *validator.Events, addError validator.AddErrFunc) {
	observers.OnValue(func(_ *validator.Walker, v *ast.Value) {
		if v.Kind != ast.IntValue || v.Definition == nil || v.Definition.Name != "Int" {
			return
		}
		if _, err := strconv.ParseInt(v.Raw, 10, 32); err != nil {
			addError(func(e *gqlerror.Error) {
				e.Message = fmt.Sprintf("%s is not a value of type Int: it needs more than 32 bits", v.Raw)
				e.Locations = []gqlerror.Location{{Line: v.Position.Line, Column: v.Position.Column}}
			})
		}
	})
}

// prepare parses and validates the document and chooses the operation.
func (s *Schema) prepare(r Request) (*ast.QueryDocument, *ast.OperationDefinition, []Error) {
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: r.Query}, maxTokens)
	if err != nil {
		return nil, nil, fromParser(codeParse, err)
	}
	if errs := s.validate(doc); len(errs) > 0 {
		return nil, nil, fromParser(codeValidation, errs)
	}
	op, problem := chooseOperation(doc, r.OperationName)
	if op == nil {
		return nil, nil, []Error{requestError(codeOperation, problem)}
	}
	return doc, op, nil
}

func (s *Schema) validate(doc *ast.QueryDocument) gqlerror.List {
	var errs gqlerror.List
	observers := &validator.Events{}
	for _, rule := range s.rules {
		rule.RuleFunc(observers, func(options ...validator.ErrorOption) {
			e := &gqlerror.Error{Rule: rule.Name}
			for _, option := range options {
				option(e)
			}
			errs = append(errs, e)
		})
	}
	validator.Walk(s.ast, doc, observers)
	return errs
}

func chooseOperation(doc *ast.QueryDocument, name string) (op *ast.OperationDefinition, problem string) {
	switch {
	case len(doc.Operations) == 0:
		return nil, "the document has no operation"
	case name != "":
		if op := doc.Operations.ForName(name); op != nil {
			return op, ""
		}
		return nil, fmt.Sprintf("the document has no operation %q", name)
	case len(doc.Operations) > 1:
		return nil, "the document has several operations: name one with operationName"
	}
	return doc.Operations[0], ""
}
