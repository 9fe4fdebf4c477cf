package serve

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/shopgraph/shopgraph/internal/apierror"
)

// RequestIDHeader carries a request's id from the router to the subgraphs, and
// back to the client.
const RequestIDHeader = "X-Request-Id"

// request is what is known of a request while it runs.
type request struct {
	id string

	mu    sync.Mutex
	notes []slog.Attr
}

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	r, _ := ctx.Value(requestKey{}).(*request)
	return r
}

// RequestID is the id under which the request stands in the log; "" outside
// Identify.
func RequestID(ctx context.Context) string {
	if r := requestOf(ctx); r != nil {
		return r.id
	}
	return ""
}

// Note adds facts to the request's line in the log.
func Note(ctx context.Context, facts ...slog.Attr) {
	if r := requestOf(ctx); r != nil {
		r.mu.Lock()
		r.notes = append(r.notes, facts...)
		r.mu.Unlock()
	}
}

// Identify gives each request an id: the one its header names, so that one id
// follows it through all services, else a new one.
func Identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requestOf(r.Context()) != nil {
			next.ServeHTTP(w, r)
			return
		}
		ids := r.Header[RequestIDHeader]
		if len(ids) != 1 || !isRequestID(ids[0]) {
			ids = []string{newID()}
			r.Header[RequestIDHeader] = ids // for who passes the headers on
		}
		w.Header()[RequestIDHeader] = ids
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey{}, &request{id: ids[0]})))
	})
}

// newID tells requests apart; it is no secret.
func newID() string {
	return strconv.FormatUint(rand.Uint64(), 36) + strconv.FormatUint(rand.Uint64(), 36)
}

// isRequestID keeps out what could forge lines of a log.
func isRequestID(id string) bool {
	const allowed = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_."
	return id != "" && len(id) <= 64 && strings.Trim(id, allowed) == ""
}

// logged writes one line for each request, unless it is quiet, and turns a panic
// into an answer.
func logged(log *slog.Logger, quiet bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		answer := &Answer{ResponseWriter: w}
		defer func() {
			if fault := recover(); fault != nil {
				recovered(log, answer, r, fault)
			}
			if level := level(r); !quiet && log.Enabled(r.Context(), level) {
				log.LogAttrs(r.Context(), level, "request", line(r, answer, time.Since(began))...)
			}
		}()
		next.ServeHTTP(answer, r)
	})
}

// statusGone is the status, in the log only, of an answer that nobody waited for.
const statusGone = 499

func line(r *http.Request, answer *Answer, took time.Duration) []slog.Attr {
	status := answer.Status
	if status == 0 && r.Context().Err() != nil {
		status = statusGone
	}
	facts := []slog.Attr{
		slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Int("status", status),
		slog.Int64("bytes", answer.Bytes), slog.Duration("took", took),
	}
	if request := requestOf(r.Context()); request != nil {
		request.mu.Lock()
		defer request.mu.Unlock()
		facts = append(append(facts, slog.String("request", request.id)), request.notes...)
	}
	return facts
}

func level(r *http.Request) slog.Level {
	if strings.HasPrefix(r.URL.Path, "/health/") {
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

func recovered(log *slog.Logger, w *Answer, r *http.Request, fault any) {
	if fault == http.ErrAbortHandler {
		panic(fault)
	}
	id := RequestID(r.Context())
	log.Error("panic", "request", id, "error", fmt.Sprint(fault), "stack", string(debug.Stack()))
	if w.Status != 0 {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusInternalServerError)
	fmt.Fprintf(w, `{"errors":[{"message":"internal error; the request id is %s","extensions":{"code":"%s","requestId":"%s"}}]}`, id, apierror.Internal, id)
}

// Answer is a response that notes what was answered: its status, 0 for none yet,
// and the size of its body.
type Answer struct {
	http.ResponseWriter
	Status int
	Bytes  int64
}

// WriteHeader implements http.ResponseWriter.
func (a *Answer) WriteHeader(status int) {
	if a.Status == 0 {
		a.Status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (a *Answer) Write(b []byte) (int, error) {
	if a.Status == 0 {
		a.Status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.Bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (a *Answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
