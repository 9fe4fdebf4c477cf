package products

import (
	"context"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/internal/viewer"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/model"
)

// product is the product with this id, nil when the viewer may not see it.
func (s *Service) product(ctx context.Context, text string) (*model.Product, error) {
	if _, err := id.Product.Parse(text); err != nil {
		return nil, err
	}
	found, err := s.products(ctx, []string{text})
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// products returns the products with these ids, in their order; nil stands for
// one that is not there, that the viewer may not see, or whose id is none.
func (s *Service) products(ctx context.Context, texts []string) ([]*model.Product, error) {
	keys := parseAll(id.Product, texts)
	rows, err := s.store.products(ctx, known(keys), seesAll(viewer.From(ctx)))
	if err != nil {
		return nil, err
	}
	batchesFrom(ctx).noteProducts(rows)
	found, products := byKey(rows), make([]*model.Product, len(keys))
	for i, key := range keys {
		products[i] = found[key]
	}
	return products, nil
}

// maxVariants is how many variants can be asked for by id at once.
const maxVariants = 100

// variantsByID is variants for a client's list of ids.
func (s *Service) variantsByID(ctx context.Context, texts []string) ([]*model.ProductVariant, error) {
	if len(texts) > maxVariants {
		return nil, apierror.New(apierror.BadUserInput, "%d ids; ask for %d variants at most", len(texts), maxVariants)
	}
	for _, text := range texts {
		if _, err := id.Variant.Parse(text); err != nil {
			return nil, err
		}
	}
	return s.variants(ctx, texts)
}

// variants returns the variants with these ids as products does for products.
func (s *Service) variants(ctx context.Context, texts []string) ([]*model.ProductVariant, error) {
	keys := parseAll(id.Variant, texts)
	rows, err := s.store.variants(ctx, known(keys), seesAll(viewer.From(ctx)))
	if err != nil {
		return nil, err
	}
	batchesFrom(ctx).noteVariants(rows)
	found := make(map[uuid.UUID]*model.ProductVariant, len(rows))
	for _, v := range rows {
		found[v.Key] = v
	}
	variants := make([]*model.ProductVariant, len(keys))
	for i, key := range keys {
		variants[i] = found[key]
	}
	return variants, nil
}

// parseAll reads ids; one that is none becomes uuid.Nil, which nothing has.
func parseAll(kind id.Kind, texts []string) []uuid.UUID {
	keys := make([]uuid.UUID, len(texts))
	for i, text := range texts {
		keys[i], _ = kind.Parse(text)
	}
	return keys
}

// known leaves out what was no id.
func known(keys []uuid.UUID) []uuid.UUID {
	found := make([]uuid.UUID, 0, len(keys))
	for _, key := range keys {
		if key != uuid.Nil {
			found = append(found, key)
		}
	}
	return found
}

// priceIn is the variant's price in a currency, nil when it has none.
func priceIn(v *model.ProductVariant, c money.Currency) *money.Money {
	for _, price := range v.Prices {
		if price.Currency == c {
			return price
		}
	}
	return nil
}

// stockFor is the variant's stock, nil for those who may not see it.
func stockFor(v viewer.Viewer, variant *model.ProductVariant) *model.Stock {
	if !seesStock(v) {
		return nil
	}
	return &model.Stock{Variant: variant.Key, OnHand: variant.OnHand, Reserved: variant.Reserved, Available: variant.OnHand - variant.Reserved}
}
