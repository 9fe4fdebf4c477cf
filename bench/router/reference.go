package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// reference answers the one query of our federation and no other: it is what a
// programmer would write who knows the best plan by heart.
//
// It does what a router has to do for that query: it makes the plan's seven
// requests in four waves over net/http's client, with connections that stay open
// and without waiting for what a request does not need; it asks for each entity
// of a wave once; it parses each answer once into a tree, merges the trees by the
// entities' keys, and writes each field of the answer at each of its places out of
// them.
//
// It does nothing else: no parsing or planning of the query, no choice by type
// or variable, no check of JSON's finer points or of values against a schema, no
// errors in part of an answer, no headers passed on, no logs. The parser is made
// for it, since encoding/json's generic trees would cost more than all the rest;
// leaves stay bytes of the answer. What is the same for each request is made
// once, and buffers and trees' memory are used again. It neither keeps rendered
// pieces nor entities of one wave for another. Memory apart, nothing is shared
// between requests.
type reference struct {
	transport http.RoundTripper
	query     string
	subgraphs map[string]*http.Request
	buffers   sync.Pool // of *bytes.Buffer
	answers   sync.Pool // of *answer
}

func newReference(base string) (*reference, error) {
	p := &reference{
		transport: &http.Transport{MaxIdleConnsPerHost: 4096, DisableCompression: true},
		query:     pageQuery, subgraphs: map[string]*http.Request{},
		buffers: sync.Pool{New: func() any { return &bytes.Buffer{} }},
		answers: sync.Pool{New: func() any { return &answer{} }},
	}
	for _, name := range []string{"users", "products", "inventory", "reviews"} {
		u, err := url.Parse(base + "/" + name)
		if err != nil {
			return nil, err
		}
		p.subgraphs[name] = &http.Request{Method: http.MethodPost, URL: u, Host: u.Host, Header: http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}}}
	}
	return p, nil
}

