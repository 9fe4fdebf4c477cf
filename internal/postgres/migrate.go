package postgres

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Waiting for the migration lock. It is polled: a session that blocks on the
// lock holds a snapshot, and CREATE INDEX CONCURRENTLY in the migration that
// runs meanwhile would wait for that snapshot, for ever.
const (
	lockPollSeconds = 1
	lockPolls       = 600
)

// Migrator moves one subgraph's schema between versions. The versions applied
// are listed in the table goose_db_version of that schema, and an advisory lock
// lets one replica at a time work; the others wait for up to ten minutes.
type Migrator struct {
	db       *sqlx.DB
	schema   string
	provider *goose.Provider
}

// Step is one migration that was applied or taken back.
type Step struct {
	Version  int64
	Name     string // the file's name
	Duration time.Duration
}

// Migration is one migration that the program knows.
type Migration struct {
	Version   int64
	Name      string
	AppliedAt time.Time // zero while it is pending
}

func newMigrator(db *sqlx.DB, s Subgraph) (*Migrator, error) {
	files, err := migrationFiles(s.Migrations)
	if err != nil {
		return nil, fmt.Errorf("migrations of %s: %w", s.Name, err)
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(advisoryKey("migrations of "+s.Name)), lock.WithLockTimeout(lockPollSeconds, lockPolls))
	if err != nil {
		return nil, err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db.DB, files,
		goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("migrations of %s: %w", s.Name, err)
	}
	return &Migrator{db: db, schema: s.Name, provider: provider}, nil
}

// advisoryKey names one of our advisory locks, which PostgreSQL knows by number
// only, for the whole database.
func advisoryKey(what string) int64 {
	hash := fnv.New64a()
	hash.Write([]byte("shopgraph " + what))
	return int64(hash.Sum64())
}

// migrationFiles is the folder that holds the *.sql files: the root, or
// migrations/ as go:embed leaves it.
func migrationFiles(files fs.FS) (fs.FS, error) {
	if files == nil {
		return nil, errors.New("there are none")
	}
	for _, folder := range []string{".", "migrations"} {
		found, err := fs.Glob(files, path.Join(folder, "*.sql"))
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			return fs.Sub(files, folder)
		}
	}
	return nil, errors.New("there is no *.sql file at the root or in migrations/")
}

// Up applies every pending migration, oldest first, and returns those.
func (m *Migrator) Up(ctx context.Context) ([]Step, error) {
	return m.steps(m.provider.Up(ctx))
}

// Down takes back the newest applied migration; without one it does nothing.
func (m *Migrator) Down(ctx context.Context) ([]Step, error) {
	result, err := m.provider.Down(ctx)
	if errors.Is(err, goose.ErrNoNextVersion) {
		return nil, nil
	}
	if result == nil {
		return m.steps(nil, err)
	}
	return m.steps([]*goose.MigrationResult{result}, err)
}

// DownTo takes back every migration newer than version, newest first; 0 takes
// back all of them.
func (m *Migrator) DownTo(ctx context.Context, version int64) ([]Step, error) {
	return m.steps(m.provider.DownTo(ctx, version))
}

// Status lists every migration the program knows, oldest first.
func (m *Migrator) Status(ctx context.Context) ([]Migration, error) {
	all, err := m.provider.Status(ctx)
	if err != nil {
		return nil, m.failed(err)
	}
	migrations := make([]Migration, len(all))
	for i, one := range all {
		migrations[i] = Migration{Version: one.Source.Version, Name: path.Base(one.Source.Path), AppliedAt: one.AppliedAt}
	}
	return migrations, nil
}

// Close closes the pool below the Migrator.
func (m *Migrator) Close() error { return m.db.Close() }

func (m *Migrator) steps(results []*goose.MigrationResult, err error) ([]Step, error) {
	steps := make([]Step, len(results))
	for i, r := range results {
		steps[i] = Step{Version: r.Source.Version, Name: path.Base(r.Source.Path), Duration: r.Duration}
	}
	if err != nil {
		return steps, m.failed(err)
	}
	return steps, nil
}

// failed names the migration that stopped and says what became of the rest.
func (m *Migrator) failed(err error) error {
	if partial, ok := errors.AsType[*goose.PartialError](err); ok {
		return fmt.Errorf("migration %s of %s: %w; the migrations before it stay applied", path.Base(partial.Failed.Source.Path), m.schema, partial.Err)
	}
	if strings.Contains(err.Error(), "failed to acquire lock") {
		return fmt.Errorf("migrations of %s: another process has been migrating for %d s: see what it waits for (pg_stat_activity), then try again: %w",
			m.schema, lockPollSeconds*lockPolls, err)
	}
	return fmt.Errorf("migrations of %s: %w", m.schema, err)
}
