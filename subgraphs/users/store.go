package users

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/page"
	"github.com/shopgraph/shopgraph/subgraphs/users/internal/model"
)

// store is the SQL. The pool keeps the statements prepared.
type store struct{ db *sqlx.DB }

const columns = `id, email, name, role, created_at`

// row is an account as the table has it.
type row struct {
	ID        uuid.UUID  `db:"id"`
	Email     string     `db:"email"`
	Name      string     `db:"name"`
	Role      model.Role `db:"role"`
	CreatedAt time.Time  `db:"created_at"`
}

func (r row) model() *model.User {
	return &model.User{Key: r.ID, ID: id.User.Format(r.ID), Email: r.Email, Name: r.Name, Role: r.Role, CreatedAt: r.CreatedAt}
}

// byID returns those of the accounts that exist, with one statement at most.
func (s *store) byID(ctx context.Context, keys ...uuid.UUID) (map[uuid.UUID]*model.User, error) {
	found := make(map[uuid.UUID]*model.User, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	var rows []row
	if err := s.db.SelectContext(ctx, &rows, `SELECT `+columns+` FROM users WHERE id = ANY($1::uuid[])`, id.List(keys)); err != nil {
		return nil, err
	}
	for _, r := range rows {
		found[r.ID] = r.model()
	}
	return found, nil
}

// page returns the rows that page.Of expects.
func (s *store) page(ctx context.Context, r page.Request) ([]*model.User, error) {
	const span = `SELECT ` + columns + ` FROM users WHERE id < $1 AND id > $2 `
	query := span + `ORDER BY id DESC LIMIT $3`
	if r.Backward {
		query = span + `ORDER BY id LIMIT $3`
	}
	var rows []row
	if err := s.db.SelectContext(ctx, &rows, query, r.After, r.Before, r.Limit()); err != nil {
		return nil, err
	}
	users := make([]*model.User, len(rows))
	for i, r := range rows {
		users[i] = r.model()
	}
	return users, nil
}

// count returns how many accounts there are.
func (s *store) count(ctx context.Context) (n int, err error) {
	err = s.db.GetContext(ctx, &n, `SELECT count(*) FROM users`)
	return n, err
}

// credentials is an account with its password's hash.
type credentials struct {
	row
	PasswordHash string `db:"password_hash"`
}

// credentials returns the account with this address, nil when there is none.
func (s *store) credentials(ctx context.Context, email string) (*credentials, error) {
	var c credentials
	err := s.db.GetContext(ctx, &c, `SELECT `+columns+`, password_hash FROM users WHERE email = $1`, email)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &c, err
}

// insert opens a customer's account unless the address has one.
func (s *store) insert(ctx context.Context, email, name, passwordHash string) error {
	_, err := s.db.ExecContext(ctx, `
		INSERT INTO users (id, email, name, role, password_hash) VALUES ($1, $2, $3, 'CUSTOMER', $4)
		ON CONFLICT (email) DO NOTHING`, id.New(), email, name, passwordHash)
	return err
}
