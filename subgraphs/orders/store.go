package orders

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
	"github.com/shopgraph/shopgraph/internal/page"
	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// store is the SQL. The pool keeps the statements prepared.
type store struct {
	db *sqlx.DB
	// patience is how long a request has for what it began before the workers
	// take it up; payWithin is how long an order waits to be paid, 0 for ever.
	patience, payWithin time.Duration
}

const orderColumns = `id, number, user_id, status, currency, total, tax, created_at, placed_at, payment_due_at, updated_at`

// row is an order as the table has it.
type row struct {
	ID        uuid.UUID         `db:"id"`
	Number    int64             `db:"number"`
	UserID    uuid.UUID         `db:"user_id"`
	Status    model.OrderStatus `db:"status"`
	Currency  money.Currency    `db:"currency"`
	Total     int64             `db:"total"`
	Tax       int64             `db:"tax"`
	CreatedAt time.Time         `db:"created_at"`
	PlacedAt  *time.Time        `db:"placed_at"`
	DueAt     *time.Time        `db:"payment_due_at"`
	UpdatedAt time.Time         `db:"updated_at"`
}

const numberPrefix = "SG-"

// number is an order's number as people say it.
func number(n int64) string { return numberPrefix + strconv.FormatInt(n, 10) }

// model allocates an order and what belongs to it at once.
func (r row) model() *model.Order {
	all := &struct {
		order            model.Order
		customer         model.User
		total, tax, rest money.Money
	}{
		customer: model.User{Key: r.UserID, ID: id.User.Format(r.UserID)}, total: money.Money{Minor: r.Total, Currency: r.Currency},
		tax: money.Money{Minor: r.Tax, Currency: r.Currency}, rest: money.Money{Minor: r.Total - r.Tax, Currency: r.Currency},
	}
	all.order = model.Order{
		Key: r.ID, ID: id.Order.Format(r.ID), Number: number(r.Number), Status: r.Status, Customer: &all.customer,
		Total: &all.total, Tax: &all.tax, NetTotal: &all.rest, CreatedAt: r.CreatedAt, PlacedAt: r.PlacedAt,
		PaymentDueAt: r.DueAt, UpdatedAt: r.UpdatedAt,
	}
	return &all.order
}

func (s *store) selectOrders(ctx context.Context, query string, args ...any) ([]*model.Order, error) {
	var rows []row
	if err := s.db.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, err
	}
	orders := make([]*model.Order, len(rows))
	for i, r := range rows {
		orders[i] = r.model()
	}
	return orders, nil
}

