package products

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/model"
)

// categoryRow is a category as the table has it.
type categoryRow struct {
	ID       uuid.UUID     `db:"id"`
	Parent   uuid.NullUUID `db:"parent_id"`
	Path     id.List       `db:"path"`
	Slug     string        `db:"slug"`
	Name     string        `db:"name"`
	Position int           `db:"position"`
}

func (r *categoryRow) model() *model.Category {
	return &model.Category{Key: r.ID, ID: id.Category.Format(r.ID), Slug: r.Slug, Name: r.Name}
}

const categoryColumns = `id, parent_id, path, slug, name, position`

// categories returns all, siblings in their order.
func (s *store) categories(ctx context.Context) (rows []categoryRow, err error) {
	err = s.db.SelectContext(ctx, &rows, `SELECT `+categoryColumns+` FROM categories ORDER BY position, id`)
	return rows, err
}

// categoriesOf returns the categories that these products are in, with one
// statement.
func (s *store) categoriesOf(ctx context.Context, products []uuid.UUID) (map[uuid.UUID][]uuid.UUID, error) {
	var rows []struct {
		Product  uuid.UUID `db:"product_id"`
		Category uuid.UUID `db:"category_id"`
	}
	err := s.db.SelectContext(ctx, &rows, `SELECT product_id, category_id FROM product_categories WHERE product_id = ANY($1::uuid[])`, id.List(products))
	found := map[uuid.UUID][]uuid.UUID{}
	for _, r := range rows {
		found[r.Product] = append(found[r.Product], r.Category)
	}
	return found, err
}

// inTree runs work while nobody else changes the tree. What is wrong makes it as
// if nothing had happened.
func (s *store) inTree(ctx context.Context, work func(tx *sqlx.Tx) (*model.ProductUserError, error)) (*model.ProductUserError, error) {
	tx, err := s.db.BeginTxx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, `LOCK TABLE categories IN SHARE ROW EXCLUSIVE MODE`); err != nil {
		return nil, err
	}
	wrong, err := work(tx)
	if taken := pq.As(err, pqerror.UniqueViolation); taken != nil && taken.Constraint == "categories_slug_unique" {
		return fault(model.ProductUserErrorCodeSlugTaken, "another category has this slug", "slug"), nil
	}
	if wrong != nil || err != nil {
		return wrong, err
	}
	return nil, tx.Commit()
}

func oneCategory(ctx context.Context, tx *sqlx.Tx, query string, args ...any) (*categoryRow, error) {
	var r categoryRow
	err := tx.GetContext(ctx, &r, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &r, err
}

// pathBelow returns the path to a parent; the root's is empty.
func pathBelow(ctx context.Context, tx *sqlx.Tx, parent uuid.NullUUID) (id.List, *model.ProductUserError, error) {
	if !parent.Valid {
		return nil, nil, nil
	}
	r, err := oneCategory(ctx, tx, `SELECT `+categoryColumns+` FROM categories WHERE id = $1`, parent.UUID)
	if err != nil {
		return nil, nil, err
	}
	if r == nil {
		return nil, categoryNotFound("parentId"), nil
	}
	return r.Path, nil, nil
}

func tooDeep() *model.ProductUserError {
	return fault(model.ProductUserErrorCodeInvalidParent, "the tree has 8 levels at most", "parentId")
}

func (s *store) createCategory(ctx context.Context, c *categoryChange) (made *categoryRow, wrong *model.ProductUserError, err error) {
	wrong, err = s.inTree(ctx, func(tx *sqlx.Tx) (*model.ProductUserError, error) {
		var n int
		if err := tx.GetContext(ctx, &n, `SELECT count(*) FROM categories`); err != nil {
			return nil, err
		}
		if n >= maxCategories {
			return fault(model.ProductUserErrorCodeInvalidCategories, "the tree has room for 2,000 categories"), nil
		}
		above, wrong, err := pathBelow(ctx, tx, *c.parent)
		if wrong != nil || err != nil {
			return wrong, err
		}
		if len(above) >= maxDepth {
			return tooDeep(), nil
		}
		made, err = oneCategory(ctx, tx, `
			INSERT INTO categories (`+categoryColumns+`) VALUES ($1, $2, $3, $4, $5, $6) RETURNING `+categoryColumns,
			c.key, *c.parent, append(slices.Clone(above), c.key), *c.slug, *c.name, *c.position)
		return nil, err
	})
	return made, wrong, err
}

func (s *store) updateCategory(ctx context.Context, c *categoryChange) (changed *categoryRow, wrong *model.ProductUserError, err error) {
	wrong, err = s.inTree(ctx, func(tx *sqlx.Tx) (*model.ProductUserError, error) {
		before, err := oneCategory(ctx, tx, `SELECT `+categoryColumns+` FROM categories WHERE id = $1`, c.key)
		if err != nil {
			return nil, err
		}
		if before == nil {
			return categoryNotFound("id"), nil
		}
		if c.parent != nil && *c.parent != before.Parent {
			if wrong, err := moveCategory(ctx, tx, before, *c.parent); wrong != nil || err != nil {
				return wrong, err
			}
		}
		changed, err = oneCategory(ctx, tx, `
			UPDATE categories SET slug = coalesce($2, slug), name = coalesce($3, name), position = coalesce($4, position)
			WHERE id = $1 RETURNING `+categoryColumns, c.key, c.slug, c.name, c.position)
		return nil, err
	})
	return changed, wrong, err
}

// moveCategory puts a category, with everything below it, below another.
func moveCategory(ctx context.Context, tx *sqlx.Tx, what *categoryRow, below uuid.NullUUID) (*model.ProductUserError, error) {
	above, wrong, err := pathBelow(ctx, tx, below)
	if wrong != nil || err != nil {
		return wrong, err
	}
	if slices.Contains(above, what.ID) {
		return fault(model.ProductUserErrorCodeInvalidParent, "a category cannot lie below itself", "parentId"), nil
	}
	var levels int
	err = tx.GetContext(ctx, &levels, `SELECT max(cardinality(path)) FROM categories WHERE path @> $1::uuid[]`, id.List{what.ID})
	if err != nil {
		return nil, err
	}
	if levels-len(what.Path)+1+len(above) > maxDepth {
		return tooDeep(), nil
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE categories SET path = $2::uuid[] || path[$3::integer:], parent_id = CASE WHEN id = $4 THEN $5 ELSE parent_id END
		WHERE path @> $1::uuid[]`, id.List{what.ID}, append(id.List{}, above...), len(what.Path), what.ID, below)
	return nil, err
}

// deleteCategory removes a category without others below it.
func (s *store) deleteCategory(ctx context.Context, key uuid.UUID) (*model.ProductUserError, error) {
	return s.inTree(ctx, func(tx *sqlx.Tx) (*model.ProductUserError, error) {
		var below bool
		if err := tx.GetContext(ctx, &below, `SELECT EXISTS (SELECT FROM categories WHERE parent_id = $1)`, key); err != nil {
			return nil, err
		}
		if below {
			return fault(model.ProductUserErrorCodeCategoryNotEmpty, "there are categories below it; move or delete them first", "id"), nil
		}
		gone, err := oneCategory(ctx, tx, `DELETE FROM categories WHERE id = $1 RETURNING `+categoryColumns, key)
		if gone == nil && err == nil {
			return categoryNotFound("id"), nil
		}
		return nil, err
	})
}
