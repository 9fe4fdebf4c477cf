package products

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/model"
)

// inProduct runs work while nobody else changes the product, and afterwards writes
// what lists are searched and sorted by. Faults make it as if nothing had
// happened; there is one when the product is not there.
func (s *store) inProduct(ctx context.Context, product uuid.UUID, missing *model.ProductUserError,
	work func(tx *sqlx.Tx) ([]*model.ProductUserError, error),
) ([]*model.ProductUserError, error) {
	tx, err := s.db.BeginTxx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	var found bool
	if err := tx.GetContext(ctx, &found, `SELECT true FROM products WHERE id = $1 FOR NO KEY UPDATE`, product); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return []*model.ProductUserError{missing}, nil
		}
		return nil, err
	}
	if faults, err := work(tx); len(faults) > 0 || err != nil {
		return faults, err
	}
	if err := refresh(ctx, tx, product); err != nil {
		return nil, err
	}
	return nil, tx.Commit()
}

// The texts that products are searched by, and the prices they are sorted by, as
// they follow from the rest; %s is which products.
const (
	refreshSearch = `
		UPDATE products p SET search = setweight(to_tsvector('english', p.name), 'A') || setweight(to_tsvector('simple', p.name), 'A')
			|| array_to_tsvector(ARRAY(SELECT lower(sku) FROM variants WHERE product_id = p.id))
			|| setweight(to_tsvector('simple', coalesce((SELECT string_agg(name, ' ' ORDER BY position) FROM variants WHERE product_id = p.id), '')), 'B')
			|| setweight(to_tsvector('english', p.description), 'D')`
	refreshPrices = `
		INSERT INTO product_prices (product_id, currency, lowest, highest)
		SELECT v.product_id, m.currency, min(m.amount), max(m.amount) FROM variants v JOIN variant_prices m ON m.variant_id = v.id`
)

// refresh writes what lists are searched and sorted by.
func refresh(ctx context.Context, tx *sqlx.Tx, product uuid.UUID) error {
	for _, statement := range []string{
		refreshSearch + `, updated_at = now() WHERE id = $1`,
		`DELETE FROM product_prices WHERE product_id = $1`,
		refreshPrices + ` WHERE v.product_id = $1 GROUP BY v.product_id, m.currency`,
	} {
		if _, err := tx.ExecContext(ctx, statement, product); err != nil {
			return err
		}
	}
	return nil
}

// updateProduct changes what is given.
func (s *store) updateProduct(ctx context.Context, c *productChange) ([]*model.ProductUserError, error) {
	return s.inProduct(ctx, c.key, productNotFound("id"), func(tx *sqlx.Tx) ([]*model.ProductUserError, error) {
		_, err := tx.ExecContext(ctx, `
			UPDATE products SET name = coalesce($2, name), description = coalesce($3, description), status = coalesce($4, status),
				tax_class = coalesce($5, tax_class) WHERE id = $1`, c.key, c.name, c.description, c.status, c.taxClass)
		if err != nil {
			return nil, err
		}
		return s.putParts(ctx, tx, c)
	})
}

// putParts replaces the categories and media that are given.
func (s *store) putParts(ctx context.Context, tx *sqlx.Tx, c *productChange) ([]*model.ProductUserError, error) {
	if c.categories != nil {
		if faults, err := putCategories(ctx, tx, c.key, *c.categories); len(faults) > 0 || err != nil {
			return faults, err
		}
	}
	if c.media != nil {
		return nil, putMedia(ctx, tx, c.key, *c.media)
	}
	return nil, nil
}

// putCategories puts the product into these categories and no others.
func putCategories(ctx context.Context, tx *sqlx.Tx, product uuid.UUID, categories id.List) (faults []*model.ProductUserError, err error) {
	if _, err := tx.ExecContext(ctx, `DELETE FROM product_categories WHERE product_id = $1`, product); err != nil {
		return nil, err
	}
	var put []uuid.UUID
	err = tx.SelectContext(ctx, &put, `
		INSERT INTO product_categories (category_id, product_id) SELECT id, $1 FROM categories WHERE id = ANY($2::uuid[])
		RETURNING category_id`, product, categories)
	if err != nil || len(put) == len(categories) {
		return nil, err
	}
	found := map[uuid.UUID]bool{}
	for _, key := range put {
		found[key] = true
	}
	for i, key := range categories {
		if !found[key] {
			faults = append(faults, fault(model.ProductUserErrorCodeCategoryNotFound, "there is no such category", "categoryIds", strconv.Itoa(i)))
		}
	}
	return faults, nil
}

