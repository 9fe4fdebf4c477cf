package token

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func newKey(t *testing.T) ed25519.PublicKey {
	t.Helper()
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return public
}

func TestParseKeys(t *testing.T) {
	first, _ := GenerateKey()
	second, _ := GenerateKey()
	keys, err := ParseKeys(bytes.Join([][]byte{first, second}, nil))
	if err != nil || len(keys) != 2 || len(PublicKeys(keys)) != 2 {
		t.Fatalf("ParseKeys = %d keys, %v", len(keys), err)
	}
	der, _ := x509.MarshalPKCS8PrivateKey(func() any { k, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader); return k }())
	for name, text := range map[string]string{
		"nothing":        "",
		"not PEM":        "secret",
		"a certificate":  string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")})),
		"broken DER":     string(pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: []byte("x")})),
		"another kind":   string(pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der})),
		"one good, then": string(first) + string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: []byte("x")})),
	} {
		if _, err := ParseKeys([]byte(text)); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: ParseKeys = %v", name, err)
		}
	}
}

func TestKeySetIsServedAndRead(t *testing.T) {
	key := newKey(t)
	answer := httptest.NewRecorder()
	NewKeySet(key).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/.well-known/jwks.json", nil))
	keys, err := parseKeySet(answer.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := keys[keyID(key)].(ed25519.PublicKey); !ok || !got.Equal(key) {
		t.Errorf("the set holds %v", keys)
	}
	if strings.Contains(answer.Body.String(), `"d"`) {
		t.Error("the document has a private part")
	}
	answer = httptest.NewRecorder()
	NewKeySet(key).ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/.well-known/jwks.json", nil))
	if answer.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST answers %d", answer.Code)
	}
}

func TestParseKeySetPassesOverWhatIsNoPublicSignatureKey(t *testing.T) {
	for name, document := range map[string]string{
		"not JSON":          `<html>`,
		"no keys":           `{"keys":[]}`,
		"a shared secret":   `{"keys":[{"kty":"oct","kid":"a","k":"c2VjcmV0"}]}`,
		"for encryption":    strings.Replace(string(NewKeySet(newKey(t)).document), `"use":"sig"`, `"use":"enc"`, 1),
		"without an id":     strings.Replace(string(NewKeySet(newKey(t)).document), `"kid"`, `"x-kid"`, 1),
		"a key cut short":   `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"AAAA"}]}`,
		"an unknown family": `{"keys":[{"kty":"XYZ","kid":"a"}]}`,
	} {
		if keys, err := parseKeySet([]byte(document)); err == nil {
			t.Errorf("%s: read as %v", name, keys)
		}
	}
}

// issuer is a JWK set that a test can rotate and break.
type testIssuer struct {
	server   *httptest.Server
	requests atomic.Int32
	set      atomic.Pointer[KeySet] // nil: the server answers 500
	clock    atomic.Int64           // seconds
}

func newTestIssuer(t *testing.T, keys ...ed25519.PublicKey) (*testIssuer, *RemoteKeys) {
	i := &testIssuer{}
	i.clock.Store(1_800_000_000)
	i.set.Store(NewKeySet(keys...))
	i.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.requests.Add(1)
		if set := i.set.Load(); set != nil {
			set.ServeHTTP(w, r)
			return
		}
		http.Error(w, "broken", http.StatusInternalServerError)
	}))
	t.Cleanup(i.server.Close)
	return i, NewRemoteKeys(RemoteConfig{
		URL: i.server.URL, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.Unix(i.clock.Load(), 0) },
	})
}

func (i *testIssuer) pass(d time.Duration) { i.clock.Add(int64(d / time.Second)) }

func mustKey(t *testing.T, r *RemoteKeys, want ed25519.PublicKey) {
	t.Helper()
	got, err := r.Key(t.Context(), keyID(want))
	if err != nil || !want.Equal(got) {
		t.Fatalf("Key = %v, %v", got, err)
	}
}

func TestRemoteKeysSeeARotationAtOnce(t *testing.T) {
	old, next := newKey(t), newKey(t)
	issuer, remote := newTestIssuer(t, old)
	mustKey(t, remote, old)
	issuer.set.Store(NewKeySet(next, old))
	issuer.pass(time.Minute)
	mustKey(t, remote, next)
	mustKey(t, remote, old)
	if n := issuer.requests.Load(); n != 2 {
		t.Errorf("%d readings, want 2", n)
	}
}

func TestRemoteKeysAreReadOnceForManyRequests(t *testing.T) {
	key := newKey(t)
	issuer, remote := newTestIssuer(t, key)
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() { mustKey(t, remote, key) })
	}
	group.Wait()
	if n := issuer.requests.Load(); n != 1 {
		t.Errorf("%d readings, want 1", n)
	}
}

func TestInventedKeyIDsAreNoRequestsToTheIssuer(t *testing.T) {
	key := newKey(t)
	issuer, remote := newTestIssuer(t, key)
	mustKey(t, remote, key)
	for range 100 {
		if _, err := remote.Key(t.Context(), "invented"); !errors.Is(err, ErrUnknownKey) {
			t.Fatalf("Key = %v", err)
		}
	}
	issuer.pass(5 * time.Second)
	for range 100 {
		remote.Key(t.Context(), "invented")
	}
	if n := issuer.requests.Load(); n != 2 {
		t.Errorf("%d readings, want 2", n)
	}
}

func TestTheLastGoodSetStaysInUse(t *testing.T) {
	key := newKey(t)
	issuer, remote := newTestIssuer(t, key)
	mustKey(t, remote, key)
	issuer.set.Store(nil)
	issuer.pass(time.Hour)
	mustKey(t, remote, key) // and begins a reading, which fails
	if _, err := remote.Key(t.Context(), "perhaps a rotation"); err == nil || errors.Is(err, ErrUnknownKey) {
		t.Errorf("an unknown key while the issuer is down: %v, want that it cannot be known", err)
	}
	mustKey(t, remote, key)
	issuer.set.Store(NewKeySet(key))
	issuer.pass(time.Minute)
	if _, err := remote.Key(t.Context(), "unknown"); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("after recovery: %v", err)
	}
}

func TestAnOldSetIsReadAgainAndWithdrawnKeysGo(t *testing.T) {
	withdrawn, next := newKey(t), newKey(t)
	issuer, remote := newTestIssuer(t, withdrawn)
	mustKey(t, remote, withdrawn)
	issuer.set.Store(NewKeySet(next))
	issuer.pass(6 * time.Minute)
	remote.Key(t.Context(), keyID(withdrawn)) // begins the reading
	mustKey(t, remote, next)                  // joins it
	if _, err := remote.Key(t.Context(), keyID(withdrawn)); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("the withdrawn key: %v", err)
	}
}
