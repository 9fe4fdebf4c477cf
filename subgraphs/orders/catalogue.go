package orders

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/graphclient"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// catalogue is what orders asks of products. Every call may fail with
// SERVICE_UNAVAILABLE, and then it is not known what it did; reserve, confirm and
// release are safe to send again.
type catalogue interface {
	// quote returns what the variants are and cost now, in their order; nil stands
	// for one that cannot be bought. A price of nil means: not in this currency.
	quote(ctx context.Context, variants []uuid.UUID, currency money.Currency) ([]*offer, error)
	// reserve takes the stock of the order's lines at their prices, or says why
	// not; errClosed when it was given back.
	reserve(ctx context.Context, o *order) ([]refusal, error)
	// confirm makes what was reserved final; errClosed when it was given back.
	confirm(ctx context.Context, orderID uuid.UUID) error
	// release gives back what was reserved or confirmed, and sees to it that
	// nothing is reserved for the order any more.
	release(ctx context.Context, orderID uuid.UUID) error
}

// errClosed is a reservation that was given back, or ran out.
var errClosed = errors.New("the order's reservation is closed")

// offer is a variant as it is on sale.
type offer struct {
	product, variant              uuid.UUID
	productName, variantName, sku string
	taxClass                      string
	price                         *money.Money
	available                     bool // one can be bought now
}

// refusal is why a line of an order cannot be had.
type refusal struct {
	line    int // index among the order's lines
	code    model.OrderUserErrorCode
	message string
}

// holdFor is how long products keeps stock for an order that is never decided.
const holdFor = 15 * 60 // seconds

// products is the catalogue behind the API of the products subgraph.
type products struct{ client *graphclient.Client }

const quoteOperation = `query Quote($ids: [ID!]!, $currency: CurrencyCode!) {
	productVariants(ids: $ids) { id sku name price(currencyCode: $currency) { amount } availableForSale product { id name taxClass } } }`

// quote implements catalogue.
func (p products) quote(ctx context.Context, variants []uuid.UUID, currency money.Currency) ([]*offer, error) {
	ids := make([]string, len(variants))
	for i, variant := range variants {
		ids[i] = id.Variant.Format(variant)
	}
	var data struct{ ProductVariants []*quotedVariant }
	if err := p.client.Do(ctx, quoteOperation, map[string]any{"ids": ids, "currency": currency}, &data); err != nil {
		return nil, err
	}
	if len(data.ProductVariants) != len(ids) {
		return nil, fmt.Errorf("products quotes %d of %d variants", len(data.ProductVariants), len(ids))
	}
	offers := make([]*offer, len(ids))
	for i, quoted := range data.ProductVariants {
		if quoted == nil {
			continue
		}
		var err error
		if offers[i], err = quoted.offer(variants[i], currency); err != nil {
			return nil, fmt.Errorf("products quotes %s: %w", ids[i], err)
		}
	}
	return offers, nil
}

type quotedVariant struct {
	SKU, Name        string
	Price            *struct{ Amount string }
	AvailableForSale bool
	Product          struct{ ID, Name, TaxClass string }
}

func (q quotedVariant) offer(variant uuid.UUID, currency money.Currency) (*offer, error) {
	product, err := id.Product.Parse(q.Product.ID)
	o := &offer{
		product: product, variant: variant, productName: q.Product.Name, variantName: q.Name, sku: q.SKU,
		taxClass: q.Product.TaxClass, available: q.AvailableForSale,
	}
	if q.Price == nil || err != nil {
		return o, err
	}
	price, err := money.Parse(q.Price.Amount, currency)
	o.price = &price
	return o, err
}

const reserveOperation = `mutation Reserve($input: ReserveStockInput!) {
	reserveStock(input: $input) { reservation { state } userErrors { code field message } } }`

// reserve implements catalogue.
func (p products) reserve(ctx context.Context, o *order) ([]refusal, error) {
	lines := make([]any, len(o.lines))
	for i, line := range o.lines {
		lines[i] = map[string]any{
			"variantId": id.Variant.Format(line.variant), "quantity": line.quantity,
			"unitPrice": map[string]any{"amount": line.unitPrice.Amount(), "currencyCode": line.unitPrice.Currency},
		}
	}
	var data struct{ ReserveStock reservationAnswer }
	input := map[string]any{"orderId": id.Order.Format(o.id), "holdForSeconds": holdFor, "lines": lines}
	if err := p.client.Do(ctx, reserveOperation, map[string]any{"input": input}, &data); err != nil {
		return nil, err
	}
	return data.ReserveStock.refusals()
}

const confirmOperation = `mutation Confirm($input: StockReservationInput!) {
	confirmReservation(input: $input) { reservation { state } userErrors { code field message } } }`

// confirm implements catalogue.
func (p products) confirm(ctx context.Context, orderID uuid.UUID) error {
	var data struct{ ConfirmReservation reservationAnswer }
	input := map[string]any{"orderId": id.Order.Format(orderID)}
	if err := p.client.Do(ctx, confirmOperation, map[string]any{"input": input}, &data); err != nil {
		return err
	}
	return data.ConfirmReservation.granted("confirm", orderID)
}

const releaseOperation = `mutation Release($input: StockReservationInput!) {
	releaseReservation(input: $input) { reservation { state } userErrors { code field message } } }`

// release implements catalogue.
func (p products) release(ctx context.Context, orderID uuid.UUID) error {
	var data struct{ ReleaseReservation reservationAnswer }
	input := map[string]any{"orderId": id.Order.Format(orderID)}
	if err := p.client.Do(ctx, releaseOperation, map[string]any{"input": input}, &data); err != nil {
		return err
	}
	return data.ReleaseReservation.granted("release", orderID)
}

// reservationAnswer is the payload of products' mutations on reservations.
type reservationAnswer struct {
	Reservation *struct{ State string }
	UserErrors  []struct {
		Code    string
		Field   []string
		Message string
	}
}

// refusalCodes are the refusals that a customer can do something about; every
// other says that the two services disagree about an order.
var refusalCodes = map[string]model.OrderUserErrorCode{
	"VARIANT_NOT_FOUND":  model.OrderUserErrorCodeVariantNotFound,
	"INSUFFICIENT_STOCK": model.OrderUserErrorCodeInsufficientStock,
	"PRICE_CHANGED":      model.OrderUserErrorCodePriceChanged,
}

// closedCode says that a reservation was given back.
const closedCode = "RESERVATION_CLOSED"

func (a reservationAnswer) granted(step string, orderID uuid.UUID) error {
	switch {
	case a.Reservation != nil:
		return nil
	case len(a.UserErrors) == 1 && a.UserErrors[0].Code == closedCode:
		return errClosed
	}
	return fmt.Errorf("products does not %s order %s: %v", step, orderID, a.UserErrors)
}

func (a reservationAnswer) refusals() (list []refusal, err error) {
	for _, e := range a.UserErrors {
		if e.Code == closedCode {
			return nil, errClosed
		}
		code, known := refusalCodes[e.Code]
		line := -1
		if len(e.Field) == 3 {
			_, err = fmt.Sscanf(e.Field[2], "%d", &line)
		}
		if !known || err != nil || line < 0 {
			return nil, fmt.Errorf("products refuses a reservation: %s at %v: %s", e.Code, e.Field, e.Message)
		}
		list = append(list, refusal{line, code, e.Message})
	}
	if a.Reservation == nil && len(list) == 0 {
		return nil, fmt.Errorf("products neither reserves nor refuses")
	}
	return list, nil
}
