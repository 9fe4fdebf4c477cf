package orders

import (
	"context"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/columns"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/internal/postgres"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// wholeRow is a line with its order.
type wholeRow struct {
	order row
	line  lineRow
}

// selectWhole reads orders with their lines. An order has lines from its first
// moment on: they are written with it. What the shop's rules look at is always
// read.
var selectWhole = columns.New(`
	FROM orders o JOIN order_lines l ON l.order_id = o.id
	WHERE o.id = ANY($1::uuid[]) ORDER BY o.id, l.position`,
	`Order.id Order.number Order.status Order.customer Order.lines Order.total Order.timeline Order.payments Order.shipment
	 OrderLine.product OrderLine.quantity OrderLine.unitPrice`,
	columns.Of("o.id", func(w *wholeRow, r *postgres.Row) { w.order.ID = r.UUID() }),
	columns.Of("o.number", func(w *wholeRow, r *postgres.Row) { w.order.Number = r.Int() }),
	columns.Of("o.user_id", func(w *wholeRow, r *postgres.Row) { w.order.UserID = r.UUID() }),
	columns.Of("o.status", func(w *wholeRow, r *postgres.Row) { w.order.Status = model.OrderStatus(r.Text()) }),
	columns.Of("o.currency", func(w *wholeRow, r *postgres.Row) { w.order.Currency = money.Currency(r.Text()) }),
	columns.Of("o.total", func(w *wholeRow, r *postgres.Row) { w.order.Total = r.Int() }),
	columns.Of("o.tax", func(w *wholeRow, r *postgres.Row) { w.order.Tax = r.Int() }, "Order.tax", "Order.netTotal"),
	columns.Of("o.created_at", func(w *wholeRow, r *postgres.Row) { w.order.CreatedAt = r.Time() }, "Order.createdAt"),
	columns.Of("o.placed_at", func(w *wholeRow, r *postgres.Row) { w.order.PlacedAt = r.TimeOrNull() }, "Order.placedAt"),
	columns.Of("o.payment_due_at", func(w *wholeRow, r *postgres.Row) { w.order.DueAt = r.TimeOrNull() }, "Order.paymentDueAt"),
	columns.Of("o.updated_at", func(w *wholeRow, r *postgres.Row) { w.order.UpdatedAt = r.Time() }, "Order.updatedAt"),
	columns.Of("l.product_id", func(w *wholeRow, r *postgres.Row) { w.line.ProductID = r.UUID() }),
	columns.Of("l.quantity", func(w *wholeRow, r *postgres.Row) { w.line.Quantity = int(r.Int()) }),
	columns.Of("l.unit_price", func(w *wholeRow, r *postgres.Row) { w.line.UnitPrice = r.Int() }),
	columns.Of("l.id", func(w *wholeRow, r *postgres.Row) { w.line.ID = r.UUID() }, "OrderLine.id"),
	columns.Of("l.variant_id", func(w *wholeRow, r *postgres.Row) { w.line.VariantID = r.UUID() }, "OrderLine.variant"),
	columns.Of("l.product_name", func(w *wholeRow, r *postgres.Row) { w.line.ProductName = r.Text() }, "OrderLine.productName"),
	columns.Of("l.variant_name", func(w *wholeRow, r *postgres.Row) { w.line.VariantName = r.Text() }, "OrderLine.variantName"),
	columns.Of("l.sku", func(w *wholeRow, r *postgres.Row) { w.line.SKU = r.Text() }, "OrderLine.sku"),
	columns.Of("l.total", func(w *wholeRow, r *postgres.Row) { w.line.Total = r.Int() }, "OrderLine.total", "OrderLine.netTotal"),
	columns.Of("l.tax_rate", func(w *wholeRow, r *postgres.Row) { w.line.TaxRate = taxRate(r.Int()) }, "OrderLine.taxRate"),
	columns.Of("l.tax", func(w *wholeRow, r *postgres.Row) { w.line.Tax = r.Int() }, "OrderLine.tax", "OrderLine.netTotal"),
)

// whole returns those of the orders that exist, and their lines, with one
// statement at most.
func (s *store) whole(ctx context.Context, keys []uuid.UUID) (map[uuid.UUID]*model.Order, map[uuid.UUID][]*model.OrderLine, error) {
	orders, lines := make(map[uuid.UUID]*model.Order, len(keys)), make(map[uuid.UUID][]*model.OrderLine, len(keys))
	if len(keys) == 0 {
		return orders, lines, nil
	}
	err := selectWhole.Read(ctx, s.db, id.List(keys), func(w *wholeRow) {
		key := w.order.ID
		if orders[key] == nil {
			orders[key] = w.order.model()
		}
		w.line.Currency = w.order.Currency
		lines[key] = append(lines[key], w.line.model())
	})
	return orders, lines, err
}
