package execute

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

// Request is one run of a program.
type Request struct {
	Transport Transport
	// Variables are the client's, coerced. It may be nil for a program without
	// variables.
	Variables Variables
	// Header adds to the headers of a request to the named subgraph; nil adds
	// none.
	Header func(ctx context.Context, subgraph string, header http.Header)
	// MaxValues bounds the values that are held of all answers;
	// DefaultMaxValues when 0. A value takes 12 bytes.
	MaxValues int
	// Trace asks for Result.Traces.
	Trace bool
}

// Variables are the values of a request's variables, as JSON: those of package
// operation.
type Variables interface {
	// Lookup returns the value of a variable; ok is false when it has none.
	Lookup(name string) (value []byte, ok bool)
}

// DefaultMaxValues is how many values a request may hold where nothing else is
// said: 240 MB.
const DefaultMaxValues = 20_000_000

// Result is the data of a request, merged from what the subgraphs answered, and
// the errors met on the way. Release must be called when it is not read any
// more; after that neither it nor anything got from it may be used.
type Result struct {
	program *Program
	ctx     context.Context
	request *Request

	// segments are those of the fetches, and last that of the root object.
	segments []segment
	fetches  []fetchState
	root     Value
	errors   []Error
	traces   []Trace

	// mu is held while anything but a fetch's own state and segment is touched:
	// by whoever merges an answer and prepares the fetches that waited for it.
	mu      sync.Mutex
	objects []Value
	ready   []int
	room    int
	left    int
	// walked counts the steps taken to find out where errors are.
	walked int
	// done gets a token from who ends the last fetch, unless that is the caller
	// of Run.
	done chan struct{}
}

// fetchState is a fetch while a request runs.
type fetchState struct {
	call    Call
	body    []byte
	batches []batch
	// places are the objects that a root fetch's data is for.
	places []Value
	// waits is how many fetches this one still waits for.
	waits int
	// room is how many values the answer may have.
	room int

	// hasData says that data came, and was not null.
	hasData bool
	// data is what was answered for a root fetch: an object, or Missing.
	data Value
	// errors is the answer's list of errors, or empty.
	errors []byte
	// failure says why there is no answer, or nil.
	failure *Failure
	// list is memory for the parser.
	list []Value
}

// Run runs the program: every fetch as soon as those it depends on are done.
// It always returns a result; whatever went wrong is among its errors. When ctx
// is done, fetches under way are given up and further ones are not sent.
//
// A goroutine that has got an answer merges it, goes on with a fetch that waited
// for it, and starts others for the rest. So a plan without parallel fetches
// runs on the caller's goroutine.
func (p *Program) Run(ctx context.Context, request *Request) *Result {
	r := p.pool.Get().(*Result)
	r.ctx, r.request = ctx, request
	r.start()
	if len(p.fetches) == 0 {
		return r
	}
	r.mu.Lock()
	r.ready = append(r.ready[:0], p.first...)
	next := r.dispatch()
	over := r.left == 0
	r.mu.Unlock()
	if !over && !r.work(next) {
		<-r.done
	}
	return r
}

func (p *Program) newResult() *Result {
	n := len(p.fetches)
	r := &Result{program: p, segments: make([]segment, n+1), fetches: make([]fetchState, n), done: make(chan struct{}, 1)}
	for i := range r.fetches {
		r.fetches[i].batches = make([]batch, len(p.fetches[i].entities))
	}
	slots := len(p.plan.Root.Slots)
	r.segments[n].values = make([]Value, 1+slots)
	r.root = Value{meta: uint32(n)<<segmentShift | uint32(Object)}
	return r
}

func (r *Result) start() {
	own := r.segments[len(r.fetches)].values
	clear(own)
	own[0] = Value{size: uint32(len(own) - 1), meta: uint32(header)}
	r.left, r.walked = len(r.fetches), 0
	if r.room = r.request.MaxValues; r.room == 0 {
		r.room = DefaultMaxValues
	}
	for i := range r.fetches {
		f := &r.program.fetches[i]
		r.fetches[i].waits = f.before
		r.fetches[i].call = Call{Subgraph: f.Subgraph.Name, Kind: f.Kind, Step: f.Step, Buffer: r.fetches[i].call.Buffer}
	}
	if r.request.Trace {
		r.traces = make([]Trace, len(r.fetches))
	}
}

// Release gives the result's memory back, for other requests of the operation.
func (r *Result) Release() {
	for i := range r.fetches {
		r.fetches[i].release(len(r.program.fetches[i].entities))
		r.segments[i].release()
	}
	clear(r.errors)
	r.errors, r.objects = r.errors[:0], kept(r.objects, len(r.objects))
	r.traces, r.ctx, r.request = nil, nil, nil
	r.program.pool.Put(r)
}

// work runs a fetch, and then those that it was what they waited for. It says
// whether no fetch of the request is left; if some are, the result belongs to
// those who run them.
func (r *Result) work(i int) (over bool) {
	for i >= 0 && !over {
		r.fetch(i)
		i, over = r.finish(i)
	}
	return over
}

// workBeside runs a fetch on a goroutine of its own.
func (r *Result) workBeside(i int) {
	growStack()
	if r.work(i) {
		r.done <- struct{}{}
	}
}

