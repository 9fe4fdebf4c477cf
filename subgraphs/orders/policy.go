package orders

import (
	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/internal/viewer"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
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

// mayMove: an order is moved by those from whom an arrow of the table leads to
// that status; everyone else learns which scope it needs.
func mayMove(v viewer.Viewer, by mover, to model.OrderStatus) error {
	if len(from(to, by)) > 0 {
		return nil
	}
	return v.May(token.ScopeOrdersWrite)
}

// maySeeActors: which of the shop's people did something is for staff.
func maySeeActors(v viewer.Viewer) bool { return v.Has(token.ScopeOrdersRead) }

// mayExport: the copy of everything that is kept about a person is for that
// person alone.
func mayExport(v viewer.Viewer, user uuid.UUID) bool {
	return v.Is(user) && v.Has(token.ScopeOrders)
}

// mayTell: who is told of orders is for those who have the scope.
func mayTell(v viewer.Viewer) error { return v.May(token.ScopeWebhooksWrite) }
