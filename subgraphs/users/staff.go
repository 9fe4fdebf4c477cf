package users

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/subgraphs/users/internal/model"
)

const maxReason = 500

// blockAccount shuts an account out.
func (s *Service) blockAccount(ctx context.Context, input model.BlockAccountInput) (*model.BlockAccountPayload, error) {
	actor, err := s.actor(ctx, token.ScopeUsersWrite)
	if err != nil {
		return nil, err
	}
	reason := strings.TrimSpace(input.Reason)
	if !isText(reason, 1, maxReason) {
		return &model.BlockAccountPayload{UserErrors: []*model.AccountUserError{
			fault(model.AccountUserErrorCodeInvalidReason, "a reason has 1 to 500 characters", "reason"),
		}}, nil
	}
	user, faults, err := s.changeAccount(ctx, input.AccountID, func(target uuid.UUID) (*model.User, error) {
		return s.store.setBlocked(ctx, actor, target, &reason)
	})
	return &model.BlockAccountPayload{User: user, UserErrors: faults}, err
}

// unblockAccount lets an account in again.
func (s *Service) unblockAccount(ctx context.Context, input model.UnblockAccountInput) (*model.UnblockAccountPayload, error) {
	actor, err := s.actor(ctx, token.ScopeUsersWrite)
	if err != nil {
		return nil, err
	}
	user, faults, err := s.changeAccount(ctx, input.AccountID, func(target uuid.UUID) (*model.User, error) {
		return s.store.setBlocked(ctx, actor, target, nil)
	})
	return &model.UnblockAccountPayload{User: user, UserErrors: faults}, err
}

// changeRole changes what a person is to the shop.
func (s *Service) changeRole(ctx context.Context, input model.ChangeRoleInput) (*model.ChangeRolePayload, error) {
	if _, err := s.actor(ctx, token.ScopeRolesWrite); err != nil {
		return nil, err
	}
	user, faults, err := s.changeAccount(ctx, input.AccountID, func(target uuid.UUID) (*model.User, error) {
		return s.store.setRole(ctx, target, input.Role)
	})
	return &model.ChangeRolePayload{User: user, UserErrors: faults}, err
}

// changeAccount changes an account and says, as faults, why it could not.
func (s *Service) changeAccount(ctx context.Context, text string, change func(target uuid.UUID) (*model.User, error)) (*model.User, []*model.AccountUserError, error) {
	notFound := []*model.AccountUserError{fault(model.AccountUserErrorCodeAccountNotFound, "there is no such account", "accountId")}
	target, err := id.User.Parse(text)
	if err != nil {
		return nil, notFound, nil
	}
	changed, err := change(target)
	if why, ok := notAllowed(err); ok {
		return nil, []*model.AccountUserError{fault(model.AccountUserErrorCodeNotAllowed, why, "accountId")}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if changed == nil {
		return nil, notFound, nil
	}
	return s.note(ctx, changed), []*model.AccountUserError{}, nil
}
