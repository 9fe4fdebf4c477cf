package orders

import (
	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/internal/viewer"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// The life of an order. Every arrow is a row of the table below; there are no
// others.
//
//	PENDING ──► PLACED ──► PAID ──► SHIPPED ──► DELIVERED
//	   │          │         │ │        │            │
//	   ▼          ▼         │ └────────┼────────────┤
//	REJECTED  CANCELLED ◄───┘          ▼            │
//	                               REFUNDED ◄───────┘
var transitions = []transition{
	{model.OrderStatusPending, model.OrderStatusPlaced, bySystem},
	{model.OrderStatusPending, model.OrderStatusRejected, bySystem},
	{model.OrderStatusPlaced, model.OrderStatusPaid, byProvider},
	{model.OrderStatusPlaced, model.OrderStatusCancelled, bySystem | byCustomer | byStaff},
	{model.OrderStatusPaid, model.OrderStatusShipped, byStaff},
	{model.OrderStatusPaid, model.OrderStatusCancelled, byCustomer | byStaff},
	{model.OrderStatusPaid, model.OrderStatusRefunded, byStaff},
	{model.OrderStatusShipped, model.OrderStatusDelivered, byStaff},
	{model.OrderStatusShipped, model.OrderStatusRefunded, byStaff},
	{model.OrderStatusDelivered, model.OrderStatusRefunded, byStaff},
}

// transition is an arrow, and who may take it.
type transition struct {
	from, to model.OrderStatus
	by       mover
}

// mover is a set of those who move orders.
type mover int

const (
	bySystem mover = 1 << iota
	byProvider
	byCustomer
	byStaff
)

// from lists the statuses from which these movers bring an order to a status.
func from(to model.OrderStatus, by mover) (list []string) {
	for _, t := range transitions {
		if t.to == to && t.by&by != 0 {
			list = append(list, string(t.from))
		}
	}
	return list
}

// allowed lists the statuses to which these movers bring an order.
func allowed(from model.OrderStatus, by mover) []model.OrderStatus {
	list := []model.OrderStatus{}
	for _, t := range transitions {
		if t.from == from && t.by&by != 0 {
			list = append(list, t.to)
		}
	}
	return list
}

// movers are those who may bring an order from one status to another.
func movers(from, to model.OrderStatus) mover {
	for _, t := range transitions {
		if t.from == from && t.to == to {
			return t.by
		}
	}
	return 0
}

// moves says what the viewer is to an order of this customer: nothing, its
// customer, staff, or both.
func moves(v viewer.Viewer, customer uuid.UUID) (by mover) {
	if v.Is(customer) && v.Has(token.ScopeOrders) {
		by |= byCustomer
	}
	if v.Has(token.ScopeOrdersWrite) {
		by |= byStaff
	}
	return by
}

// actor is who made something happen, as events tell it.
type actor struct {
	kind model.OrderActor
	id   uuid.NullUUID
}

var (
	system   = actor{kind: model.OrderActorSystem}
	provider = actor{kind: model.OrderActorPaymentProvider}
)

// customerOf is an order's customer as its actor.
func customerOf(user uuid.UUID) actor {
	return actor{model.OrderActorCustomer, uuid.NullUUID{UUID: user, Valid: true}}
}

// acting is the viewer as an actor: the customer of one's own order, whoever one
// is else.
func acting(v viewer.Viewer, by mover) actor {
	person, err := v.Person()
	kind := model.OrderActorStaff
	if by&byCustomer != 0 {
		kind = model.OrderActorCustomer
	}
	return actor{kind, uuid.NullUUID{UUID: person, Valid: err == nil}}
}
