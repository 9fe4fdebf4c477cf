package execute

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
)

var httpAnswers = []string{
	"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\ncontent-length:2\r\nCONTENT-TYPE: \t application/json \r\n\r\n{}",
	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n",
	"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n{}",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\n{\r\n01;x=y\r\n}\r\n0\r\nTrailer: t\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}0\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n{}\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}\r\n0\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\n\r\n{}", "HTTP/1.0 200 OK\r\n\r\n{}", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", "HTTP/1.1 200\r\n\r\n", "HTTP/1.1 200 \r\n\r\n",
	"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
	"HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
	"HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n", "ICY 200 OK\r\n\r\n", "", "\r\n\r\n", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\nContent-Length: 2\n\n{}",
	"HTTP/1.1 200 OK\r\nName : v\r\n\r\n", "HTTP/1.1 200 OK\r\n: v\r\n\r\n", "HTTP/1.1 200 OK\r\nName\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\x00c\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
}

// checkAnswer holds that an answer which is accepted is what net/http makes of
// it too, however it arrives.
func checkAnswer(t *testing.T, text []byte) {
	r, err := readHTTP(bytes.NewReader(text))
	slow, slowErr := readHTTP(iotest.OneByteReader(bytes.NewReader(text)))
	if (err == nil) != (slowErr == nil) || err == nil && !bytes.Equal(r.body, slow.body) {
		t.Fatalf("%q\nat once: %q, %v\nbyte by byte: %q, %v", text, r.body, err, slow.body, slowErr)
	}
	if err != nil {
		return
	}
	status, body, err := standardHTTP(text)
	if err != nil || status != r.status || !bytes.Equal(body, r.body) {
		t.Fatalf("%q\nread status %d, %q\nnet/http says %d, %q, %v", text, r.status, r.body, status, body, err)
	}
}

func readHTTP(source io.Reader) (*answerReader, error) {
	r := &answerReader{source: source, limit: 1 << 20}
	if err := r.readHead(); err != nil {
		return r, err
	}
	return r, r.readBody("test")
}

func standardHTTP(text []byte) (status int, body []byte, err error) {
	source := bufio.NewReader(bytes.NewReader(text))
	for {
		response, err := http.ReadResponse(source, &http.Request{Method: http.MethodPost})
		if err != nil {
			return 0, nil, err
		}
		body, err := io.ReadAll(response.Body)
		if response.StatusCode >= 200 || err != nil {
			return response.StatusCode, body, err
		}
	}
}

func TestReadHTTP(t *testing.T) {
	accepted := 0
	for _, text := range httpAnswers {
		checkAnswer(t, []byte(text))
		if _, err := readHTTP(strings.NewReader(text)); err == nil {
			accepted++
		}
	}
	if accepted != 16 {
		t.Errorf("%d of the answers were accepted", accepted)
	}
}

func FuzzReadHTTP(f *testing.F) {
	for _, text := range httpAnswers {
		f.Add([]byte(text))
	}
	f.Fuzz(checkAnswer)
}

// TestReadHTTPBounds reads answers without an end.
func TestReadHTTPBounds(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	for _, c := range []struct{ name, start, repeated string }{
		{"a long line", ok, "x"},
		{"many headers", ok, "X-Header: value\r\n"},
		{"answers that are not final", "", "HTTP/1.1 103 Early Hints\r\n\r\n"},
		{"body until the end", ok + "\r\n", strings.Repeat("x", 4096)},
		{"announced body", ok + "Content-Length: 9000000000\r\n\r\n", "x"},
		{"many chunks", ok + "Transfer-Encoding: chunked\r\n\r\n", "5\r\nxxxxx\r\n"},
		{"a large chunk", ok + "Transfer-Encoding: chunked\r\n\r\nfffffff\r\n", "x"},
		{"many trailers", ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n", "Trailer: value\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := readHTTP(io.MultiReader(strings.NewReader(c.start), &repeater{text: c.repeated}))
			if err == nil || cap(r.buffer) > 8<<20 {
				t.Errorf("read with a buffer of %d bytes, error %v", cap(r.buffer), err)
			}
		})
	}
}

// repeater repeats a text for ever.
type repeater struct {
	text string
	at   int
}

func (e *repeater) Read(p []byte) (int, error) {
	n := copy(p, e.text[e.at:])
	e.at = (e.at + n) % len(e.text)
	return n, nil
}
