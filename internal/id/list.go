package id

import (
	"database/sql/driver"

	"github.com/google/uuid"
)

// List is a parameter of type uuid[] for PostgreSQL: WHERE id = ANY($1).
type List []uuid.UUID

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
