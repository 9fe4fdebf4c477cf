package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
)

// An order from the cart to the money that went back, each step by whom it is
// for, through the router: what three subgraphs and their workers do together.
func TestTheLifeOfAnOrder(t *testing.T) {
	eachWay(t, func(t *testing.T, s *shop) {
		customer, staff := s.account(t, "CUSTOMER"), s.account(t, "STAFF")
		variant := demodata.Usual.Product(0).Variants[0]
		ask := func(token, query string, variables map[string]any) map[string]any {
			a := s.ask(t, token, query, variables)
			if len(a.Errors) > 0 || strings.Contains(a.body, `"code"`) {
				t.Fatalf("%s: %s", query, a.body)
			}
			return a.Data
		}
		onHand := func() float64 {
			a := ask(staff, `query ($ids: [ID!]!) { productVariants(ids: $ids) { stock { onHand } } }`, map[string]any{"ids": []string{id.Variant.Format(variant.ID)}})
			return get(a, "productVariants", 0, "stock", "onHand").(float64)
		}
		before := onHand()
		cart := ask(customer, `mutation ($v: ID!) { addToCart(input: {variantId: $v, quantity: 2}) { cart { total { amount currencyCode } lines { variant { sku product { name } } } } userErrors { code } } }`,
			map[string]any{"v": id.Variant.Format(variant.ID)})
		if text(cart, "addToCart", "cart", "lines", 0, "variant", "sku") != variant.SKU {
			t.Errorf("the cart: %v", cart)
		}
		placed := ask(customer, `mutation ($total: MoneyInput!) { placeOrder(input: {idempotencyKey: "life", expectedTotal: $total}) { order { id status paymentDueAt allowedTransitions } userErrors { code } } }`,
			map[string]any{"total": get(cart, "addToCart", "cart", "total")})
		order := map[string]any{"id": text(placed, "placeOrder", "order", "id")}
		if get(placed, "placeOrder", "order", "paymentDueAt") == nil || text(placed, "placeOrder", "order", "allowedTransitions") != "[CANCELLED]" || onHand() != before-2 {
			t.Errorf("placed: %v, on hand %v of %v", placed, onHand(), before)
		}
		if left := ask(customer, `{ cart { lines { quantity } } }`, nil); text(left, "cart", "lines") != "[]" {
			t.Errorf("the cart afterwards: %v", left)
		}
		ask(customer, `mutation ($id: ID!) { payOrder(input: {orderId: $id, method: "fake-accepted"}) { payment { state } userErrors { code } } }`, order)
		await := func(want string) map[string]any {
			for {
				a := ask(customer, `query ($id: ID!) { order(id: $id) { status timeline { kind actor actorId } payments { state } shipment { carrier deliveredAt } } }`, order)
				if strings.Contains(fmt.Sprint(a), want) {
					return a
				}
				time.Sleep(20 * time.Millisecond)
			}
		}
		await("status:PAID")
		ask(staff, `mutation ($id: ID!) { shipOrder(input: {orderId: $id, carrier: "Post", trackingUrl: "https://post.example/1"}) { order { status } userErrors { code } } }`, order)
		ask(staff, `mutation ($id: ID!) { deliverOrder(input: {orderId: $id}) { order { status } userErrors { code } } }`, order)
		if a := await("status:DELIVERED"); get(a, "order", "shipment", "deliveredAt") == nil {
			t.Errorf("delivered: %v", a)
		}
		ask(staff, `mutation ($id: ID!) { refundOrder(input: {orderId: $id, reason: "It came back."}) { order { status } userErrors { code } } }`, order)
		a := await("PAYMENT_REFUNDED")
		var timeline []string
		for _, e := range get(a, "order", "timeline").([]any) {
			timeline = append(timeline, text(e, "kind")+"/"+text(e, "actor")+"/"+text(e, "actorId"))
		}
		if got := strings.Join(timeline, " "); got != "PLACED/CUSTOMER/<nil> PAID/PAYMENT_PROVIDER/<nil> SHIPPED/STAFF/<nil> DELIVERED/STAFF/<nil> REFUNDED/STAFF/<nil> PAYMENT_REFUNDED/PAYMENT_PROVIDER/<nil>" {
			t.Errorf("the timeline: %s", got)
		}
		for onHand() != before { // the workers give it back
			time.Sleep(20 * time.Millisecond)
		}
		found := ask(staff, `query ($sku: String!) { orders(filter: {search: $sku, statuses: [REFUNDED]}) { totalCount nodes { id customer { email } } } }`, map[string]any{"sku": variant.SKU})
		if text(found, "orders", "totalCount") != "1" || get(found, "orders", "nodes", 0, "id") != order["id"] || text(found, "orders", "nodes", 0, "customer", "email") != "customer@shopgraph.example" {
			t.Errorf("found by staff: %v", found)
		}
		data := ask(customer, `{ me { personalData orderData orders(first: 1) { nodes { status } } } }`, nil)
		if !strings.Contains(fmt.Sprint(get(data, "me", "orderData")), "It came back.") || get(data, "me", "personalData") == nil || text(data, "me", "orders", "nodes", 0, "status") != "REFUNDED" {
			t.Errorf("the customer's own data: %.300v", data)
		}
	})
}

// The payment provider reaches orders where everything is one process, and is
// asked for its signature.
func TestPaymentMessagesReachOneProcess(t *testing.T) {
	s := together(t)
	where := strings.TrimSuffix(s.endpoint, "/graphql") + "/webhooks/payments"
	response, err := http.Post(where, "application/json", strings.NewReader(`{"type": "payment.accepted"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if text, _ := io.ReadAll(response.Body); response.StatusCode != http.StatusBadRequest || !strings.Contains(string(text), "sign") {
		t.Errorf("%d: %s", response.StatusCode, text)
	}
}
