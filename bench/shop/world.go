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
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/shopgraph/shopgraph/bench/measure"
	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/postgres"
	"github.com/shopgraph/shopgraph/internal/token"
)

// size is the shop that is asked. Every order is asked for by the customer whose
// it is.
var size = demodata.Size{Users: 1000, Products: 1000, Orders: 10_000}

const (
	asked = 2000 // orders
	// lifetime of the tokens, which are verified once each.
	lifetime = 6 * time.Hour
)

// world is everything that runs while it is measured.
type world struct {
	folder    string
	database  string // URL
	server    *postgres.Server
	env       []string
	processes []*measure.Process
	targets   []*measure.Target
	people    *token.Signer
}

func build(ctx context.Context, s settings) (w *world, err error) {
	w = &world{}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	for _, step := range []func() error{
		func() error { return w.openDatabase(ctx) },
		w.makeKeys,
		func() error { return w.seed(ctx, s.program) },
		func() error { return w.start(s) },
		w.learn,
	} {
		if err := step(); err != nil {
			return w, err
		}
	}
	return w, nil
}

// close ends everything.
func (w *world) close() {
	for _, p := range slices.Backward(w.processes) {
		p.Stop()
	}
	if w.server != nil {
		w.server.Stop()
	}
	os.RemoveAll(w.folder)
}

// openDatabase starts a private PostgreSQL, whose data go with this program.
func (w *world) openDatabase(ctx context.Context) (err error) {
	if w.folder, err = os.MkdirTemp("", "shopgraph-bench-"); err != nil {
		return err
	}
	w.server, err = postgres.Start(ctx, postgres.Options{
		Dir: filepath.Join(w.folder, "postgres"), Log: slog.New(slog.DiscardHandler), Settings: map[string]string{"max_connections": "300"},
	})
	if err == nil {
		w.database = w.server.URL()
	}
	return err
}

// makeKeys makes the keys that sign tokens: the shop's own, of which the program
// is told, so that a thousand customers need not log in.
func (w *world) makeKeys() error {
	var pems [2]string
	for i := range pems {
		_, key, err := ed25519.GenerateKey(nil)
		if err != nil {
			return err
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return err
		}
		pems[i] = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
		if i == 0 {
			w.people = token.NewSigner(token.SignerConfig{Key: key, Issuer: token.IssuerUsers, Audience: token.AudienceAPI, Lifetime: lifetime})
		}
	}
	w.env = []string{"DATABASE_URL=" + w.database, "USERS_SIGNING_KEY=" + pems[0], "ORDERS_SIGNING_KEY=" + pems[1], "MAIL_FOLDER=" + w.folder}
	return nil
}

func (w *world) seed(ctx context.Context, program string) error {
	command := exec.CommandContext(ctx, program, "seed",
		"--users", fmt.Sprint(size.Users), "--products", fmt.Sprint(size.Products), "--orders", fmt.Sprint(size.Orders))
	command.Env = append(os.Environ(), w.env...)
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s seed: %w\n%s", program, err, out)
	}
	db, err := postgres.Open(ctx, w.database, postgres.OpenOptions{})
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "VACUUM ANALYZE")
	return err
}

// start runs everything that is compared. All of it runs at once: who is not
// asked costs nothing.
func (w *world) start(s settings) error {
	wanted := strings.Split(s.only, ",")
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for _, t := range []struct {
		name  string
		start func() (*measure.Target, error)
	}{
		{"three", func() (*measure.Target, error) { return w.startAnchor(self, "three") }},
		{"join", func() (*measure.Target, error) { return w.startAnchor(self, "join") }},
		{"all", func() (*measure.Target, error) { return w.startAll(s.program) }},
		{"rest", func() (*measure.Target, error) { return w.startREST(self) }},
		{"apart", func() (*measure.Target, error) { return w.startApart(s.program) }},
	} {
		if t.name != "three" && s.only != "" && !slices.Contains(wanted, t.name) {
			continue
		}
		target, err := t.start()
		if err != nil {
			return err
		}
		target.Name = t.name
		w.targets = append(w.targets, target)
	}
	return nil
}

// run starts one program, once its port answers.
func (w *world) run(name, address string, env []string, args ...string) (*measure.Process, error) {
	p, err := measure.Start(measure.Command{Name: name, Args: args, Env: append(slices.Clone(w.env), env...)})
	if err != nil {
		return nil, err
	}
	w.processes = append(w.processes, p)
	return p, p.Ready(time.Minute, func() error {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			conn.Close()
		}
		return err
	})
}

func (w *world) startAnchor(self, kind string) (*measure.Target, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	p, err := w.run(kind, address, nil, self, "anchor", "--listen", address, "--database", w.database, kind)
	return &measure.Target{Address: address, Processes: []*measure.Process{p}, Requests: w.restRequests()}, err
}

