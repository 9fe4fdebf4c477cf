// Package token issues and verifies the access tokens of the shop: JWTs (RFC
// 7519) signed with Ed25519, minutes long.
//
// Whoever issues tokens holds the private key and publishes the public one as a
// JWK set (RFC 7517); whoever receives a token verifies it again, also behind a
// router that did so before:
//
//	signer  := token.NewSigner(token.SignerConfig{Key: key, Issuer: …})   // users
//	keys    := token.NewRemoteKeys(url, …) or token.NewKeySet(public)      // everyone else
//	verifier:= token.NewVerifier(token.Issuer{Name: …, Audience: …, Keys: keys, Roles: …})
//	claims, err := verifier.Verify(ctx, text)
//	ctx = token.WithClaims(ctx, claims)
//
// An issuer's name is bound to its own keys, audience and roles: a key that
// signs for one issuer is worth nothing for another.
package token

import (
	"context"
	"time"
)

// Role is what the bearer is to the shop. The set is closed.
type Role string

const (
	// Customer buys: sees and changes what is its own.
	Customer Role = "customer"
	// Staff runs the shop: sees every account and order, changes the catalogue.
	Staff Role = "staff"
	// Admin is staff that may change who is staff.
	Admin Role = "admin"
	// Service is another part of the shop, such as orders calling products.
	Service Role = "service"
)

// The shop's own issuers and audiences. A token for the API carries
// AudienceAPI; one with which services call each other carries AudienceServices
// and is refused wherever customers' tokens are meant.
const (
	IssuerUsers      = "shopgraph/users"
	IssuerOrders     = "shopgraph/orders"
	IssuerRouter     = "shopgraph/router" // its audiences are the names of subgraphs
	AudienceAPI      = "shopgraph"
	AudienceServices = "shopgraph/services"
)

// PeopleRoles are the roles that users gives to accounts.
func PeopleRoles() []Role { return []Role{Customer, Staff, Admin} }

// Claims is what a verified token says.
type Claims struct {
	Issuer, Subject string
	// Role is empty when the issuer gives no roles.
	Role Role
	// Scopes are what the bearer may do; with none he may do nothing.
	Scopes []Scope
	// Session is the login that the token belongs to; "" when it names none.
	Session string
	// EmailVerified says that the bearer has shown to own the account's address.
	EmailVerified bool
	Expires       time.Time
	// All holds every claim as it came. It is shared: read only.
	All map[string]any
}

type contextKey struct{}

// bearer is a context that carries claims.
type bearer struct {
	context.Context
	claims Claims
	ok     bool // false for an anonymous request
}

// Value implements context.Context.
func (b *bearer) Value(key any) any {
	if key == (contextKey{}) {
		return b
	}
	return b.Context.Value(key)
}

// WithClaims returns a context that carries verified claims.
func WithClaims(ctx context.Context, c Claims) context.Context { return &bearer{ctx, c, true} }

// WithoutClaims returns a context of an anonymous request, whatever ctx carried:
// within one process a caller's context may hold claims that the one who is
// called has not verified.
func WithoutClaims(ctx context.Context) context.Context {
	if _, ok := FromContext(ctx); !ok {
		return ctx
	}
	return &bearer{Context: ctx}
}

// FromContext returns the verified claims of the request; ok is false for an
// anonymous one.
func FromContext(ctx context.Context) (c Claims, ok bool) {
	if b, found := ctx.Value(contextKey{}).(*bearer); found {
		return b.claims, b.ok
	}
	return Claims{}, false
}
