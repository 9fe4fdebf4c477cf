//go:build unix

package postgres

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// systemAccount is who the server runs as.
type systemAccount struct {
	uid, gid uint32
	name     string
	other    bool // it is not the account of this process, which is root then
}

// chooseAccount decides whose server the data folder gets. initdb wants a name
// for its account, so that a bare number will not do.
func chooseAccount(path string) (systemAccount, error) {
	own := uint32(os.Geteuid())
	owner, exists := ownerOf(filepath.Join(path, "data"))
	if own != 0 {
		if exists && owner != own {
			return systemAccount{}, fmt.Errorf("the data in %s belongs to account %s: run as that account, or choose another data folder", path, userName(owner))
		}
		return systemAccount{uid: own, gid: uint32(os.Getegid()), name: userName(own)}, nil
	}
	if exists && owner != 0 {
		return otherAccount(user.LookupId(strconv.Itoa(int(owner))))
	}
	for _, name := range []string{"postgres", "_postgres"} {
		if a, err := otherAccount(user.Lookup(name)); err == nil {
			return a, nil
		}
	}
	a, err := otherAccount(user.Lookup("nobody"))
	if err != nil {
		return a, fmt.Errorf("PostgreSQL does not run as root, and there is neither an account postgres nor nobody to run it as: create one (useradd --system postgres): %w", err)
	}
	return a, nil
}

func otherAccount(u *user.User, err error) (systemAccount, error) {
	if err != nil {
		return systemAccount{}, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return systemAccount{}, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil || uid == 0 {
		return systemAccount{}, fmt.Errorf("account %s will not do", u.Username)
	}
	return systemAccount{uid: uint32(uid), gid: uint32(gid), name: u.Username, other: true}, nil
}

func ownerOf(path string) (uid uint32, exists bool) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, false
	}
	status, ok := info.Sys().(*syscall.Stat_t)
	return status.Uid, ok
}

func userName(uid uint32) string {
	number := strconv.Itoa(int(uid))
	if u, err := user.LookupId(number); err == nil {
		return u.Username
	}
	return number
}

// command prepares a program to run as the account. It gets none of our
// environment, in which there may be secrets, but what finding libraries needs.
func (a systemAccount) command(ctx context.Context, path string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, path, args...)
	command.Dir = "/"
	command.Env = []string{"LC_ALL=C", "TZ=UTC"}
	for _, name := range []string{"PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"} {
		if value, ok := os.LookupEnv(name); ok {
			command.Env = append(command.Env, name+"="+value)
		}
	}
	command.SysProcAttr = &syscall.SysProcAttr{}
	if a.other {
		command.SysProcAttr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	return command
}

// makeFolder makes a folder that only the account may use.
func (a systemAccount) makeFolder(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil {
		return err
	}
	return a.own(path)
}

func (a systemAccount) own(path string) error {
	if !a.other {
		return nil
	}
	return os.Chown(path, int(a.uid), int(a.gid))
}

// mayEnter says whether the account may pass through the folder and all above
// it, by their permission bits.
func (a systemAccount) mayEnter(path string) bool {
	if !a.other {
		return true
	}
	for {
		info, err := os.Stat(path)
		if err != nil {
			return false
		}
		status, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return false
		}
		bit := os.FileMode(0o001)
		if status.Uid == a.uid {
			bit = 0o100
		} else if status.Gid == a.gid {
			bit = 0o010
		}
		if info.Mode()&bit == 0 {
			return false
		}
		parent := filepath.Dir(path)
		if parent == path {
			return true
		}
		path = parent
	}
}
