package orders

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

const (
	maxKey      = 100
	maxLines    = 100
	maxQuantity = 999
)

// request is what a customer asks for, checked as far as that goes without the
// catalogue.
type request struct {
	user     uuid.UUID
	key      string
	currency money.Currency
	cart     bool          // the lines are the cart's
	lines    []requestLine // each of another variant, in the order they first came
	expected *money.Money
}

type requestLine struct {
	variant  uuid.UUID
	quantity int
	input    int // where the variant first stands in the input
}

// variants are those of the lines, in their order.
func (r *request) variants() []uuid.UUID {
	variants := make([]uuid.UUID, len(r.lines))
	for i, line := range r.lines {
		variants[i] = line.variant
	}
	return variants
}

// hash tells whether a key is used again for the same. The order of lines and
// how they were split do not matter, and what was in the cart does not either: it
// is no longer there when the request is sent again.
func (r *request) hash() []byte {
	h := sha256.New()
	fmt.Fprintln(h, r.currency, r.expected)
	if r.cart {
		fmt.Fprintln(h, "cart")
		return h.Sum(nil)
	}
	sorted := slices.SortedFunc(slices.Values(r.lines), func(a, b requestLine) int { return bytes.Compare(a.variant[:], b.variant[:]) })
	for _, line := range sorted {
		fmt.Fprintln(h, line.variant, line.quantity)
	}
	return h.Sum(nil)
}

// parseRequest reads the input and returns everything that is wrong with it, not
// only the first. Lines of one variant become one.
func parseRequest(user uuid.UUID, input model.PlaceOrderInput) (*request, []*model.OrderUserError) {
	r := &request{user: user, key: input.IdempotencyKey, currency: input.CurrencyCode}
	var faults []*model.OrderUserError
	if n := utf8.RuneCountInString(r.key); n < 1 || n > maxKey || strings.ContainsFunc(r.key, unicode.IsControl) {
		faults = append(faults, fault(model.OrderUserErrorCodeInvalidIdempotencyKey, "a key has 1 to 100 characters", "idempotencyKey"))
	}
	if wrong := r.parseExpected(input.ExpectedTotal); wrong != nil {
		faults = append(faults, wrong)
	}
	if r.cart = input.Lines == nil; r.cart {
		return r, faults
	}
	if n := len(input.Lines); n < 1 || n > maxLines {
		return r, append(faults, fault(model.OrderUserErrorCodeInvalidLines, "an order has 1 to 100 lines", "lines"))
	}
	return r, append(faults, r.parseLines(input.Lines)...)
}

func (r *request) parseExpected(input *model.MoneyInput) *model.OrderUserError {
	if input == nil {
		return nil
	}
	expected, err := money.Parse(input.Amount, input.CurrencyCode)
	if err != nil {
		return fault(model.OrderUserErrorCodeInvalidAmount, err.Error(), "expectedTotal", "amount")
	}
	if expected.Currency != r.currency {
		return fault(model.OrderUserErrorCodeInvalidAmount, fmt.Sprintf("the order is in %s, the expected total in %s", r.currency, expected.Currency), "expectedTotal", "currencyCode")
	}
	r.expected = &expected
	return nil
}

func (r *request) parseLines(inputs []*model.PlaceOrderLineInput) (faults []*model.OrderUserError) {
	at := map[uuid.UUID]int{}
	for i, input := range inputs {
		variant, err := id.Variant.Parse(input.VariantID)
		if err != nil {
			faults = append(faults, fault(model.OrderUserErrorCodeVariantNotFound, err.Error(), "lines", strconv.Itoa(i), "variantId"))
			continue
		}
		line, seen := at[variant]
		if !seen {
			line, at[variant] = len(r.lines), len(r.lines)
			r.lines = append(r.lines, requestLine{variant: variant, input: i})
		}
		if input.Quantity < 1 || input.Quantity > maxQuantity || r.lines[line].quantity+input.Quantity > maxQuantity {
			faults = append(faults, fault(model.OrderUserErrorCodeInvalidQuantity, "of one variant 1 to 999 can be ordered", "lines", strconv.Itoa(i), "quantity"))
			continue
		}
		r.lines[line].quantity += input.Quantity
	}
	return faults
}

// order prices the request by the offers for its variants, or says why it cannot
// be had. The order has no number yet.
func (r *request) order(offers []*offer, rates TaxRates) (*order, []*model.OrderUserError) {
	o := &order{
		id: id.New(), user: r.user, key: r.key, hash: r.hash(), fromCart: r.cart,
		total: money.Money{Currency: r.currency}, tax: money.Money{Currency: r.currency},
	}
	var faults []*model.OrderUserError
	for i, line := range r.lines {
		wrong := o.add(line, offers[i], rates)
		if wrong != nil {
			faults = append(faults, wrong)
		}
	}
	if len(faults) == 0 && r.expected != nil && *r.expected != o.total {
		faults = append(faults, fault(model.OrderUserErrorCodePriceChanged, fmt.Sprintf("the order would cost %s, not %s", o.total, r.expected), "expectedTotal"))
	}
	return o, faults
}

// order is an order as it is written when it is begun.
type order struct {
	id, user uuid.UUID
	key      string
	hash     []byte
	lines    []orderLine
	fromCart bool
	total    money.Money
	tax      money.Money // that is in total
}

type orderLine struct {
	id, product, variant          uuid.UUID
	productName, variantName, sku string
	quantity                      int
	unitPrice, total, tax         money.Money
	taxRate                       taxRate
	input                         *int // where the line first stands in the customer's input; nil when it came from the cart
}

// at is the path of a line in the customer's input, none for a line of the cart.
func (r requestLine) at(cart bool, field string) []string {
	if cart {
		return nil
	}
	return []string{"lines", strconv.Itoa(r.input), field}
}

func (o *order) add(line requestLine, of *offer, rates TaxRates) *model.OrderUserError {
	switch {
	case of == nil:
		return fault(model.OrderUserErrorCodeVariantNotFound, "the variant is not there or not on sale", line.at(o.fromCart, "variantId")...)
	case of.price == nil:
		return fault(model.OrderUserErrorCodeCurrencyNotOffered, of.productName+" is not sold in "+string(o.total.Currency), line.at(o.fromCart, "variantId")...)
	}
	total, err := of.price.Times(line.quantity)
	if err != nil {
		return fault(model.OrderUserErrorCodeTotalTooLarge, err.Error(), line.at(o.fromCart, "quantity")...)
	}
	if o.total, err = o.total.Add(total); err != nil {
		return fault(model.OrderUserErrorCodeTotalTooLarge, err.Error(), line.at(o.fromCart, "quantity")...)
	}
	l := orderLine{
		id: id.New(), product: of.product, variant: of.variant, productName: of.productName, variantName: of.variantName, sku: of.sku,
		quantity: line.quantity, unitPrice: *of.price, total: total, taxRate: rates[of.taxClass], input: &line.input,
	}
	l.tax = l.taxRate.in(total)
	o.tax.Minor += l.tax.Minor // at most the total, which fits
	o.lines = append(o.lines, l)
	return nil
}

// fault says what is wrong with a field of the input; without one, with no single
// field.
func fault(code model.OrderUserErrorCode, message string, field ...string) *model.OrderUserError {
	if len(field) > 0 {
		field = append([]string{"input"}, field...)
	}
	return &model.OrderUserError{Code: code, Field: field, Message: message}
}
