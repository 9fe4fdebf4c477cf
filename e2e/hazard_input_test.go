package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
)

func writeFile(t *testing.T, name, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// count asks the database itself.
func (s *shop) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	db, err := sqlx.Open("postgres", s.database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.GetContext(t.Context(), &n, query, args...); err != nil {
		t.Fatal(err)
	}
	return n
}

// Numbers that are negative, zero, or larger than the shop can count are refused,
// as something to put right or as no number of GraphQL's; never by an internal
// error, and nothing is written.
func numbersOutOfBounds(t *testing.T, h *hazards) {
	rows := func() int {
		return h.count(t, `SELECT (SELECT count(*) FROM products.variants) + (SELECT count(*) FROM products.stock_movements) + (SELECT count(*) FROM orders.order_lines)`)
	}
	before := rows()
	variant := id.Variant.Format(demodata.Usual.Product(0).Variants[0].ID)
	create := func(onHand, amount string) string {
		return `mutation { it: createProduct(input: {name: "X", variants: [{sku: "X", onHand: ` + onHand + `, prices: [{amount: "` + amount + `", currencyCode: "EUR"}]}]}) { product { id } userErrors { code } } }`
	}
	adjust := func(change string) string {
		return `mutation { it: adjustStock(input: {variantId: "` + variant + `", change: ` + change + `, kind: CORRECTED, idempotencyKey: "k"}) { variant { id } userErrors { code } } }`
	}
	place := func(quantity string) string {
		return `mutation { it: placeOrder(input: {idempotencyKey: "k", lines: [{variantId: "` + variant + `", quantity: ` + quantity + `}]}) { order { id } userErrors { code } } }`
	}
	for query, want := range map[string]string{
		create("-1", "1.00"): "INVALID_QUANTITY", create("2147483647", "1.00"): "INVALID_QUANTITY", create("2147483648", "1.00"): "GRAPHQL_VALIDATION_FAILED",
		create("1", "-0.01"): "INVALID_PRICE", create("1", "1e9"): "", create("1", "10000000000000.00"): "INVALID_PRICE", create("1", "9223372036854775808"): "",
		create("1", "0.001"): "INVALID_PRICE", create("1", "NaN"): "", create("1", strings.Repeat("9", 5000)): "",
		adjust("0"): "INVALID_QUANTITY", adjust("-1000000"): "INSUFFICIENT_STOCK", adjust("2147483647"): "INVALID_QUANTITY", adjust("-2147483648"): "INVALID_QUANTITY",
		place("0"): "INVALID_QUANTITY", place("-1"): "INVALID_QUANTITY", place("1000"): "INVALID_QUANTITY", place("2147483647"): "INVALID_QUANTITY", place("2147483648"): "GRAPHQL_VALIDATION_FAILED",
		`{ products(first: -1) { nodes { id } } }`: "BAD_USER_INPUT", `{ products(first: 2147483647) { nodes { id } } }`: "",
		`{ users(last: 0, first: 0) { nodes { id } } }`: "BAD_USER_INPUT",
	} {
		a := h.ask(t, h.tokens["staff"], query, nil)
		code := a.codes()
		if fault := get(a.Data, "it", "userErrors", 0, "code"); fault != nil {
			code = fault.(string)
		}
		if code == "" || strings.Contains(code, "INTERNAL") || want != "" && code != want || a.status >= 500 {
			t.Errorf("%.300s: %s, want %s: %d %.300s", query, code, want, a.status, a.body)
		}
	}
	if after := rows(); after != before {
		t.Errorf("%d rows more were written", after-before)
	}
}

// What only the shop may say has no place in an input; what has one is for those
// who may.
func massAssignment(t *testing.T, h *hazards) {
	variant := id.Variant.Format(demodata.Usual.Product(0).Variants[0].ID)
	for _, c := range []struct{ subgraph, mutation string }{
		{"users", `register(input: {email: "m@example.com", name: "M", password: "long enough", role: ADMIN}) { accepted }`},
		{"users", `register(input: {email: "m@example.com", name: "M", password: "long enough", emailVerified: true}) { accepted }`},
		{"users", `updateProfile(input: {email: "m@example.com"}) { user { id } }`},
		{"users", `updateProfile(input: {name: "M", role: ADMIN}) { user { id } }`},
		{"users", `addAddress(input: {userId: "` + h.owner.id + `", recipient: "M", line1: "1", city: "C", countryCode: "DE"}) { address { id } }`},
		{"orders", `placeOrder(input: {idempotencyKey: "m", userId: "` + h.owner.id + `", lines: [{variantId: "` + variant + `", quantity: 1}]}) { order { id } }`},
		{"orders", `placeOrder(input: {idempotencyKey: "m", total: "0.01", lines: [{variantId: "` + variant + `", quantity: 1}]}) { order { id } }`},
		{"orders", `placeOrder(input: {idempotencyKey: "m", lines: [{variantId: "` + variant + `", quantity: 1, unitPrice: "0.01"}]}) { order { id } }`},
		{"orders", `placeOrder(input: {idempotencyKey: "m", status: PAID, lines: [{variantId: "` + variant + `", quantity: 1}]}) { order { id } }`},
	} {
		for where, endpoint := range map[string]string{"the router": h.endpoint, c.subgraph: h.direct[c.subgraph]} {
			if a := askAt(t, endpoint, h.tokens["another"], "mutation { "+c.mutation+" }", nil); !strings.Contains(a.codes(), "GRAPHQL_VALIDATION_FAILED") || a.Data != nil {
				t.Errorf("%s at %s: %s", c.mutation, where, a.body)
			}
		}
	}
	me := id.User.Format(demodata.Usual.User(5).ID)
	for _, c := range []struct{ subgraph, mutation string }{
		{"users", `it: changeRole(input: {accountId: "` + me + `", role: ADMIN}) { user { role } }`},
		{"users", `it: blockAccount(input: {accountId: "` + h.owner.id + `", reason: "r"}) { user { id } }`},
		{"products", `it: createProduct(input: {name: "M", variants: [{sku: "M", prices: [{amount: "1", currencyCode: "EUR"}]}]}) { product { id } }`},
		{"products", `it: updateProductVariant(input: {id: "` + variant + `", prices: [{amount: "0.01", currencyCode: "EUR"}]}) { variant { id } }`},
		{"products", `it: adjustStock(input: {variantId: "` + variant + `", change: 1, kind: RECEIVED, idempotencyKey: "m"}) { variant { id } }`},
		{"products", `it: createCategory(input: {slug: "m", name: "M"}) { category { id } }`},
	} {
		for where, endpoint := range map[string]string{"the router": h.endpoint, c.subgraph: h.direct[c.subgraph]} {
			for persona, want := range map[string]string{"anonymous": "UNAUTHENTICATED", "another": "FORBIDDEN"} {
				if a := askAt(t, endpoint, h.tokens[persona], "mutation { "+c.mutation+" }", nil); a.codes() != want || get(a.Data, "it") != nil {
					t.Errorf("%s at %s by %s: %s", c.mutation, where, persona, a.body)
				}
			}
		}
	}
	// Staff, which may do all of that, may not make itself more.
	if a := h.ask(t, h.tokens["staff"], `mutation { it: changeRole(input: {accountId: "`+me+`", role: ADMIN}) { user { role } } }`, nil); a.codes() != "FORBIDDEN" {
		t.Errorf("staff changes roles: %s", a.body)
	}
	a := h.ask(t, h.tokens["another"], `mutation { changeEmail(input: {newEmail: "m@example.com", password: "not the password"}) { accepted userErrors { code } } }`, nil)
	if get(a.Data, "changeEmail", "userErrors", 0, "code") != "WRONG_PASSWORD" {
		t.Errorf("another address without the password: %s", a.body)
	}
	// What orders asks of products is not for people, not even for admins.
	reserve := `mutation { it: releaseReservation(input: {orderId: "` + h.owner.order + `"}) { reservation { state } } }`
	if a := h.ask(t, h.tokens["admin"], reserve, nil); !strings.Contains(a.codes(), "GRAPHQL_VALIDATION_FAILED") {
		t.Errorf("a reservation by the router: %s", a.body)
	}
	if a := askAt(t, h.direct["products"], h.tokens["admin"], reserve, nil); a.codes() != "FORBIDDEN" || get(a.Data, "it") != nil {
		t.Errorf("a reservation at products: %s", a.body)
	}
}

// What floods is refused before a resolver runs: an account whose password a
// thousand aliases guess is not even held for it.
func floods(t *testing.T, h *hazards) {
	email := "flooded@example.com"
	h.newCustomer(t, email, "Flo")
	aliases := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "a%d: login(input: {email: %q, password: \"wrong\"}) { userErrors { code } } ", i, email)
		}
		return "mutation { " + b.String() + "}"
	}
	nested := func(n int) string {
		return "{ me " + strings.Repeat("{ orders { nodes { customer ", n/3) + "{ id }" + strings.Repeat(" } } }", n/3) + " }"
	}
	representations := func(n int) map[string]any {
		return map[string]any{"r": slices.Repeat([]any{map[string]any{"__typename": "User", "id": h.owner.id}}, n)}
	}
	const entities = `query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }`
	before := h.count(t, `SELECT coalesce(sum(tries), 0) FROM users.attempts WHERE kind = 'ACCOUNT'`)
	for _, c := range []struct {
		at        string
		query     string
		variables map[string]any
		codes     []string
	}{
		{"the router", aliases(1000), nil, []string{"MAX_ALIASES_LIMIT", "MAX_TOKENS_LIMIT", "MAX_ROOT_FIELDS_LIMIT"}},
		{"the router", aliases(49), nil, []string{"MAX_ALIASES_LIMIT", "COST_ESTIMATED_TOO_EXPENSIVE", "OPERATION_TOO_COMPLEX"}},
		{"users", aliases(1000), nil, []string{"GRAPHQL_PARSE_FAILED", "OPERATION_TOO_COMPLEX"}},
		{"users", aliases(49), nil, []string{"OPERATION_TOO_COMPLEX"}},
		{"the router", nested(30), nil, []string{"MAX_DEPTH_LIMIT", "COST_ESTIMATED_TOO_EXPENSIVE"}},
		{"users", entities, representations(10_000), []string{"OPERATION_TOO_COMPLEX"}},
		{"products", entities, representations(10_000), []string{"OPERATION_TOO_COMPLEX"}},
		{"orders", entities, representations(10_000), []string{"OPERATION_TOO_COMPLEX"}},
		{"the router", entities, representations(10_000), []string{"GRAPHQL_VALIDATION_FAILED"}},
		{"the router", "{ me { id } }" + strings.Repeat(" ", 5<<20), nil, []string{"PAYLOAD_TOO_LARGE"}},
		{"users", "{ me { id } }" + strings.Repeat(" ", 5<<20), nil, []string{"PAYLOAD_TOO_LARGE"}},
		{"products", "{ __typename }" + strings.Repeat(" ", 5<<20), nil, []string{"PAYLOAD_TOO_LARGE"}},
		{"orders", "{ __typename }" + strings.Repeat(" ", 5<<20), nil, []string{"PAYLOAD_TOO_LARGE"}},
	} {
		a := askAt(t, h.everywhere()[c.at], "", c.query, c.variables)
		first, _, _ := strings.Cut(a.codes(), " ")
		somebodyAnswered := slices.ContainsFunc(slices.Collect(maps.Values(a.Data)), func(v any) bool { return v != nil })
		if !slices.Contains(c.codes, first) || somebodyAnswered {
			t.Errorf("%.60s … at %s: %d %.400s", c.query, c.at, a.status, a.body)
		}
	}
	if after := h.count(t, `SELECT coalesce(sum(tries), 0) FROM users.attempts WHERE kind = 'ACCOUNT'`); after != before {
		t.Errorf("%d passwords were tried", after-before)
	}
	h.login(t, email, goodPassword)
	if a := post(t, http.DefaultClient, h.endpoint, http.Header{"Content-Type": {"application/json"}},
		[]byte("["+strings.Repeat(`{"query": "{ me { id } }"},`, 999)+`{"query": "{ me { id } }"}]`)); a.Data != nil || a.codes() == "" {
		t.Errorf("a batch: %.300s", a.body)
	}
}

