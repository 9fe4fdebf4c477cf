package postgres

import (
	"encoding/hex"
	"strings"

	"github.com/lib/pq"
)

// account is who is to own a subgraph's schema.
type account struct {
	role       string
	config     pq.Config // how to work as the role
	given      bool      // the URL names it; otherwise it is derived from the URL's account
	switchedTo bool      // by SET ROLE, from the URL's account
}

// accountFor decides, before anybody has connected, who makes what is missing
// and who owns the schema:
//
//   - s.Admin leads to the same database by another account: the URL's account is
//     made by it.
//   - Otherwise the URL's account makes a role called DATABASE_name. Its password is
//     derived from the account's, so that every replica that knows the URL comes to
//     the same, and nothing has to be stored.
//   - Without a password to derive from (.pgpass, a certificate, the system's
//     account) the connections are the account's and switch to the role.
func accountFor(config pq.Config, s Subgraph) (admin pq.Config, a account, err error) {
	if s.Admin != "" {
		if admin, err = parse(s.Admin); err != nil {
			return admin, a, err
		}
		if sameDatabase(admin, config) && admin.User != config.User && config.Password != "" {
			return admin, account{role: config.User, config: withSettings(config, "search_path", s.Name), given: true}, nil
		}
	}
	role := roleName(config.Database, s.Name)
	if config.Password == "" {
		return config, account{role: role, config: withSettings(config, "search_path", s.Name, "role", role), switchedTo: true}, nil
	}
	own := withSettings(config, "search_path", s.Name)
	own.User, own.Password, own.Passfile = role, derivePassword(config.Password, role), ""
	return config, account{role: role, config: own}, nil
}

// nameFor is the account that the schema should belong to, in words for people.
func (a account) nameFor(admin pq.Config) string {
	if a.given {
		return a.role
	}
	return admin.User
}

func sameDatabase(a, b pq.Config) bool {
	return a.Host == b.Host && a.Hostaddr == b.Hostaddr && a.Port == b.Port && a.Database == b.Database
}

// withSettings is the configuration with server settings for its sessions.
func withSettings(config pq.Config, pairs ...string) pq.Config {
	config = config.Clone()
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
