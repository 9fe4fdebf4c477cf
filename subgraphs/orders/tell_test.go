package orders

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/webhook"
)

// receiver is somebody who is told of events.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	secret []byte
	got    []notice
	ids    []string
	fail   func(n notice) int // a status instead of taking it; 0 takes it
	early  func(n notice)     // before it is answered
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		msg, err := webhook.Verify(request.Header, r.secret, time.Now(), body)
		var n notice
		if err != nil || json.Unmarshal(body, &n) != nil || n.Data.EventID != msg {
			t.Errorf("%v: %s", err, body)
		}
		if r.early != nil {
			r.early(n)
		}
		r.got, r.ids = append(r.got, n), append(r.ids, msg)
		if r.fail != nil {
			if status := r.fail(n); status != 0 {
				w.Header().Set("Location", "http://127.0.0.1:1/")
				w.WriteHeader(status)
			}
		}
	}))
	t.Cleanup(r.Close)
	return r
}

// told has an admin make a webhook for the receiver.
func (f *fixture) told(t *testing.T, r *receiver, kinds string) (webhookID string) {
	t.Helper()
	made := f.as("admin").Do(t, fmt.Sprintf(`mutation { createWebhook(input: {url: %q kinds: [%s]}) { webhook { id url kinds waiting } secret userErrors { code } } }`, r.URL, kinds), nil)
	secret, err := webhook.ParseSecret(fmt.Sprint(made.Get("createWebhook.secret")))
	if err != nil {
		t.Fatalf("%v: %s", err, made.Body)
	}
	r.secret = secret
	return made.Get("createWebhook.webhook.id").(string)
}

// of lists what the receiver was told of an order, repetitions included.
func (r *receiver) of(order string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []string
	for _, n := range r.got {
		if n.Data.OrderID == order {
			list = append(list, strings.TrimPrefix(n.Type, "order."))
		}
	}
	return strings.Join(list, " ")
}

// soon has everything that waits to be told be due.
func (f *fixture) soon() {
	f.db.MustExec(`UPDATE deliveries SET due_at = now()`)
	f.db.MustExec(`UPDATE webhooks SET resume_at = now()`)
}

func TestReceiversAreTold(t *testing.T) {
	f := newFixture(t)
	all, some := newReceiver(t), newReceiver(t)
	f.told(t, all, "")
	f.told(t, some, "PAID REFUNDED")
	order := f.paid(t, "owner")
	f.do(t, "staff", "refundOrder", order, `reason: "Broken."`)
	f.drain(t)
	if got := all.of(order); got != "placed paid refunded payment_refunded" {
		t.Errorf("all: %s", got)
	}
	if got := some.of(order); got != "paid refunded" {
		t.Errorf("some: %s", got)
	}
	got := all.got[2].Data
	if got.Sequence != 3 || got.Status != "REFUNDED" || got.Note != "Broken." || got.Total.Amount != "25.00" || got.CustomerID != userID(0) || !strings.HasPrefix(got.Number, "SG-") {
		t.Errorf("an event: %+v", got)
	}
}

// What an event speaks of can be read by whoever is told of it, at that moment.
func TestNobodyIsToldTooEarly(t *testing.T) {
	f := newFixture(t)
	r := newReceiver(t)
	f.told(t, r, "")
	r.early = func(n notice) {
		read := f.as("staff").Do(t, `query($id: ID!) { order(id: $id) { timeline { id status } } }`, map[string]any{"id": n.Data.OrderID})
		at := fmt.Sprintf("order.timeline.%d.", n.Data.Sequence-1)
		if read.Get(at+"id") != n.Data.EventID || read.Get(at+"status") != string(n.Data.Status) {
			t.Errorf("told of %+v, and read %s", n.Data, read.Body)
		}
	}
	order := f.paid(t, "owner")
	if got := r.of(order); got != "placed paid" {
		t.Errorf("%s", got)
	}
}

