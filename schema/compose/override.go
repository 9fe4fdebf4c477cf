package compose

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// overrideState is what @override makes of a field in one subgraph.
type overrideState struct {
	// overridden says that another subgraph took the field over.
	overridden bool
	// used says that the subgraph still needs the overridden field, for a key,
	// say.
	used bool
	// by is the name of that subgraph.
	by string
	// label is that of a progressive override, on both sides.
	label string
}

// gone says that the subgraph's field is no longer part of the supergraph.
func (o overrideState) gone() bool { return o.overridden && !o.used }

// override returns the state of a source.
func (f *fieldMerge) override(i int) overrideState {
	if f.overrides == nil {
		return overrideState{}
	}
	return f.overrides[i]
}

// overrideOf returns the @override of a source, or nil.
func (f *fieldMerge) overrideOf(src fieldSource) *ast.Directive {
	if src.Field == nil {
		return nil
	}
	return f.subgraphs[src.sub].Applied(src.Directives, federation.AtOverride)
}

// analyseOverrides works out which sources are taken over by others. An
// @override that is refused has no effect.
func (f *fieldMerge) analyseOverrides() {
	for i, src := range f.sources {
		if d := f.overrideOf(src); d != nil {
			f.analyseOverride(i, src, d)
		}
	}
}

func (f *fieldMerge) analyseOverride(i int, src fieldSource, d *ast.Directive) {
	s := f.subgraphs[src.sub]
	from, _ := sdl.StringArgument(d, "from")
	refuse := func(code federation.Code, help, format string, args ...any) *federation.Error {
		e := f.fail(code, []federation.Place{f.place(src.sub, d.Position, "")}, help, format, args...)
		e.Subgraph = s.Name
		return e
	}
	switch {
	case s.IsInterfaceObject(src.Parent):
		refuse(federation.OverrideCollisionWithAnotherDirective, "resolve the field in one subgraph only", "%q cannot be overridden: it is a field of an @interfaceObject", f.coordinate())
		return
	case f.mt.Kind == ast.Interface:
		refuse(federation.OverrideOnInterface, "move it to the fields of the implementations", "interface field %q cannot have @override", f.coordinate())
		return
	case from == s.Name:
		refuse(federation.OverrideFromSelfError, "name the subgraph that resolved the field before", "%q is overridden from %q, which is this subgraph itself", f.coordinate(), from)
		return
	}
	other := f.indexOf(from)
	switch {
	case other < 0 && !slices.Contains(f.allNames(), from):
		f.hint(federation.FromSubgraphDoesNotExist, f.coordinate(), []federation.Place{f.place(src.sub, d.Position, "")},
			"%q is overridden from subgraph %q, which does not exist%s", f.coordinate(), from, federation.Suggest(from, f.allNames()))
	case other < 0 || f.sources[other].Field == nil:
		f.overrideOfNothing(src, d, from)
	case f.collides(src, f.sources[other], refuse):
	case f.subgraphs[f.sources[other].sub].External(f.sources[other].Field):
		f.hint(federation.OverrideDirectiveCanBeRemoved, f.coordinate(), []federation.Place{f.place(src.sub, d.Position, "")},
			"@%s of %q can be removed: subgraph %q has the field only as @external", d.Name, f.coordinate(), from)
	default:
		f.takeOver(i, other, d)
	}
}

func (f *fieldMerge) allNames() []string {
	names := make([]string, len(f.subgraphs))
	for i, s := range f.subgraphs {
		names[i] = s.Name
	}
	return names
}

// indexOf returns the index of the source of a subgraph, or -1 when that has
// not the type.
func (f *fieldMerge) indexOf(name string) int {
	return slices.IndexFunc(f.sources, func(src fieldSource) bool { return f.subgraphs[src.sub].Name == name })
}

