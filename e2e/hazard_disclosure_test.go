package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/schema"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// entity says who sees what of an entity of one subgraph.
type entity struct {
	subgraph, name string
	// fields are a selection, query a field of Query that finds one by $id.
	fields, query string
	// seen lists who sees the thing with this id; of everybody else it is hidden.
	seen map[string][]string
}

func (h *hazards) entities() []entity {
	size := demodata.Usual
	everyone, staff := slices.Collect(maps.Keys(h.tokens)), []string{"staff", "admin"}
	products := func(id func(product) string, onSale string) map[string][]string {
		return map[string][]string{onSale: everyone, id(h.draft): staff, id(h.retired): staff}
	}
	return []entity{
		{"users", "User", "id email name", "user(id: $id)", map[string][]string{
			h.owner.id: {"owner", "staff", "admin"}, id.User.Format(size.User(5).ID): {"another", "staff", "admin"},
			id.User.Format(size.User(2).ID): staff, id.User.Format(id.New()): nil,
		}},
		{"orders", "Order", "id number total { amount } lines { productName }", "order(id: $id)", map[string][]string{
			h.owner.order: {"owner", "staff", "admin"}, orderID(customersOrder0()): staff, id.Order.Format(id.New()): nil,
		}},
		{"products", "Product", "id name variants { sku }", "product(id: $id)",
			products(func(p product) string { return p.id }, id.Product.Format(size.Product(1).ID))},
		{"products", "ProductVariant", "id sku prices { amount }", "productVariants(ids: [$id])",
			products(func(p product) string { return p.variant }, id.Variant.Format(size.Product(1).Variants[0].ID))},
	}
}

// customersOrder0 is an order of the demo's customer, who is none of those who
// ask here.
func customersOrder0() demodata.Order { return demodata.Usual.Order(0) }

// Asking a subgraph for an entity by representation shows what the query for it
// shows through the router, to each persona: what it may not see is null, at its
// place, without an error. A @key without a case here fails the test.
func entitiesByRepresentation(t *testing.T, h *hazards) {
	cases := h.entities()
	// Users are in orders too, without anything of theirs but their orders.
	covered := map[string]bool{"orders.User": true}
	for _, e := range cases {
		covered[e.subgraph+"."+e.name] = true
		for persona, bearer := range h.tokens {
			things := slices.Sorted(maps.Keys(e.seen))
			var all []any
			for _, thing := range things {
				all = append(all, map[string]any{"__typename": e.name, "id": thing})
			}
			many := slices.Repeat(all, 50/len(all)+1)[:50]
			a := askAt(t, h.direct[e.subgraph], bearer, fmt.Sprintf("query ($r: [_Any!]!) { _entities(representations: $r) { ... on %s { %s } } }", e.name, e.fields),
				map[string]any{"r": many})
			found, _ := get(a.Data, "_entities").([]any)
			if len(found) != len(many) || len(a.Errors) > 0 {
				t.Fatalf("%s asks for 50 times %s: %s", persona, e.name, a.body)
			}
			for i, got := range found {
				thing := things[i%len(things)]
				if want := slices.Contains(e.seen[thing], persona); want != (got != nil) || want && get(got, "id") != thing {
					t.Errorf("%s asks %s for %s %s and gets %v", persona, e.subgraph, e.name, thing, got)
				}
			}
			e.compareWithQuery(t, h, persona, things, found)
		}
	}
	for _, key := range resolvableKeys(t) {
		if !covered[key] {
			t.Errorf("no case for the entity %s", key)
		}
	}
}

// compareWithQuery asks for the same things through the router.
func (e entity) compareWithQuery(t *testing.T, h *hazards, persona string, things []string, found []any) {
	t.Helper()
	field, _, _ := strings.Cut(e.query, "(")
	for i, thing := range things {
		a := h.ask(t, h.tokens[persona], fmt.Sprintf("query ($id: ID!) { %s { %s } }", e.query, e.fields), map[string]any{"id": thing})
		got := get(a.Data, field)
		if list, ok := got.([]any); ok {
			got = list[0]
		}
		if len(a.Errors) > 0 || fmt.Sprint(got) != fmt.Sprint(found[i]) {
			t.Errorf("%s asks the router for %s %s: %s\nand by representation gets %v", persona, e.name, thing, a.body, found[i])
		}
	}
}

