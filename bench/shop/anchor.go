package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/lib/pq"
	"golang.org/x/sync/errgroup"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
)

// The anchors are what a programmer writes who needs this one answer and nothing
// else: net/http, database/sql, lib/pq, encoding/json, statements prepared once.

type (
	anchorMoney struct {
		Amount       string `json:"amount"`
		CurrencyCode string `json:"currencyCode"`
	}
	anchorUser struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Email string `json:"email"`
	}
	anchorProduct struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	anchorLine struct {
		Quantity  int            `json:"quantity"`
		UnitPrice anchorMoney    `json:"unitPrice"`
		ProductID *uuid.UUID     `json:"productId,omitempty"`
		Product   *anchorProduct `json:"product,omitempty"`
	}
	anchorOrder struct {
		ID         string       `json:"id"`
		Number     string       `json:"number"`
		Status     string       `json:"status"`
		Total      anchorMoney  `json:"total"`
		CustomerID *uuid.UUID   `json:"customerId,omitempty"`
		Customer   *anchorUser  `json:"customer,omitempty"`
		Lines      []anchorLine `json:"lines"`
	}
	anchorAnswer struct {
		Order *anchorOrder `json:"order"`
	}
	anchorClaims struct{ jwt.RegisteredClaims }
)

// anchorSecret signs tokens that live as long as the measurement.
var anchorSecret = []byte("of no value outside the measurement")

var anchorTokens = jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}), jwt.WithExpirationRequired())

// anchor is one of the programs.
type anchor struct {
	join, order, user, products *sql.Stmt
	// at are the services' URLs, of the one that joins.
	at     map[string]string
	client *http.Client
}

const (
	joinQuery = `SELECT o.id, o.number, o.status, o.total, o.currency, u.id, u.name, u.email, l.quantity, l.unit_price, p.id, p.name
		FROM orders.orders o JOIN users.users u ON u.id = o.user_id JOIN orders.order_lines l ON l.order_id = o.id
		JOIN products.products p ON p.id = l.product_id WHERE o.id = $1 AND o.user_id = $2 ORDER BY l.position`
	orderQuery = `SELECT o.id, o.user_id, o.number, o.status, o.total, o.currency, array_agg(l.product_id ORDER BY l.position),
		array_agg(l.quantity ORDER BY l.position), array_agg(l.unit_price ORDER BY l.position)
		FROM orders.orders o JOIN orders.order_lines l ON l.order_id = o.id WHERE o.id = $1 AND o.user_id = $2 GROUP BY o.id`
	userQuery     = `SELECT id, name, email FROM users.users WHERE id = $1`
	productsQuery = `SELECT id, name FROM products.products WHERE id = ANY($1)`

	anchorConnections = 20
)