func putMedia(ctx context.Context, tx *sqlx.Tx, product uuid.UUID, media []*model.Media) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM product_media WHERE product_id = $1`, product); err != nil {
		return err
	}
	var urls, alts pq.StringArray
	for _, m := range media {
		urls, alts = append(urls, m.URL), append(alts, m.Alt)
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO product_media (product_id, position, url, alt)
		SELECT $1, position, url, alt FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS m (url, alt, position)`, product, urls, alts)
	return err
}

// addVariant adds the draft's one variant to the product.
func (s *store) addVariant(ctx context.Context, d draft) ([]*model.ProductUserError, error) {
	return s.inProduct(ctx, d.id, productNotFound("productId"), func(tx *sqlx.Tx) ([]*model.ProductUserError, error) {
		var n int
		if err := tx.GetContext(ctx, &n, `SELECT coalesce(max(position), 0) FROM variants WHERE product_id = $1`, d.id); err != nil {
			return nil, err
		}
		if n >= maxOfProduct {
			return []*model.ProductUserError{fault(model.ProductUserErrorCodeInvalidVariants, "a product has 1 to 100 variants", "variant")}, nil
		}
		taken, err := insertVariants(ctx, tx, d, n)
		if err != nil {
			return nil, err
		}
		if len(taken) > 0 {
			return []*model.ProductUserError{skuTaken(d.variants[0].sku, "variant", "sku")}, nil
		}
		if err := insertPrices(ctx, tx, d); err != nil {
			return nil, err
		}
		return nil, insertStock(ctx, tx, d)
	})
}

// updateVariant changes what is given.
func (s *store) updateVariant(ctx context.Context, c *variantChange) ([]*model.ProductUserError, error) {
	var product uuid.UUID
	err := s.db.GetContext(ctx, &product, `SELECT product_id FROM variants WHERE id = $1`, c.key)
	if errors.Is(err, sql.ErrNoRows) {
		return []*model.ProductUserError{variantNotFound("id")}, nil
	}
	if err != nil {
		return nil, err
	}
	return s.inProduct(ctx, product, variantNotFound("id"), func(tx *sqlx.Tx) ([]*model.ProductUserError, error) {
		_, err := tx.ExecContext(ctx, `UPDATE variants SET sku = coalesce($2, sku), name = coalesce($3, name) WHERE id = $1`, c.key, c.sku, c.name)
		if taken := pq.As(err, pqerror.UniqueViolation); taken != nil && c.sku != nil {
			return []*model.ProductUserError{skuTaken(*c.sku, "sku")}, nil
		}
		if err != nil || c.prices == nil {
			return nil, err
		}
		return nil, putPrices(ctx, tx, c.key, c.prices)
	})
}

// putPrices sells the variant at these prices and in no other currency. They are
// locked in the order in which a reservation reads them.
func putPrices(ctx context.Context, tx *sqlx.Tx, variant uuid.UUID, prices []money.Money) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM variant_prices WHERE variant_id = $1`, variant); err != nil {
		return err
	}
	return insertPrices(ctx, tx, draft{variants: []draftVariant{{id: variant, prices: prices}}})
}

// mediaOf returns the media of these products, with one statement.
func (s *store) mediaOf(ctx context.Context, products []uuid.UUID) (map[uuid.UUID][]*model.Media, error) {
	var rows []struct {
		Product uuid.UUID `db:"product_id"`
		URL     string    `db:"url"`
		Alt     string    `db:"alt"`
	}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT product_id, url, alt FROM product_media WHERE product_id = ANY($1::uuid[]) ORDER BY product_id, position`, id.List(products))
	found := map[uuid.UUID][]*model.Media{}
	for _, r := range rows {
		found[r.Product] = append(found[r.Product], &model.Media{URL: r.URL, Alt: r.Alt})
	}
	return found, err
}

// priceRangesOf returns the price ranges of these products in a currency, with
// one statement.
func (s *store) priceRangesOf(ctx context.Context, products []uuid.UUID, c money.Currency) (map[uuid.UUID]*model.PriceRange, error) {
	var rows []struct {
		Product uuid.UUID `db:"product_id"`
		Lowest  int64     `db:"lowest"`
		Highest int64     `db:"highest"`
	}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT product_id, lowest, highest FROM product_prices WHERE product_id = ANY($1::uuid[]) AND currency = $2`, id.List(products), c)
	found := map[uuid.UUID]*model.PriceRange{}
	for _, r := range rows {
		found[r.Product] = &model.PriceRange{Lowest: &money.Money{Minor: r.Lowest, Currency: c}, Highest: &money.Money{Minor: r.Highest, Currency: c}}
	}
	return found, err
}
