package execute

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
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

func (r *answerReader) read(call *Call) error {
	for {
		if err := r.head(); err != nil {
			return err
		}
		if r.status >= 200 {
			break
		}
		if r.status == 101 {
			return errNoHTTP
		}
	}
	switch {
	case r.status == 204 || r.status == 304:
		r.body = r.buffer[r.at:r.at]
		return nil
	case r.chunked:
		return r.chunks(call)
	case r.length > r.limit:
		return sizeFailure(call.Subgraph, r.limit)
	case r.length >= 0:
		return r.fixed()
	}
	return r.untilClosed(call)
}

// reusable says whether the connection can carry another call.
func (r *answerReader) reusable() bool { return !r.closes && r.at == len(r.buffer) }

// more reads at least one byte.
func (r *answerReader) more() error {
	if len(r.buffer) == cap(r.buffer) {
		r.buffer = slices.Grow(r.buffer, max(4096, cap(r.buffer)/2))
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

// moreExpected is more where the answer cannot be over.
func (r *answerReader) moreExpected() error {
	err := r.more()
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// line returns the next line without its end.
func (r *answerReader) line(limit int) ([]byte, error) {
	for searched := r.at; ; {
		if i := bytes.IndexByte(r.buffer[searched:], '\n'); i >= 0 {
			line := r.buffer[r.at : searched+i]
			r.at = searched + i + 1
			return bytes.TrimSuffix(line, []byte{'\r'}), nil
		}
		searched = len(r.buffer)
		if len(r.buffer)-r.at > limit {
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
	line, err := r.line(maxHead)
	if err != nil {
		return err
	}
	if err := r.statusLine(line); err != nil {
		return err
	}
	start := r.at
	for {
		if line, err = r.line(maxHead); err != nil {
			return err
		}
		if len(line) == 0 {
			return nil
		}
		if r.at-start > maxHead {
			return errLongHead
		}
		if err := r.field(line); err != nil {
			return err
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
	r.status, r.closes = int(status), line[7] == '0'
	return nil
}

// field reads a header.
func (r *answerReader) field(line []byte) error {
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 || line[0] == ' ' || line[0] == '\t' || line[colon-1] == ' ' || line[colon-1] == '\t' || bytes.IndexByte(line, 0) >= 0 || bytes.IndexByte(line, '\r') >= 0 {
		return malformedHead(line)
	}
	value := bytes.Trim(line[colon+1:], " \t")
	switch name := line[:colon]; {
	case is(name, "content-length"):
		length, err := strconv.ParseUint(string(value), 10, 63)
		if err != nil || r.length >= 0 && r.length != int64(length) {
			return malformedHead(line)
		}
		r.length = int64(length)
	case is(name, "transfer-encoding"):
		if r.chunked || !is(value, "chunked") {
			return malformedHead(line)
		}
		r.chunked = true
	case is(name, "connection"):
		r.closes = r.closes || !is(value, "keep-alive")
	case is(name, "content-type"):
		r.contentType = value
	case is(name, "content-encoding"):
		r.contentEncoding = value
	}
	return nil
}

// fixed reads a body of announced length.
func (r *answerReader) fixed() error {
	end := r.at + int(r.length)
	for len(r.buffer) < end {
		if len(r.buffer) == cap(r.buffer) {
			r.buffer = grow(r.buffer, end-len(r.buffer))
		}
		if err := r.moreExpected(); err != nil {
			return err
		}
	}
	r.body, r.at = r.buffer[r.at:end:end], end
	return nil
}

// untilClosed reads a body that ends with the connection.
func (r *answerReader) untilClosed(call *Call) error {
	r.closes = true
	for {
		if int64(len(r.buffer)-r.at) > r.limit {
			return sizeFailure(call.Subgraph, r.limit)
		}
		err := r.more()
		if err == io.EOF {
			r.body, r.at = r.buffer[r.at:], len(r.buffer)
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// chunks reads a body in chunks, and moves them together in the buffer.
func (r *answerReader) chunks(call *Call) error {
	start, end := r.at, r.at
	for {
		size, err := r.chunkSize()
		if err != nil {
			return err
		}
		if int64(end-start)+size > r.limit {
			return sizeFailure(call.Subgraph, r.limit)
		}
		if size == 0 {
			break
		}
		for int64(len(r.buffer)-r.at) < size+2 {
			if err := r.moreExpected(); err != nil {
				return err
			}
		}
		if r.buffer[r.at+int(size)] != '\r' || r.buffer[r.at+int(size)+1] != '\n' {
			return errChunk
		}
		copy(r.buffer[end:], r.buffer[r.at:r.at+int(size)])
		end += int(size)
		r.at += int(size) + 2
	}
	for trailers := r.at; ; {
		line, err := r.line(maxHead)
		if err != nil {
			return err
		}
		if len(line) == 0 {
			break
		}
		if r.at-trailers > maxHead {
			return errLongHead
		}
	}
	r.body = r.buffer[start:end:end]
	r.closes = r.closes || r.length >= 0
	return nil
}

var errChunk = errors.New("a chunk of the answer is malformed")

func (r *answerReader) chunkSize() (int64, error) {
	line, err := r.line(maxHead)
	if err != nil {
		return 0, err
	}
	if i := bytes.IndexByte(line, ';'); i >= 0 {
		line = line[:i]
	}
	line = bytes.TrimRight(line, " \t")
	size, err := strconv.ParseUint(string(line), 16, 62)
	if err != nil {
		return 0, errChunk
	}
	return int64(size), nil
}
