package execute

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestBatchFinds holds that the table of representations finds all that were
// added under a hash, and no others, however hashes collide.
func TestBatchFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b batch
		for range rapid.IntRange(1, 3).Draw(t, "requests") {
			added := map[uint64][]int{}
			for i := range rapid.IntRange(0, 200).Draw(t, "n") {
				hash := rapid.Uint64Range(0, 20).Draw(t, "hash") << rapid.SampledFrom([]int{0, 3, 40}).Draw(t, "shift")
				b.add(unique{hash: hash}, Value{}, 0)
				added[hash] = append(added[hash], i)
			}
			for hash := range uint64(200) {
				var found []int
				for i := b.find(hash); i >= 0; i = b.findNext(i) {
					found = append(found, i)
				}
				slices.Sort(found)
				if !slices.Equal(found, added[hash]) {
					t.Fatalf("under hash %d: %v, want %v", hash, found, added[hash])
				}
			}
			b.reset()
		}
	})
}
