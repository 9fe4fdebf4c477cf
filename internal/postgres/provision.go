package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

var schemaName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// provision makes the subgraph's schema where it is missing and returns the
// configuration to use it with: tables are found and created in that schema, by
// a role that owns it and may do nothing outside it. Any number of replicas may
// provision at once.
//
// Which role that is depends on what the URL's account may do and on s.Admin:
// see accountFor. Where no role can be made, the account is used itself.
func provision(ctx context.Context, s Subgraph) (pq.Config, error) {
	config, err := parse(s.URL)
	if err != nil {
		return config, err
	}
	if !schemaName.MatchString(s.Name) {
		return config, fmt.Errorf("%q cannot name a schema: use up to 40 lower-case letters, digits and underscores", s.Name)
	}
	admin, use, err := accountFor(config, s)
	if err != nil {
		return config, err
	}
	p := provisioner{schema: s.Name, admin: admin, account: use, log: s.Log}
	if p.done(ctx) {
		return use.config, nil
	}
	db, err := open(ctx, admin, OpenOptions{Log: s.Log, Wait: s.Wait})
	if err != nil {
		return config, err
	}
	defer db.Close()
	use.config, err = p.make(ctx, db)
	if err != nil {
		return config, fmt.Errorf("preparing schema %s in database %s at %s: %w", s.Name, admin.Database, address(admin), err)
	}
	return use.config, nil
}

// provisioner is one call of provision.
type provisioner struct {
	schema  string
	admin   pq.Config // who makes what is missing
	account account   // who is to own the schema
	log     *slog.Logger
}

// done says whether everything is there, as on every start but the first: the
// role gets in and owns the schema.
func (p *provisioner) done(ctx context.Context) (ready bool) {
	if p.account.switchedTo {
		return false
	}
	db, err := pool(p.account.config, nil)
	if err != nil {
		return false
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	err = db.GetContext(ctx, &ready, `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1 AND pg_get_userbyid(nspowner) = current_user)`, p.schema)
	return err == nil && ready // an error may mean no role, another password or no server: the admin's login tells
}

// make does what is missing, in one transaction.
func (p *provisioner) make(ctx context.Context, admin *sqlx.DB) (pq.Config, error) {
	tx, err := admin.BeginTxx(ctx, nil)
	if err != nil {
		return p.admin, err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, advisoryKey("provision")); err != nil {
		return p.admin, err
	}
	var may struct {
		CreateRoles bool `db:"create_roles"`
		Super       bool
	}
	err = tx.GetContext(ctx, &may, `SELECT rolsuper OR rolcreaterole AS create_roles, rolsuper AS super FROM pg_roles WHERE rolname = current_user`)
	if err != nil {
		return p.admin, err
	}
	owner, err := p.schemaOwner(ctx, tx)
	if err != nil {
		return p.admin, err
	}
	if !may.CreateRoles || owner != "" && owner != p.account.role {
		return p.useAdmin(ctx, tx, owner)
	}
	if err := p.makeRole(ctx, tx, may.Super); err != nil {
		return p.admin, err
	}
	if owner == "" {
		if err := p.exec(ctx, tx, `CREATE SCHEMA %I AUTHORIZATION %I`, p.schema, p.account.role); err != nil {
			return p.admin, p.refused(err)
		}
	}
	p.log.Info("the subgraph has a database account that sees its own schema only", "account", p.account.role, "schema", p.schema)
	return p.account.config, tx.Commit()
}

// useAdmin has the account that makes things use the schema itself, because it
// cannot make another; unless the URL names another, which then has to do.
func (p *provisioner) useAdmin(ctx context.Context, tx *sqlx.Tx, owner string) (pq.Config, error) {
	if p.account.given {
		return p.account.config, tx.Rollback()
	}
	if owner == "" {
		if err := p.exec(ctx, tx, `CREATE SCHEMA %I`, p.schema); err != nil {
			return p.admin, p.refused(err)
		}
	}
	p.log.Info("the database account is used as it is, without one of its own for the schema", "account", p.admin.User, "schema", p.schema)
	return withSettings(p.admin, "search_path", p.schema), tx.Commit()
}

func (p *provisioner) schemaOwner(ctx context.Context, tx *sqlx.Tx) (string, error) {
	var owners []string
	err := tx.SelectContext(ctx, &owners, `SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = $1`, p.schema)
	if err != nil || len(owners) == 0 {
		return "", err
	}
	return owners[0], nil
}

// roleMark is the comment on a role that was made here; the password of a role
// without it is somebody else's affair.
const roleMark = "shopgraph: a subgraph's account"

// makeRole creates the role or, where an earlier run made it, gives it the
// password now in use.
func (p *provisioner) makeRole(ctx context.Context, tx *sqlx.Tx, super bool) error {
	role := p.account.role
	var marks []string
	err := tx.SelectContext(ctx, &marks, `SELECT coalesce(shobj_description(oid, 'pg_authid'), '') FROM pg_roles WHERE rolname = $1`, role)
	if err != nil {
		return err
	}
	ours := true
	switch {
	case len(marks) == 0:
		err = p.exec(ctx, tx, `CREATE ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS`, role)
		if err == nil {
			err = p.exec(ctx, tx, `COMMENT ON ROLE %I IS %L`, role, roleMark)
		}
	case marks[0] == roleMark:
	case p.account.given:
		ours = false
	default:
		err = fmt.Errorf("the role %q is not ours: rename it, or give the subgraph a database URL with an account of its own", role)
	}
	if err != nil {
		return err
	}
	if !super { // to make things in the role's name the account has to be a member of it
		if err := p.exec(ctx, tx, `GRANT %I TO CURRENT_USER`, role); err != nil {
			return err
		}
	}
	if err := p.exec(ctx, tx, `ALTER ROLE %I IN DATABASE %I SET search_path = %I`, role, p.admin.Database, p.schema); err != nil {
		return err
	}
	if p.account.switchedTo || !ours {
		return nil
	}
	verifier, err := scramVerifier(p.account.config.Password)
	if err != nil {
		return err
	}
	return p.exec(ctx, tx, `ALTER ROLE %I LOGIN PASSWORD %L`, role, verifier)
}

// exec runs a statement that takes no parameters, with names and literals
// quoted by the server's format().
func (p *provisioner) exec(ctx context.Context, tx *sqlx.Tx, format string, args ...string) error {
	var statement string
	if err := tx.GetContext(ctx, &statement, `SELECT format($1, VARIADIC $2::text[])`, format, pq.StringArray(args)); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, statement)
	return err
}

func (p *provisioner) refused(err error) error {
	if pq.As(err, pqerror.InsufficientPrivilege) == nil {
		return err
	}
	return fmt.Errorf("account %s may not create a schema; have the database's owner run: CREATE SCHEMA %s AUTHORIZATION %s; (%w)",
		p.admin.User, p.schema, p.account.nameFor(p.admin), err)
}
