package graphservertest

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Hostile sends what no subgraph may stumble over: broken requests, oversized
// ones and wrong tokens. Each must be refused with its code and its status, in
// few words that repeat nothing, and before anything is executed. entity is the
// name of one of the subgraph's entities.
func Hostile(t *testing.T, handler http.Handler, entity string, wrongTokens map[string]string) {
	t.Run("requests", func(t *testing.T) { hostileRequests(t, handler) })
	t.Run("operations", func(t *testing.T) { hostileOperations(t, handler, entity) })
	t.Run("tokens", func(t *testing.T) { hostileTokens(t, handler, wrongTokens) })
}

func hostileRequests(t *testing.T, handler http.Handler) {
	const secret = "do not repeat me"
	for name, c := range map[string]struct {
		method, contentType, body string
		status                    int
		code                      string
	}{
		"GET":                        {"GET", "", "", 405, "BAD_REQUEST"},
		"no content type":            {"POST", "", `{"query":"{__typename}"}`, 400, "BAD_REQUEST"},
		"a form":                     {"POST", "application/x-www-form-urlencoded", "query={__typename}", 400, "BAD_REQUEST"},
		"text, as a browser sends":   {"POST", "text/plain", `{"query":"{__typename}"}`, 400, "BAD_REQUEST"},
		"no body":                    {"POST", "application/json", "", 400, "BAD_REQUEST"},
		"malformed JSON":             {"POST", "application/json", `{"query": "` + secret, 400, "BAD_REQUEST"},
		"not an object":              {"POST", "application/json", `["` + secret + `"]`, 400, "BAD_REQUEST"},
		"a batch":                    {"POST", "application/json", `[{"query":"{__typename}"}]`, 400, "BAD_REQUEST"},
		"null":                       {"POST", "application/json", `null`, 400, "BAD_REQUEST"},
		"two objects":                {"POST", "application/json", `{"query":"{__typename}"}{}`, 400, "BAD_REQUEST"},
		"no query":                   {"POST", "application/json", `{"variables":{}}`, 400, "BAD_REQUEST"},
		"a query that is no text":    {"POST", "application/json", `{"query":7}`, 400, "BAD_REQUEST"},
		"variables that are no map":  {"POST", "application/json", `{"query":"{__typename}","variables":[1]}`, 400, "BAD_REQUEST"},
		"5 MB":                       {"POST", "application/json", `{"query":"{__typename}","x":"` + strings.Repeat("a", 5<<20) + `"}`, 413, "PAYLOAD_TOO_LARGE"},
		"JSON 100,000 levels deep":   {"POST", "application/json", `{"query":"{__typename}","variables":{"x":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}}`, 400, "BAD_REQUEST"},
		"no GraphQL":                 {"POST", "application/json", `{"query":"{{"}`, 200, "GRAPHQL_PARSE_FAILED"},
		"no operation":               {"POST", "application/json", `{"query":"fragment f on Query { __typename }"}`, 200, "GRAPHQL_VALIDATION_FAILED"},
		"another operation's name":   {"POST", "application/json", `{"query":"query a { __typename }","operationName":"b"}`, 200, "GRAPHQL_VALIDATION_FAILED"},
		"an unknown field":           {"POST", "application/json", `{"query":"{ secrets }"}`, 200, "GRAPHQL_VALIDATION_FAILED"},
		"a variable of a wrong type": {"POST", "application/json", `{"query":"query($r: [_Any!]!) { _entities(representations: $r) { __typename } }","variables":{"r":null}}`, 200, "GRAPHQL_VALIDATION_FAILED"},
	} {
		request := httptest.NewRequest(c.method, "/graphql", strings.NewReader(c.body)).WithContext(t.Context())
		if c.contentType != "" {
			request.Header.Set("Content-Type", c.contentType)
		}
		r := Client{Handler: handler}.send(t, request)
		if r.Status != c.status || r.Codes() != c.code || r.Data != nil {
			t.Errorf("%s: %d %.300s, want %d %s", name, r.Status, r.Body, c.status, c.code)
		}
		if len(r.Body) > 600 || bytes.Contains(r.Body, []byte(secret)) {
			t.Errorf("%s: the answer repeats the request: %.300s", name, r.Body)
		}
	}
}

