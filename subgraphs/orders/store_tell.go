package orders

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// told is an event that somebody is to be told of.
type told struct {
	eventRow
	Number   int64          `db:"number"`
	UserID   uuid.UUID      `db:"user_id"`
	Total    int64          `db:"total"`
	Currency money.Currency `db:"currency"`
	Webhook  uuid.UUID      `db:"webhook_id"`
	URL      string         `db:"url"`
	Secret   []byte         `db:"secret"` // nil for NATS
}

// takeDeliveries returns events that are due to be told, for this worker alone.
// Of one order's events to one receiver it takes the first that waits, and the
// next only when that one has arrived or was given up: so they come in order.
func (s *store) takeDeliveries(ctx context.Context, most int) (rows []told, err error) {
	err = s.db.SelectContext(ctx, &rows, `
		WITH due AS (
			SELECT d.webhook_id, d.event_id FROM deliveries d JOIN webhooks w ON w.id = d.webhook_id
			WHERE d.delivered_at IS NULL AND d.given_up_at IS NULL AND d.due_at <= now() AND w.active AND w.resume_at <= now()
				AND NOT EXISTS (SELECT FROM deliveries b WHERE b.webhook_id = d.webhook_id AND b.order_id = d.order_id
					AND b.sequence < d.sequence AND b.delivered_at IS NULL AND b.given_up_at IS NULL)
			ORDER BY d.due_at LIMIT $1 FOR UPDATE OF d SKIP LOCKED
		)
		UPDATE deliveries d SET attempts = attempts + 1, due_at = now() + make_interval(secs => $2)
		FROM due, order_events e, orders o, webhooks w
		WHERE (d.webhook_id, d.event_id) = (due.webhook_id, due.event_id) AND e.id = d.event_id AND o.id = d.order_id AND w.id = d.webhook_id
		RETURNING e.id, e.order_id, e.sequence, e.kind, e.status, e.actor, e.actor_id, e.note, e.created_at,
			o.number, o.user_id, o.total, o.currency, d.webhook_id, w.url, w.secret`, most, lease.Seconds())
	return rows, err
}

// arrived writes down that an event has come to its receiver.
func (s *store) arrived(ctx context.Context, e told) error {
	_, err := s.db.ExecContext(ctx, `
		WITH healthy AS (UPDATE webhooks SET failures = 0, last_error = NULL WHERE id = $1 AND failures > 0)
		UPDATE deliveries SET delivered_at = now(), last_error = NULL WHERE webhook_id = $1 AND event_id = $2`, e.Webhook, e.ID)
	return err
}

// giveUpAfter is how long an event is tried to be told.
const giveUpAfter = 72 * time.Hour

// forgiven is how many times in a row a receiver may fail before it is left in
// peace for a while.
const forgiven = 5

// missed writes down that an event has not come to its receiver. It is told again
// later and later, up to an hour, and then given up; and a receiver that fails
// every time is left in peace, so that it does not keep others waiting. NATS is
// the shop's own: it is asked again each minute, and never given up.
func (s *store) missed(ctx context.Context, e told, why error) error {
	_, err := s.db.ExecContext(ctx, `
		WITH failing AS (
			UPDATE webhooks SET failures = failures + 1, last_error = $3, resume_at = CASE WHEN failures < $5 THEN resume_at
				ELSE now() + least(interval '1 minute', interval '0.25 seconds' * 2 ^ least(failures - $5, 10)) END WHERE id = $1
		)
		UPDATE deliveries SET last_error = $3,
			due_at = now() + least(CASE WHEN $6 THEN interval '1 minute' ELSE interval '1 hour' END, interval '0.25 seconds' * 2 ^ least(attempts, 20)),
			given_up_at = CASE WHEN NOT $6 AND created_at < now() - make_interval(secs => $4) THEN now() END
		WHERE webhook_id = $1 AND event_id = $2`, e.Webhook, e.ID, cut(why.Error(), maxNote), giveUpAfter.Seconds(), forgiven, e.Webhook == natsReceiver)
	return err
}

