package execute

import (
	"bytes"
	"errors"
	"io"
	"strconv"
)

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
func (r *answerReader) untilClosed(subgraph string) error {
	r.closes = true
	for {
		if int64(len(r.buffer)-r.at) > r.limit {
			return sizeFailure(subgraph, r.limit)
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
func (r *answerReader) chunks(subgraph string) error {
	start := r.at
	r.chunksEnd = start
	for {
		size, err := r.chunkSize()
		if err != nil {
			return err
		}
		if int64(r.chunksEnd-start)+size > r.limit {
			return sizeFailure(subgraph, r.limit)
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
		copy(r.buffer[r.chunksEnd:], r.buffer[r.at:r.at+int(size)])
		r.chunksEnd += int(size)
		r.at += int(size) + 2
	}
	if err := r.fields(func(_, _ []byte) bool { return true }); err != nil {
		return err
	}
	r.body = r.buffer[start:r.chunksEnd:r.chunksEnd]
	r.closes = r.closes || r.length >= 0
	return nil
}

var errChunk = errors.New("a chunk of the answer is malformed")

func (r *answerReader) chunkSize() (int64, error) {
	line, err := r.line()
	if err != nil {
		return 0, err
	}
	if hasControl(line) {
		return 0, errChunk
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
