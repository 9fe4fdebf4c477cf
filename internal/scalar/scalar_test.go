package scalar

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/shopgraph/shopgraph/internal/apierror"
)

func written(m graphql.Marshaler) string {
	var out bytes.Buffer
	m.MarshalGQL(&out)
	return out.String()
}

func TestWritten(t *testing.T) {
	berlin := time.FixedZone("", 3600)
	for want, m := range map[string]graphql.Marshaler{
		`"2026-11-22T19:25:00Z"`:    MarshalDateTime(time.Date(2026, 11, 22, 20, 25, 0, 0, berlin)),
		`"2026-11-22T20:25:00.25Z"`: MarshalDateTime(time.Date(2026, 11, 22, 20, 25, 0, 250_000_000, time.UTC)),
		`"19.99"`:                   MarshalDecimal("19.99"),
		`"EUR"`:                     MarshalCurrencyCode("EUR"),
	} {
		if got := written(m); got != want {
			t.Errorf("wrote %s, want %s", got, want)
		}
	}
}

func TestRead(t *testing.T) {
	if got, err := UnmarshalDateTime("2026-11-22T20:25:00+01:00"); err != nil || got != time.Date(2026, 11, 22, 19, 25, 0, 0, time.UTC) {
		t.Errorf("DateTime = %v, %v", got, err)
	}
	if got, err := UnmarshalDecimal("-0.50"); err != nil || got != "-0.50" {
		t.Errorf("Decimal = %v, %v", got, err)
	}
	if got, err := UnmarshalCurrencyCode("KWD"); err != nil || got != "KWD" {
		t.Errorf("CurrencyCode = %v, %v", got, err)
	}
}

func TestRefused(t *testing.T) {
	for _, value := range []any{nil, 7, 1.5, json.Number("1.5"), true, "", "tomorrow", "1e3", "eur", []any{"EUR"}, map[string]any{}} {
		_, dateTime := UnmarshalDateTime(value)
		_, decimal := UnmarshalDecimal(value)
		_, currency := UnmarshalCurrencyCode(value)
		for scalar, err := range map[string]error{"DateTime": dateTime, "Decimal": decimal, "CurrencyCode": currency} {
			if seen, ok := apierror.As(err); !ok || seen.Code != apierror.BadUserInput {
				t.Errorf("%s of %v = %v, want a client's BAD_USER_INPUT", scalar, value, err)
			}
		}
	}
}
