package telemetry

import "testing"

func TestSummary(t *testing.T) {
	for query, want := range map[string]string{
		`SELECT id, email FROM users u WHERE id = ANY($1::uuid[])`: "SELECT users",
		`SELECT count(*) FROM taken`:                               "SELECT taken",
		"UPDATE sessions SET ended_at = now()\n\tWHERE id = (SELECT session_id FROM refresh_tokens WHERE hash = $1)":                    "UPDATE sessions SELECT refresh_tokens",
		`WITH used AS (UPDATE refresh_tokens SET used_at = now() RETURNING id) INSERT INTO letters (id) SELECT $1 FROM used`:            "UPDATE refresh_tokens INSERT letters",
		`INSERT INTO attempts AS a (kind) SELECT g.kind FROM unnest($1::text[]) AS g (kind) ON CONFLICT (kind) DO UPDATE SET tries = 1`: "INSERT attempts",
		`DELETE FROM carts WHERE user_id = $1`:                "DELETE carts",
		`SELECT extract(epoch FROM held_until) FROM attempts`: "SELECT attempts",
		`SELECT 1 WHERE $1 IS DISTINCT FROM version`:          "SELECT",
		`select 'secret' from 'secret'`:                       "SELECT",
		`SELECT id FROM orders WHERE id = $1 FOR UPDATE skip`: "SELECT orders",
		`SELECT a FROM one; SELECT b FROM two`:                "SELECT one SELECT two",
		`SELECT (SELECT 1 FROM a) FROM b WHERE x IN (SELECT FROM c UNION SELECT FROM d UNION SELECT FROM e UNION SELECT FROM f UNION SELECT FROM g)`: "SELECT a SELECT b SELECT c SELECT d SELECT e SELECT f",
		`COMMIT`:          "COMMIT",
		`LISTEN "secret"`: "SQL",
		``:                "SQL",
		`FROM`:            "SQL",
	} {
		if got := summary(query); got != want {
			t.Errorf("%s\n  is %q, want %q", query, got, want)
		}
	}
}
