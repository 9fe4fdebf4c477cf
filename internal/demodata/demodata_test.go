package demodata

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
)

var size = Size{Users: 200, Products: 50, Orders: 1000}

func TestTheSameEachTime(t *testing.T) {
	for i := range 50 {
		if !reflect.DeepEqual(size.User(i), size.User(i)) || !reflect.DeepEqual(size.Product(i), size.Product(i)) || !reflect.DeepEqual(size.Order(i), size.Order(i)) {
			t.Fatalf("something with index %d differs between two calls", i)
		}
	}
}

func TestEachOrderIsOrder(t *testing.T) {
	n := 0
	for i, o := range size.EachOrder() {
		if i != n || !reflect.DeepEqual(o, size.Order(i)) {
			t.Fatalf("order %d differs", i)
		}
		n++
	}
	if n != size.Orders {
		t.Errorf("%d orders", n)
	}
}

// What orders say of users and products is what those are.
func TestOrdersAgreeWithTheRest(t *testing.T) {
	users, variants := map[uuid.UUID]User{}, map[uuid.UUID]Variant{}
	for i := range size.Users {
		u := size.User(i)
		users[u.ID] = u
	}
	for i := range size.Products {
		for _, v := range size.Product(i).Variants {
			variants[v.ID] = v
		}
	}
	for i := range size.Orders {
		o, sum := size.Order(i), int64(0)
		if users[o.User].Role != "CUSTOMER" || len(o.Lines) == 0 {
			t.Fatalf("order %d is of %q and has %d lines", i, users[o.User].Role, len(o.Lines))
		}
		for _, line := range o.Lines {
			sum += line.Total.Minor
			if !reflect.DeepEqual(variants[line.Variant.ID], line.Variant) || line.UnitPrice != line.Variant.Price(o.Currency) || line.UnitPrice.Minor <= 0 {
				t.Fatalf("order %d has the line %+v", i, line)
			}
		}
		if o.Total.Minor != sum || o.Total.Currency != o.Currency {
			t.Fatalf("order %d costs %s, its lines %d", i, o.Total, sum)
		}
	}
	if size.Order(0).User != size.User(0).ID {
		t.Error("the first order is not the demo customer's")
	}
}

func TestIDsAreUniqueUUIDv7InOrder(t *testing.T) {
	seen := map[uuid.UUID]bool{}
	check := func(id uuid.UUID, at time.Time) {
		t.Helper()
		sec, _ := id.Time().UnixTime()
		if seen[id] || id.Version() != 7 || id.Variant() != uuid.RFC4122 || sec != at.Unix() {
			t.Fatalf("%s of %s: seen before %v, version %d, variant %s", id, at, seen[id], id.Version(), id.Variant())
		}
		seen[id] = true
	}
	var last uuid.UUID
	for i := range size.Orders {
		o := size.Order(i)
		check(o.ID, o.Placed)
		if bytes.Compare(last[:], o.ID[:]) >= 0 {
			t.Fatalf("order %d sorts before the one before it", i)
		}
		last = o.ID
		for _, line := range o.Lines {
			check(line.ID, o.Placed)
		}
	}
	for i := range size.Users {
		check(size.User(i).ID, size.User(i).Created)
	}
	for i := range size.Products {
		check(size.Product(i).ID, size.Product(i).Created)
	}
}

func TestEmailsAndSKUsAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for i := range 2000 {
		if email := (Size{Users: 2000}).User(i).Email; seen[email] {
			t.Fatalf("%s twice", email)
		} else {
			seen[email] = true
		}
	}
	for i := range 2000 {
		for _, v := range (Size{Products: 2000}).Product(i).Variants {
			if seen[v.SKU] {
				t.Fatalf("%s twice", v.SKU)
			}
			seen[v.SKU] = true
		}
	}
}

func TestNothingLiesInTheFuture(t *testing.T) {
	large := Size{Users: maxUsers, Products: maxProducts, Orders: maxOrders}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, at := range []time.Time{large.User(maxUsers - 1).Created, large.Product(maxProducts - 1).Created, large.Order(maxOrders - 1).Placed} {
		if at.After(now) {
			t.Errorf("something happens at %s", at)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, s := range []Size{Usual, size, {Users: 3}, {Users: 10_000, Products: 5_000, Orders: 100_000}} {
		if err := s.Check(); err != nil {
			t.Errorf("%+v: %v", s, err)
		}
	}
	for _, s := range []Size{{}, {Users: 2}, {Users: -1}, {Users: 3, Products: -1}, {Users: 3, Orders: -1}, {Users: 3, Orders: 1}, {Users: 1 << 40}} {
		if s.Check() == nil {
			t.Errorf("%+v passes", s)
		}
	}
}
