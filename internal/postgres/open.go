package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// OpenOptions are what Open needs besides the URL; the zero value will do.
type OpenOptions struct {
	Log *slog.Logger
	// Wait is how long Open waits for a server that does not answer yet; 0 means
	// 30 seconds. The context may end it sooner.
	Wait time.Duration
	// Wrap stands between the pool and the driver when it is set.
	Wrap func(driver.Connector) driver.Connector
}

// Pool limits. A server takes 100 connections by default, which leaves room for
// three subgraphs and somebody's psql. Idle connections may be as many as open
// ones: a pool that closes them under load pays for a new login each time.
const (
	maxConns    = 25
	maxIdle     = 5 * time.Minute
	maxLifetime = time.Hour // so that a failover or a changed password is noticed
	dialTimeout = 5 * time.Second
	defaultWait = 30 * time.Second
)

// Open connects to the database at url (postgres://… or key=value words) and
// returns a pool that has answered once. While the server does not answer or is
// starting, Open logs what it waits for and tries again; a wrong account,
// password or database name is an error at once. The caller closes the pool.
func Open(ctx context.Context, url string, o OpenOptions) (*sqlx.DB, error) {
	config, err := parse(url)
	if err != nil {
		return nil, err
	}
	return open(ctx, config, o)
}

// parse reads a URL without ever repeating it: what stands around a password
// that was not percent-encoded cannot be told from the password.
func parse(url string) (pq.Config, error) {
	config, err := pq.NewConfig(url)
	if err != nil || strings.TrimSpace(url) == "" {
		return config, errors.New("the database URL cannot be read: it has to look like postgres://account:password@host:5432/database, " +
			"with characters like / : @ # % in the password percent-encoded")
	}
	if config.SSLMode == "" && config.SSLNegotiation == "" {
		config.SSLMode = pq.SSLModePrefer // libpq's default, so that one URL works here and in psql
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = dialTimeout
	}
	if config.Database == "" {
		config.Database = config.User // as the server would do
	}
	if config.ApplicationName == "" {
		config.ApplicationName = "shopgraph"
	}
	return config, nil
}

func open(ctx context.Context, config pq.Config, o OpenOptions) (*sqlx.DB, error) {
	db, err := pool(config, o.Wrap)
	if err != nil {
		return nil, err
	}
	if o.Wait == 0 {
		o.Wait = defaultWait
	}
	if err := waitFor(ctx, db, config, o.Wait, orDiscard(o.Log)); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// pool makes the pool without connecting.
func pool(config pq.Config, wrap func(driver.Connector) driver.Connector) (*sqlx.DB, error) {
	direct, err := pq.NewConnectorConfig(config)
	if err != nil {
		return nil, fmt.Errorf("the settings for the database at %s are not valid: check the URL's parameters and the PG… variables", address(config))
	}
	direct.Dialer(dialer{})
	var connector driver.Connector = direct
	if !config.BinaryParameters { // lib/pq's setting for proxies that know no prepared statements
		connector = preparing{connector}
	}
	if wrap != nil {
		connector = wrap(connector)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(maxConns)
	db.SetMaxIdleConns(maxConns)
	db.SetConnMaxIdleTime(maxIdle)
	db.SetConnMaxLifetime(maxLifetime)
	return sqlx.NewDb(db, "postgres"), nil
}

// waitFor pings until the server answers, the reason is one that waiting does
// not cure, or the time is up.
func waitFor(ctx context.Context, db *sqlx.DB, config pq.Config, wait time.Duration, log *slog.Logger) error {
	started := time.Now()
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	pause := 50 * time.Millisecond
	var nextLine time.Duration
	for {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		if !curable(err) {
			return explain(err, config, 0)
		}
		if waited := time.Since(started); waited >= nextLine {
			log.Info("waiting for PostgreSQL", "at", address(config), "because", reason(err))
			nextLine = waited + 5*time.Second
		}
		select {
		case <-ctx.Done():
			return explain(err, config, time.Since(started))
		case <-time.After(pause):
			pause = min(2*pause, time.Second)
		}
	}
}

// curable says whether the error may go away while the server starts.
func curable(err error) bool {
	if fault, ok := errors.AsType[*pq.Error](err); ok {
		return fault.Code == pqerror.CannotConnectNow || fault.Code == pqerror.TooManyConnections
	}
	if errors.Is(err, pq.ErrSSLNotSupported) {
		return false
	}
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, syscall.ECONNRESET)
}

// Lost says whether an error is that the server went away, or is not there yet:
// what was asked may have been done or not, and asking again may help.
func Lost(err error) bool {
	if fault, ok := errors.AsType[*pq.Error](err); ok {
		return fault.Code == pqerror.AdminShutdown || fault.Code == pqerror.CrashShutdown || fault.Code.Class() == pqerror.ClassConnectionException || curable(err)
	}
	return curable(err) || errors.Is(err, net.ErrClosed) || errors.Is(err, syscall.EPIPE)
}

// explain says which server, what went wrong and what to do, without the URL.
// waited is 0 for an error that waiting would not have cured.
func explain(err error, config pq.Config, waited time.Duration) error {
	at := address(config)
	if fault, ok := errors.AsType[*pq.Error](err); ok {
		switch fault.Code {
		case pqerror.InvalidPassword, pqerror.InvalidAuthorizationSpecification:
			return fmt.Errorf("PostgreSQL at %s does not let account %q in: check the account and the password in the URL, and the server's pg_hba.conf: %w", at, config.User, err)
		case pqerror.InvalidCatalogName:
			return fmt.Errorf("PostgreSQL at %s has no database %q: create it (createdb %s) or correct the URL: %w", at, config.Database, config.Database, err)
		case pqerror.TooManyConnections:
			return fmt.Errorf("PostgreSQL at %s has no connection left: raise max_connections or run fewer replicas: %w", at, err)
		}
		return fmt.Errorf("PostgreSQL at %s refuses the connection: %w", at, err)
	}
	if errors.Is(err, pq.ErrSSLNotSupported) {
		return fmt.Errorf("PostgreSQL at %s does not offer TLS, which the URL asks for: turn it on in the server, or add sslmode=disable to the URL where the network is trusted", at)
	}
	if !curable(err) {
		return fmt.Errorf("PostgreSQL at %s cannot be reached: %s", at, reason(err))
	}
	return fmt.Errorf("no PostgreSQL answers at %s (%s; waited %s): check that the server runs, that host and port of the database URL are right, and that no firewall is between",
		at, reason(err), waited.Round(100*time.Millisecond))
}

// reason is the innermost cause of a failed dial, which needs no repetition of
// the address.
func reason(err error) string {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return "the host name " + dns.Name + " is not known"
	}
	if no, ok := errors.AsType[syscall.Errno](err); ok {
		if no == syscall.ENOENT {
			return "there is no socket"
		}
		return no.Error()
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return "no answer in time"
	}
	return err.Error()
}

// address is where the server is, for people: host:port, or the socket's folder.
func address(config pq.Config) string {
	if strings.HasPrefix(config.Host, "/") || strings.HasPrefix(config.Host, "@") {
		return config.Host
	}
	return net.JoinHostPort(config.Host, fmt.Sprint(config.Port))
}
