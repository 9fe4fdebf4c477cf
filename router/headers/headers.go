// Package headers says which headers subgraphs get: those of the client's request
// that a rule names, and those that a rule sets. Nothing else of a client reaches
// a subgraph.
//
//	client's request ──Admit──► context ──Apply──► each request to a subgraph
package headers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
)

// Rules are what one subgraph, or every subgraph, gets.
type Rules struct {
	// Forward are headers of the client that are passed on as they came, when
	// they came.
	Forward []string
	// Set are headers with fixed values. They win over the client's.
	Set map[string]string
}

// Default forwards who the client is, and what ties the logs and traces of one
// request together.
var Default = Rules{Forward: []string{"Authorization", "X-Request-Id", "Traceparent", "Tracestate"}}

// Propagation applies rules. It is immutable and safe for concurrent use.
type Propagation struct {
	all        rules
	bySubgraph map[string]rules
}

// rules are Rules with canonical names.
type rules struct {
	forward []string
	set     http.Header
}

// New returns the propagation of rules for all subgraphs, and of further ones for
// single subgraphs by name.
func New(all Rules, bySubgraph map[string]Rules) (*Propagation, error) {
	p := &Propagation{bySubgraph: map[string]rules{}}
	var err error
	if p.all, err = compile(all, rules{}); err != nil {
		return nil, fmt.Errorf("headers for all subgraphs: %w", err)
	}
	for name, of := range bySubgraph {
		if p.bySubgraph[name], err = compile(of, p.all); err != nil {
			return nil, fmt.Errorf("headers for subgraph %q: %w", name, err)
		}
	}
	return p, nil
}

func compile(r Rules, base rules) (rules, error) {
	out := rules{slices.Clone(base.forward), base.set.Clone()}
	for _, name := range r.Forward {
		canonical, err := check(name, "")
		if err != nil {
			return rules{}, err
		}
		if !slices.Contains(out.forward, canonical) {
			out.forward = append(out.forward, canonical)
		}
	}
	if out.set == nil {
		out.set = http.Header{}
	}
	for name, value := range r.Set {
		canonical, err := check(name, value)
		if err != nil {
			return rules{}, err
		}
		out.set[canonical] = []string{value}
	}
	return out, nil
}

// ours are headers of one connection or one body: those of the client's say
// nothing about the router's.
var ours = []string{
	"Accept", "Accept-Encoding", "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Expect", "Host", "Keep-Alive",
	"Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
}

// Check returns the canonical form of a header's name. The error says why it cannot
// be one that subgraphs get.
func Check(name string) (canonical string, err error) { return check(name, "") }

func check(name, value string) (canonical string, err error) {
	canonical = http.CanonicalHeaderKey(name)
	switch {
	case slices.Contains(ours, canonical):
		return "", fmt.Errorf("%s belongs to the connection between router and subgraph and cannot be chosen", canonical)
	case !isToken(name):
		return "", fmt.Errorf("%q is not the name of a header", name)
	case strings.ContainsAny(value, "\r\n\x00"):
		return "", errors.New("the value of " + canonical + " has a line break, which no header may have")
	}
	return canonical, nil
}

// isToken says whether s is a token (RFC 9110 §5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return s != ""
}

type contextKey struct{}

// Admit is a server.Admission: it keeps the request's headers for Apply.
func (p *Propagation) Admit(ctx context.Context, r *http.Request) (context.Context, error) {
	return context.WithValue(ctx, contextKey{}, r.Header), nil
}

// ForwardedFor is where proxies say whom they speak for.
const ForwardedFor = "X-Forwarded-For"

// NoteAddress is a server.Admission: like any proxy it adds where the request
// comes from to its ForwardedFor header, for a rule that forwards that. It has to
// come before Admit.
func NoteAddress(ctx context.Context, r *http.Request) (context.Context, error) {
	peer, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		r.Header.Del(ForwardedFor) // what the client says is no better than nothing
		return ctx, nil
	}
	if before := r.Header[ForwardedFor]; len(before) > 0 {
		peer = strings.Join(before, ", ") + ", " + peer
	}
	r.Header[ForwardedFor] = []string{peer}
	return ctx, nil
}

// Apply adds to the headers of a request to the named subgraph; execute.Request
// calls it.
func (p *Propagation) Apply(ctx context.Context, subgraph string, header http.Header) {
	r, ok := p.bySubgraph[subgraph]
	if !ok {
		r = p.all
	}
	client, _ := ctx.Value(contextKey{}).(http.Header)
	for _, name := range r.forward {
		if values := client[name]; len(values) > 0 {
			header[name] = values
		}
	}
	for name, values := range r.set {
		header[name] = values
	}
}