// resolvableKeys lists "subgraph.Type" of every entity that a subgraph resolves.
func resolvableKeys(t *testing.T) (keys []string) {
	t.Helper()
	parsed, err := supergraph.Parse(schema.Supergraph)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range parsed.Subgraphs {
		for name, of := range s.Types {
			if slices.ContainsFunc(of.Keys, func(k *supergraph.Key) bool { return k.Resolvable }) {
				keys = append(keys, s.Name+"."+name)
			}
		}
	}
	return keys
}

// With a secret of the router's, the subgraphs answer nobody else, and the shop
// works as before.
func onlyTheRouter(t *testing.T, _ *hazards) {
	s := apartIn(t, []string{"ROUTER_SECRET=only the router knows"}, "--config", writeFile(t, "router.yaml", "headers: {set: {X-Router-Secret: only the router knows}}\n"))
	customer := s.account(t, "CUSTOMER")
	order := customersOrder(t)
	if a := s.ask(t, customer, mainQuery, map[string]any{"id": orderID(order)}); len(a.Errors) > 0 || get(a.Data, "order", "customer") == nil {
		t.Errorf("through the router: %s", a.body)
	}
	if a := s.ask(t, customer, `mutation ($v: ID!) { placeOrder(input: {idempotencyKey: "k", lines: [{variantId: $v, quantity: 1}]}) { order { status } } }`,
		map[string]any{"v": id.Variant.Format(demodata.Usual.Product(0).Variants[0].ID)}); get(a.Data, "placeOrder", "order", "status") != "PLACED" {
		t.Errorf("orders asks products: %s", a.body)
	}
	for name, endpoint := range s.direct {
		for who, header := range map[string]http.Header{
			"without the secret":  {"Authorization": {"Bearer " + customer}},
			"with a wrong secret": {"X-Router-Secret": {"only the router know"}},
		} {
			header.Set("Content-Type", "application/json")
			if a := post(t, http.DefaultClient, endpoint, header, []byte(`{"query": "{ __typename }"}`)); a.status != http.StatusForbidden || a.codes() != "FORBIDDEN" || a.Data != nil {
				t.Errorf("%s %s: %d %s", name, who, a.status, a.body)
			}
		}
	}
}

// What a representation says beside its key counts for nothing, and what has no
// key that its subgraph resolves is refused.
func forgedRepresentations(t *testing.T, h *hazards) {
	variant := id.Variant.Format(demodata.Usual.Product(1).Variants[0].ID)
	for _, c := range []struct {
		subgraph, query string
		representation  map[string]any
		want            string
	}{
		{"users", `... on User { name role }`, map[string]any{"__typename": "User", "id": h.owner.id, "name": "Forged", "role": "ADMIN"}, "map[name:" + h.owner.name + " role:CUSTOMER]"},
		{"products", `... on ProductVariant { sku prices { amount } }`, map[string]any{"__typename": "ProductVariant", "id": variant, "sku": "FORGED", "prices": []any{map[string]any{"amount": "0.01"}}}, ""},
		{"orders", `... on ProductVariant { id }`, map[string]any{"__typename": "ProductVariant", "id": variant, "price": "0.01"}, "<nil>"},
	} {
		a := askAt(t, h.direct[c.subgraph], h.tokens["staff"], `query ($r: [_Any!]!) { _entities(representations: $r) { `+c.query+` } }`, map[string]any{"r": []any{c.representation}})
		got := text(a.Data, "_entities", 0)
		if c.want == "" {
			c.want = text(h.must(t, "anonymous", `query ($id: ID!) { productVariants(ids: [$id]) { sku prices { amount } } }`, map[string]any{"id": variant}), "productVariants", 0)
		}
		if got != c.want {
			t.Errorf("%s answers %v with %s, want %s: %s", c.subgraph, c.representation, got, c.want, a.body)
		}
	}
}

