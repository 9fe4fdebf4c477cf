package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/shopgraph/shopgraph/subgraphs/books"
)

// placed is how many orders there are that were placed and no more.
func (s *shop) placed(ctx context.Context) (n int, err error) {
	return n, s.owner.GetContext(ctx, &n, `SELECT count(*) FROM orders.orders WHERE status = 'PLACED'`)
}

// balance is an error when the books do not balance.
func (s *shop) balance(ctx context.Context) error {
	found, err := books.Audit(ctx, s.owner)
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("the books do not balance: %s", strings.Join(found, "; "))
	}
	return err
}
