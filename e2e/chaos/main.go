//go:build unix

// Command chaos has the shop killed while people order, and then counts.
//
//	50 clients ──► 2 routers ──► users, products, 2 × orders ──► PostgreSQL
//	                   ▲              ▲        ▲                    ▲
//	                   └──────────────┴────────┴─── kill -9 ────────┘
//
// Clients place orders, pay, and give up; every request is sent again, under its
// key, until it has an answer, and some clients leave after the first try. Every
// second or so one of the processes is killed and started again. In the end,
// when the workers have done what was left, the books are audited by SQL alone:
// no order lost or doubled, every unit of stock accounted for, every reservation
// with a live order and every live order with its reservation, every accepted
// payment with its order or given back, every event told, in its order.
//
// It prints figures and what is wrong, and ends with status 1 when anything is.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/shopgraph/shopgraph/subgraphs/books"
)

// settings are what a run is told.
type settings struct {
	duration time.Duration
	clients  int
	pause    time.Duration // between two kills, about
	keep     bool
	root     string // of the repository
}

func main() { os.Exit(run()) }

func run() int {
	s := settings{root: "."}
	flag.DurationVar(&s.duration, "duration", 3*time.Minute, "how long clients order and processes are killed")
	flag.IntVar(&s.clients, "clients", 50, "how many clients order at once")
	flag.DurationVar(&s.pause, "pause", time.Second, "about how long it is from one kill to the next")
	flag.BoolVar(&s.keep, "keep", false, "keep the folder with the logs and the database")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	found, err := chaos(ctx, s)
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		return 2
	}
	for _, fault := range found {
		fmt.Println("WRONG:", fault)
	}
	if len(found) > 0 {
		return 1
	}
	fmt.Println("The books balance.")
	return 0
}

// chaos is the whole run; it returns what is wrong in the end.
func chaos(ctx context.Context, s settings) ([]string, error) {
	shop, err := openShop(ctx, s)
	if err != nil {
		return nil, err
	}
	defer shop.close()
	told, err := newReceiver(ctx, shop)
	if err != nil {
		return nil, err
	}
	defer told.server.Close()
	crowd, err := newCrowd(ctx, shop, s.clients)
	if err != nil {
		return nil, err
	}
	fmt.Printf("%d clients order for %s; a process is killed about every %s\n", s.clients, s.duration, s.pause)
	killed := crowd.orderWhile(ctx, func(ctx context.Context) map[string]int { return shop.killFor(ctx, s.duration, s.pause) })
	if err := shop.allUp(ctx); err != nil {
		return nil, err
	}
	crowd.finish(ctx)
	waited, err := shop.settle(ctx)
	if err != nil {
		return nil, err
	}
	found, err := books.Audit(ctx, shop.db)
	if err != nil {
		return nil, err
	}
	found = append(found, crowd.audit(ctx, shop.db)...)
	found = append(found, told.audit(ctx, shop.db)...)
	return found, report(ctx, shop, crowd, told, killed, waited)
}
