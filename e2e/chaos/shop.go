//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/postgres"
	"github.com/shopgraph/shopgraph/internal/token"
)

// size is the demo that the shop starts from. Its orders are the clients' alone.
var size = demodata.Size{Users: 100, Products: 1}

// shop is the running shop, every part a process of its own.
type shop struct {
	folder  string
	root    string // of the repository
	keep    bool
	program string
	url     string // of the database
	signer  *token.Signer
	env     []string
	routers []string // their GraphQL endpoints
	parts   []*part
	db      *sqlx.DB // of the superuser, who sees all schemas

	mu     sync.Mutex // of server
	server *postgres.Server
}

// part is a process of the shop.
type part struct {
	name    string
	args    []string
	address string

	mu      sync.Mutex
	process *exec.Cmd
}

func openShop(ctx context.Context, s settings) (*shop, error) {
	folder, err := os.MkdirTemp("", "chaos-")
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(folder, 0o755); err != nil { // the database may run as another account
		return nil, err
	}
	shop := &shop{folder: folder, root: s.root, keep: s.keep, program: filepath.Join(folder, "shopgraph")}
	for _, step := range []func(context.Context) error{shop.build, shop.startPostgres, shop.prepare, shop.startParts} {
		if err := step(ctx); err != nil {
			shop.close()
			return nil, err
		}
	}
	return shop, nil
}

