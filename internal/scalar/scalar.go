// Package scalar is how the shop's own scalars are written and read: gqlgen
// binds to its Marshal and Unmarshal functions. What does not parse is the
// client's error, BAD_USER_INPUT.
package scalar

import (
	"encoding/json"
	"io"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/money"
)

// MarshalDateTime writes RFC 3339 in UTC, whatever zone t is in.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return graphql.MarshalString(t.UTC().Format(time.RFC3339Nano))
}

// UnmarshalDateTime reads RFC 3339 of any zone.
func UnmarshalDateTime(value any) (time.Time, error) {
	text, err := asText(value, "DateTime")
	if err != nil {
		return time.Time{}, err
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}, apierror.New(apierror.BadUserInput, "a DateTime is RFC 3339, such as \"2026-11-22T20:25:00Z\"")
	}
	return t.UTC(), nil
}

// MarshalDecimal writes the number as text.
func MarshalDecimal(decimal string) graphql.Marshaler { return graphql.MarshalString(decimal) }

// UnmarshalDecimal reads a decimal number from text; numbers of JSON are refused,
// since they may have been floats on their way.
func UnmarshalDecimal(value any) (string, error) {
	text, err := asText(value, "Decimal")
	if err != nil {
		return "", err
	}
	return text, money.CheckDecimal(text)
}

// MarshalCurrencyCode writes the code.
func MarshalCurrencyCode(c money.Currency) graphql.Marshaler { return graphql.MarshalString(string(c)) }

// UnmarshalCurrencyCode reads an ISO 4217 code.
func UnmarshalCurrencyCode(value any) (money.Currency, error) {
	text, err := asText(value, "CurrencyCode")
	if err != nil {
		return "", err
	}
	return money.ParseCurrency(text)
}

// MarshalJSON writes JSON as it is.
func MarshalJSON(value json.RawMessage) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { w.Write(value) })
}

// UnmarshalJSON reads any JSON value.
func UnmarshalJSON(value any) (json.RawMessage, error) {
	return json.Marshal(value)
}

func asText(value any, scalar string) (string, error) {
	if text, ok := value.(string); ok {
		return text, nil
	}
	return "", apierror.New(apierror.BadUserInput, "a %s is written as a string", scalar)
}
