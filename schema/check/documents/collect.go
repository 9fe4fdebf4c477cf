package documents

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/shopgraph/shopgraph/schema/check/usage"
)

// Operation is one operation as a client sends it: with the fragments that it
// uses, wherever they were written.
type Operation struct {
	// Name is "" for an anonymous operation.
	Name string
	Kind ast.Operation
	// IDs are the names under which the operation is persisted.
	IDs []string
	// Signature identifies the operation whatever its layout; usage counts it by.
	Signature string
	// Text is a document with this operation and its fragments.
	Text string
	// Place is where the operation begins.
	Place Place

	parts []part
}

// Place is a position in a file, from 1. Where Exact is false it is the
// beginning of the text that holds it.
type Place struct {
	File         string
	Line, Column int
	Exact        bool
}

// part says that the lines of an operation's text from a number on come from a
// place.
type part struct {
	line  int // the first line of the part in Text
	place Place
}

// At returns where a position of Text, counted from 1, was written.
func (o *Operation) At(line, column int) Place {
	i, found := slices.BinarySearchFunc(o.parts, line, func(p part, line int) int { return cmp.Compare(p.line, line) })
	if !found {
		i--
	}
	if i < 0 {
		return o.Place
	}
	at := o.parts[i].place
	if at.Exact {
		at.Line, at.Column = at.Line+line-o.parts[i].line, column
	}
	return at
}

// Label names the operation for people: "query Cart", or by its place.
func (o *Operation) Label() string {
	if o.Name != "" {
		return string(o.Kind) + " " + o.Name
	}
	return fmt.Sprintf("anonymous %s (%s:%d)", o.Kind, o.Place.File, o.Place.Line)
}

// Collect makes whole operations of documents. A fragment that an operation
// spreads is looked for in its own document and then in all others, as clients'
// tools do. An operation that is found several times, in the source and in what
// was generated from it, is one.
func Collect(documents []Document) ([]*Operation, []Problem) {
	c := collector{fragments: map[string][]*definition{}, whole: map[*Document]bool{}, bySignature: map[string]*Operation{}}
	for _, d := range documents {
		c.parse(d)
	}
	for _, d := range c.operations {
		c.collect(d)
	}
	return c.out, c.problems
}

type collector struct {
	operations  []*definition
	fragments   map[string][]*definition
	whole       map[*Document]bool // those with an operation
	bySignature map[string]*Operation
	out         []*Operation
	problems    []Problem
}

// definition is an operation or a fragment, with its own text.
type definition struct {
	document  *Document
	operation *ast.OperationDefinition
	fragment  *ast.FragmentDefinition
	// text begins at the line that the definition begins at, with blanks before
	// it, so that columns are the file's.
	text  string
	place Place
}

// newlines makes one kind of newline of those that GraphQL knows.
var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func (c *collector) parse(d Document) {
	text := sentText(newlines.Replace(d.Text))
	if d.Exact {
		text = strings.Repeat(" ", d.Column-1) + text
	}
	doc, err := parser.ParseQuery(&ast.Source{Name: d.File, Input: text})
	if err != nil {
		c.unreadable(d, err)
		return
	}
	var definitions []*definition
	for _, op := range doc.Operations {
		definitions = append(definitions, &definition{document: &d, operation: op})
	}
	for _, f := range doc.Fragments {
		definitions = append(definitions, &definition{document: &d, fragment: f})
	}
	slices.SortFunc(definitions, func(a, b *definition) int { return cmp.Compare(a.position().Start, b.position().Start) })
	if slices.ContainsFunc(definitions, (*definition).described) {
		reprint(definitions)
	} else {
		cut(text, definitions)
	}
	for _, def := range definitions {
		if def.operation != nil {
			c.operations = append(c.operations, def)
			c.whole[&d] = true
		} else {
			c.fragments[def.fragment.Name] = append(c.fragments[def.fragment.Name], def)
		}
	}
}

func (d *definition) position() *ast.Position {
	if d.operation != nil {
		return d.operation.Position
	}
	return d.fragment.Position
}

func (d *definition) described() bool {
	return d.operation != nil && d.operation.Description != "" || d.fragment != nil && d.fragment.Description != ""
}

// reprint is cut for documents with descriptions, whose definitions have no
// known beginning.
func reprint(definitions []*definition) {
	for _, def := range definitions {
		one := &ast.QueryDocument{}
		if def.operation != nil {
			one.Operations = ast.OperationList{def.operation}
		} else {
			one.Fragments = ast.FragmentDefinitionList{def.fragment}
		}
		var b strings.Builder
		formatter.NewFormatter(&b).FormatQueryDocument(one)
		def.text = strings.TrimSpace(b.String())
		def.place = Place{def.document.File, def.document.Line, def.document.Column, false}
		if def.document.Exact {
			def.place.Line, def.place.Column = def.document.Line+def.position().Line-1, def.position().Column
		}
	}
}

