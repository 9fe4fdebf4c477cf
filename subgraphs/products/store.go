package products

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/shopgraph/shopgraph/internal/columns"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/internal/postgres"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/model"
)

// store is the SQL. The pool keeps the statements prepared.
type store struct{ db *sqlx.DB }

// onSale narrows a query to what everyone may see; all lifts that for staff. It
// is part of the statement and not a parameter, so that the index on products
// that are on sale serves it.
func onSale(all bool) string {
	if all {
		return ""
	}
	return ` AND p.status = 'ACTIVE' `
}

const productColumns = `p.id, p.name, p.description, p.status, p.tax_class, p.created_at, p.updated_at`

type productRow struct {
	ID          uuid.UUID           `db:"id"`
	Name        string              `db:"name"`
	Description string              `db:"description"`
	Status      model.ProductStatus `db:"status"`
	TaxClass    model.TaxClass      `db:"tax_class"`
	CreatedAt   time.Time           `db:"created_at"`
	UpdatedAt   time.Time           `db:"updated_at"`
}

func (r productRow) model() *model.Product {
	return &model.Product{
		Key: r.ID, ID: id.Product.Format(r.ID), Name: r.Name, Description: r.Description, Status: r.Status, TaxClass: r.TaxClass,
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}

// selectProducts reads products, whoever may see them; selectOnSale those that
// everyone may.
var selectProducts, selectOnSale = readProducts(true), readProducts(false)

func readProducts(all bool) *columns.Statement[productRow] {
	return columns.New(`FROM products p WHERE p.id = ANY($1::uuid[])`+onSale(all),
		`Product.id Product.name Product.status Product.variants Product.categories Product.media Product.priceRange`,
		columns.Of("p.id", func(p *productRow, r *postgres.Row) { p.ID = r.UUID() }),
		columns.Of("p.name", func(p *productRow, r *postgres.Row) { p.Name = r.Text() }),
		columns.Of("p.status", func(p *productRow, r *postgres.Row) { p.Status = model.ProductStatus(r.Text()) }),
		columns.Of("p.description", func(p *productRow, r *postgres.Row) { p.Description = r.Text() }, "Product.description"),
		columns.Of("p.tax_class", func(p *productRow, r *postgres.Row) { p.TaxClass = model.TaxClass(r.Text()) }, "Product.taxClass"),
		columns.Of("p.created_at", func(p *productRow, r *postgres.Row) { p.CreatedAt = r.Time() }, "Product.createdAt"),
		columns.Of("p.updated_at", func(p *productRow, r *postgres.Row) { p.UpdatedAt = r.Time() }, "Product.updatedAt"),
	)
}

// products returns those of the products that are there to be seen, in no order,
// with one statement at most.
func (s *store) products(ctx context.Context, keys []uuid.UUID, all bool) ([]*model.Product, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	statement, found := selectOnSale, make([]*model.Product, 0, len(keys))
	if all {
		statement = selectProducts
	}
	err := statement.Read(ctx, s.db, id.List(keys), func(p *productRow) { found = append(found, p.model()) })
	return found, err
}

// selectVariants reads a variant whole, its prices as two arrays that belong
// together.
const selectVariants = `
	SELECT v.id, v.product_id, v.sku, v.name, p.status, s.on_hand, s.reserved, m.currencies, m.amounts
	FROM variants v
	JOIN products p ON p.id = v.product_id
	JOIN stock s ON s.variant_id = v.id
	CROSS JOIN LATERAL (
		SELECT array_agg(currency ORDER BY currency) AS currencies, array_agg(amount ORDER BY currency) AS amounts
		FROM variant_prices WHERE variant_id = v.id
	) m `

type variantRow struct {
	ID         uuid.UUID           `db:"id"`
	ProductID  uuid.UUID           `db:"product_id"`
	SKU        string              `db:"sku"`
	Name       string              `db:"name"`
	Status     model.ProductStatus `db:"status"`
	OnHand     int                 `db:"on_hand"`
	Reserved   int                 `db:"reserved"`
	Currencies pq.StringArray      `db:"currencies"`
	Amounts    pq.Int64Array       `db:"amounts"`
}

func (r variantRow) model() *model.ProductVariant {
	v := &model.ProductVariant{
		Key: r.ID, ID: id.Variant.Format(r.ID), ProductKey: r.ProductID, Sku: r.SKU, Name: r.Name,
		Prices: make([]*money.Money, len(r.Currencies)), OnHand: r.OnHand, Reserved: r.Reserved,
		AvailableForSale: r.Status == model.ProductStatusActive && r.OnHand > r.Reserved,
	}
	for i, currency := range r.Currencies {
		v.Prices[i] = &money.Money{Minor: r.Amounts[i], Currency: money.Currency(currency)}
	}
	return v
}

// variants returns those of the variants that are there to be seen, in no order,
// with one statement at most.
func (s *store) variants(ctx context.Context, keys []uuid.UUID, all bool) ([]*model.ProductVariant, error) {
	return s.selectVariants(ctx, `WHERE v.id = ANY($1::uuid[])`+onSale(all), keys)
}

// variantsOf returns the variants of these products in the order of the
// catalogue, with one statement at most.
func (s *store) variantsOf(ctx context.Context, products []uuid.UUID, all bool) ([]*model.ProductVariant, error) {
	return s.selectVariants(ctx, `WHERE v.product_id = ANY($1::uuid[])`+onSale(all)+`ORDER BY v.product_id, v.position`, products)
}

func (s *store) selectVariants(ctx context.Context, where string, keys []uuid.UUID) ([]*model.ProductVariant, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	var rows []variantRow
	if err := s.db.SelectContext(ctx, &rows, selectVariants+where, id.List(keys)); err != nil {
		return nil, err
	}
	variants := make([]*model.ProductVariant, len(rows))
	for i, r := range rows {
		variants[i] = r.model()
	}
	return variants, nil
}
