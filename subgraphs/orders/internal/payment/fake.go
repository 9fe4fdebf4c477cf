package payment

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/internal/webhook"
)

// Fake is the provider of demos and tests: it keeps books and sends signed
// messages as a real one does, and moves no money. Its books survive it, and a
// message is sent again until it is answered.
type Fake struct {
	// DB has the table fake_payments.
	DB *sqlx.DB
	// Secret signs its messages.
	Secret []byte
	// URL is where they go, HTTP what carries them.
	URL  string
	HTTP *http.Client
}

// What customers of the fake provider pay with.
const (
	FakeAccepted = "fake-accepted"
	FakeDeclined = "fake-declined"
)

var _ Provider = (*Fake)(nil)

// Collect implements Provider.
func (f *Fake) Collect(ctx context.Context, r Request) (Begun, error) {
	reference := "fake_" + r.ID.String()
	_, err := f.DB.ExecContext(ctx, `
		INSERT INTO fake_payments (reference, payment_id, amount, currency, accepted) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (payment_id) DO NOTHING`, reference, r.ID, r.Amount.Minor, r.Amount.Currency, r.Method == FakeAccepted)
	return Begun{Reference: reference}, err
}

// Refund implements Provider.
func (f *Fake) Refund(ctx context.Context, payment uuid.UUID, amount money.Money) error {
	result, err := f.DB.ExecContext(ctx, `
		UPDATE fake_payments SET refunded_at = coalesce(refunded_at, now())
		WHERE payment_id = $1 AND accepted AND amount = $2 AND currency = $3`, payment, amount.Minor, amount.Currency)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); n == 0 || err != nil {
		return fmt.Errorf("there is no payment %s of %s that was accepted", payment, amount)
	}
	return nil
}

// message is what the fake provider sends.
type message struct {
	Type     string         `json:"type"`
	Payment  string         `json:"payment"`
	Amount   string         `json:"amount"`
	Currency money.Currency `json:"currency"`
	Failure  string         `json:"failure,omitempty"`
}

const (
	typeAccepted = "payment.accepted"
	typeDeclined = "payment.declined"
)

// Read implements Provider.
func (f *Fake) Read(header http.Header, body []byte) (n Notice, err error) {
	if n.ID, err = webhook.Verify(header, f.Secret, time.Now(), body); err != nil {
		return Notice{}, err
	}
	var m message
	if err := json.Unmarshal(body, &m); err != nil {
		return Notice{}, fmt.Errorf("the message is no JSON: %w", err)
	}
	if m.Type != typeAccepted && m.Type != typeDeclined {
		return Notice{}, fmt.Errorf("the message is of the type %q, which means nothing here", m.Type)
	}
	if n.Payment, err = id.Payment.Parse(m.Payment); err != nil {
		return Notice{}, err
	}
	n.Accepted, n.Failure = m.Type == typeAccepted, m.Failure
	n.Amount, err = money.Parse(m.Amount, m.Currency)
	return n, err
}

// silent is a payment of which nothing was said yet.
type silent struct {
	Reference string         `db:"reference"`
	Payment   uuid.UUID      `db:"payment_id"`
	Amount    int64          `db:"amount"`
	Currency  money.Currency `db:"currency"`
	Accepted  bool           `db:"accepted"`
}

// Send tells what became of payments and returns how many it told of. What is not
// answered is told again.
func (f *Fake) Send(ctx context.Context) (sent int, err error) {
	var due []silent
	err = f.DB.SelectContext(ctx, &due, `
		UPDATE fake_payments SET notify_at = now() + interval '10 seconds' WHERE reference IN (
			SELECT reference FROM fake_payments WHERE notified_at IS NULL AND notify_at <= now() ORDER BY notify_at LIMIT 20 FOR UPDATE SKIP LOCKED)
		RETURNING reference, payment_id, amount, currency, accepted`)
	for _, p := range due {
		if err := f.send(ctx, p); err != nil {
			return sent, err
		}
		if _, err := f.DB.ExecContext(ctx, `UPDATE fake_payments SET notified_at = now() WHERE reference = $1`, p.Reference); err != nil {
			return sent, err
		}
		sent++
	}
	return sent, err
}

func (f *Fake) send(ctx context.Context, p silent) error {
	amount := money.Money{Minor: p.Amount, Currency: p.Currency}
	m := message{Type: typeAccepted, Payment: id.Payment.Format(p.Payment), Amount: amount.Amount(), Currency: p.Currency}
	if !p.Accepted {
		m.Type, m.Failure = typeDeclined, "The card was declined."
	}
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, f.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	webhook.Sign(request.Header, f.Secret, "msg_"+p.Reference, time.Now(), body)
	response, err := f.HTTP.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusNoContent {
		return fmt.Errorf("the shop answered %s", response.Status)
	}
	return nil
}