// hostileTexts are what breaks queries that are put together from text.
var hostileTexts = map[string]string{
	"SQL":              `'; DROP TABLE users; --`,
	"more SQL":         `" OR 1=1 /*`,
	"a search's own":   `lamp & !(chair | :*) <-> 'x':A`,
	"patterns":         `%_\`,
	"NUL":              "a\x00b",
	"bidi and emoji":   "\u202e👩‍👩‍👧‍👦\ufeff",
	"invalid UTF-16":   "\ufffd\ufffd",
	"100,000 letters":  strings.Repeat("a", 100_000),
	"nothing":          "",
	"format verbs":     `%s%n%d $1 $2 ?`,
	"a path":           `../../etc/passwd`,
	"markup":           `<script>alert(1)</script>`,
	"a header":         "x\r\nBcc: everybody@example.com",
	"somebody's id":    id.Order.Format(demodata.Usual.Order(0).ID),
	"no id":            "usr_zzzzzzzzzzzzzzzzzzzzzzzzzz",
	"a JSON structure": `{"$ne": null}`,
}

// Every text that an argument or an input field takes may be anything: what comes
// back is an answer or an error that says what is wrong, never an internal one,
// and all tables are there afterwards. The operations follow from the schema.
func hostileText(t *testing.T, h *hazards) {
	tables := h.count(t, `SELECT count(*) FROM pg_tables WHERE schemaname IN ('users', 'products', 'orders')`)
	operations := textOperations(t)
	if len(operations) < 100 {
		t.Fatalf("only %d texts in the schema's arguments", len(operations))
	}
	admin := h.tokens["admin"]
	for _, o := range operations {
		for _, name := range slices.Sorted(maps.Keys(hostileTexts)) {
			a := h.ask(t, admin, o.query, map[string]any{"text": hostileTexts[name]})
			if strings.Contains(a.codes(), "INTERNAL") || strings.Contains(a.codes(), "SUBREQUEST") || strings.Contains(a.codes(), "GRAPHQL_VALIDATION") || a.status >= 500 || strings.Contains(a.body, "pq:") {
				t.Errorf("%s as %s: %d %.400s\n%.400s", name, o.at, a.status, a.body, o.query)
			}
			if a.codes() == "UNAUTHENTICATED" { // it ended the session
				admin = h.account(t, "ADMIN")
			}
		}
	}
	if after := h.count(t, `SELECT count(*) FROM pg_tables WHERE schemaname IN ('users', 'products', 'orders')`); after != tables {
		t.Errorf("%d tables of %d are left", after, tables)
	}
}
