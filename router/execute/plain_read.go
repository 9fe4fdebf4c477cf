package execute

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// answerReader reads one HTTP/1.1 response, head and body, into one buffer. It
// takes what servers send that follow RFC 9112, and refuses the rest rather than
// guess where the answer ends.
type answerReader struct {
	source io.Reader
	// buffer holds all that was read; what is before at was understood.
	buffer []byte
	at     int
	limit  int64

	status          int
	contentType     []byte
	contentEncoding []byte
	// length is the announced length of the body; -1 for none.
	length  int64
	chunked bool
	// old says that the answer is of HTTP/1.0.
	old bool
	// chunksEnd is where the chunks read so far end, which are together in the
	// buffer; 0 before the first.
	chunksEnd int
	// closes says that the server closes the connection after this.
	closes bool
	body   []byte
}

const maxHead = 64 << 10

var (
	errNoHTTP   = errors.New("the answer is no HTTP/1.1 response")
	errLongHead = errors.New("the head of the answer is too long")
)

func malformedHead(line []byte) error {
	return fmt.Errorf("a line of the answer's head is malformed: %.100q", line)
}

// readHead reads the head of the final answer.
func (r *answerReader) readHead() error {
	for {
		if err := r.head(); err != nil {
			return err
		}
		if r.status >= 200 {
			return nil
		}
		if r.status == http.StatusSwitchingProtocols {
			return errNoHTTP
		}
		if r.at > maxHead {
			return errLongHead
		}
	}
}

// readBody reads the body, which is the rest of the answer.
func (r *answerReader) readBody(subgraph string) error {
	switch {
	case r.status == http.StatusNoContent || r.status == http.StatusNotModified:
		r.body = r.buffer[r.at:r.at]
		return nil
	case r.chunked:
		return r.chunks(subgraph)
	case r.length > r.limit:
		return sizeFailure(subgraph, r.limit)
	case r.length >= 0:
		return r.fixed()
	}
	return r.untilClosed(subgraph)
}

// reusable says whether the connection can carry another call.
func (r *answerReader) reusable() bool { return !r.closes && r.at == len(r.buffer) }

// more reads at least one byte.
func (r *answerReader) more() error {
	if len(r.buffer) == cap(r.buffer) {
		r.makeRoom()
	}
	n, err := r.source.Read(r.buffer[len(r.buffer):cap(r.buffer)])
	r.buffer = r.buffer[:len(r.buffer)+n]
	if n > 0 {
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return err
}

// makeRoom makes room for more bytes: those between chunks are not needed any
// more.
func (r *answerReader) makeRoom() {
	if r.chunksEnd > 0 && r.at > r.chunksEnd {
		n := copy(r.buffer[r.chunksEnd:], r.buffer[r.at:])
		r.buffer, r.at = r.buffer[:r.chunksEnd+n], r.chunksEnd
	}
	r.buffer = grow(r.buffer, len(r.buffer)/2)
}

// moreExpected is more where the answer cannot be over.
func (r *answerReader) moreExpected() error {
	err := r.more()
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// line returns the next line without its end, which must be CR and LF: answers
// have been hidden in answers for servers that see ends of lines differently.
func (r *answerReader) line() ([]byte, error) {
	for searched := 0; ; {
		rest := r.buffer[r.at:]
		if i := bytes.IndexByte(rest[searched:], '\n'); i >= 0 {
			line, ok := bytes.CutSuffix(rest[:searched+i], []byte{'\r'})
			if !ok {
				return nil, malformedHead(line)
			}
			r.at += searched + i + 1
			return line, nil
		}
		if searched = len(rest); searched > maxHead {
			return nil, errLongHead
		}
		if err := r.moreExpected(); err != nil {
			return nil, err
		}
	}
}

// head reads the status line and the headers.
func (r *answerReader) head() error {
	r.length, r.chunked, r.closes, r.contentType, r.contentEncoding = -1, false, false, nil, nil
	line, err := r.line()
	if err != nil {
		return err
	}
	if err := r.statusLine(line); err != nil {
		return err
	}
	return r.fields(r.field)
}

// fields reads header lines up to the empty one that ends them.
func (r *answerReader) fields(read func(name, value []byte) bool) error {
	for size := 0; ; {
		line, err := r.line()
		if err != nil || len(line) == 0 {
			return err
		}
		if size += len(line); size > maxHead {
			return errLongHead
		}
		colon := bytes.IndexByte(line, ':')
		if colon <= 0 || !isToken(line[:colon]) || hasControl(line[colon:]) || !read(line[:colon], bytes.Trim(line[colon+1:], " \t")) {
			return malformedHead(line)
		}
	}
}

func (r *answerReader) statusLine(line []byte) error {
	if len(line) < len("HTTP/1.1 200") || string(line[:len("HTTP/1.")]) != "HTTP/1." || line[7] != '1' && line[7] != '0' || line[8] != ' ' ||
		len(line) > 12 && line[12] != ' ' {
		return errNoHTTP
	}
	status, err := strconv.ParseUint(string(line[9:12]), 10, 16)
	if err != nil || status < 100 {
		return errNoHTTP
	}
	r.old = line[7] == '0'
	r.status, r.closes = int(status), r.old
	return nil
}

// field takes a header; false if it makes no sense.
func (r *answerReader) field(name, value []byte) bool {
	switch {
	case is(name, "content-length"):
		length, err := strconv.ParseUint(string(value), 10, 63)
		if err != nil || r.length >= 0 && r.length != int64(length) {
			return false
		}
		r.length = int64(length)
	case is(name, "transfer-encoding"):
		if r.chunked || r.old || !is(value, "chunked") {
			return false
		}
		r.chunked = true
	case is(name, "connection"):
		r.closes = r.closes || !is(value, "keep-alive")
	case is(name, "content-type"):
		r.contentType = value
	case is(name, "content-encoding"):
		r.contentEncoding = value
	}
	return true
}

// tokens has the bytes that a header's name may consist of (RFC 9110, 5.6.2).
var tokens = func() (set [256]bool) {
	for _, c := range "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		set[c] = true
	}
	return set
}()

func isToken(name []byte) bool {
	for _, c := range name {
		if !tokens[c] {
			return false
		}
	}
	return true
}

func hasControl(value []byte) bool {
	for _, c := range value {
		if c < ' ' && c != '\t' || c == 0x7f {
			return true
		}
	}
	return false
}
