package products

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/internal/viewer"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/model"
)

// Stock goes to an order in two steps, so that orders can fail between them:
//
//	            ┌──► REFUSED   out of stock, another price: nothing was held
//	(nothing) ──┼──► HELD ──confirm──► CONFIRMED ──release──► RELEASED   given back to the shelf
//	            │     ├──────release──────────────────────────► RELEASED   no longer held
//	            │     └──────when its time is over────────────► EXPIRED    no longer held
//	            └──release──► RELEASED   before it was ever held: it never will be
//
// Every step is a transaction, named by the order and idempotent: sent twice, or
// when the answer was lost, it does nothing more and answers the same.

const (
	maxLines    = 100
	maxQuantity = 999
	maxHold     = 24 * time.Hour
)

// order is a request to reserve. Lines are sorted by variant, so that whoever
// locks stock does it in the same order and nobody waits in a circle.
type order struct {
	id    uuid.UUID
	lines []orderLine
	hold  time.Duration
}

type orderLine struct {
	variant  uuid.UUID
	quantity int
	price    money.Money
	position int // in the request
}

func (o order) sort() {
	slices.SortFunc(o.lines, func(a, b orderLine) int { return bytes.Compare(a.variant[:], b.variant[:]) })
}

// variants are those of the lines, in their order.
func (o order) variants() id.List {
	keys := make(id.List, len(o.lines))
	for i, line := range o.lines {
		keys[i] = line.variant
	}
	return keys
}

// hash tells a request from another one for the same order.
func (o order) hash() []byte {
	h := sha256.New()
	for _, line := range o.lines {
		fmt.Fprintln(h, line.variant, line.quantity, line.price)
	}
	return h.Sum(nil)
}

// offer is what there is of a variant, read under a lock.
type offer struct {
	Variant   uuid.UUID `db:"variant_id"`
	Available int       `db:"available"`
	OnSale    bool      `db:"on_sale"`
	Price     *int64    `db:"amount"` // in the order's currency; nil when it has none
}

// judge says why the order cannot have what it wants; nothing when it can.
func judge(o order, offers map[uuid.UUID]offer) (refusals []*model.StockUserError) {
	inRequest := slices.SortedFunc(slices.Values(o.lines), func(a, b orderLine) int { return a.position - b.position })
	for _, line := range inRequest {
		have, found := offers[line.variant]
		switch {
		case !found || !have.OnSale:
			refusals = append(refusals, refusal(line, model.StockUserErrorCodeVariantNotFound, "the variant is not there or not on sale"))
		case have.Price == nil || *have.Price != line.price.Minor:
			refusals = append(refusals, refusal(line, model.StockUserErrorCodePriceChanged, "the price is no longer "+line.price.String()))
		case have.Available < line.quantity:
			refusals = append(refusals, refusal(line, model.StockUserErrorCodeInsufficientStock, fmt.Sprintf("only %d are left", have.Available)))
		}
	}
	return refusals
}

func refusal(line orderLine, code model.StockUserErrorCode, message string) *model.StockUserError {
	return &model.StockUserError{Code: code, Message: message, Field: []string{"input", "lines", strconv.Itoa(line.position)}}
}

// reserve holds stock for an order.
func (s *Service) reserve(ctx context.Context, input model.ReserveStockInput) (*model.StockReservationPayload, error) {
	if err := mayReserve(viewer.From(ctx)); err != nil {
		return nil, err
	}
	o, err := parseOrder(input)
	if err != nil {
		return nil, err
	}
	r, err := s.store.reserve(ctx, o)
	if err != nil {
		return nil, err
	}
	switch {
	case r.State == model.StockReservationStateReleased, r.State == model.StockReservationStateExpired:
		return refused(closed(r.State)), nil
	case !bytes.Equal(r.RequestHash, o.hash()):
		return refused(&model.StockUserError{
			Code: model.StockUserErrorCodeReservationDiffers, Message: "the order has a reservation with other lines",
		}), nil
	case r.State == model.StockReservationStateRefused:
		return refused(r.Refusal...), nil
	}
	return granted(r), nil
}

