package page

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/postgres/postgrestest"
	"github.com/shopgraph/shopgraph/internal/where"
)

var sorts = []Sort{
	{Name: "NUMBER", Value: "n", ID: "id", Number: true},
	{Name: "NUMBER_DOWN", Value: "n", ID: "id", Number: true, Descending: true},
	{Name: "TEXT", Value: `t COLLATE "C"`, ID: "id"},
	{Name: "TEXT_DOWN", Value: `t COLLATE "C"`, ID: "id", Descending: true},
	{Name: "ID", ID: "id"},
	{Name: "ID_DOWN", ID: "id", Descending: true},
}

type row struct {
	ID uuid.UUID `db:"id"`
	N  int       `db:"n"`
	T  string    `db:"t"`
}

func (r row) at(s Sort) (string, uuid.UUID) {
	switch {
	case s.Value == "":
		return "", r.ID
	case s.Number:
		return fmt.Sprint(r.N), r.ID
	}
	return r.T, r.ID
}

// Walking a sorted list page by page, either way and in any order, gives every
// row once and in that order, also among rows that are equal.
func TestSortedPagesMakeTheWholeList(t *testing.T) {
	db, err := sqlx.Open("postgres", postgrestest.Empty(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.MustExec(`CREATE TABLE rows AS SELECT gen_random_uuid() AS id, n % 7 - 3 AS n, substr('ä''b" cZ', 1 + n % 5, n % 3) AS t FROM generate_series(1, 40) n`)
	read := func(s Sort, first, last *int, at *string) Page[row] {
		var after, before *string
		if after = at; last != nil {
			after, before = nil, at
		}
		request, err := ParseSorted(s, first, after, last, before)
		if err != nil {
			t.Fatal(err)
		}
		var c where.Clause
		rest := request.Read(&c)
		var rows []row
		if err := db.Select(&rows, `SELECT id, n, t FROM rows WHERE `+c.String()+rest, c.Args()...); err != nil {
			t.Fatal(err)
		}
		return OfSorted(request, rows, func(r row) (string, uuid.UUID) { return r.at(s) })
	}
	all, size := Most, 7
	for _, s := range sorts {
		want := read(s, &all, nil, nil)
		if len(want.Nodes) != 40 || want.Info.HasNextPage || want.Info.HasPreviousPage {
			t.Fatalf("%s: %d rows", s.Name, len(want.Nodes))
		}
		var forward, backward []row
		for p := read(s, &size, nil, nil); ; p = read(s, &size, nil, p.Info.EndCursor) {
			if forward = append(forward, p.Nodes...); !p.Info.HasNextPage {
				break
			}
		}
		for p := read(s, nil, &size, nil); ; p = read(s, nil, &size, p.Info.StartCursor) {
			if backward = append(slices.Clone(p.Nodes), backward...); !p.Info.HasPreviousPage {
				break
			}
		}
		if !slices.Equal(forward, want.Nodes) || !slices.Equal(backward, want.Nodes) {
			t.Errorf("%s:\nwhole    %v\nforward  %v\nbackward %v", s.Name, want.Nodes, forward, backward)
		}
	}
}

func TestWhatIsNoCursorOfThisOrder(t *testing.T) {
	good := sorts[0].cursor(place{"5", uuid.Max})
	for name, text := range map[string]string{
		"nothing": "", "of another order": sorts[1].cursor(place{"5", uuid.Max}), "of a plain list": Cursor(uuid.Max), "cut short": good[:20],
		"a word for a number": sorts[0].cursor(place{"five", uuid.Max}), "no value": sorts[0].cursor(place{"", uuid.Max}), "not base64": "%%%",
		"very long": strings.Repeat("A", 3000), "one byte": base64.RawURLEncoding.EncodeToString([]byte{versionSorted}),
	} {
		if _, err := ParseSorted(sorts[0], nil, &text, nil, nil); !isBadInput(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, value := range map[string]string{"a NUL": "a\x00", "no UTF-8": "\xff"} {
		text := sorts[2].cursor(place{value, uuid.Max})
		if _, err := ParseSorted(sorts[2], nil, nil, nil, &text); !isBadInput(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ofValue := sorts[4].cursor(place{"x", uuid.Max})
	if _, err := ParseSorted(sorts[4], nil, &ofValue, nil, nil); !isBadInput(err) {
		t.Errorf("a value where there is none: %v", err)
	}
	if _, err := ParseSorted(sorts[0], nil, &good, nil, nil); err != nil {
		t.Error(err)
	}
}

func isBadInput(err error) bool {
	fault, ok := apierror.As(err)
	return ok && fault.Code == apierror.BadUserInput
}
