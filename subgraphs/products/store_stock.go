package products

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/shopgraph/shopgraph/subgraphs/products/internal/model"
)

// reservation is a row of the table.
type reservation struct {
	OrderID     uuid.UUID                   `db:"order_id"`
	State       model.StockReservationState `db:"state"`
	RequestHash []byte                      `db:"request_hash"`
	Refusal     refusals                    `db:"refusal"`
	ExpiresAt   time.Time                   `db:"expires_at"`
}

const reservationColumns = `order_id, state, request_hash, refusal, expires_at`

// refusals are kept as JSON.
type refusals []*model.StockUserError

// Scan implements sql.Scanner.
func (r *refusals) Scan(value any) error {
	if value == nil {
		*r = nil
		return nil
	}
	text, ok := value.([]byte)
	if !ok {
		return errors.New("a refusal is not JSON")
	}
	return json.Unmarshal(text, r)
}

// inTx runs one step of a reservation in a transaction.
func (s *store) inTx(ctx context.Context, step func(tx *sqlx.Tx) (*reservation, error)) (*reservation, error) {
	tx, err := s.db.BeginTxx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	r, err := step(tx)
	if err != nil {
		return nil, err
	}
	return r, tx.Commit()
}

// reserve holds the order's stock, or refuses and remembers why. When the order
// has a reservation already it returns that one as it is.
func (s *store) reserve(ctx context.Context, o order) (*reservation, error) {
	return s.inTx(ctx, func(tx *sqlx.Tx) (*reservation, error) {
		r, err := begin(ctx, tx, o)
		if err != nil {
			return nil, err
		}
		if r == nil {
			return lockReservation(ctx, tx, o.id)
		}
		offers, err := lockOffers(ctx, tx, o)
		if err != nil {
			return nil, err
		}
		if why := judge(o, offers); len(why) > 0 {
			return refuse(ctx, tx, o.id, why)
		}
		if err := insertLines(ctx, tx, o); err != nil {
			return nil, err
		}
		return r, move(ctx, tx, o.id, reserved)
	})
}

// confirm sells what is held; it returns nil when the order has no reservation.
func (s *store) confirm(ctx context.Context, orderID uuid.UUID) (*reservation, error) {
	return s.inTx(ctx, func(tx *sqlx.Tx) (*reservation, error) {
		r, err := lockReservation(ctx, tx, orderID)
		if err != nil || r == nil || r.State != model.StockReservationStateHeld {
			return r, err
		}
		return change(ctx, tx, r, model.StockReservationStateConfirmed, sold)
	})
}

