package orders

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// What hangs on orders, read for many of them with one statement each.

// eventRow is an event as the table has it.
type eventRow struct {
	ID        uuid.UUID            `db:"id"`
	OrderID   uuid.UUID            `db:"order_id"`
	Sequence  int                  `db:"sequence"`
	Kind      model.OrderEventKind `db:"kind"`
	Status    model.OrderStatus    `db:"status"`
	Actor     model.OrderActor     `db:"actor"`
	ActorID   uuid.NullUUID        `db:"actor_id"`
	Note      string               `db:"note"`
	CreatedAt time.Time            `db:"created_at"`
}

func (r eventRow) model(withActor bool) *model.OrderEvent {
	e := &model.OrderEvent{ID: id.Event.Format(r.ID), Kind: r.Kind, Status: r.Status, Actor: r.Actor, Note: r.Note, CreatedAt: r.CreatedAt}
	if withActor && r.ActorID.Valid {
		text := id.User.Format(r.ActorID.UUID)
		e.ActorID = &text
	}
	return e
}

// events returns the timelines of these orders.
func (s *store) events(ctx context.Context, orders []uuid.UUID) (map[uuid.UUID][]eventRow, error) {
	var rows []eventRow
	err := s.db.SelectContext(ctx, &rows, `
		SELECT id, order_id, sequence, kind, status, actor, actor_id, note, created_at
		FROM order_events WHERE order_id = ANY($1::uuid[]) ORDER BY order_id, sequence`, id.List(orders))
	found := make(map[uuid.UUID][]eventRow, len(orders))
	for _, r := range rows {
		found[r.OrderID] = append(found[r.OrderID], r)
	}
	return found, err
}

// paymentRow is a payment as the table has it.
type paymentRow struct {
	ID          uuid.UUID          `db:"id"`
	OrderID     uuid.UUID          `db:"order_id"`
	Method      string             `db:"method"`
	Amount      int64              `db:"amount"`
	Currency    money.Currency     `db:"currency"`
	State       model.PaymentState `db:"state"`
	Reference   *string            `db:"reference"`
	ContinueURL *string            `db:"continue_url"`
	Failure     *string            `db:"failure"`
	CreatedAt   time.Time          `db:"created_at"`
	UpdatedAt   time.Time          `db:"updated_at"`
}

const paymentColumns = `id, order_id, method, amount, currency, state, reference, continue_url, failure, created_at, updated_at`

func (r paymentRow) model() *model.Payment {
	p := &model.Payment{
		ID: id.Payment.Format(r.ID), State: r.State, Amount: &money.Money{Minor: r.Amount, Currency: r.Currency},
		Failure: r.Failure, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
	if r.State == model.PaymentStatePending {
		p.ContinueURL = r.ContinueURL
	}
	return p
}

// paymentsOf returns the payments of these orders.
func (s *store) paymentsOf(ctx context.Context, orders []uuid.UUID) (map[uuid.UUID][]paymentRow, error) {
	var rows []paymentRow
	err := s.db.SelectContext(ctx, &rows, `
		SELECT `+paymentColumns+` FROM payments WHERE order_id = ANY($1::uuid[]) ORDER BY order_id, id`, id.List(orders))
	found := make(map[uuid.UUID][]paymentRow, len(orders))
	for _, r := range rows {
		found[r.OrderID] = append(found[r.OrderID], r)
	}
	return found, err
}

// shipment is a row of the table.
type shipment struct {
	OrderID        uuid.UUID  `db:"order_id"`
	Carrier        string     `db:"carrier"`
	TrackingNumber string     `db:"tracking_number"`
	TrackingURL    *string    `db:"tracking_url"`
	ShippedAt      time.Time  `db:"shipped_at"`
	DeliveredAt    *time.Time `db:"delivered_at"`
}

func (sh shipment) model() *model.Shipment {
	return &model.Shipment{
		Carrier: sh.Carrier, TrackingNumber: sh.TrackingNumber, TrackingURL: sh.TrackingURL, ShippedAt: sh.ShippedAt, DeliveredAt: sh.DeliveredAt,
	}
}

func (sh shipment) insert(ctx context.Context, tx *sqlx.Tx, order uuid.UUID) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO shipments (order_id, carrier, tracking_number, tracking_url) VALUES ($1, $2, $3, $4)`,
		order, sh.Carrier, sh.TrackingNumber, sh.TrackingURL)
	return err
}

func shipmentArrived(ctx context.Context, tx *sqlx.Tx, order uuid.UUID) error {
	_, err := tx.ExecContext(ctx, `UPDATE shipments SET delivered_at = now() WHERE order_id = $1`, order)
	return err
}

// shipments returns those of these orders that were sent.
func (s *store) shipments(ctx context.Context, orders []uuid.UUID) (map[uuid.UUID]*model.Shipment, error) {
	var rows []shipment
	err := s.db.SelectContext(ctx, &rows, `
		SELECT order_id, carrier, tracking_number, tracking_url, shipped_at, delivered_at
		FROM shipments WHERE order_id = ANY($1::uuid[])`, id.List(orders))
	found := make(map[uuid.UUID]*model.Shipment, len(orders))
	for _, r := range rows {
		found[r.OrderID] = r.model()
	}
	return found, err
}
