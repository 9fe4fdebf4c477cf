package subgraph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// Upgrade turns the federation 1 subgraphs among the given ones into federation
// 2 subgraphs, in place, and checks them as such. What federation 1 left to
// habit is made explicit: what several subgraphs resolve becomes @shareable,
// extensions become definitions, and @external stays only where it has an
// effect. Federation 2 subgraphs stay as they are.
func Upgrade(subgraphs []*Subgraph) federation.Errors {
	if !slices.ContainsFunc(subgraphs, func(s *Subgraph) bool { return s.Federation1 }) {
		return nil
	}
	all := survey(subgraphs)
	var errs federation.Errors
	var upgrades []*upgrade
	for i, s := range subgraphs {
		if !s.Federation1 {
			continue
		}
		u := &upgrade{Subgraph: s, index: i, all: all}
		upgrades = append(upgrades, u)
		own := u.run()
		if len(own) == 0 {
			own = u.check()
		}
		errs = append(errs, s.own(own)...)
	}
	return append(errs, interfaceObjects(subgraphs, upgrades)...)
}

// upgrade is the upgrade of one subgraph.
type upgrade struct {
	*Subgraph
	index int
	all   *surveyed
	// keyedInterfaces had a @key before.
	keyedInterfaces []string
	errors          federation.Errors
}

// run applies the steps; the order matters where one creates what the next
// looks for.
func (u *upgrade) run() federation.Errors {
	if errs := u.linkFederation2(); len(errs) > 0 {
		return errs
	}
	for _, step := range []func(){
		u.requireBases,
		u.unifyFieldSets,
		u.dropIdleExternals,
		u.again(u.resolveExtensionKeys),
		u.again(u.pruneSelections),
		u.defineExtensions,
		u.clearInterfaces,
		u.dropScalarProvides,
		u.again(u.dropUnusedExternals),
		u.again(u.share),
		u.dropExternalTags,
		u.again(func() {}),
	} {
		step()
	}
	return u.errors
}

// again makes a step that sees the effects of those before it.
func (u *upgrade) again(step func()) func() {
	return func() {
		u.analyse()
		step()
	}
}

func (u *upgrade) fail(code federation.Code, pos *ast.Position, help, format string, args ...any) {
	u.errors = append(u.errors, &federation.Error{
		Code: code, Message: fmt.Sprintf(format, args...), Places: []federation.Place{{Position: pos}}, Help: help,
	})
}

// linkFederation2 replaces the federation 1 definitions by those of v2.4.
func (u *upgrade) linkFederation2() federation.Errors {
	for _, name := range federation.Elements(federation.Federation1()) {
		if directive, ok := strings.CutPrefix(name, "@"); ok && u.Schema.Definition(directive).Position == nil {
			u.Schema.RemoveDefinition(directive)
		}
	}
	upgraded := federation.Upgraded()
	u.Schema.RemoveTypes(func(t *sdl.Type) bool { return t.Name == "_FieldSet" })
	for _, d := range u.Schema.Definitions {
		for _, arg := range d.Arguments {
			arg.Type = sdl.RenamedType(arg.Type, map[string]string{"_FieldSet": upgraded.InSchema("FieldSet")})
		}
	}
	u.Links, u.Version, u.Linked = u.Links.Link(upgraded), upgraded.Version, upgraded.Version
	u.define()
	return u.checkDefinitions()
}

// extends says whether federation 1 takes the type for an extension of another
// subgraph's.
func (u *upgrade) extends(t *sdl.Type) bool {
	return (t.Kind == ast.Object || t.Kind == ast.Interface) && (t.OnlyExtended() || u.AppliedToType(t, federation.AtExtends) != nil)
}

func (u *upgrade) requireBases() {
	u.eachType(func(t *sdl.Type) {
		if u.extends(t) && u.Schema.RootOperation(t.Name) == "" && !u.all.defined[t.Name].other(u.index) {
			u.fail(federation.ExtensionWithNoBase, t.Position(), "define the type in the subgraph that owns it, or drop the extend keyword here",
				"type %q is extended, but no subgraph defines it", t.Name)
		}
	})
}