// serveReference is the program of the name: "bench-router reference -listen ADDRESS -subgraphs URL".
func serveReference(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("reference", flag.ContinueOnError)
	listen := flags.String("listen", "", "where to listen")
	base := flags.String("subgraphs", "", "the `URL` under which the subgraphs are by their names")
	if err := flags.Parse(args); err != nil {
		return err
	}
	p, err := newReference(*base)
	if err != nil {
		return err
	}
	server := &http.Server{Addr: *listen, Handler: p, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// ServeHTTP implements http.Handler.
func (p *reference) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	buffer := p.buffer()
	defer p.buffers.Put(buffer)
	var request struct{ Query string }
	if _, err := buffer.ReadFrom(r.Body); err != nil || json.Unmarshal(buffer.Bytes(), &request) != nil || request.Query != p.query {
		http.Error(w, "the reference answers its one query only", http.StatusBadRequest)
		return
	}
	var a page
	defer func() { p.release(&a) }()
	if err := p.fetch(r.Context(), &a); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	buffer.Reset()
	buffer.Grow(128 << 10)
	body := a.write(buffer.AvailableBuffer())
	w.Header()["Content-Type"] = []string{"application/json"}
	w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.Write(body) // who went away needs no answer
}

func (p *reference) buffer() *bytes.Buffer {
	buffer := p.buffers.Get().(*bytes.Buffer)
	buffer.Reset()
	return buffer
}

// The plan's requests, but for their representations.
const (
	membersBody     = `{"query":"{members{id name city}}"}`
	bestsellersBody = `{"query":"{bestsellers{id sku name price weight}}"}`
	reviewsBody     = `{"query":"query($u:[_Any!]!,$p:[_Any!]!){` +
		`u:_entities(representations:$u){...on User{reviews{id stars body product{id reviews{id stars body author{id}}}}}}` +
		`p:_entities(representations:$p){...on Product{worth reviews{id stars body author{id reviews{id stars body product{id}}}}}}}","variables":{"u":[`
	usersBody     = `{"query":"query($r:[_Any!]!){_entities(representations:$r){...on User{name city}}}","variables":{"r":[`
	productsBody  = `{"query":"query($r:[_Any!]!){_entities(representations:$r){...on Product{sku name price weight}}}","variables":{"r":[`
	inventoryBody = `{"query":"query($r:[_Any!]!){_entities(representations:$r){...on Product{inStock shipping places{shelf count}}}}","variables":{"r":[`
	worthBody     = `{"query":"query($r:[_Any!]!){_entities(representations:$r){...on Product{worth}}}","variables":{"r":[`
	bodyEnd       = `]}}`
)

// page is the answer's data: the roots' trees, and what is merged into them by key.
type page struct {
	members, bestsellers *node
	users, products      *entities
	stock                *entities // by sku
	mu                   sync.Mutex
	answers              []*answer // whose memory the trees are
}

// release lets other requests use the memory.
func (p *reference) release(a *page) {
	for _, one := range a.answers {
		p.answers.Put(one)
	}
}

// fetch makes the requests, a wave after the other.
func (p *reference) fetch(ctx context.Context, a *page) error {
	err := both(
		func() (err error) { a.members, err = p.root(ctx, a, "users", membersBody, "members"); return err },
		func() (err error) {
			a.bestsellers, err = p.root(ctx, a, "products", bestsellersBody, "bestsellers")
			return err
		})
	if err != nil {
		return err
	}
	if err := p.fetchReviews(ctx, a); err != nil {
		return err
	}
	a.users, a.products, a.stock = newEntities("User", "id"), newEntities("Product", "id"), newEntities("Product", "sku", "price", "weight")
	a.collect()
	if err := p.entities(ctx, a, entityFetch{"users", usersBody, a.users}, entityFetch{"products", productsBody, a.products}); err != nil {
		return err
	}
	worth := newEntities("Product", "id", "price")
	for _, product := range a.products.found {
		worth.add(product)
		a.stock.add(product)
	}
	for i := range a.bestsellers.list() {
		a.stock.add(&a.bestsellers.items[i])
	}
	return p.entities(ctx, a, entityFetch{"inventory", inventoryBody, a.stock}, entityFetch{"reviews", worthBody, worth})
}

// both does two things at the same time.
func both(one, other func() error) error {
	ended := make(chan error, 1)
	go func() { ended <- other() }()
	err := one()
	return cmp.Or(err, <-ended)
}

// root asks for a root field.
func (p *reference) root(ctx context.Context, a *page, subgraph, body, field string) (*node, error) {
	data, err := p.send(ctx, a, subgraph, []byte(body))
	return data.field(field), err
}

// fetchReviews asks for what members wrote and what was written about
// bestsellers, in one request, and merges it into them.
func (p *reference) fetchReviews(ctx context.Context, a *page) error {
	writers, written := newEntities("User", "id"), newEntities("Product", "id", "price")
	for i := range a.members.list() {
		writers.add(&a.members.items[i])
	}
	for i := range a.bestsellers.list() {
		written.add(&a.bestsellers.items[i])
	}
	buffer := p.buffer()
	defer p.buffers.Put(buffer)
	buffer.WriteString(reviewsBody)
	buffer.Write(writers.representations)
	buffer.WriteString(`],"p":[`)
	buffer.Write(written.representations)
	buffer.WriteString(bodyEnd)
	data, err := p.send(ctx, a, "reviews", buffer.Bytes())
	if err != nil {
		return err
	}
	return cmp.Or(writers.merge(data.field("u")), written.merge(data.field("p")))
}

// collect notes the users and products that reviews name.
func (a *page) collect() {
	for i := range a.members.items {
		reviews := a.members.items[i].field("reviews").list()
		for j := range reviews {
			product := reviews[j].field("product")
			a.products.add(product)
			others := product.field("reviews").list()
			for k := range others {
				a.users.add(others[k].field("author"))
			}
		}
	}
	for i := range a.bestsellers.items {
		reviews := a.bestsellers.items[i].field("reviews").list()
		for j := range reviews {
			author := reviews[j].field("author")
			a.users.add(author)
			others := author.field("reviews").list()
			for k := range others {
				a.products.add(others[k].field("product"))
			}
		}
	}
}

// entityFetch is a request for entities of one type.
type entityFetch struct {
	subgraph, body string
	of             *entities
}

// entities asks for two kinds of entities at the same time and merges what comes.
func (p *reference) entities(ctx context.Context, a *page, one, other entityFetch) error {
	var answers [2]*node
	ask := func(i int, f entityFetch) func() error {
		return func() (err error) { answers[i], err = p.ask(ctx, a, f); return err }
	}
	if err := both(ask(0, one), ask(1, other)); err != nil {
		return err
	}
	return cmp.Or(one.of.merge(answers[0]), other.of.merge(answers[1]))
}

func (p *reference) ask(ctx context.Context, a *page, f entityFetch) (*node, error) {
	buffer := p.buffer()
	defer p.buffers.Put(buffer)
	buffer.WriteString(f.body)
	buffer.Write(f.of.representations)
	buffer.WriteString(bodyEnd)
	data, err := p.send(ctx, a, f.subgraph, buffer.Bytes())
	return data.field("_entities"), err
}

// send makes a request and parses the answer, which lives as long as the page.
func (p *reference) send(ctx context.Context, a *page, subgraph string, body []byte) (*node, error) {
	request := p.subgraphs[subgraph].WithContext(ctx)
	request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	response, err := p.transport.RoundTrip(request)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", subgraph, err)
	}
	defer response.Body.Close()
	got := p.answers.Get().(*answer)
	a.mu.Lock()
	a.answers = append(a.answers, got)
	a.mu.Unlock()
	got.body.Reset()
	if _, err := got.body.ReadFrom(response.Body); err != nil {
		return nil, fmt.Errorf("%s: %w", subgraph, err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers with status %d: %.300s", subgraph, response.StatusCode, got.body.Bytes())
	}
	if err := got.parse(); err != nil {
		return nil, fmt.Errorf("%s: %w", subgraph, err)
	}
	if got.root.field("errors") != nil {
		return nil, fmt.Errorf("%s has errors: %.300s", subgraph, got.body.Bytes())
	}
	return got.root.field("data"), nil
}
