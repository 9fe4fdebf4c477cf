package users

import (
	"context"

	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/subgraphs/users/internal/model"
)

// changePassword sets another password and ends every session, this one too;
// whoever changed it gets a new one.
func (s *Service) changePassword(ctx context.Context, input model.ChangePasswordInput) (*model.ChangePasswordPayload, error) {
	actor, err := s.actor(ctx, token.ScopeAccount)
	if err != nil {
		return nil, err
	}
	if !isPassword(input.NewPassword) {
		return &model.ChangePasswordPayload{UserErrors: []*model.AccountUserError{passwordFault("newPassword")}}, nil
	}
	if faults, err := s.tryPassword(ctx, actor, input.CurrentPassword, "currentPassword"); len(faults) > 0 || err != nil {
		return &model.ChangePasswordPayload{UserErrors: faults}, err
	}
	hash, err := s.hasher.hash(ctx, input.NewPassword)
	if err != nil {
		return nil, err
	}
	changed, err := s.store.changePassword(ctx, actor, hash, s.passwordNotice())
	if err != nil {
		return nil, err
	}
	if !changed { // by somebody else, meanwhile
		return &model.ChangePasswordPayload{UserErrors: []*model.AccountUserError{
			fault(model.AccountUserErrorCodeWrongPassword, "this is not the account's password", "currentPassword"),
		}}, nil
	}
	s.letters.Wake()
	session, err := s.open(ctx, actor)
	return &model.ChangePasswordPayload{Session: session, UserErrors: []*model.AccountUserError{}}, err
}

// requestPasswordReset writes a letter with a token for a new password.
func (s *Service) requestPasswordReset(ctx context.Context, input model.RequestPasswordResetInput) (*model.RequestPasswordResetPayload, error) {
	secret, hash := newSecret()
	faults, err := s.writeLetter(ctx, normalEmail(input.Email), `true`, letterToken{hash, resetPassword, resetLifetime}, s.resetLetter(secret))
	return &model.RequestPasswordResetPayload{Accepted: len(faults) == 0, UserErrors: orNone(faults)}, err
}

// resetPassword sets a new password with the token of a letter, and ends every
// session.
func (s *Service) resetPassword(ctx context.Context, input model.ResetPasswordInput) (*model.ResetPasswordPayload, error) {
	refused := func(why *model.AccountUserError) *model.ResetPasswordPayload {
		return &model.ResetPasswordPayload{UserErrors: []*model.AccountUserError{why}}
	}
	if !isPassword(input.NewPassword) {
		return refused(passwordFault("newPassword")), nil
	}
	secret := hashSecret(input.Token)
	// A hash is dear, so nobody gets one for a token that is none.
	if good, err := s.store.isResetToken(ctx, secret); err != nil || !good {
		return refused(tokenFault()), err
	}
	hash, err := s.hasher.hash(ctx, input.NewPassword)
	if err != nil {
		return nil, err
	}
	if reset, err := s.store.resetPassword(ctx, secret, hash, s.passwordNotice()); err != nil || !reset {
		return refused(tokenFault()), err
	}
	s.letters.Wake()
	return &model.ResetPasswordPayload{Reset: true, UserErrors: []*model.AccountUserError{}}, nil
}
