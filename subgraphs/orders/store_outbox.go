package orders

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// The tasks of the outbox. What each asks is safe to ask again, so that a task is
// done once or more, and never not at all.
const (
	taskSettle  = "SETTLE"  // of an order: take its stock and decide it
	taskRelease = "RELEASE" // of an order: give its stock back
	taskCollect = "COLLECT" // of a payment: have the provider begin it
	taskRefund  = "REFUND"  // of a payment: have the provider give it back
)

// task is a row of the outbox.
type task struct {
	Task     string    `db:"task"`
	Subject  uuid.UUID `db:"subject"`
	OrderID  uuid.UUID `db:"order_id"`
	Attempts int       `db:"attempts"`
}

// lease is for how long a task, or a delivery, is one worker's alone; should the
// worker die, another has it then.
const lease = 20 * time.Second

// takeTasks returns tasks that are due, for this worker alone.
func (s *store) takeTasks(ctx context.Context, most int) (tasks []task, err error) {
	err = s.db.SelectContext(ctx, &tasks, `
		UPDATE outbox SET attempts = attempts + 1, due_at = now() + make_interval(secs => $2)
		WHERE (task, subject) IN (SELECT task, subject FROM outbox WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
		RETURNING task, subject, order_id, attempts`, most, lease.Seconds())
	return tasks, err
}

// done takes a task out of the outbox; failed has it tried again, later and
// later, up to five minutes.
func (s *store) done(ctx context.Context, t task) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM outbox WHERE task = $1 AND subject = $2`, t.Task, t.Subject)
	return err
}

func (s *store) failed(ctx context.Context, t task, why error) error {
	_, err := s.db.ExecContext(ctx, `
		UPDATE outbox SET last_error = $3, due_at = now() + least(interval '5 minutes', interval '1 second' * 2 ^ least(attempts, 10))
		WHERE task = $1 AND subject = $2`, t.Task, t.Subject, why.Error())
	return err
}

// unpaid returns placed orders whose time to be paid is over. One that is being
// paid at this moment has an hour more.
func (s *store) unpaid(ctx context.Context, most int) (orders []uuid.UUID, err error) {
	err = s.db.SelectContext(ctx, &orders, `
		SELECT id FROM orders o WHERE payment_due_at < now() AND NOT EXISTS (
			SELECT FROM payments WHERE order_id = o.id AND state = 'PENDING' AND created_at > now() - interval '1 hour')
		ORDER BY payment_due_at LIMIT $1`, most)
	return orders, err
}

// payment returns a payment, nil when there is none.
func (s *store) payment(ctx context.Context, key uuid.UUID) (*paymentRow, error) {
	return onePayment(ctx, s.db, `SELECT `+paymentColumns+` FROM payments WHERE id = $1`, key)
}

// collected writes down that the provider knows of a payment.
func (s *store) collected(ctx context.Context, key uuid.UUID, reference, continueURL string) error {
	_, err := s.db.ExecContext(ctx, `
		WITH done AS (DELETE FROM outbox WHERE task = 'COLLECT' AND subject = $1)
		UPDATE payments SET reference = $2, continue_url = nullif($3, ''), updated_at = now() WHERE id = $1 AND reference IS NULL`,
		key, reference, continueURL)
	return err
}

func (p paymentRow) money() money.Money { return money.Money{Minor: p.Amount, Currency: p.Currency} }

// isOver says whether the order's payment can no longer come to anything but a
// refund.
func isOver(s model.OrderStatus) bool { return s != model.OrderStatusPlaced }
