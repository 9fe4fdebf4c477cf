package orders

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/webhook"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/payment"
)

func (f *fixture) texts(t *testing.T, query string, args ...any) string {
	t.Helper()
	var list []string
	if err := f.db.Select(&list, query, args...); err != nil {
		t.Fatal(err)
	}
	return strings.Join(list, " ")
}

// A payment that comes to nothing leaves the order as it was, and another may
// follow.
func TestADeclinedPayment(t *testing.T) {
	f := newFixture(t)
	order := f.placed(t, "owner")
	f.do(t, "owner", "payOrder", order, declined)
	f.drain(t)
	if got := f.story(t, order); got != "PLACED: PLACED/CUSTOMER PAYMENT_FAILED/PAYMENT_PROVIDER payment FAILED" {
		t.Fatalf("declined: %s", got)
	}
	f.do(t, "owner", "payOrder", order, accepted)
	f.drain(t)
	if got := f.story(t, order); got != "PAID: PLACED/CUSTOMER PAYMENT_FAILED/PAYMENT_PROVIDER PAID/PAYMENT_PROVIDER payment FAILED payment SUCCEEDED" {
		t.Errorf("accepted: %s", got)
	}
	if got := f.do(t, "owner", "payOrder", order, accepted); got != "WRONG_STATUS" {
		t.Errorf("paid once more: %s", got)
	}
}

// Whoever clicks twenty times pays once.
func TestPayingTwentyTimes(t *testing.T) {
	f := newFixture(t)
	order := f.placed(t, "owner")
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if got := f.do(t, "owner", "payOrder", order, accepted); got != "PLACED" {
				t.Errorf("payOrder: %s", got)
			}
		})
	}
	all.Wait()
	f.drain(t)
	if got := f.story(t, order); got != "PAID: PLACED/CUSTOMER PAID/PAYMENT_PROVIDER payment SUCCEEDED" || f.texts(t, `SELECT count(*) FROM fake_payments`) != "1" {
		t.Errorf("%s, %s payments at the provider", got, f.texts(t, `SELECT count(*) FROM fake_payments`))
	}
}

func TestWhoPays(t *testing.T) {
	f := newFixture(t)
	order := f.placed(t, "owner")
	for persona, want := range map[string]string{"anonymous": "UNAUTHENTICATED", "another": "ORDER_NOT_FOUND", "staff": "ORDER_NOT_FOUND"} {
		if got := f.do(t, persona, "payOrder", order, accepted); got != want {
			t.Errorf("as %s: %s, want %s", persona, got, want)
		}
	}
	for _, method := range []string{"", strings.Repeat("x", 201), `\u0000`} {
		if got := f.do(t, "owner", "payOrder", order, `method: "`+method+`"`); got != "INVALID_METHOD" {
			t.Errorf("by %.20q: %s", method, got)
		}
	}
	f.payments = nil
	if got := f.do(t, "owner", "payOrder", order, accepted); got != "INVALID_METHOD" {
		t.Errorf("without a provider: %s", got)
	}
}

// Money that comes for an order which does not wait for it any more goes back.
func TestMoneyThatComesTooLate(t *testing.T) {
	f := newFixture(t)
	order := f.placed(t, "owner")
	f.do(t, "owner", "payOrder", order, accepted)
	if got := f.do(t, "owner", "cancelOrder", order, ""); got != "CANCELLED" {
		t.Fatal(got)
	}
	f.drain(t)
	if got := f.story(t, order); got != "CANCELLED: PLACED/CUSTOMER CANCELLED/CUSTOMER PAYMENT_REFUNDED/PAYMENT_PROVIDER payment REFUNDED" {
		t.Errorf("%s", got)
	}
	if got := f.texts(t, `SELECT refunded_at IS NOT NULL FROM fake_payments`); got != "true" {
		t.Errorf("refunded at the provider: %s", got)
	}
}

