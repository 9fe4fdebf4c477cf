package orders

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/id"
)

var unreachable = apierror.Wrap(errors.New("connection refused"), apierror.ServiceUnavailable, "products cannot be reached at the moment; try again")

// due has everything in the outbox be due.
func (f *fixture) due() { f.db.MustExec(`UPDATE outbox SET due_at = now()`) }

// What a request left when it died, at whatever step, the workers finish.
func TestWorkersSettleWhatARequestLeft(t *testing.T) {
	for _, step := range []string{"reserve", "confirm"} {
		f := newFixture(t)
		f.catalogue.fail[step] = unreachable
		f.place(t, "owner", "k", nil, line(f.catalogue.mug, 1))
		f.due()
		if n, err := f.work(t.Context()); n != 1 || err != nil || f.statuses(t) != "PENDING" {
			t.Errorf("%s fails still: %d done, %v, orders %s", step, n, err, f.statuses(t))
		}
		if got := f.texts(t, `SELECT attempts || ' ' || (last_error IS NOT NULL) || ' ' || (due_at > now()) FROM outbox`); got != "1 true true" {
			t.Errorf("%s fails still: the task is %s", step, got)
		}
		delete(f.catalogue.fail, step)
		f.due()
		f.drain(t)
		if f.statuses(t) != "PLACED" || f.texts(t, `SELECT task FROM outbox`) != "" || len(f.catalogue.reserved) != 1 {
			t.Errorf("%s failed: orders %s, left %s", step, f.statuses(t), f.texts(t, `SELECT task FROM outbox`))
		}
		if got := f.place(t, "owner", "k", nil, line(f.catalogue.mug, 1)); got != "PLACED 12.50" {
			t.Errorf("sent again: %s", got)
		}
	}
}

// A request that is refused by the workers is refused in the customer's words.
func TestWorkersRefuse(t *testing.T) {
	f := newFixture(t)
	lines := []map[string]any{line(f.catalogue.mug, 1), line(f.catalogue.mug, 1), line(f.catalogue.lamp, 1)}
	f.catalogue.fail["reserve"] = unreachable
	f.place(t, "owner", "k", nil, lines...)
	delete(f.catalogue.fail, "reserve")
	f.catalogue.refuse = []refusal{{1, "INSUFFICIENT_STOCK", "only 0 are left"}}
	f.due()
	f.drain(t)
	if got := f.place(t, "owner", "k", nil, lines...); got != "INSUFFICIENT_STOCK[input lines 2 variantId]" || f.statuses(t) != "REJECTED" {
		t.Errorf("%s, orders %s", got, f.statuses(t))
	}
}

// An order that could not be settled in time is given up, and its stock released
// after that.
func TestGivingUp(t *testing.T) {
	f := newFixture(t)
	f.catalogue.fail["confirm"] = unreachable
	f.place(t, "owner", "k", nil, line(f.catalogue.mug, 1))
	f.db.MustExec(`UPDATE orders SET created_at = now() - interval '16 minutes' WHERE status = 'PENDING'`)
	f.due()
	f.drain(t)
	if f.statuses(t) != "REJECTED" || !f.released(t, f.newest(t)) || f.texts(t, `SELECT task FROM outbox`) != "" {
		t.Errorf("orders %s, left %s", f.statuses(t), f.texts(t, `SELECT task FROM outbox`))
	}
	if got := f.place(t, "owner", "k", nil, line(f.catalogue.mug, 1)); got != "TOOK_TOO_LONG<nil>" {
		t.Errorf("sent again: %s", got)
	}
}

// A reservation that ran out between reserving and confirming gives the order up;
// one that was closed because the order is decided leaves it as it is.
func TestAClosedReservation(t *testing.T) {
	f := newFixture(t)
	f.catalogue.fail["confirm"] = errClosed
	if got := f.place(t, "owner", "k", nil, line(f.catalogue.mug, 1)); got != "TOOK_TOO_LONG<nil>" {
		t.Errorf("it ran out: %s", got)
	}
	f.catalogue.fail["confirm"] = nil
	order := f.placed(t, "owner")
	key, err := id.Order.Parse(order)
	if err != nil {
		t.Fatal(err)
	}
	begun, err := f.store.get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	f.do(t, "owner", "cancelOrder", order, "")
	f.catalogue.fail["reserve"] = errClosed
	if settled, err := f.settle(t.Context(), begun); err != nil || settled.Status != "CANCELLED" {
		t.Errorf("a late second settling: %v, %v", settled, err)
	}
}

// Any number of workers do each task once, as long as nobody dies.
func TestManyWorkers(t *testing.T) {
	f := newFixture(t)
	for range 30 {
		f.do(t, "owner", "cancelOrder", f.placed(t, "owner"), "")
	}
	f.catalogue.released = nil
	f.db.MustExec(`INSERT INTO outbox (task, subject, order_id) SELECT 'RELEASE', id, id FROM orders WHERE status = 'CANCELLED' ON CONFLICT DO NOTHING`)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for {
				if n, err := f.work(t.Context()); n == 0 || err != nil {
					if err != nil {
						t.Error(err)
					}
					return
				}
			}
		})
	}
	all.Wait()
	seen := map[uuid.UUID]bool{}
	for _, order := range f.catalogue.released {
		seen[order] = true
	}
	if len(f.catalogue.released) != 30 || len(seen) != 30 || f.texts(t, `SELECT task FROM outbox`) != "" {
		t.Errorf("%d releases of %d orders, left %s", len(f.catalogue.released), len(seen), f.texts(t, `SELECT task FROM outbox`))
	}
}

// What a worker that died had taken, another takes when its lease is over.
func TestAWorkerDies(t *testing.T) {
	f := newFixture(t)
	f.do(t, "owner", "cancelOrder", f.placed(t, "owner"), "")
	taken, err := f.store.takeTasks(t.Context(), tasksAtOnce)
	if err != nil || len(taken) != 1 {
		t.Fatal(taken, err)
	}
	if n, err := f.work(t.Context()); n != 0 || err != nil {
		t.Errorf("another takes it at once: %d, %v", n, err)
	}
	f.due()
	if n, err := f.work(t.Context()); n != 1 || err != nil {
		t.Errorf("after the lease: %d, %v", n, err)
	}
}

// Every task is done with the same outcome when it is done twice, or in whatever
// order.
func TestTasksTwiceAndInReverse(t *testing.T) {
	f := newFixture(t)
	order := f.paid(t, "owner")
	f.do(t, "staff", "refundOrder", order, "")
	tasks, err := f.store.takeTasks(t.Context(), tasksAtOnce)
	if err != nil || len(tasks) != 2 {
		t.Fatal(tasks, err)
	}
	for _, i := range []int{1, 0, 0, 1} {
		if err := f.try(t.Context(), tasks[i]); err != nil {
			t.Error(err)
		}
	}
	if got := f.story(t, order); got != "REFUNDED: PLACED/CUSTOMER PAID/PAYMENT_PROVIDER REFUNDED/STAFF PAYMENT_REFUNDED/PAYMENT_PROVIDER payment REFUNDED" {
		t.Error(got)
	}
}

// The loops of the running service do all of it by themselves.
func TestTheServiceWorks(t *testing.T) {
	f := newFixture(t)
	order := f.placed(t, "owner")
	f.do(t, "owner", "payOrder", order, accepted)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		f.Run(ctx)
		close(ended)
	}()
	for !strings.HasPrefix(f.story(t, order), "PAID:") && t.Context().Err() == nil {
	}
	f.do(t, "owner", "cancelOrder", order, "")
	for !strings.HasSuffix(f.story(t, order), "payment REFUNDED") || !f.released(t, order) {
	}
	stop()
	<-ended
}

func TestTheNamesOfTasks(t *testing.T) {
	f := newFixture(t)
	if err := f.Service.do(t.Context(), task{Task: "DANCE"}); err == nil || !strings.Contains(fmt.Sprint(err), "DANCE") {
		t.Errorf("an unknown task: %v", err)
	}
}
