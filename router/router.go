package router

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shopgraph/shopgraph/router/access"
	"github.com/shopgraph/shopgraph/router/cache"
	"github.com/shopgraph/shopgraph/router/cost"
	"github.com/shopgraph/shopgraph/router/execute"
	"github.com/shopgraph/shopgraph/router/limits"
	"github.com/shopgraph/shopgraph/router/response"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// Options are what a Router needs beside its supergraph. The zero value of each
// is its default.
type Options struct {
	// Connect returns the transport to a subgraph; by default, HTTP to its
	// routing URL.
	Connect func(*supergraph.Subgraph) (execute.Transport, error)
	// Around, when set, wraps the transport to all subgraphs, which is Connect's and
	// shared reads.
	Around func(execute.Transport) execute.Transport
	// Headers adds to the headers of each request to a subgraph.
	Headers func(ctx context.Context, subgraph string, header http.Header)
	// NoSharing sends each read to subgraphs also where an identical one is under
	// way. It is for measuring.
	NoSharing bool
	// Timeout is how long a request may take; what has not come by then is
	// missing from its answer. 0 is DefaultTimeout.
	Timeout time.Duration
	// Documents and Plans bound what is remembered, weighing in bytes. Zero
	// values are DefaultDocuments and DefaultPlans.
	Documents, Plans cache.Bounds
	// Access says how to keep from clients what they may not see. MaxFields is
	// that of Limits.
	Access access.Options
	// Limits bound what documents may ask for.
	Limits limits.Limits
	// Cost says what operations may cost.
	Cost cost.Options
	// NoIntrospection refuses operations that select __schema or __type.
	NoIntrospection bool
	// Suggestions lets errors about names suggest others. They tell what the
	// schema has to whoever asks often enough.
	Suggestions bool
	// Errors says what clients see of subgraphs' errors; nil redacts them all.
	Errors *response.Policy
	// Label says whether a label of a progressive @override is on for a request.
	// By default "percent(x)" is on for x % of the requests, others never.
	Label func(ctx context.Context, label string) bool
	Log   *slog.Logger
}

// The defaults of Options.
var (
	DefaultTimeout   = 30 * time.Second
	DefaultDocuments = cache.Bounds{Entries: 10_000, Weight: 128 << 20}
	DefaultPlans     = cache.Bounds{Entries: 10_000, Weight: 128 << 20}
)

// Router answers requests from one supergraph at a time. It is safe for
// concurrent use.
type Router struct {
	options Options
	current atomic.Pointer[engine]
	// reloading lets one change of the supergraph happen at a time.
	reloading sync.Mutex
}

// New returns a router for a supergraph document. The error says what is wrong
// with it, or with the way to one of its subgraphs.
func New(sdl string, o Options) (*Router, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Documents == (cache.Bounds{}) {
		o.Documents = DefaultDocuments
	}
	if o.Plans == (cache.Bounds{}) {
		o.Plans = DefaultPlans
	}
	if o.Connect == nil {
		o.Connect = connectByHTTP()
	}
	if o.Label == nil {
		o.Label = percent
	}
	o.Limits = o.Limits.Filled()
	r := &Router{options: o}
	e, err := newEngine(sdl, &r.options)
	if err != nil {
		return nil, err
	}
	r.current.Store(e)
	return r, nil
}

func connectByHTTP() func(*supergraph.Subgraph) (execute.Transport, error) {
	client := execute.NewClient()
	return func(s *supergraph.Subgraph) (execute.Transport, error) { return execute.NewHTTP(client, s.URL) }
}

// Execute answers a request. It always returns an answer: what goes wrong is in
// it. When ctx ends the request is given up.
func (r *Router) Execute(ctx context.Context, request *Request) (answer *Response) {
	defer r.survive(request, &answer)
	ctx, cancel := context.WithTimeout(ctx, r.options.Timeout)
	defer cancel()
	e := r.current.Load() // a new supergraph is for requests to come
	prepared, err := e.prepare(request)
	if err != nil {
		return r.refuse(request, err)
	}
	planned, err := e.plan(ctx, prepared)
	if err != nil {
		return r.refuse(request, err)
	}
	introspection, err := planned.introspect(prepared)
	if err != nil {
		return r.refuse(request, err)
	}
	if request.Plan == PlanOnly {
		return planned.unrun(prepared)
	}
	result := planned.execute(ctx, prepared, &r.options)
	defer result.Release()
	r.logFailures(request, result)
	return planned.respond(prepared, introspection, result, &r.options)
}

// refuse is Refuse, with a line in the log for what the client is not told.
func (r *Router) refuse(request *Request, err error) *Response {
	answer := Refuse(request.ID, err)
	if answer.isInternal() {
		r.options.Log.Error("request failed", "request", request.ID, "error", err)
	}
	return answer
}

// survive makes an answer of a panic: it is the end of this request only.
func (r *Router) survive(request *Request, answer **Response) {
	if p := recover(); p != nil {
		*answer = r.refuse(request, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
	}
}

// logFailures writes why subgraphs could not be asked, once for each.
func (r *Router) logFailures(request *Request, result *execute.Result) {
	var last error
	for i := range result.Errors() {
		e := &result.Errors()[i]
		if e.Cause == nil || e.Cause == last || errors.Is(e.Cause, context.Canceled) {
			continue
		}
		last = e.Cause
		level := slog.LevelWarn
		if e.Code == execute.CodeInternal {
			level = slog.LevelError
		}
		r.options.Log.Log(context.Background(), level, "subgraph failed", "request", request.ID, "subgraph", e.Subgraph, "error", e.Cause)
	}
}
