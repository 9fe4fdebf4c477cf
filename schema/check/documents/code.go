package documents

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// readCode finds GraphQL in source code of any language, without a parser for
// each:
//
//   - template literals with a tag: gql`…`, graphql`…`, graphql(`…`),
//     /* GraphQL */ `…`. What is in them must be GraphQL.
//   - string literals that begin like an operation: "query …", """query …""",
//     #"query …"#, as code generators write them.
//   - documents as JSON trees, {"kind":"Document",…}, as GraphQL Code Generator
//     writes them.
//
// What is commented out by // or * at the beginning of its line is left out.
func readCode(file, text string) ([]Document, []Problem) {
	c := code{file: file, text: text, lines: newLines(text)}
	c.tagged()
	c.strings()
	c.trees()
	slices.SortStableFunc(c.documents, func(a, b Document) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return c.documents, c.problems
}

type code struct {
	file, text string
	lines      lines
	documents  []Document
	problems   []Problem
	// taken are the parts of the text that were read.
	taken []span
}

type span struct{ start, end int }

var (
	tag     = regexp.MustCompile("(?:\\b(?:gql|graphql|apolloGql|gqlTag)\\s*(?:<[^<>`]*>)?\\s*\\(?\\s*(?:/\\*[^*]*\\*/\\s*)?|/\\*\\s*(?:GraphQL|gql)\\s*\\*/\\s*)`")
	literal = regexp.MustCompile("(?:\"\"\"|'''|[\"'`])(?:\\s|\\\\n|#[^\\n]*\\n)*(?:query|mutation|subscription|fragment)\\b")
	tree    = regexp.MustCompile(`\{\s*"kind"\s*:\s*"Document"`)
)

func (c *code) take(start, end int) bool {
	for _, s := range c.taken {
		if start < s.end && s.start < end {
			return false
		}
	}
	c.taken = append(c.taken, span{start, end})
	return true
}

// commented says whether the line of an offset is a comment as a whole.
func (c *code) commented(offset int) bool {
	line := strings.TrimLeft(c.text[strings.LastIndexByte(c.text[:offset], '\n')+1:offset], " \t")
	return strings.HasPrefix(line, "//") || strings.HasPrefix(line, "*")
}

func (c *code) add(start int, text string, exact bool) {
	line, column := c.lines.place(start)
	c.documents = append(c.documents, Document{File: c.file, Line: line, Column: column, Text: text, Exact: exact})
}

func (c *code) problem(at int, message string) {
	line, column := c.lines.place(at)
	c.problems = append(c.problems, Problem{c.file, line, column, message})
}

func (c *code) tagged() {
	for _, match := range tag.FindAllStringIndex(c.text, -1) {
		start := match[1]
		if c.commented(match[0]) || !c.take(match[0], start) {
			continue
		}
		t := readTemplate(c.text[start:])
		c.take(start, start+t.length)
		switch {
		case t.inside >= 0:
			c.problem(start+t.inside, "the operation is put together by an expression inside a selection, so what clients send cannot be known")
		case !t.closed:
			c.problem(start, "the template literal does not end")
		case strings.TrimSpace(t.text) != "":
			c.add(start, t.text, true)
		}
	}
}

func (c *code) strings() {
	for _, match := range literal.FindAllStringIndex(c.text, -1) {
		start := match[0]
		quote := c.quote(start)
		body := start + len(strings.TrimSuffix(quote, "#"))
		end, text := c.literalEnd(body, quote)
		if end < 0 || c.commented(start) || !looksLikeDocument(text) || !c.take(start, end+len(quote)) {
			continue
		}
		if _, err := parser.ParseQuery(&ast.Source{Input: text}); err != nil {
			c.problem(start, "this begins like an operation and is not GraphQL: "+err.Error())
			continue
		}
		c.add(body, text, strings.HasPrefix(c.text[body:], text))
	}
}

// quote is what ends the string literal that begins at an offset.
func (c *code) quote(start int) string {
	quote := c.text[start : start+1]
	switch {
	case strings.HasPrefix(c.text[start:], strings.Repeat(quote, 3)):
		return strings.Repeat(quote, 3)
	case start > 0 && c.text[start-1] == '#': // Swift
		return quote + "#"
	default:
		return quote
	}
}

// literalEnd returns where a string literal ends, and what it says; -1 when it
// does not end.
func (c *code) literalEnd(body int, quote string) (end int, text string) {
	rest := c.text[body:]
	if len(quote) > 1 || quote == "`" {
		i := strings.Index(rest, quote)
		if i < 0 {
			return -1, ""
		}
		return body + i, rest[:i]
	}
	for i := 0; i < len(rest) && rest[i] != '\n'; i++ {
		switch rest[i] {
		case '\\':
			i++
		case quote[0]:
			return body + i, unescaped(strings.ReplaceAll(rest[:i], "${'$'}", "$")) // Kotlin's way to write a dollar
		}
	}
	return -1, ""
}

// unescaped is a string literal's text. Escapes that languages do not share are
// kept as they are.
func unescaped(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for s != "" {
		r, _, rest, err := strconv.UnquoteChar(s, 0)
		switch {
		case err == nil:
			b.WriteRune(r)
			s = rest
		case len(s) > 1 && s[0] == '\\': // \' or \$ or \`
			b.WriteByte(s[1])
			s = s[2:]
		default:
			b.WriteByte(s[0])
			s = s[1:]
		}
	}
	return b.String()
}

func (c *code) trees() {
	for _, match := range tree.FindAllStringIndex(c.text, -1) {
		if !c.take(match[0], match[1]) {
			continue
		}
		var n node
		if err := json.NewDecoder(strings.NewReader(c.text[match[0]:])).Decode(&n); err != nil {
			c.problem(match[0], "this begins like a GraphQL document as a tree and is not JSON: "+err.Error())
			continue
		}
		text, err := n.document()
		if err != nil {
			c.problem(match[0], "this GraphQL document cannot be read: "+err.Error())
			continue
		}
		c.add(match[0], text, false)
	}
}
