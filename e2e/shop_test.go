package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
)

// eachWay runs the test on the shop in one process, and on the shop in four that
// know each other by URLs. Settings are further arguments of the process that is
// the router.
func eachWay(t *testing.T, test func(t *testing.T, s *shop), settings ...string) {
	t.Helper()
	t.Run("one process", func(t *testing.T) {
		t.Parallel()
		test(t, together(t, settings...))
	})
	t.Run("four processes", func(t *testing.T) {
		t.Parallel()
		test(t, apart(t, settings...))
	})
}

// shop is the running shop, with the demo's data.
type shop struct {
	endpoint string
	// direct are the endpoints of the subgraphs, around the router, where they are
	// processes of their own.
	direct map[string]string
	// database is the URL of the database, for its owner.
	database string
	// mail is the folder that letters are written to.
	mail string
	// processes are the subgraphs that are processes of their own, again starts one
	// anew.
	processes map[string]*process
	// router is the process that is the router, and perhaps the rest too.
	router *process
	again  func(t *testing.T, name string)
}

// crash kills a subgraph at once, as a machine that loses its power does.
func (s *shop) crash(name string) {
	p := s.processes[name]
	p.command.Process.Kill()
	<-p.ended
}

func together(t *testing.T, settings ...string) *shop {
	t.Helper()
	return togetherIn(t, nil, settings...)
}

// togetherIn is together with more variables in the environment.
func togetherIn(t *testing.T, variables []string, settings ...string) *shop {
	t.Helper()
	s := &shop{database: postgrestest.Empty(t), mail: t.TempDir()}
	env := append(environment("DATABASE_URL="+s.database, "MAIL_FOLDER="+s.mail), variables...)
	s.router = start(t, env, append([]string{"all", "--listen", "127.0.0.1:0"}, settings...)...)
	s.endpoint = s.router.endpoint
	return s
}

func apart(t *testing.T, settings ...string) *shop {
	t.Helper()
	return apartIn(t, nil, settings...)
}

// apartIn is apart with more variables in everybody's environment.
func apartIn(t *testing.T, variables []string, settings ...string) *shop {
	t.Helper()
	s := &shop{database: postgrestest.Empty(t), mail: t.TempDir(), direct: map[string]string{}}
	addresses := map[string]string{}
	for _, name := range []string{"users", "products", "orders"} {
		addresses[name] = freeAddress(t)
	}
	at := func(name, path string) string { return "http://" + addresses[name] + path }
	const jwks = "/.well-known/jwks.json"
	env := append(environment(
		"DATABASE_URL="+s.database, "MAIL_FOLDER="+s.mail,
		"USERS_JWKS_URL="+at("users", jwks), "ORDERS_JWKS_URL="+at("orders", jwks), "PRODUCTS_URL="+at("products", "/graphql"),
		"SHOPGRAPH_ISSUER=shopgraph/users", "SHOPGRAPH_AUDIENCE=shopgraph", "SHOPGRAPH_JWKS="+at("users", jwks),
	), variables...)
	if _, stderr, status := runToEnd(t, env, "seed"); status != 0 {
		t.Fatalf("shopgraph seed ended with status %d: %s", status, stderr)
	}
	s.processes = map[string]*process{}
	s.again = func(t *testing.T, name string) { s.processes[name] = start(t, env, name, "--listen", addresses[name]) }
	args := []string{"router", "--listen", "127.0.0.1:0"}
	for name := range addresses {
		s.again(t, name)
		s.direct[name] = at(name, "/graphql")
		args = append(args, "--subgraph-url", name+"="+s.direct[name])
	}
	s.router = start(t, env, append(args, settings...)...)
	s.endpoint = s.router.endpoint
	return s
}

// freeAddress is an address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// answer is what a client got.
type answer struct {
	status int
	body   string
	Data   map[string]any
	Errors []struct {
		Message    string
		Path       []any
		Extensions struct {
			Code      string
			RequestID string `json:"requestId"`
		}
	}
}

// codes are those of all errors.
func (a answer) codes() string {
	var codes []string
	for _, e := range a.Errors {
		codes = append(codes, e.Extensions.Code)
	}
	return strings.Join(codes, " ")
}

// ask sends an operation, with a token unless it is empty.
func (s *shop) ask(t *testing.T, token, query string, variables map[string]any) answer {
	t.Helper()
	return askAt(t, s.endpoint, token, query, variables)
}

// askAt sends an operation to an endpoint: the router's, or a subgraph's.
func askAt(t *testing.T, endpoint, token, query string, variables map[string]any) answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{"Content-Type": {"application/json"}, "Accept": {"application/graphql-response+json"}}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	return post(t, http.DefaultClient, endpoint, header, body)
}

func post(t *testing.T, client *http.Client, endpoint string, header http.Header, body []byte) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, endpoint, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = header
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: response.StatusCode, body: string(text)}
	if err := json.Unmarshal(text, &a); err != nil {
		t.Fatalf("the answer is no JSON: %v: %s", err, text)
	}
	return a
}

// login returns an access token.
func (s *shop) login(t *testing.T, email, password string) string {
	t.Helper()
	a := s.ask(t, "", `mutation ($input: LoginInput!) { login(input: $input) { session { accessToken } userErrors { message } } }`,
		map[string]any{"input": map[string]any{"email": email, "password": password}})
	session, ok := get(a.Data, "login", "session").(map[string]any)
	if !ok {
		t.Fatalf("logging in as %s: %s", email, a.body)
	}
	return session["accessToken"].(string)
}

// account is one of the demo's own accounts, by its role.
func (s *shop) account(t *testing.T, role string) (token string) {
	t.Helper()
	for _, a := range demodata.Accounts() {
		if a.Role == role {
			return s.login(t, a.Email, a.Password)
		}
	}
	t.Fatalf("the demo has no %s", role)
	return ""
}

// get follows names and indexes into a decoded answer; nil where there is
// nothing.
func get(v any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := v.(map[string]any)
			v = object[step]
		case int:
			list, _ := v.([]any)
			if step >= len(list) {
				return nil
			}
			v = list[step]
		default:
			panic(fmt.Sprintf("a path holds a %T", step))
		}
	}
	return v
}

// customersOrder is an order of the demo's customer that has several lines.
func customersOrder(t *testing.T) demodata.Order {
	t.Helper()
	size := demodata.Usual
	for i := range size.Orders {
		if o := size.Order(i); o.User == size.User(0).ID && len(o.Lines) > 1 {
			return o
		}
	}
	t.Fatal("the demo's customer has no such order")
	return demodata.Order{}
}

func orderID(o demodata.Order) string { return id.Order.Format(o.ID) }