// What is not on sale stays unseen, and who has an account unlisted, whatever a
// filter, a search or a facet asks for.
func filtersOpenNothing(t *testing.T, h *hazards) {
	for where, endpoint := range map[string]string{"the router": h.endpoint, "products": h.direct["products"]} {
		for _, persona := range []string{"anonymous", "another", "owner"} {
			for _, arguments := range []string{
				`filter: {status: [DRAFT, ARCHIVED]}`, `filter: {status: [DRAFT]}, sort: NAME`, `search: "secret prototype"`, `search: "withdrawn"`,
				`filter: {status: []}`, `filter: {status: [ARCHIVED], inStock: true, price: {currencyCode: "EUR", min: "10", max: "10"}}`,
			} {
				a := askAt(t, endpoint, h.tokens[persona], `{ products(`+arguments+`) { totalCount nodes { name } facets { inStock categories { count } prices { lowest { amount } } } } }`, nil)
				if len(a.Errors) > 0 || get(a.Data, "products", "totalCount") != 0.0 || get(a.Data, "products", "facets", "inStock") != 0.0 ||
					get(a.Data, "products", "facets", "categories", 0) != nil || get(a.Data, "products", "facets", "prices") != nil {
					t.Errorf("%s asks %s for %s: %s", persona, where, arguments, a.body)
				}
			}
		}
	}
	if a := h.must(t, "staff", `{ products(search: "secret prototype") { totalCount } }`, nil); get(a, "products", "totalCount") != 1.0 {
		t.Errorf("staff searches: %v", a)
	}
	for where, endpoint := range map[string]string{"the router": h.endpoint, "users": h.direct["users"]} {
		for _, persona := range []string{"anonymous", "another"} {
			a := askAt(t, endpoint, h.tokens[persona], `{ users(filter: {email: "olga.owner@example.com"}) { totalCount nodes { email } } }`, nil)
			if get(a.Data, "users") != nil || len(a.Errors) == 0 {
				t.Errorf("%s asks %s for users: %s", persona, where, a.body)
			}
		}
	}
}

// A token whose scopes are empty, unknown or no text gives no rights, whatever
// role it names.
func noScopes(t *testing.T, h *hazards) {
	good, _, err := jwt.NewParser().ParseUnverified(h.people.Token("x", token.Customer), jwt.MapClaims{})
	if err != nil {
		t.Fatal(err)
	}
	kid := good.Header["kid"]
	for name, scope := range map[string]any{"missing": nil, "empty": "", "unknown": "everything", "a list": []string{"users:read", "catalogue:read"}, "in other case": "USERS:READ"} {
		claims := jwt.MapClaims{"iss": "shopgraph/users", "aud": "shopgraph", "sub": id.User.Format(demodata.Usual.User(2).ID), "role": "admin", "exp": time.Now().Add(time.Minute).Unix()}
		if scope != nil {
			claims["scope"] = scope
		}
		unsigned := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims)
		unsigned.Header["kid"] = kid
		bearer, err := unsigned.SignedString(h.people.Key)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ subgraph, query, id, field string }{
			{"users", "query ($id: ID!) { user(id: $id) { email } }", h.owner.id, "user"},
			{"products", "query ($id: ID!) { product(id: $id) { name } }", h.draft.id, "product"},
			{"orders", "query ($id: ID!) { order(id: $id) { number } }", h.owner.order, "order"},
		} {
			for where, endpoint := range map[string]string{"the router": h.endpoint, c.subgraph: h.direct[c.subgraph]} {
				if a := askAt(t, endpoint, bearer, c.query, map[string]any{"id": c.id}); get(a.Data, c.field) != nil || a.status != http.StatusOK {
					t.Errorf("scopes %s at %s: %s", name, where, a.body)
				}
			}
		}
	}
}
