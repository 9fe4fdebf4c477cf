package users

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/columns"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/page"
	"github.com/shopgraph/shopgraph/internal/postgres"
	"github.com/shopgraph/shopgraph/internal/where"
	"github.com/shopgraph/shopgraph/subgraphs/users/internal/model"
)

// store is the SQL. The pool keeps the statements prepared.
type store struct{ db *sqlx.DB }

const userColumns = `u.id, u.email, u.name, u.role, u.created_at, u.email_verified_at, u.blocked_at, u.deleted_at`

// row is an account as the table has it.
type row struct {
	ID              uuid.UUID  `db:"id"`
	Email           string     `db:"email"`
	Name            string     `db:"name"`
	Role            model.Role `db:"role"`
	CreatedAt       time.Time  `db:"created_at"`
	EmailVerifiedAt *time.Time `db:"email_verified_at"`
	BlockedAt       *time.Time `db:"blocked_at"`
	DeletedAt       *time.Time `db:"deleted_at"`
}

func (r row) model() *model.User {
	status := model.AccountStatusActive
	switch {
	case r.DeletedAt != nil:
		status = model.AccountStatusDeleted
	case r.BlockedAt != nil:
		status = model.AccountStatusBlocked
	}
	return &model.User{
		Key: r.ID, ID: id.User.Format(r.ID), Email: r.Email, Name: r.Name, Role: r.Role, CreatedAt: r.CreatedAt,
		Status: status, EmailVerified: r.EmailVerifiedAt != nil,
	}
}

const accountColumns = userColumns + `, u.password_hash`

// account is an account with its password's hash, and the session that it is
// logged in with.
type account struct {
	row
	PasswordHash string `db:"password_hash"`
	Session      uuid.UUID
}

// selectUsers reads accounts. What says whether they may be seen is always read.
var selectUsers = columns.New(`FROM users u WHERE u.id = ANY($1::uuid[])`,
	`User.id User.email User.name User.status User.addresses User.personalData`,
	columns.Of("u.id", func(u *row, r *postgres.Row) { u.ID = r.UUID() }),
	columns.Of("u.email", func(u *row, r *postgres.Row) { u.Email = r.Text() }),
	columns.Of("u.name", func(u *row, r *postgres.Row) { u.Name = r.Text() }),
	columns.Of("u.blocked_at", func(u *row, r *postgres.Row) { u.BlockedAt = r.TimeOrNull() }),
	columns.Of("u.deleted_at", func(u *row, r *postgres.Row) { u.DeletedAt = r.TimeOrNull() }),
	columns.Of("u.role", func(u *row, r *postgres.Row) { u.Role = model.Role(r.Text()) }, "User.role"),
	columns.Of("u.created_at", func(u *row, r *postgres.Row) { u.CreatedAt = r.Time() }, "User.createdAt"),
	columns.Of("u.email_verified_at", func(u *row, r *postgres.Row) { u.EmailVerifiedAt = r.TimeOrNull() }, "User.emailVerified"),
)

// byID returns those of the accounts that exist, with one statement at most.
func (s *store) byID(ctx context.Context, keys ...uuid.UUID) (map[uuid.UUID]*model.User, error) {
	found := make(map[uuid.UUID]*model.User, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	err := selectUsers.Read(ctx, s.db, id.List(keys), func(u *row) { found[u.ID] = u.model() })
	return found, err
}

// byEmail returns the account with this address, nil when there is none.
func (s *store) byEmail(ctx context.Context, email string) (*account, error) {
	var a account
	err := s.db.GetContext(ctx, &a, `SELECT `+accountColumns+` FROM users u WHERE email = $1 AND deleted_at IS NULL`, email)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &a, err
}

// conditions are those of a filter, which may be nil.
func conditions(f *model.UserFilter) *where.Clause {
	c := &where.Clause{}
	if f == nil {
		return c
	}
	if f.Search != nil {
		c.And(`search @@ to_tsquery('simple', ?)`, where.Prefixes(*f.Search))
	}
	if f.Email != nil {
		c.And(`email = ?`, normalEmail(*f.Email))
	}
	if f.Role != nil {
		c.And(`role = ?`, *f.Role)
	}
	if f.Status != nil {
		c.And(map[model.AccountStatus]string{
			model.AccountStatusActive:  `blocked_at IS NULL AND deleted_at IS NULL`,
			model.AccountStatusBlocked: `blocked_at IS NOT NULL AND deleted_at IS NULL`,
			model.AccountStatusDeleted: `deleted_at IS NOT NULL`,
		}[*f.Status])
	}
	if f.CreatedFrom != nil {
		c.And(`created_at >= ?`, *f.CreatedFrom)
	}
	if f.CreatedBefore != nil {
		c.And(`created_at < ?`, *f.CreatedBefore)
	}
	return c
}

// page returns the rows that page.Of expects.
func (s *store) page(ctx context.Context, f *model.UserFilter, r page.Request) ([]*model.User, error) {
	c := conditions(f)
	c.And(`id < ? AND id > ?`, r.After, r.Before)
	order := `DESC`
	if r.Backward {
		order = `ASC`
	}
	var rows []row
	query := `SELECT ` + userColumns + ` FROM users u WHERE ` + c.String() + ` ORDER BY id ` + order + ` LIMIT ` + c.Value(r.Limit())
	if err := s.db.SelectContext(ctx, &rows, query, c.Args()...); err != nil {
		return nil, err
	}
	users := make([]*model.User, len(rows))
	for i, r := range rows {
		users[i] = r.model()
	}
	return users, nil
}

// count returns how many accounts fit the filter.
func (s *store) count(ctx context.Context, f *model.UserFilter) (n int, err error) {
	c := conditions(f)
	err = s.db.GetContext(ctx, &n, `SELECT count(*) FROM users u WHERE `+c.String(), c.Args()...)
	return n, err
}

// inTx runs work in a transaction.
func (s *store) inTx(ctx context.Context, work func(tx *sqlx.Tx) error) error {
	tx, err := s.db.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := work(tx); err != nil {
		return err
	}
	return tx.Commit()
}
