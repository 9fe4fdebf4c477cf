// Package tokentest issues access tokens for tests: good ones, and one for each
// way in which a token can be wrong.
package tokentest

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/shopgraph/shopgraph/internal/token"
)

// Authority stands for a service that issues tokens: its private key and the
// key set that verifies them.
type Authority struct {
	tb testing.TB
	// Key is the private key, for a service under test to sign with.
	Key      ed25519.PrivateKey
	issuer   string
	audience string
	Keys     *token.KeySet
}

// Users returns an authority that issues as users does, with a key of its own.
func Users(tb testing.TB) *Authority { return authority(tb, token.IssuerUsers, token.AudienceAPI) }

// Orders returns an authority that issues service credentials as orders does.
func Orders(tb testing.TB) *Authority {
	return authority(tb, token.IssuerOrders, token.AudienceServices)
}

func authority(tb testing.TB, issuer, audience string) *Authority {
	tb.Helper()
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return &Authority{tb, key, issuer, audience, token.NewKeySet(public)}
}

// Signer returns the authority's signer, as the service itself holds it.
func (a *Authority) Signer() *token.Signer {
	return token.NewSigner(token.SignerConfig{Key: a.Key, Issuer: a.issuer, Audience: a.audience, Lifetime: 5 * time.Minute})
}

// Token returns a good token.
func (a *Authority) Token(subject string, role token.Role) string {
	a.tb.Helper()
	return a.Grant(token.Grant{Subject: subject, Role: role, EmailVerified: true})
}

// Grant returns a good token that says this.
func (a *Authority) Grant(g token.Grant) string {
	a.tb.Helper()
	text, _, err := a.Signer().Sign(g)
	if err != nil {
		a.tb.Fatal(err)
	}
	return text
}

// Hostile returns tokens that must all be refused, by what is wrong with them.
// Each would be good for the subject and role but for that.
func (a *Authority) Hostile(subject string, role token.Role) map[string]string {
	a.tb.Helper()
	now := time.Now()
	good := jwt.MapClaims{
		"iss": a.issuer, "aud": a.audience, "sub": subject, "role": string(role),
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
	}
	tokens := map[string]string{}
	for name, change := range map[string]jwt.MapClaims{
		"another issuer":        {"iss": "https://login.example"},
		"no issuer":             {"iss": nil},
		"a list of issuers":     {"iss": []string{a.issuer}},
		"another audience":      {"aud": "someone else"},
		"no audience":           {"aud": nil},
		"an empty audience":     {"aud": []string{}},
		"expired":               {"exp": now.Add(-time.Hour).Unix(), "iat": now.Add(-2 * time.Hour).Unix(), "nbf": now.Add(-2 * time.Hour).Unix()},
		"no exp":                {"exp": nil},
		"exp as text":           {"exp": "tomorrow"},
		"not yet valid":         {"nbf": now.Add(time.Hour).Unix()},
		"issued in the future":  {"iat": now.Add(time.Hour).Unix()},
		"no subject":            {"sub": nil},
		"an empty subject":      {"sub": ""},
		"no role":               {"role": nil},
		"a role nobody gives":   {"role": "root"},
		"roles in a list":       {"role": []string{"admin"}},
		"a role in other case":  {"role": strings.ToUpper(string(role))},
		"exp of a far overflow": {"exp": 1e300},
	} {
		claims := maps.Clone(good)
		for k, v := range change {
			if claims[k] = v; v == nil {
				delete(claims, k)
			}
		}
		tokens[name] = a.sign(claims, nil, a.Key)
	}
	maps.Copy(tokens, a.wrongSignatures(good))
	return tokens
}

// wrongSignatures returns tokens whose claims are good and whose signature,
// algorithm or form is not.
func (a *Authority) wrongSignatures(good jwt.MapClaims) map[string]string {
	signed := a.sign(good, nil, a.Key)
	head, _, _ := strings.Cut(signed, ".")
	unsigned := signed[:strings.LastIndexByte(signed, '.')]
	_, stranger, _ := ed25519.GenerateKey(rand.Reader)
	rsaKey, _ := rsa.GenerateKey(rand.Reader, 2048)
	der, _ := x509.MarshalPKIXPublicKey(a.Key.Public())
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})

	forged := maps.Clone(good)
	forged["role"], forged["sub"] = string(token.Admin), "usr_00000000000000000000000000"
	payload, _ := json.Marshal(forged)

	rs256 := jwt.NewWithClaims(jwt.SigningMethodRS256, good)
	rs256.Header["kid"] = kid(signed)
	rsSigned, _ := rs256.SignedString(rsaKey)
	return map[string]string{
		"alg none":                     none(good, "none"),
		"alg NONE":                     none(good, "NONE"),
		"no alg":                       none(good, ""),
		"no signature":                 unsigned + ".",
		"two parts":                    unsigned,
		"signed by a stranger":         a.sign(good, nil, stranger),
		"an unknown key id":            a.sign(good, map[string]any{"kid": "another"}, a.Key),
		"no key id":                    a.sign(good, map[string]any{"kid": nil}, a.Key),
		"a key id that is a path":      a.sign(good, map[string]any{"kid": "../../etc/passwd"}, a.Key),
		"a key id that is a number":    a.sign(good, map[string]any{"kid": 7}, a.Key),
		"claims changed after signing": head + "." + base64.RawURLEncoding.EncodeToString(payload) + signed[strings.LastIndexByte(signed, '.'):],
		"HS256 with the public key":    hs256(good, kid(signed), a.Key.Public().(ed25519.PublicKey)),
		"HS256 with the public PEM":    hs256(good, kid(signed), public),
		"RS256":                        rsSigned,
		"an embedded key":              a.sign(good, map[string]any{"jwk": map[string]string{"kty": "OKP", "crv": "Ed25519", "x": base64.RawURLEncoding.EncodeToString(stranger.Public().(ed25519.PublicKey))}}, stranger),
		"a signature cut short":        signed[:len(signed)-4],
		"trailing text":                signed + ".x",
		"not a token":                  "hello",
		"nothing":                      "",
		"a token of 20 kB":             strings.Repeat("a", 20_000),
	}
}

func (a *Authority) sign(claims jwt.MapClaims, header map[string]any, key ed25519.PrivateKey) string {
	a.tb.Helper()
	unsigned := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims)
	unsigned.Header["kid"] = kid(a.Token("x", token.Customer))
	for k, v := range header {
		if unsigned.Header[k] = v; v == nil {
			delete(unsigned.Header, k)
		}
	}
	text, err := unsigned.SignedString(key)
	if err != nil {
		a.tb.Fatal(err)
	}
	return text
}

func kid(signed string) any {
	parsed, _, err := jwt.NewParser().ParseUnverified(signed, jwt.MapClaims{})
	if err != nil {
		return nil
	}
	return parsed.Header["kid"]
}

func none(claims jwt.MapClaims, alg string) string {
	header := map[string]any{"typ": "JWT", "alg": alg}
	if alg == "" {
		delete(header, "alg")
	}
	head, _ := json.Marshal(header)
	body, _ := json.Marshal(claims)
	return base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(body) + "."
}

// hs256 signs with a secret that everybody knows: the public key.
func hs256(claims jwt.MapClaims, kid any, secret []byte) string {
	head, _ := json.Marshal(map[string]any{"typ": "JWT", "alg": "HS256", "kid": kid})
	body, _ := json.Marshal(claims)
	text := base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(body)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
