package routertest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var joinGraph = regexp.MustCompile(`@join__graph\(name: "([^"]*)", url: "([^"]*)"\)`)

// TestSuites holds that the suites fit together: the supergraph has exactly
// the subgraphs, and each answers with its SDL, in memory and over HTTP.
func TestSuites(t *testing.T) {
	cases, requests := 0, 0
	for _, s := range Suites(t) {
		cases += len(s.Cases)
		for _, c := range s.Cases {
			requests += c.Requests
		}
		t.Run(s.Name, func(t *testing.T) {
			network, err := s.Network()
			if err != nil {
				t.Fatal(err)
			}
			s.checkSubgraphs(t, s.Supergraph, &http.Client{Transport: network})
			s.checkSubgraphs(t, s.Serve(t), http.DefaultClient)
			if sent := network.Sent(); len(sent) != len(s.Subgraphs) {
				t.Errorf("the network recorded %d requests for %d subgraphs", len(sent), len(s.Subgraphs))
			}
		})
	}
	t.Logf("%d cases, %d requests", cases, requests)
}

func (s *Suite) checkSubgraphs(t *testing.T, supergraph string, client *http.Client) {
	t.Helper()
	var listed []string
	for _, match := range joinGraph.FindAllStringSubmatch(supergraph, -1) {
		name, url := match[1], match[2]
		listed = append(listed, name)
		i := slices.IndexFunc(s.Subgraphs, func(g Subgraph) bool { return g.Name == name })
		if i < 0 {
			t.Errorf("the supergraph has subgraph %q, which the suite lacks", name)
			continue
		}
		response, err := client.Post(url, "application/json", strings.NewReader(`{"query":"{_service{sdl}}"}`))
		if err != nil {
			t.Error(err)
			continue
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			t.Error(err)
		}
		want := map[string]any{"_service": map[string]any{"sdl": s.Subgraphs[i].SDL}}
		if problem := (AuditCase{Data: want}).Check(body); problem != "" {
			t.Errorf("subgraph %q: %s", name, problem)
		}
	}
	if len(listed) != len(s.Subgraphs) {
		t.Errorf("the supergraph has %v, the suite %d subgraphs", listed, len(s.Subgraphs))
	}
}

func TestCheck(t *testing.T) {
	data := map[string]any{"a": []any{1.0, nil, "x"}}
	for _, c := range []struct {
		name     string
		expected AuditCase
		response string
		right    bool
	}{
		{"equal", AuditCase{Data: data}, `{"data":{"a":[1,null,"x"]}}`, true},
		{"numbers by value", AuditCase{Data: data}, `{"data":{"a":[1.0,null,"x"]}}`, true},
		{"errors do not matter", AuditCase{Data: data}, `{"data":{"a":[1,null,"x"]},"errors":[{"message":"m"}],"extensions":{}}`, true},
		{"errors must be there", AuditCase{Data: data, HasErrors: true}, `{"data":{"a":[1,null,"x"]}}`, false},
		{"missing data is null", AuditCase{HasErrors: true}, `{"errors":[{"message":"m"}]}`, true},
		{"null data", AuditCase{HasErrors: true}, `{"data":null,"errors":[{"message":"m"}]}`, true},
		{"extra key", AuditCase{Data: data}, `{"data":{"a":[1,null,"x"],"b":1}}`, false},
		{"missing key", AuditCase{Data: data}, `{"data":{}}`, false},
		{"other order", AuditCase{Data: data}, `{"data":{"a":["x",null,1]}}`, false},
		{"number as text", AuditCase{Data: data}, `{"data":{"a":["1",null,"x"]}}`, false},
		{"no JSON", AuditCase{Data: data}, `<html>`, false},
		{"no response", AuditCase{}, `{}`, false},
		{"empty errors", AuditCase{Data: data}, `{"data":{"a":[1,null,"x"]},"errors":[]}`, false},
		{"an entry too many", AuditCase{Data: data}, `{"data":{"a":[1,null,"x"]},"error":"m"}`, false},
	} {
		if problem := c.expected.Check([]byte(c.response)); (problem == "") != c.right {
			t.Errorf("%s: got %q", c.name, problem)
		}
	}
}

// TestRequests shows that a network's requests can be read in a failure.
func TestRequests(t *testing.T) {
	for _, s := range Suites(t)[:1] {
		network, err := s.Network()
		if err != nil {
			t.Fatal(err)
		}
		client := &http.Client{Transport: network}
		for _, body := range []string{`{"query":"{a}","variables":{"x":1}}`, `no JSON`} {
			r, err := http.NewRequestWithContext(context.Background(), "POST", s.Subgraphs[0].URL, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			response, err := client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
		}
		name := s.Subgraphs[0].Name
		if got, want := Requests(network), fmt.Sprintf("→ %s: {a} {\"x\":1}\n→ %s: no JSON\n", name, name); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
