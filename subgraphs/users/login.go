package users

import (
	"context"
	"strings"

	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/subgraphs/users/internal/model"
)

// roles are the accounts' roles as tokens carry them.
var roles = map[model.Role]token.Role{
	model.RoleCustomer: token.Customer,
	model.RoleStaff:    token.Staff,
	model.RoleAdmin:    token.Admin,
}

// login exchanges an address and a password for a session. Whether the address
// or the password is wrong cannot be told, neither from the answer nor from the
// time it takes.
func (s *Service) login(ctx context.Context, input model.LoginInput) (*model.LoginPayload, error) {
	account, err := s.authenticate(ctx, normalEmail(input.Email), input.Password)
	if err != nil {
		return nil, err
	}
	if account == nil {
		return &model.LoginPayload{UserErrors: []*model.AccountUserError{{
			Code: model.AccountUserErrorCodeInvalidCredentials, Message: "the e-mail address or the password is wrong",
		}}}, nil
	}
	session, err := s.open(account.model())
	return &model.LoginPayload{Session: session, UserErrors: []*model.AccountUserError{}}, err
}

// authenticate returns the account with this address and password, nil when
// there is none.
func (s *Service) authenticate(ctx context.Context, email, password string) (*credentials, error) {
	if len(email) > maxEmail || len(password) > 4*maxPassword || strings.ContainsRune(email, 0) {
		return nil, nil // nothing like it was ever accepted
	}
	account, err := s.store.credentials(ctx, email)
	if err != nil {
		return nil, err
	}
	hash := ""
	if account != nil {
		hash = account.PasswordHash
	}
	if match, err := s.hasher.matches(ctx, password, hash); err != nil || !match {
		return nil, err
	}
	return account, nil
}

func (s *Service) open(account *model.User) (*model.Session, error) {
	text, expires, err := s.signer.Sign(account.ID, roles[account.Role])
	if err != nil {
		return nil, err
	}
	return &model.Session{AccessToken: text, AccessTokenExpiresAt: expires, User: account}, nil
}
