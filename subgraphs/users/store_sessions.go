package users

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/id"
)

type sessionRow struct {
	ID               uuid.UUID `db:"session_id"`
	RefreshExpiresAt time.Time `db:"refresh_expires_at"`
}

// openSession begins a session whose first refresh token has this hash.
func (s *store) openSession(ctx context.Context, user uuid.UUID, hash []byte) (row sessionRow, err error) {
	err = s.db.GetContext(ctx, &row, `
		WITH session AS (
			INSERT INTO sessions (id, user_id, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3)) RETURNING id
		)
		INSERT INTO refresh_tokens (hash, session_id, expires_at)
		SELECT $4, id, now() + make_interval(secs => $5) FROM session
		RETURNING session_id, expires_at AS refresh_expires_at`,
		id.New(), user, sessionLifetime.Seconds(), hash, refreshLifetime.Seconds())
	return row, err
}

// refresh uses up a refresh token and adds the session's next one; the account
// is nil when the token is not good. Of two that use a token at once one finds it
// unused: they are put in sequence by its row.
func (s *store) refresh(ctx context.Context, used, next []byte) (*account, sessionRow, error) {
	var found struct {
		account
		sessionRow
	}
	err := s.db.GetContext(ctx, &found, `
		WITH used AS (
			UPDATE refresh_tokens SET used_at = now() WHERE hash = $1 AND used_at IS NULL AND expires_at > now() RETURNING session_id
		), live AS (
			UPDATE sessions s SET used_at = now() FROM used
			WHERE s.id = used.session_id AND s.ended_at IS NULL AND s.expires_at > now()
			RETURNING s.id, s.user_id, s.expires_at
		), next AS (
			INSERT INTO refresh_tokens (hash, session_id, expires_at)
			SELECT $2, id, least(expires_at, now() + make_interval(secs => $3)) FROM live
			RETURNING session_id, expires_at
		)
		SELECT `+accountColumns+`, next.session_id, next.expires_at AS refresh_expires_at
		FROM live JOIN next ON next.session_id = live.id JOIN users u ON u.id = live.user_id`, used, next, refreshLifetime.Seconds())
	if errors.Is(err, sql.ErrNoRows) {
		return nil, sessionRow{}, nil
	}
	return &found.account, found.sessionRow, err
}

// endReused ends the session of a refresh token that was used before.
func (s *store) endReused(ctx context.Context, hash []byte) error {
	_, err := s.db.ExecContext(ctx, `
		UPDATE sessions SET ended_at = now(), ended_because = 'REUSED'
		WHERE id = (SELECT session_id FROM refresh_tokens WHERE hash = $1 AND used_at IS NOT NULL) AND ended_at IS NULL`, hash)
	return err
}

// endSessions ends one session of an account or, without one, all of them, and
// returns how many that were.
func (s *store) endSessions(ctx context.Context, db sqlx.ExtContext, user uuid.UUID, only uuid.NullUUID, because string) (int, error) {
	result, err := db.ExecContext(ctx, `
		UPDATE sessions SET ended_at = now(), ended_because = $3
		WHERE user_id = $1 AND ($2::uuid IS NULL OR id = $2) AND ended_at IS NULL`, user, only, because)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// inSession returns the account while this session of it lasts, nil when it does
// not.
func (s *store) inSession(ctx context.Context, user, session uuid.UUID) (*account, error) {
	var a account
	err := s.db.GetContext(ctx, &a, `
		SELECT `+accountColumns+` FROM users u
		WHERE u.id = $1 AND u.blocked_at IS NULL AND u.deleted_at IS NULL
			AND EXISTS (SELECT FROM sessions WHERE id = $2 AND user_id = u.id AND ended_at IS NULL AND expires_at > now())`, user, session)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	a.Session = session
	return &a, err
}
