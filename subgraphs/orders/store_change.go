package orders

import (
	"context"
	"database/sql"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// change is one thing that happens to an order. It is written whole or not at
// all: the status, the event, and what other services have to be asked for it.
type change struct {
	order uuid.UUID
	from  []string // the statuses in which it may happen
	to    model.OrderStatus
	kind  model.OrderEventKind
	by    actor
	note  string
	// rejection is why, when it is one.
	rejection sql.NullString
	// tasks are left in the outbox.
	tasks []string
}

// change makes it happen and returns the order as it is then; nil when the order
// has another status. Of two that happen at once the second finds what the first
// left.
func (s *store) change(ctx context.Context, q sqlx.QueryerContext, c change) (*begunOrder, error) {
	var payWithin any
	if s.payWithin > 0 {
		payWithin = s.payWithin.Seconds()
	}
	return oneOrder(ctx, q, `
		WITH changed AS (
			UPDATE orders SET status = $2, version = version + 1, updated_at = now(), rejection = coalesce($4::jsonb, rejection),
				placed_at = CASE WHEN $7 = 'PLACED' THEN now() ELSE placed_at END,
				payment_due_at = CASE WHEN $7 = 'PLACED' THEN now() + make_interval(secs => $5) WHEN $2 = 'PLACED' THEN payment_due_at END
			WHERE id = $1 AND status = ANY($3) RETURNING `+begunColumns+`, version, from_cart
		), event AS (
			INSERT INTO order_events (id, order_id, sequence, kind, status, actor, actor_id, note)
			SELECT $6, id, version, $7, $2, $8, $9, $10 FROM changed
		), settled AS (
			DELETE FROM outbox o USING changed c WHERE o.task = 'SETTLE' AND o.subject = c.id
		), work AS (
			INSERT INTO outbox (task, subject, order_id) SELECT task, id, id FROM changed, unnest($11::text[]) task
			ON CONFLICT (task, subject) DO NOTHING
		), taken AS (
			SELECT l.variant_id, l.quantity, c.user_id FROM changed c JOIN order_lines l ON l.order_id = c.id WHERE c.from_cart AND $7 = 'PLACED'
		), emptied AS (
			DELETE FROM cart_lines c USING taken t WHERE (c.user_id, c.variant_id) = (t.user_id, t.variant_id) AND c.quantity <= t.quantity
		), reduced AS (
			UPDATE cart_lines c SET quantity = c.quantity - t.quantity, updated_at = now()
			FROM taken t WHERE (c.user_id, c.variant_id) = (t.user_id, t.variant_id) AND c.quantity > t.quantity
		)
		SELECT `+begunColumns+` FROM changed`,
		c.order, c.to, pq.StringArray(c.from), c.rejection, payWithin,
		id.New(), c.kind, c.by.kind, c.by.id, c.note, pq.StringArray(c.tasks))
}

// locked does something with an order that nobody else changes meanwhile. The
// lock is a statement of its own, so that those after it see what others had
// written before they gave it up. order is nil when there is none.
func (s *store) locked(ctx context.Context, key uuid.UUID, do func(tx *sqlx.Tx, order *begunOrder) error) error {
	tx, err := s.db.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	o, err := oneOrder(ctx, tx, `SELECT `+begunColumns+` FROM orders WHERE id = $1 FOR UPDATE`, key)
	if err != nil {
		return err
	}
	if err := do(tx, o); err != nil {
		return err
	}
	return tx.Commit()
}
