package page

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/where"
)

// Sort is an order of rows by a value and, among equals, by id.
type Sort struct {
	// Name stands in the cursors: one of another order is refused.
	Name string
	// Value and ID are what rows are sorted by, in SQL. Without a Value they are
	// sorted by id alone.
	Value, ID string
	// Number says that values are whole numbers; otherwise they are texts.
	Number bool
	// Descending is the direction of both.
	Descending bool
}

// Sorted says which page of a sorted list is wanted. A page is read with one
// statement:
//
//	WHERE … AND (value, id) > (…) ORDER BY value, id LIMIT …
type Sorted struct {
	sort          Sort
	size          int
	backward      bool
	after, before *place
	behind        bool
}

// place is where a row lies in a sorted list.
type place struct {
	value string
	id    uuid.UUID
}

// ParseSorted reads a connection's arguments. The error is for the client
// (BAD_USER_INPUT).
func ParseSorted(s Sort, first *int, after *string, last *int, before *string) (Sorted, error) {
	r, err := Parse(first, nil, last, nil)
	if err != nil {
		return Sorted{}, err
	}
	sorted := Sorted{sort: s, size: r.size, backward: r.Backward, behind: after != nil && !r.Backward || before != nil && r.Backward}
	if sorted.after, err = s.parse("after", after); err != nil {
		return Sorted{}, err
	}
	sorted.before, err = s.parse("before", before)
	return sorted, err
}

// versionSorted is the first byte of a sorted list's cursor.
const versionSorted = 2

// maxCursor is longer than any cursor of ours.
const maxCursor = 2000

// cursor is version, length of the name, name, id, value.
func (s Sort) cursor(p place) string {
	raw := append([]byte{versionSorted, byte(len(s.Name))}, s.Name...)
	raw = append(append(raw, p.id[:]...), p.value...)
	return base64.RawURLEncoding.EncodeToString(raw)
}

func (s Sort) parse(name string, text *string) (*place, error) {
	if text == nil {
		return nil, nil
	}
	bad := apierror.New(apierror.BadUserInput, "%q is not a cursor; use one that a page of this list, in this order, gave", name)
	if len(*text) > maxCursor {
		return nil, bad
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(*text)
	head := string([]byte{versionSorted, byte(len(s.Name))}) + s.Name
	rest, ours := strings.CutPrefix(string(raw), head)
	if err != nil || !ours || len(rest) < len(uuid.UUID{}) {
		return nil, bad
	}
	p := &place{value: rest[len(uuid.UUID{}):]}
	copy(p.id[:], rest)
	if !s.isValue(p.value) {
		return nil, bad
	}
	return p, nil
}

// isValue says whether PostgreSQL could have written the text for a value.
func (s Sort) isValue(text string) bool {
	switch {
	case s.Value == "":
		return text == ""
	case s.Number:
		_, err := strconv.ParseInt(text, 10, 64)
		return err == nil
	}
	return utf8.ValidString(text) && !strings.ContainsRune(text, 0)
}

// Read narrows the conditions to the page and returns the rest of the statement:
// ORDER BY and LIMIT. It reads one row more than the page has.
func (r Sorted) Read(c *where.Clause) string {
	for _, bound := range []struct {
		at   *place
		less bool
	}{{r.after, r.sort.Descending}, {r.before, !r.sort.Descending}} {
		if bound.at != nil {
			r.sort.bound(c, bound.at, map[bool]string{false: ">", true: "<"}[bound.less])
		}
	}
	direction := ""
	if r.sort.Descending != r.backward {
		direction = " DESC"
	}
	order := r.sort.ID + direction
	if r.sort.Value != "" {
		order = r.sort.Value + direction + ", " + order
	}
	return " ORDER BY " + order + " LIMIT " + c.Value(r.size+1)
}

func (s Sort) bound(c *where.Clause, at *place, operator string) {
	cast := "::text"
	if s.Number {
		cast = "::bigint"
	}
	if s.Value == "" {
		c.And(s.ID+" "+operator+" ?", at.id)
		return
	}
	c.And("("+s.Value+", "+s.ID+") "+operator+" (?"+cast+", ?)", at.value, at.id)
}

// OfSorted makes a page of the rows that were read for the request, as Of does.
// place is a row's value, as PostgreSQL writes it as text, and its id.
func OfSorted[T any](r Sorted, rows []T, at func(T) (value string, id uuid.UUID)) Page[T] {
	more := len(rows) > r.size
	if more {
		rows = rows[:r.size]
	}
	info := &Info{HasNextPage: more, HasPreviousPage: r.behind}
	if r.backward {
		slices.Reverse(rows)
		info = &Info{HasNextPage: r.behind, HasPreviousPage: more}
	}
	p := Page[T]{rows, make([]string, len(rows)), info}
	for i, row := range rows {
		value, id := at(row)
		p.Cursors[i] = r.sort.cursor(place{value, id})
	}
	if len(rows) > 0 {
		info.StartCursor, info.EndCursor = &p.Cursors[0], &p.Cursors[len(rows)-1]
	}
	return p
}
