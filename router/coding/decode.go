package coding

import (
	"bytes"
	"errors"
	"io"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// ErrTooLarge is a text that is larger, decompressed, than it may be.
var ErrTooLarge = errors.New("the text is larger than allowed when it is decompressed")

// decompressor reads from the reader that Reset names, decompressed.
type decompressor interface {
	io.Reader
	Reset(io.Reader) error
}

// decompressors by Coding; zstd has a pool of its own.
var decompressors = [...]pool[decompressor]{
	Gzip:   newPool(func() decompressor { return new(gzip.Reader) }),
	Brotli: newPool(func() decompressor { return brotli.NewReader(nil) }),
}

// Decode decompresses a text. No more than limit bytes, and a small part of that,
// are ever made of it; when that is not enough the error is ErrTooLarge. Any other
// error says why it cannot be read. The coding must not be Identity.
func Decode(c Coding, text []byte, limit int64) ([]byte, error) {
	if c == Zstd {
		return decodeZstd(text, limit)
	}
	taken := decompressors[c].take()
	defer decompressors[c].give(taken)
	r := *taken
	if err := r.Reset(bytes.NewReader(text)); err != nil {
		return nil, broken(err)
	}
	defer r.Reset(empty) // it must not keep the memory
	var out bytes.Buffer
	_, err := io.Copy(&out, io.LimitReader(r, limit+1))
	switch {
	case int64(out.Len()) > limit:
		return nil, ErrTooLarge
	case err != nil:
		return nil, broken(err)
	}
	return out.Bytes(), nil
}

var empty = bytes.NewReader(nil)

func broken(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it breaks off")
	}
	return err
}

// maxWindow is the largest window that decoders of zstd should support (RFC 8878
// §3.1.1.1.2). No memory is taken for it.
const maxWindow = 8 << 20

var zstdDecoder = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(processors), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		panic(err) // the options are constant
	}
	return d
})

// decodeZstd makes room as it is needed, for what a text says of its size is no
// reason to have it.
func decodeZstd(text []byte, limit int64) ([]byte, error) {
	for room := int64(8*len(text) + 1024); ; room *= 8 {
		out, err := zstdDecoder().DecodeAll(text, make([]byte, 0, min(room, limit)))
		switch {
		case err == nil:
			return out, nil
		case !errors.Is(err, zstd.ErrDecoderSizeExceeded):
			return nil, broken(err)
		case room >= limit:
			return nil, ErrTooLarge
		}
	}
}
