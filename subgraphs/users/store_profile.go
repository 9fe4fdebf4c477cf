package users

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/subgraphs/users/internal/model"
)

// rename sets the name and returns the account.
func (s *store) rename(ctx context.Context, user uuid.UUID, name string) (*model.User, error) {
	var r row
	err := s.db.GetContext(ctx, &r, `UPDATE users u SET name = $2, updated_at = now() WHERE id = $1 AND deleted_at IS NULL RETURNING `+userColumns, user, name)
	return r.model(), err
}

// addressRow is an address as the table has it.
type addressRow struct {
	ID         uuid.UUID `db:"id"`
	UserID     uuid.UUID `db:"user_id"`
	Recipient  string    `db:"recipient"`
	Line1      string    `db:"line1"`
	Line2      string    `db:"line2"`
	PostalCode string    `db:"postal_code"`
	City       string    `db:"city"`
	Region     string    `db:"region"`
	Country    string    `db:"country"`
	Phone      string    `db:"phone"`
	IsDefault  bool      `db:"is_default"`
}

func (r addressRow) model() *model.Address {
	return &model.Address{
		ID: id.Address.Format(r.ID), Recipient: r.Recipient, Line1: r.Line1, Line2: r.Line2, PostalCode: r.PostalCode,
		City: r.City, Region: r.Region, CountryCode: r.Country, Phone: r.Phone, IsDefault: r.IsDefault,
	}
}

const addressColumns = `id, user_id, recipient, line1, line2, postal_code, city, region, country, phone, is_default`

// addressesOf returns the address books of these accounts, with one statement.
func (s *store) addressesOf(ctx context.Context, users []uuid.UUID) (map[uuid.UUID][]*model.Address, error) {
	var rows []addressRow
	err := s.db.SelectContext(ctx, &rows, `SELECT `+addressColumns+` FROM addresses WHERE user_id = ANY($1::uuid[]) ORDER BY user_id, id`, id.List(users))
	return byUser(rows), err
}

// inAddressBook runs work while nobody else changes the user's address book, of
// which it is told the size.
func (s *store) inAddressBook(ctx context.Context, user uuid.UUID, work func(tx *sqlx.Tx, size int) error) error {
	return s.inTx(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE`, user); err != nil {
			return err
		}
		var size int
		if err := tx.GetContext(ctx, &size, `SELECT count(*) FROM addresses WHERE user_id = $1`, user); err != nil {
			return err
		}
		return work(tx, size)
	})
}

// undefault makes room for another default address.
func undefault(ctx context.Context, tx *sqlx.Tx, user uuid.UUID) error {
	_, err := tx.ExecContext(ctx, `UPDATE addresses SET is_default = false WHERE user_id = $1 AND is_default`, user)
	return err
}

// addAddress adds an address; the first one is the default. It is false when the
// address book is full.
func (s *store) addAddress(ctx context.Context, user uuid.UUID, a *addressRow) (added bool, err error) {
	a.UserID = user
	err = s.inAddressBook(ctx, user, func(tx *sqlx.Tx, size int) error {
		if size >= maxAddresses {
			return nil
		}
		if a.IsDefault = a.IsDefault || size == 0; a.IsDefault && size > 0 {
			if err := undefault(ctx, tx, user); err != nil {
				return err
			}
		}
		added = true
		_, err := tx.NamedExecContext(ctx, `
			INSERT INTO addresses (`+addressColumns+`)
			VALUES (:id, :user_id, :recipient, :line1, :line2, :postal_code, :city, :region, :country, :phone, :is_default)`, a)
		return err
	})
	return added, err
}

// updateAddress replaces an address of the user's; false when there is none such.
// The default address stays the default until another becomes it.
func (s *store) updateAddress(ctx context.Context, user uuid.UUID, a *addressRow) (found bool, err error) {
	a.UserID = user
	err = s.inAddressBook(ctx, user, func(tx *sqlx.Tx, _ int) error {
		if err := tx.GetContext(ctx, &found, `SELECT EXISTS (SELECT FROM addresses WHERE id = $1 AND user_id = $2)`, a.ID, user); err != nil || !found {
			return err
		}
		if a.IsDefault {
			if err := undefault(ctx, tx, user); err != nil {
				return err
			}
		}
		rows, err := sqlx.NamedQueryContext(ctx, tx, `
			UPDATE addresses SET recipient = :recipient, line1 = :line1, line2 = :line2, postal_code = :postal_code, city = :city,
				region = :region, country = :country, phone = :phone, is_default = is_default OR :is_default
			WHERE id = :id RETURNING is_default`, a)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := rows.Scan(&a.IsDefault); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	return found, err
}

// removeAddress removes an address of the user's; false when there is none such.
// When it was the default the oldest of the others becomes it.
func (s *store) removeAddress(ctx context.Context, user, address uuid.UUID) (found bool, err error) {
	err = s.inAddressBook(ctx, user, func(tx *sqlx.Tx, _ int) error {
		result, err := tx.ExecContext(ctx, `DELETE FROM addresses WHERE id = $1 AND user_id = $2`, address, user)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if found = n > 0; !found || err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE addresses SET is_default = true
			WHERE id = (SELECT id FROM addresses WHERE user_id = $1 ORDER BY id LIMIT 1)
				AND NOT EXISTS (SELECT FROM addresses WHERE user_id = $1 AND is_default)`, user)
		return err
	})
	return found, err
}

// anonymise removes everything personal. The error is errNotAllowed for the last
// admin.
func (s *store) anonymise(ctx context.Context, of *account) error {
	return s.inTx(ctx, func(tx *sqlx.Tx) error {
		if err := keepAnAdmin(ctx, tx, of.ID); err != nil {
			return err
		}
		for _, statement := range []string{
			`DELETE FROM addresses WHERE user_id = $1`,
			`DELETE FROM letter_tokens WHERE user_id = $1`,
			`DELETE FROM letters WHERE recipient = (SELECT email FROM users WHERE id = $1)`,
			`UPDATE users SET email = 'deleted-' || id || '@deleted.invalid', name = 'Deleted account', password_hash = '$argon2id$', role = 'CUSTOMER',
				email_verified_at = NULL, deleted_at = now(), updated_at = now() WHERE id = $1`,
		} {
			if _, err := tx.ExecContext(ctx, statement, of.ID); err != nil {
				return err
			}
		}
		_, err := s.endSessions(ctx, tx, of.ID, uuid.NullUUID{}, "DELETED")
		return err
	})
}

// personalData returns everything about a person, but for what opens the account.
func (s *store) personalData(ctx context.Context, user uuid.UUID) (data json.RawMessage, err error) {
	err = s.db.GetContext(ctx, &data, `
		SELECT jsonb_build_object(
			'account', to_jsonb(u) - 'password_hash' - 'search' - 'id',
			'addresses', (SELECT coalesce(jsonb_agg(to_jsonb(a) - 'user_id' - 'id' ORDER BY a.id), '[]') FROM addresses a WHERE a.user_id = u.id),
			'sessions', (SELECT coalesce(jsonb_agg(to_jsonb(s) - 'user_id' - 'id' ORDER BY s.id), '[]') FROM sessions s WHERE s.user_id = u.id))
		FROM users u WHERE u.id = $1`, user)
	return data, err
}
