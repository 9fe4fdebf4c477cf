package execute

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
)

// Memory sends a subgraph's calls to an HTTP handler in the same process: no
// sockets, no goroutine of its own. The handler sees the caller's context, so
// what the client's request put there reaches the subgraph.
type Memory struct {
	// MaxAnswer is how many bytes an answer may have; DefaultMaxAnswer when 0.
	MaxAnswer int64

	handler  http.Handler
	template *http.Request
}

// NewMemory returns the transport to a subgraph that is served by the handler.
// name stands as the host in the requests that the handler sees. A handler must
// return when the request's context is done, since nothing else ends it.
func NewMemory(name string, handler http.Handler) *Memory {
	u := &url.URL{Scheme: "http", Host: name, Path: "/"}
	template := newTemplate(u)
	template.RequestURI = "/"
	template.RemoteAddr = "127.0.0.1:0"
	return &Memory{handler: handler, template: template}
}

// Send implements Transport.
func (t *Memory) Send(ctx context.Context, call *Call) (err error) {
	body := &requestBody{bytes: call.Body}
	defer body.end()
	defer func() {
		// As in net/http's server, a handler's panic is the end of this request only.
		if p := recover(); p != nil {
			err = &Failure{Code: CodeHTTP, Message: fmt.Sprintf("subgraph %q failed", call.Subgraph),
				Cause: fmt.Errorf("its handler panicked: %v\n%s", p, debug.Stack())}
		}
	}()
	w := newRecorder(call, cmp.Or(t.MaxAnswer, DefaultMaxAnswer))
	request := t.template.WithContext(ctx)
	request.Header = call.Header
	if request.Header == nil {
		request.Header = make(http.Header, 2)
	}
	request.Header["Content-Type"] = contentTypes
	request.Header["Accept"] = accepts
	request.ContentLength = int64(len(call.Body))
	request.Body = &bodyReader{body: body}
	t.handler.ServeHTTP(w, request)
	if ctx.Err() != nil {
		return unreachable(ctx, call.Subgraph, ctx.Err())
	}
	return w.finish(call)
}

// recorder takes a handler's answer into the call's buffer.
type recorder struct {
	header http.Header
	status int
	body   []byte
	limit  int64
	over   bool
}

func newRecorder(call *Call, limit int64) *recorder {
	return &recorder{header: make(http.Header, 4), body: call.Buffer[:0], limit: limit}
}

// Header implements http.ResponseWriter.
func (w *recorder) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
}

// Write implements http.ResponseWriter.
func (w *recorder) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if int64(len(w.body)+len(p)) > w.limit {
		w.over = true
		return 0, errAnswerTooLarge
	}
	w.body = append(w.body, p...)
	return len(p), nil
}

// WriteString implements io.StringWriter.
func (w *recorder) WriteString(s string) (int, error) {
	w.WriteHeader(http.StatusOK)
	if int64(len(w.body)+len(s)) > w.limit {
		w.over = true
		return 0, errAnswerTooLarge
	}
	w.body = append(w.body, s...)
	return len(s), nil
}

// finish hands the answer over. A handler that writes on after it has returned
// does not meet the call's memory any more.
func (w *recorder) finish(call *Call) error {
	w.WriteHeader(http.StatusOK)
	body := w.body
	call.Status, call.Buffer, w.body = w.status, body, nil
	if w.over {
		return sizeFailure(call.Subgraph, w.limit)
	}
	if err := checkHead(call.Subgraph, w.status, w.header.Get("Content-Type"), w.header.Get("Content-Encoding")); err != nil {
		return err
	}
	call.Answer = body
	return nil
}
