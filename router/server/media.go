package server

import (
	"strings"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/router/coding"
)

// media is a media type that answers can have.
type media uint8

const (
	// mediaJSON is application/json, the type of clients older than the
	// specification: only for them is an invalid document a 200.
	mediaJSON media = iota
	// mediaGraphQL is application/graphql-response+json.
	mediaGraphQL
)

const (
	jsonType    = "application/json"
	graphqlType = "application/graphql-response+json"
)

// contentTypes are header values, by media. They are shared: never changed.
var contentTypes = [...][]string{
	mediaJSON:    {jsonType + "; charset=utf-8"},
	mediaGraphQL: {graphqlType + "; charset=utf-8"},
}

// negotiate chooses the media type of the answer by the Accept header's values
// (RFC 9110 §12.5.1). Without a header, and for */*, it is application/json; of
// two that the client likes equally it is the newer one. ok is false when the
// client accepts neither.
func negotiate(accept []string) (m media, ok bool) {
	if len(accept) == 0 || len(accept) == 1 && accept[0] == "" {
		return mediaJSON, true
	}
	var prefer [2]preference
	for _, value := range accept {
		for value != "" {
			var item string
			item, value, _ = cutOutsideQuotes(value, ',')
			weigh(&prefer, item)
		}
	}
	named, json := prefer[mediaGraphQL], prefer[mediaJSON]
	if named.quality > json.quality || named.quality == json.quality && named.specific == 3 {
		return mediaGraphQL, named.quality > 0
	}
	return mediaJSON, json.quality > 0
}

// preference is how much a client likes a media type: the quality, in
// thousandths, of the most specific range that names it.
type preference struct{ quality, specific int }

// weigh counts one media range of an Accept header in.
func weigh(prefer *[2]preference, item string) {
	name, parameters, _ := cutOutsideQuotes(item, ';')
	quality, ok := rangeParameters(parameters)
	if !ok {
		return
	}
	name = strings.TrimSpace(name)
	rate := func(m media, specific int) {
		if specific > prefer[m].specific || specific == prefer[m].specific && quality > prefer[m].quality {
			prefer[m] = preference{quality, specific}
		}
	}
	switch {
	case strings.EqualFold(name, graphqlType):
		rate(mediaGraphQL, 3)
	case strings.EqualFold(name, jsonType):
		rate(mediaJSON, 3)
	case strings.EqualFold(name, "application/*"):
		rate(mediaGraphQL, 2)
		rate(mediaJSON, 2)
	case name == "*/*":
		rate(mediaGraphQL, 1)
		rate(mediaJSON, 1)
	}
}

// rangeParameters reads the parameters of a media range; ok is false when they
// ask for what is never sent: a charset that is not UTF-8.
func rangeParameters(text string) (quality int, ok bool) {
	quality = 1000
	for text != "" {
		var parameter string
		parameter, text, _ = cutOutsideQuotes(text, ';')
		name, value, _ := strings.Cut(parameter, "=")
		name, value = strings.TrimSpace(name), unquote(strings.TrimSpace(value))
		switch {
		case strings.EqualFold(name, "q"):
			if quality, ok = coding.Quality(value); !ok {
				return 0, false
			}
		case strings.EqualFold(name, "charset"):
			if !isUTF8(value) {
				return 0, false
			}
		}
	}
	return quality, true
}

func isUTF8(charset string) bool {
	return strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8")
}

// unquote takes the quotes off a quoted string; the few values that are looked
// at have no escapes.
func unquote(s string) string {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return s[1 : len(s)-1]
	}
	return s
}

// cutOutsideQuotes is strings.Cut at the first separator that is in no quoted
// string.
func cutOutsideQuotes(s string, separator byte) (before, after string, found bool) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == separator && !quoted:
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// checkContentType refuses bodies that are not JSON in UTF-8.
func checkContentType(values []string) error {
	if len(values) == 1 && isJSON(values[0]) {
		return nil
	}
	if len(values) == 0 {
		return apierror.New(apierror.UnsupportedMediaType, "the request has no Content-Type: send \"Content-Type: application/json\"")
	}
	return apierror.New(apierror.UnsupportedMediaType, "the Content-Type %.80q is not read here: send JSON in UTF-8 as \"Content-Type: application/json\"", strings.Join(values, ", "))
}

func isJSON(contentType string) bool {
	if contentType == jsonType {
		return true
	}
	name, parameters, _ := cutOutsideQuotes(contentType, ';')
	if !strings.EqualFold(strings.TrimSpace(name), jsonType) {
		return false
	}
	for parameters != "" {
		var parameter string
		parameter, parameters, _ = cutOutsideQuotes(parameters, ';')
		name, value, _ := strings.Cut(parameter, "=")
		if strings.EqualFold(strings.TrimSpace(name), "charset") && !isUTF8(unquote(strings.TrimSpace(value))) {
			return false
		}
	}
	return true
}

// acceptsHTML says whether text/html is named, as browsers do for pages.
func acceptsHTML(accept []string) bool {
	return len(accept) == 1 && strings.HasPrefix(accept[0], "text/html")
}
