package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHealth(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/health/ready" {
			http.Error(w, "no database", http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	for _, c := range []struct {
		name   string
		args   []string
		status int
		says   string
	}{
		{"ready", []string{server.URL + "/health/ready"}, exitOK, ""},
		{"not ready", []string{server.URL + "/other"}, exitProblems, "answers 503 Service Unavailable: no database"},
		{"no server", []string{gone.URL}, exitProblems, "connection refused"},
		{"no URL", []string{":"}, exitProblems, "missing protocol scheme"},
		{"two URLs", []string{server.URL, server.URL}, exitUsage, "takes one URL, not 2 arguments"},
		{"help", []string{"--help"}, exitOK, ""},
	} {
		var out, err strings.Builder
		status := run(t.Context(), append([]string{"health"}, c.args...), stdio{out: &out, err: &err})
		if status != c.status || !strings.Contains(err.String(), c.says) || c.says == "" && err.Len() > 0 {
			t.Errorf("%s: status %d, said %q; want %d, %q", c.name, status, err.String(), c.status, c.says)
		}
	}
}
