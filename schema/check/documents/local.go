package documents

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"
)

// local are the directives that clients take out before they send an operation:
// Apollo Client's. A field with @client goes, too.
var local = map[string]bool{"client": true, "connection": true, "export": true, "nonreactive": true, "unmask": true}

// sentText is a document without what clients keep for themselves, in whose place
// are blanks, so that every position stays.
func sentText(text string) string {
	found := false
	for name := range local {
		found = found || strings.Contains(text, "@"+name)
	}
	if !found {
		return text
	}
	c := clipping{text: []rune(text)}
	lex := lexer.New(&ast.Source{Input: text})
	for {
		token, err := lex.ReadToken()
		if err != nil {
			return text // parsing reports it
		}
		if token.Kind == lexer.EOF {
			break
		}
		if token.Kind != lexer.Comment {
			c.tokens = append(c.tokens, token)
		}
	}
	c.match()
	for i := len(c.tokens) - 2; i >= 0; i-- {
		if c.tokens[i].Kind != lexer.At || c.gone(i) || !local[c.tokens[i+1].Value] {
			continue
		}
		if c.tokens[i+1].Value == "client" {
			c.cutField(i)
		} else {
			c.cut(i, c.behindArguments(i+2))
		}
	}
	if slices.Contains(c.cuts, true) {
		c.cutVariables()
	}
	return string(c.text)
}

// clipping is a document from which parts are cut.
type clipping struct {
	text   []rune
	tokens []lexer.Token
	// partner is the index of the bracket that belongs to one.
	partner map[int]int
	cuts    []bool
}

func (c *clipping) match() {
	c.partner, c.cuts = map[int]int{}, make([]bool, len(c.tokens))
	var open []int
	for i, token := range c.tokens {
		switch token.Kind {
		case lexer.BraceL, lexer.ParenL, lexer.BracketL:
			open = append(open, i)
		case lexer.BraceR, lexer.ParenR, lexer.BracketR:
			if len(open) > 0 {
				last := open[len(open)-1]
				open = open[:len(open)-1]
				c.partner[i], c.partner[last] = last, i
			}
		}
	}
}

func (c *clipping) kind(i int) lexer.Type {
	if i < 0 || i >= len(c.tokens) {
		return lexer.EOF
	}
	return c.tokens[i].Kind
}

func (c *clipping) gone(i int) bool { return c.cuts[i] }

// cut puts blanks in the place of the tokens from one up to another.
func (c *clipping) cut(from, to int) {
	for i := from; i < to && i < len(c.tokens); i++ {
		c.cuts[i] = true
		for at := c.tokens[i].Pos.Start; at < c.tokens[i].Pos.End; at++ {
			if c.text[at] != '\n' {
				c.text[at] = ' '
			}
		}
	}
}

// behindArguments is i, or what follows the arguments that begin there.
func (c *clipping) behindArguments(i int) int {
	if end, ok := c.partner[i]; ok && c.kind(i) == lexer.ParenL {
		return end + 1
	}
	return i
}

// cutField cuts the field, or the definition, that a directive stands on. What is
// around it goes when nothing else is left in it.
func (c *clipping) cutField(directive int) {
	for {
		from := c.beginning(directive)
		to := directive
		for c.kind(to) == lexer.At {
			to = c.behindArguments(to + 2)
		}
		if end, ok := c.partner[to]; ok && c.kind(to) == lexer.BraceL {
			to = end + 1
		}
		c.cut(from, to)
		before, after := from-1, to
		for before >= 0 && c.gone(before) {
			before--
		}
		for after < len(c.tokens) && c.gone(after) {
			after++
		}
		if c.kind(before) != lexer.BraceL || c.partner[before] != after {
			return
		}
		directive = before
	}
}

// beginning is the first token of the field or definition whose directives,
// arguments or selections i is behind or at.
func (c *clipping) beginning(i int) int {
	for i > 0 {
		switch c.kind(i - 1) {
		case lexer.ParenR:
			i = c.partner[i-1]
			continue
		case lexer.Name:
			i--
			if at := c.kind(i - 1); at == lexer.At {
				i--
				continue
			} else if at == lexer.Colon { // name: an alias
				return i - 2
			} else if at == lexer.Spread {
				return i - 1
			} else if at != lexer.Name {
				return i
			}
			return c.definition(i)
		case lexer.Spread:
			return i - 1
		}
		return i
	}
	return i
}

// definition is the first token of "query Name", "fragment Name on Type" or
// "... on Type", whose last name is given, or that name, which is a field's.
func (c *clipping) definition(i int) int {
	if c.tokens[i-1].Value == "on" && c.kind(i-2) == lexer.Spread {
		return i - 2
	}
	for back := 1; back <= 3 && c.kind(i-back) == lexer.Name; back++ {
		if c.topLevel(i - back) {
			return i - back
		}
	}
	return i
}

// cutVariables cuts the definitions of variables that nothing uses any more.
func (c *clipping) cutVariables() {
	uses := map[string]int{}
	for i := range c.tokens {
		if c.kind(i) == lexer.Dollar && c.kind(i+1) == lexer.Name && !c.gone(i) {
			uses[c.tokens[i+1].Value]++
		}
	}
	for i := range c.tokens {
		if c.kind(i) != lexer.Dollar || c.kind(i+2) != lexer.Colon || c.gone(i) || uses[c.tokens[i+1].Value] > 1 {
			continue
		}
		to := i + 3
		for to < len(c.tokens) && c.kind(to) != lexer.Dollar && c.kind(to) != lexer.ParenR {
			to = max(to, c.partner[to]) + 1 // over a list or an object
		}
		c.cut(i, to)
		if open := c.partner[to]; c.kind(to) == lexer.ParenR && c.allGone(open+1, to) {
			c.cut(open, to+1)
		}
	}
}

func (c *clipping) allGone(from, to int) bool {
	for i := from; i < to; i++ {
		if !c.gone(i) {
			return false
		}
	}
	return true
}

// topLevel says whether a token begins a definition: nothing is open around it,
// and it is a keyword.
func (c *clipping) topLevel(i int) bool {
	switch c.tokens[i].Value {
	case "query", "mutation", "subscription", "fragment":
	default:
		return false
	}
	depth := 0
	for j := range i {
		switch c.kind(j) {
		case lexer.BraceL:
			depth++
		case lexer.BraceR:
			depth--
		}
	}
	return depth == 0
}
