package orders

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/payment"
)

// drain does everything that is left to be done now.
func (f *fixture) drain(t *testing.T) {
	t.Helper()
	fake := f.payments.(*payment.Fake)
	for {
		did := 0
		for _, work := range []func(context.Context) (int, error){f.work, fake.Send, f.tell, f.cancelUnpaid} {
			n, err := work(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			did += n
		}
		if did == 0 {
			return
		}
	}
}

// placed is the id of a fresh order of the persona: two mugs.
func (f *fixture) placed(t *testing.T, persona string) string {
	t.Helper()
	if got := f.place(t, persona, id.New().String(), nil, line(f.catalogue.mug, 2)); got != "PLACED 25.00" {
		t.Fatalf("placed: %s", got)
	}
	return f.newest(t)
}

// do has the persona do something with an order and returns its status then, or
// the codes of what was wrong. more are further fields of the input.
func (f *fixture) do(t *testing.T, persona, mutation, order, more string) string {
	t.Helper()
	r := f.as(persona).Do(t, fmt.Sprintf(`mutation { done: %s(input: {orderId: %q %s}) { order { status } userErrors { code field message } } }`, mutation, order, more), nil)
	if len(r.Errors) > 0 {
		return r.Codes()
	}
	if faults := r.Get("done.userErrors").([]any); len(faults) > 0 {
		return faults[0].(map[string]any)["code"].(string)
	}
	return r.Get("done.order.status").(string)
}

const (
	accepted = `method: "fake-accepted"`
	declined = `method: "fake-declined"`
	parcel   = `carrier: "Post" trackingNumber: "RR 1"`
)

// paid is the id of an order that the persona has paid.
func (f *fixture) paid(t *testing.T, persona string) string {
	t.Helper()
	order := f.placed(t, persona)
	if got := f.do(t, persona, "payOrder", order, accepted); got != "PLACED" {
		t.Fatalf("payOrder: %s", got)
	}
	f.drain(t)
	return order
}

// story is the order's status, and its events, payments and shipment.
func (f *fixture) story(t *testing.T, order string) string {
	t.Helper()
	r := f.as("staff").Do(t, `query($id: ID!) { order(id: $id) { status timeline { kind actor } payments { state } shipment { carrier } } }`, map[string]any{"id": order})
	if len(r.Errors) > 0 {
		t.Fatalf("%s", r.Body)
	}
	words := []string{r.Get("order.status").(string) + ":"}
	for _, e := range r.Get("order.timeline").([]any) {
		event := e.(map[string]any)
		words = append(words, fmt.Sprintf("%s/%s", event["kind"], event["actor"]))
	}
	for _, p := range r.Get("order.payments").([]any) {
		words = append(words, "payment "+p.(map[string]any)["state"].(string))
	}
	if r.Get("order.shipment") != nil {
		words = append(words, "by "+r.Get("order.shipment.carrier").(string))
	}
	return strings.Join(words, " ")
}

// released says whether products was told to give the order's stock back.
func (f *fixture) released(t *testing.T, order string) bool {
	t.Helper()
	key, err := id.Order.Parse(order)
	if err != nil {
		t.Fatal(err)
	}
	f.catalogue.mu.Lock()
	defer f.catalogue.mu.Unlock()
	for _, released := range f.catalogue.released {
		if released == key {
			return true
		}
	}
	return false
}

// The whole of an order's life, and where it may end before.
func TestTheLifeOfAnOrder(t *testing.T) {
	for name, c := range map[string]struct {
		steps    string // persona mutation/persona mutation
		story    string
		released bool
	}{
		"to the end": {"staff shipOrder/staff deliverOrder",
			"DELIVERED: PLACED/CUSTOMER PAID/PAYMENT_PROVIDER SHIPPED/STAFF DELIVERED/STAFF payment SUCCEEDED by Post", false},
		"given up by its customer": {"owner cancelOrder",
			"CANCELLED: PLACED/CUSTOMER PAID/PAYMENT_PROVIDER CANCELLED/CUSTOMER PAYMENT_REFUNDED/PAYMENT_PROVIDER payment REFUNDED", true},
		"given up by staff": {"staff cancelOrder",
			"CANCELLED: PLACED/CUSTOMER PAID/PAYMENT_PROVIDER CANCELLED/STAFF PAYMENT_REFUNDED/PAYMENT_PROVIDER payment REFUNDED", true},
		"refunded": {"staff shipOrder/staff refundOrder",
			"REFUNDED: PLACED/CUSTOMER PAID/PAYMENT_PROVIDER SHIPPED/STAFF REFUNDED/STAFF PAYMENT_REFUNDED/PAYMENT_PROVIDER payment REFUNDED by Post", true},
		"refunded and kept": {"staff shipOrder/staff deliverOrder/staff refundOrder restock: false",
			"REFUNDED: PLACED/CUSTOMER PAID/PAYMENT_PROVIDER SHIPPED/STAFF DELIVERED/STAFF REFUNDED/STAFF PAYMENT_REFUNDED/PAYMENT_PROVIDER payment REFUNDED by Post", false},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			order := f.paid(t, "owner")
			for step := range strings.SplitSeq(c.steps, "/") {
				words := strings.SplitN(step, " ", 3)
				more := strings.Join(words[2:], "")
				if words[1] == "shipOrder" {
					more = parcel
				}
				f.do(t, words[0], words[1], order, more)
			}
			f.drain(t)
			if got := f.story(t, order); got != c.story || f.released(t, order) != c.released {
				t.Errorf("%s, released %v; want\n%s", got, f.released(t, order), c.story)
			}
		})
	}
}

