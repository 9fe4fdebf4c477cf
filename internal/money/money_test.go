package money

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/shopgraph/shopgraph/internal/apierror"
)

func TestAmount(t *testing.T) {
	for _, c := range []struct {
		minor    int64
		currency Currency
		want     string
	}{
		{0, "USD", "0.00"}, {1, "USD", "0.01"}, {10, "USD", "0.10"}, {123456, "USD", "1234.56"}, {-5, "USD", "-0.05"},
		{0, "JPY", "0"}, {1999, "JPY", "1999"}, {-1, "JPY", "-1"},
		{1, "KWD", "0.001"}, {1999, "KWD", "1.999"},
		{math.MaxInt64, "EUR", "92233720368547758.07"}, {math.MinInt64, "EUR", "-92233720368547758.08"},
		{2147483648, "USD", "21474836.48"}, // past what GraphQL's Int could carry
	} {
		if got := (Money{c.minor, c.currency}).Amount(); got != c.want {
			t.Errorf("%d %s reads %s, want %s", c.minor, c.currency, got, c.want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		amount   string
		currency Currency
		want     int64
	}{
		{"19.99", "EUR", 1999}, {"19.9", "EUR", 1990}, {"19", "EUR", 1900}, {"0.05", "EUR", 5}, {"-0.05", "EUR", -5},
		{"1999", "JPY", 1999}, {"1.999", "KWD", 1999}, {"92233720368547758.07", "EUR", math.MaxInt64},
	} {
		if got, err := Parse(c.amount, c.currency); err != nil || got != (Money{c.want, c.currency}) {
			t.Errorf("Parse(%s %s) = %v, %v, want %d", c.amount, c.currency, got, err, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct {
		amount   string
		currency Currency
	}{
		{"", "EUR"}, {"-", "EUR"}, {".", "EUR"}, {"1.", "EUR"}, {".5", "EUR"}, {"+1", "EUR"}, {"01", "EUR"}, {"--1", "EUR"},
		{"1e3", "EUR"}, {"1,50", "EUR"}, {"NaN", "EUR"}, {"Infinity", "EUR"}, {"0x10", "EUR"}, {" 1", "EUR"}, {"1 ", "EUR"},
		{"١٢", "EUR"}, {"1.999", "EUR"}, {"1.000", "EUR"}, {"1.5", "JPY"}, {"1.0001", "KWD"},
		{"92233720368547758.08", "EUR"}, {strings.Repeat("9", 1<<20), "EUR"},
	} {
		got, err := Parse(c.amount, c.currency)
		seen, ok := apierror.As(err)
		if !ok || seen.Code != apierror.BadUserInput {
			t.Errorf("Parse(%.40q, %s) = %v, %v, want a client's BAD_USER_INPUT", c.amount, c.currency, got, err)
		}
		if err != nil && len(err.Error()) > 200 {
			t.Errorf("the message repeats %d bytes", len(err.Error()))
		}
	}
}

func TestEveryAmountIsReadBack(t *testing.T) {
	currencies := rapid.SampledFrom([]Currency{"JPY", "USD", "KWD"})
	rapid.Check(t, func(t *rapid.T) {
		m := Money{rapid.Int64().Draw(t, "minor"), currencies.Draw(t, "currency")}
		if back, err := Parse(m.Amount(), m.Currency); err != nil || back != m {
			t.Fatalf("%d reads %s and comes back as %d (%v)", m.Minor, m.Amount(), back.Minor, err)
		}
	})
}

// Sums and products agree with integers of any size, or say that they overflow.
func TestArithmeticIsExactOrRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		sum, err := Money{a, "EUR"}.Add(Money{b, "EUR"})
		agree(t, "sum", sum, err, new(big.Int).Add(big.NewInt(a), big.NewInt(b)))
		product, err := Money{a, "EUR"}.Times(int(b))
		agree(t, "product", product, err, new(big.Int).Mul(big.NewInt(a), big.NewInt(b)))
	})
}

func agree(t *rapid.T, what string, got Money, err error, want *big.Int) {
	if want.IsInt64() && (err != nil || got.Minor != want.Int64()) {
		t.Fatalf("%s = %d, %v, want %s", what, got.Minor, err, want)
	}
	if !want.IsInt64() && !errors.Is(err, ErrOverflow) {
		t.Fatalf("%s = %d, %v, want an overflow (%s)", what, got.Minor, err, want)
	}
}

func TestTheEdgesOfArithmetic(t *testing.T) {
	least := Money{math.MinInt64, "EUR"}
	if _, err := least.Times(-1); !errors.Is(err, ErrOverflow) {
		t.Errorf("-1 times the smallest amount = %v", err)
	}
	if m, err := least.Times(1); err != nil || m != least {
		t.Errorf("1 times the smallest amount = %v, %v", m, err)
	}
	if m, err := (Money{5, "EUR"}).Add(Money{0, "EUR"}); err != nil || m.Minor != 5 {
		t.Errorf("5 + 0 = %v, %v", m, err)
	}
	if _, err := (Money{1, "EUR"}).Add(Money{1, "USD"}); !errors.Is(err, ErrMixed) {
		t.Errorf("EUR + USD = %v", err)
	}
}

func TestCurrencies(t *testing.T) {
	for code, want := range map[Currency]int{"JPY": 0, "ISK": 0, "CLP": 0, "EUR": 2, "HUF": 2, "IDR": 2, "KWD": 3, "TND": 3} {
		if got := code.Exponent(); got != want {
			t.Errorf("%s has %d decimals, want %d", code, got, want)
		}
	}
	for code := range exponents {
		if len(code) != 3 || strings.ToUpper(string(code)) != string(code) {
			t.Errorf("%q is no code", code)
		}
	}
	for _, code := range []string{"", "eur", "EURO", "XAU", "BTC", "E\x00R"} {
		if _, err := ParseCurrency(code); err == nil {
			t.Errorf("ParseCurrency(%q) passes", code)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("19.99")
	f.Add("-0.5")
	f.Fuzz(func(t *testing.T, amount string) {
		m, err := Parse(amount, "EUR")
		if err != nil {
			return
		}
		if back, err := Parse(m.Amount(), "EUR"); err != nil || back != m {
			t.Fatalf("%q is %d, which reads %s", amount, m.Minor, m.Amount())
		}
	})
}

func BenchmarkAmount(b *testing.B) {
	m := Money{1999, "EUR"}
	b.ReportAllocs()
	for b.Loop() {
		_ = m.Amount()
	}
}

func TestShareRoundsHalfUp(t *testing.T) {
	for _, c := range []struct {
		minor       int64
		part, whole uint64
		want        int64
	}{
		{0, 19, 119, 0},
		{119, 19, 119, 19},
		{5, 1, 10, 1},  // 0.5
		{15, 1, 10, 2}, // 1.5
		{4, 1, 10, 0},  // 0.4
		{1, 1, 3, 0},   // 0.333…
		{2, 1, 3, 1},   // 0.666…
		{100, 1, 1, 100},
		{math.MaxInt64, 999_999, 1_000_000, 9223362813482738952},
		{math.MaxInt64, 1, 1, math.MaxInt64},
	} {
		if got := (Money{c.minor, "EUR"}).Share(c.part, c.whole); got.Minor != c.want {
			t.Errorf("%d × %d/%d = %d, want %d", c.minor, c.part, c.whole, got.Minor, c.want)
		}
	}
}
