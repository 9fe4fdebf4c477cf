package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Whatever is sent gets one clear error, and the shop goes on.
func TestHostileRequests(t *testing.T) {
	eachWay(t, func(t *testing.T, s *shop) {
		unsigned, err := jwt.NewWithClaims(jwt.SigningMethodNone, jwt.MapClaims{
			"iss": "shopgraph/users", "aud": "shopgraph", "sub": "usr_x", "role": "admin", "exp": time.Now().Add(time.Hour).Unix(),
		}).SignedString(jwt.UnsafeAllowNoneSignatureType)
		if err != nil {
			t.Fatal(err)
		}
		good := s.account(t, "CUSTOMER")
		for name, c := range map[string]struct {
			header http.Header
			body   string
			status int
			code   string
			says   string
		}{
			"malformed JSON":         {nil, `{"query": "{ me`, 400, "BAD_REQUEST", "breaks off after byte 15"},
			"not an object":          {nil, `"{ me { id } }"`, 400, "BAD_REQUEST", "must be a JSON object"},
			"no query":               {nil, `{}`, 400, "BAD_REQUEST", "has no query"},
			"malformed GraphQL":      {nil, `{"query": "{ me { id }"}`, 400, "GRAPHQL_PARSE_FAILED", ""},
			"an unknown field":       {nil, `{"query": "{ me { shoeSize } }"}`, 400, "GRAPHQL_VALIDATION_FAILED", "shoeSize"},
			"an unknown argument":    {nil, `{"query": "{ order(number: 1) { id } }"}`, 400, "GRAPHQL_VALIDATION_FAILED GRAPHQL_VALIDATION_FAILED", "number"},
			"a wrong type":           {nil, `{"query": "{ products(first: \"ten\") { nodes { id } } }"}`, 400, "GRAPHQL_VALIDATION_FAILED", "ten"},
			"a wrong variable":       {nil, `{"query": "query ($n: Int) { products(first: $n) { nodes { id } } }", "variables": {"n": "ten"}}`, 400, "BAD_USER_INPUT", "$n"},
			"a missing variable":     {nil, `{"query": "query ($id: ID!) { order(id: $id) { id } }"}`, 400, "BAD_USER_INPUT", "$id"},
			"an unknown operation":   {nil, `{"query": "query A { me { id } }", "operationName": "B"}`, 400, "OPERATION_RESOLUTION_FAILURE", "B"},
			"5 MB":                   {nil, `{"query": "` + strings.Repeat(" ", 5<<20) + `{ me { id } }"}`, 413, "PAYLOAD_TOO_LARGE", "1048576 bytes"},
			"a form":                 {http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, `query={me{id}}`, 415, "INVALID_CONTENT_TYPE_HEADER", "application/json"},
			"a token of nobody":      {http.Header{"Authorization": {"Bearer " + unsigned}}, `{"query": "{ me { id } }"}`, 401, "UNAUTHENTICATED", "log in again"},
			"a changed token":        {http.Header{"Authorization": {"Bearer " + good[:len(good)-6] + "AAAAAA"}}, `{"query": "{ me { id } }"}`, 401, "UNAUTHENTICATED", "log in again"},
			"no bearer":              {http.Header{"Authorization": {"Basic YTpi"}}, `{"query": "{ me { id } }"}`, 401, "UNAUTHENTICATED", "Bearer"},
			"_entities":              {nil, `{"query": "{ _entities(representations: []) { __typename } }"}`, 400, "GRAPHQL_VALIDATION_FAILED", "_entities"},
			"an operation of others": {nil, `{"query": "mutation { reserveStock(input: {}) { __typename } }"}`, 400, "GRAPHQL_VALIDATION_FAILED", "reserveStock"},
		} {
			header := http.Header{"Content-Type": {"application/json"}, "Accept": {"application/graphql-response+json"}}
			for name, values := range c.header {
				header[name] = values
			}
			a := post(t, http.DefaultClient, s.endpoint, header, []byte(c.body))
			if a.status != c.status || a.codes() != c.code || !strings.Contains(a.body, c.says) || a.Data != nil {
				t.Errorf("%s: %d %.500s", name, a.status, a.body)
			}
		}
		if a := s.ask(t, good, "{ me { email } }", nil); get(a.Data, "me", "email") != "customer@shopgraph.example" {
			t.Errorf("afterwards: %s", a.body)
		}
	})
}