// Every status against everything that can be done, by everybody: what the table
// does not have is refused and changes nothing, and allowedTransitions says the
// same as what is done.
func TestTransitions(t *testing.T) {
	f := newFixture(t)
	mutations := map[string]struct {
		to   model.OrderStatus
		more string
	}{
		"cancelOrder": {model.OrderStatusCancelled, ""}, "shipOrder": {model.OrderStatusShipped, parcel},
		"deliverOrder": {model.OrderStatusDelivered, ""}, "refundOrder": {model.OrderStatusRefunded, ""},
	}
	for _, status := range model.AllOrderStatus {
		for _, persona := range []string{"anonymous", "another", "owner", "staff"} {
			for mutation, m := range mutations {
				order := f.placed(t, "owner")
				f.force(t, order, status)
				r := f.as(persona).Do(t, `query($id: ID!) { order(id: $id) { allowedTransitions } }`, map[string]any{"id": order})
				says := strings.Contains(fmt.Sprint(r.Get("order.allowedTransitions")), string(m.to))
				got := f.do(t, persona, mutation, order, m.more)
				if says != (got == string(m.to)) {
					t.Errorf("%s, %s as %s: %s, and allowedTransitions says %v", status, mutation, persona, got, r.Get("order.allowedTransitions"))
				}
				want := map[string]string{"anonymous": "UNAUTHENTICATED", "another": "ORDER_NOT_FOUND"}[persona]
				if want == "" && !says {
					want = "WRONG_STATUS"
					if persona == "owner" && mutation != "cancelOrder" {
						want = "FORBIDDEN"
					}
				}
				if want != "" && (got != want || f.status(t, order) != string(status)) {
					t.Errorf("%s, %s as %s: %s and then %s, want %s", status, mutation, persona, got, f.status(t, order), want)
				}
			}
		}
	}
}

// force gives an order a status, whatever way leads there.
func (f *fixture) force(t *testing.T, order string, status model.OrderStatus) {
	t.Helper()
	key, err := id.Order.Parse(order)
	if err != nil {
		t.Fatal(err)
	}
	f.db.MustExec(`UPDATE orders SET status = $2, payment_due_at = NULL, placed_at = CASE WHEN $2 NOT IN ('PENDING', 'REJECTED') THEN now() END,
		rejection = CASE WHEN $2 = 'REJECTED' THEN '[]'::jsonb END WHERE id = $1`, key, status)
}

func (f *fixture) status(t *testing.T, order string) (status string) {
	t.Helper()
	key, err := id.Order.Parse(order)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.db.Get(&status, `SELECT status FROM orders WHERE id = $1`, key); err != nil {
		t.Fatal(err)
	}
	return status
}

