package server

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/router"
)

// logAccess writes the request's line.
func (s *Server) logAccess(x *exchange) {
	ctx := x.r.Context()
	if !s.Log.Enabled(ctx, slog.LevelInfo) {
		return
	}
	var room [12]slog.Attr
	attrs := append(room[:0],
		slog.String("request", x.id),
		slog.String("method", x.r.Method),
		slog.Int("status", x.status),
		slog.Duration("took", time.Since(x.start)),
		slog.Int64("received", max(x.r.ContentLength, 0)),
		slog.Int("sent", x.bytes),
		slog.String("from", x.r.RemoteAddr),
	)
	if x.kind != "" {
		attrs = append(attrs, slog.String(x.kind, x.operation))
	}
	if x.code != "" {
		attrs = append(attrs, slog.String("refused", string(x.code)))
	} else if x.errors > 0 {
		attrs = append(attrs, slog.Int("errors", x.errors))
	}
	if client := clientName(x.r.Header); client != "" {
		attrs = append(attrs, slog.String("client", client))
	}
	s.Log.LogAttrs(ctx, slog.LevelInfo, "graphql", attrs...)
}

// clientName is the name, and the version behind a slash, that clients give of
// themselves.
func clientName(h http.Header) string {
	for _, prefix := range [...]string{"Apollographql-Client-", "Graphql-Client-"} {
		name := h[prefix+"Name"]
		if len(name) == 0 || name[0] == "" {
			continue
		}
		if version := h[prefix+"Version"]; len(version) > 0 && version[0] != "" {
			return name[0] + "/" + version[0]
		}
		return name[0]
	}
	return ""
}

// survive ends the request, and it alone, when something panicked in it.
func (s *Server) survive(x *exchange) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	s.Log.Error("panic", "request", x.id, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if x.status == 0 {
		s.answer(x, router.Refuse(x.id, apierror.New(apierror.Internal, "internal error")))
	}
}
