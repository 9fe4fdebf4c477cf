// Package mail sends the shop's letters. Whoever has one to send writes it to a
// table first, in the transaction that it tells of, and sends it from there: a
// letter may come twice then, under the same id, and is never lost.
package mail

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/url"
	"time"
)

// Message is a letter of plain text.
type Message struct {
	// ID names the letter; sent again, it is the same.
	ID            string
	To            string
	Subject, Text string
	Date          time.Time
}

// Mailer sends letters. An error means that the letter may not have left, and
// has to be sent again.
type Mailer interface {
	Send(ctx context.Context, m Message) error
}

// format writes the letter as RFC 5322 wants it. Nothing in it can add a header:
// the address is parsed and the subject is encoded.
func (m Message) format(from string) ([]byte, error) {
	to, err := netmail.ParseAddress(m.To)
	if err != nil {
		return nil, fmt.Errorf("a letter to %q: %w", m.To, err)
	}
	sender, err := netmail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("a letter from %q: %w", from, err)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nSubject: %s\r\n", sender, to, mime.QEncoding.Encode("utf-8", m.Subject))
	fmt.Fprintf(&b, "Date: %s\r\nMessage-ID: <%s@shopgraph>\r\n", m.Date.UTC().Format(time.RFC1123Z), url.PathEscape(m.ID))
	b.WriteString("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	body := quotedprintable.NewWriter(&b)
	if _, err := body.Write([]byte(m.Text)); err != nil {
		return nil, err
	}
	return b.Bytes(), body.Close()
}