// confirm makes an order's reservation final.
func (s *Service) confirm(ctx context.Context, input model.StockReservationInput) (*model.StockReservationPayload, error) {
	return s.settle(ctx, input, s.store.confirm, model.StockReservationStateConfirmed)
}

// release gives an order's stock back.
func (s *Service) release(ctx context.Context, input model.StockReservationInput) (*model.StockReservationPayload, error) {
	return s.settle(ctx, input, s.store.release, model.StockReservationStateReleased, model.StockReservationStateRefused, model.StockReservationStateExpired)
}

// settle moves a reservation by a step and grants it when that ended in one of
// the wanted states.
func (s *Service) settle(ctx context.Context, input model.StockReservationInput,
	step func(context.Context, uuid.UUID) (*reservation, error), wanted ...model.StockReservationState,
) (*model.StockReservationPayload, error) {
	if err := mayReserve(viewer.From(ctx)); err != nil {
		return nil, err
	}
	orderID, err := id.Order.Parse(input.OrderID)
	if err != nil {
		return nil, err
	}
	r, err := step(ctx, orderID)
	switch {
	case err != nil:
		return nil, err
	case r == nil:
		return refused(closed("missing")), nil
	case !slices.Contains(wanted, r.State):
		return refused(closed(r.State)), nil
	}
	return granted(r), nil
}

func closed(state model.StockReservationState) *model.StockUserError {
	return &model.StockUserError{
		Code: model.StockUserErrorCodeReservationClosed, Message: fmt.Sprintf("the order's reservation is %s", state),
	}
}

func granted(r *reservation) *model.StockReservationPayload {
	return &model.StockReservationPayload{
		Reservation: &model.StockReservation{OrderID: id.Order.Format(r.OrderID), State: r.State, ExpiresAt: r.ExpiresAt},
		UserErrors:  []*model.StockUserError{},
	}
}

func refused(why ...*model.StockUserError) *model.StockReservationPayload {
	return &model.StockReservationPayload{UserErrors: why}
}

// parseOrder reads a request of the orders service. What is wrong with it is a
// fault of that service and none of a customer's.
func parseOrder(input model.ReserveStockInput) (order, error) {
	orderID, err := id.Order.Parse(input.OrderID)
	if err != nil {
		return order{}, err
	}
	o := order{id: orderID, hold: time.Duration(input.HoldForSeconds) * time.Second}
	if o.hold < time.Second || o.hold > maxHold {
		return order{}, apierror.New(apierror.BadUserInput, "stock is held for 1 to %d seconds", int(maxHold.Seconds()))
	}
	if n := len(input.Lines); n < 1 || n > maxLines {
		return order{}, apierror.New(apierror.BadUserInput, "an order has 1 to %d lines", maxLines)
	}
	for i, line := range input.Lines {
		parsed, err := parseLine(i, line, input.Lines[0].UnitPrice.CurrencyCode)
		if err != nil {
			return order{}, err
		}
		o.lines = append(o.lines, parsed)
	}
	o.sort()
	for i, line := range o.lines[1:] {
		if line.variant == o.lines[i].variant {
			return order{}, apierror.New(apierror.BadUserInput, "two lines are of the variant %s", id.Variant.Format(line.variant))
		}
	}
	return o, nil
}

func parseLine(position int, line *model.ReserveStockLineInput, currency money.Currency) (orderLine, error) {
	variant, err := id.Variant.Parse(line.VariantID)
	if err != nil {
		return orderLine{}, err
	}
	if line.Quantity < 1 || line.Quantity > maxQuantity {
		return orderLine{}, apierror.New(apierror.BadUserInput, "line %d has the quantity %d; it must be 1 to %d", position, line.Quantity, maxQuantity)
	}
	price, err := money.Parse(line.UnitPrice.Amount, line.UnitPrice.CurrencyCode)
	if err != nil {
		return orderLine{}, err
	}
	if price.Currency != currency {
		return orderLine{}, apierror.New(apierror.BadUserInput, "an order is in one currency, and there are %s and %s", currency, price.Currency)
	}
	return orderLine{variant, line.Quantity, price, position}, nil
}
