package token

import (
	"crypto/ed25519"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// SignerConfig says who signs what.
type SignerConfig struct {
	Key              ed25519.PrivateKey
	Issuer, Audience string
	// Lifetime is how long a token is good for. There is no default.
	Lifetime time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Signer issues tokens. It is safe for concurrent use.
type Signer struct {
	config SignerConfig
	kid    string
}

// NewSigner returns a signer for this key.
func NewSigner(c SignerConfig) *Signer {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Signer{c, keyID(c.Key.Public().(ed25519.PublicKey))}
}

// Grant is what a token says of its bearer.
type Grant struct {
	Subject string
	// Role also decides the scopes.
	Role Role
	// Session is the login that the token belongs to; "" for none.
	Session string
	// EmailVerified says that the bearer has shown to own the account's address.
	EmailVerified bool
}

// Sign issues a token for the bearer and says until when it is good.
func (s *Signer) Sign(g Grant) (text string, expires time.Time, err error) {
	claims := map[string]any{
		"aud":  s.config.Audience,
		"sub":  g.Subject,
		"role": string(g.Role),
	}
	if scopes := ScopesOf(g.Role); len(scopes) > 0 {
		claims["scope"] = formatScopes(scopes)
		claims["email_verified"] = g.EmailVerified
	}
	if g.Session != "" {
		claims["sid"] = g.Session
	}
	return s.SignClaims(claims)
}

// SignClaims issues a token that says this, and beside it only who issued it and
// when it is good. The claims are changed.
func (s *Signer) SignClaims(claims map[string]any) (text string, expires time.Time, err error) {
	now := s.config.Now().Truncate(time.Second)
	expires = now.Add(s.config.Lifetime)
	claims["iss"] = s.config.Issuer
	claims["iat"], claims["nbf"], claims["exp"] = now.Unix(), now.Unix(), expires.Unix()
	unsigned := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims(claims))
	unsigned.Header["kid"] = s.kid
	text, err = unsigned.SignedString(s.config.Key)
	return text, expires, err
}

// Credential is a token that a service shows to another, issued again before
// it ends. It is safe for concurrent use.
type Credential struct {
	signer  *Signer
	subject string

	mu    sync.Mutex
	text  string
	renew time.Time
}

// Credential returns the service's own credential, with the role Service.
func (s *Signer) Credential(subject string) *Credential {
	return &Credential{signer: s, subject: subject}
}

// Token returns a token with at least half of its lifetime left.
func (c *Credential) Token() (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.signer.config.Now().Before(c.renew) {
		return c.text, nil
	}
	text, expires, err := c.signer.Sign(Grant{Subject: c.subject, Role: Service})
	if err != nil {
		return "", err
	}
	c.text, c.renew = text, expires.Add(-c.signer.config.Lifetime/2)
	return text, nil
}
