// Package id is the form in which the shop shows its ids: opaque, typed and of
// constant length.
//
// A UUIDv7 is 128 bits, time first. Outside it reads as a prefix that says what
// it names, an underscore, and 26 digits of base 32 in lower case:
//
//	usr_01jc4zq8mve5xbm3a7n1t6k2wd
//
// The alphabet is Crockford's (no i, l, o, u), most significant digit first, so
// that texts sort as their UUIDs do, and UUIDv7 sort by creation. There is
// exactly one text for each id: parsing refuses every other spelling.
package id

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/apierror"
)

// Kind is the prefix that says what an id names.
type Kind string

// The kinds of the shop. A prefix is part of the API and never changes.
const (
	User      Kind = "usr"
	Session   Kind = "ses" // in tokens only
	Address   Kind = "adr"
	Product   Kind = "prd"
	Variant   Kind = "var"
	Category  Kind = "cat"
	Movement  Kind = "mov"
	Order     Kind = "ord"
	OrderLine Kind = "oln"
	Payment   Kind = "pay"
	Event     Kind = "evt"
	Webhook   Kind = "whk"
)

const (
	alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
	digits   = 26 // of 5 bits: 130, of which the first two are always zero
)

// values maps a byte to its digit, or to 0xff.
var values = func() (table [256]byte) {
	for i := range table {
		table[i] = 0xff
	}
	for v, c := range alphabet {
		table[c] = byte(v)
	}
	return table
}()

// New returns a fresh UUIDv7. Ids made one after the other in a process sort in
// that order.
func New() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// Format is the text of an id of this kind.
func (k Kind) Format(u uuid.UUID) string {
	var text [digits]byte
	encode(text[:], u)
	return string(k) + "_" + string(text[:])
}

// Parse is the inverse of Format. The error is for the client (BAD_USER_INPUT)
// and says what an id of this kind looks like.
func (k Kind) Parse(text string) (uuid.UUID, error) {
	rest, ok := strings.CutPrefix(text, string(k)+"_")
	if ok && len(rest) == digits {
		if u, ok := decode(rest); ok {
			return u, nil
		}
	}
	return uuid.Nil, apierror.New(apierror.BadUserInput,
		"%s is not the id of %s: it has the form %s_ and %d characters", Quote(text), names[k], k, digits)
}

var names = map[Kind]string{
	User: "a user", Session: "a session", Address: "an address", Product: "a product", Variant: "a product variant", Category: "a category", Movement: "a stock movement", Order: "an order", OrderLine: "an order line", Payment: "a payment", Event: "an event", Webhook: "a webhook",
}

// Quote shows a client its own text, cut to a length that no log minds.
func Quote(text string) string {
	const most = 40
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return fmt.Sprintf("%q", text)
}

func encode(text []byte, u uuid.UUID) {
	high, low := halves(u)
	for i := digits - 1; i >= 0; i-- {
		text[i] = alphabet[low&31]
		low = low>>5 | high<<59
		high >>= 5
	}
}

func decode(text string) (u uuid.UUID, ok bool) {
	var high, low uint64
	for i := range len(text) {
		v := values[text[i]]
		if v == 0xff || i == 0 && v > 7 {
			return uuid.Nil, false
		}
		high = high<<5 | low>>59
		low = low<<5 | uint64(v)
	}
	for i := range 8 {
		u[i] = byte(high >> (56 - 8*i))
		u[8+i] = byte(low >> (56 - 8*i))
	}
	return u, true
}

func halves(u uuid.UUID) (high, low uint64) {
	for i := range 8 {
		high = high<<8 | uint64(u[i])
		low = low<<8 | uint64(u[8+i])
	}
	return high, low
}
