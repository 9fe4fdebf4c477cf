package users

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// verify uses up the token of a verification letter and notes that the address is
// the account's. It is false when the token is not good, or the address belongs
// to another account by now.
func (s *store) verify(ctx context.Context, hash []byte) (bool, error) {
	result, err := s.db.ExecContext(ctx, `
		WITH token AS (
			DELETE FROM letter_tokens WHERE hash = $1 AND purpose IN ('VERIFY_EMAIL', 'CHANGE_EMAIL') AND expires_at > now()
			RETURNING user_id, purpose, email
		)
		UPDATE users u SET email = t.email, email_verified_at = now(), updated_at = now()
		FROM token t WHERE u.id = t.user_id AND u.deleted_at IS NULL AND (t.purpose = 'CHANGE_EMAIL' OR u.email = t.email)`, hash)
	if taken := pq.As(err, pqerror.UniqueViolation); taken != nil {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// changePassword sets the password unless another change came first, ends all
// sessions and writes the notice.
func (s *store) changePassword(ctx context.Context, of *account, hash string, notice letter) (changed bool, err error) {
	err = s.inTx(ctx, func(tx *sqlx.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE users SET password_hash = $2, updated_at = now() WHERE id = $1 AND password_hash = $3`, of.ID, hash, of.PasswordHash)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if changed = n > 0; !changed || err != nil {
			return err
		}
		return s.afterNewPassword(ctx, tx, of.ID, of.Email, "PASSWORD_CHANGED", notice)
	})
	return changed, err
}

// afterNewPassword ends all sessions, makes void what could set another password,
// and writes the notice.
func (s *store) afterNewPassword(ctx context.Context, tx *sqlx.Tx, user uuid.UUID, email, because string, notice letter) error {
	if _, err := s.endSessions(ctx, tx, user, uuid.NullUUID{}, because); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM letter_tokens WHERE user_id = $1 AND purpose = 'RESET_PASSWORD'`, user); err != nil {
		return err
	}
	return write(ctx, tx, email, notice)
}

const resetTokens = `letter_tokens t JOIN users u ON u.id = t.user_id
	WHERE t.hash = $1 AND t.purpose = 'RESET_PASSWORD' AND t.expires_at > now() AND t.email = u.email AND u.blocked_at IS NULL`

// isResetToken says whether a token for a new password is good now.
func (s *store) isResetToken(ctx context.Context, hash []byte) (good bool, err error) {
	err = s.db.GetContext(ctx, &good, `SELECT EXISTS (SELECT FROM `+resetTokens+`)`, hash)
	return good, err
}

// resetPassword uses up the token and sets the password. Whoever has the token
// reads the account's mail, so the address is verified too.
func (s *store) resetPassword(ctx context.Context, hash []byte, password string, notice letter) (reset bool, err error) {
	err = s.inTx(ctx, func(tx *sqlx.Tx) error {
		var of struct {
			ID    uuid.UUID `db:"id"`
			Email string    `db:"email"`
		}
		err := tx.GetContext(ctx, &of, `SELECT u.id, u.email FROM `+resetTokens+` FOR UPDATE`, hash)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE users SET password_hash = $2, email_verified_at = coalesce(email_verified_at, now()), updated_at = now() WHERE id = $1`, of.ID, password)
		if err != nil {
			return err
		}
		reset = true
		return s.afterNewPassword(ctx, tx, of.ID, of.Email, "PASSWORD_RESET", notice)
	})
	return reset, err
}
