package id

import (
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// List is PostgreSQL's uuid[], as a parameter, WHERE id = ANY($1), and as a
// column without NULL.
type List []uuid.UUID

// Scan implements sql.Scanner.
func (l *List) Scan(value any) error {
	text, ok := value.([]byte)
	inner, opened := strings.CutPrefix(string(text), "{")
	inner, closed := strings.CutSuffix(inner, "}")
	if !ok || !opened || !closed {
		return fmt.Errorf("%T is no uuid[]", value)
	}
	*l = List{}
	if inner == "" {
		return nil
	}
	for element := range strings.SplitSeq(inner, ",") {
		u, err := uuid.Parse(element)
		if err != nil {
			return err
		}
		*l = append(*l, u)
	}
	return nil
}

// Value implements driver.Valuer.
func (l List) Value() (driver.Value, error) {
	const textLength = 36
	array := make([]byte, 1, 2+len(l)*(textLength+1))
	array[0] = '{'
	for i, u := range l {
		if i > 0 {
			array = append(array, ',')
		}
		text, _ := u.MarshalText() // errs never
		array = append(array, text...)
	}
	return string(append(array, '}')), nil
}
