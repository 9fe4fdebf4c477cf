package users

import (
	"context"
	"strings"

	"github.com/shopgraph/shopgraph/subgraphs/users/internal/model"
)

// login exchanges an address and a password for a session. Whether the address
// or the password is wrong cannot be told, neither from the answer nor from the
// time it takes.
func (s *Service) login(ctx context.Context, input model.LoginInput) (*model.LoginPayload, error) {
	email := normalEmail(input.Email)
	if !isCredential(email, input.Password) {
		return loginRefused(s.wrongCredentials()), nil
	}
	attempts := passwordAttempts(ctx, email)
	if wait, err := s.take(ctx, attempts...); wait > 0 || err != nil {
		return loginRefused(tooMany(wait)), err
	}
	found, err := s.authenticate(ctx, email, input.Password)
	if err != nil {
		return nil, err
	}
	if found == nil || s.verifiedOnly && found.EmailVerifiedAt == nil {
		return loginRefused(s.wrongCredentials()), nil
	}
	if found.BlockedAt != nil {
		return loginRefused([]*model.AccountUserError{{
			Code: model.AccountUserErrorCodeAccountBlocked, Message: "the account is blocked; ask the shop's staff",
		}}), nil
	}
	if err := s.store.forgive(ctx, attempts); err != nil {
		return nil, err
	}
	session, err := s.open(ctx, found)
	return &model.LoginPayload{Session: session, UserErrors: []*model.AccountUserError{}}, err
}

func loginRefused(why []*model.AccountUserError) *model.LoginPayload {
	return &model.LoginPayload{UserErrors: why}
}

// wrongCredentials are the same for an address without an account, for a wrong
// password and, where it matters, for an address that nobody has verified.
func (s *Service) wrongCredentials() []*model.AccountUserError {
	message := "the e-mail address or the password is wrong"
	if s.verifiedOnly {
		message += ", or the address has not been verified; the letter says how"
	}
	return []*model.AccountUserError{{Code: model.AccountUserErrorCodeInvalidCredentials, Message: message}}
}

// isCredential says whether there could be an account with these: what is not
// was never accepted.
func isCredential(email, password string) bool {
	return len(email) <= maxEmail && len(password) <= 4*maxPassword && !strings.ContainsRune(email, 0)
}

// authenticate returns the account with this address and password, nil when
// there is none.
func (s *Service) authenticate(ctx context.Context, email, password string) (*account, error) {
	found, err := s.store.byEmail(ctx, email)
	if err != nil {
		return nil, err
	}
	hash := ""
	if found != nil {
		hash = found.PasswordHash
	}
	if match, err := s.hasher.matches(ctx, password, hash); err != nil || !match {
		return nil, err
	}
	return found, nil
}
