package users

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/subgraphs/users/internal/model"
)

// A session begins with a login and goes on by refresh tokens, of which each is
// good once and brings the next. Only their hashes are kept, the used ones too:
// a token that comes a second time was stolen, from whoever brought it first or
// second, so the session ends for both.
const (
	// accessLifetime is how long an access token is good for, the tolerance of its
	// verifiers included. They cannot be told that one was withdrawn, so this is
	// also how long a withdrawal takes where nobody asks the database.
	accessLifetime = 5*time.Minute - token.DefaultLeeway
	// refreshLifetime is how long a session lasts that nobody uses.
	refreshLifetime = 30 * 24 * time.Hour
	// sessionLifetime is how long a session lasts at most.
	sessionLifetime = 180 * 24 * time.Hour
)

// roles are the accounts' roles as tokens carry them.
var roles = map[model.Role]token.Role{
	model.RoleCustomer: token.Customer,
	model.RoleStaff:    token.Staff,
	model.RoleAdmin:    token.Admin,
}

// newSecret returns a text that nobody can guess, and the hash that is kept of it.
func newSecret() (text string, hash []byte) {
	var raw [32]byte
	rand.Read(raw[:])
	text = base64.RawURLEncoding.EncodeToString(raw[:])
	return text, hashSecret(text)
}

// hashSecret needs no salt and no slowness: what it hashes has 256 random bits.
func hashSecret(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// open begins a session.
func (s *Service) open(ctx context.Context, of *account) (*model.Session, error) {
	refresh, hash := newSecret()
	opened, err := s.store.openSession(ctx, of.ID, hash)
	if err != nil {
		return nil, err
	}
	return s.session(of, opened, refresh)
}

func (s *Service) session(of *account, row sessionRow, refresh string) (*model.Session, error) {
	access, expires, err := s.signer.Sign(token.Grant{
		Subject: id.User.Format(of.ID), Role: roles[of.Role], Session: id.Session.Format(row.ID), EmailVerified: of.EmailVerifiedAt != nil,
	})
	if err != nil {
		return nil, err
	}
	return &model.Session{
		AccessToken: access, AccessTokenExpiresAt: expires, RefreshToken: refresh, RefreshTokenExpiresAt: row.RefreshExpiresAt, User: of.model(),
	}, nil
}

// refreshSession exchanges a refresh token for the session's next ones.
func (s *Service) refreshSession(ctx context.Context, input model.RefreshSessionInput) (*model.RefreshSessionPayload, error) {
	next, hash := newSecret()
	used := hashSecret(input.RefreshToken)
	of, row, err := s.store.refresh(ctx, used, hash)
	if err != nil {
		return nil, err
	}
	if of == nil {
		return &model.RefreshSessionPayload{UserErrors: []*model.AccountUserError{
			fault(model.AccountUserErrorCodeInvalidRefreshToken, "the refresh token is not good; log in again", "refreshToken"),
		}}, s.store.endReused(ctx, used)
	}
	session, err := s.session(of, row, next)
	return &model.RefreshSessionPayload{Session: session, UserErrors: []*model.AccountUserError{}}, err
}

// logout ends this session or all of the account.
func (s *Service) logout(ctx context.Context, input model.LogoutInput) (*model.LogoutPayload, error) {
	actor, err := s.actor(ctx, token.ScopeAccount)
	if err != nil {
		return nil, err
	}
	only := uuid.NullUUID{UUID: actor.Session, Valid: !input.Everywhere}
	ended, err := s.store.endSessions(ctx, s.store.db, actor.ID, only, "LOGOUT")
	return &model.LogoutPayload{EndedSessions: ended, UserErrors: []*model.AccountUserError{}}, err
}