// growStack makes room on a new goroutine's stack for reading and merging
// answers, which is recursive, while there is nothing on it to be copied.
//
//go:noinline
func growStack() {
	var room [12 << 10]byte
	runtime.KeepAlive(&room)
}

// dispatch prepares the fetches that are ready and starts all but one of them,
// which it returns; -1 if there is none. Those that turn out to have nothing to
// ask for are done without being sent.
func (r *Result) dispatch() int {
	own := -1
	for n := 0; n < len(r.ready); n++ {
		i := r.ready[n]
		if !r.prepare(i) {
			r.finished(i)
			continue
		}
		if own >= 0 {
			go r.workBeside(own)
		}
		own = i
	}
	return own
}

// finished notes that a fetch is done.
func (r *Result) finished(i int) {
	for _, after := range r.program.fetches[i].after {
		if r.fetches[after].waits--; r.fetches[after].waits == 0 {
			r.ready = append(r.ready, after)
		}
	}
	r.left--
}

// finish merges a fetch's answer and returns the fetch to go on with, or -1, and
// whether no fetch is left.
func (r *Result) finish(i int) (next int, over bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settle(i)
	r.ready = r.ready[:0]
	r.finished(i)
	next = r.dispatch()
	return next, r.left == 0
}

// prepare makes the fetch's request; false when there is nothing to ask for.
func (r *Result) prepare(i int) (send bool) {
	defer survive(func(failure *Failure) {
		r.fail(i, failure)
		send = false
	})
	f, s := &r.program.fetches[i], &r.fetches[i]
	s.room = r.room
	if f.root != nil {
		if s.places = r.collect(s.places[:0], r.root, f.place); len(s.places) == 0 {
			return false
		}
	}
	s.call.Body = f.body
	if len(f.variables)+len(f.entities) == 0 {
		return true
	}
	if f.grouped() {
		return r.prepareGroups(f, s)
	}
	s.body = append(s.body[:0], f.body...)
	start := len(s.body)
	s.body = r.appendVariables(s.body, f)
	sent := f.root != nil
	for n := range f.entities {
		e := &f.entities[n]
		s.body = append(append(separate(s.body, start), e.key...), '[')
		s.body = r.represent(s.body, &s.batches[n], e.targets)
		s.body = append(s.body, ']')
		sent = sent || len(s.batches[n].unique) > 0
	}
	s.body = append(s.body, "}}"...)
	s.call.Body = s.body
	return sent
}

// appendVariables appends the client's variables.
func (r *Result) appendVariables(body []byte, f *fetch) []byte {
	start := len(body)
	for _, v := range f.variables {
		if value, ok := r.request.Variables.Lookup(v.name); ok {
			body = append(append(separate(body, start), v.key...), value...)
		}
	}
	return body
}

// separate appends a comma if there is something since start.
func separate(b []byte, start int) []byte {
	if len(b) > start {
		return append(b, ',')
	}
	return b
}

// fetch sends the request and reads the answer, touching nothing but the
// fetch's state and segment.
func (r *Result) fetch(i int) {
	f, s := &r.program.fetches[i], &r.fetches[i]
	defer survive(func(failure *Failure) { s.failure = failure })
	if r.ctx.Err() != nil {
		s.failure = unreachable(r.ctx, f.Subgraph.Name, context.Cause(r.ctx))
		return
	}
	if r.request.Header != nil {
		s.call.Header = make(http.Header, 8)
		r.request.Header(r.ctx, f.Subgraph.Name, s.call.Header)
	}
	s.call.Representations = s.representations()
	var started time.Time
	if r.traces != nil {
		started = time.Now()
	}
	err := r.request.Transport.Send(r.ctx, &s.call)
	if r.traces != nil {
		r.traces[i] = Trace{Started: started, Took: time.Since(started), Status: s.call.Status, Sent: len(s.call.Body), Received: len(s.call.Answer), Representations: s.call.Representations}
	}
	if err != nil {
		s.failure = asFailure(r.ctx, f.Subgraph.Name, err)
		return
	}
	r.read(i)
}

// survive, when deferred, makes a failure of a panic: data that our own code
// cannot cope with must not end the process, as only one fetch is at fault.
func survive(report func(*Failure)) {
	if p := recover(); p != nil {
		report(&Failure{Code: CodeInternal, Message: "internal error", Cause: fmt.Errorf("panic: %v\n%s", p, debug.Stack())})
	}
}

// Trace says how a fetch went.
type Trace struct {
	// Started is zero for a fetch that was not sent, since there was nothing to
	// ask for.
	Started time.Time
	Took    time.Duration
	// Status is the HTTP status.
	Status int
	// Sent and Received are the sizes of the bodies in bytes.
	Sent, Received int
	// Representations are the entities asked for.
	Representations int
}

func (s *fetchState) representations() int {
	n := 0
	for i := range s.batches {
		n += len(s.batches[i].unique)
	}
	return n
}

// Traces tells how the plan's fetches went, by their index; nil if the request
// did not ask for it.
func (r *Result) Traces() []Trace { return r.traces }

// Root is the response's root object.
func (r *Result) Root() Value { return r.root }
