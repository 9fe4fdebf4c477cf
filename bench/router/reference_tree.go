package main

import (
	"bytes"
	"errors"
	"fmt"
)

// node is a JSON value of an answer. Nothing is copied out of the answer's bytes.
type node struct {
	name  []byte // of a field of an object, quotes excluded
	raw   []byte // of a leaf, as it is written there
	items []node // of a list, or the fields of an object
}

// field finds an object's; objects are so small that looking at each name is
// quickest. Of what is no object, or has no such field, it is nil.
func (n *node) field(name string) *node {
	if n == nil {
		return nil
	}
	for i := range n.items {
		if string(n.items[i].name) == name {
			return &n.items[i]
		}
	}
	return nil
}

// list are the elements of a list.
func (n *node) list() []node {
	if n == nil {
		return nil
	}
	return n.items
}

// answer is a parsed answer with its memory, which is used again.
type answer struct {
	body  bytes.Buffer
	at    int
	root  node
	nodes []node // where items are; what is behind its length is free
	open  []node // items of what is not closed yet
}

var errNoJSON = errors.New("the answer is no JSON")

// parse reads the body. It trusts a subgraph to write strings and numbers well,
// and only looks for their ends.
func (a *answer) parse() (err error) {
	a.at, a.nodes, a.open = 0, a.nodes[:0], a.open[:0]
	a.root, err = a.value()
	if err == nil && a.next() != 0 {
		return errNoJSON
	}
	return err
}

// next is the first byte that is not space; 0 is the end.
func (a *answer) next() byte {
	text := a.body.Bytes()
	for ; a.at < len(text); a.at++ {
		if c := text[a.at]; c > ' ' {
			return c
		}
	}
	return 0
}

func (a *answer) value() (n node, err error) {
	switch c := a.next(); c {
	case '{', '[':
		n.items, err = a.inside(c + 2) // both closing brackets are two behind
	case '"':
		n.raw, err = a.text()
	default:
		from, text := a.at, a.body.Bytes()
		for a.at < len(text) && text[a.at] > ' ' && text[a.at] != ',' && text[a.at] != ']' && text[a.at] != '}' {
			a.at++
		}
		if n.raw = text[from:a.at]; len(n.raw) == 0 {
			err = errNoJSON
		}
	}
	return n, err
}

// inside reads what is between brackets.
func (a *answer) inside(end byte) ([]node, error) {
	from := len(a.open)
	a.at++
	for c := a.next(); c != end; c = a.next() {
		if len(a.open) > from {
			if c != ',' {
				return nil, errNoJSON
			}
			a.at++
		}
		var name []byte
		if end == '}' {
			var err error
			if name, err = a.text(); err != nil || a.next() != ':' {
				return nil, errNoJSON
			}
			name = name[1 : len(name)-1]
			a.at++
		}
		item, err := a.value()
		if err != nil {
			return nil, err
		}
		item.name = name
		a.open = append(a.open, item)
	}
	a.at++
	items := a.keep(a.open[from:])
	a.open = a.open[:from]
	return items, nil
}

// text reads a string, with its quotes.
func (a *answer) text() ([]byte, error) {
	if a.next() != '"' {
		return nil, errNoJSON
	}
	text := a.body.Bytes()
	from := a.at
	for a.at++; ; a.at++ {
		n := bytes.IndexByte(text[a.at:], '"')
		if n < 0 {
			return nil, errNoJSON
		}
		a.at += n
		escapes := a.at
		for text[escapes-1] == '\\' {
			escapes--
		}
		if (a.at-escapes)%2 == 0 {
			a.at++
			return text[from:a.at], nil
		}
	}
}

// keep copies items to where they stay. A block that is full is left to those
// whose items it has.
func (a *answer) keep(items []node) []node {
	from := len(a.nodes)
	if from+len(items) > cap(a.nodes) {
		a.nodes, from = make([]node, 0, 2*cap(a.nodes)+len(items)+64), 0
	}
	a.nodes = append(a.nodes, items...)
	return a.nodes[from:len(a.nodes):len(a.nodes)]
}

// entities are those of one fetch, each once.
type entities struct {
	head            string // of a representation
	fields          []string
	at              map[string]int // by the key, as it is written
	found           []*node
	representations []byte
}

// newEntities are of a type, with a key and perhaps fields that are required
// beside it.
func newEntities(typename string, fields ...string) *entities {
	return &entities{head: `{"__typename":"` + typename + `"`, fields: fields, at: make(map[string]int, 16), representations: make([]byte, 0, 1024)}
}

// add notes an object, if its key is new. What is found will be merged into this
// one.
func (e *entities) add(o *node) {
	key := o.field(e.fields[0])
	if key == nil {
		return // then it will be missed in the answer
	}
	if _, has := e.at[string(key.raw)]; has {
		return
	}
	e.at[string(key.raw)] = len(e.found)
	e.found = append(e.found, o)
	if len(e.representations) > 0 {
		e.representations = append(e.representations, ',')
	}
	e.representations = append(e.representations, e.head...)
	for _, field := range e.fields {
		e.representations = append(append(append(e.representations, `,"`...), field...), `":`...)
		e.representations = appendLeaf(e.representations, o.field(field))
	}
	e.representations = append(e.representations, '}')
}

// merge puts a fetch's answers into the objects.
func (e *entities) merge(answers *node) error {
	all := answers.list()
	if len(all) != len(e.found) {
		return fmt.Errorf("%d entities were asked for, %d came", len(e.found), len(all))
	}
	for i := range all {
		e.found[i].items = append(e.found[i].items, all[i].items...)
	}
	return nil
}

// of is the object of a key with all that was merged.
func (e *entities) of(key *node) *node {
	if key == nil {
		return nil
	}
	if i, has := e.at[string(key.raw)]; has {
		return e.found[i]
	}
	return nil
}

func appendLeaf(out []byte, n *node) []byte {
	if n == nil {
		return append(out, "null"...)
	}
	return append(out, n.raw...)
}
