// Package webhook signs messages to URLs and verifies them, as the Standard
// Webhooks specification has it (standardwebhooks.com): an HMAC-SHA256 over the
// message's id, the time and the body.
package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The headers of a message.
const (
	IDHeader        = "Webhook-Id"
	TimestampHeader = "Webhook-Timestamp"
	SignatureHeader = "Webhook-Signature"
)

// Tolerance is how far a message's time may lie from now, either way: an older
// one may be somebody's who has overheard it.
const Tolerance = 5 * time.Minute

// ErrSignature is a message that is not the sender's, or not of now.
var ErrSignature = errors.New("the message is not signed by whom it should be, or too old")

// secretPrefix is how a secret is recognised as one.
const secretPrefix = "whsec_"

// NewSecret returns a secret of 32 random bytes.
func NewSecret() []byte {
	secret := make([]byte, 32)
	rand.Read(secret) // errs never
	return secret
}

// FormatSecret is the text in which a secret is told.
func FormatSecret(secret []byte) string {
	return secretPrefix + base64.StdEncoding.EncodeToString(secret)
}

// ParseSecret reads the text of a secret of 24 bytes or more.
func ParseSecret(text string) ([]byte, error) {
	secret, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, secretPrefix))
	if err != nil || len(secret) < 24 {
		return nil, fmt.Errorf("it is not %s and at least 24 bytes in base64", secretPrefix)
	}
	return secret, nil
}

// Sign puts the message's id, time and signature into its header.
func Sign(header http.Header, secret []byte, id string, at time.Time, body []byte) {
	header.Set(IDHeader, id)
	header.Set(TimestampHeader, strconv.FormatInt(at.Unix(), 10))
	header.Set(SignatureHeader, "v1,"+base64.StdEncoding.EncodeToString(sum(secret, id, header.Get(TimestampHeader), body)))
}

// Verify returns the message's id, ErrSignature unless one of its signatures is
// by the secret and its time is about now.
func Verify(header http.Header, secret []byte, now time.Time, body []byte) (id string, err error) {
	id, timestamp := header.Get(IDHeader), header.Get(TimestampHeader)
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || id == "" || now.Sub(time.Unix(seconds, 0)).Abs() > Tolerance {
		return "", ErrSignature
	}
	want := sum(secret, id, timestamp, body)
	for signature := range strings.FieldsSeq(header.Get(SignatureHeader)) {
		text, ours := strings.CutPrefix(signature, "v1,")
		shown, err := base64.StdEncoding.DecodeString(text)
		if ours && err == nil && hmac.Equal(shown, want) {
			return id, nil
		}
	}
	return "", ErrSignature
}

func sum(secret []byte, id, timestamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	return mac.Sum(nil)
}
