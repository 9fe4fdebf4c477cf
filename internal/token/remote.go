package token

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/MicahParks/jwkset"
)

// RemoteConfig says where a JWK set is and how often it may be asked for.
type RemoteConfig struct {
	URL string
	// Client makes the requests; nil is http.DefaultClient.
	Client *http.Client
	Log    *slog.Logger
	// MaxAge is the age at which the set is read again, beside the requests;
	// zero is 5 minutes.
	MaxAge time.Duration
	// Pause is the least time between two readings that unknown keys cause, so
	// that invented key ids do not become requests to the issuer; zero is 5
	// seconds.
	Pause time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// RemoteKeys is the JWK set at a URL. It is read at the first need, again when
// it is old or a token names a key it lacks (so a rotation is seen at once), and
// while the URL does not answer the last good set stays in use. It is safe for
// concurrent use.
type RemoteKeys struct {
	config RemoteConfig

	mu      sync.RWMutex
	keys    map[string]crypto.PublicKey
	read    time.Time     // when keys were read
	begun   time.Time     // when the last reading began
	reading chan struct{} // closed at the end of the reading under way; nil when there is none
	failure error         // of the last reading
}

const (
	fetchTimeout = 5 * time.Second
	maxDocument  = 1 << 20
)

// NewRemoteKeys returns the set at the URL without reading it yet.
func NewRemoteKeys(c RemoteConfig) *RemoteKeys {
	if c.Client == nil {
		c.Client = http.DefaultClient
	}
	if c.MaxAge == 0 {
		c.MaxAge = 5 * time.Minute
	}
	if c.Pause == 0 {
		c.Pause = 5 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &RemoteKeys{config: c}
}

// Key implements KeySource. A key that is known is returned at once, also when
// the set is due to be read again.
func (r *RemoteKeys) Key(ctx context.Context, kid string) (crypto.PublicKey, error) {
	key, fresh := r.lookUp(kid)
	if fresh {
		return key, nil
	}
	reading := r.beginReading()
	if key != nil {
		return key, nil
	}
	select {
	case <-reading:
		return r.settled(kid)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (r *RemoteKeys) lookUp(kid string) (key crypto.PublicKey, fresh bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	key = r.keys[kid]
	return key, key != nil && r.config.Now().Sub(r.read) < r.config.MaxAge
}

// settled is the answer when the last reading is over.
func (r *RemoteKeys) settled(kid string) (crypto.PublicKey, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	switch key := r.keys[kid]; {
	case key != nil:
		return key, nil
	case r.failure != nil:
		return nil, r.failure
	}
	return nil, ErrUnknownKey
}

// beginReading starts a reading, joins the one under way, or does nothing when
// the last began a moment ago. What it returns is closed when that is over. A
// reading ends by itself, also when the request that caused it is gone.
func (r *RemoteKeys) beginReading() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.config.Now()
	switch {
	case r.reading != nil:
		return r.reading
	case !r.begun.IsZero() && now.Sub(r.begun) < r.config.Pause:
		return over
	}
	r.begun, r.reading = now, make(chan struct{})
	go r.readOnce(r.reading)
	return r.reading
}

var over = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

func (r *RemoteKeys) readOnce(done chan struct{}) {
	ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
	defer cancel()
	keys, err := r.download(ctx)
	if err != nil {
		r.config.Log.Error("the key set cannot be read; the last one stays in use", "url", r.config.URL, "error", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failure = err; err == nil {
		r.keys, r.read = keys, r.config.Now()
	}
	r.reading = nil
	close(done)
}

func (r *RemoteKeys) download(ctx context.Context) (map[string]crypto.PublicKey, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.config.URL, nil)
	if err != nil {
		return nil, err
	}
	response, err := r.config.Client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the key set answers %s", response.Status)
	}
	document, err := io.ReadAll(io.LimitReader(response.Body, maxDocument))
	if err != nil {
		return nil, err
	}
	return parseKeySet(document)
}

// parseKeySet returns the public signature keys of a JWK set that have an id.
// Keys of other kinds and uses are passed over, as RFC 7517 §5 asks; a set
// without any usable key is an error.
func parseKeySet(document []byte) (map[string]crypto.PublicKey, error) {
	var set jwkset.JWKSMarshal
	if err := json.Unmarshal(document, &set); err != nil {
		return nil, fmt.Errorf("the key set is not JSON: %w", err)
	}
	keys := map[string]crypto.PublicKey{}
	for _, marshalled := range set.Keys {
		if marshalled.KID == "" || marshalled.USE != "" && marshalled.USE != jwkset.UseSig {
			continue
		}
		parsed, err := jwkset.NewJWKFromMarshal(marshalled, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{})
		if err != nil {
			continue
		}
		switch key := parsed.Key().(type) {
		case ed25519.PublicKey, *ecdsa.PublicKey, *rsa.PublicKey:
			keys[marshalled.KID] = key
		}
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("the key set has no usable key among %d", len(set.Keys))
	}
	return keys, nil
}
