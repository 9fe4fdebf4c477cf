package persisted

import (
	"strings"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/rawjson"
	"github.com/shopgraph/shopgraph/router"
)

// reference is how a request names a document.
type reference struct {
	// id is a SHA-256 in lower-case hexadecimals, or what a list calls a document;
	// empty for none.
	id string
	// automatic says that extensions.persistedQuery names it.
	automatic bool
	// custom says that the id is no hash, so that only a list can know it.
	custom bool
}

// hashPrefix marks ids that are hashes, where ids can be anything.
const hashPrefix = "sha256:"

// maxID is the longest id, in bytes.
const maxID = 1000

func referenceOf(request *router.Request) (reference, error) {
	ref, err := persistedQuery(request.Extensions)
	if err != nil {
		return reference{}, err
	}
	id := request.DocumentID
	if id == "" {
		return ref, nil
	}
	hash, prefixed := strings.CutPrefix(id, hashPrefix)
	if prefixed {
		id = hash
	}
	switch {
	case ref.id != "" && ref.id != id:
		return reference{}, apierror.New(apierror.BadRequest, "the request names two documents, by documentId and by extensions.persistedQuery")
	case len(id) > maxID:
		return reference{}, apierror.New(apierror.BadRequest, "the documentId is longer than %d bytes", maxID)
	case prefixed && !isHash(id):
		return reference{}, apierror.New(apierror.BadRequest, "the documentId %.100q is not a SHA-256 in 64 lower-case hexadecimals", request.DocumentID)
	}
	return reference{id: id, automatic: ref.automatic, custom: !isHash(id)}, nil
}

// persistedQuery reads extensions.persistedQuery.
func persistedQuery(extensions []byte) (reference, error) {
	if extensions == nil {
		return reference{}, nil
	}
	for name, value := range rawjson.Members(extensions) {
		if string(name) == `"persistedQuery"` && value[0] != 'n' {
			return readPersistedQuery(value)
		}
	}
	return reference{}, nil
}

func readPersistedQuery(value []byte) (reference, error) {
	if value[0] != '{' {
		return reference{}, apierror.New(apierror.BadRequest, "extensions.persistedQuery must be an object")
	}
	var version, hash []byte
	for name, member := range rawjson.Members(value) {
		switch string(name) {
		case `"version"`:
			version = member
		case `"sha256Hash"`:
			hash = member
		}
	}
	if string(version) != "1" {
		return reference{}, apierror.New(apierror.BadRequest, "extensions.persistedQuery.version must be 1")
	}
	if len(hash) < len(`"x"`) || len(hash) > maxID || hash[0] != '"' {
		return reference{}, apierror.New(apierror.BadRequest, "extensions.persistedQuery.sha256Hash must be a text of 1 to %d bytes", maxID)
	}
	id := rawjson.Text(hash)
	return reference{id: id, automatic: true, custom: !isHash(id)}, nil
}

// isHash says whether an id is a SHA-256 as the protocols write it.
func isHash(id string) bool {
	return len(id) == 64 && strings.Trim(id, "0123456789abcdef") == ""
}
