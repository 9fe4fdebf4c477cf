package orders

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/viewer"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// Placing an order is a sequence of steps across two services. Each is one
// transaction of one of them and may be done twice without harm:
//
//	quote     products   names and prices, read
//	begin     orders     the order, PENDING, under the customer's key; and SETTLE in the outbox
//	reserve   products   the stock, at these prices: or a refusal, which stands
//	confirm   products   the stock is sold
//	decide    orders     PLACED; or REJECTED, when there was a refusal; and SETTLE is done
//
// Whatever dies between two steps, sending the request again goes on from there;
// and so do the workers, by the outbox, when nobody does. An order that cannot be
// settled in settleWithin is given up, and its stock released.
//
// A placed order's stock is sold to it and not merely held: until when it has to
// be paid is for orders alone to say, so that no reservation runs out under a
// payment.
//
// No transaction is open while another service is asked.

// settleWithin is how long an order may be PENDING: as long as products holds
// its stock.
const settleWithin = holdFor * time.Second

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
	return s.decide(ctx, begun)
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
	if r.cart {
		if faults, err := s.fill(ctx, r); len(faults) > 0 || err != nil {
			return nil, faults, err
		}
	}
	offers, err := s.catalogue.quote(ctx, r.variants(), r.currency)
	if err != nil {
		return nil, nil, err
	}
	o, faults := r.order(offers, s.taxRates)
	if len(faults) > 0 {
		return nil, faults, nil
	}
	begun, err := s.store.begin(ctx, o)
	return begun, nil, err
}

// decide brings an order that was begun to its end, wherever it stands.
func (s *Service) decide(ctx context.Context, begun *begunOrder) (*model.PlaceOrderPayload, error) {
	if begun.Status == model.OrderStatusPending {
		var err error
		if begun, err = s.settle(ctx, begun); err != nil {
			return nil, err
		}
	}
	if begun.Status == model.OrderStatusRejected {
		return rejected(begun.Rejection), nil
	}
	return &model.PlaceOrderPayload{Order: s.noted(ctx, begun), UserErrors: []*model.OrderUserError{}}, nil
}

// settle takes a pending order's stock and writes down how that went. When the
// reservation was closed, somebody else has decided the order, or it took too
// long.
func (s *Service) settle(ctx context.Context, begun *begunOrder) (*begunOrder, error) {
	o, err := s.store.pending(ctx, begun)
	if err != nil {
		return nil, err
	}
	refusals, err := s.catalogue.reserve(ctx, o)
	if err == nil && len(refusals) > 0 {
		return s.store.reject(ctx, o.id, faultsOf(o, refusals))
	}
	if err == nil {
		err = s.catalogue.confirm(ctx, o.id)
	}
	switch {
	case errors.Is(err, errClosed):
		return s.giveUp(ctx, o.id)
	case err != nil:
		return nil, err
	}
	settled, err := s.store.placed(ctx, begun)
	s.telling.Wake()
	return settled, err
}

// giveUp rejects an order that is still pending. The stock is released after
// that: before, an answer to confirm that is on its way could place the order.
func (s *Service) giveUp(ctx context.Context, order uuid.UUID) (*begunOrder, error) {
	return s.store.reject(ctx, order, rejection{fault(model.OrderUserErrorCodeTookTooLong, "the stock could not be had in time; order again with a new key")}, taskRelease)
}

// resume settles an order that its request has left; nothing when it is settled.
func (s *Service) resume(ctx context.Context, order uuid.UUID) error {
	begun, err := s.store.get(ctx, order)
	if err != nil || begun == nil || begun.Status != model.OrderStatusPending {
		return err
	}
	if time.Since(begun.CreatedAt) > settleWithin {
		_, err = s.giveUp(ctx, order)
		return err
	}
	_, err = s.settle(ctx, begun)
	return err
}

// faultsOf puts the refusals of an order's lines where they stand in the
// customer's input.
func faultsOf(o *order, refusals []refusal) (faults []*model.OrderUserError) {
	for _, why := range refusals {
		var field []string
		if why.line < len(o.lines) && o.lines[why.line].input != nil {
			field = []string{"lines", strconv.Itoa(*o.lines[why.line].input), "variantId"}
		}
		faults = append(faults, fault(why.code, why.message, field...))
	}
	return faults
}
