package products

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/listing"
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
		"one product":                {1, entities, representations("Product", 1, productID)},
		"12 products":                {1, entities, representations("Product", 12, productID)},
		"12 variants":                {1, entities, representations("ProductVariant", 12, variantID)},
		"products and variants":      {2, entities, map[string]any{"r": both}},
		"12 products, there, back":   {3, deep, representations("Product", 12, productID)},
		"1 product, there and back":  {3, deep, representations("Product", 1, productID)},
		"a page":                     {1, `{ products(first: 100) { nodes { name } } }`, nil},
		"a page, counted":            {2, `{ products(first: 100) { totalCount nodes { name } } }`, nil},
		"a page with variants":       {2, `{ products(first: 100) { nodes { name variants { sku price { amount } } } } }`, nil},
		"a sorted, filtered search":  {1, `{ products(search: "lamp", sort: PRICE_LOW, filter: {inStock: true, price: {currencyCode: EUR, max: "500"}}) { nodes { name } } }`, nil},
		"a page with all its facets": {6, `{ products(first: 100) { totalCount nodes { id } facets { inStock prices { lowest { amount } } categories { count category { slug ancestors { slug } } } } } }`, nil},
		"a page with all its parts":  {5, `{ products(first: 100) { nodes { media { url } categories { name parent { name } } priceRange { lowest { amount } } } } }`, nil},
		"the tree, up and down":      {1, `{ categories { name children { name ancestors { name } children { parent { name } } } } }`, nil},
		"variants, their products":   {2, `query($ids: [ID!]!) { productVariants(ids: $ids) { sku product { name } } }`, map[string]any{"ids": []string{variantID(0), variantID(1), variantID(2)}}},
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

// In a catalogue of some size the hot queries are served by indexes, and none
// walks a table or sorts one.
func TestHotQueriesUseIndexes(t *testing.T) {
	db := postgrestest.New(t, Migrations, "products")
	if err := Seed(t.Context(), db.DB, demodata.Size{Users: 3, Products: 2000, Orders: 500}, func(int) {}); err != nil {
		t.Fatal(err)
	}
	db.MustExec(`ANALYZE`)
	for name, c := range map[string]struct {
		query string
		args  []any
		index string
	}{
		"variants":      {selectVariants + `WHERE v.id = ANY($1::uuid[])`, []any{id.List{id.New()}}, "variants_pkey"},
		"variantsOf":    {selectVariants + `WHERE v.product_id = ANY($1::uuid[])`, []any{id.List{id.New()}}, "variants_position_unique"},
		"held too long": {`SELECT order_id FROM reservations WHERE state = 'HELD' AND expires_at < now() ORDER BY expires_at LIMIT 1`, nil, "reservations_held"},
		"a ledger":      {`SELECT id FROM stock_movements WHERE variant_id = $1 AND id < $2 ORDER BY id DESC LIMIT 20`, []any{id.New(), 5}, "stock_movements_of_variant"},
		"a SKU":         {`SELECT id FROM variants WHERE upper(sku) = $1`, []any{"X"}, "variants_sku_unique"},
		"categories of": {`SELECT category_id FROM product_categories WHERE product_id = ANY($1::uuid[])`, []any{id.List{id.New()}}, "product_categories_of_product"},
		"media of":      {`SELECT url FROM product_media WHERE product_id = ANY($1::uuid[])`, []any{id.List{id.New()}}, "product_media_pkey"},
		"stock":         {`SELECT * FROM stock WHERE variant_id = ANY($1::uuid[]) FOR UPDATE`, []any{id.List{id.New()}}, "stock_pkey"},
		"a reservation": {`SELECT * FROM reservations WHERE order_id = $1 FOR UPDATE`, []any{id.New()}, "reservations_pkey"},
		"a hand's key":  {`SELECT * FROM stock_movements WHERE actor_id = $1 AND reference = $2`, []any{id.New(), "k"}, "stock_movements_once"},
		"newest":        listCase(listing.List{Order: "NEWEST"}, "products_on_sale"),
		"by name":       listCase(listing.List{Order: "NAME"}, "products_on_sale_by_name"),
		"cheapest":      listCase(listing.List{Order: "PRICE_LOW", Currency: "EUR"}, "product_prices_lowest"),
		"dearest":       listCase(listing.List{Order: "PRICE_HIGH", Currency: "EUR"}, "product_prices_lowest"),
	} {
		if plan := explain(t, db, c.query, c.args); !strings.Contains(plan, c.index) || strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "Sort") {
			t.Errorf("%s does not use %s alone:\n%s", name, c.index, plan)
		}
	}
	// Two thousand products are walked as fast as an index on words; more are not.
	conn, err := db.Connx(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(t.Context(), `SET enable_seqscan = off; SET enable_indexscan = off`); err != nil {
		t.Fatal(err)
	}
	search := listCase(listing.List{All: true, Order: "RELEVANCE", Words: []string{"'lmp-00017':*"}}, "products_search")
	if plan := explain(t, conn, search.query, search.args); !strings.Contains(plan, search.index) {
		t.Errorf("a search does not use %s:\n%s", search.index, plan)
	}
}

