package e2e

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// The examples do what they say, again and again, against the shop in either
// form: a customer, three products, an order of them and its status.
func TestExamples(t *testing.T) {
	typed := filepath.Join(t.TempDir(), "first-order")
	if out, err := exec.Command("go", "build", "-o", typed, "../examples/first-order").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	eachWay(t, func(t *testing.T, s *shop) {
		for name, c := range map[string]struct{ program, ends string }{
			"curl":           {"../examples/first-order.sh", `\n   SG-\d+ is PLACED: 608\.10 EUR for nora\.\d+@example\.com\n$`},
			"a typed client": {typed, `\norder SG-\d+ of nora\.\w+@example\.com is PLACED: 717\.70 EUR\n  1 × Lamp\n  2 × Table\n  3 × Chair\n$`},
		} {
			for range 2 {
				out, err := exec.CommandContext(t.Context(), c.program, s.endpoint).CombinedOutput()
				if err != nil || !regexp.MustCompile(c.ends).Match(out) {
					t.Errorf("%s: %v\n%s", name, err, out)
				}
			}
		}
	})
	for _, program := range []string{"../examples/first-order.sh", typed} {
		if out, err := exec.CommandContext(t.Context(), program, "http://"+freeAddress(t)+"/graphql").CombinedOutput(); err == nil {
			t.Errorf("%s without a shop: %s", program, out)
		}
	}
}
