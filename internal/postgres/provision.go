package postgres

import (
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"regexp"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// roleMark is the comment on a role that Provision made; a role without it is
// somebody else's and is never changed.
const roleMark = "shopgraph: a subgraph's account"

var schemaName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// provision makes the schema called name in config's database and returns the
// configuration to use it with: tables are found and created in that schema.
//
// Where config's account may create roles, the connections are made by a role
// called DATABASE_name that owns the schema and may do nothing outside it. Its
// password is derived from config's, so that every replica that knows one URL
// comes to the same, and nothing has to be stored; without a password to derive
// from, the connections switch to the role instead of logging in as it. Where
// the account may not create roles, it is used itself.
//
// Any number of replicas may provision at once.
func provision(ctx context.Context, config pq.Config, name string, log *slog.Logger) (pq.Config, error) {
	if !schemaName.MatchString(name) {
		return config, fmt.Errorf("%q cannot name a schema: use up to 40 lower-case letters, digits and underscores", name)
	}
	p := provisioner{config: config, schema: name, log: log}
	own, ready, err := p.loginAsRole(ctx)
	if ready || err != nil {
		return own, err
	}
	admin, err := open(ctx, config, OpenOptions{Log: log})
	if err != nil {
		return config, err
	}
	defer admin.Close()
	own, err = p.make(ctx, admin)
	if err != nil {
		return config, fmt.Errorf("preparing schema %s in database %s at %s: %w", name, p.database, address(config), err)
	}
	return own, nil
}

// provisioner is one call of provision.
type provisioner struct {
	config   pq.Config // as given
	schema   string
	database string // set by make
	log      *slog.Logger
}

// loginAsRole tries what succeeds on every start but the first: the role is
// there and owns the schema.
func (p *provisioner) loginAsRole(ctx context.Context) (own pq.Config, ready bool, err error) {
	if p.config.Password == "" {
		return p.config, false, nil
	}
	database := p.config.Database
	if database == "" {
		database = p.config.User
	}
	own = p.asRole(roleName(database, p.schema))
	db, err := pool(own, nil)
	if err != nil {
		return own, false, err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	err = db.GetContext(ctx, &ready, `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1 AND nspowner = current_user::regrole)`, p.schema)
	if err != nil { // not there, another password, or no server yet: the account's own login tells
		return own, false, nil
	}
	return own, ready, nil
}

// make does what is missing, in one transaction.
func (p *provisioner) make(ctx context.Context, admin *sqlx.DB) (pq.Config, error) {
	tx, err := admin.BeginTxx(ctx, nil)
	if err != nil {
		return p.config, err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, advisoryKey("provision")); err != nil {
		return p.config, err
	}
	var may struct {
		Database    string
		CreateRoles bool `db:"create_roles"`
		Super       bool
	}
	err = tx.GetContext(ctx, &may, `SELECT current_database() AS database, rolsuper OR rolcreaterole AS create_roles, rolsuper AS super
		FROM pg_roles WHERE rolname = current_user`)
	if err != nil {
		return p.config, err
	}
	p.database = may.Database
	owner, err := p.schemaOwner(ctx, tx)
	if err != nil {
		return p.config, err
	}
	role := roleName(may.Database, p.schema)
	if !may.CreateRoles || owner != "" && owner != role {
		return p.useAccount(ctx, tx, owner)
	}
	if err := p.makeRole(ctx, tx, role, may.Super); err != nil {
		return p.config, err
	}
	if owner == "" {
		if err := p.exec(ctx, tx, `CREATE SCHEMA %I AUTHORIZATION %I`, p.schema, role); err != nil {
			return p.config, p.refused(err)
		}
	}
	p.log.Info("made a database account that sees its own schema only", "account", role, "schema", p.schema)
	return p.asRole(role), tx.Commit()
}

// useAccount has the given account use the schema itself.
func (p *provisioner) useAccount(ctx context.Context, tx *sqlx.Tx, owner string) (pq.Config, error) {
	if owner == "" {
		if err := p.exec(ctx, tx, `CREATE SCHEMA %I`, p.schema); err != nil {
			return p.config, p.refused(err)
		}
	}
	p.log.Info("the database account is used as it is, without one of its own for the schema", "account", p.config.User, "schema", p.schema)
	return p.withSettings("search_path", p.schema), tx.Commit()
}

func (p *provisioner) schemaOwner(ctx context.Context, tx *sqlx.Tx) (string, error) {
	var owners []string
	err := tx.SelectContext(ctx, &owners, `SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = $1`, p.schema)
	if err != nil || len(owners) == 0 {
		return "", err
	}
	return owners[0], nil
}

// makeRole creates the role or, where an earlier run made it, gives it the
// password that belongs to the URL now in use.
func (p *provisioner) makeRole(ctx context.Context, tx *sqlx.Tx, role string, super bool) error {
	var marks []string
	err := tx.SelectContext(ctx, &marks, `SELECT coalesce(shobj_description(oid, 'pg_authid'), '') FROM pg_roles WHERE rolname = $1`, role)
	if err != nil {
		return err
	}
	if len(marks) == 0 {
		err = p.exec(ctx, tx, `CREATE ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS`, role)
		if err == nil {
			err = p.exec(ctx, tx, `COMMENT ON ROLE %I IS %L`, role, roleMark)
		}
	} else if marks[0] != roleMark {
		err = fmt.Errorf("the role %q is not ours: rename it, or give the subgraph a database URL with an account that owns the schema and creates no roles", role)
	}
	if err != nil {
		return err
	}
	if !super { // to own things in the role's name the account has to be a member of it
		if err := p.exec(ctx, tx, `GRANT %I TO CURRENT_USER`, role); err != nil {
			return err
		}
	}
	if err := p.exec(ctx, tx, `ALTER ROLE %I IN DATABASE %I SET search_path = %I`, role, p.database, p.schema); err != nil {
		return err
	}
	if p.config.Password == "" {
		return nil
	}
	verifier, err := scramVerifier(derivePassword(p.config.Password, role))
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
		p.config.User, p.schema, p.config.User, err)
}

// asRole is the given configuration with the role in the account's place.
func (p *provisioner) asRole(role string) pq.Config {
	if p.config.Password == "" {
		return p.withSettings("search_path", p.schema, "role", role)
	}
	own := p.withSettings("search_path", p.schema)
	own.User, own.Password = role, derivePassword(p.config.Password, role)
	own.Passfile = ""
	return own
}

// withSettings is the given configuration with server settings for its sessions.
func (p *provisioner) withSettings(pairs ...string) pq.Config {
	config := p.config.Clone()
	for i := 0; i < len(pairs); i += 2 {
		config.Runtime[pairs[i]] = pairs[i+1]
	}
	return config
}

// roleName names the role after database and schema, because roles belong to the
// whole server: two databases on one server must not share an account.
func roleName(database, schema string) string {
	const limit = 63 // what PostgreSQL keeps of a name
	name := database + "_" + schema
	if len(name) <= limit {
		return name
	}
	sum := hex.EncodeToString(sign(nil, database))[:8]
	keep := limit - len(schema) - len(sum) - 2
	return strings.ToValidUTF8(database[:keep], "") + "_" + sum + "_" + schema
}

// derivePassword makes a role's password from the account's; who has the one
// cannot compute the other.
func derivePassword(password, role string) string {
	return hex.EncodeToString(sign([]byte(password), "shopgraph role "+role))
}
