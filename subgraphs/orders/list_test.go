package orders

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/id"
)

// numbers are the orders that a filter finds, newest first, with their count.
func (f *fixture) numbers(t *testing.T, persona, filter string) string {
	t.Helper()
	r := f.as(persona).Do(t, `{ orders(first: 5 filter: {`+filter+`}) { totalCount nodes { number } } }`, nil)
	if len(r.Errors) > 0 {
		return r.Codes()
	}
	words := []string{fmt.Sprint(r.Get("orders.totalCount"))}
	for _, n := range r.Get("orders.nodes").([]any) {
		words = append(words, strings.TrimPrefix(n.(map[string]any)["number"].(string), "SG-100"))
	}
	return strings.Join(words, " ")
}

func TestSearchingOrders(t *testing.T) {
	f := newFixture(t)
	f.catalogue.offers[f.catalogue.mug].sku = "Mug-00007-1"
	order := f.placed(t, "owner")
	f.do(t, "owner", "cancelOrder", order, "")
	for filter, want := range map[string]string{
		``:                                          "41 041 040 039 038 037",
		`search: "SG-100007"`:                       "1 007",
		`search: " sg-100007 "`:                     "1 007",
		`search: "100007"`:                          "1 007",
		`search: "SG-7"`:                            "0",
		`search: "mug" statuses: [CANCELLED]`:       "1 041",
		`search: "mu bl" statuses: [CANCELLED]`:     "1 041",
		`search: "MUG blue" statuses: [CANCELLED]`:  "1 041",
		`search: "mug red" statuses: [CANCELLED]`:   "0",
		`search: "'; DROP TABLE orders --"`:         "0",
		`search: "a:* | !b"`:                        "0",
		`search: "\u0000"`:                          "41 041 040 039 038 037",
		`search: "MUG-00007" statuses: [CANCELLED]`: "1 041",
		`search: "l-4.x" statuses: [CANCELLED]`:     "0",
		`search: ""`:                                "41 041 040 039 038 037",
		`statuses: [CANCELLED, REJECTED]`:           "1 041",
		`statuses: []`:                              "0",
		`totalFrom: {amount: "25", currencyCode: "EUR"} totalTo: {amount: "25.00", currencyCode: "EUR"}`: "1 041",
		`totalFrom: {amount: "25.001", currencyCode: "EUR"}`:                                             "BAD_USER_INPUT BAD_USER_INPUT",
		`createdFrom: "2026-01-01T00:00:00Z"`:                                                            "1 041",
		`createdBefore: "2025-07-01T08:00:00Z"`:                                                          "0",
		`customerId: "` + userID(0) + `" statuses: [CANCELLED]`:                                          "1 041",
		`customerId: "` + id.User.Format(id.New()) + `"`:                                                 "0",
		`customerId: "nobody"`:                                                                           "BAD_USER_INPUT",
	} {
		if got := f.numbers(t, "staff", filter); got != want && (want != "BAD_USER_INPUT BAD_USER_INPUT" || got != "BAD_USER_INPUT") {
			t.Errorf("%s: %s, want %s", filter, got, want)
		}
	}
	for persona, want := range map[string]string{"anonymous": "UNAUTHENTICATED", "owner": "FORBIDDEN"} {
		if got := f.numbers(t, persona, `customerId: "`+userID(0)+`"`); got != want {
			t.Errorf("as %s: %s, want %s", persona, got, want)
		}
	}
}

// The copy of everything that is kept about a person has all of it, for the
// person alone.
func TestOrderData(t *testing.T) {
	f := newFixture(t)
	order := f.paid(t, "newcomer")
	f.do(t, "staff", "shipOrder", order, parcel)
	f.cartChange(t, "newcomer", "addToCart", variantInput(f.catalogue.lamp))
	customer := f.as("newcomer").Do(t, `query($id: ID!) { order(id: $id) { customer { id } } }`, map[string]any{"id": order}).Get("order.customer.id")
	const query = `query($r: [_Any!]!) { _entities(representations: $r) { ... on User { orderData } } }`
	representations := map[string]any{"r": []any{map[string]any{"__typename": "User", "id": customer}}}
	for _, persona := range []string{"anonymous", "owner", "staff", "admin"} {
		if r := f.as(persona).Do(t, query, representations); r.Get("_entities.0.orderData") != nil {
			t.Errorf("as %s: %s", persona, r.Body)
		}
	}
	r := f.as("newcomer").Do(t, query, representations)
	text, err := json.Marshal(r.Get("_entities.0.orderData"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"product_name":"Mug"`, `"kind":"SHIPPED"`, `"method":"fake-accepted"`, `"tracking_number":"RR 1"`, `"cart":[{`, `"total":2500`} {
		if !strings.Contains(string(text), part) {
			t.Errorf("it lacks %s: %s", part, text)
		}
	}
	for _, part := range []string{"request_hash", "secret", userID(1)} {
		if strings.Contains(string(text), part) {
			t.Errorf("it has %s: %s", part, text)
		}
	}
}
