package mail

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var letter = Message{ID: "m1", To: "ada@example.com", Subject: "Willkommen ☕", Text: "Your code is\n\n  abc=def\n.\n", Date: time.Unix(1_800_000_000, 0)}

// read parses what was sent with the standard library's reader.
func read(t *testing.T, text []byte) (headers netmail.Header, subject, body string) {
	t.Helper()
	parsed, err := netmail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	subject, err = new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(quotedprintable.NewReader(parsed.Body))
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Header, subject, strings.ReplaceAll(string(content), "\r\n", "\n")
}

func TestFolder(t *testing.T) {
	var log bytes.Buffer
	folder := Folder{filepath.Join(t.TempDir(), "new", "mail"), slog.New(slog.NewTextHandler(&log, nil))}
	for range 2 { // sent again, it is the same letter
		if err := folder.Send(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
	}
	files, _ := filepath.Glob(filepath.Join(folder.Path, "*"))
	if len(files) != 1 || filepath.Base(files[0]) != "m1.eml" {
		t.Fatalf("files %v", files)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	headers, subject, body := read(t, text)
	if headers.Get("To") != "<ada@example.com>" || subject != letter.Subject || body != letter.Text {
		t.Errorf("the letter is\n%s", text)
	}
	if said := log.String(); !strings.Contains(said, "to=ada@example.com") || strings.Contains(said, "abc=def") {
		t.Errorf("the log says %s", said)
	}
}

func TestALetterCannotAddHeaders(t *testing.T) {
	for name, m := range map[string]Message{
		"a line break in the address": {ID: "x", To: "a@example.com\r\nBcc: b@example.com"},
		"two addresses":               {ID: "x", To: "a@example.com, b@example.com"},
		"a path for an id":            {ID: "../x", To: "a@example.com"},
	} {
		if err := (Folder{t.TempDir(), slog.New(slog.DiscardHandler)}).Send(t.Context(), m); err == nil {
			t.Errorf("%s: it is sent", name)
		}
	}
	text, err := Message{ID: "x", To: "a@example.com", Subject: "Hi\r\nBcc: b@example.com"}.format("shop@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if headers, _, _ := read(t, text); headers.Get("Bcc") != "" {
		t.Errorf("the subject added a header:\n%s", text)
	}
}

// server is a mail server that takes one letter and notes what it was told.
func server(t *testing.T) (address string, told chan string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	told = make(chan string, 1)
	go func() {
		conn, err := listener.Accept()
		listener.Close()
		if err != nil {
			return
		}
		defer conn.Close()
		var said strings.Builder
		lines, inData := bufio.NewScanner(conn), false
		fmt.Fprint(conn, "220 here\r\n")
		for lines.Scan() {
			line := lines.Text()
			said.WriteString(line + "\n")
			switch {
			case inData && line == ".":
				inData = false
				fmt.Fprint(conn, "250 taken\r\n")
			case inData:
			case line == "DATA":
				inData = true
				fmt.Fprint(conn, "354 go on\r\n")
			case strings.HasPrefix(line, "EHLO"):
				fmt.Fprint(conn, "250-here\r\n250 AUTH PLAIN\r\n")
			case line == "QUIT":
				fmt.Fprint(conn, "221 bye\r\n")
			case strings.HasPrefix(line, "AUTH"):
				fmt.Fprint(conn, "235 welcome\r\n")
			default:
				fmt.Fprint(conn, "250 fine\r\n")
			}
		}
		told <- said.String()
	}()
	return listener.Addr().String(), told
}

func TestSMTP(t *testing.T) {
	address, told := server(t)
	s, err := ParseSMTP("smtp://shop:secret@" + address + "?from=Shop%20%3Cshop@example.com%3E")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	said := <-told
	for _, want := range []string{"AUTH PLAIN", "MAIL FROM:<shop@example.com>", "RCPT TO:<ada@example.com>", "Message-ID: <m1@shopgraph>"} {
		if !strings.Contains(said, want) {
			t.Errorf("the server was not told %q:\n%s", want, said)
		}
	}
	if err := s.Send(t.Context(), letter); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a server that is gone: %v", err)
	}
}

func TestParseSMTP(t *testing.T) {
	for _, wrong := range []string{"", "mail.example", "http://mail.example?from=a@example.com", "smtp://mail.example", "smtp://user:secret@:x?from=a@example.com", "smtp://mail.example?from=nobody"} {
		if _, err := ParseSMTP(wrong); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	for given, want := range map[string]string{
		"smtp://mail.example?from=a@example.com": "mail.example:587", "smtps://mail.example?from=a@example.com": "mail.example:465", "smtp://mail.example:25?from=a@example.com": "mail.example:25",
	} {
		if s, err := ParseSMTP(given); err != nil || s.address != want {
			t.Errorf("%s: %+v, %v", given, s, err)
		}
	}
}
