package router

import (
	"context"
	"math/rand/v2"
	"strconv"
	"strings"
)

// percent decides about the labels "percent(x)" by chance, for each request
// anew. Other labels are off.
func percent(_ context.Context, label string) bool {
	text, ok := strings.CutPrefix(label, "percent(")
	if text, ok = strings.CutSuffix(text, ")"); !ok {
		return false
	}
	share, err := strconv.ParseFloat(text, 64)
	return err == nil && rand.Float64()*100 < share
}
