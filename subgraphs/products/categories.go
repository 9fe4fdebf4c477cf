package products

import (
	"context"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/viewer"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/model"
)

// The tree of categories is small and read whole, with one statement.
const (
	maxCategories = 2000
	maxDepth      = 8
	maxSlug       = 100
)

// tree is all categories.
type tree struct {
	byKey    map[uuid.UUID]*categoryRow
	bySlug   map[string]*categoryRow
	children map[uuid.UUID][]*categoryRow // uuid.Nil's are the roots
}

func newTree(rows []categoryRow) *tree {
	t := &tree{map[uuid.UUID]*categoryRow{}, map[string]*categoryRow{}, map[uuid.UUID][]*categoryRow{}}
	for i := range rows {
		r := &rows[i]
		t.byKey[r.ID], t.bySlug[r.Slug] = r, r
		t.children[r.Parent.UUID] = append(t.children[r.Parent.UUID], r)
	}
	return t
}

func models(rows []*categoryRow) []*model.Category {
	categories := make([]*model.Category, len(rows))
	for i, r := range rows {
		categories[i] = r.model()
	}
	return categories
}

// inOrder calls visit for every category, parents before their children.
func (t *tree) inOrder(below uuid.UUID, visit func(*categoryRow)) {
	for _, r := range t.children[below] {
		visit(r)
		t.inOrder(r.ID, visit)
	}
}

func (s *Service) categories(ctx context.Context) ([]*model.Category, error) {
	t, err := batchesFrom(ctx).tree(ctx)
	if err != nil {
		return nil, err
	}
	return models(t.children[uuid.Nil]), nil
}

// category finds a category by id or by slug.
func (s *Service) category(ctx context.Context, text, slug *string) (*model.Category, error) {
	if (text == nil) == (slug == nil) {
		return nil, apierror.New(apierror.BadUserInput, "give either \"id\" or \"slug\"")
	}
	var key uuid.UUID
	if text != nil {
		var err error
		if key, err = id.Category.Parse(*text); err != nil {
			return nil, err
		}
	}
	t, err := batchesFrom(ctx).tree(ctx)
	if err != nil {
		return nil, err
	}
	found := t.byKey[key]
	if slug != nil {
		found = t.bySlug[*slug]
	}
	if found == nil {
		return nil, nil
	}
	return found.model(), nil
}

func (s *Service) parent(ctx context.Context, of *model.Category) (*model.Category, error) {
	t, err := batchesFrom(ctx).tree(ctx)
	if err != nil {
		return nil, err
	}
	if r := t.byKey[of.Key]; r != nil && r.Parent.Valid {
		return t.byKey[r.Parent.UUID].model(), nil
	}
	return nil, nil
}

func (s *Service) ancestors(ctx context.Context, of *model.Category) ([]*model.Category, error) {
	t, err := batchesFrom(ctx).tree(ctx)
	if err != nil {
		return nil, err
	}
	found := []*model.Category{}
	if r := t.byKey[of.Key]; r != nil {
		for _, key := range r.Path[:len(r.Path)-1] {
			found = append(found, t.byKey[key].model())
		}
	}
	return found, nil
}

func (s *Service) children(ctx context.Context, of *model.Category) ([]*model.Category, error) {
	t, err := batchesFrom(ctx).tree(ctx)
	if err != nil {
		return nil, err
	}
	return models(t.children[of.Key]), nil
}

// categoriesOfProduct are those that a product was put into, in the tree's order.
func (s *Service) categoriesOfProduct(ctx context.Context, of *model.Product) ([]*model.Category, error) {
	b := batchesFrom(ctx)
	keys, err := b.categoriesOf.Get(ctx, of.Key)
	if err != nil || len(keys) == 0 {
		return []*model.Category{}, err
	}
	t, err := b.tree(ctx)
	if err != nil {
		return nil, err
	}
	in := map[uuid.UUID]bool{}
	for _, key := range keys {
		in[key] = true
	}
	found := []*model.Category{}
	t.inOrder(uuid.Nil, func(r *categoryRow) {
		if in[r.ID] {
			found = append(found, r.model())
		}
	})
	return found, nil
}

