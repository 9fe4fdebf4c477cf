package products

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/model"
)

// adjust moves stock by hand, once for each key. The row of the stock is locked
// first, so that of two with one key the second finds what the first wrote.
func (s *store) adjust(ctx context.Context, a adjustment) (faults []*model.ProductUserError, err error) {
	tx, err := s.db.BeginTxx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	var stock struct {
		OnHand   int `db:"on_hand"`
		Reserved int `db:"reserved"`
	}
	err = tx.GetContext(ctx, &stock, `SELECT on_hand, reserved FROM stock WHERE variant_id = $1 FOR UPDATE`, a.variant)
	if errors.Is(err, sql.ErrNoRows) {
		return []*model.ProductUserError{variantNotFound("variantId")}, nil
	}
	if err != nil {
		return nil, err
	}
	if done, faults, err := adjusted(ctx, tx, a); done || len(faults) > 0 || err != nil {
		return faults, err
	}
	switch {
	case stock.OnHand+a.change < stock.Reserved:
		return []*model.ProductUserError{fault(model.ProductUserErrorCodeInsufficientStock, "less would be there than is held for orders", "change")}, nil
	case stock.OnHand+a.change > maxOnHand:
		return []*model.ProductUserError{fault(model.ProductUserErrorCodeInvalidQuantity, "more would be there than the shop can count", "change")}, nil
	}
	_, err = tx.ExecContext(ctx, `
		WITH moved AS (UPDATE stock SET on_hand = on_hand + $2 WHERE variant_id = $1)
		INSERT INTO stock_movements (variant_id, kind, on_hand_delta, reserved_delta, reference, note, actor_id)
		VALUES ($1, $3, $2, 0, $4, $5, $6)`, a.variant, a.change, a.kind, a.key, a.note, a.actor)
	if taken := pq.As(err, pqerror.UniqueViolation); taken != nil { // by a change of another variant, at this moment
		return keyReused(), nil
	}
	if err != nil {
		return nil, err
	}
	return nil, tx.Commit()
}

// adjusted says whether the movement was made before, or another under its key.
func adjusted(ctx context.Context, tx *sqlx.Tx, a adjustment) (done bool, faults []*model.ProductUserError, err error) {
	var before struct {
		Variant uuid.UUID `db:"variant_id"`
		Kind    string    `db:"kind"`
		Change  int       `db:"on_hand_delta"`
	}
	err = tx.GetContext(ctx, &before, `SELECT variant_id, kind, on_hand_delta FROM stock_movements WHERE actor_id = $1 AND reference = $2`, a.actor, a.key)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil, nil
	case err != nil:
		return false, nil, err
	case before.Variant == a.variant && before.Kind == a.kind && before.Change == a.change:
		return true, nil, nil
	}
	return false, keyReused(), nil
}

func keyReused() []*model.ProductUserError {
	return []*model.ProductUserError{
		fault(model.ProductUserErrorCodeIdempotencyKeyReused, "the key was used for another change of stock; take a new one", "idempotencyKey"),
	}
}

// movementsOf returns a part of the ledgers of these variants, newest first: one
// walk of the index for each variant, in one statement.
func (s *store) movementsOf(ctx context.Context, variants []uuid.UUID, p ledgerPage) (map[uuid.UUID][]*model.StockMovement, error) {
	var rows []struct {
		ID        int64         `db:"id"`
		Variant   uuid.UUID     `db:"variant_id"`
		Order     uuid.NullUUID `db:"order_id"`
		Actor     uuid.NullUUID `db:"actor_id"`
		Kind      string        `db:"kind"`
		OnHand    int           `db:"on_hand_delta"`
		Reserved  int           `db:"reserved_delta"`
		Note      string        `db:"note"`
		CreatedAt time.Time     `db:"created_at"`
	}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT m.* FROM unnest($1::uuid[]) AS v (id) CROSS JOIN LATERAL (
			SELECT id, variant_id, order_id, actor_id, kind, on_hand_delta, reserved_delta, note, created_at
			FROM stock_movements WHERE variant_id = v.id AND id < $2 ORDER BY id DESC LIMIT $3
		) m ORDER BY m.variant_id, m.id DESC`, id.List(variants), p.after, p.first)
	found := map[uuid.UUID][]*model.StockMovement{}
	for _, r := range rows {
		m := &model.StockMovement{
			ID: movementID(r.ID), Kind: model.StockMovementKind(r.Kind), OnHandChange: r.OnHand, ReservedChange: r.Reserved, Note: r.Note, CreatedAt: r.CreatedAt,
			OrderID: formatOrNil(id.Order, r.Order), ActorID: formatOrNil(id.User, r.Actor),
		}
		found[r.Variant] = append(found[r.Variant], m)
	}
	return found, err
}

func formatOrNil(kind id.Kind, key uuid.NullUUID) *string {
	if !key.Valid {
		return nil
	}
	text := kind.Format(key.UUID)
	return &text
}
