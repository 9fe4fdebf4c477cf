package users

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/internal/viewer"
	"github.com/shopgraph/shopgraph/subgraphs/users/internal/model"
)

// Who may do what with accounts. Whatever path leads to an account, one of these
// has been asked. Registering, logging in and what a letter's token is for are
// open to everyone.

// maySee: an account is for its owner and for staff. To everyone else it is as
// if it did not exist.
func maySee(v viewer.Viewer, account uuid.UUID) bool {
	return v.Is(account) && v.Has(token.ScopeAccount) || v.Has(token.ScopeUsersRead)
}

// mayExport: the copy of one's personal data is for oneself, not even for staff.
func mayExport(v viewer.Viewer, account uuid.UUID) bool {
	return v.Is(account) && v.Has(token.ScopeAccount)
}

// mayList: the list of all accounts is for staff.
func mayList(v viewer.Viewer) error { return v.May(token.ScopeUsersRead) }

// actor is the account that changes something, as it is now. Reading may go on
// for the minutes that an access token has left; changing ends with the session.
func (s *Service) actor(ctx context.Context, scope token.Scope) (*account, error) {
	v := viewer.From(ctx)
	if err := v.May(scope); err != nil {
		return nil, err
	}
	user, err := v.Person()
	if err != nil {
		return nil, err
	}
	session, err := id.Session.Parse(v.Session())
	if err != nil {
		return nil, errSessionEnded
	}
	actor, err := s.store.inSession(ctx, user, session)
	if err == nil && actor == nil {
		return nil, errSessionEnded
	}
	return actor, err
}

var errSessionEnded = apierror.New(apierror.Unauthenticated, "the session has ended; log in again")

// errNotAllowed is why an account may not be changed, for people.
type errNotAllowed string

func (e errNotAllowed) Error() string { return string(e) }

func notAllowed(err error) (why string, ok bool) {
	refusal, ok := errors.AsType[errNotAllowed](err)
	return string(refusal), ok
}

// mayBlock: staff may shut customers out, admins everyone but themselves.
func mayBlock(actor, target *account) error {
	switch {
	case actor.ID == target.ID:
		return errNotAllowed("nobody can block the own account")
	case target.Role != model.RoleCustomer && actor.Role != model.RoleAdmin:
		return errNotAllowed("only admins can block staff")
	}
	return nil
}