// byID returns those of the orders that exist, with one statement at most.
func (s *store) byID(ctx context.Context, keys []uuid.UUID) (map[uuid.UUID]*model.Order, error) {
	found := make(map[uuid.UUID]*model.Order, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	orders, err := s.selectOrders(ctx, `SELECT `+orderColumns+` FROM orders WHERE id = ANY($1::uuid[])`, id.List(keys))
	for _, o := range orders {
		found[o.Key] = o
	}
	return found, err
}

func direction(r page.Request) string {
	if r.Backward {
		return "ASC"
	}
	return "DESC"
}

// pagesOf returns, for each user, the rows of placed orders that page.Of
// expects: one walk of the index for each user, in one statement.
func (s *store) pagesOf(ctx context.Context, users []uuid.UUID, r page.Request) (map[uuid.UUID][]*model.Order, error) {
	orders, err := s.selectOrders(ctx, `
		SELECT o.* FROM unnest($1::uuid[]) AS u (id) CROSS JOIN LATERAL (
			SELECT `+orderColumns+` FROM orders
			WHERE user_id = u.id AND placed_at IS NOT NULL AND id < $2 AND id > $3
			ORDER BY id `+direction(r)+` LIMIT $4
		) o ORDER BY o.user_id, o.id `+direction(r), id.List(users), r.After, r.Before, r.Limit())
	pages := make(map[uuid.UUID][]*model.Order, len(users))
	for _, o := range orders {
		pages[o.Customer.Key] = append(pages[o.Customer.Key], o)
	}
	return pages, err
}

// countsOf returns how many orders each user has placed.
func (s *store) countsOf(ctx context.Context, users []uuid.UUID) (map[uuid.UUID]int, error) {
	var rows []struct {
		UserID uuid.UUID `db:"user_id"`
		N      int       `db:"n"`
	}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT user_id, count(*) AS n FROM orders WHERE user_id = ANY($1::uuid[]) AND placed_at IS NOT NULL GROUP BY user_id`, id.List(users))
	counts := make(map[uuid.UUID]int, len(rows))
	for _, r := range rows {
		counts[r.UserID] = r.N
	}
	return counts, err
}

// lineRow is a line as the table has it, with its order's currency.
type lineRow struct {
	ID          uuid.UUID      `db:"id"`
	OrderID     uuid.UUID      `db:"order_id"`
	ProductID   uuid.UUID      `db:"product_id"`
	VariantID   uuid.UUID      `db:"variant_id"`
	ProductName string         `db:"product_name"`
	VariantName string         `db:"variant_name"`
	SKU         string         `db:"sku"`
	Quantity    int            `db:"quantity"`
	UnitPrice   int64          `db:"unit_price"`
	Total       int64          `db:"total"`
	TaxRate     taxRate        `db:"tax_rate"`
	Input       *int           `db:"input"`
	Tax         int64          `db:"tax"`
	Currency    money.Currency `db:"currency"`
}

// model allocates a line and what belongs to it at once.
func (r lineRow) model() *model.OrderLine {
	all := &struct {
		line                        model.OrderLine
		unitPrice, total, tax, rest money.Money
		product                     model.Product
		variant                     model.ProductVariant
	}{
		unitPrice: money.Money{Minor: r.UnitPrice, Currency: r.Currency}, total: money.Money{Minor: r.Total, Currency: r.Currency},
		tax: money.Money{Minor: r.Tax, Currency: r.Currency}, rest: money.Money{Minor: r.Total - r.Tax, Currency: r.Currency},
		product: model.Product{Key: r.ProductID, ID: id.Product.Format(r.ProductID)},
		variant: model.ProductVariant{Key: r.VariantID, ID: id.Variant.Format(r.VariantID)},
	}
	all.line = model.OrderLine{
		ID: id.OrderLine.Format(r.ID), ProductName: r.ProductName, VariantName: r.VariantName, Sku: r.SKU, Quantity: r.Quantity,
		UnitPrice: &all.unitPrice, Total: &all.total, TaxRate: r.TaxRate.String(), Tax: &all.tax, NetTotal: &all.rest,
		Product: &all.product, Variant: &all.variant,
	}
	return &all.line
}

// lines returns the lines of these orders, with one statement.
func (s *store) lines(ctx context.Context, orders []uuid.UUID) (map[uuid.UUID][]*model.OrderLine, error) {
	rows, err := s.lineRows(ctx, orders)
	lines := make(map[uuid.UUID][]*model.OrderLine, len(orders))
	for _, r := range rows {
		lines[r.OrderID] = append(lines[r.OrderID], r.model())
	}
	return lines, err
}

func (s *store) lineRows(ctx context.Context, orders []uuid.UUID) (rows []lineRow, err error) {
	err = s.db.SelectContext(ctx, &rows, `
		SELECT l.id, l.order_id, l.product_id, l.variant_id, l.product_name, l.variant_name, l.sku, l.quantity, l.unit_price, l.total, l.tax_rate, l.tax, l.input, o.currency
		FROM order_lines l JOIN orders o ON o.id = l.order_id
		WHERE l.order_id = ANY($1::uuid[]) ORDER BY l.order_id, l.position`, id.List(orders))
	return rows, err
}
