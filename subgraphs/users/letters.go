package users

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/mail"
)

// letter is one that has yet to be written to somebody.
type letter struct {
	id            uuid.UUID
	subject, body string
}

// The purposes of tokens in letters, and how long they are good.
const (
	verifyEmail   = "VERIFY_EMAIL"
	changeEmail   = "CHANGE_EMAIL"
	resetPassword = "RESET_PASSWORD"

	verifyLifetime = 48 * time.Hour
	resetLifetime  = time.Hour
)

// carried is how a letter carries a token: as a link into the shop's pages, when
// it has any, and as text.
func (s *Service) carried(page, token string) string {
	if s.pages == "" {
		return "    " + token + "\n"
	}
	return fmt.Sprintf("    %s/%s?token=%s\n\nor with this token:\n\n    %s\n", s.pages, page, url.QueryEscape(token), token)
}

func (s *Service) verificationLetter(token string) letter {
	return letter{id.New(), "Confirm your e-mail address",
		"Welcome! Please confirm that this address is yours:\n\n" + s.carried("verify-email", token) +
			"\nIf you did not open an account, you need not do anything.\n"}
}

// knownLetter goes to who has an account when somebody registers the address
// again: the one who did must not learn of the account from the answer.
func (s *Service) knownLetter() letter {
	return letter{id.New(), "You have an account already",
		"Somebody, you perhaps, tried to open an account with this address. It has one already: log in, or ask for a new\npassword. If it was not you, you need not do anything.\n"}
}

func (s *Service) changeLetter(token string) letter {
	return letter{id.New(), "Confirm your new e-mail address",
		"Please confirm that this is the new address of your account:\n\n" + s.carried("verify-email", token) +
			"\nIf you did not ask for this, you need not do anything.\n"}
}

func (s *Service) changeWarning() letter {
	return letter{id.New(), "Your e-mail address is about to change",
		"Somebody who knows your password asked for another e-mail address for your account. If it was not you, change your\npassword now.\n"}
}

func (s *Service) resetLetter(token string) letter {
	return letter{id.New(), "A new password",
		"To set a new password for your account:\n\n" + s.carried("reset-password", token) +
			"\nThis is good for an hour. If you did not ask for it, you need not do anything.\n"}
}

func (s *Service) passwordNotice() letter {
	return letter{id.New(), "Your password was changed",
		"The password of your account was changed, and everybody who was logged in to it was logged out. If it was not you,\nask for a new password at once.\n"}
}

// lettersAtOnce is how many letters one worker takes.
const lettersAtOnce = 20

// sendLetters sends what is due and returns how many letters that were. One that
// cannot be sent is tried again later and later, as long as its token is good.
func (s *Service) sendLetters(ctx context.Context) (int, error) {
	due, err := s.store.takeLetters(ctx, lettersAtOnce)
	if err != nil {
		return 0, err
	}
	for _, l := range due {
		err := s.mailer.Send(ctx, mail.Message{ID: l.ID.String(), To: l.Recipient, Subject: l.Subject, Text: l.Body, Date: l.CreatedAt})
		if err != nil {
			s.log.Warn("a letter could not be sent and will be tried again", "letter", l.ID, "error", err)
		}
		if err := s.store.letterTried(ctx, l.ID, err); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}
