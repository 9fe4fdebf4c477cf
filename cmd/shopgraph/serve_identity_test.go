package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestIdentitySettingsThatContradict(t *testing.T) {
	nonsense := filepath.Join(t.TempDir(), "key.pem")
	writeFile(t, nonsense, "nonsense")
	for args, want := range map[string]string{
		"router --identity headers":                           "no identity-header says which",
		"router --identity-header X-User=sub":                 `there is an identity-header, and identity is "token"`,
		"router --identity-key x.pem":                         `there is an identity-key, and identity is "token"`,
		"router --identity router":                            "no issuer says whose tokens are good",
		"router --identity router --issuer a":                 "there is no identity-key to sign its tokens with",
		"router --identity router --issuer a --identity-key ": "no such file",
		"all --identity router --identity-key " + nonsense:    "there is no signing key in PEM",
		"all --identity headers --identity-header Host=sub":   "Host belongs to the connection",
	} {
		if strings.HasSuffix(args, " ") {
			args += filepath.Join(t.TempDir(), "none")
		}
		c, problem := configure(t, "", strings.Fields(args)...)
		if problem != "" {
			t.Fatal(problem)
		}
		if _, err := c.passing(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", args, err, want)
		}
	}
}
