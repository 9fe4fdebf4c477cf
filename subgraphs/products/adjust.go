package products

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/viewer"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/model"
)

const (
	maxNote = 500
	maxKey  = 100
)

// adjustment is a movement of stock by hand.
type adjustment struct {
	variant, actor  uuid.UUID
	kind, note, key string
	change          int
}

func (s *Service) adjustStock(ctx context.Context, input model.AdjustStockInput) (*model.AdjustStockPayload, error) {
	v := viewer.From(ctx)
	if err := mayChangeCatalogue(v); err != nil {
		return nil, err
	}
	a := adjustment{kind: string(input.Kind), note: input.Note, key: input.IdempotencyKey, change: input.Change}
	var faults []*model.ProductUserError
	var err error
	if a.actor, err = v.Person(); err != nil {
		return nil, err
	}
	if a.variant, err = id.Variant.Parse(input.VariantID); err != nil {
		faults = append(faults, variantNotFound("variantId"))
	}
	if a.change == 0 || a.change > maxOnHand || a.change < -maxOnHand || input.Kind == model.StockAdjustmentReceived && a.change < 0 {
		faults = append(faults, fault(model.ProductUserErrorCodeInvalidQuantity, fmt.Sprintf("stock changes by up to %d, not by 0; what comes in is more", maxOnHand), "change"))
	}
	if !isText(a.note, 0, maxNote) {
		faults = append(faults, fault(model.ProductUserErrorCodeInvalidNote, "a note has up to 500 characters", "note"))
	}
	if !isText(a.key, 1, maxKey) {
		faults = append(faults, fault(model.ProductUserErrorCodeInvalidIdempotencyKey, "a key has 1 to 100 characters", "idempotencyKey"))
	}
	if len(faults) == 0 {
		if faults, err = s.store.adjust(ctx, a); err != nil {
			return nil, err
		}
	}
	if len(faults) > 0 {
		return &model.AdjustStockPayload{UserErrors: faults}, nil
	}
	variant, err := s.variant(ctx, a.variant)
	return &model.AdjustStockPayload{Variant: variant, UserErrors: []*model.ProductUserError{}}, err
}

// maxMovements is how many movements can be read at once.
const maxMovements = 100

// movements is a part of the ledger of a variant whose stock the viewer sees.
func (s *Service) movements(ctx context.Context, of *model.Stock, first int, after *string) ([]*model.StockMovement, error) {
	if first < 0 || first > maxMovements {
		return nil, apierror.New(apierror.BadUserInput, "\"first\" is %d; it must be 0 to %d", first, maxMovements)
	}
	p := ledgerPage{first, math.MaxInt64}
	if after != nil {
		key, err := id.Movement.Parse(*after)
		if err != nil {
			return nil, err
		}
		p.after = movementNumber(key)
	}
	found, err := batchesFrom(ctx).ledger(p).Get(ctx, of.Variant)
	if found == nil {
		found = []*model.StockMovement{}
	}
	return found, err
}

// movementID shows a number of the ledger like any other id.
func movementID(number int64) string {
	var key uuid.UUID
	binary.BigEndian.PutUint64(key[8:], uint64(number))
	return id.Movement.Format(key)
}

// movementNumber is the number in a movement's id. What is no id of a movement
// lies before all of them.
func movementNumber(key uuid.UUID) int64 {
	number := binary.BigEndian.Uint64(key[8:])
	if number > math.MaxInt64 || binary.BigEndian.Uint64(key[:8]) != 0 {
		return 0
	}
	return int64(number)
}
