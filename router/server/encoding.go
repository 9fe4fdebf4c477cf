package server

import (
	"errors"
	"net/http"
	"sync"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/router/coding"
)

// readEncoded reads the whole request body, decompressed. It may be no larger than
// the limit as it comes, nor then: what a few bytes could become costs no memory.
func readEncoded(r *http.Request, limit int64) ([]byte, error) {
	encodings := r.Header["Content-Encoding"]
	if len(encodings) == 0 {
		return readBody(r, limit)
	}
	c, ok := coding.Of(encodings[0])
	if !ok || len(encodings) > 1 {
		return nil, apierror.New(apierror.UnsupportedMediaType, "a request body with the Content-Encoding %.40q is not read here: send it with one of %s, or without any", encodings[0], coding.Names)
	}
	body, err := readBody(r, limit)
	if err != nil || c == coding.Identity {
		return body, err
	}
	body, err = coding.Decode(c, body, limit)
	switch {
	case errors.Is(err, coding.ErrTooLarge):
		return nil, tooLarge(limit)
	case err != nil:
		return nil, apierror.New(apierror.BadRequest, "the request body is not what its Content-Encoding %s says: %s", c, err)
	}
	return body, nil
}

// leastEncoded is the size from which compressing an answer saves a packet.
const leastEncoded = 1400

// writeEncoded is write, compressed as the client likes it, if it is worth it.
func (x *exchange) writeEncoded(status int, body []byte, accept []string) {
	h := x.w.Header()
	h["Vary"] = append(h["Vary"], "Accept-Encoding")
	c := coding.Identity
	if len(body) >= leastEncoded {
		c = coding.Choose(taken(x.r, accept))
	}
	if c == coding.Identity {
		x.write(status, body)
		return
	}
	memory := encoded.Get().(*[]byte)
	*memory = coding.Append((*memory)[:0], c, body)
	h["Content-Encoding"] = contentEncodings[c]
	x.write(status, *memory)
	if cap(*memory) <= largestEncoded {
		encoded.Put(memory)
	}
}

// taken is what the client can read of what it says that it accepts. The fetch of
// npm's @whatwg-node, by which graphql-codegen and all of graphql-tools read a
// schema, claims zstd on every Node, and ends the program when it comes on one
// before 22.15. It says no more of itself than "node".
func taken(r *http.Request, accept []string) []string {
	if agent := r.Header["User-Agent"]; len(agent) == 1 && agent[0] == "node" {
		return append(accept[:len(accept):len(accept)], "zstd;q=0")
	}
	return accept
}

// encoded is memory of compressed answers that were sent, the largest of which is
// not kept.
var encoded = sync.Pool{New: func() any { return new([]byte) }}

const largestEncoded = 1 << 20

// contentEncodings are header values. They are shared: never changed.
var contentEncodings = [...][]string{
	coding.Gzip: {coding.Gzip.String()}, coding.Brotli: {coding.Brotli.String()}, coding.Zstd: {coding.Zstd.String()},
}
