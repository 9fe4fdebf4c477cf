package products

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/internal/viewer"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/model"
)

const (
	maxOfCategories = 20
	maxMedia        = 20
	maxURL          = 2_000
	maxAlt          = 500
)

// productChange is what is to become of a product; nil stays as it is.
type productChange struct {
	key               uuid.UUID
	name, description *string
	status            *model.ProductStatus
	taxClass          *model.TaxClass
	categories        *id.List
	media             *[]*model.Media
}

// check returns everything that is wrong with what is given.
func (c *productChange) check(categories []string, media []*model.MediaInput) (faults []*model.ProductUserError) {
	if c.name != nil {
		if *c.name = strings.TrimSpace(*c.name); !isText(*c.name, 1, maxName) {
			faults = append(faults, fault(model.ProductUserErrorCodeInvalidName, "a name has 1 to 200 characters", "name"))
		}
	}
	if c.description != nil && (utf8.RuneCountInString(*c.description) > maxDescription || strings.ContainsRune(*c.description, 0)) {
		faults = append(faults, fault(model.ProductUserErrorCodeInvalidDescription, "a description has up to 5,000 characters", "description"))
	}
	if categories != nil {
		list, wrong := parseCategories(categories)
		c.categories, faults = &list, append(faults, wrong...)
	}
	if media != nil {
		list, wrong := parseMedia(media)
		c.media, faults = &list, append(faults, wrong...)
	}
	return faults
}

func parseCategories(texts []string) (list id.List, faults []*model.ProductUserError) {
	if len(texts) > maxOfCategories {
		return nil, []*model.ProductUserError{fault(model.ProductUserErrorCodeInvalidCategories, "a product is in up to 20 categories", "categoryIds")}
	}
	seen := map[uuid.UUID]bool{}
	list = id.List{}
	for i, text := range texts {
		key, err := id.Category.Parse(text)
		switch {
		case err != nil:
			faults = append(faults, fault(model.ProductUserErrorCodeCategoryNotFound, "there is no such category", "categoryIds", strconv.Itoa(i)))
		case seen[key]:
			faults = append(faults, fault(model.ProductUserErrorCodeInvalidCategories, "the category is given twice", "categoryIds", strconv.Itoa(i)))
		}
		seen[key] = true
		list = append(list, key)
	}
	return list, faults
}

func parseMedia(inputs []*model.MediaInput) (list []*model.Media, faults []*model.ProductUserError) {
	if len(inputs) > maxMedia {
		return nil, []*model.ProductUserError{fault(model.ProductUserErrorCodeInvalidMedia, "a product has up to 20 media", "media")}
	}
	for i, input := range inputs {
		if !isWebURL(input.URL) {
			faults = append(faults, fault(model.ProductUserErrorCodeInvalidMedia, "this is not an http or https URL of up to 2,000 characters", "media", strconv.Itoa(i), "url"))
		}
		if !isText(input.Alt, 0, maxAlt) {
			faults = append(faults, fault(model.ProductUserErrorCodeInvalidMedia, "a text for those who do not see has up to 500 characters", "media", strconv.Itoa(i), "alt"))
		}
		list = append(list, &model.Media{URL: input.URL, Alt: input.Alt})
	}
	return list, faults
}

func isWebURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") && utf8.RuneCountInString(text) <= maxURL &&
		!strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}

func (s *Service) updateProduct(ctx context.Context, input model.UpdateProductInput) (*model.UpdateProductPayload, error) {
	if err := mayChangeCatalogue(viewer.From(ctx)); err != nil {
		return nil, err
	}
	c := &productChange{name: input.Name, description: input.Description, status: input.Status, taxClass: input.TaxClass}
	faults := c.check(input.CategoryIds, input.Media)
	var err error
	if c.key, err = id.Product.Parse(input.ID); err != nil {
		faults = append(faults, productNotFound("id"))
	}
	if len(faults) == 0 {
		if faults, err = s.store.updateProduct(ctx, c); err != nil {
			return nil, err
		}
	}
	if len(faults) > 0 {
		return &model.UpdateProductPayload{UserErrors: faults}, nil
	}
	product, err := s.product(ctx, input.ID)
	return &model.UpdateProductPayload{Product: product, UserErrors: []*model.ProductUserError{}}, err
}

func productNotFound(field string) *model.ProductUserError {
	return fault(model.ProductUserErrorCodeProductNotFound, "there is no such product", field)
}

func variantNotFound(field string) *model.ProductUserError {
	return fault(model.ProductUserErrorCodeVariantNotFound, "there is no such variant", field)
}

func (s *Service) addProductVariant(ctx context.Context, input model.AddProductVariantInput) (*model.AddProductVariantPayload, error) {
	if err := mayChangeCatalogue(viewer.From(ctx)); err != nil {
		return nil, err
	}
	check := variantCheck{at: []string{"variant"}, skus: map[string]bool{}}
	d := draft{variants: []draftVariant{check.check(input.Variant)}}
	faults := check.faults
	var err error
	if d.id, err = id.Product.Parse(input.ProductID); err != nil {
		faults = append(faults, productNotFound("productId"))
	}
	if len(faults) == 0 {
		if faults, err = s.store.addVariant(ctx, d); err != nil {
			return nil, err
		}
	}
	if len(faults) > 0 {
		return &model.AddProductVariantPayload{UserErrors: faults}, nil
	}
	variant, err := s.variant(ctx, d.variants[0].id)
	return &model.AddProductVariantPayload{Variant: variant, UserErrors: []*model.ProductUserError{}}, err
}

// variant is the variant with this key.
func (s *Service) variant(ctx context.Context, key uuid.UUID) (*model.ProductVariant, error) {
	found, err := s.variants(ctx, []string{id.Variant.Format(key)})
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// variantChange is what is to become of a variant; nil stays as it is.
type variantChange struct {
	key       uuid.UUID
	sku, name *string
	prices    []money.Money
}

func (s *Service) updateProductVariant(ctx context.Context, input model.UpdateProductVariantInput) (*model.UpdateProductVariantPayload, error) {
	if err := mayChangeCatalogue(viewer.From(ctx)); err != nil {
		return nil, err
	}
	c, check := &variantChange{sku: input.Sku, name: input.Name}, variantCheck{skus: map[string]bool{}}
	if input.Sku != nil {
		check.checkSKU(*input.Sku)
	}
	if input.Name != nil {
		*input.Name = strings.TrimSpace(*input.Name)
		check.checkName(*input.Name)
	}
	if input.Prices != nil {
		c.prices = check.prices(input.Prices)
	}
	faults := check.faults
	var err error
	if c.key, err = id.Variant.Parse(input.ID); err != nil {
		faults = append(faults, variantNotFound("id"))
	}
	if len(faults) == 0 {
		if faults, err = s.store.updateVariant(ctx, c); err != nil {
			return nil, err
		}
	}
	if len(faults) > 0 {
		return &model.UpdateProductVariantPayload{UserErrors: faults}, nil
	}
	variant, err := s.variant(ctx, c.key)
	return &model.UpdateProductVariantPayload{Variant: variant, UserErrors: []*model.ProductUserError{}}, err
}
