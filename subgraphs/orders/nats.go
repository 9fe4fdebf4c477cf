package orders

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/shopgraph/shopgraph/internal/id"
)

// Events go to NATS JetStream as they go to webhooks: by the outbox, at least
// once, those of one order in their order. A message's subject is
//
//	shopgraph.orders.<order id>.<kind>
//
// and its Nats-Msg-Id the event's id, by which the stream drops repetitions of the
// last minutes; later ones its readers drop.
const (
	natsStream   = "SHOPGRAPH_ORDERS"
	natsSubjects = "shopgraph.orders.>"
)

// broker is the connection to NATS. A nil one takes nothing.
type broker struct {
	conn   *nats.Conn
	stream jetstream.JetStream

	mu    sync.Mutex
	ready bool // the stream is there
}

// newBroker connects to the servers at the URL as soon as one answers, and again
// whenever they do not.
func newBroker(url string, log *slog.Logger) (*broker, error) {
	conn, err := nats.Connect(url, nats.Name("shopgraph orders"), nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { log.Warn("NATS is gone", "error", err) }),
		nats.ReconnectHandler(func(*nats.Conn) { log.Info("NATS is there") }))
	if err != nil {
		return nil, fmt.Errorf("NATS_URL: %w", err)
	}
	stream, err := jetstream.New(conn)
	return &broker{conn: conn, stream: stream}, err
}

func (b *broker) close() {
	if b != nil {
		b.conn.Close()
	}
}

// publish returns once the stream keeps the event.
func (b *broker) publish(ctx context.Context, e told, body []byte) error {
	if b == nil {
		return errors.New("this process has no NATS_URL")
	}
	ctx, cancel := context.WithTimeout(ctx, tellTimeout)
	defer cancel()
	if err := b.prepare(ctx); err != nil {
		return err
	}
	_, err := b.stream.Publish(ctx, "shopgraph.orders."+id.Order.Format(e.OrderID)+"."+strings.ToLower(string(e.Kind)), body,
		jetstream.WithMsgID(id.Event.Format(e.ID)))
	return err
}

// prepare makes the stream where there is none; one that is there is left as its
// owner made it.
func (b *broker) prepare(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ready {
		return nil
	}
	_, err := b.stream.Stream(ctx, natsStream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		_, err = b.stream.CreateStream(ctx, jetstream.StreamConfig{Name: natsStream, Subjects: []string{natsSubjects}})
		if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
			err = nil // another replica's
		}
	}
	b.ready = err == nil
	return err
}
