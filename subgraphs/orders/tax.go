package orders

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/shopgraph/shopgraph/internal/money"
)

// Prices have their tax in them. What tax is in a line follows from the line's
// total and the rate of its product's class, rounded half up; an order's tax is
// the sum of its lines' tax, its total the sum of their totals. So at every level
//
//	total = netTotal + tax
//
// to the cent, however many units and lines there are.

// taxRate is in millionths of the net price: 190000 is 19 per cent.
type taxRate int

const whole = 1_000_000

// in is the tax that a total has in it.
func (r taxRate) in(total money.Money) money.Money {
	return total.Share(uint64(r), uint64(whole+r))
}

// String is the rate in per cent: "19", "5.5".
func (r taxRate) String() string {
	const percent = whole / 100
	if r%percent == 0 {
		return strconv.Itoa(int(r / percent))
	}
	return strings.TrimRight(fmt.Sprintf("%d.%04d", r/percent, r%percent), "0")
}

// TaxRates are the rates by products' tax class.
type TaxRates map[string]taxRate

// UsualTaxRates are those of a shop that is told of none.
func UsualTaxRates() TaxRates { return TaxRates{"STANDARD": 190_000, "REDUCED": 70_000, "ZERO": 0} }

// ParseTaxRates reads rates in per cent by tax class, "STANDARD=19 REDUCED=5.5";
// classes that it does not name have none.
func ParseTaxRates(text string) (TaxRates, error) {
	rates := TaxRates{"STANDARD": 0, "REDUCED": 0, "ZERO": 0}
	for field := range strings.FieldsSeq(text) {
		class, percent, _ := strings.Cut(field, "=")
		if _, known := rates[class]; !known {
			return nil, fmt.Errorf("%q is no tax class: there are STANDARD, REDUCED and ZERO", class)
		}
		whole, fraction, _ := strings.Cut(percent, ".")
		if len(fraction) > 4 || money.CheckDecimal(percent) != nil {
			return nil, fmt.Errorf("%q is no rate in per cent, such as 19 or 5.5", percent)
		}
		rate, err := strconv.ParseUint(whole+fraction+strings.Repeat("0", 4-len(fraction)), 10, 32)
		if err != nil || rate > 1_000_000 {
			return nil, fmt.Errorf("%q is no rate in per cent, 0 to 100", percent)
		}
		rates[class] = taxRate(rate)
	}
	return rates, nil
}
