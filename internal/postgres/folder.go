//go:build unix

package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// folder is a data folder and the account that its server runs as:
//
//	lock          held by the process that runs the server; its number inside
//	url           how to reach the running server; 0600
//	password      of the superuser; 0600
//	postgres.log  what the server said since its last start
//	data/         PostgreSQL's own, owned by the account
//	run/          the socket, owned by the account
type folder struct {
	path    string
	account systemAccount
	socket  string
}

// relocated is where root's data folders go when the server's account may not
// enter the place that was asked for, as with everything below /root.
const relocated = "/var/lib/shopgraph"

// longestSocket is the longest path a socket may have on every system.
const longestSocket = 103

// openFolder creates the folder where it is missing and settles the account.
func openFolder(dir string, log *slog.Logger) (folder, error) {
	path, err := filepath.Abs(dir)
	if err != nil {
		return folder{}, err
	}
	if err := os.MkdirAll(path, 0o755); err != nil {
		return folder{}, fmt.Errorf("data folder: %w", err)
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return folder{}, fmt.Errorf("data folder: %w", err)
	}
	account, err := chooseAccount(path)
	if err != nil {
		return folder{}, err
	}
	if account.other && !account.mayEnter(filepath.Dir(path)) {
		if path, err = relocate(path, account, log); err != nil {
			return folder{}, err
		}
	}
	mode := os.FileMode(0o700)
	if account.other {
		mode = 0o711 // the server has to pass through to data/ and run/
	}
	if err := os.Chmod(path, mode); err != nil {
		return folder{}, fmt.Errorf("data folder: %w", err)
	}
	return folder{path: path, account: account}, nil
}

// relocate puts a link to a folder that the account may enter at path.
func relocate(path string, a systemAccount, log *slog.Logger) (string, error) {
	sum := sha256.Sum256([]byte(path))
	home := filepath.Join(relocated, filepath.Base(path)+"-"+hex.EncodeToString(sum[:4]))
	if err := os.Remove(path); err != nil {
		return "", fmt.Errorf("account %s, which runs the server because root may not, cannot enter %s: choose a data folder outside it", a.name, path)
	}
	if err := os.MkdirAll(home, 0o755); err != nil {
		return "", fmt.Errorf("account %s, which runs the server because root may not, cannot enter %s, and %w", a.name, path, err)
	}
	log.Info("the data folder is elsewhere, because the server's account may not enter the place asked for",
		"asked", path, "folder", home, "account", a.name)
	return home, os.Symlink(home, path)
}

// lock takes the folder for this process until the file is closed, or the
// process ends in whatever way. It tries for a moment, because Running looks at
// the lock by taking it.
func (f folder) lock() (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(f.path, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for range 20 {
		if err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); !errors.Is(err, syscall.EWOULDBLOCK) {
			break
		}
		time.Sleep(25 * time.Millisecond)
	}
	if err != nil {
		defer file.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("locking %s: %w", file.Name(), err)
		}
		holder, _ := os.ReadFile(file.Name())
		return nil, fmt.Errorf("%w: process %s runs PostgreSQL in %s; stop it, choose another data folder, or set DATABASE_URL to use a server together",
			ErrInUse, strings.TrimSpace(string(holder)), f.path)
	}
	os.Remove(filepath.Join(f.path, "url"))
	if err := file.Truncate(0); err != nil {
		return nil, err
	}
	_, err = file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return file, err
}

func (f folder) data() string { return filepath.Join(f.path, "data") }

// dataVersion is the major version that made the data, 0 when there is none.
func (f folder) dataVersion() int {
	text, err := os.ReadFile(filepath.Join(f.data(), "PG_VERSION"))
	if err != nil {
		return 0
	}
	major, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return major
}

// initialise creates the data and the superuser's password on first use and
// returns the password. It works beside the final place, so that one that was
// interrupted leaves nothing to mistake for data.
func (f folder) initialise(ctx context.Context, b binaries, log *slog.Logger) (string, error) {
	passwordFile := filepath.Join(f.path, "password")
	if f.dataVersion() != 0 {
		text, err := os.ReadFile(passwordFile)
		if err != nil {
			return "", fmt.Errorf("the password of the data in %s is lost: restore the file, or remove the folder to begin without data: %w", f.path, err)
		}
		return strings.TrimSpace(string(text)), nil
	}
	if _, err := os.Stat(f.data()); err == nil {
		return "", fmt.Errorf("%s holds something else than PostgreSQL's data: move it away, or choose another data folder", f.data())
	}
	log.Info("creating a PostgreSQL data folder", "folder", f.path, "version", b.version)
	password := randomPassword()
	if err := os.WriteFile(passwordFile, []byte(password+"\n"), 0o600); err != nil {
		return "", err
	}
	unfinished := f.data() + ".new"
	if err := os.RemoveAll(unfinished); err != nil {
		return "", err
	}
	if err := f.account.makeFolder(unfinished); err != nil {
		return "", err
	}
	if err := f.initdb(ctx, b, unfinished, password); err != nil {
		return "", err
	}
	return password, os.Rename(unfinished, f.data())
}

// characterSets are tried in turn for which characters are letters. Sorting is
// by code point everywhere, which is the same on every system.
var characterSets = []string{"C.UTF-8", "en_US.UTF-8", "C"}

func (f folder) initdb(ctx context.Context, b binaries, data, password string) error {
	secret := data + ".password"
	if err := os.WriteFile(secret, []byte(password+"\n"), 0o600); err != nil {
		return err
	}
	defer os.Remove(secret)
	if err := f.account.own(secret); err != nil {
		return err
	}
	var err error
	for _, characters := range characterSets {
		command := f.account.command(ctx, b.path("initdb"), "-D", data, "-U", superuser, "--pwfile="+secret, "-A", "scram-sha-256",
			"-E", "UTF8", "--locale=C", "--lc-ctype="+characters, "--no-sync", "--no-instructions")
		endWithUs(command.SysProcAttr, syscall.SIGKILL)
		if err = run(command); err == nil || !strings.Contains(err.Error(), "invalid locale") {
			return err
		}
	}
	return err
}

// socketFolder makes an empty folder for the socket.
func (f *folder) socketFolder() (string, error) {
	path := filepath.Join(f.path, "run")
	if err := os.RemoveAll(path); err != nil {
		return "", err
	}
	if len(path)+len("/.s.PGSQL."+socketPort) <= longestSocket {
		f.socket = path
		return path, f.account.makeFolder(path)
	}
	temp := os.TempDir()
	if !f.account.mayEnter(temp) || len(temp) > longestSocket/2 {
		temp = "/tmp"
	}
	path, err := os.MkdirTemp(temp, "shopgraph-")
	if err != nil {
		return "", err
	}
	f.socket = path
	return path, f.account.own(path)
}

func (f folder) removeSocketFolder() {
	if f.socket != "" {
		os.Remove(filepath.Join(f.path, "url"))
		os.RemoveAll(f.socket)
	}
}

func (f folder) writeURL(url string) error {
	file := filepath.Join(f.path, "url")
	if err := os.WriteFile(file+".new", []byte(url+"\n"), 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

// pidFile is the lines of PostgreSQL's lock file: process, data folder, start
// time, port, socket folder, address, shared memory, status.
func (f folder) pidFile() []string {
	text, err := os.ReadFile(filepath.Join(f.data(), "postmaster.pid"))
	if err != nil {
		return nil
	}
	return strings.Split(string(text), "\n")
}

// lastWords is the end of the server's log.
func (f folder) lastWords() string {
	text, _ := os.ReadFile(filepath.Join(f.path, "postgres.log"))
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-10):], "\n")
}
