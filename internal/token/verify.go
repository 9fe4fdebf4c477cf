package token

import (
	"cmp"
	"context"
	"crypto"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/shopgraph/shopgraph/internal/apierror"
)

// Issuer is someone whose tokens are accepted.
type Issuer struct {
	// Name and Audience are what iss and aud must say.
	Name, Audience string
	// AnyAudience accepts tokens whatever aud says, for an issuer whose tokens
	// are all meant for us.
	AnyAudience bool
	Keys        KeySource
	// Roles are those that the issuer may give; a token with another, or with
	// none, is refused. With no Roles the claim is not read.
	Roles []Role
	// Anonymous accepts tokens without a subject: of an issuer that says of some
	// requests that it knows nobody. Their claims have neither subject nor role.
	Anonymous bool
	// Algorithms are the accepted signatures; none means EdDSA alone.
	Algorithms []string
	// Leeway is how far the clocks of issuer and verifier may differ; 0 is
	// DefaultLeeway.
	Leeway time.Duration
}

// Verifier accepts the tokens of some issuers. It remembers which tokens it has
// verified until they end, so each is verified once. It is safe for concurrent
// use.
type Verifier struct {
	issuers  map[string]*issuer
	verified *lru.Cache[string, Claims]
	now      func() time.Time
}

type issuer struct {
	Issuer
	parser *jwt.Parser
}

const (
	// DefaultLeeway is how far clocks may differ that are set by the network.
	DefaultLeeway = 10 * time.Second
	// maxToken is the longest token that is looked at, in bytes.
	maxToken = 8 << 10
	// remembered is how many verified tokens are kept.
	remembered = 10_000
)

// NewVerifier returns a verifier for these issuers; now is its clock, nil for
// time.Now.
func NewVerifier(now func() time.Time, issuers ...Issuer) *Verifier {
	if now == nil {
		now = time.Now
	}
	cache, _ := lru.New[string, Claims](remembered) // errs for sizes below 1 only
	v := &Verifier{map[string]*issuer{}, cache, now}
	for _, i := range issuers {
		if len(i.Algorithms) == 0 {
			i.Algorithms = []string{jwt.SigningMethodEdDSA.Alg()}
		}
		i.Leeway = cmp.Or(i.Leeway, DefaultLeeway)
		rules := []jwt.ParserOption{
			jwt.WithValidMethods(i.Algorithms),
			jwt.WithIssuer(i.Name),
			jwt.WithExpirationRequired(),
			jwt.WithIssuedAt(),
			jwt.WithLeeway(i.Leeway),
			jwt.WithTimeFunc(now),
		}
		if !i.AnyAudience {
			rules = append(rules, jwt.WithAudience(i.Audience))
		}
		v.issuers[i.Name] = &issuer{i, jwt.NewParser(rules...)}
	}
	return v
}

// Verify returns what the token says once its signature, algorithm, issuer,
// audience, times and role are right. The error is for the client:
// UNAUTHENTICATED, or SERVICE_UNAVAILABLE when the issuer's keys cannot be had.
func (v *Verifier) Verify(ctx context.Context, text string) (Claims, error) {
	if claims, ok := v.verified.Get(text); ok && v.now().Before(claims.Expires.Add(v.issuers[claims.Issuer].Leeway)) {
		return claims, nil
	}
	claims, err := v.verify(ctx, text)
	if err != nil {
		return Claims{}, clientError(err)
	}
	v.verified.Add(text, claims)
	return claims, nil
}

// Authenticate verifies the bearer token of the Authorization header (RFC 6750).
// ok is false when the request is anonymous: it has no such header.
func (v *Verifier) Authenticate(ctx context.Context, h http.Header) (claims Claims, ok bool, err error) {
	values := h.Values("Authorization")
	if len(values) == 0 {
		return Claims{}, false, nil
	}
	scheme, text, found := strings.Cut(values[0], " ")
	if len(values) > 1 || !found || !strings.EqualFold(scheme, "Bearer") {
		return Claims{}, false, apierror.New(apierror.Unauthenticated, "the Authorization header must be one \"Bearer\" and an access token")
	}
	claims, err = v.Verify(ctx, strings.TrimSpace(text))
	return claims, err == nil, err
}

var errKeysUnavailable = errors.New("the keys of the token's issuer are not available")

func (v *Verifier) verify(ctx context.Context, text string) (Claims, error) {
	if len(text) > maxToken {
		return Claims{}, jwt.ErrTokenMalformed
	}
	from, err := v.issuerOf(text)
	if err != nil {
		return Claims{}, err
	}
	all := jwt.MapClaims{}
	if _, err := from.parser.ParseWithClaims(text, all, from.key(ctx)); err != nil {
		return Claims{}, err
	}
	return from.claims(all)
}

// issuerOf reads whose token it claims to be, which is then verified with that
// issuer's keys and rules alone.
func (v *Verifier) issuerOf(text string) (*issuer, error) {
	unverified := jwt.RegisteredClaims{}
	if _, _, err := jwt.NewParser().ParseUnverified(text, &unverified); err != nil {
		return nil, err
	}
	if from, ok := v.issuers[unverified.Issuer]; ok {
		return from, nil
	}
	return nil, jwt.ErrTokenInvalidIssuer
}

func (i *issuer) key(ctx context.Context) jwt.Keyfunc {
	return func(t *jwt.Token) (any, error) {
		kid, _ := t.Header["kid"].(string)
		key, err := i.Keys.Key(ctx, kid)
		if err != nil && !errors.Is(err, ErrUnknownKey) {
			return nil, errors.Join(errKeysUnavailable, err)
		}
		return crypto.PublicKey(key), err
	}
}

func (i *issuer) claims(all jwt.MapClaims) (Claims, error) {
	expires, err := all.GetExpirationTime()
	if err != nil {
		return Claims{}, err
	}
	subject, err := all.GetSubject()
	switch {
	case err == nil && subject == "" && i.Anonymous:
		return Claims{Issuer: i.Name, Expires: expires.Time}, nil
	case err != nil || subject == "":
		return Claims{}, jwt.ErrTokenInvalidSubject
	}
	claims := Claims{Issuer: i.Name, Subject: subject, Expires: expires.Time, All: all, Scopes: parseScopes(all["scope"])}
	claims.Session, _ = all["sid"].(string)
	claims.EmailVerified, _ = all["email_verified"].(bool)
	if len(i.Roles) == 0 {
		return claims, nil
	}
	role, _ := all["role"].(string)
	if claims.Role = Role(role); !slices.Contains(i.Roles, claims.Role) {
		return Claims{}, errors.New("the issuer gives no such role")
	}
	return claims, nil
}

// clientError says no more than a client can use: a wrong token does not learn
// which of the checks it failed.
func clientError(err error) error {
	switch {
	case errors.Is(err, errKeysUnavailable):
		return apierror.Wrap(err, apierror.ServiceUnavailable, "logins cannot be checked at the moment; try again")
	case errors.Is(err, jwt.ErrTokenExpired) && !errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return apierror.Wrap(err, apierror.Unauthenticated, "the access token has expired; log in again")
	}
	return apierror.Wrap(err, apierror.Unauthenticated, "the access token is not valid; log in again")
}
