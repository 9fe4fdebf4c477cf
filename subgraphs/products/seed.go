package products

import (
	"context"
	"database/sql"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
)

// Seed fills an empty database with the demo's catalogue, and with the stock and
// the reservations as the demo's orders left them; demodata.ErrNotEmpty when it
// has any product. progress is told how many products and orders are written.
func Seed(ctx context.Context, db *sqlx.DB, size demodata.Size, progress func(done int)) error {
	s := seeding{size, progress, soldOf(size)}
	return demodata.Fill(ctx, db, []demodata.Table{
		{Name: "products", Columns: []string{"id", "name", "description", "status", "created_at", "updated_at"}, Rows: s.products},
		{Name: "variants", Columns: []string{"id", "product_id", "position", "sku", "name"}, Rows: s.variants},
		{Name: "variant_prices", Columns: []string{"variant_id", "currency", "amount"}, Rows: s.prices},
		{Name: "stock", Columns: []string{"variant_id", "on_hand", "reserved"}, Rows: s.stock},
		{Name: "reservations", Columns: []string{"order_id", "state", "request_hash", "expires_at", "created_at", "updated_at"}, Rows: s.reservations},
		{Name: "reservation_lines", Columns: []string{"order_id", "variant_id", "quantity"}, Rows: s.lines},
		{Name: "categories", Columns: []string{"id", "parent_id", "path", "slug", "name", "position"}, Rows: categories},
		{Name: "product_categories", Columns: []string{"category_id", "product_id"}, Rows: s.inCategories},
		{Name: "product_media", Columns: []string{"product_id", "position", "url", "alt"}, Rows: s.media},
		{Name: "stock_movements", Columns: []string{"variant_id", "order_id", "kind", "on_hand_delta", "reserved_delta", "created_at"}, Rows: s.movements},
	}, func(tx *sql.Tx) error { // what follows from all that
		for _, statement := range []string{refreshSearch, refreshPrices + ` GROUP BY v.product_id, m.currency`} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}

type seeding struct {
	size     demodata.Size
	progress func(done int)
	sold     map[uuid.UUID]int
}

// soldOf counts what the demo's orders took of each variant.
func soldOf(size demodata.Size) map[uuid.UUID]int {
	sold := map[uuid.UUID]int{}
	for _, o := range size.EachOrder() {
		for _, line := range o.Lines {
			sold[line.Variant.ID] += line.Quantity
		}
	}
	return sold
}

func (s seeding) products(yield func([]any) bool) {
	for i := range s.size.Products {
		p := s.size.Product(i)
		if !yield([]any{p.ID, p.Name, p.Description, "ACTIVE", p.Created, p.Created}) {
			return
		}
		s.progress(i + 1)
	}
}

func categories(yield func([]any) bool) {
	for _, c := range demodata.Categories() {
		var parent any
		if n := len(c.Path); n > 1 {
			parent = c.Path[n-2]
		}
		if !yield([]any{c.ID, parent, id.List(c.Path), c.Slug, c.Name, c.Position}) {
			return
		}
	}
}

func (s seeding) inCategories(yield func([]any) bool) {
	for i := range s.size.Products {
		p := s.size.Product(i)
		if !yield([]any{p.Category, p.ID}) {
			return
		}
	}
}

func (s seeding) media(yield func([]any) bool) {
	for i := range s.size.Products {
		p := s.size.Product(i)
		if !yield([]any{p.ID, 1, p.Picture, p.Name}) {
			return
		}
	}
}

// eachVariant calls row for every variant of the demo, with its position.
func (s seeding) eachVariant(row func(p demodata.Product, position int, v demodata.Variant) bool) {
	for i := range s.size.Products {
		p := s.size.Product(i)
		for n, v := range p.Variants {
			if !row(p, n+1, v) {
				return
			}
		}
	}
}

func (s seeding) variants(yield func([]any) bool) {
	s.eachVariant(func(p demodata.Product, position int, v demodata.Variant) bool {
		return yield([]any{v.ID, p.ID, position, v.SKU, v.Name})
	})
}

func (s seeding) prices(yield func([]any) bool) {
	s.eachVariant(func(_ demodata.Product, _ int, v demodata.Variant) bool {
		for _, price := range v.Prices {
			if !yield([]any{v.ID, string(price.Currency), price.Minor}) {
				return false
			}
		}
		return true
	})
}

func (s seeding) stock(yield func([]any) bool) {
	s.eachVariant(func(_ demodata.Product, _ int, v demodata.Variant) bool {
		return yield([]any{v.ID, v.OnHand, 0})
	})
}

// reservations are confirmed, one for each order of the demo.
func (s seeding) reservations(yield func([]any) bool) {
	for i, o := range s.size.EachOrder() {
		if !yield([]any{o.ID, "CONFIRMED", requestOf(o).hash(), o.Placed, o.Placed, o.Placed}) {
			return
		}
		s.progress(s.size.Products + i + 1)
	}
}

// requestOf is the request that the order would have made.
func requestOf(o demodata.Order) order {
	request := order{id: o.ID}
	for i, line := range o.Lines {
		request.lines = append(request.lines, orderLine{line.Variant.ID, line.Quantity, line.UnitPrice, i})
	}
	request.sort()
	return request
}

func (s seeding) lines(yield func([]any) bool) {
	for _, o := range s.size.EachOrder() {
		for _, line := range o.Lines {
			if !yield([]any{o.ID, line.Variant.ID, line.Quantity}) {
				return
			}
		}
	}
}

// movements are what came in, and went out again with the orders.
func (s seeding) movements(yield func([]any) bool) {
	s.eachVariant(func(p demodata.Product, _ int, v demodata.Variant) bool {
		return yield([]any{v.ID, nil, "RECEIVED", v.OnHand + s.sold[v.ID], 0, p.Created})
	})
	for _, o := range s.size.EachOrder() {
		for _, line := range o.Lines {
			for _, m := range []movement{reserved, sold} {
				if !yield([]any{line.Variant.ID, o.ID, m.kind, m.onHand * line.Quantity, m.reserved * line.Quantity, o.Placed}) {
					return
				}
			}
		}
	}
}
