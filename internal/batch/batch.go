// Package batch reads what belongs to many rows with one statement, when the
// first of them asks.
//
// Within one request, whoever reads rows adds their keys to a Keys. A Loader
// that is asked for the part of one key loads the parts of every key added so
// far. So however deep rows lie in the answer, and in however many lists, the
// number of statements follows the query and not the rows; and nobody waits for
// a timer to see whether others ask too.
package batch

import (
	"context"
	"slices"
	"sync"
)

// Keys are the keys of one kind that a request has come across. The zero value
// is ready; it is safe for concurrent use.
type Keys[K comparable] struct {
	mu   sync.Mutex
	list []K
	seen map[K]struct{} // nil while there are few
}

// Add adds keys whose parts may be asked for.
func (k *Keys[K]) Add(keys ...K) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.list = slices.Grow(k.list, len(keys))
	for _, key := range keys {
		if k.has(key) {
			continue
		}
		k.list = append(k.list, key)
		if k.seen != nil {
			k.seen[key] = struct{}{}
		}
	}
}

// few is how many keys are compared one by one, without a map of them.
const few = 8

func (k *Keys[K]) has(key K) bool {
	if len(k.list) <= few {
		return slices.Contains(k.list, key)
	}
	if k.seen == nil {
		k.seen = make(map[K]struct{}, cap(k.list))
		for _, known := range k.list {
			k.seen[known] = struct{}{}
		}
	}
	_, known := k.seen[key]
	return known
}

// from returns the keys added since the first n.
func (k *Keys[K]) from(n int) []K {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.list[n:len(k.list):len(k.list)]
}

// Loader loads the parts that belong to keys from a source. It is safe for
// concurrent use, is not copied, and lives as long as its request.
type Loader[S any, K comparable, V any] struct {
	source S
	keys   *Keys[K]
	load   func(source S, ctx context.Context, keys []K) (map[K]V, error)

	mu     sync.Mutex
	asked  int // how many of the keys have been loaded
	loaded map[K]V
	err    error
}

// NewLoader returns a loader for these keys. load returns a part for each key
// that has one; an error of it is the answer to every later Get. It takes the
// source, so that a method's expression will do: most requests make many loaders
// and ask few of them, so that one should need no memory of its own.
func NewLoader[S any, K comparable, V any](source S, keys *Keys[K], load func(source S, ctx context.Context, keys []K) (map[K]V, error)) Loader[S, K, V] {
	return Loader[S, K, V]{source: source, keys: keys, load: load}
}

// Put gives the part of a key that was read together with its row.
func (l *Loader[S, K, V]) Put(key K, part V) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keep(key, part)
}

func (l *Loader[S, K, V]) keep(key K, part V) {
	if l.loaded == nil { // most requests ask for few of the parts that there are
		l.loaded = map[K]V{}
	}
	l.loaded[key] = part
}

// missing returns the keys whose parts are still to be loaded.
func (l *Loader[S, K, V]) missing() []K {
	added := l.keys.from(l.asked)
	l.asked += len(added)
	known := func(key K) bool { _, ok := l.loaded[key]; return ok }
	if slices.ContainsFunc(added, known) {
		added = slices.DeleteFunc(slices.Clone(added), known) // the keys are others' too
	}
	return added
}

// Get returns the part of a key, the zero value when it has none.
func (l *Loader[S, K, V]) Get(ctx context.Context, key K) (V, error) {
	l.keys.Add(key)
	l.mu.Lock()
	defer l.mu.Unlock()
	if part, ok := l.loaded[key]; ok || l.err != nil {
		return part, l.err
	}
	if missing := l.missing(); len(missing) > 0 {
		parts, err := l.load(l.source, ctx, missing)
		l.err = err
		for _, key := range missing {
			l.keep(key, parts[key])
		}
	}
	return l.loaded[key], l.err
}
