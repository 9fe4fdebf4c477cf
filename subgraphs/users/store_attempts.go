package users

import (
	"context"
	"time"

	"github.com/lib/pq"
)

type attemptColumns struct {
	kinds pq.StringArray
	keys  pq.ByteaArray
	free  pq.Int64Array
}

func columnsOf(attempts []attempt) (c attemptColumns) {
	for _, a := range attempts {
		c.kinds, c.keys, c.free = append(c.kinds, a.kind), append(c.keys, a.key[:]), append(c.free, int64(a.free))
	}
	return c
}

// take counts each attempt that may be made now and returns how many those are.
// An attempt that is held is not counted.
func (s *store) take(ctx context.Context, attempts []attempt) (granted int, err error) {
	c := columnsOf(attempts)
	err = s.db.GetContext(ctx, &granted, `
		WITH taken AS (
			INSERT INTO attempts AS a (kind, key, tries, free, last_at, held_until)
			SELECT g.kind, g.key, 1, g.free, now(), '-infinity' FROM unnest($1::text[], $2::bytea[], $3::integer[]) AS g (kind, key, free)
			ORDER BY g.kind, g.key
			ON CONFLICT (kind, key) DO UPDATE SET
				tries = CASE WHEN a.last_at < now() - interval '1 hour' THEN 1 ELSE a.tries + 1 END,
				free = EXCLUDED.free,
				last_at = now(),
				held_until = CASE WHEN a.last_at < now() - interval '1 hour' OR a.tries + 1 < EXCLUDED.free THEN '-infinity'
					ELSE now() + least(interval '15 minutes', interval '1 second' * 2 ^ least(a.tries + 1 - EXCLUDED.free, 12)) END
			WHERE a.held_until <= now()
			RETURNING 1
		) SELECT count(*) FROM taken`, c.kinds, c.keys, c.free)
	return granted, err
}

// heldFor returns how long the last of the attempts is held.
func (s *store) heldFor(ctx context.Context, attempts []attempt) (time.Duration, error) {
	c, seconds := columnsOf(attempts), 0.0
	err := s.db.GetContext(ctx, &seconds, `
		SELECT coalesce(max(extract(epoch FROM held_until - now())), 0)::float8
		FROM attempts WHERE held_until > now() AND (kind, key) IN (SELECT * FROM unnest($1::text[], $2::bytea[]))`, c.kinds, c.keys)
	return time.Duration(seconds * float64(time.Second)), err
}

// forgive takes back attempts that were right: an account's count begins anew,
// while a network address gets back only this one.
func (s *store) forgive(ctx context.Context, attempts []attempt) error {
	c := columnsOf(attempts)
	_, err := s.db.ExecContext(ctx, `
		WITH right_ones AS (SELECT * FROM unnest($1::text[], $2::bytea[]) AS r (kind, key)), again AS (
			UPDATE attempts a SET tries = a.tries - 1, held_until = '-infinity' FROM right_ones r
			WHERE a.kind = r.kind AND a.key = r.key AND a.kind = 'ADDRESS' AND a.tries > 1
		) DELETE FROM attempts a USING right_ones r WHERE a.kind = r.kind AND a.key = r.key AND a.kind = 'ACCOUNT'`, c.kinds, c.keys)
	return err
}
