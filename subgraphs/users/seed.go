package users

import (
	"context"
	"fmt"
	"sync"

	"github.com/alexedwards/argon2id"
	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/demodata"
)

// Seed fills an empty database with the demo's accounts; demodata.ErrNotEmpty
// when it has any. progress is told how many of them are written.
func Seed(ctx context.Context, db *sqlx.DB, size demodata.Size, progress func(done int)) error {
	hashes, err := demoHashes()
	if err != nil {
		return err
	}
	return demodata.Fill(ctx, db, []demodata.Table{{
		Name:    "users",
		Columns: []string{"id", "email", "name", "role", "password_hash", "email_verified_at", "created_at", "updated_at"},
		Rows: func(yield func([]any) bool) {
			for i := range size.Users {
				u := size.User(i)
				if !yield([]any{u.ID, u.Email, u.Name, u.Role, hashes[u.Role], u.Created, u.Created, u.Created}) {
					return
				}
				progress(i + 1)
			}
		},
	}})
}

// demoHashes are the hashes of the demo's passwords by role. All customers share
// one: ten thousand hashes would take minutes and keep no secret.
var demoHashes = sync.OnceValues(func() (map[string]string, error) {
	hashes := map[string]string{}
	for _, account := range demodata.Accounts() {
		hash, err := argon2id.CreateHash(account.Password, hashing)
		if err != nil {
			return nil, err
		}
		hashes[account.Role] = hash
	}
	return hashes, nil
})

// refuseDemoPasswords returns an error when an account of the demo can be logged
// in to with the password that everybody knows.
func (s *Service) refuseDemoPasswords(ctx context.Context) error {
	for _, account := range demodata.Accounts() {
		open, err := s.authenticate(ctx, account.Email, account.Password)
		if err != nil {
			return err
		}
		if open != nil {
			return fmt.Errorf("users: in production no account may have the demo's password, and %s has: change it, or begin with an empty database", account.Email)
		}
	}
	return nil
}