// unifyFieldSets turns field sets written as lists of strings or as names into
// strings.
func (u *upgrade) unifyFieldSets() {
	names := []string{u.names[federation.AtKey], u.names[federation.AtRequires], u.names[federation.AtProvides]}
	u.Schema.EachDirective(func(d *ast.Directive) {
		fields := sdl.ArgumentValue(d, "fields")
		if fields == nil || !slices.Contains(names, d.Name) {
			return
		}
		switch {
		case fields.Kind == ast.EnumValue:
			fields.Kind = ast.StringValue
		case fields.Kind == ast.ListValue && len(fields.Children) > 0:
			if parts := texts(fields); !slices.ContainsFunc(fields.Children, isNoText) {
				*fields = ast.Value{Kind: ast.StringValue, Raw: strings.Join(parts, " "), Position: fields.Position}
			}
		}
	})
}

func isNoText(c *ast.ChildValue) bool {
	return c.Value.Kind != ast.StringValue && c.Value.Kind != ast.BlockValue && c.Value.Kind != ast.EnumValue
}

func (u *upgrade) dropIdleExternals() {
	u.eachType(func(t *sdl.Type) {
		if t.Kind == ast.Object {
			u.dropFromType(t, federation.AtExternal)
			return
		}
		for _, f := range t.Fields {
			u.dropFromField(f, federation.AtExternal)
		}
	})
}

func (s *Subgraph) dropFromType(t *sdl.Type, d federation.Directive) {
	name := s.names[d]
	t.Directives = slices.DeleteFunc(t.Directives, func(a sdl.Applied) bool { return a.Name == name })
}

func (s *Subgraph) dropFromField(f *sdl.Field, d federation.Directive) {
	name := s.names[d]
	f.Directives = slices.DeleteFunc(f.Directives, func(a *ast.Directive) bool { return a.Name == name })
}

// resolveExtensionKeys drops @external from the key fields of extensions: the
// subgraph does resolve them, from the representation if from nowhere else.
func (u *upgrade) resolveExtensionKeys() {
	u.eachType(func(t *sdl.Type) {
		if !u.extends(t) {
			return
		}
		names := u.all.keyOfOthers(t.Name, u.index)
		if own := u.Keys[t]; len(own) > 0 {
			names = topNames(own...)
		}
		for _, f := range t.Fields {
			if slices.Contains(names, f.Name) {
				u.dropFromField(f, federation.AtExternal)
			}
		}
	})
}

func topNames(keys ...*Key) []string {
	var names []string
	for _, k := range keys {
		for _, sel := range k.Selections {
			if sel.Field != nil {
				names = append(names, sel.Name)
			}
		}
	}
	return names
}

// pruneSelections takes out of @requires and @provides what is not external.
func (u *upgrade) pruneSelections() {
	u.eachType(func(t *sdl.Type) {
		for _, f := range t.Fields {
			u.prune(f, federation.AtRequires, u.Requires[f])
			u.prune(f, federation.AtProvides, u.Provides[f])
		}
	})
}

func (u *upgrade) prune(f *sdl.Field, d federation.Directive, set *FieldSet) {
	if set == nil || set.problem != nil {
		return
	}
	kept, changed := u.externalPart(set.Selections)
	switch {
	case !changed:
	case len(kept) == 0:
		u.dropFromField(f, d)
	default:
		fields := sdl.ArgumentValue(set.Applied, "fields")
		*fields = ast.Value{Kind: ast.StringValue, Raw: fieldSetText(kept), Position: fields.Position}
	}
}

// externalPart returns the leaves of a selection that are external or below an
// external field.
func (u *upgrade) externalPart(selections []*Selection) (kept []*Selection, changed bool) {
	for _, sel := range selections {
		switch {
		case sel.Field != nil && u.externalOnPath(sel.Field):
			kept = append(kept, sel)
		case len(sel.Selections) > 0:
			below, c := u.externalPart(sel.Selections)
			changed = changed || c
			if len(below) > 0 {
				copied := *sel
				copied.Selections = below
				kept = append(kept, &copied)
			}
		default:
			changed = true
		}
	}
	return kept, changed
}

// defineExtensions makes one definition of what federation 1 takes for an
// extension of another subgraph's type. A type that the subgraph itself defines
// and extends stays as it is.
func (u *upgrade) defineExtensions() {
	for _, t := range u.Schema.Types {
		if len(t.Parts) == 0 || !t.OnlyExtended() && u.AppliedToType(t, federation.AtExtends) == nil {
			continue
		}
		t.Parts = []sdl.Part{{Position: t.Position()}}
		for i := range t.Directives {
			t.Directives[i].Part = 0
		}
		for _, f := range t.Fields {
			f.Part = 0
		}
	}
}