// cut gives each definition its part of the text: up to the next one.
func cut(text string, definitions []*definition) {
	rest, at := text, 0 // at is where rest begins, in characters
	for i, def := range definitions {
		start := def.position()
		rest, at = skip(rest, start.Start-at), start.Start
		own := rest
		if i+1 < len(definitions) {
			after := skip(rest, definitions[i+1].position().Start-at)
			own = rest[:len(rest)-len(after)]
		}
		doc := def.document
		def.place = Place{doc.File, doc.Line, doc.Column, false}
		if doc.Exact {
			own = strings.Repeat(" ", start.Column-1) + own
			def.place = Place{doc.File, doc.Line + start.Line - 1, start.Column, true}
		}
		def.text = strings.TrimRight(own, " \t\r\n,")
	}
}

// skip drops n characters.
func skip(text string, n int) string {
	for i := range text {
		if n == 0 {
			return text[i:]
		}
		n--
	}
	return ""
}

// unreadable reports a document that does not parse. A schema among the
// operations, as clients' tools keep it, is not an operation that was missed.
func (c *collector) unreadable(d Document, err error) {
	if _, err := parser.ParseSchema(&ast.Source{Input: d.Text}); err == nil {
		return
	}
	p := Problem{d.File, d.Line, d.Column, "not a GraphQL document: " + err.Error()}
	var e *gqlerror.Error
	if errors.As(err, &e) {
		p.Message = "not a GraphQL document: " + e.Message
		if len(e.Locations) > 0 && d.Exact {
			p.Line, p.Column = d.Line+e.Locations[0].Line-1, e.Locations[0].Column
		}
	}
	c.problems = append(c.problems, p)
}

func (c *collector) collect(d *definition) {
	fragments := c.needed(d)
	if c.superseded(d, fragments) {
		return
	}
	var used ast.FragmentDefinitionList
	op := &Operation{Name: d.operation.Name, Kind: d.operation.Operation, Place: d.place}
	line := 1
	for _, def := range append([]*definition{d}, fragments...) {
		op.parts = append(op.parts, part{line, def.place})
		op.Text += def.text + "\n"
		line += strings.Count(def.text, "\n") + 1
		if def.fragment != nil {
			used = append(used, def.fragment)
		}
	}
	op.Signature = usage.Signature(d.operation, used)
	known := c.bySignature[op.Signature]
	if known == nil {
		c.bySignature[op.Signature] = op
		c.out = append(c.out, op)
	} else if rank(op) > rank(known) {
		op.IDs = known.IDs
		*known = *op
	}
	if id := d.document.ID; id != "" && !slices.Contains(c.bySignature[op.Signature].IDs, id) {
		c.bySignature[op.Signature].IDs = append(c.bySignature[op.Signature].IDs, id)
	}
}

// rank says which of several places of an operation is the one to change: a file
// of GraphQL, then code that has it as it is.
func rank(op *Operation) int {
	switch {
	case KindOf(op.Place.File) == GraphQL:
		return 2
	case op.Place.Exact:
		return 1
	default:
		return 0
	}
}

// needed are the fragments that a definition spreads, and those that they
// spread, each once. One that is nowhere is left for validation to report.
func (c *collector) needed(d *definition) []*definition {
	var out []*definition
	seen := map[string]bool{}
	open := spreads(nil, d.operation.SelectionSet)
	for len(open) > 0 {
		name := open[0]
		open = open[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		if f := c.fragment(d, name); f != nil {
			out = append(out, f)
			open = spreads(open, f.fragment.SelectionSet)
		}
	}
	return out
}

// fragment finds a fragment for an operation: in its own document, in its file,
// and then in documents of fragments alone before those that have them beside an
// operation, as generated ones do. Where several define different ones of a name,
// the operation cannot be known.
func (c *collector) fragment(d *definition, name string) *definition {
	all := c.fragments[name]
	for _, near := range []func(f *definition) bool{
		func(f *definition) bool { return f.document == d.document },
		func(f *definition) bool { return f.document.File == d.document.File },
		func(f *definition) bool { return !c.whole[f.document] },
	} {
		if found := keep(all, near); len(found) > 0 {
			all = found
			break
		}
	}
	for i, f := range all {
		if i > 0 && usage.Signature(nil, ast.FragmentDefinitionList{f.fragment}) != usage.Signature(nil, ast.FragmentDefinitionList{all[0].fragment}) {
			c.problems = append(c.problems, Problem{
				d.place.File, d.place.Line, d.place.Column,
				fmt.Sprintf("fragment %s is defined in %s:%d and otherwise in %s:%d; which one the operation means cannot be told",
					name, all[0].place.File, all[0].place.Line, f.place.File, f.place.Line),
			})
			break
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

func keep(list []*definition, which func(*definition) bool) []*definition {
	var out []*definition
	for _, d := range list {
		if which(d) {
			out = append(out, d)
		}
	}
	return out
}

func spreads(names []string, set ast.SelectionSet) []string {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			names = spreads(names, s.SelectionSet)
		case *ast.InlineFragment:
			names = spreads(names, s.SelectionSet)
		case *ast.FragmentSpread:
			names = append(names, s.Name)
		}
	}
	return names
}
