package federation

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Version is the version of a specification, as in v2.3.
type Version struct{ Major, Minor int }

// String returns the version as it stands in a link's url.
func (v Version) String() string { return fmt.Sprintf("v%d.%d", v.Major, v.Minor) }

// Compare orders versions; it is negative when v is older than w.
func (v Version) Compare(w Version) int {
	return cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor))
}

// AtLeast says whether v is w or newer.
func (v Version) AtLeast(w Version) bool { return v.Compare(w) >= 0 }

// parseVersion reads "v<digits>.<digits>".
func parseVersion(s string) (Version, bool) {
	digits, ok := strings.CutPrefix(s, "v")
	major, minor, dotted := strings.Cut(digits, ".")
	if !ok || !dotted {
		return Version{}, false
	}
	a, okA := parseDigits(major)
	b, okB := parseDigits(minor)
	return Version{a, b}, okA && okB
}

func parseDigits(s string) (int, bool) {
	for _, r := range s {
		if r < '0' || r > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}
