package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/bench/measure"
	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/mail"
	"github.com/shopgraph/shopgraph/internal/postgres"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/router"
	"github.com/shopgraph/shopgraph/router/auth"
	"github.com/shopgraph/shopgraph/router/execute"
	"github.com/shopgraph/shopgraph/router/headers"
	"github.com/shopgraph/shopgraph/router/server"
	"github.com/shopgraph/shopgraph/schema"
	"github.com/shopgraph/shopgraph/schema/supergraph"
	"github.com/shopgraph/shopgraph/subgraphs"
)

// shop is the whole shop in this process: everything that "shopgraph serve all"
// runs, its statements recorded.
type shop struct {
	size    demodata.Size
	address string
	// owner sees all schemas; bare are pools of the subgraphs' roles beside the
	// shop's own, and nothing counts what they run.
	owner    *sqlx.DB
	bare     map[string]*sqlx.DB
	recorder recorder
	running  map[string]*subgraphs.Running
	people   *token.Signer
	closing  []func()
}

// received is how much of everything comes in before the first order, so that
// none is ever refused.
const received = 10_000_000

// tokenLifetime is longer than any run.
const tokenLifetime = 12 * time.Hour

func openShop(ctx context.Context, database, mailFolder string, size demodata.Size) (s *shop, err error) {
	s = &shop{size: size, bare: map[string]*sqlx.DB{}}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	pools := map[string]*sqlx.DB{}
	for _, sub := range subgraphs.All() {
		open := postgres.Subgraph{Name: sub.Name, URL: database, Migrations: sub.Migrations, Wrap: s.recorder.wrap(sub.Name)}
		if pools[sub.Name], err = s.pool(open.Open(ctx)); err != nil {
			return nil, err
		}
		open.Wrap = nil
		if s.bare[sub.Name], err = s.pool(open.Open(ctx)); err != nil {
			return nil, err
		}
		if err := sub.Seed(ctx, pools[sub.Name], size, func(int) {}); err != nil {
			return nil, err
		}
	}
	if s.owner, err = s.pool(postgres.Open(ctx, database, postgres.OpenOptions{})); err != nil {
		return nil, err
	}
	if err := s.receive(ctx); err != nil {
		return nil, err
	}
	return s, s.start(ctx, pools, mailFolder)
}

func (s *shop) pool(db *sqlx.DB, err error) (*sqlx.DB, error) {
	if err == nil {
		s.closing = append(s.closing, func() { db.Close() })
	}
	return db, err
}

func (s *shop) close() {
	for i := len(s.closing) - 1; i >= 0; i-- {
		s.closing[i]()
	}
}

// receive puts goods into the warehouse, by the ledger.
func (s *shop) receive(ctx context.Context) error {
	_, err := s.owner.ExecContext(ctx, `
		WITH more AS (UPDATE products.stock SET on_hand = on_hand + $1 RETURNING variant_id)
		INSERT INTO products.stock_movements (variant_id, kind, on_hand_delta, reserved_delta) SELECT variant_id, 'RECEIVED', $1, 0 FROM more`, received)
	if err == nil {
		_, err = s.owner.ExecContext(ctx, `VACUUM ANALYZE`)
	}
	return err
}

func (s *shop) start(ctx context.Context, pools map[string]*sqlx.DB, mailFolder string) error {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	s.people = token.NewSigner(token.SignerConfig{Key: key, Issuer: token.IssuerUsers, Audience: token.AudienceAPI, Lifetime: tokenLifetime})
	log := slog.New(slog.DiscardHandler)
	s.running, err = subgraphs.StartAll(ctx, pools, subgraphs.Config{
		Log: log, Mailer: mail.Folder{Path: mailFolder, Log: log}, FakePayments: true, PayWithin: tokenLifetime,
		UsersSigningKey: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
	})
	if err != nil {
		return err
	}
	handler, err := s.router(log)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.address = listener.Addr().String()
	serving := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go serving.Serve(listener) // ends by Close, with an error that says so
	s.closing = append(s.closing, func() { serving.Close() })
	return nil
}

func (s *shop) router(log *slog.Logger) (http.Handler, error) {
	propagation, err := headers.New(headers.Default, nil)
	if err != nil {
		return nil, err
	}
	r, err := router.New(schema.Supergraph, router.Options{Log: log, Headers: propagation.Apply, Connect: func(sub *supergraph.Subgraph) (execute.Transport, error) {
		return execute.NewMemory(sub.Name, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.URL = &url.URL{Path: "/graphql"}
			s.running[sub.Name].Handler.ServeHTTP(w, r)
		})), nil
	}})
	if err != nil {
		return nil, err
	}
	clients, err := auth.New([]auth.Issuer{{Name: token.IssuerUsers, Audience: token.AudienceAPI, Keys: s.running["users"].Keys}}, auth.Options{Log: log})
	if err != nil {
		return nil, err
	}
	return server.New(server.Options{Router: r, Log: log, Admissions: []server.Admission{clients.Admit, propagation.Admit}})
}

