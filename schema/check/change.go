package check

import (
	"cmp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Class says what a change means to those who use the schema.
type Class int

// The classes, from harmless to harmful.
const (
	// Safe changes alter nothing for operations that were valid.
	Safe Class = iota
	// Dangerous changes keep operations valid, but they may answer what a client
	// is not prepared for.
	Dangerous
	// Breaking changes make operations invalid, or take back a promise that
	// clients' types were generated from.
	Breaking
)

// String returns "safe", "dangerous" or "breaking".
func (c Class) String() string { return [...]string{"safe", "dangerous", "breaking"}[c] }

// MarshalText implements encoding.TextMarshaler.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Kind is the stable name of a kind of change. The names are those of GraphQL
// Inspector, so that what is written about them holds here too.
type Kind string

// Change is one difference between two schemas.
type Change struct {
	Kind  Kind
	Class Class
	// Coordinate is the schema coordinate of what changed: "Product.price",
	// "Query.products(first:)", "Currency.EUR", "@cached(seconds:)"; "" is the
	// schema itself.
	Coordinate string
	// Detail tells changes of one kind at one coordinate apart: the union's
	// member, the interface, the new type. It is "" where there can be only one.
	Detail string
	// Message says what changed, in one sentence that names the coordinate.
	Message string
	// Why says what a breaking or dangerous change does to clients; else "".
	Why string
	// Uses are the coordinates whose users the change reaches: it concerns nobody
	// who uses none of them. A coordinate that ends in ".*" stands for the type
	// and all that is in it.
	Uses []string
	// Deprecated says that the element was removed after it had been deprecated.
	Deprecated bool
	// Old and New are where the element is in the two schemas; what was removed
	// has no New and what was added no Old. Both may be nil.
	Old, New *ast.Position
}

// ID identifies the change in approvals: its kind, coordinate and detail.
func (c *Change) ID() string {
	return strings.Join(slices.DeleteFunc([]string{string(c.Kind), c.Coordinate, c.Detail}, func(s string) bool { return s == "" }), " ")
}

// String is one line: class, ID, message and reason.
func (c *Change) String() string {
	line := c.Class.String() + " " + c.ID() + ": " + c.Message
	if c.Why != "" {
		line += "; " + c.Why
	}
	return line
}

func byCoordinate(a, b Change) int {
	return cmp.Or(
		strings.Compare(a.Coordinate, b.Coordinate),
		strings.Compare(string(a.Kind), string(b.Kind)),
		strings.Compare(a.Detail, b.Detail),
		strings.Compare(a.Message, b.Message),
	)
}
