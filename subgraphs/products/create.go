package products

import (
	"context"
	"fmt"
	"regexp"
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
	maxName        = 200
	maxVariantName = 100
	maxDescription = 5_000
	// maxOfProduct is how many variants a product has at most.
	maxOfProduct = 100
	// maxPrice is the highest price in minor units: with it, any order's total
	// fits in 64 bits.
	maxPrice = 1_000_000_000_000
	// maxOnHand is the highest stock; the column holds twice that.
	maxOnHand = 1_000_000_000
)

// draft is a product to be added.
type draft struct {
	productChange     // its categories and media
	id                uuid.UUID
	name, description string
	status            model.ProductStatus
	taxClass          model.TaxClass
	variants          []draftVariant
}

type draftVariant struct {
	id        uuid.UUID
	sku, name string
	prices    []money.Money
	onHand    int
}

// create adds a product with its variants, all or nothing.
func (s *Service) create(ctx context.Context, input model.CreateProductInput) (*model.CreateProductPayload, error) {
	if err := mayChangeCatalogue(viewer.From(ctx)); err != nil {
		return nil, err
	}
	d, faults := checkDraft(input)
	if len(faults) > 0 {
		return &model.CreateProductPayload{UserErrors: faults}, nil
	}
	faults, err := s.store.create(ctx, d)
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return &model.CreateProductPayload{UserErrors: faults}, nil
	}
	product, err := s.product(ctx, id.Product.Format(d.id))
	return &model.CreateProductPayload{Product: product, UserErrors: []*model.ProductUserError{}}, err
}

// takenFaults points at the variants whose SKU another product has.
func takenFaults(d draft, taken map[string]bool) (faults []*model.ProductUserError) {
	for i, v := range d.variants {
		if taken[v.sku] {
			faults = append(faults, skuTaken(v.sku, "variants", strconv.Itoa(i), "sku"))
		}
	}
	return faults
}

func skuTaken(sku string, field ...string) *model.ProductUserError {
	return fault(model.ProductUserErrorCodeSkuTaken, "another variant has the SKU "+sku, field...)
}

// checkDraft reads the input and returns everything that is wrong with it, not
// only the first.
func checkDraft(input model.CreateProductInput) (draft, []*model.ProductUserError) {
	d := draft{id: id.New(), name: input.Name, description: input.Description, status: input.Status, taxClass: input.TaxClass}
	c := productChange{key: d.id, name: &d.name, description: &d.description}
	faults := c.check(input.CategoryIds, input.Media)
	d.productChange = c
	if n := len(input.Variants); n < 1 || n > maxOfProduct {
		return d, append(faults, fault(model.ProductUserErrorCodeInvalidVariants, "a product has 1 to 100 variants", "variants"))
	}
	skus := map[string]bool{}
	for i, v := range input.Variants {
		c := variantCheck{at: []string{"variants", strconv.Itoa(i)}, skus: skus}
		d.variants = append(d.variants, c.check(v))
		faults = append(faults, c.faults...)
	}
	return d, faults
}

// variantCheck checks one variant of a draft.
type variantCheck struct {
	at     []string
	skus   map[string]bool // seen before, in upper case
	faults []*model.ProductUserError
}

func (c *variantCheck) fail(code model.ProductUserErrorCode, message string, field ...string) {
	c.faults = append(c.faults, fault(code, message, append(c.at[:len(c.at):len(c.at)], field...)...))
}

var skuForm = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

func (c *variantCheck) checkSKU(sku string) {
	switch upper := strings.ToUpper(sku); {
	case !skuForm.MatchString(sku):
		c.fail(model.ProductUserErrorCodeInvalidSku, "a SKU has 1 to 64 letters, digits, dots, hyphens and underscores", "sku")
	case c.skus[upper]:
		c.fail(model.ProductUserErrorCodeSkuTaken, "another variant of this product has the SKU "+sku, "sku")
	default:
		c.skus[upper] = true
	}
}

func (c *variantCheck) checkName(name string) {
	if !isText(name, 0, maxVariantName) {
		c.fail(model.ProductUserErrorCodeInvalidName, "a variant's name has up to 100 characters", "name")
	}
}

func (c *variantCheck) check(v *model.CreateProductVariantInput) draftVariant {
	d := draftVariant{id: id.New(), sku: v.Sku, name: strings.TrimSpace(v.Name), onHand: v.OnHand}
	c.checkSKU(d.sku)
	c.checkName(d.name)
	if v.OnHand < 0 || v.OnHand > maxOnHand {
		c.fail(model.ProductUserErrorCodeInvalidQuantity, fmt.Sprintf("the stock is 0 to %d", maxOnHand), "onHand")
	}
	d.prices = c.prices(v.Prices)
	return d
}

func (c *variantCheck) prices(inputs []*model.MoneyInput) (prices []money.Money) {
	if len(inputs) == 0 {
		c.fail(model.ProductUserErrorCodeInvalidPrice, "a variant has a price in one currency at least", "prices")
	}
	seen := map[money.Currency]bool{}
	for i, input := range inputs {
		price, err := money.Parse(input.Amount, input.CurrencyCode)
		switch {
		case err != nil:
			c.fail(model.ProductUserErrorCodeInvalidPrice, err.Error(), "prices", strconv.Itoa(i), "amount")
		case price.Minor < 0 || price.Minor > maxPrice:
			c.fail(model.ProductUserErrorCodeInvalidPrice, "a price is 0 to "+money.Money{Minor: maxPrice, Currency: price.Currency}.String(), "prices", strconv.Itoa(i), "amount")
		case seen[price.Currency]:
			c.fail(model.ProductUserErrorCodeInvalidPrice, "there is another price in "+string(price.Currency), "prices", strconv.Itoa(i), "currencyCode")
		}
		seen[input.CurrencyCode] = true
		prices = append(prices, price)
	}
	return prices
}

// isText says whether the text is that long, in characters, and has no control
// characters.
func isText(text string, least, most int) bool {
	n := utf8.RuneCountInString(text)
	return n >= least && n <= most && !strings.ContainsFunc(text, unicode.IsControl)
}

func fault(code model.ProductUserErrorCode, message string, field ...string) *model.ProductUserError {
	return &model.ProductUserError{Code: code, Field: append([]string{"input"}, field...), Message: message}
}
