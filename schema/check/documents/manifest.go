package documents

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// readManifest reads what persisted queries are kept in:
//
//	{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id", "name", "type", "body"}]}
//	{"version": 2, "operations": [{"signature", "document"}]}            older Apollo tools
//	{"ID": "query …"}                                                     Relay, GraphQL Code Generator
//	[["ID", "query …"]], [{"id", "query"}]                                lists of them
//	{"query": "query …", "variables": {}}                                 a recorded request
//
// It looks for strings that are operations, whatever is around them, and takes
// what names them from beside them.
func readManifest(file string, content []byte) ([]Document, []Problem) {
	m := manifest{file: file, lines: newLines(string(content)), decoder: json.NewDecoder(bytes.NewReader(content))}
	if err := m.value("", nil); err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("it ends too early")
		}
		line, column := m.lines.place(int(min(m.decoder.InputOffset(), int64(len(content)))))
		return nil, []Problem{{file, line, column, "not valid JSON: " + err.Error()}}
	}
	if m.apollo && len(m.documents) == 0 && !m.empty {
		return nil, []Problem{{file, 1, 1, "a persisted-query manifest whose operations have no body"}}
	}
	return m.documents, nil
}

type manifest struct {
	file      string
	lines     lines
	decoder   *json.Decoder
	documents []Document
	// apollo says that the file calls itself a manifest; empty that its list of
	// operations is empty.
	apollo, empty bool
	depth         int
}

const maxDepth = 100

// value reads one JSON value; key is its name in an object, and siblings collect
// the strings of the object around it.
func (m *manifest) value(key string, around *object) error {
	token, err := m.decoder.Token()
	if err != nil {
		return err
	}
	switch t := token.(type) {
	case json.Delim:
		if m.depth++; m.depth > maxDepth {
			return fmt.Errorf("nested deeper than %d", maxDepth)
		}
		defer func() { m.depth-- }()
		if t == '{' {
			return m.object()
		}
		return m.list(key)
	case string:
		m.str(key, t, around)
	}
	return nil
}

// object is the object or list around a string: which documents are directly in
// it, and what names them.
type object struct {
	documents []int
	id        string
}

func (m *manifest) object() error {
	var own object
	for m.decoder.More() {
		key, err := m.decoder.Token()
		if err != nil {
			return err
		}
		if err := m.value(key.(string), &own); err != nil {
			return err
		}
	}
	for _, i := range own.documents {
		if m.documents[i].ID == "" {
			m.documents[i].ID = own.id
		}
	}
	_, err := m.decoder.Token()
	return err
}

func (m *manifest) list(key string) error {
	var own object
	m.empty = m.empty || key == "operations" && !m.decoder.More()
	for m.decoder.More() {
		if err := m.value("", &own); err != nil {
			return err
		}
	}
	for _, i := range own.documents {
		m.documents[i].ID = own.id
	}
	_, err := m.decoder.Token()
	return err
}

func (m *manifest) str(key, value string, around *object) {
	if key == "format" && value == "apollo-persisted-query-manifest" {
		m.apollo = true
	}
	if !looksLikeDocument(value) {
		if around != nil && (key == "id" || key == "hash" || key == "signature" || key == "sha256Hash" || key == "" && around.id == "") {
			around.id = value
		}
		return
	}
	end := int(m.decoder.InputOffset())
	line, column := m.lines.place(max(0, end-quotedLength(m.lines.text[:end])))
	d := Document{File: m.file, Line: line, Column: column, Text: value}
	switch key {
	case "body", "document", "query", "text", "source", "":
		if around != nil {
			around.documents = append(around.documents, len(m.documents))
		}
	default:
		d.ID = key
	}
	m.documents = append(m.documents, d)
}

// quotedLength is the length of the JSON string that text ends in.
func quotedLength(text string) int {
	for i := len(text) - 2; i >= 0; i-- {
		if text[i] != '"' {
			continue
		}
		slashes := len(text[:i]) - len(strings.TrimRight(text[:i], `\`))
		if slashes%2 == 0 {
			return len(text) - i
		}
	}
	return len(text)
}

var documentStart = regexp.MustCompile(`^(?:\s|,|\x{feff}|#[^\n]*\n)*(?:(?:query|mutation|subscription)\b\s*[_A-Za-z0-9]*\s*[({@]|fragment\s+[_A-Za-z0-9]+\s+on\s)`)

// looksLikeDocument says whether a text begins like an operation or a fragment.
// The shorthand that begins with a brace is not recognised by its looks.
func looksLikeDocument(text string) bool { return documentStart.MatchString(text) }
