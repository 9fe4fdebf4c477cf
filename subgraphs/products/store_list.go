package products

import (
	"context"

	"github.com/google/uuid"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/internal/page"
	"github.com/shopgraph/shopgraph/internal/where"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/listing"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/model"
)

// listed is a product with what it is sorted by in its list.
type listed struct {
	productRow
	SortValue string `db:"sort_value"`
}

// listQuery is the statement that reads a page of a list, with its arguments.
func listQuery(l listing.List, at pageArguments) (query string, args []any, request page.Sorted, err error) {
	var c where.Clause
	from := l.From(&c)
	sort := l.Sort(&c)
	if request, err = at.parse(sort); err != nil {
		return "", nil, request, err
	}
	value := `''`
	if sort.Value != "" {
		value = sort.Value + `::text`
	}
	l.Where(&c, listing.NoFacet)
	rest := request.Read(&c)
	return `SELECT ` + productColumns + `, ` + value + ` AS sort_value FROM ` + from + ` WHERE ` + c.String() + rest, c.Args(), request, nil
}

// list returns a page of a list of products.
func (s *store) list(ctx context.Context, l listing.List, at pageArguments) (page.Page[listed], error) {
	query, args, request, err := listQuery(l, at)
	if err != nil {
		return page.Page[listed]{}, err
	}
	var rows []listed
	if err := s.db.SelectContext(ctx, &rows, query, args...); err != nil {
		return page.Page[listed]{}, err
	}
	return page.OfSorted(request, rows, func(r listed) (string, uuid.UUID) { return r.SortValue, r.ID }), nil
}

// count returns how many products a list has.
func (s *store) count(ctx context.Context, l listing.List) (n int, err error) {
	var c where.Clause
	from := l.From(&c)
	l.Where(&c, listing.NoFacet)
	err = s.db.GetContext(ctx, &n, `SELECT count(*) FROM `+from+` WHERE `+c.String(), c.Args()...)
	return n, err
}

// countInStock returns how many products of a list are in stock.
func (s *store) countInStock(ctx context.Context, l listing.List) (n int, err error) {
	var c where.Clause
	l.Where(&c, listing.StockFacet)
	err = s.db.GetContext(ctx, &n, `SELECT count(*) FROM products p WHERE `+c.String()+` AND `+listing.InStock, c.Args()...)
	return n, err
}

// countCategories returns how many products of a list are in each category or
// below it. A product in two categories below one counts once there.
func (s *store) countCategories(ctx context.Context, l listing.List) (map[uuid.UUID]int, error) {
	var c where.Clause
	l.Where(&c, listing.CategoryFacet)
	var rows []struct {
		Category uuid.UUID `db:"category_id"`
		N        int       `db:"n"`
	}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT a.id AS category_id, count(DISTINCT pc.product_id) AS n
		FROM products p JOIN product_categories pc ON pc.product_id = p.id JOIN categories k ON k.id = pc.category_id
		CROSS JOIN LATERAL unnest(k.path) AS a (id)
		WHERE `+c.String()+` GROUP BY a.id`, c.Args()...)
	counts := map[uuid.UUID]int{}
	for _, r := range rows {
		counts[r.Category] = r.N
	}
	return counts, err
}

// priceRange returns the lowest and highest price among the products of a list,
// nil when none is sold in its currency.
func (s *store) priceRange(ctx context.Context, l listing.List) (*model.PriceRange, error) {
	var c where.Clause
	currency := c.Value(l.Currency)
	l.Where(&c, listing.PriceFacet)
	var found struct {
		Lowest  *int64 `db:"lowest"`
		Highest *int64 `db:"highest"`
	}
	err := s.db.GetContext(ctx, &found, `
		SELECT min(r.lowest) AS lowest, max(r.highest) AS highest
		FROM products p JOIN product_prices r ON r.product_id = p.id AND r.currency = `+currency+` WHERE `+c.String(), c.Args()...)
	if found.Lowest == nil || err != nil {
		return nil, err
	}
	return &model.PriceRange{Lowest: &money.Money{Minor: *found.Lowest, Currency: l.Currency}, Highest: &money.Money{Minor: *found.Highest, Currency: l.Currency}}, nil
}
