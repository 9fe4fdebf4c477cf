package orders

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// begunOrder is an order with what tells whether it is the one that is asked
// for, and why it was rejected.
type begunOrder struct {
	row
	RequestHash []byte    `db:"request_hash"`
	Rejection   rejection `db:"rejection"`
}

const begunColumns = columns + `, request_hash, rejection`

// rejection is kept as JSON.
type rejection []*model.OrderUserError

// Scan implements sql.Scanner.
func (r *rejection) Scan(value any) error {
	if value == nil {
		*r = nil
		return nil
	}
	text, ok := value.([]byte)
	if !ok {
		return errors.New("a rejection is not JSON")
	}
	return json.Unmarshal(text, r)
}

func (s *store) one(ctx context.Context, query string, args ...any) (*begunOrder, error) {
	var o begunOrder
	err := s.db.GetContext(ctx, &o, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &o, err
}

// begun returns the order that the user began under this key, nil when there is
// none.
func (s *store) begun(ctx context.Context, user uuid.UUID, key string) (*begunOrder, error) {
	return s.one(ctx, `SELECT `+begunColumns+` FROM orders WHERE user_id = $1 AND idempotency_key = $2`, user, key)
}

// begin writes the order with its lines, PENDING, and returns it; or the one
// that another request has begun under the key meanwhile.
func (s *store) begin(ctx context.Context, o *order) (*begunOrder, error) {
	var ids, products, variants id.List
	var productNames, variantNames, skus pq.StringArray
	var quantities, prices, totals pq.Int64Array
	for _, l := range o.lines {
		ids, products, variants = append(ids, l.id), append(products, l.product), append(variants, l.variant)
		productNames, variantNames, skus = append(productNames, l.productName), append(variantNames, l.variantName), append(skus, l.sku)
		quantities, prices, totals = append(quantities, int64(l.quantity)), append(prices, l.unitPrice.Minor), append(totals, l.total.Minor)
	}
	written, err := s.one(ctx, `
		WITH begun AS (
			INSERT INTO orders (id, user_id, status, currency, total, idempotency_key, request_hash)
			VALUES ($1, $2, 'PENDING', $3, $4, $5, $6)
			ON CONFLICT (user_id, idempotency_key) DO NOTHING
			RETURNING `+begunColumns+`
		), lines AS (
			INSERT INTO order_lines (id, order_id, position, product_id, variant_id, product_name, variant_name, sku, quantity, unit_price, total)
			SELECT l.id, begun.id, l.position, l.product_id, l.variant_id, l.product_name, l.variant_name, l.sku, l.quantity, l.unit_price, l.total
			FROM begun, unnest($7::uuid[], $8::uuid[], $9::uuid[], $10::text[], $11::text[], $12::text[], $13::integer[], $14::bigint[], $15::bigint[])
				WITH ORDINALITY AS l (id, product_id, variant_id, product_name, variant_name, sku, quantity, unit_price, total, position)
		)
		SELECT * FROM begun`,
		o.id, o.user, o.total.Currency, o.total.Minor, o.key, o.hash,
		ids, products, variants, productNames, variantNames, skus, quantities, prices, totals)
	if written != nil || err != nil {
		return written, err
	}
	return s.begun(ctx, o.user, o.key)
}

// pending returns an order that was begun as it was written.
func (s *store) pending(ctx context.Context, begun *begunOrder) (*order, error) {
	rows, err := s.lineRows(ctx, []uuid.UUID{begun.ID})
	o := &order{id: begun.ID, user: begun.UserID, hash: begun.RequestHash, total: money.Money{Minor: begun.Total, Currency: begun.Currency}}
	for _, r := range rows {
		o.lines = append(o.lines, orderLine{
			id: r.ID, product: r.ProductID, variant: r.VariantID, productName: r.ProductName, variantName: r.VariantName, sku: r.SKU,
			quantity: r.Quantity, unitPrice: money.Money{Minor: r.UnitPrice, Currency: r.Currency}, total: money.Money{Minor: r.Total, Currency: r.Currency},
		})
	}
	return o, err
}

// placed makes a pending order PLACED, and reject makes it REJECTED. Of two that
// decide at once the first does; both get the order as it is then.
func (s *store) placed(ctx context.Context, orderID uuid.UUID) (*begunOrder, error) {
	return s.decide(ctx, orderID, `status = 'PLACED', placed_at = now()`)
}

func (s *store) reject(ctx context.Context, orderID uuid.UUID, why rejection) (*begunOrder, error) {
	text, err := json.Marshal(why)
	if err != nil {
		return nil, err
	}
	return s.decide(ctx, orderID, `status = 'REJECTED', rejection = $2`, string(text))
}

func (s *store) decide(ctx context.Context, orderID uuid.UUID, set string, args ...any) (*begunOrder, error) {
	decided, err := s.one(ctx, `
		UPDATE orders SET `+set+`, updated_at = now() WHERE id = $1 AND status = 'PENDING'
		RETURNING `+begunColumns, append([]any{orderID}, args...)...)
	if decided != nil || err != nil {
		return decided, err
	}
	return s.one(ctx, `SELECT `+begunColumns+` FROM orders WHERE id = $1`, orderID)
}
