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
	text, opened := strings.CutPrefix(label, "percent(")
	text, closed := strings.CutSuffix(text, ")")
	share, err := strconv.ParseFloat(text, 64)
	return opened && closed && err == nil && rand.Float64()*100 < share
}
