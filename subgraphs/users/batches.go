package users

import (
	"context"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/batch"
	"github.com/shopgraph/shopgraph/subgraphs/users/internal/model"
)

// batches are what one operation reads for many rows at once.
type batches struct {
	users     batch.Keys[uuid.UUID] // that the operation came across
	addresses batch.Loader[*store, uuid.UUID, []*model.Address]
}

type batchesKey struct{}

// withBatches gives an operation its batches.
func (s *Service) withBatches(ctx context.Context) context.Context {
	b := &batches{}
	b.addresses = batch.NewLoader(s.store, &b.users, (*store).addressesOf)
	return context.WithValue(ctx, batchesKey{}, b)
}

func batchesFrom(ctx context.Context) *batches { return ctx.Value(batchesKey{}).(*batches) }
