//go:build unix

package main

import (
	"context"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/subgraphs/books/bookstest"
)

var demo = demodata.Size{Users: 10, Products: 5, Orders: 20}

// What clients were told is compared with the books in both directions.
func TestCrowdsAudit(t *testing.T) {
	db := bookstest.Seeded(t, demo)
	all := func() *crowd {
		c := &crowd{}
		for i := range demo.Orders {
			o := demo.Order(i)
			c.attempts = append(c.attempts, &attempt{key: keyOf(t, db, o), order: id.Order.Format(o.ID), total: o.Total.Amount()})
		}
		return c
	}
	for name, c := range map[string]struct {
		change func(c *crowd)
		want   string
	}{
		"as it was":   {func(*crowd) {}, ""},
		"lost":        {func(c *crowd) { c.attempts = append(c.attempts, &attempt{key: "k", order: "ord_x", total: "1.00"}) }, "k was told of ord_x"},
		"unknown":     {func(c *crowd) { c.attempts = c.attempts[1:] }, "nobody ordered"},
		"another":     {func(c *crowd) { c.attempts[0].order = "ord_x" }, "was told of ord_x"},
		"other money": {func(c *crowd) { c.attempts[0].total = "0.01" }, "over 0.01"},
		"refused":     {func(c *crowd) { c.attempts[0].order, c.attempts[0].refusal = "", "INSUFFICIENT_STOCK" }, "was refused"},
		"unanswered":  {func(c *crowd) { c.attempts[0].order = "" }, "no answer"},
		"abandoned":   {func(c *crowd) { c.attempts[0].order, c.attempts[0].abandons = "", true }, ""},
	} {
		crowd := all()
		c.change(crowd)
		got := strings.Join(crowd.audit(context.Background(), db), "\n")
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func keyOf(t *testing.T, db *sqlx.DB, o demodata.Order) (key string) {
	t.Helper()
	if err := db.Get(&key, `SELECT idempotency_key FROM orders.orders WHERE id = $1`, o.ID); err != nil {
		t.Fatal(err)
	}
	return key
}

// Events are expected in their order, any number of times, under one id.
func TestReceiversAudit(t *testing.T) {
	for name, c := range map[string]struct {
		told string // order sequence event
		want string
	}{
		"in order":        {"a 1 x,b 1 y,a 2 z", ""},
		"again":           {"a 1 x,a 2 y,a 1 x,a 2 y,a 3 z", ""},
		"one is missing":  {"a 1 x,a 3 z", "a/3 came after 1"},
		"in reverse":      {"a 2 y,a 1 x", "a/2 came after 0"},
		"under other ids": {"a 1 x,a 1 y", "a/1 came as x and as y"},
	} {
		r := &receiver{last: map[string]int{}, ids: map[string]string{}}
		for event := range strings.SplitSeq(c.told, ",") {
			words := strings.Fields(event)
			r.take(words[0], int(words[1][0]-'0'), words[2])
		}
		if got := strings.Join(r.faults, ""); (c.want == "") != (got == "") || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