// release gives back what is held or sold. An order without a reservation gets
// one that is released, so that a reserve which comes late finds it closed.
func (s *store) release(ctx context.Context, orderID uuid.UUID) (*reservation, error) {
	return s.inTx(ctx, func(tx *sqlx.Tx) (*reservation, error) {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO reservations (order_id, state, expires_at) VALUES ($1, 'RELEASED', now())
			ON CONFLICT (order_id) DO NOTHING`, orderID)
		if err != nil {
			return nil, err
		}
		r, err := lockReservation(ctx, tx, orderID)
		if err != nil {
			return nil, err
		}
		switch r.State {
		case model.StockReservationStateHeld:
			return change(ctx, tx, r, model.StockReservationStateReleased, released)
		case model.StockReservationStateConfirmed:
			return change(ctx, tx, r, model.StockReservationStateReleased, returned)
		}
		return r, nil
	})
}

// expire gives back what was held for too long, one order's after the other, and
// returns how many orders those were. One that is being confirmed at this moment
// is passed over: whoever locks it first decides.
func (s *store) expire(ctx context.Context, most int) (done int, err error) {
	for done < most {
		r, err := s.inTx(ctx, func(tx *sqlx.Tx) (*reservation, error) {
			r, err := one(ctx, tx, `SELECT `+reservationColumns+` FROM reservations
				WHERE state = 'HELD' AND expires_at < now() ORDER BY expires_at LIMIT 1 FOR UPDATE SKIP LOCKED`)
			if err != nil || r == nil {
				return nil, err
			}
			return change(ctx, tx, r, model.StockReservationStateExpired, expired)
		})
		if err != nil || r == nil {
			return done, err
		}
		done++
	}
	return done, nil
}

// begin makes the order's reservation, and returns nil when there is one. Two
// that try at once are put in sequence by the primary key: the second waits for
// the first to be decided.
func begin(ctx context.Context, tx *sqlx.Tx, o order) (*reservation, error) {
	return one(ctx, tx, `
		INSERT INTO reservations (order_id, state, request_hash, expires_at)
		VALUES ($1, 'HELD', $2, now() + make_interval(secs => $3))
		ON CONFLICT (order_id) DO NOTHING
		RETURNING `+reservationColumns, o.id, o.hash(), o.hold.Seconds())
}

func lockReservation(ctx context.Context, tx *sqlx.Tx, orderID uuid.UUID) (*reservation, error) {
	return one(ctx, tx, `SELECT `+reservationColumns+` FROM reservations WHERE order_id = $1 FOR UPDATE`, orderID)
}

func refuse(ctx context.Context, tx *sqlx.Tx, orderID uuid.UUID, why refusals) (*reservation, error) {
	text, err := json.Marshal(why)
	if err != nil {
		return nil, err
	}
	return one(ctx, tx, `
		UPDATE reservations SET state = 'REFUSED', refusal = $2, updated_at = now() WHERE order_id = $1
		RETURNING `+reservationColumns, orderID, string(text))
}

// one returns the row, nil when there is none.
func one(ctx context.Context, tx *sqlx.Tx, query string, args ...any) (*reservation, error) {
	var r reservation
	err := tx.GetContext(ctx, &r, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &r, err
}

// lockOffers reads what there is of the order's variants and keeps others from
// taking it until the transaction ends. Locks are taken in the order of the ids,
// everywhere, so that two orders of the same things wait for each other and
// never both.
func lockOffers(ctx context.Context, tx *sqlx.Tx, o order) (map[uuid.UUID]offer, error) {
	var rows []offer
	err := tx.SelectContext(ctx, &rows, `
		SELECT s.variant_id, s.on_hand - s.reserved AS available, p.status = 'ACTIVE' AS on_sale, m.amount
		FROM stock s
		JOIN variants v ON v.id = s.variant_id
		JOIN products p ON p.id = v.product_id
		LEFT JOIN variant_prices m ON m.variant_id = v.id AND m.currency = $2
		WHERE s.variant_id = ANY($1::uuid[])
		ORDER BY s.variant_id
		FOR UPDATE OF s`, o.variants(), o.lines[0].price.Currency)
	offers := make(map[uuid.UUID]offer, len(rows))
	for _, row := range rows {
		offers[row.Variant] = row
	}
	return offers, err
}

func insertLines(ctx context.Context, tx *sqlx.Tx, o order) error {
	quantities := make(pq.Int64Array, len(o.lines))
	for i, line := range o.lines {
		quantities[i] = int64(line.quantity)
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO reservation_lines (order_id, variant_id, quantity)
		SELECT $1, * FROM unnest($2::uuid[], $3::integer[])`, o.id, o.variants(), quantities)
	return err
}

// movement is what one unit of a reservation does to the stock.
type movement struct {
	kind             string
	onHand, reserved int
}

var (
	reserved = movement{"RESERVED", 0, +1}
	released = movement{"RELEASED", 0, -1}
	expired  = movement{"EXPIRED", 0, -1}
	sold     = movement{"SOLD", -1, -1}
	returned = movement{"RETURNED", +1, 0}
)

// change moves the stock of a reservation and sets its state.
func change(ctx context.Context, tx *sqlx.Tx, r *reservation, state model.StockReservationState, m movement) (*reservation, error) {
	var locked []uuid.UUID
	err := tx.SelectContext(ctx, &locked, `
		SELECT s.variant_id FROM stock s JOIN reservation_lines l ON l.variant_id = s.variant_id
		WHERE l.order_id = $1 ORDER BY s.variant_id FOR UPDATE OF s`, r.OrderID)
	if err != nil {
		return nil, err
	}
	if err := move(ctx, tx, r.OrderID, m); err != nil {
		return nil, err
	}
	return one(ctx, tx, `
		UPDATE reservations SET state = $2, updated_at = now() WHERE order_id = $1
		RETURNING `+reservationColumns, r.OrderID, state)
}

// move changes the stock of a reservation's lines, which the transaction has
// locked, and writes the ledger.
func move(ctx context.Context, tx *sqlx.Tx, orderID uuid.UUID, m movement) error {
	_, err := tx.ExecContext(ctx, `
		WITH lines AS (
			SELECT variant_id, $3::integer * quantity AS on_hand, $4::integer * quantity AS reserved
			FROM reservation_lines WHERE order_id = $1
		), moved AS (
			UPDATE stock s SET on_hand = s.on_hand + l.on_hand, reserved = s.reserved + l.reserved
			FROM lines l WHERE s.variant_id = l.variant_id
		)
		INSERT INTO stock_movements (variant_id, order_id, kind, on_hand_delta, reserved_delta)
		SELECT variant_id, $1, $2, on_hand, reserved FROM lines`, orderID, m.kind, m.onHand, m.reserved)
	return err
}