// An order that is not paid in time is given up; one without a deadline, or whose
// payment is under way, is not.
func TestUnpaidOrders(t *testing.T) {
	f := newFixture(t)
	late, paying, free := f.placed(t, "owner"), f.placed(t, "owner"), f.placed(t, "owner")
	f.do(t, "owner", "payOrder", paying, accepted)
	f.db.MustExec(`UPDATE orders SET payment_due_at = now() - interval '1 second' WHERE payment_due_at IS NOT NULL`)
	key, err := id.Order.Parse(free)
	if err != nil {
		t.Fatal(err)
	}
	f.db.MustExec(`UPDATE orders SET payment_due_at = NULL WHERE id = $1`, key)
	if n, err := f.cancelUnpaid(t.Context()); n != 1 || err != nil {
		t.Errorf("%d given up, %v", n, err)
	}
	f.drain(t)
	for order, want := range map[string]string{
		late: "CANCELLED: PLACED/CUSTOMER CANCELLED/SYSTEM", free: "PLACED: PLACED/CUSTOMER",
		paying: "PAID: PLACED/CUSTOMER PAID/PAYMENT_PROVIDER payment SUCCEEDED",
	} {
		if got := f.story(t, order); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if !f.released(t, late) || f.released(t, free) || f.released(t, paying) {
		t.Error("the stock does not agree")
	}
}

// message posts to where the provider's messages come in, and returns the status.
func (f *fixture) message(t *testing.T, secret []byte, msg string, at time.Time, body string) int {
	t.Helper()
	request := httptest.NewRequest(http.MethodPost, NoticePath, bytes.NewReader([]byte(body)))
	webhook.Sign(request.Header, secret, msg, at, []byte(body))
	answer := httptest.NewRecorder()
	f.Handler().ServeHTTP(answer, request)
	return answer.Code
}

// The provider's messages count once, whatever their number and order; nobody
// else's count at all.
func TestThePaymentProvidersMessages(t *testing.T) {
	f := newFixture(t)
	order := f.placed(t, "owner")
	f.do(t, "owner", "payOrder", order, accepted)
	key := f.texts(t, `SELECT id FROM payments`)
	payments := f.as("owner").Do(t, `query($id: ID!) { order(id: $id) { payments { id state amount { amount } } } }`, map[string]any{"id": order})
	payment := payments.Get("order.payments.0.id").(string)
	say := func(kind, payment, amount string) string {
		return fmt.Sprintf(`{"type": "payment.%s", "payment": %q, "amount": %q, "currency": "EUR", "failure": "No."}`, kind, payment, amount)
	}
	now := time.Now()
	for name, c := range map[string]struct {
		secret []byte
		at     time.Time
		body   string
		status int
	}{
		"of somebody else":      {webhook.NewSecret(), now, say("accepted", payment, "25.00"), 400},
		"of last week":          {paymentSecret, now.Add(-7 * 24 * time.Hour), say("accepted", payment, "25.00"), 400},
		"no JSON":               {paymentSecret, now, `{"type"`, 400},
		"of another kind":       {paymentSecret, now, say("celebrated", payment, "25.00"), 400},
		"of no payment's id":    {paymentSecret, now, say("accepted", order, "25.00"), 400},
		"of no amount":          {paymentSecret, now, say("accepted", payment, "many"), 400},
		"of an unknown payment": {paymentSecret, now, say("accepted", id.Payment.Format(id.New()), "25.00"), 404},
		"very long":             {paymentSecret, now, strings.Repeat(" ", 1<<17), 413},
	} {
		if got := f.message(t, c.secret, "m-"+name, c.at, c.body); got != c.status {
			t.Errorf("%s: %d, want %d", name, got, c.status)
		}
	}
	if got := f.story(t, order); got != "PLACED: PLACED/CUSTOMER payment PENDING" {
		t.Fatalf("after messages that count for nothing: %s (payment %s)", got, key)
	}
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if got := f.message(t, paymentSecret, "m-1", time.Now(), say("accepted", payment, "25.00")); got != 204 {
				t.Errorf("accepted: %d", got)
			}
		})
	}
	all.Wait()
	f.message(t, paymentSecret, "m-2", now, say("declined", payment, "25.00"))
	f.message(t, paymentSecret, "m-3", now, say("accepted", payment, "25.00"))
	f.drain(t)
	if got := f.story(t, order); got != "PAID: PLACED/CUSTOMER PAID/PAYMENT_PROVIDER payment SUCCEEDED" {
		t.Errorf("after all messages: %s", got)
	}
}

// An acceptance that comes after a refusal counts: the money is there.
func TestMessagesInReverse(t *testing.T) {
	f := newFixture(t)
	order := f.placed(t, "owner")
	f.do(t, "owner", "payOrder", order, accepted)
	payments := f.as("owner").Do(t, `query($id: ID!) { order(id: $id) { payments { id } } }`, map[string]any{"id": order})
	body := func(kind string) string {
		return fmt.Sprintf(`{"type": "payment.%s", "payment": %q, "amount": "25.00", "currency": "EUR", "failure": "No."}`, kind, payments.Get("order.payments.0.id"))
	}
	f.message(t, paymentSecret, "a", time.Now(), body("declined"))
	f.message(t, paymentSecret, "b", time.Now(), body("accepted"))
	if got := f.story(t, order); got != "PAID: PLACED/CUSTOMER PAYMENT_FAILED/PAYMENT_PROVIDER PAID/PAYMENT_PROVIDER payment SUCCEEDED" {
		t.Errorf("%s", got)
	}
}

// Another amount than the order's pays nothing and goes back.
func TestAnotherAmount(t *testing.T) {
	f := newFixture(t)
	order := f.placed(t, "owner")
	f.do(t, "owner", "payOrder", order, accepted)
	f.db.MustExec(`UPDATE fake_payments SET amount = 1`)
	f.drain(t)
	if got := f.story(t, order); got != "PLACED: PLACED/CUSTOMER PAYMENT_REFUNDED/PAYMENT_PROVIDER payment REFUNDED" {
		t.Errorf("%s", got)
	}
}

// What the provider was not asked for by the request, the workers ask for.
func TestTheProviderIsDown(t *testing.T) {
	f := newFixture(t)
	order := f.placed(t, "owner")
	fake := f.payments
	f.payments = downProvider{fake}
	if got := f.do(t, "owner", "payOrder", order, accepted); got != "PLACED" {
		t.Fatal(got)
	}
	f.payments = fake
	f.db.MustExec(`UPDATE outbox SET due_at = now()`)
	f.drain(t)
	if got := f.story(t, order); got != "PAID: PLACED/CUSTOMER PAID/PAYMENT_PROVIDER payment SUCCEEDED" || f.texts(t, `SELECT task FROM outbox`) != "" {
		t.Errorf("%s, left %s", got, f.texts(t, `SELECT task FROM outbox`))
	}
}

type downProvider struct{ payment.Provider }

func (downProvider) Collect(context.Context, payment.Request) (payment.Begun, error) {
	return payment.Begun{}, errors.New("connection refused")
}
