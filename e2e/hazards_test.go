package e2e

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/token/tokentest"
)

// TestHazards runs hazards of docs/hazards.md against the shop in parts: through
// the router, and, where they are about security, at each subgraph directly. A
// subtest begins with its hazard's number.
func TestHazards(t *testing.T) {
	h := newHazards(t)
	for _, hazard := range []struct {
		name string
		test func(*testing.T, *hazards)
	}{
		{"1 more than there is", moreThanThereIs},
		{"2 the same variant twice", theSameVariantTwice},
		{"3 in opposite order", inOppositeOrder},
		{"4 sent twice", sentTwice},
		{"5 the price changes", thePriceChanges},
		{"9 sums", sums},
		{"10 negative, zero, huge", numbersOutOfBounds},
		{"11 who has an account", whoHasAnAccount},
		{"11 guessing passwords", guessingPasswords},
		{"12 sessions end", sessionsEnd},
		{"12 tokens that are wrong", wrongTokens},
		{"13 entities by representation", entitiesByRepresentation},
		{"14 only the router is let in", onlyTheRouter},
		{"14 forged representations", forgedRepresentations},
		{"15 inputs say no more than they may", massAssignment},
		{"16 the whole schema as somebody else", wholeSchemaAsAnother},
		{"17 filters open nothing", filtersOpenNothing},
		{"17 no scopes, no rights", noScopes},
		{"19 floods", floods},
		{"20 two changes at once", twoChangesAtOnce},
		{"hostile text in every argument", hostileText},
	} {
		t.Run(hazard.name, func(t *testing.T) { hazard.test(t, h) })
	}
}

// hazards is the shop with the people who are in danger, and those who are one.
type hazards struct {
	*shop
	// people signs access tokens with users' own key.
	people *tokentest.Authority
	// tokens are of who asks: anonymous, owner, another, staff, admin.
	tokens map[string]string
	// owner is a customer with an address and an order; draft and retired are
	// products that are not on sale.
	owner          customer
	draft, retired product
	// guesses counts them, so that each says to come from elsewhere.
	guesses int
	// buyers counts those who have ordered.
	buyers atomic.Int64
}

type customer struct{ id, email, name, street, order, orderNumber string }

type product struct{ id, variant, name string }

func newHazards(t *testing.T) *hazards {
	t.Helper()
	h := &hazards{people: tokentest.Users(t)}
	h.shop = apartIn(t, []string{"USERS_SIGNING_KEY=" + pemOf(t, h.people), "TRUSTED_PROXIES=127.0.0.1"})
	size := demodata.Usual
	h.owner = customer{email: "olga.owner@example.com", name: "Olga Ownerson", street: "Secret Street 17"}
	h.tokens = map[string]string{
		"anonymous": "",
		"owner":     h.newCustomer(t, h.owner.email, h.owner.name),
		"another":   h.login(t, size.User(5).Email, demodata.CustomerPassword),
		"staff":     h.account(t, "STAFF"),
		"admin":     h.account(t, "ADMIN"),
	}
	a := h.must(t, "owner", `mutation ($variant: ID!, $street: String!) {
		addAddress(input: {recipient: "Olga", line1: $street, city: "Town", countryCode: "DE"}) { address { id } }
		placeOrder(input: {idempotencyKey: "k", lines: [{variantId: $variant, quantity: 1}]}) { order { id number customer { id } } userErrors { message } } }`,
		map[string]any{"variant": id.Variant.Format(size.Product(0).Variants[0].ID), "street": h.owner.street})
	h.owner.id, h.owner.order = text(a, "placeOrder", "order", "customer", "id"), text(a, "placeOrder", "order", "id")
	h.owner.orderNumber = text(a, "placeOrder", "order", "number")
	h.draft, h.retired = h.newProduct(t, "Secret Prototype", "DRAFT"), h.newProduct(t, "Withdrawn Gadget", "ARCHIVED")
	return h
}

// pemOf is the authority's private key, as the environment takes it.
func pemOf(t *testing.T, a *tokentest.Authority) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(a.Key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// newCustomer opens an account and returns its access token. Its password is
// goodPassword.
func (h *hazards) newCustomer(t *testing.T, email, name string) string {
	t.Helper()
	h.must(t, "anonymous", `mutation ($e: String!, $n: String!, $p: String!) { register(input: {email: $e, name: $n, password: $p}) { accepted } }`,
		map[string]any{"e": email, "n": name, "p": goodPassword})
	return h.login(t, email, goodPassword)
}

const goodPassword = "correct horse battery"

// newProduct adds a product that is not on sale, of which there are 7919.
func (h *hazards) newProduct(t *testing.T, name, status string) product {
	t.Helper()
	a := h.must(t, "staff", `mutation ($n: String!, $s: String!, $status: ProductStatus!) { createProduct(input: {name: $n, status: $status, variants: [
		{sku: $s, onHand: 7919, prices: [{amount: "10.00", currencyCode: "EUR"}]}]}) { product { id variants { id } } userErrors { message } } }`,
		map[string]any{"n": name, "s": strings.ToUpper(strings.ReplaceAll(name, " ", "-")), "status": status})
	return product{text(a, "createProduct", "product", "id"), text(a, "createProduct", "product", "variants", 0, "id"), name}
}

// must asks as a persona and fails the test when there is any error.
func (h *hazards) must(t *testing.T, persona, query string, variables map[string]any) map[string]any {
	t.Helper()
	a := h.ask(t, h.tokens[persona], query, variables)
	if len(a.Errors) > 0 || a.Data == nil {
		t.Fatalf("%s asks %s: %d %s", persona, query, a.status, a.body)
	}
	return a.Data
}

// text is a text in a decoded answer.
func text(v any, path ...any) string { return fmt.Sprint(get(v, path...)) }

// everywhere are the endpoints by who answers: the router, and each subgraph.
func (h *hazards) everywhere() map[string]string {
	all := map[string]string{"the router": h.endpoint}
	for name, endpoint := range h.direct {
		all[name] = endpoint
	}
	return all
}
