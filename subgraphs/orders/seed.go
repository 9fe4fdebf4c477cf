package orders

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/demodata"
)

// Seed fills an empty database with the demo's orders; demodata.ErrNotEmpty when
// it has any. progress is told how many of them are written.
func Seed(ctx context.Context, db *sqlx.DB, size demodata.Size, progress func(done int)) error {
	return demodata.Fill(ctx, db, []demodata.Table{
		{
			Name: "orders",
			Columns: []string{"id", "number", "user_id", "status", "currency", "total", "tax", "version", "idempotency_key", "request_hash",
				"created_at", "placed_at", "updated_at"},
			Rows: func(yield func([]any) bool) { orderRows(size, progress, yield) },
		},
		{
			Name: "order_lines",
			Columns: []string{"id", "order_id", "position", "product_id", "variant_id", "product_name", "variant_name", "sku",
				"quantity", "unit_price", "total", "tax_rate", "tax", "input"},
			Rows: func(yield func([]any) bool) { lineRows(size, yield) },
		},
		{
			Name:    "order_events",
			Columns: []string{"id", "order_id", "sequence", "kind", "status", "actor", "actor_id", "created_at"},
			Rows:    func(yield func([]any) bool) { eventRows(size, yield) },
		},
	}, func(tx *sql.Tx) error { // the next order's number follows
		_, err := tx.ExecContext(ctx, `SELECT setval(pg_get_serial_sequence('orders', 'number'), $1, false)`, demodata.FirstNumber+int64(size.Orders))
		return err
	})
}

func orderRows(size demodata.Size, progress func(done int), yield func([]any) bool) {
	for i, o := range size.EachOrder() {
		key, r := fmt.Sprintf("demo-%d", i), requestOf(o)
		if !yield([]any{o.ID, o.Number, o.User, "PLACED", string(o.Currency), o.Total.Minor, taxOf(o), 1, key, r.hash(), o.Placed, o.Placed, o.Placed}) {
			return
		}
		progress(i + 1)
	}
}

func lineRows(size demodata.Size, yield func([]any) bool) {
	for _, o := range size.EachOrder() {
		for n, l := range o.Lines {
			if !yield([]any{l.ID, o.ID, n + 1, l.Product, l.Variant.ID, l.ProductName, l.Variant.Name, l.Variant.SKU,
				l.Quantity, l.UnitPrice.Minor, l.Total.Minor, int(demoRate), demoRate.in(l.Total).Minor, n}) {
				return
			}
		}
	}
}

// demoRate is the tax on everything in the demo.
var demoRate = UsualTaxRates()["STANDARD"]

func taxOf(o demodata.Order) (tax int64) {
	for _, l := range o.Lines {
		tax += demoRate.in(l.Total).Minor
	}
	return tax
}

// eventRows say that the orders were placed. An event has the id of its order's
// first line, its last byte turned over: the same in each demo.
func eventRows(size demodata.Size, yield func([]any) bool) {
	for _, o := range size.EachOrder() {
		event := o.Lines[0].ID
		event[15] ^= 0xff
		if !yield([]any{event, o.ID, 1, "PLACED", "PLACED", "CUSTOMER", o.User, o.Placed}) {
			return
		}
	}
}

// requestOf is the request by which the order would have been placed.
func requestOf(o demodata.Order) *request {
	r := &request{user: o.User, currency: o.Currency}
	for i, line := range o.Lines {
		r.lines = append(r.lines, requestLine{line.Variant.ID, line.Quantity, i})
	}
	return r
}
