package batch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
)

// double is a loader of 2·key for even keys that records what it was asked for.
func double(keys *Keys[int]) (*Loader[*[][]int, int, string], *[][]int) {
	asked := &[][]int{}
	loader := NewLoader(asked, keys, func(asked *[][]int, _ context.Context, keys []int) (map[int]string, error) {
		*asked = append(*asked, slices.Clone(keys))
		parts := map[int]string{}
		for _, key := range keys {
			if key%2 == 0 {
				parts[key] = fmt.Sprint(2 * key)
			}
		}
		return parts, nil
	})
	return &loader, asked
}

func TestTheFirstThatAsksLoadsForAll(t *testing.T) {
	var keys Keys[int]
	loader, asked := double(&keys)
	keys.Add(1, 2, 3, 2)
	if len(*asked) != 0 {
		t.Fatal("loaded before anyone asked")
	}
	var all sync.WaitGroup
	for key, want := range map[int]string{1: "", 2: "4", 3: ""} {
		all.Go(func() {
			if got, err := loader.Get(t.Context(), key); err != nil || got != want {
				t.Errorf("Get(%d) = %q, %v, want %q", key, got, err, want)
			}
		})
	}
	all.Wait()
	if len(*asked) != 1 || !slices.Equal((*asked)[0], []int{1, 2, 3}) {
		t.Errorf("asked for %v, want [1 2 3] once", *asked)
	}
}

func TestLaterKeysAreLoadedTogetherToo(t *testing.T) {
	var keys Keys[int]
	loader, asked := double(&keys)
	loader.Get(t.Context(), 1)
	keys.Add(4, 6)
	if got, _ := loader.Get(t.Context(), 6); got != "12" {
		t.Errorf("Get(6) = %q", got)
	}
	loader.Get(t.Context(), 4)
	if got := fmt.Sprint(*asked); got != "[[1] [4 6]]" {
		t.Errorf("asked for %s", got)
	}
	other, askedOther := double(&keys) // another part of the same rows
	other.Get(t.Context(), 1)
	if got := fmt.Sprint(*askedOther); got != "[[1 4 6]]" {
		t.Errorf("asked for %s", got)
	}
}

// A part that came with its row is not asked for, and the others still are.
func TestWhatIsThereIsNotLoaded(t *testing.T) {
	var keys Keys[int]
	loader, asked := double(&keys)
	keys.Add(1, 2, 4)
	loader.Put(2, "two")
	for key, want := range map[int]string{2: "two", 4: "8"} {
		if got, err := loader.Get(t.Context(), key); err != nil || got != want {
			t.Errorf("Get(%d) = %q, %v, want %q", key, got, err, want)
		}
	}
	if got := fmt.Sprint(*asked); got != "[[1 4]]" {
		t.Errorf("asked for %s", got)
	}
}

func TestEveryoneLearnsOfAnError(t *testing.T) {
	broken := errors.New("broken")
	var keys Keys[int]
	loader := NewLoader(broken, &keys, func(err error, _ context.Context, _ []int) (map[int]string, error) { return nil, err })
	for range 2 {
		if _, err := loader.Get(t.Context(), 1); !errors.Is(err, broken) {
			t.Errorf("Get = %v", err)
		}
	}
}

// Beyond a few, keys are known by a map of them.
func TestManyKeysAreKnown(t *testing.T) {
	var keys Keys[int]
	var want []int
	for i := range 3 * few {
		keys.Add(i, i/2, i)
		want = append(want, i)
	}
	keys.Add(want...)
	if got := keys.from(0); !slices.Equal(got, want) {
		t.Errorf("the keys are %v, want %v", got, want)
	}
}
