package orders

import (
	"context"
	"sync"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/batch"
	"github.com/shopgraph/shopgraph/internal/page"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// batches are what one operation reads for many rows at once.
type batches struct {
	store         *store
	orders, users batch.Keys[uuid.UUID] // that the operation came across
	lines         *batch.Loader[uuid.UUID, []*model.OrderLine]
	events        *batch.Loader[uuid.UUID, []eventRow]
	payments      *batch.Loader[uuid.UUID, []paymentRow]
	shipments     *batch.Loader[uuid.UUID, *model.Shipment]
	counts        *batch.Loader[uuid.UUID, int]

	mu    sync.Mutex
	pages map[page.Request]*batch.Loader[uuid.UUID, []*model.Order]
}

type batchesKey struct{}

func newBatches(s *store) *batches {
	b := &batches{store: s, pages: map[page.Request]*batch.Loader[uuid.UUID, []*model.Order]{}}
	b.lines = batch.NewLoader(&b.orders, s.lines)
	b.events = batch.NewLoader(&b.orders, s.events)
	b.payments = batch.NewLoader(&b.orders, s.paymentsOf)
	b.shipments = batch.NewLoader(&b.orders, s.shipments)
	b.counts = batch.NewLoader(&b.users, s.countsOf)
	return b
}

func batchesFrom(ctx context.Context) *batches { return ctx.Value(batchesKey{}).(*batches) }

// note keeps in mind orders whose lines, and whose customers' orders, may be
// asked for.
func (b *batches) note(found []*model.Order) {
	for _, o := range found {
		b.orders.Add(o.Key)
		b.users.Add(o.Customer.Key)
	}
}

// page loads this page of the orders of every user that the operation came
// across. Pages that differ in their arguments are loaded apart.
func (b *batches) page(r page.Request) *batch.Loader[uuid.UUID, []*model.Order] {
	b.mu.Lock()
	defer b.mu.Unlock()
	loader, ok := b.pages[r]
	if !ok {
		loader = batch.NewLoader(&b.users, func(ctx context.Context, users []uuid.UUID) (map[uuid.UUID][]*model.Order, error) {
			found, err := b.store.pagesOf(ctx, users, r)
			for _, orders := range found {
				b.note(orders)
			}
			return found, err
		})
		b.pages[r] = loader
	}
	return loader
}
