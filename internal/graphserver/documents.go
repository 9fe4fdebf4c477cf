package graphserver

import (
	"bytes"
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/lean"
	"github.com/shopgraph/shopgraph/internal/rawjson"
)

// document is a valid document and what is the same in all its requests.
type document struct {
	text       string
	parsed     *ast.QueryDocument
	operations []*operation
}

// operation is one operation of a document.
type operation struct {
	definition *ast.OperationDefinition
	// tooLarge refuses it whatever its variables are; nil when it has no fault.
	tooLarge *apierror.Error
	roots    []root
}

// root is a root field, with fragments written out.
type root struct {
	field *ast.Field
	// entities says that it is _entities.
	entities bool
	price    price
}

// documents are those that were asked for lately. It is safe for concurrent use.
type documents struct {
	limits
	mu sync.RWMutex
	// young become old when they are many or large, and the old are forgotten: what is
	// asked for again in time stays.
	young, old map[string]*document
	size       int // of the young
}

// maxYoung is how large the documents of either age may be together. The size of one
// is its text's in bytes and more for what any takes, so that there are at most 500.
// A router sends few different ones.
const (
	maxYoung = 1 << 20
	extra    = maxYoung / 500
)

// get returns the document of this text, which is JSON with its quotes.
func (d *documents) get(ctx context.Context, quoted []byte) (*document, gqlerror.List) {
	d.mu.RLock()
	known, isYoung := d.young[string(quoted)]
	if !isYoung {
		known = d.old[string(quoted)]
	}
	d.mu.RUnlock()
	if known == nil {
		var faults gqlerror.List
		if known, faults = d.load(ctx, rawjson.Text(quoted)); faults != nil {
			return nil, faults
		}
	}
	if !isYoung {
		d.keep(string(quoted), known)
	}
	return known, nil
}

func (d *documents) keep(quoted string, known *document) {
	d.mu.Lock()
	defer d.mu.Unlock()
	size := len(quoted) + extra
	if d.size += size; d.young == nil || d.size > maxYoung {
		d.young, d.old, d.size = map[string]*document{}, d.young, size
	}
	d.young[quoted] = known
}

// load parses a document and validates it.
func (d *documents) load(ctx context.Context, text string) (*document, gqlerror.List) {
	parsed, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, maxTokens)
	if err != nil {
		return nil, coded(errcode.ParseFailed, gqlerror.WrapIfUnwrapped(err))
	}
	if len(parsed.Operations) == 0 {
		return nil, coded(errcode.ValidationFailed, gqlerror.Errorf("no operation provided"))
	}
	if faults := validator.ValidateWithRules(d.schema.Schema(), parsed, rules.NewDefaultRules()); len(faults) > 0 {
		return nil, coded(errcode.ValidationFailed, faults...)
	}
	loaded := &document{text: text, parsed: parsed}
	for _, definition := range parsed.Operations {
		loaded.operations = append(loaded.operations, d.operation(ctx, definition))
	}
	return loaded, nil
}

func coded(code string, faults ...*gqlerror.Error) gqlerror.List {
	for _, fault := range faults {
		errcode.Set(fault, code)
	}
	return faults
}

// operation measures an operation. The extent comes first: it reads each fragment
// once, while the price writes fragments out and is only affordable for what the
// extent let through.
func (d *documents) operation(ctx context.Context, definition *ast.OperationDefinition) *operation {
	o := &operation{definition: definition}
	if o.tooLarge = checkExtent(definition); o.tooLarge != nil {
		return o
	}
	for _, field := range rootFields(definition.SelectionSet, nil) {
		r := root{field: field, entities: field.Name == "_entities"}
		if r.entities {
			r.price = d.prices.of(ctx, field.SelectionSet)
		} else {
			r.price = d.prices.ofField(ctx, field)
		}
		o.roots = append(o.roots, r)
	}
	return o
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

// named returns the operation of this name, which is JSON with its quotes and may be
// left out where there is only one operation.
func (d *document) named(quoted []byte) *operation {
	name := plain(quoted)
	if len(name) == 0 && len(d.operations) == 1 {
		return d.operations[0]
	}
	for _, o := range d.operations {
		if o.definition.Name == string(name) {
			return o
		}
	}
	return nil
}

// plain is a text without its quotes, and without escapes, which names have none of.
func plain(quoted []byte) []byte {
	switch {
	case quoted == nil:
		return nil
	case bytes.IndexByte(quoted, '\\') >= 0:
		return []byte(rawjson.Text(quoted))
	}
	return quoted[1 : len(quoted)-1]
}

// prepare returns the operation that the request asks for, with its variables, to be
// the context of what executes it. The faults are for the client.
func (d *documents) prepare(ctx context.Context, r request) (*lean.Operation, gqlerror.List) {
	document, faults := d.get(ctx, r.query)
	if faults != nil {
		return nil, faults
	}
	asked := document.named(r.operationName)
	if asked == nil {
		return nil, coded(errcode.ValidationFailed, gqlerror.Errorf("operation %s not found", plain(r.operationName)))
	}
	variables, err := asked.coerce(d.schema.Schema(), r.variables)
	if err != nil {
		return nil, coded(errcode.ValidationFailed, gqlerror.WrapIfUnwrapped(err))
	}
	if fault := d.check(ctx, asked, variables); fault != nil {
		return nil, gqlerror.List{presented(fault)}
	}
	return &lean.Operation{Context: ctx, OperationContext: graphql.OperationContext{
		RawQuery: document.text, Doc: document.parsed, Operation: asked.definition, OperationName: asked.definition.Name,
		Variables: variables, RecoverFunc: recovered, ResolverMiddleware: resolveField, RootResolverMiddleware: resolveRoot,
	}}, nil
}

// Nothing stands around resolvers here.
func resolveField(ctx context.Context, next graphql.Resolver) (any, error)         { return next(ctx) }
func resolveRoot(ctx context.Context, next graphql.RootResolver) graphql.Marshaler { return next(ctx) }