// Of two that bring a paid order to different ends at once exactly one does, and
// the stock, the money and the timeline agree with it.
func TestCancelAgainstShip(t *testing.T) {
	f := newFixture(t)
	for range 50 {
		order := f.paid(t, "owner")
		var done atomic.Int32
		var all sync.WaitGroup
		for persona, do := range map[string][2]string{"owner": {"cancelOrder", ""}, "staff": {"shipOrder", parcel}} {
			all.Go(func() {
				switch got := f.do(t, persona, do[0], order, do[1]); got {
				case "CANCELLED", "SHIPPED":
					done.Add(1)
				case "WRONG_STATUS":
				default:
					t.Errorf("%s: %s", do[0], got)
				}
			})
		}
		all.Wait()
		f.drain(t)
		story := f.story(t, order)
		cancelled := strings.HasPrefix(story, "CANCELLED: PLACED/CUSTOMER PAID/PAYMENT_PROVIDER CANCELLED/CUSTOMER PAYMENT_REFUNDED/PAYMENT_PROVIDER payment REFUNDED")
		shipped := strings.HasPrefix(story, "SHIPPED: PLACED/CUSTOMER PAID/PAYMENT_PROVIDER SHIPPED/STAFF payment SUCCEEDED by Post")
		if done.Load() != 1 || cancelled == shipped || f.released(t, order) != cancelled {
			t.Fatalf("%d were done: %s, released %v", done.Load(), story, f.released(t, order))
		}
	}
}

// Who of the shop did something is for staff; that it was somebody is for all.
func TestTheTimelineNamesPeopleToStaff(t *testing.T) {
	f := newFixture(t)
	order := f.paid(t, "owner")
	f.do(t, "staff", "shipOrder", order, parcel)
	const query = `query($id: ID!) { order(id: $id) { timeline { kind actor actorId note } } }`
	for persona, want := range map[string]string{"owner": "<nil>", "staff": userID(1)} {
		r := f.as(persona).Do(t, query, map[string]any{"id": order})
		if got := fmt.Sprint(r.Get("order.timeline.2.actorId")); got != want || r.Get("order.timeline.2.note") != "Post RR 1" {
			t.Errorf("as %s: %s", persona, r.Body)
		}
	}
}

func TestWhatIsWrongWithAShipment(t *testing.T) {
	f := newFixture(t)
	order := f.paid(t, "owner")
	for more, want := range map[string]string{
		`carrier: ""`:  "INVALID_TEXT",
		`carrier: " "`: "INVALID_TEXT",
		`carrier: "` + strings.Repeat("x", 101) + `"`:                        "INVALID_TEXT",
		`carrier: "A\u0000B"`:                                                "INVALID_TEXT",
		`carrier: "Post" trackingNumber: "` + strings.Repeat("1", 101) + `"`: "INVALID_TEXT",
		`carrier: "Post" trackingUrl: "javascript:alert(1)"`:                 "INVALID_URL",
		`carrier: "Post" trackingUrl: "https://user:word@post.example/"`:     "INVALID_URL",
		`carrier: "Post" trackingUrl: "/1"`:                                  "INVALID_URL",
	} {
		if got := f.do(t, "staff", "shipOrder", order, more); got != want {
			t.Errorf("%.60s: %s, want %s", more, got, want)
		}
	}
	if got := f.do(t, "staff", "cancelOrder", order, `reason: "`+strings.Repeat("x", 501)+`"`); got != "INVALID_TEXT" {
		t.Errorf("a long reason: %s", got)
	}
	if got := f.do(t, "staff", "shipOrder", "ord_nonsense", parcel); got != "ORDER_NOT_FOUND" {
		t.Errorf("no order's id: %s", got)
	}
	if got := f.do(t, "staff", "shipOrder", order, `carrier: "Post" trackingUrl: "https://post.example/1"`); got != "SHIPPED" {
		t.Errorf("a good one: %s", got)
	}
}

// What happened cannot be rewritten, and every status has its event.
func TestEventsAreKept(t *testing.T) {
	f := newFixture(t)
	f.paid(t, "owner")
	for _, statement := range []string{`UPDATE order_events SET note = 'x'`, `DELETE FROM order_events`} {
		if _, err := f.db.Exec(statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	var wrong []uuid.UUID
	if err := f.db.Select(&wrong, `SELECT id FROM orders o WHERE
		NOT EXISTS (SELECT FROM order_events e WHERE order_id = o.id AND sequence = o.version AND status = o.status)`); err != nil || len(wrong) > 0 {
		t.Errorf("orders %v differ from their last event, %v", wrong, err)
	}
}
