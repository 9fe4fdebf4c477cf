// Package persisted lets clients name documents instead of sending them: by a hash
// that they registered before (automatic persisted queries), or by an id of a list
// that was made when the clients were built (trusted documents).
//
//	extensions.persistedQuery ┐              ┌ trusted documents, by id
//	documentId, doc_id        ┴──► reference ┤
//	                                         └ registered ones, by SHA-256
//	query ───────────────────────► judged by the Mode
//
// Sources: Apollo's automatic persisted queries (version 1) and persisted query
// manifests, Relay's persisted queries, the persisted documents of GraphQL over
// HTTP.
package persisted

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"strings"
	"sync/atomic"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/rawjson"
	"github.com/shopgraph/shopgraph/router"
	"github.com/shopgraph/shopgraph/router/cache"
)

// Mode is what becomes of documents that are not trusted.
type Mode uint8

const (
	// Off trusts no list: every document is run.
	Off Mode = iota
	// Log runs every document, and logs those that are not trusted.
	Log
	// Allow runs trusted documents only, also where a client sends the text of one.
	Allow
	// Require runs what clients name by the id of a trusted document.
	Require
)

// Modes are the names of the modes, in their order.
var Modes = []string{"off", "log", "allow", "require"}

// Codes of refused requests, as clients see them in extensions.code.
const (
	// CodeNotFound is a hash that is not registered, or is no more. Clients send the
	// text then.
	CodeNotFound apierror.Code = "PERSISTED_QUERY_NOT_FOUND"
	// CodeNotSupported is a hash where none can be registered. Clients send texts
	// from then on.
	CodeNotSupported apierror.Code = "PERSISTED_QUERY_NOT_SUPPORTED"
	// CodeHashMismatch is a hash that is not that of the document beside it.
	CodeHashMismatch apierror.Code = "PERSISTED_QUERY_HASH_MISMATCH"
	// CodeNotInList is an id that no trusted document has.
	CodeNotInList apierror.Code = "PERSISTED_QUERY_NOT_IN_LIST"
	// CodeNotTrusted is a document that is not trusted, where only those are run.
	CodeNotTrusted apierror.Code = "QUERY_NOT_IN_SAFELIST"
	// CodeIDRequired is a document that is sent where it must be named.
	CodeIDRequired apierror.Code = "PERSISTED_QUERY_ID_REQUIRED"
	// CodeIDAndBody is a document that is both sent and named, where that has no
	// meaning.
	CodeIDAndBody apierror.Code = "CANNOT_SEND_PQ_ID_AND_BODY"
)

// Options are a Store's settings.
type Options struct {
	// Automatic bounds the texts that clients register, weighing in bytes; the zero
	// value lets them register none.
	Automatic cache.Bounds
	Mode      Mode
	// Trusted is the list; it may be nil where the mode is Off.
	Trusted *Documents
	Log     *slog.Logger
}

// DefaultAutomatic is more than the clients of one graph have.
var DefaultAutomatic = cache.Bounds{Entries: 10_000, Weight: 16 << 20}

// Store is a router.Executor that knows documents. It is safe for concurrent use.
type Store struct {
	next    router.Executor
	options Options
	trusted atomic.Pointer[Documents]
	// registered are texts by the SHA-256 of theirs, in hexadecimals; nil for none.
	registered *cache.Cache[string, string]
	// logged are documents about which there is a line in the log.
	logged *cache.Cache[[sha256.Size]byte, struct{}]
}

// New returns the executor before next.
func New(next router.Executor, o Options) *Store {
	s := &Store{next: next, options: o, logged: cache.New[[sha256.Size]byte, struct{}](cache.Bounds{Entries: 10_000})}
	if o.Automatic != (cache.Bounds{}) {
		s.registered = cache.New[string, string](o.Automatic)
	}
	s.Trust(o.Trusted)
	return s
}

// Trust changes the list of trusted documents.
func (s *Store) Trust(d *Documents) {
	if d == nil {
		d = &Documents{}
	}
	s.trusted.Store(d)
}

