// Package graphclient is how one service asks another: GraphQL over HTTP, with
// the asking service's own credential.
package graphclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/serve"
	"github.com/shopgraph/shopgraph/internal/telemetry"
)

// Client asks one service.
type Client struct {
	// Name is the service's, for errors: "products".
	Name string
	// URL is its GraphQL endpoint.
	URL string
	// HTTP makes the requests; nil is http.DefaultClient.
	HTTP *http.Client
	// Token returns the credential to show.
	Token func() (string, error)
}

// answerTimeout is how long a service may take. Who waits for more than one
// answer gives up sooner by its context.
const answerTimeout = 5 * time.Second

// maxAnswer is the largest answer that is read, in bytes.
const maxAnswer = 8 << 20

// fault is an error in a GraphQL response.
type fault struct {
	Message    string
	Extensions struct{ Code apierror.Code }
}

// Do sends an operation and decodes the data of its answer. Where the service
// cannot be reached, or says so of itself, the error is SERVICE_UNAVAILABLE, and
// what the operation did is not known; every other error is ours to mend.
func (c *Client) Do(ctx context.Context, operation string, variables, data any) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	request, err := c.request(ctx, operation, variables)
	if err != nil {
		return fmt.Errorf("asking %s: %w", c.Name, err)
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		return c.unavailable(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return c.unavailable(err)
	}
	return c.decode(response.Status, body, data)
}

func (c *Client) request(ctx context.Context, operation string, variables any) (*http.Request, error) {
	body, err := json.Marshal(map[string]any{"query": operation, "variables": variables})
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	credential, err := c.Token()
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Authorization", "Bearer "+credential)
	if id := serve.RequestID(ctx); id != "" {
		request.Header.Set(serve.RequestIDHeader, id)
	}
	telemetry.Inject(ctx, request.Header)
	return request, nil
}

func (c *Client) decode(status string, body []byte, data any) error {
	var answer struct {
		Data   json.RawMessage
		Errors []fault
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Data == nil && answer.Errors == nil {
		return c.unavailable(fmt.Errorf("%s, and no GraphQL", status)) // a proxy before it, say
	}
	if len(answer.Errors) > 0 {
		first := answer.Errors[0]
		if first.Extensions.Code == apierror.ServiceUnavailable {
			return c.unavailable(errors.New(first.Message))
		}
		return fmt.Errorf("asking %s: %s (%s)", c.Name, first.Message, first.Extensions.Code)
	}
	if err := json.Unmarshal(answer.Data, data); err != nil {
		return fmt.Errorf("asking %s: %w", c.Name, err)
	}
	return nil
}

func (c *Client) unavailable(cause error) error {
	return apierror.Wrap(cause, apierror.ServiceUnavailable, "%s cannot be reached at the moment; try again", c.Name)
}

// InMemory returns a client that calls the handler without a network, for
// services that run in one process.
func InMemory(handler http.Handler) *http.Client {
	return &http.Client{Transport: inMemory{handler}}
}

type inMemory struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper.
func (t inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	a := &answer{header: http.Header{}}
	t.handler.ServeHTTP(a, r.Clone(withoutValues{r.Context()}))
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	a.WriteHeader(http.StatusOK)
	return &http.Response{
		Status: http.StatusText(a.status), StatusCode: a.status, Header: a.header, Body: io.NopCloser(&a.body), Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: int64(a.body.Len()),
	}, nil
}

// answer is a handler's answer, kept.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write implements http.ResponseWriter.
func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// withoutValues is a context with its end and without its values: the claims,
// above all, which the service that is called must verify itself. Over a network
// they would not reach it either.
type withoutValues struct{ context.Context }

// Value implements context.Context.
func (withoutValues) Value(any) any { return nil }
