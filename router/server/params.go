package server

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/router"
)

// decodeQuery reads a GraphQL request from the query part of a URL, as written.
// Empty parameters count as absent, unknown ones are passed over, and known ones
// must not come twice. The request may hold queries only.
func decodeQuery(rawQuery string) (*router.Request, error) {
	var values [len(parameters)]string
	for rawQuery != "" {
		var pair string
		pair, rawQuery, _ = strings.Cut(rawQuery, "&")
		name, value, _ := strings.Cut(pair, "=")
		i, err := urlParameter(name)
		if err != nil {
			return nil, err
		}
		if i < 0 || value == "" {
			continue
		}
		if values[i] != "" {
			return nil, apierror.New(apierror.BadRequest, "the URL has %q twice", parameters[i])
		}
		if values[i], err = unescapeURL(value); err != nil {
			return nil, err
		}
	}
	request := &router.Request{Query: values[0], OperationName: values[1], DocumentID: values[2], QueriesOnly: true}
	var err error
	if request.Variables, err = objectParameter(3, values[3]); err != nil {
		return nil, err
	}
	request.Extensions, err = objectParameter(4, values[4])
	return request, err
}

func urlParameter(name string) (int, error) {
	name, err := unescapeURL(name)
	if err != nil {
		return 0, err
	}
	return parameterNamed(name), nil
}

func unescapeURL(s string) (string, error) {
	text, err := url.QueryUnescape(s)
	if err != nil || !utf8.ValidString(text) {
		return "", apierror.New(apierror.BadRequest, "the URL's query part is not percent-encoded UTF-8")
	}
	return text, nil
}

// objectParameter reads a JSON object, null, or nothing.
func objectParameter(parameter int, text string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	value, err := wholeValue([]byte(text))
	switch {
	case err != nil:
		return nil, apierror.New(apierror.BadRequest, "the URL's %q is not valid JSON: %s", parameters[parameter], err)
	case value[0] == 'n':
		return nil, nil
	case value[0] != '{':
		return nil, apierror.New(apierror.BadRequest, "the URL's %q must be a JSON object or null", parameters[parameter])
	}
	return value, nil
}
