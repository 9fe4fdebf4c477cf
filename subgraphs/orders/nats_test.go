package orders

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/shopgraph/shopgraph/internal/token/tokentest"
)

// natsServer is a server of the test's own, with JetStream, at a port that it
// keeps when it is started again.
func natsServer(t *testing.T, folder string, port int) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: folder, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("NATS does not start")
	}
	t.Cleanup(s.Shutdown)
	return s
}

// published are the events of the stream, subject and id, in its order.
func published(t *testing.T, url string) (list []string) {
	t.Helper()
	conn, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	consumer, err := js.OrderedConsumer(t.Context(), natsStream, jetstream.OrderedConsumerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	batch, err := consumer.FetchNoWait(1000)
	if err != nil {
		t.Fatal(err)
	}
	for m := range batch.Messages() {
		var n notice
		if err := json.Unmarshal(m.Data(), &n); err != nil || m.Headers().Get(jetstream.MsgIDHeader) != n.Data.EventID {
			t.Errorf("%v: %s", err, m.Data())
		}
		list = append(list, m.Subject())
	}
	return list
}

func TestEventsGoToNATS(t *testing.T) {
	folder := t.TempDir()
	first := natsServer(t, folder, server.RANDOM_PORT)
	url, port := first.ClientURL(), first.Addr().String()
	f := newFixture(t)
	service, err := New(t.Context(), Config{
		DB: f.db.DB, Log: slog.New(slog.DiscardHandler), UsersKeys: f.people.Keys, FakePayments: true, NATSURL: url,
		SigningKeys: []ed25519.PrivateKey{tokentest.Orders(t).Key}, ProductsURL: "http://products.invalid/graphql",
	})
	if err != nil {
		t.Fatal(err)
	}
	defer service.nats.close()
	f.nats = service.nats
	order := f.paid(t, "owner")
	want := []string{"shopgraph.orders." + order + ".placed", "shopgraph.orders." + order + ".paid"}
	if got := published(t, url); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Fatalf("published %v", got)
	}

	// It dies after an event was kept, before that was written down: the stream
	// keeps it once.
	f.db.MustExec(`UPDATE deliveries SET delivered_at = NULL, due_at = now() WHERE sequence = 2`)
	f.drain(t)
	if got := published(t, url); len(got) != 2 {
		t.Errorf("told again: %v", got)
	}

	// While it is gone orders go on, and are told of later, in their order.
	first.Shutdown()
	first.WaitForShutdown()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	f.do(t, "staff", "shipOrder", order, parcel)
	f.do(t, "staff", "deliverOrder", order, "")
	if _, err := f.tell(ctx); err != nil && ctx.Err() == nil {
		t.Error(err)
	}
	_, number, _ := strings.Cut(port, "127.0.0.1:")
	natsServer(t, folder, atoi(t, number))
	for len(published(t, url)) < 4 {
		f.soon()
		if _, err := f.tell(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := published(t, url); !strings.HasSuffix(got[2], ".shipped") || !strings.HasSuffix(got[3], ".delivered") {
		t.Errorf("after it came back: %v", got)
	}
}

// Without NATS_URL nothing is kept for NATS; a process that has none leaves to
// others what is.
func TestWithoutNATS(t *testing.T) {
	f := newFixture(t)
	order := f.placed(t, "owner")
	if got := f.texts(t, `SELECT event_id FROM deliveries`); got != "" {
		t.Errorf("kept for NATS: %s", got)
	}
	if err := f.store.setNATS(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	f.do(t, "owner", "cancelOrder", order, "")
	f.drain(t)
	f.db.MustExec(`UPDATE deliveries SET created_at = now() - interval '4 days', attempts = 20`)
	f.soon()
	f.drain(t)
	if got := f.texts(t, `SELECT (delivered_at IS NULL) || ' ' || (given_up_at IS NULL) || ' ' || (last_error LIKE '%NATS_URL%') || ' ' || (due_at < now() + interval '1 minute') FROM deliveries`); got != "true true true true" {
		t.Errorf("without a connection, for days: %s", got)
	}
	if _, err := newBroker("nats://\x00", f.log); err == nil || !strings.Contains(err.Error(), "NATS_URL") {
		t.Errorf("a URL that is none: %v", err)
	}
}

func atoi(t *testing.T, text string) (n int) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	return n
}
