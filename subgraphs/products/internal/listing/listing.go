// Package listing says which products a list has, in which order, as SQL. What a
// viewer may not see is left out here, whatever the filter asks for.
package listing

import (
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/internal/page"
	"github.com/shopgraph/shopgraph/internal/where"
)

// List is a list of products.
type List struct {
	// All is whether drafts and archived products may be in it.
	All bool
	// Words are what is searched for, each as a query for its beginnings; nil for
	// no search.
	Words []string
	// Order is that of the API: NEWEST, say. Currency is what it and the prices are
	// in.
	Order    string
	Currency money.Currency
	Filter   Filter
}

// Filter is what has to hold of a product; what is zero does not matter.
type Filter struct {
	Category                   uuid.NullUUID
	Price                      *Bounds
	InStock                    *bool
	Status                     []string
	CreatedFrom, CreatedBefore *time.Time
}

// Bounds are those of a price, in minor units.
type Bounds struct {
	Currency money.Currency
	Min, Max int64
}

// Facet is a part of the filter that a count leaves out.
type Facet int

// The facets.
const (
	NoFacet Facet = iota
	CategoryFacet
	StockFacet
	PriceFacet
)

// Where adds the list's conditions on products p, but for one facet.
func (l List) Where(c *where.Clause, but Facet) {
	if !l.All {
		c.And(`p.status = 'ACTIVE'`)
	}
	if l.Words != nil {
		c.And(`p.search @@ search_query(?::text[])`, pq.StringArray(l.Words))
	}
	f := l.Filter
	if f.Status != nil {
		c.And(`p.status = ANY(?::text[])`, pq.StringArray(f.Status))
	}
	if f.CreatedFrom != nil {
		c.And(`p.created_at >= ?`, *f.CreatedFrom)
	}
	if f.CreatedBefore != nil {
		c.And(`p.created_at < ?`, *f.CreatedBefore)
	}
	if f.Category.Valid && but != CategoryFacet {
		c.And(`p.id IN (SELECT pc.product_id FROM product_categories pc JOIN categories k ON k.id = pc.category_id WHERE k.path @> ?::uuid[])`,
			id.List{f.Category.UUID})
	}
	if f.Price != nil && but != PriceFacet {
		c.And(`EXISTS (SELECT FROM variants v JOIN variant_prices m ON m.variant_id = v.id
			WHERE v.product_id = p.id AND m.currency = ? AND m.amount BETWEEN ? AND ?)`, f.Price.Currency, f.Price.Min, f.Price.Max)
	}
	if f.InStock != nil && but != StockFacet {
		not := map[bool]string{false: `NOT `}[*f.InStock]
		c.And(not + InStock)
	}
}

// InStock is whether a variant of the product p can be bought now.
const InStock = `EXISTS (SELECT FROM variants v JOIN stock s ON s.variant_id = v.id WHERE v.product_id = p.id AND s.on_hand > s.reserved)`

// sortedByPrice says whether products without a price are left out.
func (l List) sortedByPrice() bool { return l.Order == "PRICE_LOW" || l.Order == "PRICE_HIGH" }

// From is the tables of the list: products p and, where it is sorted by price,
// their prices x.
func (l List) From(c *where.Clause) string {
	if !l.sortedByPrice() {
		return `products p`
	}
	return `products p JOIN product_prices x ON x.product_id = p.id AND x.currency = ` + c.Value(l.Currency)
}

// Sort is the list's order. c gets what it is reckoned from.
func (l List) Sort(c *where.Clause) page.Sort {
	s := page.Sort{Name: l.Order, ID: `p.id`}
	switch l.Order {
	case "OLDEST":
	case "NAME":
		s.Value = `p.sort_name`
	case "PRICE_LOW":
		s.Value, s.Number, s.ID = `x.lowest`, true, `x.product_id`
	case "PRICE_HIGH":
		s.Value, s.Number, s.ID, s.Descending = `x.lowest`, true, `x.product_id`, true
	case "RELEVANCE":
		s.Number, s.Descending = true, true
		s.Value = `(ts_rank_cd(p.search, search_query(` + c.Value(pq.StringArray(l.Words)) + `::text[])) * 1000000)::bigint`
	default:
		s.Descending = true
	}
	return s
}
