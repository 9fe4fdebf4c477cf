package products

import (
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/internal/viewer"
)

// Who may do what with the catalogue and the stock. Whatever path leads to a
// product, a variant or the stock, one of these has been asked.

// seesAll: staff sees drafts and archived products. To everyone else a product
// that is not on sale is as if it did not exist, and so are its variants.
func seesAll(v viewer.Viewer) bool { return v.Has(token.ScopeCatalogueRead) }

// seesStock: how many there are is for staff; whether one can be bought is for
// everyone.
func seesStock(v viewer.Viewer) bool { return v.Has(token.ScopeCatalogueRead) }

// mayChangeCatalogue: the catalogue is staff's.
func mayChangeCatalogue(v viewer.Viewer) error { return v.May(token.ScopeCatalogueWrite) }

// mayReserve: stock moves for orders alone, at the request of the service that
// keeps them; not even staff can do it by hand.
func mayReserve(v viewer.Viewer) error { return v.Service("orders") }
