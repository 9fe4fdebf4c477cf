package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/check"
	"github.com/shopgraph/shopgraph/schema/introspection"
)

// remote is a running GraphQL server.
type remote struct {
	url     string
	headers map[string]string
}

const (
	remoteTimeout = 15 * time.Second
	maxRemote     = 64 << 20
)

// running is the side of a running server: of a subgraph its SDL, of a router or
// any other server its API as introspection tells it.
func (l *loader) running(ctx context.Context, url string, new *side) (*side, error) {
	r := &remote{url, l.headers}
	sdl, serviceErr := r.service(ctx)
	if serviceErr == nil {
		old, err := schemaSide(url, url, sdl)
		if err != nil {
			return nil, err
		}
		return l.match(old, new, url, url)
	}
	api, err := r.introspect(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", url, err)
	}
	if api.Query != nil && api.Query.Fields.ForName("_service") != nil {
		return nil, fmt.Errorf("%s is a subgraph that does not tell its schema: %w", url, serviceErr)
	}
	s := &side{files: map[string]string{}}
	s.Name, s.API, s.Introspected = url, api, true
	if s.Engine, err = newAPIEngine(api); err != nil {
		return nil, fmt.Errorf("%s: the schema that introspection tells is not valid: %w", url, err)
	}
	return s, nil
}

// schema asks a subgraph for its SDL; one that knows nothing of federation, as any
// other server, by introspection.
func (r *remote) schema(ctx context.Context) (string, error) {
	sdl, err := r.service(ctx)
	var answer answerError
	if !errors.As(err, &answer) || !strings.Contains(string(answer), "_service") {
		return sdl, err
	}
	sdl, introspectErr := r.introspectSDL(ctx)
	if introspectErr != nil {
		return "", fmt.Errorf("%w, so it is no federated subgraph, and its schema cannot be had by introspection either (%w): name the schema's file", err, introspectErr)
	}
	return sdl, nil
}

// service asks a subgraph for its SDL, as the subgraph specification provides: by
// the field _service.
func (r *remote) service(ctx context.Context) (string, error) {
	var data struct {
		Service struct{ SDL string } `json:"_service"`
	}
	if err := r.ask(ctx, "{ _service { sdl } }", &data); err != nil {
		if strings.Contains(err.Error(), "introspection") {
			err = fmt.Errorf("%w (gqlgen refuses _service where introspection is off: turn it on, for this request say, or name the schema's file)", err)
		}
		return "", err
	}
	if strings.TrimSpace(data.Service.SDL) == "" {
		return "", errors.New("its _service has no SDL")
	}
	return data.Service.SDL, nil
}

func (r *remote) introspect(ctx context.Context) (*ast.Schema, error) {
	sdl, err := r.introspectSDL(ctx)
	if err != nil {
		return nil, err
	}
	return check.Read(&ast.Source{Name: r.url, Input: sdl})
}

func (r *remote) introspectSDL(ctx context.Context) (string, error) {
	var data json.RawMessage
	var err error
	for _, query := range introspection.Queries {
		if err = r.ask(ctx, query, &data); err == nil {
			break
		}
	}
	if err != nil {
		return "", err
	}
	return introspection.SDL(data)
}

// ask sends an operation and decodes the answer's data.
func (r *remote) ask(ctx context.Context, query string, data any) error {
	ctx, cancel := context.WithTimeout(ctx, remoteTimeout)
	defer cancel()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/graphql-response+json, application/json")
	for name, value := range r.headers {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("it cannot be asked: %w (is it running?)", err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxRemote+1))
	switch {
	case err != nil:
		return err
	case len(text) > maxRemote:
		return fmt.Errorf("it answers more than %d MB", maxRemote>>20)
	}
	return decodeAnswer(response, text, data)
}

// answerError is the message of an error in a server's answer.
type answerError string

func (e answerError) Error() string { return fmt.Sprintf("it answers %q", string(e)) }

func decodeAnswer(response *http.Response, text []byte, data any) error {
	var answer struct {
		Data   json.RawMessage
		Errors []struct{ Message string }
	}
	switch err := json.Unmarshal(text, &answer); {
	case err != nil:
		return fmt.Errorf("it answers %s, which is no GraphQL: %.80q", response.Status, text)
	case len(answer.Errors) > 0:
		return answerError(answer.Errors[0].Message)
	case len(answer.Data) == 0 || string(answer.Data) == "null":
		return fmt.Errorf("it answers %s without data", response.Status)
	}
	return json.Unmarshal(answer.Data, data)
}
