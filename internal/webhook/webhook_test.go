package webhook

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// The example of the specification's own libraries.
func TestTheExampleOfTheSpecification(t *testing.T) {
	secret, err := ParseSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{}
	Sign(header, secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if got := header.Get(SignatureHeader); got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("signature %s", got)
	}
	if FormatSecret(secret) != "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" {
		t.Errorf("the secret is written %s", FormatSecret(secret))
	}
}

func TestVerify(t *testing.T) {
	secret, now, body := NewSecret(), time.Unix(1_800_000_000, 0), []byte(`{"a":1}`)
	good := http.Header{}
	Sign(good, secret, "evt_1", now, body)
	with := func(name, value string) http.Header {
		h := good.Clone()
		h.Set(name, value)
		return h
	}
	if id, err := Verify(good, secret, now.Add(Tolerance), body); id != "evt_1" || err != nil {
		t.Errorf("a good one: %q, %v", id, err)
	}
	if _, err := Verify(with(SignatureHeader, "v1a,xx v1,AAAA "+good.Get(SignatureHeader)), secret, now, body); err != nil {
		t.Errorf("among others: %v", err)
	}
	for name, c := range map[string]struct {
		header http.Header
		secret []byte
		now    time.Time
		body   string
	}{
		"another body":       {good, secret, now, `{"a":2}`},
		"another secret":     {good, NewSecret(), now, string(body)},
		"another id":         {with(IDHeader, "evt_2"), secret, now, string(body)},
		"no id":              {with(IDHeader, ""), secret, now, string(body)},
		"another time":       {with(TimestampHeader, "1800000001"), secret, now, string(body)},
		"no time":            {with(TimestampHeader, "soon"), secret, now, string(body)},
		"too old":            {good, secret, now.Add(Tolerance + time.Second), string(body)},
		"of the future":      {good, secret, now.Add(-Tolerance - time.Second), string(body)},
		"no signature":       {with(SignatureHeader, ""), secret, now, string(body)},
		"no version":         {with(SignatureHeader, strings.TrimPrefix(good.Get(SignatureHeader), "v1,")), secret, now, string(body)},
		"a signature cut":    {with(SignatureHeader, good.Get(SignatureHeader)[:20]), secret, now, string(body)},
		"nothing whatsoever": {http.Header{}, secret, now, ""},
	} {
		if id, err := Verify(c.header, c.secret, c.now, []byte(c.body)); err != ErrSignature || id != "" {
			t.Errorf("%s: %q, %v", name, id, err)
		}
	}
}

func TestSecretsThatAreNone(t *testing.T) {
	for _, text := range []string{"", "whsec_", "whsec_c2hvcnQ=", "not base64 at all, and long enough for it"} {
		if _, err := ParseSecret(text); err == nil {
			t.Errorf("%q is a secret", text)
		}
	}
}
