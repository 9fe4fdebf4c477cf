package verdict

import (
	"strings"
	"testing"
	"time"
)

func TestLineDiff(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"a b c", "a b c", ""},
		{"", "a", "-\n+a\n"},
		{"a b c", "a x c", " a\n-b\n+x\n c\n"},
		{"1 2 3 4 5 6 7 8 9 x", "1 2 3 4 5 6 7 8 9 y", "…\n 7\n 8\n 9\n-x\n+y\n"},
		{"x 1 2 3 4 5 6 7 8 y", "1 2 3 4 5 6 7 8", "-x\n 1\n 2\n 3\n…\n 6\n 7\n 8\n-y\n"},
		{"a b", "b a", "-a\n b\n+a\n"},
	} {
		if got := lineDiff(strings.Split(c.old, " "), strings.Split(c.new, " ")); got != c.want && c.old != c.new {
			t.Errorf("%q and %q:\n%s", c.old, c.new, got)
		}
	}
	long := strings.Split(strings.Repeat("a b ", 3000), " ")
	other := strings.Split(strings.Repeat("b c ", 3000), " ")
	if got := lineDiff(long, other); !strings.Contains(got, "-a\n") || !strings.Contains(got, "+c\n") {
		t.Error("texts too long for a table are not compared")
	}
}

// FuzzLineDiff: what is not marked "+" is the old text, what is not marked "-"
// the new one.
func FuzzLineDiff(f *testing.F) {
	f.Add("a\nb\nc", "a\nc\nd")
	f.Fuzz(func(t *testing.T, old, new string) {
		var a, b []string
		for _, line := range mergeLines(strings.Split(old, "\n"), strings.Split(new, "\n")) {
			if line[0] != '+' {
				a = append(a, line[1:])
			}
			if line[0] != '-' {
				b = append(b, line[1:])
			}
		}
		if strings.Join(a, "\n") != old || strings.Join(b, "\n") != new {
			t.Errorf("%q and %q became %q and %q", old, new, a, b)
		}
	})
}

func TestApprovalsExpire(t *testing.T) {
	approvals, err := ReadApprovals("approvals.yaml", []byte("approvals:\n  - {change: A  b, reason: why, expires: 2026-11-22}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]bool{"2026-11-22T23:59:59Z": true, "2026-11-23T00:00:00Z": false, "2026-11-23T00:30:00+01:00": true} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := approved(approvals, "A b", now) != ""; got != want {
			t.Errorf("at %s it counts: %v", at, got)
		}
	}
	if approved(approvals, "A c", time.Time{}) != "" || approved(approvals, "", time.Time{}) != "" {
		t.Error("it counts for another finding")
	}
}

// FuzzApprovals: whatever the file holds, reading it does not panic, and what is
// read has all that it needs.
func FuzzApprovals(f *testing.F) {
	f.Add("approvals:\n  - change: A b\n    reason: x\n    expires: 2026-12-31\n")
	f.Add("approvals: [null]")
	f.Add("[")
	f.Fuzz(func(t *testing.T, text string) {
		approvals, err := ReadApprovals("a.yaml", []byte(text))
		for _, a := range approvals {
			if err != nil || a.Change == "" || a.Reason == "" || a.Expires.IsZero() && !strings.Contains(text, "0001-01-01") {
				t.Errorf("%q: %+v, %v", text, a, err)
			}
		}
	})
}
