package verdict

import (
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/check"
	"github.com/shopgraph/shopgraph/schema/report"
)

// maxPlaces is how many places of a finding are shown.
const maxPlaces = 3

// atlas knows where each coordinate of a side is written.
type atlas map[string][]spot

// spot is a position in a subgraph, or in a schema without subgraphs.
type spot struct {
	*ast.Position
	subgraph string
}

// newAtlas reads the positions of subgraphs' schemas, or of the API where these
// are not known.
func newAtlas(s *Side) atlas {
	a := atlas{}
	if len(s.Subgraphs) == 0 {
		a.add("", s.API)
		return a
	}
	for _, name := range slices.Sorted(maps.Keys(s.Subgraphs)) {
		a.add(name, s.Subgraphs[name])
	}
	return a
}

func (a atlas) add(subgraph string, s *ast.Schema) {
	if s == nil {
		return
	}
	put := func(coordinate string, at *ast.Position) {
		if at != nil && at.Src != nil && !at.Src.BuiltIn {
			a[coordinate] = append(a[coordinate], spot{at, subgraph})
		}
	}
	for name, def := range s.Types {
		put(name, def.Position)
		for _, v := range def.EnumValues {
			put(name+"."+v.Name, v.Position)
		}
		for _, f := range def.Fields {
			put(name+"."+f.Name, f.Position)
			for _, arg := range f.Arguments {
				put(name+"."+f.Name+"("+arg.Name+":)", arg.Position)
			}
		}
	}
	for name, d := range s.Directives {
		put("@"+name, d.Position)
	}
}

// parent is the coordinate of what an element is in, or "".
func parent(coordinate string) string {
	if strings.HasSuffix(coordinate, ":)") {
		return coordinate[:strings.IndexByte(coordinate, '(')]
	}
	if i := strings.LastIndexByte(coordinate, '.'); i >= 0 {
		return coordinate[:i]
	}
	return ""
}

// places shows where a change is: in the new files, or, of what was removed, in
// what it was in, beside where that was before.
func places(c *check.Change, old, new atlas) []report.Place {
	if at := new[c.Coordinate]; len(at) > 0 {
		return placesOf(at, "")
	}
	before := old[c.Coordinate]
	for up := parent(c.Coordinate); up != ""; up = parent(up) {
		if at := inSubgraphsOf(new[up], before); len(at) > 0 {
			return placesOf(at, "it was here")
		}
	}
	return nil
}

// inSubgraphsOf are the spots in the subgraphs of others, or all when there is
// none.
func inSubgraphsOf(all, others []spot) []spot {
	var out []spot
	for _, at := range all {
		if slices.ContainsFunc(others, func(o spot) bool { return o.subgraph == at.subgraph }) {
			out = append(out, at)
		}
	}
	if out == nil {
		return all
	}
	return out
}

func placesOf(positions []spot, note string) []report.Place {
	var out []report.Place
	for _, at := range positions[:min(len(positions), maxPlaces)] {
		out = append(out, PlaceOf(at.Position, note))
	}
	return out
}

// PlaceOf is a position in a schema as a place in a report. The parser's positions
// of directives and strings are those behind the @ or the quote: the place is the
// mark itself.
func PlaceOf(at *ast.Position, note string) report.Place {
	if at.Src == nil {
		return report.Place{Line: at.Line, Column: at.Column, Note: note}
	}
	p := report.Place{File: at.Src.Name, Line: at.Line, Column: at.Column, Note: note}
	text := at.Src.Input
	for n := 1; n < at.Line; n++ {
		_, text, _ = strings.Cut(text, "\n")
	}
	line, _, _ := strings.Cut(text, "\n")
	if runes := []rune(line); at.Column >= 2 && at.Column-2 < len(runes) && (runes[at.Column-2] == '@' || runes[at.Column-2] == '"') {
		p.Column--
	}
	return p
}

// before says where something removed was, in the old files.
func before(c *check.Change, old atlas, name string) []string {
	at := old[c.Coordinate]
	if c.New != nil || len(at) == 0 {
		return nil
	}
	return []string{"it was at " + PlaceOf(at[0].Position, "").String() + " in " + name}
}
