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
	lines         batch.Loader[*store, uuid.UUID, []*model.OrderLine]
	events        batch.Loader[*store, uuid.UUID, []eventRow]
	payments      batch.Loader[*store, uuid.UUID, []paymentRow]
	shipments     batch.Loader[*store, uuid.UUID, *model.Shipment]
	counts        batch.Loader[*store, uuid.UUID, int]

	mu    sync.Mutex
	pages map[page.Request]*pageLoader
}

type batchesKey struct{}

func newBatches(s *store) *batches {
	b := &batches{store: s}
	b.lines = batch.NewLoader(s, &b.orders, (*store).lines)
	b.events = batch.NewLoader(s, &b.orders, (*store).events)
	b.payments = batch.NewLoader(s, &b.orders, (*store).paymentsOf)
	b.shipments = batch.NewLoader(s, &b.orders, (*store).shipments)
	b.counts = batch.NewLoader(s, &b.users, (*store).countsOf)
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
func (b *batches) page(r page.Request) *pageLoader {
	b.mu.Lock()
	defer b.mu.Unlock()
	loader, ok := b.pages[r]
	if !ok {
		loader = &pageLoader{batch.NewLoader(b, &b.users, func(b *batches, ctx context.Context, users []uuid.UUID) (map[uuid.UUID][]*model.Order, error) {
			found, err := b.store.pagesOf(ctx, users, r)
			for _, orders := range found {
				b.note(orders)
			}
			return found, err
		})}
		if b.pages == nil {
			b.pages = map[page.Request]*pageLoader{}
		}
		b.pages[r] = loader
	}
	return loader
}

type pageLoader struct {
	batch.Loader[*batches, uuid.UUID, []*model.Order]
}
