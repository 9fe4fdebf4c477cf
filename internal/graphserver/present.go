package graphserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/postgres"
	"github.com/shopgraph/shopgraph/internal/serve"
)

// presenter decides what a client sees of an error. Here, and nowhere else, an
// internal one is logged.
func presenter(log *slog.Logger) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		shown := place(ctx, err)
		fault := classify(ctx, err, shown)
		shown.Message, shown.Extensions = fault.Message, map[string]any{"code": string(fault.Code)}
		id := serve.RequestID(ctx)
		switch {
		case fault.Code == apierror.Internal:
			shown.Extensions["requestId"] = id
			log.ErrorContext(ctx, "internal error", "request", id, "path", shown.Path.String(), "error", err)
		case fault.Code == apierror.ServiceUnavailable:
			log.WarnContext(ctx, "service unavailable", "request", id, "path", shown.Path.String(), "error", err)
		}
		return shown
	}
}

// place is the error's path and locations, as gqlgen noted them.
func place(ctx context.Context, err error) *gqlerror.Error {
	noted, ok := errors.AsType[*gqlerror.Error](err)
	if !ok {
		return &gqlerror.Error{Path: graphql.GetPath(ctx)}
	}
	shown := &gqlerror.Error{Message: noted.Message, Path: noted.Path, Locations: noted.Locations}
	if shown.Path == nil {
		shown.Path = graphql.GetPath(ctx)
	}
	if code, ok := noted.Extensions["code"].(string); ok {
		shown.Extensions = map[string]any{"code": code}
	}
	return shown
}

// classify is the error as the client may see it.
func classify(ctx context.Context, err error, shown *gqlerror.Error) *apierror.Error {
	if fault, ok := apierror.As(err); ok {
		return fault
	}
	if code, ok := shown.Extensions["code"].(string); ok { // of gqlgen: the document does not parse or fit the schema
		return apierror.New(apierror.Code(code), "%s", shown.Message)
	}
	if number, ok := errors.AsType[*strconv.NumError](err); ok {
		return apierror.New(apierror.BadUserInput, "%.20q is not a number that fits here", number.Num)
	}
	if postgres.Lost(err) {
		return apierror.New(apierror.ServiceUnavailable, "the database cannot be reached at the moment; try again")
	}
	if ctx.Err() != nil {
		return apierror.New(apierror.ServiceUnavailable, "the request was given up before it was answered")
	}
	return apierror.New(apierror.Internal, "internal error; the request id is %s", serve.RequestID(ctx))
}

// presented is a fault, which is for the client, as GraphQL writes it.
func presented(fault *apierror.Error) *gqlerror.Error {
	return &gqlerror.Error{Message: fault.Message, Extensions: map[string]any{"code": string(fault.Code)}}
}

// recovered makes an internal error of a resolver's panic.
func recovered(_ context.Context, fault any) error {
	return fmt.Errorf("panic: %v\n%s", fault, debug.Stack())
}
