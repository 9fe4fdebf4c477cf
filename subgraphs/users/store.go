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

// store is the SQL. Statements that run often are prepared once, which saves a
// round trip and the planning each time.
type store struct {
	db                       *sqlx.DB
	ids, newest, oldest, all *sqlx.Stmt
	credentialsOf, add       *sqlx.Stmt
}

const columns = `id, email, name, role, created_at`

func openStore(ctx context.Context, db *sqlx.DB) (*store, error) {
	s := &store{db: db}
	for _, statement := range []struct {
		to  **sqlx.Stmt
		sql string
	}{
		{&s.ids, `SELECT ` + columns + ` FROM users WHERE id = ANY($1::uuid[])`},
		{&s.newest, `SELECT ` + columns + ` FROM users WHERE id < $1 AND id > $2 ORDER BY id DESC LIMIT $3`},
		{&s.oldest, `SELECT ` + columns + ` FROM users WHERE id < $1 AND id > $2 ORDER BY id LIMIT $3`},
		{&s.all, `SELECT count(*) FROM users`},
		{&s.credentialsOf, `SELECT ` + columns + `, password_hash FROM users WHERE email = $1`},
		{&s.add, `INSERT INTO users (id, email, name, role, password_hash) VALUES ($1, $2, $3, 'CUSTOMER', $4) ON CONFLICT (email) DO NOTHING`},
	} {
		prepared, err := db.PreparexContext(ctx, statement.sql)
		if err != nil {
			s.Close()
			return nil, err
		}
		*statement.to = prepared
	}
	return s, nil
}

// Close closes the prepared statements.
func (s *store) Close() error {
	var errs []error
	for _, statement := range []*sqlx.Stmt{s.ids, s.newest, s.oldest, s.all, s.credentialsOf, s.add} {
		if statement != nil {
			errs = append(errs, statement.Close())
		}
	}
	return errors.Join(errs...)
}

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
	if err := s.ids.SelectContext(ctx, &rows, id.List(keys)); err != nil {
		return nil, err
	}
	for _, r := range rows {
		found[r.ID] = r.model()
	}
	return found, nil
}

// page returns the rows that page.Of expects.
func (s *store) page(ctx context.Context, r page.Request) ([]*model.User, error) {
	statement := s.newest
	if r.Backward {
		statement = s.oldest
	}
	var rows []row
	if err := statement.SelectContext(ctx, &rows, r.After, r.Before, r.Limit()); err != nil {
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
	err = s.all.GetContext(ctx, &n)
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
	err := s.credentialsOf.GetContext(ctx, &c, email)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &c, err
}

// insert opens a customer's account unless the address has one.
func (s *store) insert(ctx context.Context, email, name, passwordHash string) error {
	_, err := s.add.ExecContext(ctx, id.New(), email, name, passwordHash)
	return err
}
