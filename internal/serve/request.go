package serve

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/shopgraph/shopgraph/internal/apierror"
)

// RequestIDHeader carries a request's id from the router to the subgraphs, and
// back to the client.
const RequestIDHeader = "X-Request-Id"

type requestIDKey struct{}

// RequestID is the id under which the request stands in the log; "" outside
// Identify.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// Identify gives each request an id: the one its header names, so that one id
// follows it through all services, else a new one.
func Identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if RequestID(r.Context()) != "" {
			next.ServeHTTP(w, r)
			return
		}
		id := r.Header.Get(RequestIDHeader)
		if !isRequestID(id) {
			id = rand.Text()
		}
		w.Header().Set(RequestIDHeader, id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
	})
}

// isRequestID keeps out what could forge lines of a log.
func isRequestID(id string) bool {
	const allowed = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_."
	return id != "" && len(id) <= 64 && strings.Trim(id, allowed) == ""
}

// logged writes one line for each request and turns a panic into an answer.
func logged(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		answer := &answer{ResponseWriter: w}
		defer func() {
			if fault := recover(); fault != nil {
				recovered(log, answer, r, fault)
			}
			log.LogAttrs(r.Context(), level(r), "request",
				slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Int("status", answer.status),
				slog.Int64("bytes", answer.bytes), slog.Duration("took", time.Since(began)), slog.String("request", RequestID(r.Context())))
		}()
		next.ServeHTTP(answer, r)
	})
}

func level(r *http.Request) slog.Level {
	if strings.HasPrefix(r.URL.Path, "/health/") {
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

func recovered(log *slog.Logger, w *answer, r *http.Request, fault any) {
	if fault == http.ErrAbortHandler {
		panic(fault)
	}
	id := RequestID(r.Context())
	log.Error("panic", "request", id, "error", fmt.Sprint(fault), "stack", string(debug.Stack()))
	if w.status != 0 {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusInternalServerError)
	fmt.Fprintf(w, `{"errors":[{"message":"internal error; the request id is %s","extensions":{"code":"%s","requestId":"%s"}}]}`, id, apierror.Internal, id)
}

// answer notes what was answered.
type answer struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
