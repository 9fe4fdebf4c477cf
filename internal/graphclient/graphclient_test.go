package graphclient

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/serve"
	"github.com/shopgraph/shopgraph/internal/token"
)

func credential() (string, error) { return "the credential", nil }

// both asks the handler over a network and in memory.
func both(t *testing.T, handler http.Handler, check func(t *testing.T, c *Client)) {
	t.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	t.Run("network", func(t *testing.T) {
		check(t, &Client{Name: "products", URL: server.URL + "/graphql", Token: credential})
	})
	t.Run("memory", func(t *testing.T) {
		check(t, &Client{Name: "products", URL: "http://products/graphql", HTTP: InMemory(handler), Token: credential})
	})
}

func TestDo(t *testing.T) {
	handler := serve.Identify(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, claims := token.FromContext(r.Context())
		if r.URL.Path != "/graphql" || r.Header.Get("Authorization") != "Bearer the credential" || serve.RequestID(r.Context()) != "R1" || claims ||
			string(body) != `{"query":"{ a }","variables":{"x":1}}` {
			t.Errorf("asked %s %v %s, claims from outside %v", r.URL, r.Header, body, claims)
		}
		io.WriteString(w, `{"data":{"a":"b"}}`)
	}))
	both(t, handler, func(t *testing.T, c *Client) {
		var data struct{ A string }
		// The asking request has claims of its own, which are not the other service's.
		asking := serve.Identify(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			ctx := token.WithClaims(r.Context(), token.Claims{Role: token.Admin})
			if err := c.Do(ctx, "{ a }", map[string]any{"x": 1}, &data); err != nil || data.A != "b" {
				t.Errorf("Do = %+v, %v", data, err)
			}
		}))
		request := httptest.NewRequest("POST", "/", nil)
		request.Header.Set(serve.RequestIDHeader, "R1")
		asking.ServeHTTP(httptest.NewRecorder(), request)
	})
}

func TestWhatGoesWrong(t *testing.T) {
	for name, c := range map[string]struct {
		status      int
		body        string
		unavailable bool
	}{
		"a proxy's page":        {502, "<html>", true},
		"nothing":               {200, "", true},
		"JSON, not GraphQL":     {200, "{}", true},
		"unavailable by itself": {503, `{"errors":[{"message":"no keys","extensions":{"code":"SERVICE_UNAVAILABLE"}}]}`, true},
		"refused":               {401, `{"errors":[{"message":"no","extensions":{"code":"UNAUTHENTICATED"}}]}`, false},
		"an internal error":     {200, `{"errors":[{"message":"internal error","extensions":{"code":"INTERNAL_SERVER_ERROR"}}],"data":null}`, false},
		"data of another kind":  {200, `{"data":[]}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				io.WriteString(w, c.body)
			}), func(t *testing.T, client *Client) {
				var data struct{}
				err := client.Do(t.Context(), "{ a }", nil, &data)
				seen, ok := apierror.As(err)
				if err == nil || !strings.Contains(err.Error(), "products") || ok != c.unavailable || ok && seen.Code != apierror.ServiceUnavailable {
					t.Errorf("Do = %v", err)
				}
			})
		})
	}
}

func TestNobodyThere(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	err := (&Client{Name: "products", URL: server.URL, Token: credential}).Do(t.Context(), "{ a }", nil, nil)
	if seen, ok := apierror.As(err); !ok || seen.Message != "products cannot be reached at the moment; try again" {
		t.Errorf("Do = %v", err)
	}
}

// Who asks and goes away is not kept waiting, over either way.
func TestGivingUp(t *testing.T) {
	both(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), func(t *testing.T, c *Client) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := c.Do(ctx, "{ a }", nil, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("Do = %v", err)
		}
	})
}
