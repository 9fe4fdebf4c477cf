// Package identity says what subgraphs learn of who asks, instead of the client's
// own token: headers with what the token says, or a token of the router's own.
//
//	client's request ──Admit──► context ──Apply──► each request to a subgraph
//
// A token of the router's own is short-lived and for one subgraph. It says what the
// client's token said, under the router's name and signature, and without a
// subject where the client is anonymous: a subgraph that takes no other can tell
// the router from anyone who reaches it, and needs to know no issuer but one. The
// client's token stays with the router.
//
// Sources: RFC 7519 (JWT); the idea of a token for each hop is RFC 8693's.
package identity

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/router/headers"
)

// Options say what is passed on. Headers and Keys may be combined.
type Options struct {
	// Headers are names of headers, each with the claim that it carries. What a
	// client sends under these names reaches no subgraph.
	Headers map[string]string
	// Keys sign the router's own tokens: the first signs, all are published. None:
	// there are no such tokens.
	Keys []ed25519.PrivateKey
	// Issuer is the router's name in its tokens; empty is token.IssuerRouter.
	Issuer string
	// Lifetime is how long a token is good for; 0 is DefaultLifetime.
	Lifetime time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// DefaultLifetime is enough for one operation.
const DefaultLifetime = time.Minute

// remembered is how many tokens are kept, to be shown again.
const remembered = 10_000

// Passing passes on who asks. It is safe for concurrent use.
type Passing struct {
	options Options
	// headers are the names, sorted.
	headers []string
	signer  *token.Signer
	keys    *token.KeySet
	tokens  *lru.Cache[tokenKey, signed]
}

// tokenKey is whom a token of ours is for.
type tokenKey struct {
	client   [sha256.Size]byte
	subgraph string
}

// signed is a token with at least half of its lifetime left until renew.
type signed struct {
	header []string
	renew  time.Time
}

// New returns the passing of these options. The error says which header cannot be
// had.
func New(o Options) (*Passing, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Lifetime == 0 {
		o.Lifetime = DefaultLifetime
	}
	if o.Issuer == "" {
		o.Issuer = token.IssuerRouter
	}
	p := &Passing{options: o}
	named := map[string]string{}
	for name, claim := range o.Headers {
		canonical, err := headers.Check(name)
		switch {
		case err != nil:
			return nil, err
		case canonical == "Authorization":
			return nil, fmt.Errorf("%s carries tokens, not claims: choose another header", canonical)
		case claim == "":
			return nil, fmt.Errorf("the header %s has no claim to carry", canonical)
		}
		named[canonical] = claim
	}
	p.options.Headers, p.headers = named, slices.Sorted(maps.Keys(named))
	if len(o.Keys) > 0 {
		p.signer = token.NewSigner(token.SignerConfig{Key: o.Keys[0], Issuer: o.Issuer, Lifetime: o.Lifetime, Now: o.Now})
		p.keys = token.NewKeySet(token.PublicKeys(o.Keys)...)
		p.tokens, _ = lru.New[tokenKey, signed](remembered) // errs for sizes below 1 only
	}
	return p, nil
}

// Keys are the public keys of the router's own tokens; nil where it signs none.
func (p *Passing) Keys() *token.KeySet { return p.keys }

type contextKey struct{}

// client is who sends a request.
type client struct {
	claims token.Claims
	known  bool
	// hash is of the client's own token.
	hash [sha256.Size]byte
}

// Admit is a server.Admission: it keeps who asks for Apply. It has to come after
// the authentication.
func (p *Passing) Admit(ctx context.Context, r *http.Request) (context.Context, error) {
	c := &client{}
	if c.claims, c.known = token.FromContext(ctx); c.known {
		c.hash = sha256.Sum256([]byte(r.Header.Get("Authorization")))
	}
	return context.WithValue(ctx, contextKey{}, c), nil
}

// Apply adds to the headers of a request to the named subgraph. It has to come
// after what passes on the client's.
func (p *Passing) Apply(ctx context.Context, subgraph string, header http.Header) {
	c, _ := ctx.Value(contextKey{}).(*client)
	if c == nil {
		c = &client{}
	}
	for _, name := range p.headers {
		delete(header, name)
		if text, ok := headerText(c.claims.All[p.options.Headers[name]]); ok {
			header[name] = []string{text}
		}
	}
	if p.signer == nil {
		return
	}
	delete(header, "Authorization")
	if value, err := p.token(c, subgraph); err == nil { // else the subgraph refuses, as it would anyone
		header["Authorization"] = value
	}
}

// token returns the Authorization header that says who asks.
func (p *Passing) token(c *client, subgraph string) ([]string, error) {
	key := tokenKey{c.hash, subgraph}
	if known, ok := p.tokens.Get(key); ok && p.options.Now().Before(known.renew) {
		return known.header, nil
	}
	text, expires, err := p.signer.SignClaims(p.claims(c, subgraph))
	if err != nil {
		return nil, err
	}
	made := signed{[]string{"Bearer " + text}, expires.Add(-p.options.Lifetime / 2)}
	p.tokens.Add(key, made)
	return made.header, nil
}

// ownClaims are the router's to say, whatever the client's token says.
var ownClaims = []string{"iss", "aud", "exp", "nbf", "iat", "jti"}

func (p *Passing) claims(c *client, subgraph string) map[string]any {
	claims := map[string]any{"aud": subgraph}
	for name, value := range c.claims.All {
		if !slices.Contains(ownClaims, name) {
			claims[name] = value
		}
	}
	if c.known {
		claims["client_iss"] = c.claims.Issuer
	}
	return claims
}

// headerText is a claim as the value of a header: texts and numbers as they are,
// lists of texts with spaces between, everything else as JSON. ok is false for a
// claim that is not there, or that no header can carry.
func headerText(claim any) (text string, ok bool) {
	switch claim := claim.(type) {
	case nil:
		return "", false
	case string:
		text = claim
	case float64:
		text = strconv.FormatFloat(claim, 'f', -1, 64)
	default:
		if text, ok = spaced(claim); !ok {
			written, err := json.Marshal(claim)
			if err != nil {
				return "", false
			}
			text = string(written)
		}
	}
	return text, strings.IndexFunc(text, isControl) < 0
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

func spaced(claim any) (text string, ok bool) {
	list, ok := claim.([]any)
	if !ok {
		return "", false
	}
	var texts []string
	for _, element := range list {
		element, ok := element.(string)
		if !ok {
			return "", false
		}
		texts = append(texts, element)
	}
	return strings.Join(texts, " "), true
}
