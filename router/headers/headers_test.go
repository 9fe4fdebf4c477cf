package headers

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func apply(t *testing.T, p *Propagation, client http.Header, subgraph string) http.Header {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
	r.Header = client
	ctx, err := p.Admit(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{}
	p.Apply(ctx, subgraph, header)
	return header
}

func TestApply(t *testing.T) {
	p, err := New(
		Rules{Forward: []string{"authorization"}, Set: map[string]string{"x-router": "1"}},
		map[string]Rules{"orders": {Forward: []string{"Accept-Language", "Authorization"}, Set: map[string]string{"X-Secret": "s"}}},
	)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Header{"Authorization": {"Bearer a"}, "Accept-Language": {"de", "en"}, "Cookie": {"c"}, "X-Router": {"forged"}, "X-Secret": {"forged"}}
	for subgraph, want := range map[string]http.Header{
		"users":  {"Authorization": {"Bearer a"}, "X-Router": {"1"}},
		"orders": {"Authorization": {"Bearer a"}, "Accept-Language": {"de", "en"}, "X-Router": {"1"}, "X-Secret": {"s"}},
	} {
		if diff := cmp.Diff(want, apply(t, p, client, subgraph)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", subgraph, diff)
		}
	}
	if diff := cmp.Diff(http.Header{"X-Router": {"1"}}, apply(t, p, http.Header{}, "users")); diff != "" {
		t.Errorf("an anonymous request (-want +got):\n%s", diff)
	}
	header := http.Header{}
	p.Apply(t.Context(), "users", header)
	if header.Get("X-Router") != "1" {
		t.Error("without a client's request the set headers are missing")
	}
}

func TestNoteAddress(t *testing.T) {
	for _, c := range []struct {
		peer   string
		before []string
		want   []string
	}{
		{"203.0.113.7:4000", nil, []string{"203.0.113.7"}},
		{"203.0.113.7:4000", []string{"198.51.100.1, 10.0.0.1", "10.0.0.2"}, []string{"198.51.100.1, 10.0.0.1, 10.0.0.2, 203.0.113.7"}},
		{"[2001:db8::1]:4000", nil, []string{"2001:db8::1"}},
		{"nonsense", []string{"198.51.100.1"}, nil},
	} {
		r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
		r.RemoteAddr, r.Header = c.peer, http.Header{}
		if c.before != nil {
			r.Header[ForwardedFor] = c.before
		}
		if _, err := NoteAddress(t.Context(), r); err != nil || cmp.Diff(c.want, r.Header[ForwardedFor]) != "" {
			t.Errorf("from %s, forwarded for %q: %q, %v, want %q", c.peer, c.before, r.Header[ForwardedFor], err, c.want)
		}
	}
}

func TestRulesThatAreWrong(t *testing.T) {
	for want, r := range map[string]Rules{
		"cannot be chosen":   {Forward: []string{"content-length"}},
		"Host belongs":       {Set: map[string]string{"host": "x"}},
		"is not the name":    {Forward: []string{"a b"}},
		`"" is not the name`: {Forward: []string{""}},
		"a line break":       {Set: map[string]string{"X-A": "a\r\nX-B: b"}},
	} {
		if _, err := New(Rules{}, map[string]Rules{"users": r}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New(%+v) = %v, want %q", r, err, want)
		}
	}
	if _, err := New(Default, nil); err != nil {
		t.Error(err)
	}
}

func BenchmarkApply(b *testing.B) {
	p, err := New(Default, nil)
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", nil)
	r.Header = http.Header{"Authorization": {"Bearer a"}, "Accept": {"*/*"}, "User-Agent": {"x"}}
	ctx, _ := p.Admit(b.Context(), r)
	header := make(http.Header, 8)
	b.ReportAllocs()
	for b.Loop() {
		clear(header)
		p.Apply(ctx, "users", header)
	}
}