func (u *upgrade) clearInterfaces() {
	u.eachType(func(t *sdl.Type) {
		if t.Kind != ast.Interface {
			return
		}
		if u.AppliedToType(t, federation.AtKey) != nil {
			u.keyedInterfaces = append(u.keyedInterfaces, t.Name)
			u.dropFromType(t, federation.AtKey)
		}
		for _, f := range t.Fields {
			u.dropFromField(f, federation.AtRequires)
			u.dropFromField(f, federation.AtProvides)
		}
	})
}

func (u *upgrade) dropScalarProvides() {
	u.eachType(func(t *sdl.Type) {
		for _, f := range t.Fields {
			if !u.Schema.Type(f.Type.Name()).IsComposite() {
				u.dropFromField(f, federation.AtProvides)
			}
		}
	})
}

// dropUnusedExternals removes external fields that nothing uses, and types that
// have no other fields.
func (u *upgrade) dropUnusedExternals() {
	var emptied []*sdl.Type
	u.eachType(func(t *sdl.Type) {
		before := len(t.Fields)
		t.RemoveFields(func(f *sdl.Field) bool { return u.External(f) && !u.Used(f) })
		if before > 0 && len(t.Fields) == 0 {
			emptied = append(emptied, t)
		}
	})
	for _, t := range emptied {
		if len(u.Keys[t]) > 0 || u.refersTo(t.Name) { // an entity is referred to by routers
			u.fail(federation.TypeWithOnlyUnusedExternal, t.Position(), "remove the type, or declare the fields that this subgraph resolves",
				"type %q has only @external fields, and nothing uses them", t.Name)
			continue
		}
		u.Schema.RemoveTypes(func(o *sdl.Type) bool { return o == t })
	}
}

func (u *upgrade) refersTo(name string) bool {
	for _, t := range u.Schema.Types {
		if t.Implements(name) || t.HasMember(name) {
			return true
		}
		for _, f := range t.Fields {
			if f.Type.Name() == name {
				return true
			}
		}
	}
	return u.Schema.RootOperation(name) != ""
}

// share marks @shareable what other subgraphs have too.
func (u *upgrade) share() {
	u.eachType(func(t *sdl.Type) {
		root := u.Schema.RootOperation(t.Name)
		if t.Kind != ast.Object || root == ast.Subscription {
			return
		}
		entity := root != "" || len(u.Keys[t]) > 0
		if !entity && (!u.all.present[t.Name].other(u.index) || u.AppliedToType(t, federation.AtShareable) != nil) {
			return
		}
		shareable := &ast.Directive{Name: u.names[federation.AtShareable], Position: t.Position()}
		if !entity {
			t.Directives = append(t.Directives, sdl.Applied{Directive: shareable})
			return
		}
		for _, f := range t.Fields {
			if u.all.resolved[f.Coordinate()].other(u.index) && !u.DeclaredShareable(f) {
				f.Directives = append(f.Directives, shareable)
			}
		}
	})
}

// dropExternalTags removes tags from external fields that the field has anyway
// where it is resolved.
func (u *upgrade) dropExternalTags() {
	name := u.names[federation.AtTag]
	u.eachType(func(t *sdl.Type) {
		for _, f := range t.Fields {
			if u.External(f) {
				f.Directives = slices.DeleteFunc(f.Directives, func(d *ast.Directive) bool {
					return d.Name == name && u.all.tagged[tagOf(f, d)].other(u.index)
				})
			}
		}
	})
}

// interfaceObjects reports interface objects whose interface had a @key in a
// federation 1 subgraph, where that does not mean that its type can be resolved.
func interfaceObjects(subgraphs []*Subgraph, upgrades []*upgrade) federation.Errors {
	var errs federation.Errors
	for _, u := range upgrades {
		for _, name := range u.keyedInterfaces {
			for _, s := range subgraphs {
				t := s.Schema.Type(name)
				if t == nil || !s.IsInterfaceObject(t) {
					continue
				}
				errs = append(errs, &federation.Error{
					Code: federation.InterfaceObjectUsageError,
					Message: fmt.Sprintf("%q is an @interfaceObject in subgraph %q, but in subgraph %q, which is a federation 1 schema, the @key of the interface does not mean that it resolves the interface's types",
						name, s.Name, u.Name),
					Places: []federation.Place{
						{Subgraph: s.Name, Position: t.Position(), Note: "the interface object"},
						{Subgraph: u.Name, Position: u.Schema.Type(name).Position(), Note: "the interface"},
					},
					Help: fmt.Sprintf("link federation 2 in subgraph %q, or remove the interface's @key there", u.Name),
				})
			}
		}
	}
	return errs
}