// Whatever fails, and however often, those of one order come in their order, and
// repetitions have the same id.
func TestTheOrderOfEvents(t *testing.T) {
	f := newFixture(t)
	r := newReceiver(t)
	f.told(t, r, "")
	attempts := map[string]int{}
	r.fail = func(n notice) int {
		attempts[n.Data.EventID]++
		return []int{500, 302, 404, 0}[min(attempts[n.Data.EventID]-1, 3)]
	}
	var orders []string
	for range 5 {
		order := f.paid(t, "owner")
		f.do(t, "staff", "shipOrder", order, parcel)
		f.do(t, "staff", "deliverOrder", order, "")
		orders = append(orders, order)
	}
	for range 40 {
		f.soon()
		var workers sync.WaitGroup
		for range 3 { // as many replicas
			workers.Go(func() {
				if _, err := f.tell(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		workers.Wait()
	}
	for _, order := range orders {
		words := strings.Fields(r.of(order))
		if got := strings.Join(slices.Compact(words), " "); got != "placed paid shipped delivered" || len(words) < 16 {
			t.Errorf("%v", words)
		}
	}
	if left := f.texts(t, `SELECT event_id FROM deliveries WHERE delivered_at IS NULL`); left != "" {
		t.Errorf("left: %s", left)
	}
}

// A worker that dies after sending, before it writes that down, has the event
// sent again, under the same id.
func TestAWorkerDiesAfterSending(t *testing.T) {
	f := newFixture(t)
	r := newReceiver(t)
	f.told(t, r, "")
	f.placed(t, "owner")
	due, err := f.store.takeDeliveries(t.Context(), toldAtOnce)
	if err != nil || len(due) != 1 {
		t.Fatal(due, err)
	}
	body, err := due[0].body()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.post(t.Context(), due[0], body); err != nil {
		t.Fatal(err)
	}
	if n, err := f.tell(t.Context()); n != 0 || err != nil {
		t.Errorf("during the lease: %d, %v", n, err)
	}
	f.soon()
	f.drain(t)
	if len(r.ids) != 2 || r.ids[0] != r.ids[1] {
		t.Errorf("sent as %v", r.ids)
	}
}

// A receiver that fails does not keep others waiting, and after three days what
// it was not told is given up.
func TestAReceiverThatFails(t *testing.T) {
	f := newFixture(t)
	bad, good := newReceiver(t), newReceiver(t)
	key := f.told(t, bad, "")
	f.told(t, good, "")
	bad.fail = func(notice) int { return 503 }
	var orders []string
	for range 30 {
		orders = append(orders, f.placed(t, "owner"))
	}
	f.drain(t)
	for _, order := range orders {
		if good.of(order) != "placed" {
			t.Errorf("the good one was told of %q", good.of(order))
		}
	}
	if n := len(bad.got); n > 3*toldAtOnce {
		t.Errorf("the bad one was told %d times", n)
	}
	f.db.MustExec(`UPDATE deliveries SET created_at = now() - interval '4 days'`)
	for range 3 {
		f.soon()
		f.drain(t)
	}
	r := f.as("admin").Do(t, `{ webhooks { id waiting givenUp lastError } }`, nil)
	if r.Get("webhooks.0.id") != key || r.Get("webhooks.0.waiting") != 0.0 || r.Get("webhooks.0.givenUp") != 30.0 || !strings.Contains(fmt.Sprint(r.Get("webhooks.0.lastError")), "503") {
		t.Errorf("the bad one: %s", r.Body)
	}
	bad.fail = nil
	order := f.placed(t, "owner")
	f.soon()
	f.drain(t)
	if got := bad.of(order); got != "placed" {
		t.Errorf("when it is well again: %s", got)
	}
}

func TestWhoSaysWhoIsTold(t *testing.T) {
	f := newFixture(t)
	create := func(persona, url string) string {
		r := f.as(persona).Do(t, fmt.Sprintf(`mutation { createWebhook(input: {url: %q}) { webhook { id } userErrors { code field } } }`, url), nil)
		if len(r.Errors) > 0 {
			return r.Codes()
		}
		return fmt.Sprint(r.Get("createWebhook.userErrors"))
	}
	for persona, want := range map[string]string{"anonymous": "UNAUTHENTICATED", "owner": "FORBIDDEN", "staff": "FORBIDDEN"} {
		if got := create(persona, "https://a.example/"); got != want {
			t.Errorf("createWebhook as %s: %s", persona, got)
		}
		if r := f.as(persona).Do(t, `{ webhooks { url } }`, nil); r.Codes() != want {
			t.Errorf("webhooks as %s: %s", persona, r.Body)
		}
		if r := f.as(persona).Do(t, `mutation { deleteWebhook(input: {id: "whk_x"}) { deleted } }`, nil); r.Codes() != want {
			t.Errorf("deleteWebhook as %s: %s", persona, r.Body)
		}
	}
	for _, url := range []string{"", "/events", "ftp://a.example/", "https://", "https://a:b@c.example/", "https://a.example/ b", "https://" + strings.Repeat("a", 2000)} {
		if got := create("admin", url); got != "[map[code:INVALID_URL field:[input url]]]" {
			t.Errorf("%.40q: %s", url, got)
		}
	}
	f.demo = false
	if got := create("admin", "http://a.example/"); got != "[map[code:INVALID_URL field:[input url]]]" {
		t.Errorf("http where it is no demo: %s", got)
	}
	for range maxWebhooks {
		create("admin", "https://a.example/")
	}
	if got := create("admin", "https://a.example/"); got != "[map[code:INVALID_WEBHOOK field:<nil>]]" {
		t.Errorf("too many: %s", got)
	}
	first := f.as("admin").Do(t, `{ webhooks { id } }`, nil).Get("webhooks.0.id").(string)
	for _, want := range []string{"true []", "false [map[code:INVALID_WEBHOOK]]"} {
		r := f.as("admin").Do(t, fmt.Sprintf(`mutation { deleteWebhook(input: {id: %q}) { deleted userErrors { code } } }`, first), nil)
		if got := fmt.Sprint(r.Get("deleteWebhook.deleted"), " ", r.Get("deleteWebhook.userErrors")); got != want {
			t.Errorf("deleting: %s, want %s", got, want)
		}
	}
	if r := f.as("admin").Do(t, fmt.Sprintf(`mutation { deleteWebhook(input: {id: %q}) { deleted } }`, id.Webhook.Format(natsReceiver)), nil); r.Get("deleteWebhook.deleted") != false {
		t.Errorf("NATS is not for the API to delete: %s", r.Body)
	}
}

// Where it is no demo nobody inside is reached, whatever name leads there.
func TestReceiversInside(t *testing.T) {
	r := newReceiver(t)
	port := r.URL[strings.LastIndex(r.URL, ":"):]
	client := receiversClient(false)
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"} {
		if _, err := client.Get("http://" + host + port); err == nil || !strings.Contains(err.Error(), "public internet") && !strings.Contains(err.Error(), "refused") {
			t.Errorf("%s: %v", host, err)
		}
	}
	if len(r.got) > 0 {
		t.Error("it was reached")
	}
	for text, want := range map[string]bool{
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false,
		"0.0.0.0": false, "255.255.255.255": false, "224.0.0.1": false, "::1": false, "::": false, "fe80::1": false, "fd00::1": false, "64:ff9b::7f00:1": false,
		"8.8.8.8": true, "2606:4700::1111": true,
	} {
		if got := isPublic(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s is public: %v", text, got)
		}
	}
}