// sweep deletes what is of no use any more, and returns how much that was.
func (s *store) sweep(ctx context.Context) (swept int, err error) {
	for _, statement := range []string{
		`DELETE FROM deliveries WHERE (delivered_at IS NOT NULL OR given_up_at IS NOT NULL) AND created_at < now() - interval '30 days'`,
		`DELETE FROM payment_notices WHERE created_at < now() - interval '90 days'`,
		`DELETE FROM cart_lines WHERE updated_at < now() - interval '90 days'`,
	} {
		result, err := s.db.ExecContext(ctx, statement)
		if err != nil {
			return swept, err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return swept, err
		}
		swept += int(n)
	}
	return swept, nil
}

// webhookRow is a webhook as the table has it, with how it is doing.
type webhookRow struct {
	ID        uuid.UUID      `db:"id"`
	URL       string         `db:"url"`
	Kinds     pq.StringArray `db:"kinds"`
	Waiting   int            `db:"waiting"`
	GivenUp   int            `db:"given_up"`
	LastError *string        `db:"last_error"`
	CreatedAt time.Time      `db:"created_at"`
}

func (r webhookRow) model() *model.Webhook {
	w := &model.Webhook{
		ID: id.Webhook.Format(r.ID), URL: r.URL, Kinds: []model.OrderEventKind{}, Waiting: r.Waiting, GivenUp: r.GivenUp,
		LastError: r.LastError, CreatedAt: r.CreatedAt,
	}
	for _, kind := range r.Kinds {
		w.Kinds = append(w.Kinds, model.OrderEventKind(kind))
	}
	return w
}

// webhooks returns those that were made by somebody.
func (s *store) webhooks(ctx context.Context) (rows []webhookRow, err error) {
	err = s.db.SelectContext(ctx, &rows, `
		SELECT id, url, kinds, last_error, created_at,
			(SELECT count(*) FROM deliveries WHERE webhook_id = w.id AND delivered_at IS NULL AND given_up_at IS NULL) AS waiting,
			(SELECT count(*) FROM deliveries WHERE webhook_id = w.id AND given_up_at IS NOT NULL) AS given_up
		FROM webhooks w WHERE secret IS NOT NULL ORDER BY id`)
	return rows, err
}

// createWebhook makes a webhook; nil when there are too many.
func (s *store) createWebhook(ctx context.Context, url string, kinds []string, secret []byte) (*webhookRow, error) {
	var rows []webhookRow
	err := s.db.SelectContext(ctx, &rows, `
		INSERT INTO webhooks (id, url, kinds, secret) SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM webhooks WHERE secret IS NOT NULL) < $5
		RETURNING id, url, kinds, created_at`, id.New(), url, pq.StringArray(kinds), secret, maxWebhooks)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// deleteWebhook deletes a webhook with everything that it had yet to be told.
func (s *store) deleteWebhook(ctx context.Context, key uuid.UUID) (found bool, err error) {
	result, err := s.db.ExecContext(ctx, `DELETE FROM webhooks WHERE id = $1 AND secret IS NOT NULL`, key)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// natsReceiver is the row of webhooks that stands for NATS.
var natsReceiver = uuid.MustParse("00000000-0000-7000-8000-000000000001")

// setNATS says whether NATS is told of events from now on.
func (s *store) setNATS(ctx context.Context, on bool) error {
	if !on {
		_, err := s.db.ExecContext(ctx, `UPDATE webhooks SET active = false WHERE id = $1`, natsReceiver)
		return err
	}
	_, err := s.db.ExecContext(ctx, `
		INSERT INTO webhooks (id, url) VALUES ($1, 'nats:') ON CONFLICT (id) DO UPDATE SET active = true`, natsReceiver)
	return err
}