// startWorkers runs what requests leave to be done, until the shop is closed.
func (s *shop) startWorkers(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	var working sync.WaitGroup
	for _, running := range s.running {
		if running.Run != nil {
			working.Go(func() { running.Run(ctx) })
		}
	}
	s.closing = append(s.closing, func() { cancel(); working.Wait() })
}

const readOrder = `query Order($id: ID!) { order(id: $id) { id number status total { amount currencyCode } customer { id name email } lines { quantity unitPrice { amount currencyCode } product { id name } } } }`

const placeOrder = `mutation Place($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id number status total { amount currencyCode } } userErrors { code message } } }`

// request is an operation as this customer.
func (s *shop) request(customer uuid.UUID, query string, variables map[string]any) []byte {
	body, _ := json.Marshal(map[string]any{"query": query, "variables": variables})
	text, _, _ := s.people.Sign(token.Grant{Subject: id.User.Format(customer), Role: token.Customer})
	return measure.Post("/graphql", text, body)
}

// reading asks for the i-th order as the customer whose it is.
func (s *shop) reading(i int) []byte {
	order := s.size.Order(i)
	return s.request(order.User, readOrder, map[string]any{"id": id.Order.Format(order.ID)})
}

// basket is what a customer orders, again and again with another key: before and
// after are the request's bytes around it.
type basket struct {
	known         []uuid.UUID // the ids it is made of
	before, after []byte
}

// aKey stands where a basket's key is put.
const aKey = "00000000-0000-4000-8000-000000000000"

// basket is that of the i-th order of the demo's, as its customer would order it
// again.
func (s *shop) basket(i int) basket {
	order := s.size.Order(i)
	b := basket{known: []uuid.UUID{order.User}}
	var lines []any
	for _, l := range order.Lines {
		lines = append(lines, map[string]any{"variantId": id.Variant.Format(l.Variant.ID), "quantity": l.Quantity})
		b.known = append(b.known, l.Variant.ID, l.Product)
	}
	input := map[string]any{"idempotencyKey": aKey, "currencyCode": string(order.Currency), "lines": lines}
	b.before, b.after, _ = bytes.Cut(s.request(order.User, placeOrder, map[string]any{"input": input}), []byte(aKey))
	return b
}

// request is the basket ordered under a new key.
func (b basket) request() []byte {
	return bytes.Join([][]byte{b.before, b.after}, []byte(uuid.NewString()))
}

// isRead and isPlaced judge answers without knowing them.
func isRead(body []byte) error {
	if bytes.Contains(body, []byte(`"errors"`)) || !bytes.Contains(body, []byte(`"email":"`)) || !bytes.Contains(body, []byte(`"quantity":`)) {
		return fmt.Errorf("not an order with its customer and lines: %.300s", body)
	}
	return nil
}

func isPlaced(body []byte) error {
	if bytes.Contains(body, []byte(`"errors"`)) || !bytes.Contains(body, []byte(`"status":"PLACED"`)) || !bytes.Contains(body, []byte(`"userErrors":[]`)) {
		return fmt.Errorf("not a placed order: %.300s", body)
	}
	return nil
}

// readings is the order read as a target, with what each request ran.
func (s *shop) readings(n int) (*measure.Target, []recording, error) {
	t := &measure.Target{Name: "order", Address: s.address}
	for i := range min(n, s.size.Orders) {
		t.Requests = append(t.Requests, s.reading(i))
	}
	if err := t.Learn(func(_ int, body []byte) error { return isRead(body) }); err != nil {
		return nil, nil, err
	}
	var all []recording
	for i := range t.Requests {
		ran, err := s.recorder.during(func() error { return askedRight(t, i, isRead) })
		if err != nil {
			return nil, nil, err
		}
		all = append(all, recording{statements: ran})
	}
	return t, all, nil
}

// placings is the placing of orders as a target, with what each basket ran. All
// of the baskets are placed once before they are recorded.
func (s *shop) placings(n int) (*measure.Target, []recording, error) {
	var baskets []basket
	var all []recording
	for i := range min(n, s.size.Orders) {
		b := s.basket(i)
		once := &measure.Target{Name: "placeOrder", Address: s.address, Requests: [][]byte{b.request(), b.request()}}
		if err := askedRight(once, 0, isPlaced); err != nil {
			return nil, nil, err
		}
		ran, err := s.recorder.during(func() error { return askedRight(once, 1, isPlaced) })
		if err != nil {
			return nil, nil, err
		}
		baskets, all = append(baskets, b), append(all, recordingOf(ran, b.known))
	}
	return &measure.Target{
		Name: "placeOrder", Address: s.address,
		Fresh: func(random *rand.Rand) []byte { return baskets[random.IntN(len(baskets))].request() },
		Right: func(body []byte) bool { return isPlaced(body) == nil },
	}, all, nil
}

func askedRight(t *measure.Target, i int, right func([]byte) error) error {
	status, body, err := t.Once(i)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("status %d", status)
	}
	return errors.Join(err, right(body))
}
