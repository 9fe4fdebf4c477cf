// Package money counts in whole minor units: cents, not fractions of a euro.
// Nothing in it is a float, nothing overflows silently.
package money

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/shopgraph/shopgraph/internal/apierror"
)

// Money is an amount of one currency. Minor counts the currency's smallest
// units: 1999 is 19.99 in EUR, 1999 in JPY, 1.999 in KWD.
type Money struct {
	Minor    int64
	Currency Currency
}

// ErrOverflow is a sum or product that does not fit in 64 bits of minor units.
var ErrOverflow = errors.New("the amount is too large")

// ErrMixed is a sum of two currencies.
var ErrMixed = errors.New("amounts of two currencies have no sum")

// Parse reads a decimal amount, such as "19.99", exactly: it may have fewer
// decimals than the currency, never more. The error is for the client
// (BAD_USER_INPUT).
func Parse(amount string, c Currency) (Money, error) {
	if err := CheckDecimal(amount); err != nil {
		return Money{}, err
	}
	whole, fraction, _ := strings.Cut(amount, ".")
	exponent := c.Exponent()
	if len(fraction) > exponent {
		return Money{}, apierror.New(apierror.BadUserInput, "%s has %d decimals, and %s has %d", amount, len(fraction), c, exponent)
	}
	minor, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", exponent-len(fraction)), 10, 64)
	if err != nil {
		return Money{}, apierror.New(apierror.BadUserInput, "%s is too large an amount", quote(amount))
	}
	return Money{minor, c}, nil
}

// CheckDecimal says whether the text is a decimal number as the API writes it:
// digits, perhaps a minus before and a point within, no exponent, no leading
// zeros. The error is for the client (BAD_USER_INPUT).
func CheckDecimal(text string) error {
	whole, fraction, point := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	if len(text) <= maxDecimal && isDigits(whole) && (whole == "0" || whole[0] != '0') && (!point || isDigits(fraction)) {
		return nil
	}
	return apierror.New(apierror.BadUserInput, "%s is not a decimal number, such as \"19.99\"", quote(text))
}

// maxDecimal is longer than any amount of 64 bits.
const maxDecimal = 32

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Amount is the decimal text with all the currency's decimals: "19.90".
func (m Money) Amount() string {
	exponent := m.Currency.Exponent()
	text := strconv.FormatUint(magnitude(m.Minor), 10)
	if pad := exponent + 1 - len(text); pad > 0 {
		text = strings.Repeat("0", pad) + text
	}
	if exponent > 0 {
		text = text[:len(text)-exponent] + "." + text[len(text)-exponent:]
	}
	if m.Minor < 0 {
		text = "-" + text
	}
	return text
}

// CurrencyCode is the currency, under the name it has in the API.
func (m Money) CurrencyCode() Currency { return m.Currency }

// String is for people and logs: "19.90 EUR".
func (m Money) String() string { return m.Amount() + " " + string(m.Currency) }

// Add returns the sum; ErrMixed or ErrOverflow when there is none.
func (m Money) Add(other Money) (Money, error) {
	if m.Currency != other.Currency {
		return Money{}, fmt.Errorf("%w: %s and %s", ErrMixed, m.Currency, other.Currency)
	}
	sum := m.Minor + other.Minor
	if (sum > m.Minor) != (other.Minor > 0) {
		return Money{}, fmt.Errorf("%w: %s and %s", ErrOverflow, m, other)
	}
	return Money{sum, m.Currency}, nil
}

// Times returns the amount of quantity such things; ErrOverflow when it does
// not fit.
func (m Money) Times(quantity int) (Money, error) {
	high, low := bits.Mul64(magnitude(m.Minor), magnitude(int64(quantity)))
	negative := (m.Minor < 0) != (quantity < 0)
	limit := uint64(math.MaxInt64)
	if negative {
		limit++
	}
	if high != 0 || low > limit {
		return Money{}, fmt.Errorf("%w: %d times %s", ErrOverflow, quantity, m)
	}
	if negative {
		low = -low
	}
	return Money{int64(low), m.Currency}, nil
}

// magnitude is |n|, which does not fit in int64 for its smallest value.
func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// quote shows a client its own text, cut to a length that no log minds.
func quote(text string) string {
	if len(text) > maxDecimal {
		text = strings.ToValidUTF8(text[:maxDecimal], "") + "…"
	}
	return strconv.Quote(text)
}

// Share returns the amount's part of numerator in denominator, rounded half up to
// whole minor units: the one rule by which the shop rounds. The amount is not
// negative and numerator is at most denominator, which is not zero.
func (m Money) Share(numerator, denominator uint64) Money {
	high, low := bits.Mul64(magnitude(m.Minor), numerator)
	whole, rest := bits.Div64(high, low, denominator)
	if rest >= denominator-rest {
		whole++
	}
	return Money{int64(whole), m.Currency}
}
