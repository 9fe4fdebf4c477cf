package users

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
)

// letterToken is a token that a letter carries.
type letterToken struct {
	hash    []byte
	purpose string
	good    time.Duration
}

// register opens a customer's account unless the address has one, and writes the
// letter for what was the case, unless unwritten. One statement does it all, so
// that both cases take the same time.
func (s *store) register(ctx context.Context, email, name, passwordHash string, account uuid.UUID, t letterToken, fresh, known letter, unwritten bool) error {
	_, err := s.db.ExecContext(ctx, `
		WITH opened AS (
			INSERT INTO users (id, email, name, role, password_hash) VALUES ($1, $2, $3, 'CUSTOMER', $4)
			ON CONFLICT (email) DO NOTHING
			RETURNING id
		), token AS (
			INSERT INTO letter_tokens (hash, user_id, purpose, email, expires_at)
			SELECT $5, id, $6, $2, now() + make_interval(secs => $7) FROM opened
		)
		INSERT INTO letters (id, recipient, subject, body)
		SELECT $8, $2, CASE WHEN is_new THEN $9 ELSE $11 END, CASE WHEN is_new THEN $10 ELSE $12 END
		FROM (SELECT EXISTS (SELECT FROM opened) AS is_new) o WHERE NOT $13::boolean`,
		account, email, name, passwordHash, t.hash, t.purpose, t.good.Seconds(),
		fresh.id, fresh.subject, fresh.body, known.subject, known.body, unwritten)
	return err
}

// writeToken writes a letter with a token to the account with this address, if it
// fits the condition, and nothing to anybody else.
func (s *store) writeToken(ctx context.Context, email, condition string, t letterToken, l letter) error {
	_, err := s.db.ExecContext(ctx, `
		WITH account AS (
			SELECT id FROM users WHERE email = $1 AND deleted_at IS NULL AND blocked_at IS NULL AND `+condition+`
		), token AS (
			INSERT INTO letter_tokens (hash, user_id, purpose, email, expires_at)
			SELECT $2, id, $3, $1, now() + make_interval(secs => $4) FROM account
		)
		INSERT INTO letters (id, recipient, subject, body) SELECT $5, $1, $6, $7 FROM account`,
		email, t.hash, t.purpose, t.good.Seconds(), l.id, l.subject, l.body)
	return err
}

// writeChange writes the letters of a change of address: with a token to the new
// address, unless it has an account, and a warning to the old one.
func (s *store) writeChange(ctx context.Context, of *account, email string, t letterToken, fresh, known, warning letter) error {
	_, err := s.db.ExecContext(ctx, `
		WITH other AS (SELECT EXISTS (SELECT FROM users WHERE email = $2) AS taken), token AS (
			INSERT INTO letter_tokens (hash, user_id, purpose, email, expires_at)
			SELECT $3, $1, $4, $2, now() + make_interval(secs => $5) FROM other WHERE NOT taken
		)
		INSERT INTO letters (id, recipient, subject, body)
		SELECT $6::uuid, $2, CASE WHEN taken THEN $9 ELSE $7 END, CASE WHEN taken THEN $10 ELSE $8 END FROM other
		UNION ALL SELECT $11::uuid, $12, $13, $14`,
		of.ID, email, t.hash, t.purpose, t.good.Seconds(), fresh.id, fresh.subject, fresh.body, known.subject, known.body,
		warning.id, of.Email, warning.subject, warning.body)
	return err
}

// write writes a letter.
func write(ctx context.Context, tx *sqlx.Tx, recipient string, l letter) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO letters (id, recipient, subject, body) VALUES ($1, $2, $3, $4)`, l.id, recipient, l.subject, l.body)
	return err
}

type letterRow struct {
	ID        uuid.UUID `db:"id"`
	Recipient string    `db:"recipient"`
	Subject   string    `db:"subject"`
	Body      string    `db:"body"`
	CreatedAt time.Time `db:"created_at"`
}

// takeLetters returns letters that are due, for this worker alone: should it die,
// they are due again when it is their turn to be tried again.
func (s *store) takeLetters(ctx context.Context, most int) (rows []letterRow, err error) {
	err = s.db.SelectContext(ctx, &rows, `
		UPDATE letters SET attempts = attempts + 1, due_at = now() + least(interval '1 hour', interval '30 seconds' * 2 ^ least(attempts, 10))
		WHERE id IN (SELECT id FROM letters WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
		RETURNING id, recipient, subject, body, created_at`, most)
	return rows, err
}

// letterTried deletes a letter that was sent, and keeps what went wrong with
// another.
func (s *store) letterTried(ctx context.Context, letter uuid.UUID, fault error) error {
	if fault != nil {
		_, err := s.db.ExecContext(ctx, `UPDATE letters SET last_error = $2 WHERE id = $1`, letter, fault.Error())
		return err
	}
	_, err := s.db.ExecContext(ctx, `DELETE FROM letters WHERE id = $1`, letter)
	return err
}

// sweep deletes what is of no use any more, and returns how much that was.
func (s *store) sweep(ctx context.Context) (swept int, err error) {
	for _, statement := range []string{
		`DELETE FROM letters WHERE created_at < now() - interval '2 days'`,
		`DELETE FROM letter_tokens WHERE expires_at < now()`,
		`DELETE FROM sessions WHERE expires_at < now() - interval '30 days' OR ended_at < now() - interval '30 days'`,
		`DELETE FROM attempts WHERE last_at < now() - interval '1 day'`,
	} {
		result, err := s.db.ExecContext(ctx, statement)
		if err != nil {
			return swept, err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return swept, err
		}
		swept += int(n)
	}
	return swept, nil
}