// Execute implements router.Executor.
func (s *Store) Execute(ctx context.Context, request *router.Request) *router.Response {
	ref, err := referenceOf(request)
	if err != nil {
		return router.Refuse(request.ID, err)
	}
	if ref.id == "" {
		if err := s.judge(request); err != nil {
			return router.Refuse(request.ID, err)
		}
		return s.next.Execute(ctx, request)
	}
	if request.Query != "" {
		return s.register(ctx, request, ref)
	}
	if err := s.find(request, ref); err != nil {
		return refuse(request, err)
	}
	return s.next.Execute(ctx, request)
}

// find gives the request the text of the document that it names.
func (s *Store) find(request *router.Request, ref reference) error {
	if text, ok := s.trusted.Load().find(ref.id, request.Client); ok {
		request.Query = text
		return nil
	}
	switch {
	case s.options.Mode == Require, ref.custom && s.options.Mode != Off:
		return apierror.New(CodeNotInList, "no trusted document has the id %.100q", ref.id)
	case s.registered == nil, ref.custom:
		return apierror.New(CodeNotSupported, "PersistedQueryNotSupported")
	}
	text, ok := s.registered.Peek(ref.id)
	if !ok {
		return apierror.New(CodeNotFound, "PersistedQueryNotFound")
	}
	request.Query = text
	return s.judge(request)
}

// register runs a document that comes with its hash, and remembers it if it is one
// that can be run.
func (s *Store) register(ctx context.Context, request *router.Request, ref reference) *router.Response {
	switch {
	case s.options.Mode == Require, !ref.automatic:
		return router.Refuse(request.ID, apierror.New(CodeIDAndBody, "the request has both a document and an id of one: send the id alone"))
	case hashOf(request.Query) != ref.id:
		return router.Refuse(request.ID, apierror.New(CodeHashMismatch, "provided sha does not match query"))
	}
	if err := s.judge(request); err != nil {
		return router.Refuse(request.ID, err)
	}
	response := s.next.Execute(ctx, request)
	if s.registered != nil && response.Refused == "" {
		s.remember(ref.id, request.Query)
	}
	return response
}

func (s *Store) remember(hash, text string) {
	if _, ok := s.registered.Peek(hash); ok {
		return
	}
	hash, text = strings.Clone(hash), strings.Clone(text) // they are the request's
	s.registered.Get(hash, func() (string, int, error) { return text, len(hash) + len(text) + perEntry, nil })
}

// perEntry is the memory around a registered text, in bytes.
const perEntry = 200

// judge says whether a document may be run whose text is known.
func (s *Store) judge(request *router.Request) error {
	if s.options.Mode == Off || request.Query == "" { // who sends nothing is told so by the router
		return nil
	}
	if s.options.Mode == Require {
		return apierror.New(CodeIDRequired, "documents are not taken here: name a trusted one by its id")
	}
	if s.trusted.Load().has(request.Query) {
		return nil
	}
	if s.options.Mode == Allow {
		return apierror.New(CodeNotTrusted, "the document is not among the trusted ones, and only these are run here")
	}
	s.report(request)
	return nil
}

// report logs a document that is not trusted, once.
func (s *Store) report(request *router.Request) {
	s.logged.Get(sha256.Sum256([]byte(request.Query)), func() (struct{}, int, error) {
		s.options.Log.Warn("a document is not trusted", "request", request.ID, "client", request.Client,
			"operation", request.OperationName, "sha256", hashOf(request.Query), "begins", strings.ToValidUTF8(request.Query[:min(len(request.Query), 200)], ""))
		return struct{}{}, 0, nil
	})
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// refuse answers with status 200 what is no fault of the client: it is one step of
// the protocol, and there are clients that look into no other answers.
func refuse(request *router.Request, err error) *router.Response {
	response := router.Refuse(request.ID, err)
	if response.Refused == CodeNotFound || response.Refused == CodeNotSupported {
		body := rawjson.AppendString([]byte(`{"data":null,"errors":[{"message":`), err.Error())
		body = rawjson.AppendString(append(body, `,"extensions":{"code":`...), string(response.Refused))
		response.Body = append(body, `}}]}`...)
	}
	return response
}
