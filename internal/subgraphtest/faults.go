package subgraphtest

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Fault makes a subgraph misbehave: it wraps the subgraph's handler.
type Fault struct {
	Name string
	Wrap func(http.Handler) http.Handler
}

// Faults are all the ways a subgraph can answer wrongly at once; what each
// needs is a well-formed answer of the router, with errors at the right paths.
// Delay and Hang, which need time, come apart.
func Faults() []Fault {
	return append([]Fault{
		answer("empty body", 200, jsonType, ""),
		answer("no JSON", 200, jsonType, `{"data":`),
		answer("JSON and more", 200, jsonType, `{"data":null}{"data":null}`),
		answer("HTML", 200, "text/html", "<!doctype html><title>Welcome</title>"),
		answer("HTML of a gateway, 502", 502, "text/html", "<html><h1>Bad gateway</h1></html>"),
		answer("JSON of another content type", 200, "text/plain", `{"data":{}}`),
		answer("500 without a body", 500, "", ""),
		answer("500 with errors", 500, jsonType, `{"errors":[{"message":"the subgraph is broken","extensions":{"code":"BROKEN"}}]}`),
		answer("400 with errors", 400, "application/graphql-response+json", `{"errors":[{"message":"the subgraph does not understand"}]}`),
		answer("204", 204, "", ""),
		answer("redirect to nowhere", 302, "", ""),
		answer("null", 200, jsonType, `null`),
		answer("a list", 200, jsonType, `[]`),
		answer("a string", 200, jsonType, `"data"`),
		answer("an empty object", 200, jsonType, `{}`),
		answer("data null without errors", 200, jsonType, `{"data":null}`),
		answer("data null with errors", 200, jsonType, `{"data":null,"errors":[{"message":"nothing is left","path":["_entities",0]}]}`),
		answer("no data but errors", 200, jsonType, `{"errors":[{"message":"no data"}]}`),
		answer("empty errors", 200, jsonType, `{"errors":[]}`),
		answer("data is a list", 200, jsonType, `{"data":[]}`),
		answer("data is a string", 200, jsonType, `{"data":"text"}`),
		answer("data is an empty object", 200, jsonType, `{"data":{}}`),
		answer("errors are a string", 200, jsonType, `{"data":null,"errors":"oops"}`),
		answer("errors are strings", 200, jsonType, `{"data":null,"errors":["oops", null, 1]}`),
		answer("errors without message", 200, jsonType, `{"data":null,"errors":[{}, {"message":1}]}`),
		answer("errors with wild paths", 200, jsonType, `{"data":null,"errors":[{"message":"a","path":["_entities",99999999999]},{"message":"b","path":["_entities",-1,"x"]},{"message":"c","path":"x"},{"message":"d","path":[null,{}]},{"message":"e","locations":"x","extensions":[]}]}`),
		answer("deep JSON", 200, jsonType, `{"data":`+strings.Repeat(`{"a":`, 100_000)+"1"+strings.Repeat("}", 100_000)+"}"),
		answer("no UTF-8", 200, jsonType, "{\"data\":{\"\xff\":\"\xc3\x28\"}}"),
		answer("lone surrogate", 200, jsonType, `{"data":{"a":"\ud800"},"errors":[{"message":"\udfff"}]}`),
		answer("byte order mark", 200, jsonType, "\ufeff{\"data\":{}}"),
		{"refused before the header", func(http.Handler) http.Handler { return http.HandlerFunc(abort) }},
		{"cut in the middle", cut},
		{"1 GB", func(http.Handler) http.Handler { return http.HandlerFunc(gigabyte) }},
		{"1 GB, compressed to 1 MB", func(http.Handler) http.Handler { return http.HandlerFunc(compressedGigabyte) }},
	}, rewrites()...)
}

const jsonType = "application/json"

// answer replaces the subgraph by one answer.
func answer(name string, status int, contentType, body string) Fault {
	return Fault{name, func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if contentType != "" {
				w.Header().Set("Content-Type", contentType)
			}
			if status == http.StatusFound {
				w.Header().Set("Location", "http://nowhere.invalid/")
			}
			w.WriteHeader(status)
			io.WriteString(w, body)
		})
	}}
}

func abort(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// cut sends the first half of the answer, announced as whole.
func cut(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		real := capture(next, r)
		copyHeader(w, real)
		w.Header().Set("Content-Length", fmt.Sprint(real.body.Len()))
		w.WriteHeader(real.status)
		w.Write(real.body.Bytes()[:real.body.Len()/2])
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
}

// gigabyte is a valid answer of a size that nobody may keep in memory.
func gigabyte(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", jsonType)
	writeGigabyte(w)
}

func compressedGigabyte(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", jsonType)
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	writeGigabyte(z)
	z.Close()
}

func writeGigabyte(w io.Writer) {
	chunk := []byte(strings.Repeat("a", 1<<20))
	io.WriteString(w, `{"data":{"a":"`)
	for range 1 << 10 {
		if _, err := w.Write(chunk); err != nil {
			return // the router has had enough
		}
	}
	io.WriteString(w, `"}}`)
}

// Delay answers rightly, but only after a while.
func Delay(d time.Duration) Fault {
	return Fault{fmt.Sprintf("late by %v", d), func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if pause(r.Context(), d) == nil {
				next.ServeHTTP(w, r)
			}
		})
	}}
}

// Hang never answers: it returns when the client gives up, and sends nothing.
func Hang() Fault {
	return Fault{"no answer", func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			panic(http.ErrAbortHandler)
		})
	}}
}

// Stall sends the header and the first half of the answer, and then nothing.
func Stall() Fault {
	return Fault{"stalls in the middle", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			real := capture(next, r)
			copyHeader(w, real)
			w.WriteHeader(real.status)
			w.Write(real.body.Bytes()[:real.body.Len()/2])
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
			panic(http.ErrAbortHandler)
		})
	}}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
