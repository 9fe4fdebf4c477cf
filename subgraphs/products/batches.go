package products

import (
	"context"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/batch"
	"github.com/shopgraph/shopgraph/internal/viewer"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/model"
)

// batches are what one operation reads for many rows at once.
type batches struct {
	products, owners batch.Keys[uuid.UUID] // of products seen, and of those that variants seen belong to
	variantsOf       *batch.Loader[uuid.UUID, []*model.ProductVariant]
	ownerOf          *batch.Loader[uuid.UUID, *model.Product]
}

type batchesKey struct{}

// withBatches gives an operation its batches.
func (s *Service) withBatches(ctx context.Context) context.Context {
	all, b := seesAll(viewer.From(ctx)), &batches{}
	b.variantsOf = batch.NewLoader(&b.products, func(ctx context.Context, products []uuid.UUID) (map[uuid.UUID][]*model.ProductVariant, error) {
		found, err := s.store.variantsOf(ctx, products, all)
		return b.group(found), err
	})
	b.ownerOf = batch.NewLoader(&b.owners, func(ctx context.Context, products []uuid.UUID) (map[uuid.UUID]*model.Product, error) {
		// Whoever sees a variant sees its product: that was decided with the variant.
		found, err := s.store.products(ctx, products, true)
		b.noteProducts(found)
		return byKey(found), err
	})
	return context.WithValue(ctx, batchesKey{}, b)
}

func batchesFrom(ctx context.Context) *batches { return ctx.Value(batchesKey{}).(*batches) }

func (b *batches) noteProducts(found []*model.Product) {
	for _, p := range found {
		b.products.Add(p.Key)
	}
}

func (b *batches) noteVariants(found []*model.ProductVariant) {
	for _, v := range found {
		b.owners.Add(v.ProductKey)
	}
}

// group notes the variants and returns them by product, in their order.
func (b *batches) group(found []*model.ProductVariant) map[uuid.UUID][]*model.ProductVariant {
	b.noteVariants(found)
	groups := map[uuid.UUID][]*model.ProductVariant{}
	for _, v := range found {
		groups[v.ProductKey] = append(groups[v.ProductKey], v)
	}
	return groups
}

func byKey(found []*model.Product) map[uuid.UUID]*model.Product {
	products := make(map[uuid.UUID]*model.Product, len(found))
	for _, p := range found {
		products[p.Key] = p
	}
	return products
}