func (s *shop) build(ctx context.Context) error {
	build := exec.CommandContext(ctx, "go", "build", "-o", s.program, "./cmd/shopgraph")
	build.Dir = s.root
	out, err := build.CombinedOutput()
	if err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// startPostgres starts the database, or starts it again on the same data, where
// everybody finds it at the same place.
func (s *shop) startPostgres(ctx context.Context) error {
	server, err := postgres.Start(ctx, postgres.Options{
		Dir: filepath.Join(s.folder, "pg"), Settings: map[string]string{"max_connections": "200"}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	if s.url != "" && server.URL() != s.url {
		return errors.New("PostgreSQL is somewhere else after its restart; choose a TMPDIR with a short name")
	}
	s.server, s.url = server, server.URL()
	return nil
}

// killPostgres kills the server's first process, and with it all others.
func (s *shop) killPostgres(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, err := os.ReadFile(filepath.Join(s.folder, "pg", "data", "postmaster.pid"))
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		return err
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return err
	}
	<-s.server.Exited()
	s.server.Stop() // nothing runs any more; it gives the folder free
	return s.startPostgres(ctx)
}

// prepare makes the keys that sign the clients' tokens, and fills the database.
func (s *shop) prepare(ctx context.Context) error {
	key, err := token.GenerateKey()
	if err != nil {
		return err
	}
	keys, err := token.ParseKeys(key)
	if err != nil {
		return err
	}
	s.signer = token.NewSigner(token.SignerConfig{Key: keys[0], Issuer: token.IssuerUsers, Audience: token.AudienceAPI, Lifetime: 5 * time.Minute})
	addresses := map[string]string{}
	for _, name := range []string{"users", "products", "orders 1", "orders 2", "router 1", "router 2"} {
		if addresses[name], err = freeAddress(); err != nil {
			return err
		}
	}
	at := func(name, path string) string { return "http://" + addresses[name] + path }
	const jwks = "/.well-known/jwks.json"
	s.env = append(os.Environ(), "DATABASE_URL="+s.url, "USERS_SIGNING_KEY="+string(key), "SHOPGRAPH_LOG_FORMAT=json", "SHOPGRAPH_ACCESS_LOG=off",
		"USERS_JWKS_URL="+at("users", jwks), "ORDERS_JWKS_URL="+at("orders 1", jwks), "PRODUCTS_URL="+at("products", "/graphql"),
		"SHOPGRAPH_ISSUER="+token.IssuerUsers, "SHOPGRAPH_AUDIENCE="+token.AudienceAPI, "SHOPGRAPH_JWKS="+at("users", jwks))
	seed := exec.CommandContext(ctx, s.program, "seed", "--users", fmt.Sprint(size.Users), "--products", fmt.Sprint(size.Products), "--orders", "0")
	seed.Dir, seed.Env = s.root, s.env
	if out, err := seed.CombinedOutput(); err != nil {
		return fmt.Errorf("shopgraph seed: %w\n%s", err, out)
	}
	for name, address := range addresses {
		role, number, _ := strings.Cut(name, " ")
		p := &part{name: name, address: address, args: []string{"serve", role, "--listen", address}}
		if role == "router" {
			for _, subgraph := range []string{"users", "products", "orders " + number} {
				schema, _, _ := strings.Cut(subgraph, " ")
				p.args = append(p.args, "--subgraph-url", schema+"="+at(subgraph, "/graphql"))
			}
			s.routers = append(s.routers, at(name, "/graphql"))
		}
		s.parts = append(s.parts, p)
	}
	s.db, err = postgres.Open(ctx, s.url, postgres.OpenOptions{})
	return err
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

func (s *shop) startParts(ctx context.Context) error {
	for _, p := range s.parts {
		if err := s.start(p); err != nil {
			return err
		}
	}
	return s.allUp(ctx)
}

// start starts a process of the shop; what it says goes to its log.
func (s *shop) start(p *part) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	log, err := os.OpenFile(filepath.Join(s.folder, strings.ReplaceAll(p.name, " ", "-")+".log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	p.process = exec.Command(s.program, p.args...)
	p.process.Dir, p.process.Env, p.process.Stdout, p.process.Stderr = s.root, s.env, log, log
	return p.process.Start()
}

func (p *part) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.process.Process.Kill()
	p.process.Wait() // its error says that it was killed
}

// running says whether the process has not ended by itself: one whose database
// was gone for too long when it started may have.
func (p *part) running() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.process.Process.Signal(syscall.Signal(0)) == nil
}

// killFor kills one process after the other until the time is over, starts each
// again after a moment, and returns how often each was killed.
func (s *shop) killFor(ctx context.Context, duration, pause time.Duration) map[string]int {
	ctx, cancel := context.WithTimeout(ctx, duration)
	defer cancel()
	killed := map[string]int{}
	for wait(ctx, pause/2+rand.N(pause)) {
		victim := rand.IntN(len(s.parts) + 1)
		if victim == len(s.parts) {
			if err := s.killPostgres(context.WithoutCancel(ctx)); err != nil {
				fmt.Fprintln(os.Stderr, "chaos: PostgreSQL:", err)
				return killed
			}
			killed["PostgreSQL"]++
			continue
		}
		p := s.parts[victim]
		p.kill()
		killed[p.name]++
		wait(ctx, rand.N(2*pause))
		if err := s.start(p); err != nil {
			fmt.Fprintln(os.Stderr, "chaos:", p.name, err)
		}
	}
	return killed
}

// wait lets time pass; false when ctx has ended.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// allUp returns once every process is ready; one that has ended is started
// again.
func (s *shop) allUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for _, p := range s.parts {
		for !p.ready(ctx) {
			if !wait(ctx, 100*time.Millisecond) {
				return fmt.Errorf("%s does not start; see its log in %s", p.name, s.folder)
			}
			if !p.running() {
				p.kill()
				if err := s.start(p); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (p *part) ready(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.address+"/health/ready", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// settle waits until nothing is left to be done, and returns for how long.
func (s *shop) settle(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	for {
		var left int
		err := s.db.GetContext(ctx, &left, `SELECT (SELECT count(*) FROM orders.outbox) + (SELECT count(*) FROM orders.fake_payments WHERE notified_at IS NULL)
			+ (SELECT count(*) FROM orders.deliveries WHERE delivered_at IS NULL) + (SELECT count(*) FROM orders.orders WHERE status = 'PENDING')`)
		if err == nil && left == 0 {
			return time.Since(began), nil
		}
		if !wait(ctx, 200*time.Millisecond) {
			return 0, fmt.Errorf("%d things are still to be done after five minutes (%v); see the logs in %s with --keep", left, err, s.folder)
		}
	}
}

// tokenOf is an access token of a user of the demo.
func (s *shop) tokenOf(user int) (string, error) {
	u := size.User(user)
	text, _, err := s.signer.Sign(token.Grant{Subject: id.User.Format(u.ID), Role: token.Role(strings.ToLower(u.Role)), EmailVerified: true})
	return text, err
}

func (s *shop) close() {
	for _, p := range s.parts {
		if p.process != nil && p.running() {
			p.kill()
		}
	}
	if s.db != nil {
		s.db.Close()
	}
	if s.server != nil {
		s.server.Stop()
	}
	if s.keep {
		fmt.Println("logs and data are in", s.folder)
		return
	}
	os.RemoveAll(s.folder)
}
