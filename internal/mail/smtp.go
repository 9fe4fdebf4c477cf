package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/smtp"
	"net/url"
	"time"
)

// SMTP is a Mailer that hands letters to a mail server.
type SMTP struct {
	address, host, from string
	auth                smtp.Auth
	implicitTLS         bool
}

// sendTimeout is how long handing over one letter may take.
const sendTimeout = 30 * time.Second

// ParseSMTP reads where the server is and who sends:
//
//	smtp://account:password@mail.example:587?from=shop@example.com
//
// With smtps the connection begins with TLS; with smtp it changes to TLS when the
// server offers that, and an account's password goes over TLS or to this machine
// alone. The error does not repeat the URL, which has a password in it.
func ParseSMTP(text string) (*SMTP, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, errors.New("the mail server has to be given like smtp://account:password@mail.example:587?from=shop@example.com")
	}
	s := &SMTP{host: u.Hostname(), from: u.Query().Get("from"), implicitTLS: u.Scheme == "smtps"}
	if _, err := netmail.ParseAddress(s.from); err != nil {
		return nil, errors.New("the mail server's URL lacks the sender: add ?from=shop@example.com")
	}
	port := map[bool]string{false: "587", true: "465"}[s.implicitTLS]
	if u.Port() != "" {
		port = u.Port()
	}
	s.address = net.JoinHostPort(s.host, port)
	if password, ok := u.User.Password(); ok {
		s.auth = smtp.PlainAuth("", u.User.Username(), password, s.host)
	}
	return s, nil
}

// Send implements Mailer.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	text, err := m.format(s.from)
	if err != nil {
		return err
	}
	client, err := s.dial(ctx)
	if err != nil {
		return fmt.Errorf("mail server %s: %w", s.address, err)
	}
	defer client.Close()
	if err := s.hand(client, m.To, text); err != nil {
		return fmt.Errorf("mail server %s: %w", s.address, err)
	}
	return nil
}

func (s *SMTP) dial(ctx context.Context) (*smtp.Client, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.address)
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Now().Add(sendTimeout)); err != nil {
		return nil, err
	}
	if s.implicitTLS {
		conn = tls.Client(conn, &tls.Config{ServerName: s.host})
	}
	return smtp.NewClient(conn, s.host)
}

func (s *SMTP) hand(client *smtp.Client, to string, text []byte) error {
	if offered, _ := client.Extension("STARTTLS"); offered && !s.implicitTLS {
		if err := client.StartTLS(&tls.Config{ServerName: s.host}); err != nil {
			return err
		}
	}
	if s.auth != nil {
		if err := client.Auth(s.auth); err != nil {
			return err
		}
	}
	sender, err := netmail.ParseAddress(s.from)
	if err != nil {
		return err
	}
	if err := client.Mail(sender.Address); err != nil {
		return err
	}
	if err := client.Rcpt(to); err != nil {
		return err
	}
	body, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := body.Write(text); err != nil {
		return err
	}
	if err := body.Close(); err != nil {
		return err
	}
	return client.Quit()
}
