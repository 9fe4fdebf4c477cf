package products

import (
	"context"
	"sync"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/batch"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/internal/viewer"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/model"
)

// batches are what one operation reads for many rows at once.
type batches struct {
	store                      *store
	products, owners, variants batch.Keys[uuid.UUID] // products seen, those that variants seen belong to, and those variants
	variantsOf                 *batch.Loader[uuid.UUID, []*model.ProductVariant]
	ownerOf                    *batch.Loader[uuid.UUID, *model.Product]
	mediaOf                    *batch.Loader[uuid.UUID, []*model.Media]
	categoriesOf               *batch.Loader[uuid.UUID, []uuid.UUID]

	mu        sync.Mutex
	whole     *tree // of the categories, once it is read
	ranges    map[money.Currency]*batch.Loader[uuid.UUID, *model.PriceRange]
	movements map[ledgerPage]*batch.Loader[uuid.UUID, []*model.StockMovement]
}

// ledgerPage says which part of a variant's ledger is wanted.
type ledgerPage struct {
	first int
	after int64 // the id of a movement
}

type batchesKey struct{}

// withBatches gives an operation its batches.
func (s *Service) withBatches(ctx context.Context) context.Context {
	all := seesAll(viewer.From(ctx))
	b := &batches{store: s.store}
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
	b.mediaOf = batch.NewLoader(&b.products, s.store.mediaOf)
	b.categoriesOf = batch.NewLoader(&b.products, s.store.categoriesOf)
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
		b.variants.Add(v.Key)
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

// priceRange loads the price ranges of the products that the operation came
// across, in one currency.
func (b *batches) priceRange(c money.Currency) *batch.Loader[uuid.UUID, *model.PriceRange] {
	b.mu.Lock()
	defer b.mu.Unlock()
	loader, ok := b.ranges[c]
	if !ok {
		loader = batch.NewLoader(&b.products, func(ctx context.Context, products []uuid.UUID) (map[uuid.UUID]*model.PriceRange, error) {
			return b.store.priceRangesOf(ctx, products, c)
		})
		if b.ranges == nil {
			b.ranges = map[money.Currency]*batch.Loader[uuid.UUID, *model.PriceRange]{}
		}
		b.ranges[c] = loader
	}
	return loader
}

// ledger loads a part of the ledgers of the variants that the operation came
// across.
func (b *batches) ledger(p ledgerPage) *batch.Loader[uuid.UUID, []*model.StockMovement] {
	b.mu.Lock()
	defer b.mu.Unlock()
	loader, ok := b.movements[p]
	if !ok {
		loader = batch.NewLoader(&b.variants, func(ctx context.Context, variants []uuid.UUID) (map[uuid.UUID][]*model.StockMovement, error) {
			return b.store.movementsOf(ctx, variants, p)
		})
		if b.movements == nil {
			b.movements = map[ledgerPage]*batch.Loader[uuid.UUID, []*model.StockMovement]{}
		}
		b.movements[p] = loader
	}
	return loader
}

// tree is all categories, read once.
func (b *batches) tree(ctx context.Context) (*tree, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.whole != nil {
		return b.whole, nil
	}
	rows, err := b.store.categories(ctx)
	if err != nil {
		return nil, err
	}
	b.whole = newTree(rows)
	return b.whole, nil
}

// forgetTree makes the operation read the categories anew, after a change.
func (b *batches) forgetTree() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.whole = nil
}

func byKey(found []*model.Product) map[uuid.UUID]*model.Product {
	products := make(map[uuid.UUID]*model.Product, len(found))
	for _, p := range found {
		products[p.Key] = p
	}
	return products
}
