package orders

import (
	"bytes"
	"context"
	"errors"
	"strconv"

	"github.com/shopgraph/shopgraph/internal/viewer"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// Placing an order is a sequence of steps across two services. Each is one
// transaction of one of them and may be done twice without harm, so whatever
// dies between two steps, sending the request again goes on from there:
//
//	quote     products   names and prices, read
//	begin     orders     the order, PENDING, under the customer's key
//	reserve   products   the stock, at these prices: or a refusal, which stands
//	confirm   products   the stock is sold
//	decide    orders     PLACED; or REJECTED, when there was a refusal
//
// No transaction is open while another service is asked.

// place places an order, or finds it placed.
func (s *Service) place(ctx context.Context, input model.PlaceOrderInput) (*model.PlaceOrderPayload, error) {
	user, err := mayPlace(viewer.From(ctx))
	if err != nil {
		return nil, err
	}
	r, faults := parseRequest(user, input)
	if len(faults) > 0 {
		return rejected(faults), nil
	}
	begun, faults, err := s.begin(ctx, r)
	if err != nil || len(faults) > 0 {
		return rejected(faults), err
	}
	if !bytes.Equal(begun.RequestHash, r.hash()) {
		return rejected([]*model.OrderUserError{
			fault(model.OrderUserErrorCodeIdempotencyKeyReused, "the key was used for another order; take a new one", "idempotencyKey"),
		}), nil
	}
	return s.decide(ctx, r, begun)
}

func rejected(faults []*model.OrderUserError) *model.PlaceOrderPayload {
	return &model.PlaceOrderPayload{UserErrors: faults}
}

// begin returns the order that was begun under the request's key, now or before.
// Faults say why none can be; nothing is kept of them, so that the key can be
// used for the corrected order.
func (s *Service) begin(ctx context.Context, r *request) (*begunOrder, []*model.OrderUserError, error) {
	if begun, err := s.store.begun(ctx, r.user, r.key); begun != nil || err != nil {
		return begun, nil, err
	}
	offers, err := s.catalogue.quote(ctx, r.variants(), r.currency)
	if err != nil {
		return nil, nil, err
	}
	o, faults := r.order(offers)
	if len(faults) > 0 {
		return nil, faults, nil
	}
	begun, err := s.store.begin(ctx, o)
	return begun, nil, err
}

// decide brings an order that was begun to its end, wherever it stands.
func (s *Service) decide(ctx context.Context, r *request, begun *begunOrder) (*model.PlaceOrderPayload, error) {
	if begun.Status == model.OrderStatusPending {
		var err error
		if begun, err = s.settle(ctx, r, begun); err != nil {
			return nil, err
		}
	}
	if begun.Status == model.OrderStatusRejected {
		return rejected(begun.Rejection), nil
	}
	o := begun.model()
	batchesFrom(ctx).note([]*model.Order{o})
	return &model.PlaceOrderPayload{Order: o, UserErrors: []*model.OrderUserError{}}, nil
}

// settle takes a pending order's stock and writes down how that went.
func (s *Service) settle(ctx context.Context, r *request, begun *begunOrder) (*begunOrder, error) {
	o, err := s.store.pending(ctx, begun)
	if err != nil {
		return nil, err
	}
	refusals, err := s.catalogue.reserve(ctx, o)
	if err != nil {
		return nil, err
	}
	if len(refusals) > 0 {
		return s.store.reject(ctx, o.id, faultsOf(r, o, refusals))
	}
	if err := s.catalogue.confirm(ctx, o.id); err != nil {
		return nil, err
	}
	settled, err := s.store.placed(ctx, o.id)
	if err == nil && settled.Status != model.OrderStatusPlaced {
		return nil, errors.New("an order was rejected while its stock was sold")
	}
	return settled, err
}

// faultsOf puts the refusals of an order's lines where they stand in the
// customer's input.
func faultsOf(r *request, o *order, refusals []refusal) (faults []*model.OrderUserError) {
	inputs := map[string]int{}
	for _, line := range r.lines {
		inputs[line.variant.String()] = line.input
	}
	for _, why := range refusals {
		field := []string{"lines"}
		if why.line < len(o.lines) {
			field = append(field, strconv.Itoa(inputs[o.lines[why.line].variant.String()]), "variantId")
		}
		faults = append(faults, fault(why.code, why.message, field...))
	}
	return faults
}
