package sdl

import "github.com/vektah/gqlparser/v2/ast"

// CoerceEnums rewrites strings that stand for enum values, in defaults and in
// the arguments of directives, as enum values, so that what is printed is valid
// everywhere.
func CoerceEnums(s *Schema) {
	s.coerceApplied(s.Directives)
	for _, t := range s.Types {
		for _, d := range t.Directives {
			s.coerceDirective(d.Directive)
		}
		for _, f := range t.Fields {
			s.coerceApplied(f.Directives)
			s.coerceEnums(f.DefaultValue, f.Type)
			s.coerceArguments(f.Arguments)
		}
		for _, v := range t.Values {
			s.coerceApplied(v.Directives)
		}
	}
	for _, d := range s.Definitions {
		s.coerceArguments(d.Arguments)
	}
}

func (s *Schema) coerceArguments(args ast.ArgumentDefinitionList) {
	for _, arg := range args {
		s.coerceApplied(arg.Directives)
		s.coerceEnums(arg.DefaultValue, arg.Type)
	}
}

func (s *Schema) coerceApplied(list ast.DirectiveList) {
	for _, d := range list {
		s.coerceDirective(d)
	}
}

func (s *Schema) coerceDirective(d *ast.Directive) {
	def := s.Definition(d.Name)
	if def == nil {
		return
	}
	for _, arg := range d.Arguments {
		if a := def.Arguments.ForName(arg.Name); a != nil {
			s.coerceEnums(arg.Value, a.Type)
		}
	}
}

func (s *Schema) coerceEnums(v *ast.Value, t *ast.Type) {
	if v == nil {
		return
	}
	if t.Elem != nil {
		if v.Kind != ast.ListValue {
			s.coerceEnums(v, t.Elem)
			return
		}
		for _, c := range v.Children {
			s.coerceEnums(c.Value, t.Elem)
		}
		return
	}
	named := s.Type(t.NamedType)
	switch {
	case named == nil:
	case named.Kind == ast.Enum && (v.Kind == ast.StringValue || v.Kind == ast.BlockValue):
		v.Kind = ast.EnumValue
	case named.Kind == ast.InputObject && v.Kind == ast.ObjectValue:
		for _, c := range v.Children {
			if f := named.Field(c.Name); f != nil {
				s.coerceEnums(c.Value, f.Type)
			}
		}
	}
}
