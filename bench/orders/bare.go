package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"github.com/shopgraph/shopgraph/bench/measure"
)

var uuids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// recording is what one request ran.
type recording struct {
	statements []*statement
	// made are the ids that belong to this request alone, its key among them: a
	// run of its own needs others.
	made []string
}

// recordingOf finds the ids in the arguments that are not among those known
// before the request.
func recordingOf(statements []*statement, known []uuid.UUID) recording {
	r := recording{statements: statements}
	for _, s := range statements {
		for _, arg := range s.args {
			text, _ := arg.(string)
			for _, found := range uuids.FindAllString(text, -1) {
				if !slices.Contains(known, uuid.MustParse(found)) && !slices.Contains(r.made, found) {
					r.made = append(r.made, found)
				}
			}
		}
	}
	return r
}

// fresh replaces the request's own ids by new ones of the same version, since
// random ones and those that grow cost an index different work.
func (r recording) fresh() *strings.Replacer {
	var pairs []string
	for _, old := range r.made {
		key := uuid.New()
		if uuid.MustParse(old).Version() == 7 {
			key = uuid.Must(uuid.NewV7())
		}
		pairs = append(pairs, old, key.String())
	}
	return strings.NewReplacer(pairs...)
}

// line is one connection to each subgraph's database, by its own role.
type line map[string]*session

type session struct {
	conn *sql.Conn
	tx   *sql.Tx
}

func openLine(ctx context.Context, pools map[string]*sqlx.DB) (line, error) {
	l := line{}
	for name, pool := range pools {
		conn, err := pool.DB.Conn(ctx)
		if err != nil {
			l.close()
			return nil, err
		}
		l[name] = &session{conn: conn}
	}
	return l, nil
}

func (l line) close() {
	for _, s := range l {
		s.conn.Close()
	}
}

// run runs the statements one after the other, in their transactions, and reads
// all rows; there have to be as many as the request read.
func (l line) run(ctx context.Context, r recording) error {
	ids := r.fresh()
	for i, s := range r.statements {
		args := slices.Clone(s.args)
		for n, arg := range args {
			if text, ok := arg.(string); ok && len(r.made) > 0 {
				args[n] = ids.Replace(text)
			}
		}
		if err := l[s.subgraph].run(ctx, s, args); err != nil {
			return fmt.Errorf("statement %d, %.200s: %w", i+1, s.text, err)
		}
	}
	return nil
}

func (s *session) run(ctx context.Context, what *statement, args []any) (err error) {
	switch what.text {
	case beginTx:
		s.tx, err = s.conn.BeginTx(ctx, nil)
		return err
	case commitTx:
		tx := s.tx
		s.tx = nil
		return tx.Commit()
	case rollbackTx:
		return errors.New("a request that is rolled back is no measure")
	}
	var by interface {
		ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	} = s.conn
	if s.tx != nil {
		by = s.tx
	}
	if !what.query {
		_, err := by.ExecContext(ctx, what.text, args...)
		return err
	}
	rows, err := by.QueryContext(ctx, what.text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	n, err := readAll(rows)
	if err == nil && n != what.rows {
		err = fmt.Errorf("%d rows, where the request read %d", n, what.rows)
	}
	return err
}

// readAll copies every value, as whoever uses them has to.
func readAll(rows *sql.Rows) (n int, err error) {
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	values, into := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return n, err
		}
		n++
	}
	return n, rows.Err()
}

// loadBare runs recordings at random over this many lines for a while.
func loadBare(ctx context.Context, pools map[string]*sqlx.DB, recordings []recording, lines int, length time.Duration) (measure.Result, error) {
	opened := make([]line, lines)
	for i := range opened {
		var err error
		if opened[i], err = openLine(ctx, pools); err != nil {
			return measure.Result{}, err
		}
		defer opened[i].close()
	}
	began := time.Now()
	took, errs := make([][]time.Duration, lines), make([]error, lines)
	var running sync.WaitGroup
	for i, l := range opened {
		running.Go(func() {
			for errs[i] == nil && time.Since(began) < length {
				each := time.Now()
				errs[i] = l.run(ctx, recordings[rand.IntN(len(recordings))])
				took[i] = append(took[i], time.Since(each))
			}
		})
	}
	running.Wait()
	all := slices.Concat(took...)
	slices.Sort(all)
	r := measure.Result{Requests: len(all), Took: time.Since(began)}
	if len(all) > 0 {
		r.P50, r.P99 = all[len(all)/2], all[len(all)*99/100]
	}
	return r, errors.Join(errs...)
}
