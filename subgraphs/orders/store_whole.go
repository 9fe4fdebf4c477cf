package orders

import (
	"context"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// An order has lines from its first moment on: they are written with it.
const selectWhole = `
	SELECT o.id, o.number, o.user_id, o.status, o.currency, o.total, o.tax, o.created_at, o.placed_at, o.payment_due_at, o.updated_at,
		l.id, l.product_id, l.variant_id, l.product_name, l.variant_name, l.sku, l.quantity, l.unit_price, l.total, l.tax_rate, l.tax
	FROM orders o JOIN order_lines l ON l.order_id = o.id
	WHERE o.id = ANY($1::uuid[]) ORDER BY o.id, l.position`

// whole returns those of the orders that exist, and their lines, with one
// statement at most. It is the shop's most frequent read, so the rows are scanned
// without reflection.
func (s *store) whole(ctx context.Context, keys []uuid.UUID) (map[uuid.UUID]*model.Order, map[uuid.UUID][]*model.OrderLine, error) {
	orders, lines := make(map[uuid.UUID]*model.Order, len(keys)), make(map[uuid.UUID][]*model.OrderLine, len(keys))
	if len(keys) == 0 {
		return orders, lines, nil
	}
	rows, err := s.db.QueryContext(ctx, selectWhole, id.List(keys))
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	var o row
	var l lineRow
	columns := []any{
		&o.ID, &o.Number, &o.UserID, &o.Status, &o.Currency, &o.Total, &o.Tax, &o.CreatedAt, &o.PlacedAt, &o.DueAt, &o.UpdatedAt,
		&l.ID, &l.ProductID, &l.VariantID, &l.ProductName, &l.VariantName, &l.SKU, &l.Quantity, &l.UnitPrice, &l.Total, &l.TaxRate, &l.Tax,
	}
	for rows.Next() {
		if err := rows.Scan(columns...); err != nil {
			return nil, nil, err
		}
		if orders[o.ID] == nil {
			orders[o.ID] = o.model()
		}
		l.Currency = o.Currency
		lines[o.ID] = append(lines[o.ID], l.model())
	}
	return orders, lines, rows.Err()
}
