package lint

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"
)

// disableNextLine begins a comment that switches rules off.
const disableNextLine = "lint-disable-next-line"

// comment is a line that switches rules off for an element.
type comment struct {
	subgraph string
	rules    []string // empty for all
	at       *ast.Position
	// from and to are the lines of the element that follows.
	from, to int
}

// readComments finds the comments of a subgraph and the extent of what follows
// each: to the bracket that closes the first one on the line, or that line.
func readComments(s Subgraph) []comment {
	var out []comment
	for _, src := range s.Sources {
		if strings.Contains(src.Input, disableNextLine) {
			out = append(out, readSource(s.Name, src)...)
		}
	}
	return out
}

func readSource(subgraph string, src *ast.Source) []comment {
	var tokens []lexer.Token
	lex := lexer.New(src)
	for {
		token, err := lex.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			break
		}
		tokens = append(tokens, token)
	}
	var out []comment
	for i, token := range tokens {
		text, ok := strings.CutPrefix(strings.TrimSpace(strings.TrimLeft(token.Value, "#")), disableNextLine)
		if token.Kind != lexer.Comment || !ok {
			continue
		}
		at := token.Pos
		c := comment{subgraph: subgraph, at: &at, rules: strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })}
		c.from, c.to = extent(tokens[i+1:], at.Line+1)
		out = append(out, c)
	}
	return out
}

// extent is the lines of the element that begins on a line, with its description
// and all that is in its brackets.
func extent(tokens []lexer.Token, from int) (_, to int) {
	to = from
	depth := 0
	described := false
	for i, token := range tokens {
		if token.Kind == lexer.Comment {
			continue
		}
		if i == 0 || described {
			described = token.Kind == lexer.String || token.Kind == lexer.BlockString
			to = max(to, token.Pos.Line)
		} else if depth == 0 && token.Pos.Line > to {
			return from, to
		}
		switch token.Kind {
		case lexer.BraceL, lexer.ParenL, lexer.BracketL:
			depth++
		case lexer.BraceR, lexer.ParenR, lexer.BracketR:
			if depth--; depth < 0 {
				return from, to
			}
		}
		to = max(to, token.Pos.Line)
	}
	return from, to
}

func (l *linter) disabled(s Subgraph, at *ast.Position) bool {
	if at == nil {
		return false
	}
	return slices.ContainsFunc(l.comments, func(c comment) bool {
		return c.subgraph == s.Name && c.at.Src == at.Src && c.from <= at.Line && at.Line <= c.to &&
			(len(c.rules) == 0 || slices.Contains(c.rules, l.rule.Name))
	})
}

// unknownComments reports comments that name no rule of ours: they switch
// nothing off, which their author should know.
func (l *linter) unknownComments() {
	rule := &Rule{Name: "lint-comment"}
	for _, c := range l.comments {
		for _, name := range c.rules {
			if Find(name) == nil {
				l.findings = append(l.findings, Finding{
					Rule: rule, Level: Warning, Subgraph: c.subgraph, Position: c.at,
					Message: "the comment switches off " + name + ", which is no lint rule; docs/lint lists them",
				})
			}
		}
	}
}