func serveAnchor(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("anchor", flag.ContinueOnError)
	listen := flags.String("listen", "", "where to listen")
	database := flags.String("database", "", "the database's URL")
	a := &anchor{at: map[string]string{}, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}}
	for _, name := range []string{"users", "products", "orders"} {
		flags.Func(name, "the service's URL", func(text string) error { a.at[name] = text; return nil })
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	handlers := map[string]func(http.ResponseWriter, *http.Request, uuid.UUID) error{
		"join": a.serveJoin, "three": a.serveThree, "orders": a.serveOrder, "users": a.serveUser, "products": a.serveProducts, "front": a.serveFront,
	}
	handler, ok := handlers[flags.Arg(0)]
	if !ok {
		return fmt.Errorf("there is no anchor %q", flags.Arg(0))
	}
	if *database != "" {
		if err := a.open(*database); err != nil {
			return err
		}
	}
	server := &http.Server{Addr: *listen, Handler: authenticated(handler), ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (a *anchor) open(database string) error {
	db, err := sql.Open("postgres", database)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(anchorConnections)
	db.SetMaxIdleConns(anchorConnections)
	for statement, query := range map[**sql.Stmt]string{&a.join: joinQuery, &a.order: orderQuery, &a.user: userQuery, &a.products: productsQuery} {
		if *statement, err = db.Prepare(query); err != nil {
			return err
		}
	}
	return nil
}

// authenticated checks the token and answers errors.
func authenticated(next func(http.ResponseWriter, *http.Request, uuid.UUID) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		var claims anchorClaims
		if _, err := anchorTokens.ParseWithClaims(text, &claims, func(*jwt.Token) (any, error) { return anchorSecret, nil }); err != nil {
			http.Error(w, "unauthorized", http.StatusUnauthorized)
			return
		}
		viewer, err := uuid.Parse(claims.Subject)
		if err == nil {
			err = next(w, r, viewer)
		}
		switch {
		case errors.Is(err, sql.ErrNoRows):
			http.Error(w, "not found", http.StatusNotFound)
		case err != nil:
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
}

func writeJSON(w http.ResponseWriter, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, err = w.Write(text)
	return err
}

// named is the id at the end of the path.
func named(r *http.Request) (uuid.UUID, error) {
	return uuid.Parse(r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:])
}

func amount(minor int64, currency string) anchorMoney {
	return anchorMoney{money.Money{Minor: minor, Currency: money.Currency(currency)}.Amount(), currency}
}

func (a *anchor) serveJoin(w http.ResponseWriter, r *http.Request, viewer uuid.UUID) error {
	key, err := named(r)
	if err != nil {
		return err
	}
	rows, err := a.join.QueryContext(r.Context(), key, viewer)
	if err != nil {
		return err
	}
	defer rows.Close()
	var o *anchorOrder
	for rows.Next() {
		var order, user, product uuid.UUID
		var number, total, unitPrice int64
		var quantity int
		var status, currency, userName, email, productName string
		if err := rows.Scan(&order, &number, &status, &total, &currency, &user, &userName, &email, &quantity, &unitPrice, &product, &productName); err != nil {
			return err
		}
		if o == nil {
			o = newOrder(order, number, status, total, currency)
			o.Customer = &anchorUser{id.User.Format(user), userName, email}
		}
		o.Lines = append(o.Lines, anchorLine{
			Quantity: quantity, UnitPrice: amount(unitPrice, currency), Product: &anchorProduct{id.Product.Format(product), productName},
		})
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if o == nil {
		return sql.ErrNoRows
	}
	return writeJSON(w, anchorAnswer{o})
}

func newOrder(key uuid.UUID, number int64, status string, total int64, currency string) *anchorOrder {
	return &anchorOrder{ID: id.Order.Format(key), Number: fmt.Sprintf("SG-%d", number), Status: status, Total: amount(total, currency)}
}

func (a *anchor) findOrder(ctx context.Context, key, viewer uuid.UUID) (*anchorOrder, error) {
	var order, user uuid.UUID
	var number, total int64
	var status, currency string
	var products []uuid.UUID
	var quantities, prices pq.Int64Array
	err := a.order.QueryRowContext(ctx, key, viewer).Scan(&order, &user, &number, &status, &total, &currency, pq.Array(&products), &quantities, &prices)
	if err != nil {
		return nil, err
	}
	o := newOrder(order, number, status, total, currency)
	o.CustomerID = &user
	for i := range products {
		o.Lines = append(o.Lines, anchorLine{Quantity: int(quantities[i]), UnitPrice: amount(prices[i], currency), ProductID: &products[i]})
	}
	return o, nil
}

func (a *anchor) findUser(ctx context.Context, key uuid.UUID) (*anchorUser, error) {
	var u anchorUser
	var found uuid.UUID
	err := a.user.QueryRowContext(ctx, key).Scan(&found, &u.Name, &u.Email)
	u.ID = id.User.Format(found)
	return &u, err
}

func (a *anchor) findProducts(ctx context.Context, keys []uuid.UUID) (map[uuid.UUID]*anchorProduct, error) {
	rows, err := a.products.QueryContext(ctx, pq.Array(keys))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := make(map[uuid.UUID]*anchorProduct, len(keys))
	for rows.Next() {
		var p anchorProduct
		var key uuid.UUID
		if err := rows.Scan(&key, &p.Name); err != nil {
			return nil, err
		}
		p.ID = id.Product.Format(key)
		found[key] = &p
	}
	return found, rows.Err()
}

// complete puts the customer and the products in the place of their keys.
func (o *anchorOrder) complete(u *anchorUser, products map[uuid.UUID]*anchorProduct) {
	o.Customer, o.CustomerID = u, nil
	for i := range o.Lines {
		o.Lines[i].Product, o.Lines[i].ProductID = products[*o.Lines[i].ProductID], nil
	}
}

func (o *anchorOrder) products() []uuid.UUID {
	keys := make([]uuid.UUID, len(o.Lines))
	for i := range keys {
		keys[i] = *o.Lines[i].ProductID
	}
	return keys
}

func (a *anchor) serveThree(w http.ResponseWriter, r *http.Request, viewer uuid.UUID) error {
	key, err := named(r)
	if err != nil {
		return err
	}
	o, err := a.findOrder(r.Context(), key, viewer)
	if err != nil {
		return err
	}
	u, err := a.findUser(r.Context(), *o.CustomerID)
	if err != nil {
		return err
	}
	products, err := a.findProducts(r.Context(), o.products())
	if err != nil {
		return err
	}
	o.complete(u, products)
	return writeJSON(w, anchorAnswer{o})
}

func (a *anchor) serveOrder(w http.ResponseWriter, r *http.Request, viewer uuid.UUID) error {
	key, err := named(r)
	if err != nil {
		return err
	}
	o, err := a.findOrder(r.Context(), key, viewer)
	if err != nil {
		return err
	}
	return writeJSON(w, o)
}

func (a *anchor) serveUser(w http.ResponseWriter, r *http.Request, viewer uuid.UUID) error {
	key, err := named(r)
	if err != nil {
		return err
	}
	if key != viewer {
		return sql.ErrNoRows
	}
	u, err := a.findUser(r.Context(), key)
	if err != nil {
		return err
	}
	return writeJSON(w, u)
}

func (a *anchor) serveProducts(w http.ResponseWriter, r *http.Request, _ uuid.UUID) error {
	var keys []uuid.UUID
	for text := range strings.SplitSeq(r.URL.Query().Get("ids"), ",") {
		key, err := uuid.Parse(text)
		if err != nil {
			return err
		}
		keys = append(keys, key)
	}
	products, err := a.findProducts(r.Context(), keys)
	if err != nil {
		return err
	}
	return writeJSON(w, products)
}

// serveFront asks the services: the order first, then who and what is in it, at
// the same time.
func (a *anchor) serveFront(w http.ResponseWriter, r *http.Request, _ uuid.UUID) error {
	var o anchorOrder
	if err := a.fetch(r, a.at["orders"]+r.URL.Path, &o); err != nil {
		return err
	}
	var ids []string
	for _, key := range o.products() {
		ids = append(ids, key.String())
	}
	var u anchorUser
	var products map[uuid.UUID]*anchorProduct
	var both errgroup.Group
	both.Go(func() error { return a.fetch(r, a.at["users"]+"/users/"+o.CustomerID.String(), &u) })
	both.Go(func() error {
		return a.fetch(r, a.at["products"]+"/products?ids="+url.QueryEscape(strings.Join(ids, ",")), &products)
	})
	if err := both.Wait(); err != nil {
		return err
	}
	o.complete(&u, products)
	return writeJSON(w, anchorAnswer{&o})
}

func (a *anchor) fetch(r *http.Request, from string, into any) error {
	request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, from, nil)
	if err != nil {
		return err
	}
	request.Header["Authorization"] = r.Header["Authorization"]
	response, err := a.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers with status %d", from, response.StatusCode)
	}
	return json.Unmarshal(body, into)
}
