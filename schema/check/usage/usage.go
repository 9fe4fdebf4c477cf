// Package usage reads what clients really send: files that a router writes, and
// that a check judges breaking changes by.
//
// A file is lines of JSON, one count each (the format is JSONL; lines may come in
// any order, and counts of equal lines add up):
//
//	{"day":"2026-11-20","client":"web","operation":"5e88…","name":"Cart","count":1200}
//	{"day":"2026-11-20","client":"web","coordinate":"Product.price","count":1100}
//
// "day" is a date in UTC. "client" is the client's name, "" for those that give
// none. A line has either "operation", the Signature of an operation, with its
// "name", and counts requests; or "coordinate", a schema coordinate
// ("Product", "Product.price", "Query.products(first:)", "Currency.EUR",
// "ProductFilter.name", "@cached"), and counts the requests that use it. Other
// members are ignored.
//
// A client's day that has lines of operations only is completed from the
// operations that are known.
package usage

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// Line is one line of a usage file.
type Line struct {
	Day        string `json:"day"`
	Client     string `json:"client"`
	Operation  string `json:"operation,omitempty"`
	Name       string `json:"name,omitempty"`
	Coordinate string `json:"coordinate,omitempty"`
	Count      int64  `json:"count"`
}

// Usage is what was counted in a window of days.
type Usage struct {
	// First and Last are the days of the oldest and the newest line that counted.
	First, Last time.Time
	// Requests is the number of requests, by the lines of operations.
	Requests int64

	from, to time.Time
	exclude  map[string]bool
	days     map[clientDay]*counts
	total    map[string]map[string]int64 // coordinate → client → requests
}

type clientDay struct{ day, client string }

type counts struct{ operations, coordinates map[string]int64 }

// New returns an empty usage that counts the days from and to, both included, of
// all clients but the excluded ones.
func New(from, to time.Time, exclude []string) *Usage {
	u := &Usage{from: day(from), to: day(to), exclude: map[string]bool{}, days: map[clientDay]*counts{}}
	for _, client := range exclude {
		u.exclude[client] = true
	}
	return u
}

func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

const maxLine = 1 << 20

// Read adds the lines of a file. The error names the line that is wrong.
func (u *Usage) Read(file string, r io.Reader) error {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, maxLine)
	for n := 1; scanner.Scan(); n++ {
		if len(strings.TrimSpace(scanner.Text())) == 0 {
			continue
		}
		if err := u.add(scanner.Bytes()); err != nil {
			return fmt.Errorf("%s:%d: %w", file, n, err)
		}
	}
	if err := scanner.Err(); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

func (u *Usage) add(text []byte) error {
	var l Line
	if err := json.Unmarshal(text, &l); err != nil {
		return fmt.Errorf("not a line of usage: %w", err)
	}
	at, err := time.Parse(time.DateOnly, l.Day)
	switch {
	case err != nil:
		return fmt.Errorf("day %q is not a date like 2026-11-20", l.Day)
	case l.Count < 0:
		return fmt.Errorf("count %d is negative", l.Count)
	case (l.Operation == "") == (l.Coordinate == ""):
		return fmt.Errorf(`a line has either "operation" or "coordinate"`)
	case at.Before(u.from) || at.After(u.to) || u.exclude[l.Client]:
		return nil
	}
	if u.First.IsZero() || at.Before(u.First) {
		u.First = at
	}
	if at.After(u.Last) {
		u.Last = at
	}
	key := clientDay{l.Day, l.Client}
	c := u.days[key]
	if c == nil {
		c = &counts{map[string]int64{}, map[string]int64{}}
		u.days[key] = c
	}
	if l.Operation != "" {
		c.operations[l.Operation] += l.Count
		u.Requests += l.Count
	} else {
		c.coordinates[l.Coordinate] += l.Count
	}
	return nil
}

// Complete works out what was used: for a client's day without coordinates, from
// the operations that are known, by signature. It returns how many requests were
// of unknown operations, about which nothing can be said.
func (u *Usage) Complete(known map[string][]string) (unknown int64) {
	u.total = map[string]map[string]int64{}
	for key, c := range u.days {
		if len(c.coordinates) > 0 {
			for coordinate, n := range c.coordinates {
				u.count(coordinate, key.client, n)
			}
			continue
		}
		for signature, n := range c.operations {
			coordinates, ok := known[signature]
			if !ok {
				unknown += n
			}
			for _, coordinate := range coordinates {
				u.count(coordinate, key.client, n)
			}
		}
	}
	return unknown
}

func (u *Usage) count(coordinate, client string, n int64) {
	if n == 0 {
		return
	}
	if u.total[coordinate] == nil {
		u.total[coordinate] = map[string]int64{}
	}
	u.total[coordinate][client] += n
}

// Sent is how many requests there were of an operation, by its signature.
func (u *Usage) Sent(signature string) int64 {
	var n int64
	for _, c := range u.days {
		n += c.operations[signature]
	}
	return n
}

// Clients are the clients that used something, with how many requests at most.
type Clients struct {
	Requests int64
	// Names are those of the clients, the busiest first.
	Names []string
}

// Of says who used any of the coordinates, after Complete. One that ends in ".*"
// stands for a type and all that is in it. Requests that use several of them are
// counted for each, so the number is an upper bound.
func (u *Usage) Of(coordinates []string) Clients {
	by := map[string]int64{}
	for _, coordinate := range coordinates {
		for client, n := range u.of(coordinate) {
			by[client] += n
		}
	}
	var out Clients
	for _, n := range by {
		out.Requests += n
	}
	out.Names = slices.SortedFunc(maps.Keys(by), func(a, b string) int {
		if by[a] != by[b] {
			return int(min(max(by[b]-by[a], -1), 1))
		}
		return strings.Compare(a, b)
	})
	return out
}

func (u *Usage) of(coordinate string) map[string]int64 {
	name, whole := strings.CutSuffix(coordinate, ".*")
	if !whole {
		return u.total[coordinate]
	}
	most := map[string]int64{} // whoever uses a field of the type uses the type
	for used, clients := range u.total {
		if used == name || strings.HasPrefix(used, name+".") {
			for client, n := range clients {
				most[client] = max(most[client], n)
			}
		}
	}
	return most
}
