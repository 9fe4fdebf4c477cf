package orders

import (
	"context"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/internal/postgres"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// An order has lines from its first moment on: they are written with it.
const selectWhole = `
	SELECT o.id, o.number, o.user_id, o.status, o.currency, o.total, o.tax, o.created_at, o.placed_at, o.payment_due_at, o.updated_at,
		l.id, l.product_id, l.variant_id, l.product_name, l.variant_name, l.sku, l.quantity, l.unit_price, l.total, l.tax_rate, l.tax
	FROM orders o JOIN order_lines l ON l.order_id = o.id
	WHERE o.id = ANY($1::uuid[]) ORDER BY o.id, l.position`

// whole returns those of the orders that exist, and their lines, with one
// statement at most.
func (s *store) whole(ctx context.Context, keys []uuid.UUID) (map[uuid.UUID]*model.Order, map[uuid.UUID][]*model.OrderLine, error) {
	orders, lines := make(map[uuid.UUID]*model.Order, len(keys)), make(map[uuid.UUID][]*model.OrderLine, len(keys))
	if len(keys) == 0 {
		return orders, lines, nil
	}
	err := postgres.Read(ctx, s.db, selectWhole, id.List(keys), func(r *postgres.Row) {
		o := row{
			ID: r.UUID(), Number: r.Int(), UserID: r.UUID(), Status: model.OrderStatus(r.Text()), Currency: money.Currency(r.Text()),
			Total: r.Int(), Tax: r.Int(), CreatedAt: r.Time(), PlacedAt: r.TimeOrNull(), DueAt: r.TimeOrNull(), UpdatedAt: r.Time(),
		}
		l := lineRow{
			ID: r.UUID(), ProductID: r.UUID(), VariantID: r.UUID(), ProductName: r.Text(), VariantName: r.Text(), SKU: r.Text(),
			Quantity: int(r.Int()), UnitPrice: r.Int(), Total: r.Int(), TaxRate: taxRate(r.Int()), Tax: r.Int(), Currency: o.Currency,
		}
		if orders[o.ID] == nil {
			orders[o.ID] = o.model()
		}
		lines[o.ID] = append(lines[o.ID], l.model())
	})
	return orders, lines, err
}
