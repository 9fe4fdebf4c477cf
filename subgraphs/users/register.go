package users

import (
	"context"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/subgraphs/users/internal/model"
)

const (
	maxEmail    = 254 // bytes, RFC 5321
	maxName     = 100
	minPassword = 10
	maxPassword = 128
)

// register opens a customer's account and asks by letter whether the address is
// the customer's. For an address that has an account it does the same work, gives
// the same answer and changes nothing; only the letter says so.
func (s *Service) register(ctx context.Context, input model.RegisterInput) (*model.RegisterPayload, error) {
	email, name := normalEmail(input.Email), strings.TrimSpace(input.Name)
	if faults := checkRegistration(email, name, input.Password); len(faults) > 0 {
		return &model.RegisterPayload{UserErrors: faults}, nil
	}
	if wait, err := s.take(ctx, fromAddress(ctx, kindLetterAddress)...); wait > 0 || err != nil {
		return &model.RegisterPayload{UserErrors: tooMany(wait)}, err
	}
	held, err := s.take(ctx, newAttempt(kindLetter, email))
	if err != nil {
		return nil, err
	}
	password, err := s.hasher.hash(ctx, input.Password)
	if err != nil {
		return nil, err
	}
	secret, hash := newSecret()
	err = s.store.register(ctx, email, name, password, id.New(), letterToken{hash, verifyEmail, verifyLifetime},
		s.verificationLetter(secret), s.knownLetter(), held > 0)
	if err != nil {
		return nil, err
	}
	s.letters.Wake()
	return &model.RegisterPayload{Accepted: true, UserErrors: []*model.AccountUserError{}}, nil
}

// writeLetter writes a letter with a token to the account with this address, if
// there is one that fits the condition; whether it did cannot be told.
func (s *Service) writeLetter(ctx context.Context, email, condition string, t letterToken, l letter) ([]*model.AccountUserError, error) {
	if !isEmail(email) {
		return []*model.AccountUserError{emailFault("email")}, nil
	}
	if wait, err := s.take(ctx, fromAddress(ctx, kindLetterAddress)...); wait > 0 || err != nil {
		return tooMany(wait), err
	}
	held, err := s.take(ctx, newAttempt(kindLetter, email))
	if err != nil || held > 0 { // that a recipient is held is nobody's business
		return nil, err
	}
	if err := s.store.writeToken(ctx, email, condition, t, l); err != nil {
		return nil, err
	}
	s.letters.Wake()
	return nil, nil
}

// resendVerification writes the verification letter again.
func (s *Service) resendVerification(ctx context.Context, input model.ResendVerificationInput) (*model.ResendVerificationPayload, error) {
	secret, hash := newSecret()
	faults, err := s.writeLetter(ctx, normalEmail(input.Email), `email_verified_at IS NULL`, letterToken{hash, verifyEmail, verifyLifetime}, s.verificationLetter(secret))
	return &model.ResendVerificationPayload{Accepted: len(faults) == 0, UserErrors: orNone(faults)}, err
}

// verifyEmail takes the token of a verification letter.
func (s *Service) verifyEmail(ctx context.Context, input model.VerifyEmailInput) (*model.VerifyEmailPayload, error) {
	verified, err := s.store.verify(ctx, hashSecret(input.Token))
	if err != nil {
		return nil, err
	}
	if !verified {
		return &model.VerifyEmailPayload{UserErrors: []*model.AccountUserError{tokenFault()}}, nil
	}
	return &model.VerifyEmailPayload{Verified: true, UserErrors: []*model.AccountUserError{}}, nil
}

// changeEmail asks by letter whether a new address is the account's.
func (s *Service) changeEmail(ctx context.Context, input model.ChangeEmailInput) (*model.ChangeEmailPayload, error) {
	actor, err := s.actor(ctx, token.ScopeAccount)
	if err != nil {
		return nil, err
	}
	email := normalEmail(input.NewEmail)
	if !isEmail(email) {
		return &model.ChangeEmailPayload{UserErrors: []*model.AccountUserError{emailFault("newEmail")}}, nil
	}
	if faults, err := s.tryPassword(ctx, actor, input.Password, "password"); len(faults) > 0 || err != nil {
		return &model.ChangeEmailPayload{UserErrors: faults}, err
	}
	if wait, err := s.take(ctx, newAttempt(kindLetter, actor.Email), newAttempt(kindLetter, email)); wait > 0 || err != nil {
		return &model.ChangeEmailPayload{UserErrors: tooMany(wait)}, err
	}
	secret, hash := newSecret()
	err = s.store.writeChange(ctx, actor, email, letterToken{hash, changeEmail, verifyLifetime}, s.changeLetter(secret), s.knownLetter(), s.changeWarning())
	if err != nil {
		return nil, err
	}
	s.letters.Wake()
	return &model.ChangeEmailPayload{Accepted: true, UserErrors: []*model.AccountUserError{}}, nil
}

// checkRegistration returns everything that is wrong, not only the first.
func checkRegistration(email, name, password string) (faults []*model.AccountUserError) {
	if !isEmail(email) {
		faults = append(faults, emailFault("email"))
	}
	if !isText(name, 1, maxName) {
		faults = append(faults, nameFault())
	}
	if !isPassword(password) {
		faults = append(faults, passwordFault("password"))
	}
	return faults
}

func fault(code model.AccountUserErrorCode, message string, field ...string) *model.AccountUserError {
	return &model.AccountUserError{Code: code, Field: append([]string{"input"}, field...), Message: message}
}

func emailFault(field string) *model.AccountUserError {
	return fault(model.AccountUserErrorCodeInvalidEmail, "this is not an e-mail address; write it as name@example.com", field)
}

func nameFault() *model.AccountUserError {
	return fault(model.AccountUserErrorCodeInvalidName, "a name has 1 to 100 characters", "name")
}

func passwordFault(field string) *model.AccountUserError {
	return fault(model.AccountUserErrorCodeInvalidPassword, "a password has 10 to 128 characters", field)
}

func tokenFault() *model.AccountUserError {
	return fault(model.AccountUserErrorCodeInvalidToken, "the token is not good, or no longer; ask for another letter", "token")
}

// orNone makes an empty list of no list.
func orNone(faults []*model.AccountUserError) []*model.AccountUserError {
	if faults == nil {
		return []*model.AccountUserError{}
	}
	return faults
}

// normalEmail is the one form in which an address is kept and looked up.
func normalEmail(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// isEmail says whether the text is a bare address, name@host, and nothing else.
func isEmail(text string) bool {
	if len(text) > maxEmail || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return false
	}
	address, err := mail.ParseAddress(text)
	return err == nil && address.Address == text && strings.Count(text, "@") == 1 && !strings.HasSuffix(text, "@deleted.invalid")
}

// isText says whether the text is that long, in characters, and has no control
// characters.
func isText(text string, least, most int) bool {
	n := utf8.RuneCountInString(text)
	return n >= least && n <= most && !strings.ContainsFunc(text, unicode.IsControl)
}

func isPassword(text string) bool {
	n := utf8.RuneCountInString(text)
	return n >= minPassword && n <= maxPassword
}
