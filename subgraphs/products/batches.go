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
	seesAll                    bool                  // so the viewer does
	variantsOf                 batch.Loader[*batches, uuid.UUID, []*model.ProductVariant]
	ownerOf                    batch.Loader[*batches, uuid.UUID, *model.Product]
	mediaOf                    batch.Loader[*store, uuid.UUID, []*model.Media]
	categoriesOf               batch.Loader[*store, uuid.UUID, []uuid.UUID]

	mu        sync.Mutex
	whole     *tree // of the categories, once it is read
	ranges    map[money.Currency]*rangeLoader
	movements map[ledgerPage]*ledgerLoader
}

// ledgerPage says which part of a variant's ledger is wanted.
type ledgerPage struct {
	first int
	after int64 // the id of a movement
}

type (
	rangeLoader struct {
		batch.Loader[*store, uuid.UUID, *model.PriceRange]
	}
	ledgerLoader struct {
		batch.Loader[*store, uuid.UUID, []*model.StockMovement]
	}
)

type batchesKey struct{}

// withBatches gives an operation its batches.
func (s *Service) withBatches(ctx context.Context) context.Context {
	b := &batches{store: s.store, seesAll: seesAll(viewer.From(ctx))}
	b.variantsOf = batch.NewLoader(b, &b.products, (*batches).loadVariants)
	b.ownerOf = batch.NewLoader(b, &b.owners, (*batches).loadOwners)
	b.mediaOf = batch.NewLoader(s.store, &b.products, (*store).mediaOf)
	b.categoriesOf = batch.NewLoader(s.store, &b.products, (*store).categoriesOf)
	return context.WithValue(ctx, batchesKey{}, b)
}

func (b *batches) loadVariants(ctx context.Context, products []uuid.UUID) (map[uuid.UUID][]*model.ProductVariant, error) {
	found, err := b.store.variantsOf(ctx, products, b.seesAll)
	return b.group(found), err
}

// loadOwners loads the products of variants: whoever sees a variant sees its
// product, which was decided with the variant.
func (b *batches) loadOwners(ctx context.Context, products []uuid.UUID) (map[uuid.UUID]*model.Product, error) {
	found, err := b.store.products(ctx, products, true)
	b.noteProducts(found)
	return byKey(found), err
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
func (b *batches) priceRange(c money.Currency) *rangeLoader {
	b.mu.Lock()
	defer b.mu.Unlock()
	loader, ok := b.ranges[c]
	if !ok {
		loader = &rangeLoader{batch.NewLoader(b.store, &b.products, func(s *store, ctx context.Context, products []uuid.UUID) (map[uuid.UUID]*model.PriceRange, error) {
			return s.priceRangesOf(ctx, products, c)
		})}
		if b.ranges == nil {
			b.ranges = map[money.Currency]*rangeLoader{}
		}
		b.ranges[c] = loader
	}
	return loader
}

// ledger loads a part of the ledgers of the variants that the operation came
// across.
func (b *batches) ledger(p ledgerPage) *ledgerLoader {
	b.mu.Lock()
	defer b.mu.Unlock()
	loader, ok := b.movements[p]
	if !ok {
		loader = &ledgerLoader{batch.NewLoader(b.store, &b.variants, func(s *store, ctx context.Context, variants []uuid.UUID) (map[uuid.UUID][]*model.StockMovement, error) {
			return s.movementsOf(ctx, variants, p)
		})}
		if b.movements == nil {
			b.movements = map[ledgerPage]*ledgerLoader{}
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
