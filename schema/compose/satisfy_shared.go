package compose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// checkRuntimeTypes compares the types that the subgraphs know for the value of
// a shared field: whoever answers, it is the same object.
func (w *walker) checkRuntimeTypes(s state, f *ast.FieldDefinition, next state) {
	where := s.api.Name + "." + f.Name
	if !w.shared[where] || len(next.positions) < 2 || w.compared[where] {
		return
	}
	bySubgraph := map[string][]string{}
	var common []string
	differ, abstract := false, 0
	for _, id := range next.positions {
		t := w.positions[id].node.Type
		if t.InterfaceObject {
			continue // it does not know the types
		}
		if t.Kind != ast.Object {
			abstract++
		}
		if len(bySubgraph) == 0 {
			common = t.Possible
		}
		differ = differ || !slices.Equal(common, t.Possible)
		common = slices.DeleteFunc(slices.Clone(common), func(name string) bool { return !slices.Contains(t.Possible, name) })
		bySubgraph[t.Subgraph.Name] = t.Possible
	}
	if !differ || abstract < 2 { // who returns one type knows what it returns
		return
	}
	w.compared[where] = true
	var parts []string
	for _, name := range sortedNames(bySubgraph) {
		types := "none"
		if len(bySubgraph[name]) > 0 {
			types = federation.Coordinates(bySubgraph[name])
		}
		parts = append(parts, fmt.Sprintf("%s in subgraph %q", types, name))
	}
	types := strings.Join(parts, " but ")
	if len(common) > 0 {
		w.hints = append(w.hints, newHint(federation.InconsistentRuntimeTypesForShareableReturn, where, w.fieldPlaces(s.api.Name, f.Name),
			"shared field %q is of type %s, whose runtime types differ: %s; the subgraphs must return only those they share", where, f.Type, types))
		return
	}
	w.mismatches = append(w.mismatches, &federation.Error{
		Code:    federation.ShareableHasMismatchedRuntimeTypes,
		Message: fmt.Sprintf("shared field %q is of type %s, but the subgraphs that resolve it have no runtime type of that in common: %s", where, f.Type, types),
		Places:  w.fieldPlaces(s.api.Name, f.Name),
		Help:    "let the subgraphs return the same types, or resolve the field in one of them only",
	})
}

// fieldPlaces are the declarations of a field.
func (w *walker) fieldPlaces(typeName, field string) []federation.Place {
	t := w.out.types[typeName]
	if t == nil {
		return nil
	}
	var places []federation.Place
	for _, src := range t.sources {
		if f := src.Field(field); f != nil {
			places = append(places, federation.Place{Subgraph: w.subgraphs[src.sub].Name, Position: f.Position})
		}
	}
	return places
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// walkMutations walks the fields of the mutation root. One that several
// subgraphs resolve runs in one of them only, so everything below it must be
// reachable from that one: it suffices that it is from any one of them.
func (w *walker) walkMutations(start state) {
	for _, f := range start.api.Fields {
		if strings.HasPrefix(f.Name, "__") {
			continue
		}
		var runners []int32
		for _, p := range start.positions {
			if w.positions[p].node.Field(f.Name) != nil {
				runners = append(runners, p)
			}
		}
		if len(runners) < 2 {
			w.follow(w.walkField(nil, start, f))
			continue
		}
		w.walkShared(start, f, runners)
	}
}

func (w *walker) follow(stack []state) {
	for _, s := range stack {
		w.walk(s)
	}
}

// walkShared tries each subgraph that can run a mutation by itself.
func (w *walker) walkShared(start state, f *ast.FieldDefinition, runners []int32) {
	if !w.isLeaf(f.Type.Name()) {
		var next state
		for _, p := range runners {
			next.positions = append(next.positions, w.target(p, w.positions[p].node.Field(f.Name)))
		}
		w.checkRuntimeTypes(start, f, next)
	}
	errors, seen, reported := w.errors, w.seen, w.reported
	var failed []string
	for _, p := range runners {
		w.errors, w.seen, w.reported = nil, map[string][]seenState{}, map[string]bool{}
		alone := start
		alone.positions = []int32{p}
		w.follow(w.walkField(nil, alone, f))
		if len(w.errors) == 0 {
			failed = nil
			break
		}
		text := fmt.Sprintf("- run in subgraph %q:\n", w.positions[p].node.Subgraph().Name)
		for _, e := range w.errors {
			text += indent(e.Message) + "\n"
		}
		failed = append(failed, strings.TrimSuffix(text, "\n"))
	}
	w.errors, w.seen, w.reported = errors, seen, reported
	if failed == nil {
		return
	}
	where := sdl.RootName(ast.Mutation) + "." + f.Name
	w.errors = append(w.errors, &federation.Error{
		Code: federation.SatisfiabilityError,
		Message: fmt.Sprintf("mutation %q is shared and runs in one of its subgraphs, but from none of them everything below it can be had:\n%s",
			where, strings.Join(failed, "\n")),
		Places: w.fieldPlaces(supergraph.RootName(ast.Mutation), f.Name),
		Help:   "make the types that the mutation returns resolvable from one of its subgraphs, by a @key",
	})
}

func indent(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") }
