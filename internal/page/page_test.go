package page

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/shopgraph/shopgraph/internal/apierror"
)

// list answers a request as the statements of the package comment do.
func list(rows []uuid.UUID, r Request) Page[uuid.UUID] {
	newestFirst := func(a, b uuid.UUID) int { return bytes.Compare(b[:], a[:]) }
	var found []uuid.UUID
	for _, id := range rows {
		if newestFirst(r.After, id) < 0 && newestFirst(id, r.Before) < 0 {
			found = append(found, id)
		}
	}
	slices.SortFunc(found, newestFirst)
	if r.Backward {
		slices.Reverse(found)
	}
	found = found[:min(len(found), r.Limit())]
	return Of(r, found, func(id uuid.UUID) uuid.UUID { return id })
}

// Walking the list page by page, either way, gives every row once and in order.
func TestPagesMakeTheWholeList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) uuid.UUID {
			return uuid.UUID(append([]byte{1}, rapid.SliceOfN(rapid.Byte(), 15, 15).Draw(t, "id")...))
		}), 0, 12, rapid.ID).Draw(t, "rows")
		size := rapid.IntRange(1, 5).Draw(t, "size")
		want := list(rows, Request{size: Most, After: uuid.Max}).Nodes

		if got := walk(t, rows, func(at *string) (Request, error) { return Parse(&size, at, nil, nil) }); !slices.Equal(got, want) {
			t.Fatalf("forward %v, want %v", got, want)
		}
		if got := walk(t, rows, func(at *string) (Request, error) { return Parse(nil, nil, &size, at) }); !slices.Equal(got, want) {
			t.Fatalf("backward %v, want %v", got, want)
		}
	})
}

func walk(t *rapid.T, rows []uuid.UUID, next func(at *string) (Request, error)) (seen []uuid.UUID) {
	var at *string
	for range len(rows) + 1 {
		r, err := next(at)
		if err != nil {
			t.Fatal(err)
		}
		p := list(rows, r)
		if r.Backward {
			seen = append(slices.Clone(p.Nodes), seen...)
			if at = p.Info.StartCursor; !p.Info.HasPreviousPage {
				return seen
			}
			continue
		}
		seen = append(seen, p.Nodes...)
		if at = p.Info.EndCursor; !p.Info.HasNextPage {
			return seen
		}
	}
	t.Fatal("the list has no end")
	return nil
}

func TestCursorsBelongToTheirNodes(t *testing.T) {
	rows := []uuid.UUID{{3}, {2}, {1}}
	p := list(rows, Request{size: 2, After: uuid.Max})
	if len(p.Cursors) != 2 || p.Cursors[1] != Cursor(rows[1]) || *p.Info.StartCursor != p.Cursors[0] || *p.Info.EndCursor != p.Cursors[1] {
		t.Errorf("page %+v, %+v", p, p.Info)
	}
	if empty := list(nil, Request{size: 2, After: uuid.Max}); *empty.Info != (Info{}) {
		t.Errorf("an empty list has %+v", empty.Info)
	}
}

func TestParseRefuses(t *testing.T) {
	number := func(n int) *int { return &n }
	text := func(s string) *string { return &s }
	good := Cursor(uuid.Max)
	for name, parse := range map[string]func() (Request, error){
		"first and last":      func() (Request, error) { return Parse(number(1), nil, number(1), nil) },
		"a negative first":    func() (Request, error) { return Parse(number(-1), nil, nil, nil) },
		"first over the most": func() (Request, error) { return Parse(number(Most+1), nil, nil, nil) },
		"last over the most":  func() (Request, error) { return Parse(nil, nil, number(1<<31-1), nil) },
		"an empty cursor":     func() (Request, error) { return Parse(nil, text(""), nil, nil) },
		"an id as a cursor":   func() (Request, error) { return Parse(nil, text("usr_01jc4zq8mve5xbm3a7n1t6k2wd"), nil, nil) },
		"SQL as a cursor":     func() (Request, error) { return Parse(nil, nil, nil, text("' OR 1=1 --")) },
		"a cursor cut short":  func() (Request, error) { return Parse(nil, text(good[:len(good)-1]), nil, nil) },
		"another version":     func() (Request, error) { return Parse(nil, text("C"+good[1:]), nil, nil) },
		"a second spelling":   func() (Request, error) { return Parse(nil, text(good[:len(good)-1]+"9"), nil, nil) },
		"a megabyte":          func() (Request, error) { return Parse(nil, text(strings.Repeat("A", 1<<20)), nil, nil) },
	} {
		_, err := parse()
		if seen, ok := apierror.As(err); !ok || seen.Code != apierror.BadUserInput || len(seen.Message) > 200 {
			t.Errorf("%s: %v, want a client's BAD_USER_INPUT", name, err)
		}
	}
	if r, err := Parse(number(0), nil, nil, nil); err != nil || r.Limit() != 1 {
		t.Errorf("first: 0 = %+v, %v", r, err)
	}
}
