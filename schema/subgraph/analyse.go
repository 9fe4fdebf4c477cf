package subgraph

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// analyse reads the federation directives and works out what they make of each
// field. It may run again after the schema has changed.
func (s *Subgraph) analyse() {
	s.fields = make([]fieldFact, s.Schema.NumberFields())
	s.implementers = map[string][]*sdl.Type{}
	s.Keys = map[*sdl.Type][]*Key{}
	s.Requires, s.Provides = map[*sdl.Field]*FieldSet{}, map[*sdl.Field]*FieldSet{}
	s.Contexts = map[*sdl.Field][]*ContextArgument{}
	for _, t := range s.Schema.Types {
		if t.Kind == ast.Object {
			for _, i := range t.Interfaces {
				s.implementers[i.Name] = append(s.implementers[i.Name], t)
			}
		}
	}
	for _, t := range s.Schema.Types {
		if t.Kind == ast.Object || t.Kind == ast.Interface {
			s.readKeys(t)
			for _, f := range t.Fields {
				s.readField(f)
			}
		}
	}
	s.readContexts()
	s.markExternal()
	s.markSelected()
}

// implementations returns the object types that implement an interface.
func (s *Subgraph) implementations(i *sdl.Type) []*sdl.Type { return s.implementers[i.Name] }

func (s *Subgraph) mark(f *sdl.Field, fact fieldFact) { s.fields[f.Index] |= fact }

func (s *Subgraph) readKeys(t *sdl.Type) {
	name := s.names[federation.AtKey]
	for _, d := range t.Directives {
		if d.Name != name || name == "" {
			continue
		}
		resolvable := sdl.ArgumentValue(d.Directive, "resolvable")
		s.Keys[t] = append(s.Keys[t], &Key{
			FieldSet: s.readFieldSet(federation.AtKey, d.Directive, t.Name, t),
			Type:     t, Part: d.Part,
			Resolvable: resolvable == nil || resolvable.Raw != "false",
		})
	}
}

func (s *Subgraph) readField(f *sdl.Field) {
	if d := s.Applied(f.Directives, federation.AtRequires); d != nil {
		set := s.readFieldSet(federation.AtRequires, d, f.Coordinate(), f.Parent)
		s.Requires[f] = &set
	}
	if d := s.Applied(f.Directives, federation.AtProvides); d != nil {
		base := s.Schema.Type(f.Type.Name())
		if base.IsComposite() && !s.markedExternal(f) {
			set := s.readFieldSet(federation.AtProvides, d, f.Coordinate(), base)
			s.Provides[f] = &set
		}
	}
}

// markExternal finds the external fields: those marked so and, in federation 2,
// those of types marked so, but not the key fields of extensions, which such
// schemas mark @external out of habit from federation 1.
func (s *Subgraph) markExternal() {
	for t, keys := range s.Keys {
		extends := s.AppliedToType(t, federation.AtExtends) != nil
		for _, k := range keys {
			if extends || t.Parts[k.Part].Extension {
				s.each(k.Selections, func(f *sdl.Field) {
					if s.Applied(f.Directives, federation.AtExternal) != nil {
						s.mark(f, factFake)
					}
				})
			}
		}
	}
	for _, t := range s.Schema.Types {
		if t.Kind != ast.Object && t.Kind != ast.Interface {
			continue
		}
		for _, f := range t.Fields {
			if s.markedExternal(f) && !s.is(f, factFake) {
				s.mark(f, factExternal)
			}
		}
	}
}

// markedExternal says whether the field or, in federation 2, its object type is
// marked @external.
func (s *Subgraph) markedExternal(f *sdl.Field) bool {
	return s.Applied(f.Directives, federation.AtExternal) != nil ||
		!s.Federation1 && f.Parent.Kind == ast.Object && s.AppliedToType(f.Parent, federation.AtExternal) != nil
}

func (s *Subgraph) markSelected() {
	for _, keys := range s.Keys {
		for _, k := range keys {
			s.each(k.Selections, func(f *sdl.Field) { s.mark(f, factKey|factUsed) })
		}
	}
	for _, set := range s.Requires {
		s.each(set.Selections, func(f *sdl.Field) { s.mark(f, factUsed) })
	}
	for _, set := range s.Provides {
		s.each(set.Selections, func(f *sdl.Field) { s.mark(f, factProvided|factUsed) })
	}
	for _, args := range s.Contexts {
		for _, a := range args {
			for _, taken := range a.Taken {
				s.each(taken.Selections, func(f *sdl.Field) { s.mark(f, factUsed) })
			}
		}
	}
	for _, t := range s.Schema.Types {
		if t.Kind != ast.Object {
			continue
		}
		for _, i := range t.Interfaces {
			for _, want := range s.Schema.Type(i.Name).Fields {
				if f := t.Field(want.Name); f != nil {
					s.mark(f, factUsed)
				}
			}
		}
	}
}