func (w *world) startREST(self string) (*measure.Target, error) {
	target := &measure.Target{Requests: w.restRequests()}
	args := []string{}
	for _, kind := range []string{"users", "products", "orders", "front"} {
		address, err := freeAddress()
		if err != nil {
			return nil, err
		}
		if kind != "front" {
			p, err := w.run("rest "+kind, address, nil, self, "anchor", "--listen", address, "--database", w.database, kind)
			if err != nil {
				return nil, err
			}
			target.Processes = append(target.Processes, p)
			args = append(args, "--"+kind, "http://"+address)
			continue
		}
		args = append([]string{self, "anchor", "--listen", address}, append(args, kind)...)
		p, err := w.run("rest", address, nil, args...)
		if err != nil {
			return nil, err
		}
		target.Address, target.Processes = address, append(target.Processes, p)
	}
	return target, nil
}

func (w *world) startAll(program string) (*measure.Target, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	p, err := w.run("shopgraph serve all", address, nil, program, "serve", "--listen", address)
	return &measure.Target{Address: address, Processes: []*measure.Process{p}, Requests: w.graphRequests()}, err
}

func (w *world) startApart(program string) (*measure.Target, error) {
	target := &measure.Target{Requests: w.graphRequests()}
	addresses := map[string]string{}
	for _, role := range []string{"users", "products", "orders", "router"} {
		var err error
		if addresses[role], err = freeAddress(); err != nil {
			return nil, err
		}
	}
	at := func(role, path string) string { return "http://" + addresses[role] + path }
	const jwks = "/.well-known/jwks.json"
	env := []string{
		"USERS_JWKS_URL=" + at("users", jwks), "ORDERS_JWKS_URL=" + at("orders", jwks), "PRODUCTS_URL=" + at("products", "/graphql"),
		"SHOPGRAPH_ISSUER=" + token.IssuerUsers, "SHOPGRAPH_AUDIENCE=" + token.AudienceAPI, "SHOPGRAPH_JWKS=" + at("users", jwks),
	}
	for _, role := range []string{"users", "products", "orders", "router"} {
		// Without a line in a log for each request, which the others do not write.
		args := []string{program, "serve", role, "--listen", addresses[role], "--access-log=off"}
		if role == "router" {
			args = append(args, "--supergraph", "schema/supergraph.graphql")
			for _, name := range []string{"users", "products", "orders"} {
				args = append(args, "--subgraph-url", name+"="+at(name, "/graphql"))
			}
		}
		p, err := w.run("shopgraph serve "+role, addresses[role], env, args...)
		if err != nil {
			return nil, err
		}
		target.Processes = append(target.Processes, p)
	}
	target.Address = addresses["router"]
	return target, nil
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

// mainQuery is what the shop is for.
const mainQuery = `query Order($id: ID!) { order(id: $id) { id number status total { amount currencyCode } customer { id name email } lines { quantity unitPrice { amount currencyCode } product { id name } } } }`

// askedFor are orders of as many customers as there are. Every tenth order is one
// customer's, who would ask more often than anybody may (--rate-limit).
func askedFor() (orders []demodata.Order) {
	for i := 0; len(orders) < asked; i++ {
		if i%10 != 0 {
			orders = append(orders, size.Order(i))
		}
	}
	return orders
}

func (w *world) graphRequests() (requests [][]byte) {
	for _, order := range askedFor() {
		body, _ := json.Marshal(map[string]any{"query": mainQuery, "variables": map[string]any{"id": id.Order.Format(order.ID)}})
		subject := id.User.Format(order.User)
		text, _, _ := w.people.Sign(token.Grant{Subject: subject, Role: token.Customer})
		requests = append(requests, measure.Post("/graphql", text, body))
	}
	return requests
}

// restRequests carry tokens of the cheapest kind, signed with a shared secret, so
// that what is compared is not the signature.
func (w *world) restRequests() (requests [][]byte) {
	for _, order := range askedFor() {
		claims := anchorClaims{RegisteredClaims: jwt.RegisteredClaims{
			Subject: order.User.String(), ExpiresAt: jwt.NewNumericDate(time.Now().Add(lifetime)),
		}}
		text, _ := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(anchorSecret)
		requests = append(requests, measure.Get("/orders/"+order.ID.String(), text))
	}
	return requests
}

// learn asks everyone for every order, and checks that all say the same.
func (w *world) learn() error {
	var first []any
	for n, t := range w.targets {
		err := t.Learn(func(i int, body []byte) error {
			var answer map[string]any
			if err := json.Unmarshal(body, &answer); err != nil {
				return fmt.Errorf("%w: %.300s", err, body)
			}
			if data, ok := answer["data"].(map[string]any); ok && answer["errors"] == nil {
				answer = data
			}
			if n == 0 {
				if !bytes.Contains(body, []byte(`"email"`)) {
					return errors.New("the answer has no customer: " + string(body))
				}
				first = append(first, answer)
				return nil
			}
			if diff := cmp.Diff(first[i], any(answer)); diff != "" {
				return fmt.Errorf("the answer differs from the reference's (-reference +this):\n%s", diff)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
