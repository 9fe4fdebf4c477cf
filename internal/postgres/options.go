package postgres

import (
	"errors"
	"log/slog"
)

// ErrInUse is what Start returns, wrapped, when another process runs a server on
// the data folder.
var ErrInUse = errors.New("the data folder is in use")

// Options are what Start needs to know.
type Options struct {
	// Dir is the data folder: everything the server keeps lies below it, and
	// removing it while no server runs removes the databases. Where root's
	// server may not enter it, Start puts a link there instead.
	Dir string
	Log *slog.Logger
	// Settings are further server settings, postgresql.conf's names and values.
	Settings map[string]string
}
