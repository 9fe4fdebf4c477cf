package users

import (
	"context"
	"runtime"

	"github.com/alexedwards/argon2id"
)

// hashing is what OWASP recommends for argon2id: 19 MiB and two passes, some tens
// of milliseconds of one core.
var hashing = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hasher hashes and compares passwords, as many at a time as there are cores:
// more would only share them, and take 19 MiB each.
type hasher struct {
	params  *argon2id.Params
	slots   chan struct{}
	unknown string // the hash of nobody's password
}

func newHasher(params *argon2id.Params) (*hasher, error) {
	unknown, err := argon2id.CreateHash("nobody's password", params)
	return &hasher{params, make(chan struct{}, runtime.GOMAXPROCS(0)), unknown}, err
}

// hash returns the password's hash, salted. It waits for its turn as long as the
// context lasts.
func (h *hasher) hash(ctx context.Context, password string) (text string, err error) {
	err = h.inTurn(ctx, func() error {
		text, err = argon2id.CreateHash(password, h.params)
		return err
	})
	return text, err
}

// matches says whether the password has this hash. An empty hash, of an account
// that is not there, matches nothing and takes as long as any other.
func (h *hasher) matches(ctx context.Context, password, hash string) (match bool, err error) {
	known := hash != ""
	if !known {
		hash = h.unknown
	}
	err = h.inTurn(ctx, func() error {
		match, err = argon2id.ComparePasswordAndHash(password, hash)
		return err
	})
	return match && known, err
}

func (h *hasher) inTurn(ctx context.Context, work func() error) error {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
		return work()
	case <-ctx.Done():
		return ctx.Err()
	}
}
