package compose

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// resolver is a subgraph that resolves a field, itself or by an interface
// object.
type resolver struct {
	sub       int
	shareable bool
	// through is the coordinate of an interface object's field, or "".
	through  string
	position *ast.Position
}

// checkSubscription refuses shared events: a subscription runs in one subgraph.
func (f *fieldMerge) checkSubscription() {
	if f.mt.Name != sdl.RootName(ast.Subscription) {
		return
	}
	for _, src := range f.sources {
		if src.Field == nil {
			continue
		}
		if d := f.subgraphs[src.sub].Applied(src.Directives, federation.AtShareable); d != nil {
			f.fail(federation.InvalidFieldSharing, []federation.Place{f.place(src.sub, d.Position, "")}, "remove @shareable, and the field from all subgraphs but one",
				"%q cannot be shared: a subscription runs in one subgraph", f.coordinate()).Subgraph = f.subgraphs[src.sub].Name
		}
	}
}

// checkSharing demands that whoever resolves a field that others resolve too
// says so.
func (f *fieldMerge) checkSharing() {
	resolvers := f.resolvers()
	if len(resolvers) < 2 || !slices.ContainsFunc(resolvers, func(r resolver) bool { return !r.shareable }) {
		return
	}
	all, refusing := make([]string, len(resolvers)), []string{}
	places := make([]federation.Place, len(resolvers))
	for i, r := range resolvers {
		all[i] = fmt.Sprintf("%q", f.subgraphs[r.sub].Name)
		if r.through != "" {
			all[i] += fmt.Sprintf(" (through @interfaceObject field %q)", r.through)
		}
		note := "shareable"
		if !r.shareable {
			refusing = append(refusing, all[i])
			note = "not shareable"
		}
		places[i] = f.place(r.sub, r.position, note)
	}
	which := "all of them"
	if len(refusing) < len(all) {
		which = federation.Coordinates(refusing)
	}
	f.fail(federation.InvalidFieldSharing, places,
		"mark the field @shareable in all of them, if they return the same; else keep it in one, or @override it",
		"%q is resolved by subgraphs %s, but is not @shareable in %s%s", f.coordinate(), federation.Coordinates(all), which, f.strayOverride(resolvers))
}

// resolvers are the subgraphs that resolve the field.
func (f *fieldMerge) resolvers() []resolver {
	var out []resolver
	for i, src := range f.sources {
		if src.Field == nil || f.override(i).overridden || f.subgraphs[src.sub].FullyExternal(src.Field) {
			continue
		}
		out = append(out, resolver{src.sub, f.subgraphs[src.sub].Shareable(src.Field), "", src.Position})
	}
	for _, s := range f.mt.standIns {
		field := s.object.Field(f.name)
		if field == nil || f.subgraphs[s.sub].FullyExternal(field) {
			continue
		}
		out = append(out, resolver{s.sub, f.subgraphs[s.sub].Shareable(field), field.Coordinate(), field.Position})
	}
	slices.SortStableFunc(out, func(a, b resolver) int { return a.sub - b.sub })
	return out
}

// strayOverride mentions an @override from a subgraph that does not exist: it
// may have been meant to prevent the sharing.
func (f *fieldMerge) strayOverride(resolvers []resolver) string {
	for _, src := range f.sources {
		d := f.overrideOf(src)
		if d == nil || !slices.ContainsFunc(resolvers, func(r resolver) bool { return r.sub == src.sub }) {
			continue
		}
		if from, _ := sdl.StringArgument(d, "from"); !slices.Contains(f.allNames(), from) {
			return fmt.Sprintf("; its @%s in %q is from subgraph %q, which does not exist%s", d.Name, f.subgraphs[src.sub].Name, from, federation.Suggest(from, f.allNames()))
		}
	}
	return ""
}
