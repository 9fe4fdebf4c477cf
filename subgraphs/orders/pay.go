package orders

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/viewer"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/payment"
)

// Paying is, like placing, a sequence of steps that may each be done twice:
//
//	begin     orders     the payment, PENDING; and COLLECT in the outbox
//	collect   provider   begins it, under the payment's id
//	notice    orders     what became of it, by a signed message: SUCCEEDED and the order PAID, or FAILED
//
// Money that comes for an order which no longer waits for it, or in another
// amount, goes back by itself: REFUNDING, and REFUND in the outbox. So every
// payment that the provider accepted has paid its order, or was given back.

const maxMethod = 200

// pay begins to pay for an order, or finds a payment under way.
func (s *Service) pay(ctx context.Context, input model.PayOrderInput) (*model.PayOrderPayload, error) {
	v := viewer.From(ctx)
	user, err := mayPlace(v)
	if err != nil {
		return nil, err
	}
	if s.payments == nil || !isText(input.Method, 1, maxMethod) {
		return &model.PayOrderPayload{UserErrors: []*model.OrderUserError{
			fault(model.OrderUserErrorCodeInvalidMethod, "the shop cannot be paid in this way", "method"),
		}}, nil
	}
	key, err := id.Order.Parse(input.OrderID)
	if err != nil {
		return &model.PayOrderPayload{UserErrors: orderNotFound()}, nil
	}
	o, p, err := s.store.beginPayment(ctx, key, user, input.Method)
	switch {
	case err != nil:
		return nil, err
	case o == nil:
		return &model.PayOrderPayload{UserErrors: orderNotFound()}, nil
	case p == nil:
		return &model.PayOrderPayload{UserErrors: wrongStatus(o.Status)}, nil
	}
	if p.Reference == nil {
		if err := s.collect(ctx, p.ID); err != nil { // the workers go on with it
			s.log.Warn("a payment could not be begun and will be tried again", "payment", p.ID, "error", err)
		} else if p, err = s.store.payment(ctx, p.ID); err != nil {
			return nil, err
		}
	}
	return &model.PayOrderPayload{Payment: p.model(), Order: s.noted(ctx, o), UserErrors: []*model.OrderUserError{}}, nil
}

// collect has the provider begin a payment.
func (s *Service) collect(ctx context.Context, key uuid.UUID) error {
	p, err := s.store.payment(ctx, key)
	if err != nil || p == nil || p.State != model.PaymentStatePending || p.Reference != nil {
		return err
	}
	if s.payments == nil {
		return errNoProvider
	}
	begun, err := s.payments.Collect(ctx, payment.Request{ID: p.ID, Amount: p.money(), Method: p.Method})
	if err != nil {
		return err
	}
	return s.store.collected(ctx, p.ID, begun.Reference, begun.ContinueURL)
}

// payBack has the provider give a payment back.
func (s *Service) payBack(ctx context.Context, key uuid.UUID) error {
	p, err := s.store.payment(ctx, key)
	if err != nil || p == nil || p.State != model.PaymentStateRefunding {
		return err
	}
	if s.payments == nil {
		return errNoProvider
	}
	if err := s.payments.Refund(ctx, p.ID, p.money()); err != nil {
		return err
	}
	return s.store.paidBack(ctx, p)
}

var errNoProvider = errors.New("there is a payment to be handled and no payment provider; set PAYMENTS")

// maxNotice is the largest message of a payment provider, in bytes.
const maxNotice = 64 << 10

// takeNotice is where the payment provider's messages come in. It is open to
// everybody, and takes only what is signed.
func (s *Service) takeNotice(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxNotice))
	if err != nil {
		http.Error(w, "the message is too large, or broke off", http.StatusRequestEntityTooLarge)
		return
	}
	if s.payments == nil {
		http.Error(w, "there is no payment provider", http.StatusNotFound)
		return
	}
	notice, err := s.payments.Read(r.Header, body)
	if err != nil {
		s.log.Info("a payment provider's message was refused", "error", err)
		http.Error(w, strings.ToUpper(err.Error()[:1])+err.Error()[1:]+".", http.StatusBadRequest)
		return
	}
	known, err := s.store.takeNotice(r.Context(), notice)
	switch {
	case err != nil:
		s.log.Error("a payment provider's message could not be taken in; it should come again", "payment", notice.Payment, "error", err)
		http.Error(w, "Try again later.", http.StatusServiceUnavailable)
	case !known:
		http.Error(w, "There is no such payment.", http.StatusNotFound)
	default:
		s.working.Wake()
		s.telling.Wake()
		w.WriteHeader(http.StatusNoContent)
	}
}
