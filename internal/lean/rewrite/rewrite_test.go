package main

import (
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/goldentest"
)

func TestRewrite(t *testing.T) {
	goldentest.Run(t, "testdata/code", func(t *testing.T, c *goldentest.Case) map[string]string {
		out, err := rewrite([]byte(c.File("in.go")))
		if err != nil {
			return map[string]string{"error": err.Error() + "\n"}
		}
		if again, err := rewrite(out); err != nil || string(again) != string(out) {
			t.Errorf("rewriting twice is not the same as once: %v", err)
		}
		return map[string]string{"out.go": string(out)}
	})
}

func TestFederation(t *testing.T) {
	goldentest.Run(t, "testdata/federation", func(t *testing.T, c *goldentest.Case) map[string]string {
		out, err := rewriteFederation([]byte(c.File("in.go")))
		if err != nil {
			t.Fatal(err)
		}
		if again, err := rewriteFederation(out); err != nil || string(again) != string(out) {
			t.Errorf("rewriting twice is not the same as once: %v", err)
		}
		return map[string]string{"out.go": string(out)}
	})
}

func TestDropUnused(t *testing.T) {
	goldentest.Run(t, "testdata/unused", func(t *testing.T, c *goldentest.Case) map[string]string {
		kept, err := dropUnused([][]byte{[]byte(c.File("exec.go")), []byte(c.File("federation.go"))})
		if err != nil {
			t.Fatal(err)
		}
		return map[string]string{"exec.kept": string(kept[0]), "federation.kept": string(kept[1])}
	})
}

func TestCodeThatIsNotGqlgens(t *testing.T) {
	for _, source := range []string{"package x", "package x\nfunc (", "package x\nfunc _A_b() {}"} {
		if _, err := rewrite([]byte(source)); err == nil {
			t.Errorf("%q is rewritten", source)
		}
	}
	if err := rewriteFolder("missing"); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Error(err)
	}
}
