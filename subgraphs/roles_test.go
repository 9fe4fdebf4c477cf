package subgraphs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"github.com/shopgraph/shopgraph/internal/postgres"
	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
)

// In one database, the role of each subgraph reads and writes its own tables and
// cannot so much as look at another's, nor become its role, nor make anything
// beside its schema.
func TestRolesSeeTheirOwnSchemaOnly(t *testing.T) {
	url := postgrestest.Empty(t)
	pools, tables, roles := map[string]*sqlx.DB{}, map[string][]string{}, map[string]string{}
	for _, s := range All() {
		db, err := (postgres.Subgraph{Name: s.Name, URL: url, Migrations: s.Migrations}).Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		pools[s.Name] = db
		tables[s.Name] = strings.Split(texts(t, db, `SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1`), "\n")
		roles[s.Name] = texts(t, db, `SELECT quote_ident(current_user)`)
		if len(tables[s.Name]) < 3 {
			t.Fatalf("%s has the tables %v", s.Name, tables[s.Name])
		}
	}
	for _, s := range All() {
		db := pools[s.Name]
		refused := []string{`CREATE SCHEMA mine`, `CREATE TABLE public.mine (id int)`, `COPY (SELECT 1) TO PROGRAM 'true'`, `SELECT pg_read_file('PG_VERSION')`}
		for other := range pools {
			if other == s.Name {
				continue
			}
			refused = append(refused, `SET ROLE `+roles[other], fmt.Sprintf(`CREATE TABLE %s.mine (id int)`, other))
			for _, table := range tables[other] {
				of := other + "." + table
				refused = append(refused, `SELECT FROM `+of, `DELETE FROM `+of, `TRUNCATE `+of, `DROP TABLE `+of, `ALTER TABLE `+of+` ADD mine int`)
			}
		}
		for _, statement := range refused {
			if _, err := db.Exec(statement); pq.As(err, pqerror.InsufficientPrivilege) == nil {
				t.Errorf("%s: %s: %v", s.Name, statement, err)
			}
		}
		for _, table := range tables[s.Name] {
			if _, err := db.Exec(`SELECT FROM ` + table + ` LIMIT 1`); err != nil {
				t.Errorf("%s: its own %s: %v", s.Name, table, err)
			}
		}
	}
}
