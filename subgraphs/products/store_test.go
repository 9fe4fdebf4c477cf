package products

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/model"
)

// What a query costs in statements, whatever the number of rows.
func TestStatementBudgets(t *testing.T) {
	f := newFixture(t)
	representations := func(typeName string, n int, idOf func(int) string) map[string]any {
		list := make([]any, n)
		for i := range list {
			list[i] = map[string]any{"__typename": typeName, "id": idOf(i)}
		}
		return map[string]any{"r": list}
	}
	both := append(representations("Product", 6, productID)["r"].([]any), representations("ProductVariant", 6, variantID)["r"].([]any)...)
	const (
		entities = `query($r: [_Any!]!) { _entities(representations: $r) { ... on Product { name } ... on ProductVariant { sku price { amount } } } }`
		deep     = `query($r: [_Any!]!) { _entities(representations: $r) { ... on Product { variants { sku product { name variants { sku prices { amount } } } } } } }`
	)
	for name, c := range map[string]struct {
		most  int
		query string
		vars  map[string]any
	}{
		"one product":               {1, entities, representations("Product", 1, productID)},
		"12 products":               {1, entities, representations("Product", 12, productID)},
		"12 variants":               {1, entities, representations("ProductVariant", 12, variantID)},
		"products and variants":     {2, entities, map[string]any{"r": both}},
		"12 products, there, back":  {3, deep, representations("Product", 12, productID)},
		"1 product, there and back": {3, deep, representations("Product", 1, productID)},
		"a page":                    {1, `{ products(first: 100) { nodes { name } } }`, nil},
		"a page, counted":           {2, `{ products(first: 100) { totalCount nodes { name } } }`, nil},
		"a page with variants":      {2, `{ products(first: 100) { nodes { name variants { sku price { amount } } } } }`, nil},
		"variants, their products":  {2, `query($ids: [ID!]!) { productVariants(ids: $ids) { sku product { name } } }`, map[string]any{"ids": []string{variantID(0), variantID(1), variantID(2)}}},
	} {
		t.Run(name, func(t *testing.T) {
			f.db.Statements.Budget(t, c.most, func() {
				if r := f.as("anonymous").Do(t, c.query, c.vars); len(r.Errors) > 0 {
					t.Errorf("%s", r.Body)
				}
			})
		})
	}
	few, many := f.shelf(t, 1, 5), f.shelf(t, 20, 5)
	for _, variants := range [][]string{few, many} {
		order, lines := newOrder(), []map[string]any{}
		for _, v := range variants {
			lines = append(lines, line(v, 1))
		}
		f.db.Statements.Budget(t, 6, func() { f.reserve(t, order, lines...) })
		f.db.Statements.Budget(t, 6, func() { f.confirm(t, order) })
		f.db.Statements.Budget(t, 7, func() { f.release(t, order) })
	}
}

// The index on what is on sale serves the page that everyone reads, and none of
// the hot queries walks a table. Sequential scans are cheapest on tables this
// small, so they are switched off to see whether there is another way.
func TestHotQueriesUseIndexes(t *testing.T) {
	f := newFixture(t)
	for name, c := range map[string]struct {
		query string
		args  []any
		index string
	}{
		"a page":     {selectProducts + `WHERE p.id < $1 AND p.id > $2 ` + onSale(false) + `ORDER BY p.id DESC LIMIT $3`, []any{uuid.Max, uuid.Nil, 21}, "products_on_sale"},
		"variants":   {selectVariants + `WHERE v.id = ANY($1::uuid[])`, []any{id.List{id.New()}}, "variants_pkey"},
		"variantsOf": {selectVariants + `WHERE v.product_id = ANY($1::uuid[])`, []any{id.List{id.New()}}, "variants_position_unique"},
		"held":       {`SELECT order_id FROM reservations WHERE state = 'HELD' AND expires_at < now()`, nil, "reservations_held"},
	} {
		plan := explain(t, f, c.query, c.args)
		if !strings.Contains(plan, c.index) || strings.Contains(plan, "Seq Scan") {
			t.Errorf("%s does not use %s:\n%s", name, c.index, plan)
		}
	}
}

