package operation

import (
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/router/operation/apischema"
)

// Document is a valid document. It is immutable and safe for concurrent use.
type Document struct {
	parser      *Parser
	definitions []*Definition
	fragments   map[string]*fragment
}

type fragment struct {
	*ast.FragmentDefinition
	on *apischema.Type
}

func newDocument(p *Parser, parsed *ast.QueryDocument) *Document {
	doc := &Document{parser: p, fragments: make(map[string]*fragment, len(parsed.Fragments))}
	for _, f := range parsed.Fragments {
		doc.fragments[f.Name] = &fragment{f, p.schema.Type(f.TypeCondition)}
	}
	for _, op := range parsed.Operations {
		doc.definitions = append(doc.definitions, &Definition{document: doc, parsed: op})
	}
	return doc
}

// Definitions returns all operations of the document in its order, for tools that
// look at every one. A request chooses with Operation.
func (d *Document) Definitions() []*Definition { return d.definitions }

// Operation chooses the operation of this name, or, for the empty name, the only
// operation. The error's code is OPERATION_RESOLUTION_FAILURE.
//
// Source: GraphQL specification, 6.1 GetOperation.
func (d *Document) Operation(name string) (*Definition, Errors) {
	if name == "" {
		switch len(d.definitions) {
		case 1:
			return d.definitions[0].compiled(), nil
		case 0:
			return nil, failure(CodeOperationResolution, "The document has fragments only; it must contain an operation.")
		}
		return nil, failure(CodeOperationResolution, "Must provide operation name if query contains multiple operations.")
	}
	for _, def := range d.definitions {
		if def.parsed.Name == name {
			return def.compiled(), nil
		}
	}
	return nil, failure(CodeOperationResolution, `Unknown operation named "`+shorten(name)+`".`)
}

// Definition is one operation of a Document as the client wrote it: what Coerce
// and Normalize need, worked out when the operation is first chosen.
type Definition struct {
	document *Document
	parsed   *ast.OperationDefinition
	once     sync.Once

	variables []variable
	index     map[string]int
	// conditions are the variables that @skip and @include read, as positions in
	// variables; a Key has one bit for each.
	conditions []condition
}

// Kind is the operation's kind.
func (d *Definition) Kind() ast.Operation { return d.parsed.Operation }

// Name is empty for an anonymous operation.
func (d *Definition) Name() string { return d.parsed.Name }

// Position is where the operation begins.
func (d *Definition) Position() Position { return position(d.parsed.Position) }

// Variables are all variables that the operation defines, in its order.
func (d *Definition) Variables() []*Variable {
	d.compiled()
	out := make([]*Variable, len(d.variables))
	for i := range d.variables {
		out[i] = &d.variables[i].Variable
	}
	return out
}

// compiled prepares the definition on first use, so that a document with many
// operations does not pay for those that are never run.
func (d *Definition) compiled() *Definition {
	d.once.Do(func() {
		d.index = make(map[string]int, len(d.parsed.VariableDefinitions))
		for i, def := range d.parsed.VariableDefinitions {
			d.index[def.Variable] = i
			d.variables = append(d.variables, d.document.parser.inputs.variable(def, i))
		}
		d.conditions = findConditions(d)
	})
	return d
}
