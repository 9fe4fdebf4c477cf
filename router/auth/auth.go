// Package auth says who sends a request: it verifies the client's token and puts
// what it says into the request's context, where package token keeps it.
//
//	Authorization: Bearer … ──Admit──► token.FromContext(ctx)
//
// A request without a token is anonymous and goes on; one whose token is wrong
// does not. Who may read what is decided further in, by claims.
//
// Sources: RFC 6750 (bearer tokens), RFC 7519 (JWT), RFC 7517 (JWK sets).
package auth

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"slices"
	"time"

	"github.com/shopgraph/shopgraph/internal/token"
)

// Issuer is someone whose tokens are accepted, with keys of its own: a key of one
// issuer is worth nothing for another.
type Issuer struct {
	// Name is what iss must say.
	Name string
	// Audience is what aud must hold. Empty accepts every token of the issuer,
	// also those that it made for others.
	Audience string
	// KeySets are where the issuer's JWK sets are: URLs, which are read again as
	// keys change, or files.
	KeySets []string
	// Keys are further keys, of an issuer in the same process; it may be nil.
	Keys token.KeySource
	// Algorithms are the accepted signatures; none means EdDSA, ES256 and RS256.
	Algorithms []string
	// Skew is how far the issuer's clock may differ; 0 is token.DefaultLeeway.
	Skew time.Duration
}

// Algorithms are those that an issuer can be given: asymmetric ones only, since a
// router that could sign could make anyone's token.
var Algorithms = []string{"EdDSA", "ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}

var defaultAlgorithms = []string{"EdDSA", "ES256", "RS256"}

// Authenticator verifies tokens. It is safe for concurrent use.
type Authenticator struct{ verifier *token.Verifier }

// Options are what an Authenticator needs beside its issuers.
type Options struct {
	// Client reads key sets; nil is http.DefaultClient.
	Client *http.Client
	Log    *slog.Logger
}

// New returns an Authenticator for these issuers. Files are read now, URLs at the
// first need.
func New(issuers []Issuer, o Options) (*Authenticator, error) {
	var accepted []token.Issuer
	names := map[string]bool{}
	for _, i := range issuers {
		if i.Name == "" || names[i.Name] {
			return nil, fmt.Errorf("token issuers need names of their own, as their tokens say in iss; %q is none", i.Name)
		}
		names[i.Name] = true
		if len(i.Algorithms) == 0 {
			i.Algorithms = defaultAlgorithms
		}
		for _, algorithm := range i.Algorithms {
			if !slices.Contains(Algorithms, algorithm) {
				return nil, fmt.Errorf("token issuer %q: %q is not a signature that is accepted; choose among %q", i.Name, algorithm, Algorithms)
			}
		}
		keys, err := openKeySets(i, o)
		if err != nil {
			return nil, fmt.Errorf("token issuer %q: %w", i.Name, err)
		}
		accepted = append(accepted, token.Issuer{
			Name: i.Name, Audience: i.Audience, AnyAudience: i.Audience == "", Keys: keys, Algorithms: i.Algorithms, Leeway: i.Skew,
		})
	}
	return &Authenticator{token.NewVerifier(nil, accepted...)}, nil
}

// Admit is a server.Admission: the context it returns carries the claims of the
// request's token, if it has one.
func (a *Authenticator) Admit(ctx context.Context, r *http.Request) (context.Context, error) {
	claims, ok, err := a.verifier.Authenticate(ctx, r.Header)
	if err != nil || !ok {
		return ctx, err
	}
	return token.WithClaims(ctx, claims), nil
}

func openKeySets(i Issuer, o Options) (token.KeySource, error) {
	if len(i.KeySets) == 0 && i.Keys == nil {
		return nil, errors.New("it has no JWK set: give the URL or the file of one")
	}
	var sources keySources
	if i.Keys != nil {
		sources = append(sources, i.Keys)
	}
	for _, place := range i.KeySets {
		if u, err := url.Parse(place); err == nil && (u.Scheme == "https" || u.Scheme == "http") {
			sources = append(sources, token.NewRemoteKeys(token.RemoteConfig{URL: place, Client: o.Client, Log: o.Log}))
			continue
		}
		document, err := os.ReadFile(place)
		if err != nil {
			return nil, fmt.Errorf("the JWK set is neither an http(s) URL nor a file that can be read: %w", err)
		}
		keys, err := token.ParseKeySet(document)
		if err != nil {
			return nil, fmt.Errorf("the JWK set in %s: %w", place, err)
		}
		sources = append(sources, keys)
	}
	return sources, nil
}

// keySources are the key sets of one issuer, asked one after the other.
type keySources []token.KeySource

// Key implements token.KeySource. A key is unknown when no set has it; when one
// could not be asked, that is not known.
func (s keySources) Key(ctx context.Context, kid string) (crypto.PublicKey, error) {
	failure := token.ErrUnknownKey
	for _, source := range s {
		key, err := source.Key(ctx, kid)
		if err == nil {
			return key, nil
		}
		if !errors.Is(err, token.ErrUnknownKey) {
			failure = err
		}
	}
	return nil, failure
}
