package mock

import (
	"encoding/json"
	"math"
	"strconv"
)

// number is any numeric value as text, which keeps integers of all sizes.
type number string

func toNumber(v any) (number, bool) {
	switch n := v.(type) {
	case json.Number:
		return number(n), true
	case int:
		return number(strconv.Itoa(n)), true
	case int64:
		return number(strconv.FormatInt(n, 10)), true
	case float64:
		return number(strconv.FormatFloat(n, 'f', -1, 64)), !math.IsNaN(n) && !math.IsInf(n, 0)
	}
	return "", false
}

// int32 is the number as an Int: integral (1.0 and 1e2 are) and of 32 bits.
func (n number) int32() (int64, bool) {
	if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		return i, int64(int32(i)) == i
	}
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > math.MaxInt32 {
		return 0, false
	}
	return int64(f), true
}

func (n number) float() (float64, bool) {
	f, err := strconv.ParseFloat(string(n), 64)
	return f, err == nil
}

// integer is the number as an ID: the digits of a whole number.
func (n number) integer() (string, bool) {
	if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		return strconv.FormatInt(i, 10), true
	}
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return "", false
	}
	return strconv.FormatFloat(f, 'f', 0, 64), true
}
