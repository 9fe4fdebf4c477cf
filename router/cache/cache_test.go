package cache

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func put(c *Cache[string, int], key string, weight int) {
	c.Get(key, func() (int, int, error) { return len(key), weight, nil })
}

func TestTheOldestGoesFirst(t *testing.T) {
	c := New[string, int](Bounds{Entries: 2})
	put(c, "a", 1)
	put(c, "b", 1)
	put(c, "a", 1)
	put(c, "c", 1)
	if got := c.Recent(10); !slices.Equal(got, []string{"c", "a"}) {
		t.Errorf("kept %v, want c and a", got)
	}
	if got := c.Recent(1); !slices.Equal(got, []string{"c"}) {
		t.Errorf("the most recent is %v", got)
	}
}

func TestTheWeightIsBounded(t *testing.T) {
	c := New[string, int](Bounds{Entries: 10, Weight: 10})
	put(c, "a", 4)
	put(c, "b", 4)
	put(c, "c", 4)
	if got := c.Recent(10); !slices.Equal(got, []string{"c", "b"}) || c.Weight() != 8 {
		t.Errorf("kept %v of weight %d, want c and b of 8", got, c.Weight())
	}
	put(c, "huge", 11)
	if got := c.Recent(10); !slices.Equal(got, []string{"c", "b"}) || c.Weight() != 8 {
		t.Errorf("after a value that is too heavy alone: %v of weight %d", got, c.Weight())
	}
	put(c, "all", 10)
	if c.Len() != 1 || c.Weight() != 10 {
		t.Errorf("%d values of weight %d, want 1 of 10", c.Len(), c.Weight())
	}
}

func TestManyWhoAskAtOnceMakeItOnce(t *testing.T) {
	c := New[string, int](Bounds{Entries: 10})
	var made atomic.Int32
	release := make(chan struct{})
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			v, err := c.Get("a", func() (int, int, error) {
				<-release
				return int(made.Add(1)), 1, nil
			})
			if v != 1 || err != nil {
				t.Errorf("Get = %d, %v", v, err)
			}
		})
	}
	if _, ok := c.Peek("a"); ok {
		t.Error("Peek shows a value that is not made yet")
	}
	close(release)
	group.Wait()
	if v, ok := c.Peek("a"); !ok || v != 1 {
		t.Errorf("Peek = %d, %v", v, ok)
	}
}

func TestErrorsAreNotKept(t *testing.T) {
	c := New[string, int](Bounds{Entries: 10})
	broken := errors.New("broken")
	if _, err := c.Get("a", func() (int, int, error) { return 0, 5, broken }); err != broken {
		t.Errorf("err = %v", err)
	}
	if c.Len() != 0 || c.Weight() != 0 {
		t.Errorf("%d values of weight %d are kept", c.Len(), c.Weight())
	}
	_, err := c.Get("a", func() (int, int, error) { panic("out of order") })
	if err == nil || !strings.Contains(err.Error(), "out of order") {
		t.Errorf("a panic gives %v", err)
	}
	if v, err := c.Get("a", func() (int, int, error) { return 7, 1, nil }); v != 7 || err != nil {
		t.Errorf("Get = %d, %v", v, err)
	}
}

// A value that was dropped while it was being made still reaches those who
// wait, and does not disturb the account.
func TestAValueDroppedWhileItIsMade(t *testing.T) {
	c := New[string, int](Bounds{Entries: 1, Weight: 10})
	v, err := c.Get("a", func() (int, int, error) {
		put(c, "b", 3)
		return 7, 5, nil
	})
	if v != 7 || err != nil || c.Weight() != 3 || !slices.Equal(c.Recent(5), []string{"b"}) {
		t.Errorf("Get = %d, %v; kept %v of weight %d", v, err, c.Recent(5), c.Weight())
	}
}

func BenchmarkGet(b *testing.B) {
	c := New[string, int](Bounds{Entries: 1000})
	key := strings.Repeat("query text ", 100)
	put(c, key, 1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Get(key, nil); err != nil {
			b.Fatal(err)
		}
	}
}
