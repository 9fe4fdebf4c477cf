package orders

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/lean"
	"github.com/shopgraph/shopgraph/internal/page"
	"github.com/shopgraph/shopgraph/internal/viewer"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// order is the order with this id, nil when the viewer may not see it.
func (s *Service) order(ctx context.Context, text string) (*model.Order, error) {
	if _, err := id.Order.Parse(text); err != nil {
		return nil, err
	}
	found, err := s.orders(ctx, []string{text})
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// orders returns the orders with these ids, in their order; nil stands for one
// that is not there, that the viewer may not see, or whose id is none.
func (s *Service) orders(ctx context.Context, texts []string) ([]*model.Order, error) {
	v := viewer.From(ctx)
	orders := make([]*model.Order, len(texts))
	if _, err := v.Person(); err != nil {
		return orders, nil // nobody who is not logged in sees any
	}
	keys, wanted := make([]uuid.UUID, len(texts)), []uuid.UUID{}
	for i, text := range texts {
		key, err := id.Order.Parse(text)
		if keys[i] = key; err == nil {
			wanted = append(wanted, key)
		}
	}
	found, lines, err := s.read(ctx, wanted)
	if err != nil {
		return nil, err
	}
	b := batchesFrom(ctx)
	for i, key := range keys {
		if o := found[key]; o != nil && maySeeOrdersOf(v, o.Customer.Key) {
			orders[i] = o
			b.note(orders[i : i+1])
			if lines != nil {
				b.lines.Put(key, lines[key])
			}
		}
	}
	return orders, nil
}

// orderTypes are the types of objects that have an order's fields.
var orderTypes = []string{"Order"}

// read returns the orders with one statement: with their lines when the operation
// selects these, which are nil otherwise.
func (s *Service) read(ctx context.Context, keys []uuid.UUID) (map[uuid.UUID]*model.Order, map[uuid.UUID][]*model.OrderLine, error) {
	if lean.Selects(ctx, "lines", orderTypes) {
		return s.store.whole(ctx, keys)
	}
	found, err := s.store.byID(ctx, keys)
	return found, nil, err
}

// list is a page of the orders that fit the filter, newest first.
func (s *Service) list(ctx context.Context, filter *model.OrderFilter, first *int, after *string, last *int, before *string) (*model.OrderConnection, error) {
	if err := mayList(viewer.From(ctx)); err != nil {
		return nil, err
	}
	request, err := page.Parse(first, after, last, before)
	if err != nil {
		return nil, err
	}
	rows, err := s.store.page(ctx, filter, request)
	if err != nil {
		return nil, err
	}
	batchesFrom(ctx).note(rows)
	c := connection(request, rows, nil)
	c.Filter = filter
	return c, nil
}

// customers returns, for each id, the account whose orders the viewer may see;
// nil for any other. Whether there is such an account is for users to say.
func customers(ctx context.Context, texts []string) []*model.User {
	v, b := viewer.From(ctx), batchesFrom(ctx)
	users := make([]*model.User, len(texts))
	for i, text := range texts {
		if key, err := id.User.Parse(text); err == nil && maySeeOrdersOf(v, key) {
			users[i] = &model.User{Key: key, ID: text}
			b.users.Add(key)
		}
	}
	return users
}

// ordersOf is a page of the orders that a user has placed, newest first; nil
// when the viewer may not see them.
func (s *Service) ordersOf(ctx context.Context, user *model.User, first *int, after *string, last *int, before *string) (*model.OrderConnection, error) {
	if !maySeeOrdersOf(viewer.From(ctx), user.Key) {
		return nil, nil
	}
	request, err := page.Parse(first, after, last, before)
	if err != nil {
		return nil, err
	}
	rows, err := batchesFrom(ctx).page(request).Get(ctx, user.Key)
	if err != nil {
		return nil, err
	}
	return connection(request, rows, &user.Key), nil
}

// totalCount counts the list that the connection is a page of.
func (s *Service) totalCount(ctx context.Context, c *model.OrderConnection) (int, error) {
	if c.Owner == nil {
		return s.store.count(ctx, c.Filter)
	}
	return batchesFrom(ctx).counts.Get(ctx, *c.Owner)
}

// connection makes a page of rows that were read for the request. The rows may
// be shared with a page of the same arguments under another alias, and stay as
// they are.
func connection(r page.Request, rows []*model.Order, owner *uuid.UUID) *model.OrderConnection {
	p := page.Of(r, append([]*model.Order(nil), rows...), func(o *model.Order) uuid.UUID { return o.Key })
	c := &model.OrderConnection{Nodes: p.Nodes, PageInfo: p.Info, Edges: make([]*model.OrderEdge, len(p.Nodes)), Owner: owner}
	for i, node := range p.Nodes {
		c.Edges[i] = &model.OrderEdge{Cursor: p.Cursors[i], Node: node}
	}
	return c
}

// timeline is what happened to the order. Who of the shop it was is for staff.
func timeline(ctx context.Context, o *model.Order) ([]*model.OrderEvent, error) {
	rows, err := batchesFrom(ctx).events.Get(ctx, o.Key)
	events := make([]*model.OrderEvent, len(rows))
	for i, r := range rows {
		events[i] = r.model(maySeeActors(viewer.From(ctx)))
	}
	return events, err
}

func payments(ctx context.Context, o *model.Order) ([]*model.Payment, error) {
	rows, err := batchesFrom(ctx).payments.Get(ctx, o.Key)
	list := make([]*model.Payment, len(rows))
	for i, r := range rows {
		list[i] = r.model()
	}
	return list, err
}

// orderData is the copy of everything that is kept about a person, nil for
// everyone else.
func (s *Service) orderData(ctx context.Context, of *model.User) (json.RawMessage, error) {
	if !mayExport(viewer.From(ctx), of.Key) {
		return nil, nil
	}
	return s.store.orderData(ctx, of.Key)
}
