package orders

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/payment"
)

// onePayment returns the payment that the query finds, nil when it finds none.
func onePayment(ctx context.Context, q sqlx.QueryerContext, query string, args ...any) (*paymentRow, error) {
	var p paymentRow
	err := sqlx.GetContext(ctx, q, &p, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &p, err
}

// beginPayment writes a payment for the order, or finds the one that is under
// way; the payment is nil when the order does not wait to be paid, the order too
// when the user has no such order.
func (s *store) beginPayment(ctx context.Context, key, user uuid.UUID, method string) (order *begunOrder, p *paymentRow, err error) {
	err = s.locked(ctx, key, func(tx *sqlx.Tx, o *begunOrder) (err error) {
		if o == nil || o.UserID != user {
			return nil
		}
		if order = o; o.Status != model.OrderStatusPlaced {
			return nil
		}
		p, err = onePayment(ctx, tx, `SELECT `+paymentColumns+` FROM payments WHERE order_id = $1 AND state = 'PENDING'`, key)
		if p != nil || err != nil {
			return err
		}
		p, err = onePayment(ctx, tx, `
			WITH begun AS (
				INSERT INTO payments (id, order_id, method, amount, currency, state) VALUES ($1, $2, $3, $4, $5, 'PENDING')
				RETURNING `+paymentColumns+`
			), work AS (
				INSERT INTO outbox (task, subject, order_id, due_at) SELECT 'COLLECT', id, order_id, now() + make_interval(secs => $6) FROM begun
			)
			SELECT * FROM begun`, id.New(), key, method, o.Total, o.Currency, s.patience.Seconds())
		return err
	})
	return order, p, err
}

// refundPayments has the money of an order, which is locked, go back.
func refundPayments(ctx context.Context, tx *sqlx.Tx, order uuid.UUID) error {
	_, err := tx.ExecContext(ctx, `
		WITH refunding AS (
			UPDATE payments SET state = 'REFUNDING', updated_at = now() WHERE order_id = $1 AND state = 'SUCCEEDED' RETURNING id, order_id
		)
		INSERT INTO outbox (task, subject, order_id) SELECT 'REFUND', id, order_id FROM refunding`, order)
	return err
}

// takeNotice writes down what became of a payment, once for each message; known
// is false when there is no such payment.
func (s *store) takeNotice(ctx context.Context, n payment.Notice) (known bool, err error) {
	found, err := s.payment(ctx, n.Payment)
	if err != nil || found == nil {
		return false, err
	}
	return true, s.locked(ctx, found.OrderID, func(tx *sqlx.Tx, o *begunOrder) error {
		result, err := tx.ExecContext(ctx, `INSERT INTO payment_notices (id, payment_id) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`, n.ID, n.Payment)
		if err != nil {
			return err
		}
		if fresh, err := result.RowsAffected(); fresh == 0 || err != nil {
			return err
		}
		p, err := onePayment(ctx, tx, `SELECT `+paymentColumns+` FROM payments WHERE id = $1`, n.Payment)
		if err != nil {
			return err
		}
		return s.apply(ctx, tx, o, p, n)
	})
}

// apply does what a fresh message says, to an order that is locked.
func (s *store) apply(ctx context.Context, tx *sqlx.Tx, o *begunOrder, p *paymentRow, n payment.Notice) error {
	open := p.State == model.PaymentStatePending || p.State == model.PaymentStateFailed
	switch {
	case !n.Accepted && p.State == model.PaymentStatePending:
		if _, err := tx.ExecContext(ctx, `UPDATE payments SET state = 'FAILED', failure = $2, updated_at = now() WHERE id = $1`, p.ID, n.Failure); err != nil {
			return err
		}
		return s.remark(ctx, tx, o, model.OrderEventKindPaymentFailed, n.Failure)
	case !n.Accepted || !open:
		return nil // it has come to something already
	case isOver(o.Status) || n.Amount != p.money():
		_, err := tx.ExecContext(ctx, `
			WITH work AS (INSERT INTO outbox (task, subject, order_id) VALUES ('REFUND', $1, $2) ON CONFLICT (task, subject) DO NOTHING)
			UPDATE payments SET state = 'REFUNDING', failure = NULL, amount = $3, currency = $4, updated_at = now() WHERE id = $1`,
			p.ID, o.ID, n.Amount.Minor, n.Amount.Currency)
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE payments SET state = 'SUCCEEDED', failure = NULL, updated_at = now() WHERE id = $1`, p.ID); err != nil {
		return err
	}
	_, err := s.change(ctx, tx, change{
		order: o.ID, from: from(model.OrderStatusPaid, byProvider), to: model.OrderStatusPaid, kind: model.OrderEventKindPaid, by: provider,
	})
	return err
}

// remark writes an event that leaves the order's status as it is.
func (s *store) remark(ctx context.Context, tx *sqlx.Tx, o *begunOrder, kind model.OrderEventKind, note string) error {
	_, err := s.change(ctx, tx, change{order: o.ID, from: []string{string(o.Status)}, to: o.Status, kind: kind, by: provider, note: cut(note, maxNote)})
	return err
}

func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}

// paidBack writes down that a payment went back.
func (s *store) paidBack(ctx context.Context, p *paymentRow) error {
	return s.locked(ctx, p.OrderID, func(tx *sqlx.Tx, o *begunOrder) error {
		result, err := tx.ExecContext(ctx, `UPDATE payments SET state = 'REFUNDED', updated_at = now() WHERE id = $1 AND state = 'REFUNDING'`, p.ID)
		if err != nil {
			return err
		}
		if fresh, err := result.RowsAffected(); fresh == 0 || err != nil {
			return err
		}
		return s.remark(ctx, tx, o, model.OrderEventKindPaymentRefunded, p.money().String())
	})
}
