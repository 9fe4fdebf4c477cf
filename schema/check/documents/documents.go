// Package documents finds the operations that clients are known to send, in the
// files that clients keep them in: GraphQL files, persisted-query manifests, and
// source code, written by people or by code generators.
//
//	file ──Read──► documents ──Collect──► operations
//	               as written             whole: each with its fragments
//
// What looks like an operation and cannot be read is a Problem, never left out
// in silence: a check that does not see an operation says nothing about it.
package documents

import (
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// Document is GraphQL text in a file: operations, fragments or both.
type Document struct {
	// File is the name that the file was read by.
	File string
	// Line and Column are where the text begins, counted from 1.
	Line, Column int
	// Text is the GraphQL text. Where Exact is set its lines are the file's, so
	// that each place in it is a place in the file; a text that was escaped or
	// generated is known by its beginning only.
	Text  string
	Exact bool
	// ID is the name under which the text is persisted, or "".
	ID string
}

// Problem is text that should be an operation and cannot be read.
type Problem struct {
	File         string
	Line, Column int
	Message      string
}

// Kind is a kind of file.
type Kind int

// The kinds of files, by their endings.
const (
	None Kind = iota
	GraphQL
	JSON
	Code
)

// KindOf says what a file's name promises. None is not read.
func KindOf(name string) Kind {
	switch strings.ToLower(path.Ext(name)) {
	case ".graphql", ".gql":
		return GraphQL
	case ".json":
		return JSON
	case ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".astro",
		".go", ".kt", ".kts", ".swift", ".java", ".scala", ".py", ".rb", ".rs", ".cs", ".dart", ".php", ".ex", ".exs", ".elm":
		return Code
	default:
		return None
	}
}

// Read finds the documents in a file. A file without any has none and no
// problem: not every JSON file is a manifest.
func Read(file string, content []byte) ([]Document, []Problem) {
	kind := KindOf(file)
	if kind != None && !utf8.Valid(content) {
		return nil, []Problem{{file, 1, 1, "not UTF-8 text"}}
	}
	switch kind {
	case GraphQL:
		return []Document{{File: file, Line: 1, Column: 1, Text: string(content), Exact: true}}, nil
	case JSON:
		return readManifest(file, content)
	case Code:
		return readCode(file, string(content))
	default:
		return nil, nil
	}
}

// lines finds places in a text.
type lines struct {
	text   string
	starts []int // the offset of each line
}

func newLines(text string) lines {
	l := lines{text, []int{0}}
	for i := range len(text) {
		if text[i] == '\n' {
			l.starts = append(l.starts, i+1)
		}
	}
	return l
}

// place is the line and column, from 1, of a byte offset; columns count
// characters.
func (l lines) place(offset int) (line, column int) {
	line, found := slices.BinarySearch(l.starts, offset)
	if found {
		line++
	}
	return line, utf8.RuneCountInString(l.text[l.starts[line-1]:offset]) + 1
}
