// Package viewer is who asks, as the subgraphs' policies see it.
package viewer

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/token"
)

// Viewer is who a request comes from. The zero value is an anonymous one.
type Viewer struct {
	user     uuid.UUID // of a person; uuid.Nil for others
	role     token.Role
	scopes   []token.Scope
	session  string
	verified bool
	service  string // the name of a service
}

// From returns who the verified claims in the context speak of; without claims
// the viewer is anonymous, and so is one whose subject is no account.
func From(ctx context.Context) Viewer {
	claims, ok := token.FromContext(ctx)
	if !ok {
		return Viewer{}
	}
	if claims.Role == token.Service {
		return Viewer{role: token.Service, service: claims.Subject}
	}
	user, err := id.User.Parse(claims.Subject)
	if err != nil {
		return Viewer{}
	}
	return Viewer{user: user, role: claims.Role, scopes: claims.Scopes, session: claims.Session, verified: claims.EmailVerified}
}

// Person returns the account that is logged in; the error, UNAUTHENTICATED, is
// for everyone else.
func (v Viewer) Person() (uuid.UUID, error) {
	switch v.role {
	case token.Customer, token.Staff, token.Admin:
		return v.user, nil
	}
	return uuid.Nil, apierror.New(apierror.Unauthenticated, "log in first: send the access token as \"Authorization: Bearer …\"")
}

// Is says whether the viewer is the person with this account.
func (v Viewer) Is(user uuid.UUID) bool {
	own, err := v.Person()
	return err == nil && own == user
}

// Has says whether the viewer is a person that may do this.
func (v Viewer) Has(scope token.Scope) bool {
	_, err := v.Person()
	return err == nil && slices.Contains(v.scopes, scope)
}

// May returns nil when the viewer is a person that may do this, UNAUTHENTICATED
// for the anonymous and FORBIDDEN for everyone else.
func (v Viewer) May(scope token.Scope) error {
	if v.Has(scope) {
		return nil
	}
	if v.role == "" {
		_, err := v.Person()
		return err
	}
	return apierror.New(apierror.Forbidden, "this needs the scope %s, which the access token does not give", scope)
}

// Session is the login that the viewer's token belongs to; "" when it names none.
func (v Viewer) Session() string { return v.session }

// EmailVerified says whether the viewer has shown to own the account's address.
func (v Viewer) EmailVerified() bool { return v.verified }

// Service returns nil for the named service, UNAUTHENTICATED for the anonymous
// and FORBIDDEN for everyone else.
func (v Viewer) Service(name string) error {
	switch {
	case v.role == token.Service && v.service == name:
		return nil
	case v.role == "":
		return apierror.New(apierror.Unauthenticated, "this is for the %s service, which shows its own credential", name)
	}
	return apierror.New(apierror.Forbidden, "this is for the %s service", name)
}
