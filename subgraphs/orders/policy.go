package orders

import (
	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/internal/viewer"
)

// Who may do what with orders. Whatever path leads to an order, one of these has
// been asked.

// maySeeOrdersOf: a person's orders are for that person and for staff. To
// everyone else they are as if they did not exist.
func maySeeOrdersOf(v viewer.Viewer, user uuid.UUID) bool {
	return v.Is(user) && v.Has(token.ScopeOrders) || v.Has(token.ScopeOrdersRead)
}

// mayList: the list of all orders is for staff.
func mayList(v viewer.Viewer) error { return v.May(token.ScopeOrdersRead) }

// mayPlace: whoever is logged in places orders, for himself alone; it returns
// whose the order is.
func mayPlace(v viewer.Viewer) (uuid.UUID, error) {
	if err := v.May(token.ScopeOrders); err != nil {
		return uuid.Nil, err
	}
	return v.Person()
}
