package serve

import (
	"net/http/httptest"
	"testing"
)

// Where a request comes from is what trusted proxies say, and never what the
// client says.
func TestClientAddress(t *testing.T) {
	proxies, err := ParseProxies("10.0.0.0/8, 127.0.0.1 ::1")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		peer      string
		forwarded []string
		want      string
	}{
		{"203.0.113.7:4000", nil, "203.0.113.7"},
		{"203.0.113.7:4000", []string{"198.51.100.1"}, "203.0.113.7"}, // a client's own claim
		{"10.1.2.3:4000", []string{"198.51.100.1"}, "198.51.100.1"},
		{"10.1.2.3:4000", []string{"1.1.1.1, 198.51.100.1"}, "198.51.100.1"}, // the first is a claim
		{"10.1.2.3:4000", []string{"198.51.100.1, 10.9.9.9"}, "198.51.100.1"},
		{"10.1.2.3:4000", []string{"198.51.100.1", "10.9.9.9"}, "198.51.100.1"},
		{"10.1.2.3:4000", []string{"nonsense"}, "10.1.2.3"},
		{"10.1.2.3:4000", []string{"198.51.100.1, nonsense, 10.9.9.9"}, "10.9.9.9"},
		{"10.1.2.3:4000", nil, "invalid IP"},
		{"[::ffff:10.1.2.3]:4000", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		{"[::1]:4000", []string{"2001:db8:1:2:3:4:5:6"}, "2001:db8:1:2::"},
		{"[2001:db8:1:2:aaaa::1]:4000", nil, "2001:db8:1:2::"},
		{"", []string{"198.51.100.1"}, "198.51.100.1"}, // the router in this process
		{"", nil, "invalid IP"},
		{"nonsense", []string{"198.51.100.1"}, "invalid IP"},
	} {
		request := httptest.NewRequest("POST", "/", nil)
		request.RemoteAddr, request.Header["X-Forwarded-For"] = c.peer, c.forwarded
		got := ClientAddress(proxies.Locate(t.Context(), request)).String()
		if got != c.want {
			t.Errorf("from %q, forwarded for %q: %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
	if _, err := ParseProxies("10.0.0.0/8 router"); err == nil {
		t.Error("a name passes as a network")
	}
}
