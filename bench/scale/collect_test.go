package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const traced = `listening on 127.0.0.1:4000
gc 1 @0.013s 2%: 0.015+0.45+0.003 ms clock, 0.030+0.10/0.35/0.20+0.006 ms cpu, 4->5->1 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P
{"msg":"gc 2 @0.013s 2%: none"}
gc 2 @3.270s 1%: 0.052+1.4+2.5 ms clock, 0.10+0.37/1.3/0.059+0.056 ms cpu, 16->17->5 MB, 17 MB goal, 0 MB stacks, 0 MB globals, 2 P
gc 3 @3.290s 1%: 0.052+1.4`

// TestCycles reads what the runtime writes among other lines, the last of which is
// not whole yet.
func TestCycles(t *testing.T) {
	cycles, err := readCycles(traced)
	if err != nil {
		t.Fatal(err)
	}
	pauses, total, allocated := summary(cycles)
	micros := func(n ...int) (out []time.Duration) {
		for _, n := range n {
			out = append(out, time.Duration(n)*time.Microsecond)
		}
		return out
	}
	if diff := cmp.Diff(micros(3, 15, 52, 2500), pauses); diff != "" {
		t.Errorf("pauses (-want +got):\n%s", diff)
	}
	if want := 2570 * time.Microsecond; total != want {
		t.Errorf("all pauses take %v, want %v", total, want)
	}
	// From 4 to 5 MB; from the 1 MB that was left to 16, and to 17.
	if want := int64(17 << 20); allocated != want {
		t.Errorf("%d bytes are allocated, want %d", allocated, want)
	}
	if _, err := readCycles("gc 1 @1s 1%: 1.2.3+1+1 ms clock, 1 ms cpu, 1->1->1 MB,"); err == nil {
		t.Error("a pause of 1.2.3 ms is one")
	}
}
