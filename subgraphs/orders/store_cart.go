package orders

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
)

// cartRow is a line of a cart as the table has it.
type cartRow struct {
	Variant   uuid.UUID      `db:"variant_id"`
	Quantity  int            `db:"quantity"`
	SeenPrice *int64         `db:"seen_price"`
	Currency  money.Currency `db:"currency"`
	UpdatedAt time.Time      `db:"updated_at"`
}

// cart returns the lines of a user's cart, in the order they were put there.
func (s *store) cart(ctx context.Context, user uuid.UUID) (rows []cartRow, err error) {
	err = s.db.SelectContext(ctx, &rows, `
		SELECT variant_id, quantity, seen_price, currency, updated_at FROM cart_lines WHERE user_id = $1 ORDER BY added_at, variant_id`, user)
	return rows, err
}

// fitsCart is whether a line has room in the cart: among 100, one of them perhaps
// its own.
const fitsCart = `(SELECT count(*) FROM cart_lines WHERE user_id = $1 AND variant_id <> $2) < 100`

// addToCart puts more of a variant into a cart; fits is false when it would be
// too much. It adds where it writes, so that of two at once neither is lost.
func (s *store) addToCart(ctx context.Context, user uuid.UUID, line requestLine, price money.Money) (fits bool, err error) {
	result, err := s.db.ExecContext(ctx, `
		INSERT INTO cart_lines AS c (user_id, variant_id, quantity, seen_price, currency) SELECT $1, $2, $3, $4, $5 WHERE `+fitsCart+`
		ON CONFLICT (user_id, variant_id) DO UPDATE
			SET quantity = c.quantity + excluded.quantity, seen_price = excluded.seen_price, currency = excluded.currency, updated_at = now()
			WHERE c.quantity + excluded.quantity <= 999`, user, line.variant, line.quantity, price.Minor, price.Currency)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// setCartLine sets how many of a variant are in a cart; fits is false when there
// are too many others.
func (s *store) setCartLine(ctx context.Context, user uuid.UUID, line requestLine, price money.Money) (fits bool, err error) {
	result, err := s.db.ExecContext(ctx, `
		INSERT INTO cart_lines (user_id, variant_id, quantity, seen_price, currency) SELECT $1, $2, $3, $4, $5 WHERE `+fitsCart+`
		ON CONFLICT (user_id, variant_id) DO UPDATE
			SET quantity = excluded.quantity, seen_price = excluded.seen_price, currency = excluded.currency, updated_at = now()`,
		user, line.variant, line.quantity, price.Minor, price.Currency)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// removeFromCart takes variants out of a cart, or everything.
func (s *store) removeFromCart(ctx context.Context, user uuid.UUID, variants id.List, all bool) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM cart_lines WHERE user_id = $1 AND (variant_id = ANY($2::uuid[]) OR $3)`, user, variants, all)
	return err
}
