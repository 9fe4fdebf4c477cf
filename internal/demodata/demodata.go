// Package demodata is a made-up shop of any size, the same each time: accounts,
// a catalogue and the orders placed in it. Every part is a function of its index
// alone, so each subgraph fills its own tables without reading another's, and
// what they say of each other agrees.
package demodata

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/money"
)

// Size is how much of everything there is.
type Size struct{ Users, Products, Orders int }

// Usual is what a demo starts with.
var Usual = Size{Users: 25, Products: 24, Orders: 60}

// Limits of a Size. Ids have room for more; a demo has not.
const (
	maxUsers    = 10_000_000
	maxProducts = 1_000_000
	maxOrders   = 10_000_000
)

// Check returns an error for a size that cannot be made.
func (s Size) Check() error {
	switch {
	case s.Users < len(accounts) || s.Users > maxUsers:
		return fmt.Errorf("%d users: there are %d to %d, the demo's own accounts among them", s.Users, len(accounts), maxUsers)
	case s.Products < 0 || s.Products > maxProducts:
		return fmt.Errorf("%d products: there are 0 to %d", s.Products, maxProducts)
	case s.Orders < 0 || s.Orders > maxOrders:
		return fmt.Errorf("%d orders: there are 0 to %d", s.Orders, maxOrders)
	case s.Orders > 0 && s.Products == 0:
		return errors.New("orders need products")
	}
	return nil
}

// ErrNotEmpty is a database that has data already; demo data is never mixed in.
var ErrNotEmpty = errors.New("the database is not empty")

// User is an account.
type User struct {
	ID                uuid.UUID
	Email, Name, Role string // the role as the API writes it
	Created           time.Time
}

// Account is one of the demo's own accounts, the only ones whose password is
// told.
type Account struct {
	Email, Name, Role, Password string
}

var accounts = []Account{
	{"customer@shopgraph.example", "Carla Customer", "CUSTOMER", "demo-customer"},
	{"staff@shopgraph.example", "Stefan Staff", "STAFF", "demo-staff"},
	{"admin@shopgraph.example", "Ada Admin", "ADMIN", "demo-admin"},
}

// Accounts returns the accounts to log in with: a customer, staff and an admin.
// They are the first three users.
func Accounts() []Account { return append([]Account(nil), accounts...) }

// CustomerPassword is that of every customer of the demo.
const CustomerPassword = "demo-customer"

// User returns the account with this index. The first three are Accounts, all
// others customers.
func (s Size) User(i int) User {
	r, at := source(kindUser, i), opened.Add(time.Duration(i)*step(s.Users))
	u := User{ID: newID(r, at), Created: at}
	if i < len(accounts) {
		u.Email, u.Name, u.Role = accounts[i].Email, accounts[i].Name, accounts[i].Role
		return u
	}
	first, last := pick(r, firstNames), pick(r, lastNames)
	u.Name, u.Role = first+" "+last, "CUSTOMER"
	u.Email = fmt.Sprintf("%s.%s.%d@shopgraph.example", lower(first), lower(last), i)
	return u
}

// Product is something on sale.
type Product struct {
	ID                uuid.UUID
	Name, Description string
	Variants          []Variant
	// Category is the id of the one it is in, Picture the URL of its medium.
	Category uuid.UUID
	Picture  string
	Created  time.Time
}

// Category is a place in the tree of the catalogue.
type Category struct {
	ID         uuid.UUID
	Path       []uuid.UUID // from the root to itself
	Slug, Name string
	Position   int
}

// Categories returns the tree, parents before their children. It is the same for
// every size.
func Categories() []Category {
	var all []Category
	paths := map[string][]uuid.UUID{}
	for i, c := range categories {
		key := newID(source(kindCategory, i), opened)
		path := append(append([]uuid.UUID(nil), paths[c.parent]...), key)
		paths[c.slug] = path
		all = append(all, Category{key, path, c.slug, c.name, i})
	}
	return all
}

// Variant is one kind of a product.
type Variant struct {
	ID        uuid.UUID
	SKU, Name string
	Prices    []money.Money
	// OnHand is what is left in the warehouse after all orders.
	OnHand int
}

// Price returns the variant's price in a currency it is sold in.
func (v Variant) Price(c money.Currency) money.Money {
	for _, price := range v.Prices {
		if price.Currency == c {
			return price
		}
	}
	return money.Money{}
}

