package compose

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// checkInterfaceKeys: a subgraph that resolves an interface by a key must know
// all the types that implement it anywhere.
func (m *merger) checkInterfaceKeys(mt *mergedType) {
	possible := m.out.schema.PossibleTypes(mt.Type)
	for _, src := range mt.sources {
		s := m.subgraphs[src.sub]
		for _, k := range s.Keys[src.Type] {
			if !k.Resolvable || src.Kind != ast.Interface {
				continue
			}
			var missing []string
			for _, t := range possible {
				if local := s.Schema.Type(t.Name); local == nil || !local.Implements(mt.Name) {
					missing = append(missing, t.Name)
				}
			}
			if len(missing) > 0 {
				places := []federation.Place{m.place(src.sub, k.Applied.Position, "")}
				if other := m.out.types[missing[0]].sources; len(other) > 0 {
					places = append(places, m.place(other[0].sub, other[0].Position(), "an implementation"))
				}
				m.fail(federation.InterfaceKeyMissingImplementationType, places,
					fmt.Sprintf("define %s here, implementing %q, or declare the key with resolvable: false", federation.List(missing), mt.Name),
					"interface %q has a resolvable @key, but this subgraph lacks implementations that others have: %s", mt.Name, federation.List(missing)).Subgraph = s.Name
			}
			break
		}
	}
}

// checkInterfaceObjects: a subgraph that knows an interface as one object type
// must not know its implementations.
func (m *merger) checkInterfaceObjects(mt *mergedType) {
	for _, src := range mt.sources {
		s := m.subgraphs[src.sub]
		if src.Kind == ast.Interface {
			continue
		}
		for _, t := range m.out.schema.PossibleTypes(mt.Type) {
			if local := s.Schema.Type(t.Name); local != nil {
				m.fail(federation.InterfaceObjectUsageError, []federation.Place{m.place(src.sub, src.Position(), "the interface object"), m.place(src.sub, local.Position(), "an implementation")},
					fmt.Sprintf("move %q to another subgraph, or define %q as an interface here", t.Name, mt.Name),
					"%q is an @interfaceObject here, but this subgraph also defines its implementation %q", mt.Name, t.Name).Subgraph = s.Name
			}
		}
	}
}

// addInterfaceObjectFields gives the implementations of interfaces the fields
// that interface objects contribute.
func (m *merger) addInterfaceObjectFields() {
	for _, t := range m.out.schema.Types {
		mt := m.out.types[t.Name]
		if len(mt.standIns) == 0 {
			continue
		}
		for _, i := range t.Interfaces {
			if iface := m.out.types[i.Name]; iface != nil {
				m.addFieldsOf(mt, iface)
			}
		}
	}
}

func (m *merger) addFieldsOf(mt, iface *mergedType) {
	for _, want := range iface.fields {
		f := fieldMerge{merger: m, mt: mt, name: want.Name}
		if !f.hasStandIn() {
			continue
		}
		if own := mt.field(want.Name); own != nil {
			if own.allExternal() {
				own.Directives = f.standInDirectives(want)
			}
			continue
		}
		def := *want.FieldDefinition
		f.field = &mergedField{Field: &sdl.Field{FieldDefinition: &def, Parent: mt.Type}, fromInterfaceObject: true, carried: want.carried}
		def.Directives = f.standInDirectives(want)
		mt.AddField(f.field.Field)
		mt.fields = append(mt.fields, f.field)
		f.checkSharing()
	}
}

func (mt *mergedType) field(name string) *mergedField {
	for _, f := range mt.fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

func (f *mergedField) allExternal() bool {
	for _, j := range f.joins {
		if !j.external {
			return false
		}
	}
	return len(f.joins) > 0
}

// standInDirectives are those of the interface's field, but access control only
// as far as the interface objects demand it.
func (f *fieldMerge) standInDirectives(want *mergedField) ast.DirectiveList {
	var out ast.DirectiveList
	for _, d := range want.Directives {
		if !f.isAccessControlName(d.Name) {
			out = append(out, d)
		}
	}
	access, _ := f.mergeApplied(f.coordinate(), f.inheritedAccess())
	return append(out, access...)
}

func (m *merger) isAccessControlName(name string) bool {
	for d, md := range m.out.federated {
		if md.name == name && isAccessControl(d) {
			return true
		}
	}
	return false
}

// inheritedAccess are the directives on other fields of which the field inherits
// access control: for an object's field those of interface objects, for an
// interface's field those of the implementations and of what stands in for them.
func (f *fieldMerge) inheritedAccess() []appliedSource {
	if f.mt.Kind == ast.Object {
		return f.standInAccess(f.mt, "")
	}
	var out []appliedSource
	for _, t := range f.out.schema.PossibleTypes(f.mt.Type) {
		mt := f.out.types[t.Name]
		for _, src := range mt.sources {
			if field := src.Field(f.name); field != nil && len(field.Directives) > 0 {
				out = append(out, appliedSource{src.sub, field.Directives, true})
			}
		}
		out = append(out, f.standInAccess(mt, f.mt.Name)...)
	}
	return out
}

func (f *fieldMerge) standInAccess(mt *mergedType, except string) []appliedSource {
	var out []appliedSource
	for _, s := range mt.standIns {
		if field := s.object.Field(f.name); field != nil && s.object.Name != except && len(field.Directives) > 0 {
			out = append(out, appliedSource{s.sub, field.Directives, true})
		}
	}
	return out
}
