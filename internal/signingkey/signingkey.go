// Package signingkey keeps a service's private keys in the service's own schema,
// so that all its replicas sign with the same one and a demo needs no set-up. In
// production keys come from outside instead (token.ParseKeys).
package signingkey

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/token"
)

// Load returns the keys in the table signing_keys (id bigint, private_key text
// in PEM), the newest first: it signs, the others still verify. Where there is
// none, Load makes one; of replicas that start at once, one makes it.
func Load(ctx context.Context, db *sqlx.DB) ([]ed25519.PrivateKey, error) {
	keys, err := read(ctx, db)
	if err != nil || len(keys) > 0 {
		return keys, err
	}
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("signing keys: %w", err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, `LOCK TABLE signing_keys IN EXCLUSIVE MODE`); err != nil {
		return nil, fmt.Errorf("signing keys: %w", err)
	}
	if keys, err = read(ctx, tx); err != nil || len(keys) > 0 {
		return keys, err
	}
	fresh, err := token.GenerateKey()
	if err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO signing_keys (private_key) VALUES ($1)`, string(fresh)); err != nil {
		return nil, fmt.Errorf("signing keys: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return nil, fmt.Errorf("signing keys: %w", err)
	}
	return token.ParseKeys(fresh)
}

func read(ctx context.Context, db sqlx.QueryerContext) ([]ed25519.PrivateKey, error) {
	var texts [][]byte
	if err := sqlx.SelectContext(ctx, db, &texts, `SELECT private_key FROM signing_keys ORDER BY id DESC`); err != nil {
		return nil, fmt.Errorf("signing keys: %w", err)
	}
	if len(texts) == 0 {
		return nil, nil
	}
	return token.ParseKeys(bytes.Join(texts, nil))
}
