package orders

import (
	"math"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/shopgraph/shopgraph/internal/money"
)

// At every level, for whatever prices, quantities and rates: what is paid is what
// remains without the tax, and the tax; and the whole is the sum of its parts.
func TestTotalsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rates := TaxRates{"STANDARD": taxRate(rapid.IntRange(0, whole).Draw(t, "rate")), "REDUCED": taxRate(rapid.IntRange(0, whole).Draw(t, "reduced"))}
		r := &request{currency: rapid.SampledFrom([]money.Currency{"EUR", "JPY", "KWD"}).Draw(t, "currency")}
		var offers []*offer
		for i := range rapid.IntRange(1, 20).Draw(t, "lines") {
			r.lines = append(r.lines, requestLine{variant: uuid.UUID{byte(i)}, quantity: rapid.IntRange(1, 999).Draw(t, "quantity"), input: i})
			offers = append(offers, &offer{
				taxClass: rapid.SampledFrom([]string{"STANDARD", "REDUCED", "ZERO"}).Draw(t, "class"),
				price:    &money.Money{Minor: rapid.Int64Range(0, 1e12).Draw(t, "price"), Currency: r.currency},
			})
		}
		o, faults := r.order(offers, rates)
		if len(faults) > 0 {
			t.Fatal(faults[0])
		}
		var total, tax int64
		for _, l := range o.lines {
			if l.total.Minor != l.unitPrice.Minor*int64(l.quantity) || l.tax.Minor < 0 || l.tax.Minor > l.total.Minor {
				t.Fatalf("a line: %+v", l)
			}
			exact := float64(l.total.Minor) * float64(l.taxRate) / float64(whole+l.taxRate)
			if l.total.Minor < 1e13 && math.Abs(exact-float64(l.tax.Minor)) > 0.501 {
				t.Fatalf("the tax in %s at %s is %s, and exactly %f", l.total, l.taxRate, l.tax, exact)
			}
			total, tax = total+l.total.Minor, tax+l.tax.Minor
		}
		if o.total.Minor != total || o.tax.Minor != tax {
			t.Fatalf("total %s and tax %s of lines that make %d and %d", o.total, o.tax, total, tax)
		}
	})
}

// The rule by example, and the cases that others got wrong: a tenth of many small
// units (Vendure's #3003), lines that do not make the total (Saleor's #12348).
func TestTaxByExample(t *testing.T) {
	for _, c := range []struct {
		amount   string
		currency money.Currency
		quantity int
		rate     taxRate
		tax      string
	}{
		{"119.00", "EUR", 1, 190_000, "19.00"},
		{"0.03", "EUR", 1, 190_000, "0.00"},   // 0.479 cents
		{"0.04", "EUR", 1, 190_000, "0.01"},   // 0.639 cents
		{"0.33", "EUR", 3, 100_000, "0.09"},   // exactly 9 cents
		{"9.99", "EUR", 37, 100_000, "33.60"}, // 33.6027…: once for the line, not 37 times 0.91
		{"100", "JPY", 3, 100_000, "27"},      // 27.27…
		{"0.333", "KWD", 3, 50_000, "0.048"},  // 0.04757…
		{"11.55", "USD", 1, 100_000, "1.05"},  // exactly
		{"19.99", "EUR", 999, 0, "0.00"},
		{"0.01", "EUR", 1, whole, "0.01"}, // exactly half a cent: up
	} {
		price, err := money.Parse(c.amount, c.currency)
		if err != nil {
			t.Fatal(err)
		}
		total, err := price.Times(c.quantity)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.rate.in(total).Amount(); got != c.tax {
			t.Errorf("%d × %s at %s %%: %s, want %s", c.quantity, price, c.rate, got, c.tax)
		}
	}
}

func TestTaxRates(t *testing.T) {
	rates, err := ParseTaxRates("STANDARD=19 REDUCED=5.5")
	if err != nil || rates["STANDARD"].String() != "19" || rates["REDUCED"].String() != "5.5" || rates["ZERO"].String() != "0" {
		t.Errorf("%v, %v", rates, err)
	}
	if rates, err = ParseTaxRates("STANDARD=8.8755"); err != nil || rates["STANDARD"] != 88_755 {
		t.Errorf("%v, %v", rates, err)
	}
	for _, text := range []string{"STANDARD", "STANDARD=", "LUXURY=25", "STANDARD=-1", "STANDARD=100.1", "STANDARD=1.23456", "STANDARD=1e2", "19"} {
		if _, err := ParseTaxRates(text); err == nil {
			t.Errorf("%q has rates", text)
		}
	}
}
