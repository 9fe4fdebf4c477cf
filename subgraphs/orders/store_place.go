package orders

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
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

const begunColumns = orderColumns + `, request_hash, rejection`

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
	return oneOrder(ctx, s.db, query, args...)
}

// oneOrder returns the order that the query finds, nil when it finds none.
func oneOrder(ctx context.Context, q sqlx.QueryerContext, query string, args ...any) (*begunOrder, error) {
	var o begunOrder
	err := sqlx.GetContext(ctx, q, &o, query, args...)
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

// begin writes the order with its lines, PENDING, and what has to be done for it
// should the request that begins it die; and returns it, or the one that another
// request has begun under the key meanwhile.
func (s *store) begin(ctx context.Context, o *order) (*begunOrder, error) {
	var ids, products, variants id.List
	var productNames, variantNames, skus pq.StringArray
	var quantities, prices, totals, rates, taxes, inputs pq.Int64Array
	for _, l := range o.lines {
		ids, products, variants = append(ids, l.id), append(products, l.product), append(variants, l.variant)
		productNames, variantNames, skus = append(productNames, l.productName), append(variantNames, l.variantName), append(skus, l.sku)
		quantities, prices, totals = append(quantities, int64(l.quantity)), append(prices, l.unitPrice.Minor), append(totals, l.total.Minor)
		rates, taxes = append(rates, int64(l.taxRate)), append(taxes, l.tax.Minor)
		inputs = append(inputs, int64(*l.input))
	}
	written, err := s.one(ctx, `
		WITH begun AS (
			INSERT INTO orders (id, user_id, status, currency, total, tax, from_cart, idempotency_key, request_hash)
			VALUES ($1, $2, 'PENDING', $3, $4, $5, $6, $7, $8)
			ON CONFLICT (user_id, idempotency_key) DO NOTHING
			RETURNING `+begunColumns+`, from_cart
		), lines AS (
			INSERT INTO order_lines (id, order_id, position, product_id, variant_id, product_name, variant_name, sku, quantity, unit_price, total, tax_rate, tax, input)
			SELECT l.id, begun.id, l.position, l.product_id, l.variant_id, l.product_name, l.variant_name, l.sku, l.quantity, l.unit_price, l.total, l.tax_rate, l.tax,
				CASE WHEN NOT begun.from_cart THEN l.input END
			FROM begun, unnest($9::uuid[], $10::uuid[], $11::uuid[], $12::text[], $13::text[], $14::text[], $15::integer[], $16::bigint[], $17::bigint[], $18::integer[], $19::bigint[], $20::smallint[])
				WITH ORDINALITY AS l (id, product_id, variant_id, product_name, variant_name, sku, quantity, unit_price, total, tax_rate, tax, input, position)
		), work AS (
			INSERT INTO outbox (task, subject, order_id, due_at) SELECT 'SETTLE', id, id, now() + make_interval(secs => $21) FROM begun
		)
		SELECT `+begunColumns+` FROM begun`,
		o.id, o.user, o.total.Currency, o.total.Minor, o.tax.Minor, o.fromCart, o.key, o.hash,
		ids, products, variants, productNames, variantNames, skus, quantities, prices, totals, rates, taxes, inputs, s.patience.Seconds())
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
			input: r.Input, taxRate: r.TaxRate, tax: money.Money{Minor: r.Tax, Currency: r.Currency},
		})
	}
	return o, err
}

// placed makes a pending order PLACED, and reject makes it REJECTED. Of two that
// decide at once the first does; both get the order as it is then.
func (s *store) placed(ctx context.Context, o *begunOrder) (*begunOrder, error) {
	return s.decide(ctx, change{
		order: o.ID, from: from(model.OrderStatusPlaced, bySystem), to: model.OrderStatusPlaced,
		kind: model.OrderEventKindPlaced, by: customerOf(o.UserID),
	})
}

// reject may leave tasks behind: to make sure that no stock stays held.
func (s *store) reject(ctx context.Context, order uuid.UUID, why rejection, tasks ...string) (*begunOrder, error) {
	text, err := json.Marshal(why)
	if err != nil {
		return nil, err
	}
	return s.decide(ctx, change{
		order: order, from: from(model.OrderStatusRejected, bySystem), to: model.OrderStatusRejected,
		kind: model.OrderEventKindRejected, by: system, rejection: sql.NullString{String: string(text), Valid: true}, tasks: tasks,
	})
}

func (s *store) decide(ctx context.Context, c change) (*begunOrder, error) {
	decided, err := s.change(ctx, s.db, c)
	if decided != nil || err != nil {
		return decided, err
	}
	return s.get(ctx, c.order)
}

// get returns the order, nil when there is none.
func (s *store) get(ctx context.Context, order uuid.UUID) (*begunOrder, error) {
	return s.one(ctx, `SELECT `+begunColumns+` FROM orders WHERE id = $1`, order)
}
