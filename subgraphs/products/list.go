package products

import (
	"context"
	"math"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/internal/page"
	"github.com/shopgraph/shopgraph/internal/viewer"
	"github.com/shopgraph/shopgraph/internal/where"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/listing"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/model"
)

// pageArguments are a connection's.
type pageArguments struct {
	first  *int
	after  *string
	last   *int
	before *string
}

func (a pageArguments) parse(s page.Sort) (page.Sorted, error) {
	return page.ParseSorted(s, a.first, a.after, a.last, a.before)
}

// newList is the list that a client asks for, of what it may see.
func newList(v viewer.Viewer, search *string, filter *model.ProductFilter, sort *model.ProductSort, c money.Currency) (l listing.List, err error) {
	l = listing.List{All: seesAll(v), Currency: c, Order: string(model.ProductSortNewest)}
	if search != nil {
		l.Words, l.Order = []string{}, string(model.ProductSortRelevance)
		for _, word := range where.Words(*search) {
			l.Words = append(l.Words, where.Prefix(word))
		}
	}
	if sort != nil && (*sort != model.ProductSortRelevance || search != nil) {
		l.Order = string(*sort)
	}
	if filter == nil {
		return l, nil
	}
	f := listing.Filter{InStock: filter.InStock, CreatedFrom: filter.CreatedFrom, CreatedBefore: filter.CreatedBefore}
	if filter.Status != nil {
		f.Status = []string{}
	}
	for _, status := range filter.Status {
		f.Status = append(f.Status, string(status))
	}
	if filter.CategoryID != nil {
		if f.Category.UUID, err = id.Category.Parse(*filter.CategoryID); err != nil {
			return l, err
		}
		f.Category.Valid = true
	}
	if filter.Price != nil {
		if f.Price, err = bounds(*filter.Price); err != nil {
			return l, err
		}
	}
	l.Filter = f
	return l, nil
}

func bounds(f model.PriceFilter) (*listing.Bounds, error) {
	b := &listing.Bounds{Currency: f.CurrencyCode, Max: math.MaxInt64}
	for _, bound := range []struct {
		text *string
		to   *int64
	}{{f.Min, &b.Min}, {f.Max, &b.Max}} {
		if bound.text == nil {
			continue
		}
		amount, err := money.Parse(*bound.text, f.CurrencyCode)
		if err != nil {
			return nil, err
		}
		*bound.to = amount.Minor
	}
	if b.Min > b.Max {
		return nil, apierror.New(apierror.BadUserInput, "no price is above %s and below %s", *f.Min, *f.Max)
	}
	return b, nil
}

// list is a page of a list of products.
func (s *Service) list(ctx context.Context, l listing.List, at pageArguments) (*model.ProductConnection, error) {
	p, err := s.store.list(ctx, l, at)
	if err != nil {
		return nil, err
	}
	connection := &model.ProductConnection{
		List: l, PageInfo: p.Info, Nodes: make([]*model.Product, len(p.Nodes)), Edges: make([]*model.ProductEdge, len(p.Nodes)),
	}
	for i, row := range p.Nodes {
		connection.Nodes[i] = row.model()
		connection.Edges[i] = &model.ProductEdge{Cursor: p.Cursors[i], Node: connection.Nodes[i]}
	}
	batchesFrom(ctx).noteProducts(connection.Nodes)
	return connection, nil
}

// categoryFacets are the categories of a list, in the order of the tree.
func (s *Service) categoryFacets(ctx context.Context, l listing.List) ([]*model.CategoryFacet, error) {
	counts, err := s.store.countCategories(ctx, l)
	if err != nil || len(counts) == 0 {
		return []*model.CategoryFacet{}, err
	}
	t, err := batchesFrom(ctx).tree(ctx)
	if err != nil {
		return nil, err
	}
	facets := []*model.CategoryFacet{}
	t.inOrder(uuid.Nil, func(r *categoryRow) {
		if n := counts[r.ID]; n > 0 {
			facets = append(facets, &model.CategoryFacet{Category: r.model(), Count: n})
		}
	})
	return facets, nil
}
