// Package page cuts lists into Relay connections by keyset: a cursor is the key
// of a row, so a page costs the same wherever it lies and never shows a row twice
// while others come and go.
//
// Lists are sorted by a UUIDv7, newest first. A page is read with one statement:
//
//	WHERE id < $after AND id > $before ORDER BY id DESC LIMIT $limit
//
// and with ORDER BY id (ascending) when Backward; Of puts the rows in order.
package page

import (
	"encoding/base64"
	"slices"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/apierror"
)

const (
	// Most is the largest page.
	Most = 100
	// Usual is the page of a request that names no size.
	Usual = 20
)

// Request says which page is wanted. It is comparable.
type Request struct {
	size int
	// Backward is a page counted from the end: it is read in ascending order.
	Backward bool
	// After and Before are exclusive bounds. Newest first, After is the upper
	// one; without a cursor they are the highest and the lowest id.
	After, Before uuid.UUID
	behind        bool // a cursor was given on the side where reading starts
}

// Limit is how many rows to read: one more than the page has, to know whether
// the list goes on.
func (r Request) Limit() int { return r.size + 1 }

// Parse reads a connection's arguments. The error is for the client
// (BAD_USER_INPUT).
func Parse(first *int, after *string, last *int, before *string) (Request, error) {
	r := Request{size: Usual, After: uuid.Max, Before: uuid.Nil}
	if first != nil && last != nil {
		return r, apierror.New(apierror.BadUserInput, "give \"first\" or \"last\", not both")
	}
	for name, size := range map[string]*int{"first": first, "last": last} {
		if size == nil {
			continue
		}
		if r.size = *size; r.size < 0 || r.size > Most {
			return r, apierror.New(apierror.BadUserInput, "%q is %d; it must be 0 to %d", name, r.size, Most)
		}
	}
	r.Backward = last != nil
	r.behind = after != nil && !r.Backward || before != nil && r.Backward
	if err := parseCursor("after", after, &r.After); err != nil {
		return r, err
	}
	return r, parseCursor("before", before, &r.Before)
}

// Length is the most rows that a page with these arguments has, for reckoning
// its cost before the arguments are checked.
func Length(first, last *int) int {
	switch {
	case first != nil:
		return *first
	case last != nil:
		return *last
	}
	return Usual
}

// version is the first byte of a cursor, for the day when cursors hold more
// than an id.
const version = 1

// Cursor is the opaque text of a row's key.
func Cursor(key uuid.UUID) string {
	return base64.RawURLEncoding.EncodeToString(append([]byte{version}, key[:]...))
}

func parseCursor(name string, text *string, key *uuid.UUID) error {
	if text == nil {
		return nil
	}
	var raw [17]byte
	if len(*text) == base64.RawURLEncoding.EncodedLen(len(raw)) {
		n, err := base64.RawURLEncoding.Strict().Decode(raw[:], []byte(*text))
		if err == nil && n == len(raw) && raw[0] == version {
			copy(key[:], raw[1:])
			return nil
		}
	}
	return apierror.New(apierror.BadUserInput, "%q is not a cursor; use one that a page of this list gave", name)
}

// Info is a connection's pageInfo.
type Info struct {
	HasNextPage, HasPreviousPage bool
	StartCursor, EndCursor       *string
}

// Page is one page of a list, ready to become a connection.
type Page[T any] struct {
	Nodes   []T
	Cursors []string // of the nodes
	Info    *Info
}

// Of makes a page of the rows that were read for the request: at most Limit, in
// the order of the statement.
//
// The side from which reading started is known by one extra row. The other side
// would cost a statement of its own: there it is taken that the row whose cursor
// was given still exists.
func Of[T any](r Request, rows []T, key func(T) uuid.UUID) Page[T] {
	more := len(rows) > r.size
	if more {
		rows = rows[:r.size]
	}
	info := &Info{HasNextPage: more, HasPreviousPage: r.behind}
	if r.Backward {
		slices.Reverse(rows)
		info = &Info{HasNextPage: r.behind, HasPreviousPage: more}
	}
	p := Page[T]{rows, make([]string, len(rows)), info}
	for i, row := range rows {
		p.Cursors[i] = Cursor(key(row))
	}
	if len(rows) > 0 {
		info.StartCursor, info.EndCursor = &p.Cursors[0], &p.Cursors[len(rows)-1]
	}
	return p
}
