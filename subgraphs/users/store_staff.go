package users

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/subgraphs/users/internal/model"
)

// keepAnAdmin returns errNotAllowed when the account is the only admin that can
// log in. Whoever wants to remove one waits here for the others who do.
func keepAnAdmin(ctx context.Context, tx *sqlx.Tx, leaving uuid.UUID) error {
	var admins []uuid.UUID
	err := tx.SelectContext(ctx, &admins, `
		SELECT id FROM users WHERE role = 'ADMIN' AND blocked_at IS NULL AND deleted_at IS NULL ORDER BY id FOR UPDATE`)
	if err == nil && len(admins) == 1 && admins[0] == leaving {
		return errNotAllowed("this is the last admin; make somebody else one first")
	}
	return err
}

// locked returns an account that nobody else changes until the transaction ends;
// nil when there is none, or it was deleted.
func locked(ctx context.Context, tx *sqlx.Tx, user uuid.UUID) (*account, error) {
	var a account
	err := tx.GetContext(ctx, &a, `SELECT `+accountColumns+` FROM users u WHERE id = $1 AND deleted_at IS NULL FOR UPDATE`, user)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &a, err
}

// change changes an account and returns it as it is then, nil when there is none.
func (s *store) change(ctx context.Context, target uuid.UUID, change func(tx *sqlx.Tx, a *account) error) (changed *model.User, err error) {
	err = s.inTx(ctx, func(tx *sqlx.Tx) error {
		if err := keepAnAdmin(ctx, tx, uuid.Nil); err != nil { // admins before the account: one order of locks for all
			return err
		}
		a, err := locked(ctx, tx, target)
		if err != nil || a == nil {
			return err
		}
		if err := change(tx, a); err != nil {
			return err
		}
		var r row
		err = tx.GetContext(ctx, &r, `SELECT `+userColumns+` FROM users u WHERE id = $1`, target)
		changed = r.model()
		return err
	})
	return changed, err
}

// setBlocked shuts an account out for a reason, or lets it in again without one.
func (s *store) setBlocked(ctx context.Context, actor *account, target uuid.UUID, reason *string) (*model.User, error) {
	return s.change(ctx, target, func(tx *sqlx.Tx, a *account) error {
		if err := mayBlock(actor, a); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			UPDATE users SET blocked_at = CASE WHEN $2::text IS NULL THEN NULL ELSE coalesce(blocked_at, now()) END, blocked_because = $2, updated_at = now()
			WHERE id = $1`, target, reason)
		if err != nil || reason == nil {
			return err
		}
		_, err = s.endSessions(ctx, tx, target, uuid.NullUUID{}, "BLOCKED")
		return err
	})
}

// setRole changes a role; where it is that role already nothing happens.
func (s *store) setRole(ctx context.Context, target uuid.UUID, role model.Role) (*model.User, error) {
	return s.change(ctx, target, func(tx *sqlx.Tx, a *account) error {
		if a.Role == role {
			return nil
		}
		if err := keepAnAdmin(ctx, tx, target); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE users SET role = $2, updated_at = now() WHERE id = $1`, target, role); err != nil {
			return err
		}
		_, err := s.endSessions(ctx, tx, target, uuid.NullUUID{}, "ROLE_CHANGED")
		return err
	})
}