// categoryChange is what is to become of a category; nil stays as it is.
type categoryChange struct {
	key        uuid.UUID
	parent     *uuid.NullUUID
	slug, name *string
	position   *int
}

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// check returns everything that is wrong with the texts of a change.
func (c *categoryChange) check() (faults []*model.ProductUserError) {
	if c.slug != nil && (!slugForm.MatchString(*c.slug) || len(*c.slug) > maxSlug) {
		faults = append(faults, fault(model.ProductUserErrorCodeInvalidSlug, "a slug has up to 100 lower-case letters and digits, with single hyphens within", "slug"))
	}
	if c.name != nil {
		if *c.name = strings.TrimSpace(*c.name); !isText(*c.name, 1, maxVariantName) {
			faults = append(faults, fault(model.ProductUserErrorCodeInvalidName, "a category's name has 1 to 100 characters", "name"))
		}
	}
	return faults
}

// parseParent reads the id of the category above.
func (c *categoryChange) parseParent(text *string) []*model.ProductUserError {
	if text == nil {
		return nil
	}
	parent, err := id.Category.Parse(*text)
	if err != nil {
		return []*model.ProductUserError{categoryNotFound("parentId")}
	}
	c.parent = &uuid.NullUUID{UUID: parent, Valid: true}
	return nil
}

func categoryNotFound(field string) *model.ProductUserError {
	return fault(model.ProductUserErrorCodeCategoryNotFound, "there is no such category", field)
}

func (s *Service) createCategory(ctx context.Context, input model.CreateCategoryInput) (*model.CreateCategoryPayload, error) {
	if err := mayChangeCatalogue(viewer.From(ctx)); err != nil {
		return nil, err
	}
	c := &categoryChange{key: id.New(), parent: &uuid.NullUUID{}, slug: &input.Slug, name: &input.Name, position: &input.Position}
	faults := append(c.check(), c.parseParent(input.ParentID)...)
	category, faults, err := s.changeTree(ctx, c, faults, s.store.createCategory)
	return &model.CreateCategoryPayload{Category: category, UserErrors: faults}, err
}

func (s *Service) updateCategory(ctx context.Context, input model.UpdateCategoryInput) (*model.UpdateCategoryPayload, error) {
	if err := mayChangeCatalogue(viewer.From(ctx)); err != nil {
		return nil, err
	}
	c := &categoryChange{slug: input.Slug, name: input.Name, position: input.Position}
	faults := append(c.check(), c.parseParent(input.ParentID)...)
	if input.Root {
		c.parent = &uuid.NullUUID{}
	}
	if input.Root && input.ParentID != nil {
		faults = append(faults, fault(model.ProductUserErrorCodeInvalidParent, "a category at the root has no parent", "root"))
	}
	var err error
	if c.key, err = id.Category.Parse(input.ID); err != nil {
		faults = append(faults, categoryNotFound("id"))
	}
	category, faults, err := s.changeTree(ctx, c, faults, s.store.updateCategory)
	return &model.UpdateCategoryPayload{Category: category, UserErrors: faults}, err
}

// changeTree changes the tree unless there are faults, or the store finds one.
func (s *Service) changeTree(ctx context.Context, c *categoryChange, faults []*model.ProductUserError,
	change func(context.Context, *categoryChange) (*categoryRow, *model.ProductUserError, error),
) (*model.Category, []*model.ProductUserError, error) {
	if len(faults) > 0 {
		return nil, faults, nil
	}
	changed, wrong, err := change(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	if wrong != nil {
		return nil, []*model.ProductUserError{wrong}, nil
	}
	batchesFrom(ctx).forgetTree()
	return changed.model(), []*model.ProductUserError{}, nil
}

func (s *Service) deleteCategory(ctx context.Context, input model.DeleteCategoryInput) (*model.DeleteCategoryPayload, error) {
	if err := mayChangeCatalogue(viewer.From(ctx)); err != nil {
		return nil, err
	}
	wrong := categoryNotFound("id")
	if key, err := id.Category.Parse(input.ID); err == nil {
		if wrong, err = s.store.deleteCategory(ctx, key); err != nil {
			return nil, err
		}
	}
	if wrong != nil {
		return &model.DeleteCategoryPayload{UserErrors: []*model.ProductUserError{wrong}}, nil
	}
	batchesFrom(ctx).forgetTree()
	return &model.DeleteCategoryPayload{Deleted: true, UserErrors: []*model.ProductUserError{}}, nil
}
