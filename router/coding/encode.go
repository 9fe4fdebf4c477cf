package coding

import (
	"io"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Levels that answer fast rather than small: the time is the client's too.
const (
	gzipLevel     = 1
	brotliQuality = 1
	// brotliWindow, as a power of two, holds most answers whole.
	brotliWindow = 18
	zstdLevel    = zstd.SpeedFastest
	zstdWindow   = 256 << 10
)

// compressor writes what is compressed to the writer that Reset names.
type compressor interface {
	io.WriteCloser
	Reset(io.Writer)
}

// compressors by Coding; zstd has a pool of its own.
var compressors = [...]pool[compressor]{
	Gzip: newPool(func() compressor {
		w, _ := gzip.NewWriterLevel(nil, gzipLevel) // errs for unknown levels only
		return w
	}),
	Brotli: newPool(func() compressor {
		return brotli.NewWriterOptions(nil, brotli.WriterOptions{Quality: brotliQuality, LGWin: brotliWindow})
	}),
}

var zstdEncoder = sync.OnceValue(func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstdLevel), zstd.WithWindowSize(zstdWindow), zstd.WithEncoderConcurrency(processors), zstd.WithLowerEncoderMem(true))
	if err != nil {
		panic(err) // the options are constant
	}
	return e
})

// Append appends the text, compressed, to dst. The coding must not be Identity.
func Append(dst []byte, c Coding, text []byte) []byte {
	if c == Zstd {
		return zstdEncoder().EncodeAll(text, dst)
	}
	taken := compressors[c].take()
	defer compressors[c].give(taken)
	w := *taken
	out := appender{dst}
	w.Reset(&out)
	w.Write(text) // an appender takes everything
	w.Close()
	w.Reset(nil) // it must not keep the memory
	return out.text
}

// appender is a writer that appends.
type appender struct{ text []byte }

// Write implements io.Writer.
func (a *appender) Write(p []byte) (int, error) {
	a.text = append(a.text, p...)
	return len(p), nil
}