func hostileOperations(t *testing.T, handler http.Handler, entity string) {
	aliases := func(n int, field string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "a%d: %s ", i, field)
		}
		return "{ " + b.String() + "}"
	}
	entities := func(n int, representation any) map[string]any {
		list := make([]any, n)
		for i := range list {
			list[i] = representation
		}
		return map[string]any{"r": list}
	}
	const byRepresentation = "query($r: [_Any!]!) { _entities(representations: $r) { __typename } }"
	good := map[string]any{"__typename": entity, "id": "x"}
	for name, c := range map[string]struct {
		query     string
		variables map[string]any
		code      string
	}{
		"1,000 root aliases":               {aliases(1000, "__typename"), nil, "OPERATION_TOO_COMPLEX"},
		"20,000 aliases":                   {aliases(20_000, "__typename"), nil, "GRAPHQL_PARSE_FAILED"},
		"25 levels":                        {"{ __schema { types { fields { type " + strings.Repeat("{ ofType ", 22) + "{ name }" + strings.Repeat(" }", 22) + " } } } }", nil, "OPERATION_TOO_COMPLEX"},
		"fragments that double 30 times":   {doubling(30), nil, "OPERATION_TOO_COMPLEX"},
		"a fragment in itself":             {"{ ...f } fragment f on Query { ...f }", nil, "GRAPHQL_VALIDATION_FAILED"},
		"10,000 representations":           {byRepresentation, entities(10_000, good), "OPERATION_TOO_COMPLEX"},
		"two times 4,000 representations":  {"query($r: [_Any!]!) { a: _entities(representations: $r) { __typename } b: _entities(representations: $r) { __typename } }", entities(4_000, good), "OPERATION_TOO_COMPLEX"},
		"an unknown __typename":            {byRepresentation, entities(1, map[string]any{"__typename": "Secret", "id": "x"}), "BAD_USER_INPUT"},
		"a type that is no entity":         {byRepresentation, entities(1, map[string]any{"__typename": "PageInfo", "id": "x"}), "BAD_USER_INPUT"},
		"no __typename":                    {byRepresentation, entities(1, map[string]any{"id": "x"}), "BAD_USER_INPUT"},
		"no key":                           {byRepresentation, entities(1, map[string]any{"__typename": entity}), "BAD_USER_INPUT"},
		"a key that is no text":            {byRepresentation, entities(1, map[string]any{"__typename": entity, "id": map[string]any{"$ne": nil}}), "BAD_USER_INPUT"},
		"a representation that is no map":  {byRepresentation, entities(1, "x"), "BAD_USER_INPUT"},
		"a good one, then one without key": {byRepresentation, map[string]any{"r": []any{good, map[string]any{"__typename": entity}}}, "BAD_USER_INPUT"},
	} {
		r := Client{Handler: handler}.Do(t, c.query, c.variables)
		if r.Status != http.StatusOK || !strings.HasPrefix(r.Codes()+" ", c.code+" ") || r.Data != nil {
			t.Errorf("%s: %d %.300s, want %s", name, r.Status, r.Body, c.code)
		}
	}
	for name, query := range map[string]string{
		"the SDL":       "{ _service { sdl } }",
		"introspection": "{ __schema { types { name fields { type { name ofType { name ofType { name ofType { name } } } } } } } }",
	} {
		if r := (Client{Handler: handler}).Do(t, query, nil); len(r.Errors) > 0 {
			t.Errorf("%s: %.300s", name, r.Body)
		}
	}
}

// doubling is a query whose fragments spread the next one twice, n times over.
func doubling(n int) string {
	var b strings.Builder
	b.WriteString("{ ...f0 }")
	for i := range n {
		fmt.Fprintf(&b, " fragment f%d on Query { ...f%d ...f%d }", i, i+1, i+1)
	}
	fmt.Fprintf(&b, " fragment f%d on Query { __typename }", n)
	return b.String()
}

func hostileTokens(t *testing.T, handler http.Handler, wrong map[string]string) {
	for name, token := range wrong {
		if token == "" {
			continue // sent by no client; see token's own tests
		}
		r := Client{handler, token}.Do(t, "{ __typename }", nil)
		if r.Status != http.StatusUnauthorized || r.Codes() != "UNAUTHENTICATED" || r.Header.Get("WWW-Authenticate") == "" || r.Data != nil {
			t.Errorf("%s: %d %s, want 401 UNAUTHENTICATED", name, r.Status, r.Body)
		}
	}
}