func explain(t *testing.T, f *fixture, query string, args []any) string {
	t.Helper()
	tx, err := f.db.Beginx()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec(`SET LOCAL enable_seqscan = off`); err != nil {
		t.Fatal(err)
	}
	var lines []string
	if err := tx.Select(&lines, `EXPLAIN `+query, args...); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// The rules hold in the database too, for whoever comes around the code.
func TestConstraints(t *testing.T) {
	f := newFixture(t)
	product, variant := size.Product(0).ID, size.Product(0).Variants[0].ID
	orderID := size.Order(0).ID
	for constraint, statement := range map[string]string{
		"products_name_form":                `UPDATE products SET name = ' '`,
		"products_status_known":             `UPDATE products SET status = 'SOLD'`,
		"products_description_length":       `UPDATE products SET description = repeat('x', 5001)`,
		"variants_sku_form":                 `UPDATE variants SET sku = 'a b' WHERE id = :variant`,
		"variants_sku_unique":               `UPDATE variants SET sku = 'draft-1' WHERE id = :variant`,
		"variants_position_unique":          `INSERT INTO variants (id, product_id, position, sku, name) VALUES (:order, :product, 1, 'NEW', '')`,
		"variants_product_id_fkey":          `DELETE FROM products WHERE id = :product`,
		"variant_prices_amount_bounds":      `UPDATE variant_prices SET amount = -1`,
		"variant_prices_currency_form":      `UPDATE variant_prices SET currency = 'euro' WHERE variant_id = :variant AND currency = 'EUR'`,
		"stock_never_oversold":              `UPDATE stock SET reserved = on_hand + 1`,
		"reservations_state_known":          `UPDATE reservations SET state = 'LOST'`,
		"reservations_refusal_reasoned":     `UPDATE reservations SET state = 'REFUSED'`,
		"reservations_request_known":        `UPDATE reservations SET request_hash = NULL`,
		"reservation_lines_quantity_bounds": `UPDATE reservation_lines SET quantity = 0`,
		"stock_movements_sense":             `INSERT INTO stock_movements (variant_id, order_id, kind, on_hand_delta, reserved_delta) VALUES (:variant, :order, 'SOLD', -1, 0)`,
	} {
		_, err := f.db.NamedExec(statement, map[string]any{"variant": variant, "product": product, "order": orderID})
		fault := pq.As(err, pqerror.CheckViolation, pqerror.UniqueViolation, pqerror.ForeignKeyViolation)
		if fault == nil || fault.Constraint != constraint {
			t.Errorf("%s: %v, want %s", statement, err, constraint)
		}
	}
	for _, statement := range []string{`UPDATE stock_movements SET on_hand_delta = 1`, `DELETE FROM stock_movements`} {
		if _, err := f.db.Exec(statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func TestSeedFillsEmptyDatabasesOnly(t *testing.T) {
	f := newFixture(t)
	if err := Seed(t.Context(), f.db.DB, size, func(int) {}); !errors.Is(err, demodata.ErrNotEmpty) {
		t.Errorf("a second Seed = %v", err)
	}
	f.audit(t)
}

// An order of the demo that is sent again finds the reservation it has.
func TestSeedMakesTheReservationsThatOrdersWouldHave(t *testing.T) {
	db := postgrestest.New(t, Migrations, "products")
	if err := Seed(t.Context(), db.DB, size, func(int) {}); err != nil {
		t.Fatal(err)
	}
	s := &store{db.DB}
	for i := range size.Orders {
		r, err := s.reserve(t.Context(), requestOf(size.Order(i)))
		if err != nil || r.State != model.StockReservationStateConfirmed || string(r.RequestHash) != string(requestOf(size.Order(i)).hash()) {
			t.Errorf("order %d: %+v, %v", i, r, err)
		}
	}
}

// Of many that add the same SKUs at once, in whatever order, one does.
func TestASKUIsTakenOnce(t *testing.T) {
	f := newFixture(t)
	variants := func(skus ...string) (inputs []*model.CreateProductVariantInput) {
		for _, sku := range skus {
			inputs = append(inputs, &model.CreateProductVariantInput{Sku: sku, Prices: []*model.MoneyInput{{Amount: "1", CurrencyCode: "EUR"}}})
		}
		return inputs
	}
	added := make(chan bool, 10)
	var all sync.WaitGroup
	for i := range cap(added) {
		all.Go(func() {
			skus := variants("RACE-A", "race-b")
			if i%2 == 0 {
				skus = variants("RACE-B", "race-a")
			}
			d, _ := checkDraft(model.CreateProductInput{Name: "Race", Status: model.ProductStatusActive, Variants: skus})
			taken, err := f.store.create(t.Context(), d)
			if err != nil || len(taken) != 0 && len(taken) != 2 {
				t.Errorf("create: %v, %v", taken, err)
			}
			added <- len(taken) == 0
		})
	}
	all.Wait()
	close(added)
	n := 0
	for ok := range added {
		if ok {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d products have the SKU", n)
	}
}
