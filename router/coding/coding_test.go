package coding

import (
	"bytes"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestChoose(t *testing.T) {
	for accept, want := range map[string]Coding{
		"gzip, deflate, br, zstd":         Zstd, // of browsers
		"gzip, deflate, br":               Brotli,
		"gzip":                            Gzip,
		"x-gzip":                          Gzip,
		"GZIP;q=0.5, br;q=0.4":            Gzip,
		"gzip;q=1.0, *;q=0.5":             Gzip,
		"*":                               Zstd,
		"*, zstd;q=0":                     Brotli,
		"br;q=0, zstd;q=0, *":             Gzip,
		"identity;q=1, gzip;q=0.5":        Identity,
		"identity;q=0.5, gzip;q=0.5":      Gzip,
		"gzip;q=0":                        Identity,
		"*;q=0":                           Identity,
		"deflate, compress":               Identity,
		"identity":                        Identity,
		"":                                Identity,
		" , ;;, gzip;level=9, ;q=1":       Identity,
		"gzip;q=1.5, br;q=-1, zstd;q=abc": Identity,
		"gzip ; q=0.001":                  Gzip,
	} {
		if got := Choose([]string{accept}); got != want {
			t.Errorf("%q: %s, want %s", accept, got, want)
		}
	}
	if got := Choose([]string{"gzip", "br"}); got != Brotli {
		t.Errorf("two headers: %s", got)
	}
	if got := Choose(nil); got != Identity {
		t.Errorf("no header: %s", got)
	}
}

var all = []Coding{Gzip, Brotli, Zstd}

func TestThereAndBack(t *testing.T) {
	texts := []string{"", "{}", strings.Repeat(`{"name": "Table"}, `, 5000), random(200_000)}
	var running sync.WaitGroup
	for _, c := range all {
		for range 8 {
			running.Go(func() {
				for _, text := range texts {
					packed := Append([]byte("before"), c, []byte(text))
					got, err := Decode(c, packed[len("before"):], int64(len(text)))
					if err != nil || string(got) != text {
						t.Errorf("%s of %d bytes: %d bytes, %v", c, len(text), len(got), err)
					}
				}
			})
		}
	}
	running.Wait()
}

// What is small and becomes large is given up at the limit.
func TestBombs(t *testing.T) {
	const limit = 1 << 20
	zeros := make([]byte, 32<<20)
	for _, c := range all {
		bomb := Append(nil, c, zeros)
		if len(bomb) > limit {
			t.Fatalf("%s makes %d bytes of zeros", c, len(bomb))
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Decode(c, bomb, limit)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", c, err)
		}
		if made := after.TotalAlloc - before.TotalAlloc; made > 24<<20 { // brotli has a window of 16 MB
			t.Errorf("%s: %d bytes of memory for a limit of %d", c, made, limit)
		}
	}
}

// A frame that promises 4 GB in its header gets no memory for it.
func TestPromises(t *testing.T) {
	promise := []byte{0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0xff, 0xff, 0xff, 0xff, 1, 0, 0}
	if out, err := Decode(Zstd, promise, 1<<20); err == nil {
		t.Errorf("%d bytes", len(out))
	}
}

// FuzzDecode: whatever comes, no more than the limit is made of it.
func FuzzDecode(f *testing.F) {
	for _, c := range all {
		f.Add(uint8(c), Append(nil, c, []byte(`{"query": "{ a }"}`)))
		f.Add(uint8(c), Append(nil, c, make([]byte, 100_000)))
	}
	f.Fuzz(func(t *testing.T, coding uint8, text []byte) {
		const limit = 10_000
		if out, err := Decode(all[int(coding)%len(all)], text, limit); err == nil && len(out) > limit {
			t.Errorf("%d bytes", len(out))
		}
	})
}

func random(n int) string {
	out, state := make([]byte, n), uint32(1)
	for i := range out {
		state = state*1664525 + 1013904223
		out[i] = byte(state >> 24)
	}
	return string(out)
}

func BenchmarkAppend(b *testing.B) {
	text := bytes.Repeat([]byte(`{"__typename":"Product","id":"UHJvZHVjdDox","name":"Table","price":{"amount":"12.50","currency":"EUR"},"reviews":[]},`), 100)
	for i := range text { // not all alike
		if text[i] == '1' {
			text[i] = '0' + byte(i*i/7%10)
		}
	}
	for _, c := range all {
		b.Run(c.String(), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			var memory []byte
			for b.Loop() {
				memory = Append(memory[:0], c, text)
			}
			b.ReportMetric(float64(len(memory))/float64(len(text)), "ratio")
		})
	}
}
