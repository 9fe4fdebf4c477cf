package users

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/shopgraph/shopgraph/internal/serve"
	"github.com/shopgraph/shopgraph/subgraphs/users/internal/model"
)

// An attempt is counted before it is made, so that a thousand made at once are
// counted too. The first ones of an hour are free; then each has to wait twice as
// long as the one before, up to a quarter of an hour. It is counted for what the
// client said, whether or not there is such an account.
type attempt struct {
	kind string
	key  [32]byte
	free int
}

// The kinds of attempts.
const (
	kindAccount       = "ACCOUNT"        // a password, by account
	kindAddress       = "ADDRESS"        // a password, by network address
	kindLetter        = "LETTER"         // a letter, by recipient
	kindLetterAddress = "LETTER_ADDRESS" // a letter, by network address
)

// How many attempts an hour are free. Behind one network address there may be
// many people.
var freeAttempts = map[string]int{kindAccount: 10, kindAddress: 100, kindLetter: 3, kindLetterAddress: 100}

func newAttempt(kind, of string) attempt {
	return attempt{kind, sha256.Sum256([]byte(kind + "\x00" + of)), freeAttempts[kind]}
}

// passwordAttempts are what trying a password of this account counts as.
func passwordAttempts(ctx context.Context, email string) []attempt {
	return append([]attempt{newAttempt(kindAccount, email)}, fromAddress(ctx, kindAddress)...)
}

// fromAddress is the attempt by where the request comes from; none when that is
// not known.
func fromAddress(ctx context.Context, kind string) []attempt {
	address := serve.ClientAddress(ctx)
	if !address.IsValid() {
		return nil
	}
	return []attempt{newAttempt(kind, address.String())}
}

// take counts the attempts and returns how long to wait instead of making them;
// 0 when they may be made.
func (s *Service) take(ctx context.Context, attempts ...attempt) (time.Duration, error) {
	if len(attempts) == 0 {
		return 0, nil
	}
	granted, err := s.store.take(ctx, attempts)
	if err != nil || granted == len(attempts) {
		return 0, err
	}
	wait, err := s.store.heldFor(ctx, attempts)
	return max(wait, time.Second), err
}

// tooMany says how long to wait.
func tooMany(wait time.Duration) []*model.AccountUserError {
	return []*model.AccountUserError{{
		Code:    model.AccountUserErrorCodeTooManyAttempts,
		Message: fmt.Sprintf("there were too many attempts; try again in %s", wait.Round(time.Second)),
	}}
}

// tryPassword says whether the password is that of the account that is logged in.
// Guessing here is held like guessing at the door.
func (s *Service) tryPassword(ctx context.Context, actor *account, password string, field string) ([]*model.AccountUserError, error) {
	attempts := passwordAttempts(ctx, actor.Email)
	if wait, err := s.take(ctx, attempts...); wait > 0 || err != nil {
		return tooMany(wait), err
	}
	if match, err := s.hasher.matches(ctx, password, actor.PasswordHash); err != nil || !match {
		return []*model.AccountUserError{fault(model.AccountUserErrorCodeWrongPassword, "this is not the account's password", field)}, err
	}
	return nil, s.store.forgive(ctx, attempts)
}