// listCase is the statement of a list's first page.
func listCase(l listing.List, index string) struct {
	query string
	args  []any
	index string
} {
	first := 20
	query, args, _, err := listQuery(l, pageArguments{first: &first})
	if err != nil {
		panic(err)
	}
	return struct {
		query string
		args  []any
		index string
	}{query, args, index}
}

func explain(t *testing.T, db sqlx.QueryerContext, query string, args []any) string {
	t.Helper()
	var lines []string
	if err := sqlx.SelectContext(t.Context(), db, &lines, `EXPLAIN `+query, args...); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// The rules hold in the database too, for whoever comes around the code.
func TestConstraints(t *testing.T) {
	f := newFixture(t)
	ids := strings.NewReplacer(":product", quoted(size.Product(0).ID), ":variant", quoted(size.Product(0).Variants[0].ID), ":order", quoted(size.Order(0).ID))
	cases := map[string]string{
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
		"products_tax_class_known":          `UPDATE products SET tax_class = 'SOME'`,
		"categories_slug_unique":            `UPDATE categories SET slug = 'home'`,
		"categories_slug_form":              `UPDATE categories SET slug = 'Home' WHERE slug = 'home'`,
		"categories_path_ends":              `UPDATE categories SET parent_id = NULL`,
		"categories_depth":                  `UPDATE categories SET path = '{}'`,
		"categories_parent_id_fkey":         `DELETE FROM categories WHERE slug = 'home'`,
		"product_media_url_form":            `UPDATE product_media SET url = 'ftp//x'`,
		"product_prices_ordered":            `UPDATE product_prices SET highest = lowest - 1`,
		"categories_name_form":              `UPDATE categories SET name = ' '`,
		"product_media_alt_length":          `UPDATE product_media SET alt = repeat('x', 501)`,
		"variants_name_length":              `UPDATE variants SET name = repeat('x', 101)`,
		"stock_movements_note_length":       `INSERT INTO stock_movements (variant_id, kind, on_hand_delta, reserved_delta, note) VALUES (:variant, 'CORRECTED', 1, 0, repeat('x', 501))`,
		"stock_movements_sense":             `INSERT INTO stock_movements (variant_id, order_id, kind, on_hand_delta, reserved_delta) VALUES (:variant, :order, 'SOLD', -1, 0)`,
	}
	for constraint, statement := range cases {
		cases[constraint] = ids.Replace(statement)
	}
	f.db.Constraints(t, cases)
	for _, statement := range []string{`UPDATE stock_movements SET on_hand_delta = 1`, `DELETE FROM stock_movements`, `TRUNCATE stock_movements`} {
		if _, err := f.db.Exec(statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func quoted(key uuid.UUID) string { return "'" + key.String() + "'" }

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
			d, _ := checkDraft(model.CreateProductInput{Name: "Race", Status: model.ProductStatusActive, TaxClass: model.TaxClassStandard, Variants: skus})
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