// overrideOfNothing: the subgraph named has not the field, unless by an
// interface object.
func (f *fieldMerge) overrideOfNothing(src fieldSource, d *ast.Directive, from string) {
	at := []federation.Place{f.place(src.sub, d.Position, "")}
	for _, s := range f.mt.standIns {
		if f.subgraphs[s.sub].Name == from && s.object.Field(f.name) != nil {
			f.fail(federation.OverrideCollisionWithAnotherDirective, at, "resolve the field in one subgraph only",
				"%q cannot be overridden from subgraph %q, which has it through @interfaceObject %q", f.coordinate(), from, s.object.Name).Subgraph = f.subgraphs[src.sub].Name
			return
		}
	}
	f.hint(federation.OverrideDirectiveCanBeRemoved, f.coordinate(), at, "@%s of %q can be removed: subgraph %q no longer has the field", d.Name, f.coordinate(), from)
}

// collides refuses an override that another directive on either side forbids.
func (f *fieldMerge) collides(src, from fieldSource, refuse func(federation.Code, string, string, ...any) *federation.Error) bool {
	s, other := f.subgraphs[src.sub], f.subgraphs[from.sub]
	if d := f.overrideOf(from); d != nil {
		e := refuse(federation.OverrideSourceHasOverride, "keep one of the two", "%q is overridden from subgraph %q, which itself has an @override on it", f.coordinate(), other.Name)
		e.Places = append(e.Places, f.place(from.sub, d.Position, "the other @override"))
		return true
	}
	for _, d := range []federation.Directive{federation.AtRequires, federation.AtProvides} {
		if applied := other.Applied(from.Directives, d); applied != nil {
			e := refuse(federation.OverrideCollisionWithAnotherDirective, fmt.Sprintf("remove @%s in subgraph %q first", applied.Name, other.Name),
				"%q cannot be overridden from subgraph %q, where it has @%s", f.coordinate(), other.Name, applied.Name)
			e.Places = append(e.Places, f.place(from.sub, applied.Position, "here"))
			return true
		}
	}
	if s.External(src.Field) {
		refuse(federation.OverrideCollisionWithAnotherDirective, "remove @external, as this subgraph is to resolve the field", "%q cannot be both @external and @override", f.coordinate())
		return true
	}
	return false
}

// labelForm is what the label of a progressive override may be.
var labelForm = regexp.MustCompile(`^([a-zA-Z][a-zA-Z0-9_\-:./]*|percent\((\d{1,2}(\.\d{1,8})?|100)\))$`)

func (f *fieldMerge) takeOver(i, other int, d *ast.Directive) {
	if f.overrides == nil {
		f.overrides = make([]overrideState, len(f.sources))
	}
	src, from := f.sources[i], f.sources[other]
	o := &f.overrides[other]
	o.overridden, o.by = true, f.subgraphs[src.sub].Name
	o.used = f.subgraphs[from.sub].Used(from.Field)
	places := []federation.Place{f.place(from.sub, from.Position, "overridden"), f.place(src.sub, d.Position, "by this")}
	label, progressive := sdl.StringArgument(d, "label")
	if !progressive {
		what := "it can be removed there"
		if o.used {
			what = "but is still used there, by a @key, say; it should be marked @external or removed"
		}
		f.hint(federation.OverriddenFieldCanBeRemoved, f.coordinate(), places, "%q is overridden in subgraph %q: %s", f.coordinate(), f.subgraphs[from.sub].Name, what)
		return
	}
	o.label, f.overrides[i].label = label, label
	if !labelForm.MatchString(label) {
		f.fail(federation.OverrideLabelInvalid, []federation.Place{f.place(src.sub, d.Position, "")},
			"use letters, digits and _-:./ beginning with a letter, or percent(x) with x from 0 to 100",
			"label %q of @%s on %q is not valid", label, d.Name, f.coordinate()).Subgraph = f.subgraphs[src.sub].Name
		return
	}
	f.hint(federation.OverrideMigrationInProgress, f.coordinate(), places, "%q is on its way from subgraph %q to %q, by label %q",
		f.coordinate(), f.subgraphs[from.sub].Name, f.subgraphs[src.sub].Name, label)
}
