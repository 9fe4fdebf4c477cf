package operation

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/shopgraph/shopgraph/router/operation/apischema"
	"github.com/shopgraph/shopgraph/router/operation/validate"
)

// Options are the bounds of a Parser and the wording of its errors. The zero value
// is safe for production.
type Options struct {
	// Suggestions adds names from the schema to validation errors ("Did you
	// mean …?"). Leave it off where clients must not learn the schema by guessing.
	Suggestions bool
	// MaxTokens bounds the tokens of a document; 0 means DefaultMaxTokens.
	MaxTokens int
	// MaxFields bounds the fields of a normalised operation, that is, after its
	// fragments are opened; 0 means DefaultMaxFields.
	MaxFields int
	// Check refuses documents for reasons of a deployment's own: it sees each
	// before it is validated, and returns nil for those that it lets pass.
	Check func(*ast.QueryDocument) Errors
}

// The bounds of Options where none are given. Large hand-written operations stay
// below a tenth of them.
const (
	DefaultMaxTokens = 15_000
	DefaultMaxFields = 30_000
)

// Parser turns texts into Documents for one API schema. It is immutable and safe
// for concurrent use; a new schema needs a new Parser.
type Parser struct {
	schema  *apischema.Schema
	inputs  inputTypes
	options Options
}

// NewParser prepares api, which must be valid and must not change any more.
func NewParser(api *ast.Schema, o Options) *Parser {
	o.MaxTokens = cmp.Or(o.MaxTokens, DefaultMaxTokens)
	o.MaxFields = cmp.Or(o.MaxFields, DefaultMaxFields)
	schema := apischema.New(api)
	return &Parser{schema: schema, inputs: newInputTypes(schema), options: o}
}

// Parse reads a document and validates all of it, to the full specification. Its
// time grows with the text, not with what fragments expand to. The errors have one
// of the codes GRAPHQL_PARSE_FAILED, MAX_TOKENS_LIMIT (one error) and
// GRAPHQL_VALIDATION_FAILED (all that there are, up to 50).
func (p *Parser) Parse(text string) (*Document, Errors) {
	doc, errs := p.parse(text)
	if errs == nil && p.options.Check != nil {
		errs = p.options.Check(doc)
	}
	if errs != nil {
		return nil, errs
	}
	violations := validate.Document(p.schema, doc, validate.Options{Suggestions: p.options.Suggestions})
	for _, v := range violations {
		errs = append(errs, &Error{Message: v.Message, Locations: positions(v.Positions), Code: CodeValidationFailed})
	}
	if errs != nil {
		return nil, errs
	}
	return newDocument(p, doc), nil
}

// parse is gqlparser's grammar less what it accepts beyond the specification.
// Known to remain: a quoted "on" before a type condition, and an escaped surrogate
// without its partner, which becomes U+FFFD.
func (p *Parser) parse(text string) (*ast.QueryDocument, Errors) {
	if !utf8.ValidString(text) {
		return nil, failure(CodeParseFailed, "Syntax Error: the document is not UTF-8.")
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, p.options.MaxTokens)
	if err != nil {
		return nil, p.syntaxError(err)
	}
	if len(doc.Operations) == 0 && len(doc.Fragments) == 0 {
		return nil, failure(CodeParseFailed, "Syntax Error: the document is empty.")
	}
	for _, f := range doc.Fragments {
		if len(f.VariableDefinition) > 0 {
			return nil, failure(CodeParseFailed, "Syntax Error: fragments cannot define variables.", f.VariableDefinition[0].Position)
		}
	}
	for _, op := range doc.Operations {
		if at := variableInConst(op.VariableDefinitions); at != nil {
			return nil, failure(CodeParseFailed, "Syntax Error: a directive on a variable definition cannot use variables.", at)
		}
	}
	return doc, nil
}

func (p *Parser) syntaxError(err error) Errors {
	var e *gqlerror.Error
	if !errors.As(err, &e) {
		return failure(CodeParseFailed, "Syntax Error: "+err.Error())
	}
	if len(e.Locations) == 0 && strings.Contains(e.Message, "token limit") {
		return failure(CodeTooManyTokens, fmt.Sprintf("The document has more than %d tokens.", p.options.MaxTokens))
	}
	out := &Error{Message: "Syntax Error: " + shorten(e.Message), Code: CodeParseFailed}
	for _, at := range e.Locations {
		out.Locations = append(out.Locations, Position{at.Line, at.Column})
	}
	return Errors{out}
}

// shorten bounds a message that quotes the client.
func shorten(message string) string {
	const limit = 200
	if len(message) <= limit {
		return message
	}
	return strings.ToValidUTF8(message[:limit], "") + "…"
}

func variableInConst(defs ast.VariableDefinitionList) *ast.Position {
	for _, def := range defs {
		for _, d := range def.Directives {
			for _, arg := range d.Arguments {
				if at := firstVariable(arg.Value); at != nil {
					return at
				}
			}
		}
	}
	return nil
}

func firstVariable(v *ast.Value) *ast.Position {
	if v.Kind == ast.Variable {
		return v.Position
	}
	for _, child := range v.Children {
		if at := firstVariable(child.Value); at != nil {
			return at
		}
	}
	return nil
}
