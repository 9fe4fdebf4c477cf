package orders

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/internal/page"
	"github.com/shopgraph/shopgraph/internal/where"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// linesText is what a line is searched by; there is an index on it.
const linesText = `(to_tsvector('simple', l.product_name || ' ' || l.variant_name) || array_to_tsvector(ARRAY[lower(l.sku)]))`

// conditions are those of a filter on orders o. The error is the client's.
func conditions(f *model.OrderFilter) (*where.Clause, error) {
	c := &where.Clause{}
	if f == nil {
		return c, nil
	}
	if f.Search != nil {
		search(c, *f.Search)
	}
	if f.CustomerID != nil {
		key, err := id.User.Parse(*f.CustomerID)
		if err != nil {
			return nil, err
		}
		c.And("o.user_id = ?", key)
	}
	if f.Statuses != nil {
		statuses := pq.StringArray{}
		for _, status := range f.Statuses {
			statuses = append(statuses, string(status))
		}
		c.And("o.status = ANY(?::text[])", statuses)
	}
	if f.CreatedFrom != nil {
		c.And("o.created_at >= ?", *f.CreatedFrom)
	}
	if f.CreatedBefore != nil {
		c.And("o.created_at < ?", *f.CreatedBefore)
	}
	for operator, bound := range map[string]*model.MoneyInput{">=": f.TotalFrom, "<=": f.TotalTo} {
		if bound == nil {
			continue
		}
		amount, err := money.Parse(bound.Amount, bound.CurrencyCode)
		if err != nil {
			return nil, err
		}
		c.And("(o.currency = ? AND o.total "+operator+" ?)", amount.Currency, amount.Minor)
	}
	return c, nil
}

// search finds an order by its number, or by words of what is in it.
func search(c *where.Clause, text string) {
	text = strings.TrimSpace(text)
	if number, err := strconv.ParseInt(strings.TrimPrefix(strings.ToUpper(text), numberPrefix), 10, 64); err == nil {
		c.And("o.number = ?", number)
		return
	}
	if words := where.Prefixes(strings.ToLower(text)); words != "" {
		c.And("o.id IN (SELECT l.order_id FROM order_lines l WHERE "+linesText+" @@ ?::tsquery)", words)
	}
}

// page returns the rows of the orders that fit the filter, as page.Of expects.
func (s *store) page(ctx context.Context, f *model.OrderFilter, r page.Request) ([]*model.Order, error) {
	c, err := conditions(f)
	if err != nil {
		return nil, err
	}
	c.And("o.id < ?", r.After)
	c.And("o.id > ?", r.Before)
	return s.selectOrders(ctx, `SELECT `+orderColumns+` FROM orders o WHERE `+c.String()+` ORDER BY o.id `+direction(r)+` LIMIT `+c.Value(r.Limit()), c.Args()...)
}

// count returns how many orders fit the filter.
func (s *store) count(ctx context.Context, f *model.OrderFilter) (n int, err error) {
	c, err := conditions(f)
	if err != nil {
		return 0, err
	}
	err = s.db.GetContext(ctx, &n, `SELECT count(*) FROM orders o WHERE `+c.String(), c.Args()...)
	return n, err
}

// orderData returns everything that is kept about a person.
func (s *store) orderData(ctx context.Context, user uuid.UUID) (data json.RawMessage, err error) {
	err = s.db.GetContext(ctx, &data, `
		SELECT jsonb_build_object(
			'orders', (SELECT coalesce(jsonb_agg(to_jsonb(o) - 'id' - 'user_id' - 'request_hash' || jsonb_build_object(
				'lines', (SELECT jsonb_agg(to_jsonb(l) - 'id' - 'order_id' - 'product_id' - 'variant_id' - 'input' ORDER BY l.position) FROM order_lines l WHERE l.order_id = o.id),
				'timeline', (SELECT jsonb_agg(to_jsonb(e) - 'id' - 'order_id' - 'actor_id' ORDER BY e.sequence) FROM order_events e WHERE e.order_id = o.id),
				'payments', (SELECT jsonb_agg(to_jsonb(p) - 'id' - 'order_id' ORDER BY p.id) FROM payments p WHERE p.order_id = o.id),
				'shipment', (SELECT to_jsonb(h) - 'order_id' FROM shipments h WHERE h.order_id = o.id)
			) ORDER BY o.id), '[]') FROM orders o WHERE o.user_id = $1),
			'cart', (SELECT coalesce(jsonb_agg(to_jsonb(c) - 'user_id' ORDER BY c.added_at), '[]') FROM cart_lines c WHERE c.user_id = $1))`, user)
	return data, err
}
