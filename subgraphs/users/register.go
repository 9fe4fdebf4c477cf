package users

import (
	"context"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopgraph/shopgraph/subgraphs/users/internal/model"
)

const (
	maxEmail    = 254 // bytes, RFC 5321
	maxName     = 100
	minPassword = 10
	maxPassword = 128
)

// register opens a customer's account. For an address that has one it does the
// same work, gives the same answer and changes nothing.
func (s *Service) register(ctx context.Context, input model.RegisterInput) (*model.RegisterPayload, error) {
	email, name := normalEmail(input.Email), strings.TrimSpace(input.Name)
	if faults := checkRegistration(email, name, input.Password); len(faults) > 0 {
		return &model.RegisterPayload{UserErrors: faults}, nil
	}
	hash, err := s.hasher.hash(ctx, input.Password)
	if err != nil {
		return nil, err
	}
	if err := s.store.insert(ctx, email, name, hash); err != nil {
		return nil, err
	}
	return &model.RegisterPayload{Accepted: true, UserErrors: []*model.AccountUserError{}}, nil
}

// checkRegistration returns everything that is wrong, not only the first.
func checkRegistration(email, name, password string) (faults []*model.AccountUserError) {
	if !isEmail(email) {
		faults = append(faults, fault(model.AccountUserErrorCodeInvalidEmail, "email", "this is not an e-mail address; write it as name@example.com"))
	}
	if n := utf8.RuneCountInString(name); n < 1 || n > maxName || strings.ContainsFunc(name, unicode.IsControl) {
		faults = append(faults, fault(model.AccountUserErrorCodeInvalidName, "name", "a name has 1 to 100 characters"))
	}
	if n := utf8.RuneCountInString(password); n < minPassword || n > maxPassword {
		faults = append(faults, fault(model.AccountUserErrorCodeInvalidPassword, "password", "a password has 10 to 128 characters"))
	}
	return faults
}

func fault(code model.AccountUserErrorCode, field, message string) *model.AccountUserError {
	return &model.AccountUserError{Code: code, Field: []string{"input", field}, Message: message}
}

// normalEmail is the one form in which an address is kept and looked up.
func normalEmail(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// isEmail says whether the text is a bare address, name@host, and nothing else.
func isEmail(text string) bool {
	if len(text) > maxEmail || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return false
	}
	address, err := mail.ParseAddress(text)
	return err == nil && address.Address == text && strings.Count(text, "@") == 1
}
