// Package cache remembers what is costly to make and never changes: parsed
// documents, plans.
package cache

import (
	"fmt"
	"math"
	"runtime/debug"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Bounds are how much a Cache keeps. What was not used for longest goes first.
type Bounds struct {
	// Entries is the most values; 0 means 1.
	Entries int
	// Weight is the most that all values weigh together, in the unit of the
	// weights that values are made with, such as bytes; 0 means no bound.
	Weight int
}

// Cache keeps values by key. A value that many ask for at once is made once. It
// is safe for concurrent use.
type Cache[K comparable, V any] struct {
	bounds Bounds

	mu      sync.Mutex
	entries *simplelru.LRU[K, *entry[V]]
	weight  int
}

// entry is a value, or one that is being made.
type entry[V any] struct {
	made   chan struct{} // closed when value, weight and err are there
	value  V
	err    error
	weight int
}

// New returns an empty cache.
func New[K comparable, V any](b Bounds) *Cache[K, V] {
	c := &Cache[K, V]{bounds: b}
	if b.Weight == 0 {
		c.bounds.Weight = math.MaxInt
	}
	c.entries, _ = simplelru.NewLRU(max(b.Entries, 1), func(_ K, e *entry[V]) { c.weight -= e.weight }) // errs for sizes below 1 only
	return c
}

// Get returns the value of the key. When it is not there it is made, with its
// weight; calls that come meanwhile wait for it. An error is returned to all who
// wait and not kept. A produce that panics is an error.
//
// The key must not refer to memory that is reused: see Peek.
func (c *Cache[K, V]) Get(key K, produce func() (value V, weight int, err error)) (V, error) {
	c.mu.Lock()
	if e, ok := c.entries.Get(key); ok {
		c.mu.Unlock()
		<-e.made
		return e.value, e.err
	}
	e := &entry[V]{made: make(chan struct{})}
	c.entries.Add(key, e)
	c.mu.Unlock()

	weight := e.fill(produce)
	c.settle(key, e, weight)
	close(e.made)
	return e.value, e.err
}

// Peek returns the value of the key if it is there and finished. It is Get
// without a produce; the key may refer to memory that is reused.
func (c *Cache[K, V]) Peek(key K) (value V, ok bool) {
	c.mu.Lock()
	e, ok := c.entries.Get(key)
	c.mu.Unlock()
	if !ok {
		return value, false
	}
	select {
	case <-e.made:
		return e.value, e.err == nil
	default:
		return value, false
	}
}

func (e *entry[V]) fill(produce func() (V, int, error)) (weight int) {
	defer func() {
		if p := recover(); p != nil {
			e.err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	e.value, weight, e.err = produce()
	return weight
}

// settle takes a new value's weight into account, or its error out of the cache.
func (c *Cache[K, V]) settle(key K, e *entry[V], weight int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if current, ok := c.entries.Peek(key); !ok || current != e {
		return // dropped while it was being made
	}
	if e.err != nil || weight > c.bounds.Weight {
		c.entries.Remove(key)
		return
	}
	e.weight = weight
	c.weight += weight
	for c.weight > c.bounds.Weight {
		c.entries.RemoveOldest()
	}
}

// Len is the number of values, those being made included.
func (c *Cache[K, V]) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.entries.Len()
}

// Weight is what all values weigh together.
func (c *Cache[K, V]) Weight() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.weight
}

// Recent returns the keys of at most n values, the last used first.
func (c *Cache[K, V]) Recent(n int) []K {
	c.mu.Lock()
	keys := c.entries.Keys()
	c.mu.Unlock()
	recent := make([]K, 0, min(n, len(keys)))
	for i := len(keys) - 1; i >= 0 && len(recent) < n; i-- {
		recent = append(recent, keys[i])
	}
	return recent
}
