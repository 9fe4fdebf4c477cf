package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/router/identity"
)

// passing is what subgraphs learn of who asks beside the client's headers; nil for
// nothing.
func (c *config) passing() (*identity.Passing, error) {
	switch {
	case c.identity == "headers" && len(c.identityHeaders) == 0:
		return nil, errors.New("identity is \"headers\", and no identity-header says which; give one like X-User=sub")
	case c.identity != "headers" && len(c.identityHeaders) > 0:
		return nil, fmt.Errorf("there is an identity-header, and identity is %q", c.identity)
	case c.identity != "router" && c.identityKey != "":
		return nil, fmt.Errorf("there is an identity-key, and identity is %q", c.identity)
	case c.identity == "token":
		return nil, nil
	case c.role == "router" && len(c.issuers) == 0:
		return nil, fmt.Errorf("identity is %q, and no issuer says whose tokens are good", c.identity)
	}
	o := identity.Options{Headers: c.identityHeaders, Lifetime: c.identityLifetime}
	if c.identity == "router" {
		text, err := c.readIdentityKey()
		if err != nil {
			return nil, err
		}
		if o.Keys, err = token.ParseKeys(text); err != nil {
			return nil, fmt.Errorf("the identity-key: %w", err)
		}
	}
	return identity.New(o)
}

// readIdentityKey reads the router's key. Where router and subgraphs are one
// process nobody else needs it, and it may be a new one.
func (c *config) readIdentityKey() ([]byte, error) {
	switch {
	case c.identityKey != "":
		return os.ReadFile(c.identityKey)
	case c.role == "all":
		return token.GenerateKey()
	}
	return nil, errors.New("identity is \"router\", and there is no identity-key to sign its tokens with; make one with \"openssl genpkey -algorithm ed25519\"")
}

// keysPath is where the router publishes the keys of its own tokens.
const keysPath = "/.well-known/jwks.json"

// withKeys publishes the router's keys beside everything else.
func withKeys(p *identity.Passing, next http.Handler) http.Handler {
	if p == nil || p.Keys() == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == keysPath {
			p.Keys().ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
