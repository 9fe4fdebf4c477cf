package orders

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/viewer"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// move brings an order to a status for the viewer, when the viewer may see the
// order, may move it there, and it has a status from which that goes. with writes
// what belongs to it, in the same transaction.
func (s *Service) move(ctx context.Context, text string, c change, with func(ctx context.Context, tx *sqlx.Tx, order uuid.UUID) error) (*model.Order, []*model.OrderUserError, error) {
	v := viewer.From(ctx)
	if _, err := v.Person(); err != nil {
		return nil, nil, err
	}
	key, err := id.Order.Parse(text)
	if err != nil {
		return nil, orderNotFound(), nil
	}
	var moved *begunOrder
	var faults []*model.OrderUserError
	err = s.store.locked(ctx, key, func(tx *sqlx.Tx, o *begunOrder) (err error) {
		if o == nil || !maySeeOrdersOf(v, o.UserID) {
			faults = orderNotFound()
			return nil
		}
		by := moves(v, o.UserID)
		if err := mayMove(v, by, c.to); err != nil {
			return err
		}
		c.order, c.from, c.by = key, from(c.to, by), acting(v, by&movers(o.Status, c.to))
		if !slices.Contains(c.from, string(o.Status)) {
			faults = wrongStatus(o.Status)
			return nil
		}
		if moved, err = s.store.change(ctx, tx, c); err != nil {
			return err
		}
		return with(ctx, tx, key)
	})
	if err != nil || len(faults) > 0 {
		return nil, faults, err
	}
	s.working.Wake()
	return s.noted(ctx, moved), []*model.OrderUserError{}, nil
}

// noted is an order that the operation goes on to ask about.
func (s *Service) noted(ctx context.Context, o *begunOrder) *model.Order {
	m := o.model()
	batchesFrom(ctx).note([]*model.Order{m})
	return m
}

func orderNotFound() []*model.OrderUserError {
	return []*model.OrderUserError{fault(model.OrderUserErrorCodeOrderNotFound, "there is no such order", "orderId")}
}

func wrongStatus(s model.OrderStatus) []*model.OrderUserError {
	return []*model.OrderUserError{fault(model.OrderUserErrorCodeWrongStatus, fmt.Sprintf("the order is %s", s), "orderId")}
}

const (
	maxNote    = 500
	maxCarrier = 100
	maxURL     = 2000
)

// isText says whether a text has so many characters, all of them for people.
func isText(text string, least, most int) bool {
	n := utf8.RuneCountInString(text)
	return n >= least && n <= most && utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' })
}

func (s *Service) cancel(ctx context.Context, input model.CancelOrderInput) (*model.CancelOrderPayload, error) {
	reason := strings.TrimSpace(input.Reason)
	if !isText(reason, 0, maxNote) {
		return &model.CancelOrderPayload{UserErrors: invalidText("a reason has 500 characters at most", "reason")}, nil
	}
	c := change{to: model.OrderStatusCancelled, kind: model.OrderEventKindCancelled, note: reason, tasks: []string{taskRelease}}
	order, faults, err := s.move(ctx, input.OrderID, c, refundPayments)
	return &model.CancelOrderPayload{Order: order, UserErrors: faults}, err
}

func (s *Service) refund(ctx context.Context, input model.RefundOrderInput) (*model.RefundOrderPayload, error) {
	reason := strings.TrimSpace(input.Reason)
	if !isText(reason, 0, maxNote) {
		return &model.RefundOrderPayload{UserErrors: invalidText("a reason has 500 characters at most", "reason")}, nil
	}
	c := change{to: model.OrderStatusRefunded, kind: model.OrderEventKindRefunded, note: reason}
	if input.Restock {
		c.tasks = []string{taskRelease}
	}
	order, faults, err := s.move(ctx, input.OrderID, c, refundPayments)
	return &model.RefundOrderPayload{Order: order, UserErrors: faults}, err
}

func (s *Service) ship(ctx context.Context, input model.ShipOrderInput) (*model.ShipOrderPayload, error) {
	sh := shipment{Carrier: strings.TrimSpace(input.Carrier), TrackingNumber: strings.TrimSpace(input.TrackingNumber), TrackingURL: input.TrackingURL}
	if faults := sh.check(); len(faults) > 0 {
		return &model.ShipOrderPayload{UserErrors: faults}, nil
	}
	c := change{to: model.OrderStatusShipped, kind: model.OrderEventKindShipped, note: strings.TrimSpace(sh.Carrier + " " + sh.TrackingNumber)}
	order, faults, err := s.move(ctx, input.OrderID, c, sh.insert)
	return &model.ShipOrderPayload{Order: order, UserErrors: faults}, err
}

func (sh shipment) check() (faults []*model.OrderUserError) {
	if !isText(sh.Carrier, 1, maxCarrier) {
		faults = append(faults, invalidText("a carrier has 1 to 100 characters", "carrier")...)
	}
	if !isText(sh.TrackingNumber, 0, maxCarrier) {
		faults = append(faults, invalidText("a tracking number has 100 characters at most", "trackingNumber")...)
	}
	if sh.TrackingURL != nil && !isWebURL(*sh.TrackingURL, "https", "http") {
		faults = append(faults, fault(model.OrderUserErrorCodeInvalidURL, "this is no URL such as https://carrier.example/123", "trackingUrl"))
	}
	return faults
}

// isWebURL says whether a text is an absolute URL with one of these schemes, that
// a page may link to as it is.
func isWebURL(text string, schemes ...string) bool {
	u, err := url.Parse(text)
	return err == nil && len(text) <= maxURL && u.Host != "" && u.User == nil && slices.Contains(schemes, u.Scheme) &&
		!strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}

func (s *Service) deliverOrder(ctx context.Context, input model.DeliverOrderInput) (*model.DeliverOrderPayload, error) {
	c := change{to: model.OrderStatusDelivered, kind: model.OrderEventKindDelivered}
	order, faults, err := s.move(ctx, input.OrderID, c, shipmentArrived)
	return &model.DeliverOrderPayload{Order: order, UserErrors: faults}, err
}

func invalidText(message string, field ...string) []*model.OrderUserError {
	return []*model.OrderUserError{fault(model.OrderUserErrorCodeInvalidText, message, field...)}
}

// allowedTransitions are the statuses to which the viewer can bring the order.
func allowedTransitions(ctx context.Context, o *model.Order) []model.OrderStatus {
	return allowed(o.Status, moves(viewer.From(ctx), o.Customer.Key))
}
