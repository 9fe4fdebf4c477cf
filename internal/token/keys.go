package token

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
)

// KeySource finds the public key that verifies a token.
type KeySource interface {
	// Key returns the key with this id: ErrUnknownKey when the issuer has none
	// such, any other error when that cannot be known now.
	Key(ctx context.Context, kid string) (crypto.PublicKey, error)
}

// ErrUnknownKey is a key id that the issuer does not publish.
var ErrUnknownKey = errors.New("the issuer has no such key")

// KeySet is a fixed set of keys. It is a KeySource, and as a handler it
// is the issuer's /.well-known/jwks.json.
type KeySet struct {
	keys     map[string]crypto.PublicKey
	document []byte
}

// ParseKeySet reads a JWK set that was had in another way than from its issuer,
// such as from a file.
func ParseKeySet(document []byte) (*KeySet, error) {
	keys, err := parseKeySet(document)
	if err != nil {
		return nil, err
	}
	return &KeySet{keys, document}, nil
}

// NewKeySet returns the set of these keys.
func NewKeySet(keys ...ed25519.PublicKey) *KeySet {
	set := &KeySet{keys: map[string]crypto.PublicKey{}}
	list := []jwk{}
	for _, key := range keys {
		kid := keyID(key)
		set.keys[kid] = key
		list = append(list, jwk{"OKP", "Ed25519", base64.RawURLEncoding.EncodeToString(key), kid, "EdDSA", "sig"})
	}
	set.document, _ = json.Marshal(map[string]any{"keys": list})
	return set
}

// jwk is a public key as RFC 8037 writes it.
type jwk struct {
	Type      string `json:"kty"`
	Curve     string `json:"crv"`
	X         string `json:"x"`
	ID        string `json:"kid"`
	Algorithm string `json:"alg"`
	Use       string `json:"use"`
}

// Key implements KeySource.
func (s *KeySet) Key(_ context.Context, kid string) (crypto.PublicKey, error) {
	if key, ok := s.keys[kid]; ok {
		return key, nil
	}
	return nil, ErrUnknownKey
}

// ServeHTTP answers with the JWK set. Verifiers may keep it for some minutes:
// publish a new key that long before signing with it.
func (s *KeySet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "the key set is read with GET", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", "application/jwk-set+json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	w.Write(s.document)
}

// keyID is the key's thumbprint (RFC 7638), so that equal keys have equal ids
// wherever they were read from.
func keyID(key ed25519.PublicKey) string {
	sum := sha256.Sum256(fmt.Appendf(nil, `{"crv":"Ed25519","kty":"OKP","x":"%s"}`, base64.RawURLEncoding.EncodeToString(key)))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// GenerateKey returns a new private key, in PEM (PKCS #8).
func GenerateKey() ([]byte, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der}), nil
}

const pemType = "PRIVATE KEY"

// ParseKeys reads Ed25519 private keys in PEM (PKCS #8), one block each. The
// first signs; the others were used before and still verify.
func ParseKeys(text []byte) ([]ed25519.PrivateKey, error) {
	var keys []ed25519.PrivateKey
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		if block.Type != pemType {
			return nil, fmt.Errorf("signing key %d is a %q, not a %q; make one with \"openssl genpkey -algorithm ed25519\"", len(keys)+1, block.Type, pemType)
		}
		parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("signing key %d: %w", len(keys)+1, err)
		}
		key, ok := parsed.(ed25519.PrivateKey)
		if !ok {
			return nil, fmt.Errorf("signing key %d is %T, not Ed25519; make one with \"openssl genpkey -algorithm ed25519\"", len(keys)+1, parsed)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errors.New("there is no signing key in PEM; make one with \"openssl genpkey -algorithm ed25519\"")
	}
	return keys, nil
}

// PublicKeys returns the public halves, in the same order.
func PublicKeys(keys []ed25519.PrivateKey) []ed25519.PublicKey {
	public := make([]ed25519.PublicKey, len(keys))
	for i, key := range keys {
		public[i] = key.Public().(ed25519.PublicKey)
	}
	return public
}
