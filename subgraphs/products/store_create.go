package products

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/model"
)

// create adds the product, or nothing when there are faults: SKUs of it that are
// taken, categories that are not there.
func (s *store) create(ctx context.Context, d draft) (faults []*model.ProductUserError, err error) {
	tx, err := s.db.BeginTxx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, `INSERT INTO products (id, name, description, status, tax_class) VALUES ($1, $2, $3, $4, $5)`,
		d.id, d.name, d.description, d.status, d.taxClass); err != nil {
		return nil, err
	}
	taken, err := insertVariants(ctx, tx, d, 0)
	if err != nil || len(taken) > 0 {
		return takenFaults(d, taken), err
	}
	if faults, err := s.putParts(ctx, tx, &d.productChange); len(faults) > 0 || err != nil {
		return faults, err
	}
	for _, step := range []func(context.Context, *sqlx.Tx, draft) error{insertPrices, insertStock} {
		if err := step(ctx, tx, d); err != nil {
			return nil, err
		}
	}
	if err := refresh(ctx, tx, d.id); err != nil {
		return nil, err
	}
	return nil, tx.Commit()
}

// insertVariants writes all variants, behind so many that the product has, and
// returns the SKUs that others have. Of two that write one SKU at once, the second waits and then finds it taken.
func insertVariants(ctx context.Context, tx *sqlx.Tx, d draft, behind int) (taken map[string]bool, err error) {
	taken = map[string]bool{}
	var ids id.List
	var skus, names pq.StringArray
	for _, v := range d.variants {
		ids, skus, names = append(ids, v.id), append(skus, v.sku), append(names, v.name)
		taken[v.sku] = true
	}
	var written []string
	err = tx.SelectContext(ctx, &written, `
		INSERT INTO variants (id, product_id, position, sku, name)
		SELECT v.id, $1, $5 + v.position, v.sku, v.name
		FROM unnest($2::uuid[], $3::text[], $4::text[]) WITH ORDINALITY AS v (id, sku, name, position)
		ORDER BY upper(v.sku)
		ON CONFLICT (upper(sku)) DO NOTHING
		RETURNING sku`, d.id, ids, skus, names, behind)
	for _, sku := range written {
		delete(taken, sku)
	}
	return taken, err
}

func insertPrices(ctx context.Context, tx *sqlx.Tx, d draft) error {
	var ids id.List
	var currencies pq.StringArray
	var amounts pq.Int64Array
	for _, v := range d.variants {
		for _, price := range v.prices {
			ids, currencies, amounts = append(ids, v.id), append(currencies, string(price.Currency)), append(amounts, price.Minor)
		}
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO variant_prices (variant_id, currency, amount)
		SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[])`, ids, currencies, amounts)
	return err
}

// insertStock writes the first stock and, where there is any, the movement that
// it came by.
func insertStock(ctx context.Context, tx *sqlx.Tx, d draft) error {
	var ids id.List
	var onHand pq.Int64Array
	for _, v := range d.variants {
		ids, onHand = append(ids, v.id), append(onHand, int64(v.onHand))
	}
	_, err := tx.ExecContext(ctx, `
		WITH given AS (
			SELECT * FROM unnest($1::uuid[], $2::integer[]) AS g (variant_id, on_hand)
		), received AS (
			INSERT INTO stock_movements (variant_id, kind, on_hand_delta, reserved_delta)
			SELECT variant_id, 'RECEIVED', on_hand, 0 FROM given WHERE on_hand > 0
		)
		INSERT INTO stock (variant_id, on_hand, reserved) SELECT variant_id, on_hand, 0 FROM given`, ids, onHand)
	return err
}