// Product returns the product with this index.
func (s Size) Product(i int) Product {
	r, at := source(kindProduct, i), opened.Add(time.Duration(i)*step(s.Products))
	material, thing := pick(r, materials), pick(r, things)
	p := Product{ID: newID(r, at), Name: material + " " + thing.name, Description: thing.description, Created: at}
	p.Category, p.Picture = categoryOf(thing), fmt.Sprintf("https://images.shopgraph.example/%s-%d.jpg", strings.ToLower(thing.sku), i+1)
	cents := int64(500 + 50*r.IntN(200) - 1)
	for n, name := range thing.variants {
		cents += int64(200 * n)
		p.Variants = append(p.Variants, Variant{
			ID: newID(r, at), SKU: fmt.Sprintf("%s-%05d-%d", thing.sku, i+1, n+1), Name: name, OnHand: 20 + r.IntN(200),
			Prices: []money.Money{{Minor: cents, Currency: "EUR"}, {Minor: cents * 11 / 10, Currency: "USD"}, {Minor: cents * 3 / 2, Currency: "JPY"}},
		})
	}
	return p
}

func categoryOf(t thing) uuid.UUID {
	for i, c := range categories {
		if c.slug == t.category {
			return newID(source(kindCategory, i), opened)
		}
	}
	panic("a thing lies in no category: " + t.name)
}

// Order is an order that was placed.
type Order struct {
	ID       uuid.UUID
	Number   int64
	User     uuid.UUID
	Currency money.Currency
	Lines    []OrderLine
	Total    money.Money
	Placed   time.Time
}

// OrderLine is one variant in an order.
type OrderLine struct {
	ID               uuid.UUID
	Product          uuid.UUID
	ProductName      string
	Variant          Variant
	Quantity         int
	UnitPrice, Total money.Money
}

// FirstNumber is the number of the first order of any shop.
const FirstNumber = 100_001

// Order returns the order with this index. The first, and then each tenth, is
// the demo customer's.
func (s Size) Order(i int) Order { return s.order(i, s.Product) }

// EachOrder goes through all orders, making each product once.
func (s Size) EachOrder() iter.Seq2[int, Order] {
	return func(yield func(int, Order) bool) {
		products := make([]Product, s.Products)
		for i := range products {
			products[i] = s.Product(i)
		}
		for i := range s.Orders {
			if !yield(i, s.order(i, func(n int) Product { return products[n] })) {
				return
			}
		}
	}
}

func (s Size) order(i int, product func(int) Product) Order {
	r, at := source(kindOrder, i), selling.Add(time.Duration(i)*step(s.Orders))
	o := Order{ID: newID(r, at), Number: FirstNumber + int64(i), Currency: "EUR", Placed: at}
	if r.IntN(5) == 0 {
		o.Currency = "USD"
	}
	customer := r.IntN(s.Users)
	if i%10 == 0 || customer < len(accounts) {
		customer = 0
	}
	o.User = s.User(customer).ID
	o.Total = money.Money{Currency: o.Currency}
	for _, n := range distinct(r, 1+r.IntN(4), s.Products) {
		o.add(r, product(n), at)
	}
	return o
}

func (o *Order) add(r *rand.Rand, p Product, at time.Time) {
	line := OrderLine{ID: newID(r, at), Product: p.ID, ProductName: p.Name, Variant: pick(r, p.Variants), Quantity: 1 + r.IntN(3)}
	line.UnitPrice = line.Variant.Price(o.Currency)
	line.Total = money.Money{Minor: line.UnitPrice.Minor * int64(line.Quantity), Currency: o.Currency}
	o.Total.Minor += line.Total.Minor
	o.Lines = append(o.Lines, line)
}

// The shop opened and built its catalogue in one season and sold in the next.
var (
	opened  = time.Date(2025, 1, 1, 8, 0, 0, 0, time.UTC)
	selling = time.Date(2025, 7, 1, 8, 0, 0, 0, time.UTC)
)

const season = 180 * 24 * time.Hour

// step is the time between two of n things in a season, in whole milliseconds
// so that ids sort by it.
func step(n int) time.Duration {
	return max(season/time.Duration(max(n, 1)), time.Millisecond).Truncate(time.Millisecond)
}

// The kinds of things, as seeds.
const (
	kindUser = iota + 1
	kindProduct
	kindOrder
	kindCategory
)

// source is the randomness of one thing.
func source(kind, index int) *rand.Rand { return rand.New(rand.NewPCG(uint64(kind), uint64(index))) }

// newID is a UUIDv7 of this time.
func newID(r *rand.Rand, at time.Time) (u uuid.UUID) {
	binary.BigEndian.PutUint64(u[:8], uint64(at.UnixMilli())<<16|r.Uint64()&0x0fff|0x7000)
	binary.BigEndian.PutUint64(u[8:], r.Uint64()&^(3<<62)|2<<62)
	return u
}

// distinct returns up to n different numbers below limit.
func distinct(r *rand.Rand, n, limit int) []int {
	var found []int
	for range n {
		candidate := r.IntN(limit)
		for _, taken := range found {
			if taken == candidate {
				return found
			}
		}
		found = append(found, candidate)
	}
	return found
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }
