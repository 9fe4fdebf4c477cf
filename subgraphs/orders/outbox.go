package orders

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/shopgraph/shopgraph/subgraphs/orders/internal/model"
)

// tasksAtOnce is how many tasks a worker takes, and does at the same time.
const tasksAtOnce = 8

// work does tasks of the outbox that are due and returns how many those were.
func (s *Service) work(ctx context.Context) (int, error) {
	tasks, err := s.store.takeTasks(ctx, tasksAtOnce)
	if err != nil {
		return 0, err
	}
	faults := make([]error, len(tasks))
	var all sync.WaitGroup
	for i, t := range tasks {
		all.Go(func() { faults[i] = s.try(ctx, t) })
	}
	all.Wait()
	return len(tasks), errors.Join(faults...)
}

// try does a task; when that fails it is tried again later, and only the failure
// to write that down is returned.
func (s *Service) try(ctx context.Context, t task) error {
	ctx, cancel := context.WithTimeout(ctx, lease)
	defer cancel()
	why := s.do(ctx, t)
	if why == nil {
		return s.store.done(ctx, t)
	}
	s.log.Warn("a task of the outbox failed and will be tried again", "task", t.Task, "subject", t.Subject, "attempts", t.Attempts, "error", why)
	return s.store.failed(ctx, t, why)
}

func (s *Service) do(ctx context.Context, t task) error {
	switch t.Task {
	case taskSettle:
		return s.resume(ctx, t.Subject)
	case taskRelease:
		return s.catalogue.release(ctx, t.Subject)
	case taskCollect:
		return s.collect(ctx, t.Subject)
	case taskRefund:
		return s.payBack(ctx, t.Subject)
	}
	return fmt.Errorf("there is no task %q", t.Task)
}

// unpaidAtOnce is how many unpaid orders are given up in one go.
const unpaidAtOnce = 50

// cancelUnpaid gives up orders that were not paid in time, and returns how many
// it came across.
func (s *Service) cancelUnpaid(ctx context.Context) (int, error) {
	orders, err := s.store.unpaid(ctx, unpaidAtOnce)
	for _, key := range orders {
		_, err := s.store.change(ctx, s.store.db, change{
			order: key, from: from(model.OrderStatusCancelled, bySystem), to: model.OrderStatusCancelled, kind: model.OrderEventKindCancelled,
			by: system, note: "It was not paid in time.", tasks: []string{taskRelease},
		})
		if err != nil {
			return 0, err
		}
	}
	return len(orders), err
}
