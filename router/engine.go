package router

import (
	"context"
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/router/access"
	"github.com/shopgraph/shopgraph/router/cache"
	"github.com/shopgraph/shopgraph/router/cost"
	"github.com/shopgraph/shopgraph/router/execute"
	"github.com/shopgraph/shopgraph/router/introspect"
	"github.com/shopgraph/shopgraph/router/operation"
	"github.com/shopgraph/shopgraph/router/plan"
	"github.com/shopgraph/shopgraph/router/response"
	"github.com/shopgraph/shopgraph/schema/graph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// engine is a supergraph made ready to answer requests, with what is remembered
// of them. A new supergraph is a new engine.
type engine struct {
	sdl     string
	options *Options
	graph   *graph.Graph
	parser  *operation.Parser
	types   *execute.Types
	schema  *introspect.Schema
	// transport leads to all subgraphs.
	transport execute.Transport
	// labels are those of progressive @override, sorted.
	labels []string
	access *access.Rules
	cost   *cost.Weights

	documents *cache.Cache[string, *operation.Document]
	plans     *cache.Cache[planKey, *planned]
}

// planKey tells plans apart: an operation, the values of its conditions, those of
// the labels, and what its demands decided, one byte each. Where an operation has
// demands, the key without decisions is that of what these are.
type planKey struct {
	operation operation.Key
	labels    string
	decisions string
}

func newEngine(sdl string, o *Options) (*engine, error) {
	s, err := supergraph.Parse(sdl)
	if err != nil {
		return nil, err
	}
	e := &engine{
		sdl: sdl, options: o,
		graph:     graph.Build(s),
		parser:    newParser(s.API, o),
		types:     execute.NewTypes(objectTypes(s)),
		schema:    introspect.New(s.API, introspect.Options{}),
		labels:    labels(s),
		documents: cache.New[string, *operation.Document](o.Documents),
		plans:     cache.New[planKey, *planned](o.Plans),
	}
	accessOptions := o.Access
	accessOptions.MaxFields = o.Limits.Fields
	if e.access, err = access.New(s, accessOptions); err != nil {
		return nil, err
	}
	if e.cost, err = cost.New(s, o.Cost); err != nil {
		return nil, err
	}
	e.transport, err = connect(s, o)
	return e, err
}

func newParser(api *ast.Schema, o *Options) *operation.Parser {
	return operation.NewParser(api, operation.Options{
		Suggestions: o.Suggestions, MaxTokens: o.Limits.Tokens, MaxFields: o.Limits.Fields, Check: o.Limits.Check,
	})
}

func objectTypes(s *supergraph.Supergraph) []string {
	var names []string
	for name, def := range s.Definitions {
		if def.Kind == ast.Object {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func labels(s *supergraph.Supergraph) []string {
	var labels []string
	for _, sub := range s.Subgraphs {
		for _, t := range sub.Types {
			for _, f := range t.Fields {
				if f.Label != "" {
					labels = append(labels, f.Label)
				}
			}
		}
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}

// tracing are headers that differ from request to request and change nothing
// about the answer, so that reads may be shared whatever they say.
var tracing = []string{"X-Request-Id", "Traceparent", "Tracestate"}

func connect(s *supergraph.Supergraph, o *Options) (execute.Transport, error) {
	all := execute.ByName{}
	for _, sub := range s.Subgraphs {
		transport, err := o.Connect(sub)
		if err != nil {
			return nil, fmt.Errorf("subgraph %q: %w", sub.Name, err)
		}
		all[sub.Name] = transport
	}
	var transport execute.Transport = all
	if !o.NoSharing {
		transport = execute.Share(all, nil, tracing...)
	}
	if o.Around != nil {
		transport = o.Around(transport)
	}
	return transport, nil
}

// prepared is a request whose operation is known.
type prepared struct {
	request   *Request
	operation *operation.Definition
	variables operation.Variables
	// cost is what it is estimated to cost, once it is planned.
	cost int
}

// prepare finds the operation that a request means, and checks its variables.
func (e *engine) prepare(request *Request) (*prepared, error) {
	if request.Query == "" {
		return nil, apierror.New(apierror.BadRequest, "the request has no query")
	}
	document, err := e.document(request.Query)
	if err != nil {
		return nil, err
	}
	definition, errs := document.Operation(request.OperationName)
	if errs != nil {
		return nil, errs
	}
	if err := allowed(request, definition.Kind()); err != nil {
		return nil, err
	}
	variables, errs := definition.Coerce(request.Variables)
	if errs != nil {
		return nil, errs
	}
	return &prepared{request: request, operation: definition, variables: variables}, nil
}

func allowed(request *Request, kind ast.Operation) error {
	switch {
	case kind == ast.Subscription:
		return apierror.New(apierror.SubscriptionsDisabled, "subscriptions are not served here")
	case request.QueriesOnly && kind != ast.Query:
		return apierror.New(apierror.MethodNotAllowed, "a %s is sent by POST", kind)
	}
	return nil
}

// document parses and validates a text that was not met before.
func (e *engine) document(text string) (*operation.Document, error) {
	if doc, ok := e.documents.Peek(text); ok {
		return doc, nil
	}
	return e.documents.Get(text, func() (*operation.Document, int, error) {
		doc, errs := e.parser.Parse(text)
		if errs != nil {
			return nil, 0, errs
		}
		return doc, documentWeight * (len(text) + 100), nil
	})
}

// documentWeight is how much memory a document takes, in terms of its text.
const documentWeight = 25

// planned is an operation made ready to run any number of times. One with demands
// is ready once they are decided.
type planned struct {
	engine *engine
	// text is the document's.
	text       string
	operation  *operation.Operation
	demands    *access.Demands
	estimate   *cost.Estimate
	program    *execute.Program
	projection *response.Projection
	// introspection are the answers to __schema and __type where they depend on
	// no variable; nil where they do, and where nobody asks for them.
	introspection map[string][]byte
}

// plan returns the plan of the operation, unless it costs too much.
func (e *engine) plan(ctx context.Context, p *prepared) (*planned, error) {
	planned, err := e.find(ctx, p)
	if err == nil {
		p.cost, err = planned.estimate.Of(&p.variables)
	}
	return planned, err
}

// find returns the plan of the operation for the request's conditions and labels,
// and for what its client may see.
func (e *engine) find(ctx context.Context, p *prepared) (*planned, error) {
	key := planKey{operation: p.variables.Key(), labels: e.labelValues(ctx)}
	all, err := e.plans.Get(key, func() (*planned, int, error) { return e.build(key, p.request.Query) })
	if err != nil || all.demands == nil {
		return all, err
	}
	return e.restrict(all, key, all.demands.Decide(ctx))
}

// build makes an operation ready, up to the demands that it has.
func (e *engine) build(key planKey, text string) (*planned, int, error) {
	op, errs := key.operation.Normalize()
	if errs != nil {
		return nil, 0, errs
	}
	if op.Introspects() && e.options.NoIntrospection {
		return nil, 0, apierror.New(apierror.IntrospectionDisabled, "introspection is off: __schema and __type cannot be asked for here")
	}
	p := &planned{engine: e, text: text, operation: op}
	if p.demands = e.access.Demands(op); p.demands != nil {
		return p, operationWeight * len(text), nil
	}
	return p.finish(key.labels)
}

// restrict returns the plan for what the decisions leave of an operation.
func (e *engine) restrict(all *planned, key planKey, decisions string) (*planned, error) {
	key.decisions = decisions
	return e.plans.Get(key, func() (*planned, int, error) {
		p := *all
		var err error
		if p.operation, err = all.demands.Filter(all.operation, decisions); err != nil {
			return nil, 0, err
		}
		return p.finish(key.labels)
	})
}

// finish plans the operation, unless it costs too much whatever its variables. It
// says how much memory that takes.
func (p *planned) finish(labels string) (*planned, int, error) {
	e := p.engine
	p.estimate = e.cost.Compile(p.operation)
	if err := p.estimate.Always(); err != nil {
		return nil, 0, err
	}
	built, err := plan.Build(e.graph, p.operation, plan.Options{Labels: e.labelMap(labels)})
	if err != nil {
		return nil, 0, apierror.Wrap(err, apierror.NoPlan, "%s", err)
	}
	p.program = execute.Compile(built, e.types)
	p.projection = response.Compile(e.graph.Supergraph, p.operation, p.program)
	weight := planWeight(built) + operationWeight*len(p.text)
	if p.operation.Introspects() && len(p.operation.Variables) == 0 {
		var errs operation.Errors
		if p.introspection, errs = e.schema.Answer(p.operation, operation.Variables{}); errs != nil {
			return nil, 0, errs
		}
		for _, value := range p.introspection {
			weight += len(value)
		}
	}
	return p, weight, nil
}

// operationWeight is how much memory an operation takes, in terms of the text of
// its document.
const operationWeight = 20

// introspect answers __schema and __type.
func (p *planned) introspect(of *prepared) (map[string][]byte, error) {
	if p.introspection != nil || !p.operation.Introspects() {
		return p.introspection, nil
	}
	answers, errs := p.engine.schema.Answer(p.operation, of.variables)
	if errs != nil {
		return nil, errs
	}
	return answers, nil
}

// planWeight estimates the memory of a plan made ready, in bytes.
func planWeight(p *plan.Plan) int {
	const fixed, perFetch, perSlot, perByte = 8 << 10, 2 << 10, 600, 4
	weight := fixed
	for _, f := range p.Fetches {
		weight += perFetch + perByte*len(f.Text)
	}
	for _, l := range p.Layouts {
		weight += perSlot * len(l.Slots)
	}
	return weight
}

// labelValues are the request's values of all labels, one byte each: "1" or "0".
func (e *engine) labelValues(ctx context.Context) string {
	if len(e.labels) == 0 {
		return ""
	}
	values := make([]byte, len(e.labels))
	for i, label := range e.labels {
		values[i] = '0'
		if e.options.Label(ctx, label) {
			values[i] = '1'
		}
	}
	return string(values)
}

func (e *engine) labelMap(values string) map[string]bool {
	on := make(map[string]bool, len(values))
	for i, label := range e.labels {
		on[label] = values[i] == '1'
	}
	return on
}

// execute runs the plan.
func (p *planned) execute(ctx context.Context, of *prepared, o *Options) *execute.Result {
	return p.program.Run(ctx, &execute.Request{
		Transport: p.engine.transport,
		Header:    o.Headers,
		Variables: of.variables,
		Trace:     of.request.Plan == PlanShown,
	})
}

// respond writes the answer.
func (p *planned) respond(of *prepared, introspection map[string][]byte, result *execute.Result, o *Options) *Response {
	memory := bodies.Get().(*[]byte)
	var errors int
	*memory, errors = p.projection.Write((*memory)[:0], result, &response.Options{
		Errors: o.Errors, Introspection: introspection, Extensions: p.extensions(of, result),
	})
	answer := p.answer(of, *memory)
	answer.Errors, answer.memory = errors, memory
	return answer
}

func (p *planned) answer(of *prepared, body []byte) *Response {
	return &Response{Kind: p.operation.Kind, OperationName: p.operation.Name, Cost: of.cost, Body: body}
}
