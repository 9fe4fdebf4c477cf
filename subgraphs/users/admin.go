package users

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/alexedwards/argon2id"
	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/id"
)

// MakeAdmin makes the account with this e-mail address an admin, for whoever runs
// the shop and has its database: there is no other way to the first one. When
// there is no such account it opens one, verified, and returns its password,
// which is kept nowhere; password is empty for an account that was there.
func MakeAdmin(ctx context.Context, db *sqlx.DB, email string) (password string, err error) {
	if email = normalEmail(email); !isEmail(email) {
		return "", fmt.Errorf("%q is not an e-mail address; write it as name@example.com", email)
	}
	s := &store{db}
	found, err := s.byEmail(ctx, email)
	if err != nil {
		return "", err
	}
	if found != nil {
		return "", s.inTx(ctx, func(tx *sqlx.Tx) error { return s.raise(ctx, tx, found.ID) })
	}
	password = rand.Text()
	hash, err := argon2id.CreateHash(password, hashing)
	if err != nil {
		return "", err
	}
	_, err = db.ExecContext(ctx, `
		INSERT INTO users (id, email, name, role, password_hash, email_verified_at) VALUES ($1, $2, 'Admin', 'ADMIN', $3, now())`, id.New(), email, hash)
	return password, err
}

// raise makes an account an admin that can log in, and ends its sessions.
func (s *store) raise(ctx context.Context, tx *sqlx.Tx, user uuid.UUID) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE users SET role = 'ADMIN', blocked_at = NULL, blocked_because = NULL, email_verified_at = coalesce(email_verified_at, now()), updated_at = now()
		WHERE id = $1`, user)
	if err != nil {
		return err
	}
	_, err = s.endSessions(ctx, tx, user, uuid.NullUUID{}, "ROLE_CHANGED")
	return err
}
