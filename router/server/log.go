package server

import (
	"log/slog"
	"net/http"

	"github.com/shopgraph/shopgraph/internal/serve"
	"github.com/shopgraph/shopgraph/router"
)

// note adds to the request's line in the log what was asked and how it went.
func note(r *http.Request, response *router.Response) {
	var room [4]slog.Attr
	facts := room[:0]
	if response.Kind != "" {
		facts = append(facts, slog.String(string(response.Kind), response.OperationName))
	}
	if response.Refused != "" {
		facts = append(facts, slog.String("refused", string(response.Refused)))
	} else if response.Errors > 0 {
		facts = append(facts, slog.Int("errors", response.Errors))
	}
	if response.Cost > 0 {
		facts = append(facts, slog.Int("cost", response.Cost))
	}
	if client := clientName(r.Header); client != "" {
		facts = append(facts, slog.String("client", client))
	}
	serve.Note(r.Context(), facts...)
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
