package where

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
)

func TestClause(t *testing.T) {
	var c Clause
	if c.String() != "true" {
		t.Errorf("without conditions: %s", &c)
	}
	limit := c.Value(20)
	c.And("a = ?", "x")
	c.And("b BETWEEN ? AND ?", 1, 2)
	c.And("c IS NULL")
	if got := fmt.Sprint(c.String(), c.Args(), limit); got != "a = $2 AND b BETWEEN $3 AND $4 AND c IS NULL[20 x 1 2]$1" {
		t.Error(got)
	}
}

// Whatever people type is a query that PostgreSQL can read, and finds words by
// their beginning.
func TestPrefixes(t *testing.T) {
	db := postgrestest.Empty(t)
	conn := open(t, db)
	for _, c := range []struct {
		text, in string
		found    bool
	}{
		{"ad", "Ada Lovelace", true},
		{"love ad", "Ada Lovelace", true},
		{"lace", "Ada Lovelace", false},
		{"o'neil", "Pat O'Neil", true},
		{"ada@example.com", "ada@example.com", true},
		{"ada@exa", "ada@example.com ada example com", true},
		{`a\`, "Ada", true},
		{"' | !", "Ada", false},
		{"ada:*", "Ada", true},
		{"x\x00ada", "Ada x", true},
		{"\xff", "Ada", false},
		{strings.Repeat("ä", 3000), strings.Repeat("ä", 60), true},
		{strings.Repeat("ada ", 3000), "Ada", true},
		{"", "Ada", false},
		{" \t", "Ada", false},
	} {
		var found bool
		if err := conn.Get(&found, `SELECT to_tsvector('simple', $1) @@ to_tsquery('simple', $2)`, c.in, Prefixes(c.text)); err != nil || found != c.found {
			t.Errorf("%.40q in %.40q: %v, %v", c.text, c.in, found, err)
		}
	}
}

func FuzzPrefixes(f *testing.F) {
	f.Add(`it's \ & | ! <-> (a) "b" :*`)
	conn := open(f, postgrestest.Empty(f))
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := conn.Exec(`SELECT to_tsquery('simple', $1)`, Prefixes(text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	})
}
