package subgraph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// checkDefinitions compares the schema's own definitions of elements of linked
// specifications with what the specifications say. They may be narrower, as
// libraries print only what they know.
func (s *Subgraph) checkDefinitions() federation.Errors {
	var errs federation.Errors
	for _, f := range s.features() {
		if f.Identity == federation.IdentityLink && f.Position != nil {
			continue // a schema that links the link specification itself answers for it
		}
		c := definitionCheck{subgraph: s, feature: f}
		for _, d := range federation.Definitions(f) {
			if d.Type != nil {
				c.typ(d.Type)
			} else {
				c.directive(d.Directive)
			}
		}
		errs = append(errs, c.errors...)
	}
	return errs
}

type definitionCheck struct {
	subgraph *Subgraph
	feature  *federation.Feature
	errors   federation.Errors
}

func (c *definitionCheck) fail(code federation.Code, pos *ast.Position, name, help, format string, args ...any) {
	c.errors = append(c.errors, &federation.Error{
		Code:    code,
		Message: fmt.Sprintf("the definition of %s is not that of %s %s: ", name, c.feature.Name, c.feature.Version) + fmt.Sprintf(format, args...),
		Places:  []federation.Place{{Position: pos}},
		Help:    help,
	})
}

func (c *definitionCheck) typ(spec *ast.Definition) {
	name := c.feature.InSchema(spec.Name)
	t := c.subgraph.Schema.Type(name)
	if t.Kind != spec.Kind {
		c.fail(federation.TypeDefinitionInvalid, t.Position(), name, "remove the definition; composition adds it",
			"it should be a %s, not a %s", sdl.KindName(spec.Kind), sdl.KindName(t.Kind))
		return
	}
	want, got := valueNames(spec.EnumValues), valueNames(t.Values)
	if !slices.Equal(want, got) {
		c.fail(federation.TypeDefinitionInvalid, t.Position(), name, "remove the definition; composition adds it",
			"it should have the values %s, not %s", federation.Coordinates(want), federation.Coordinates(got))
	}
}

func valueNames(values ast.EnumValueList) []string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = v.Name
	}
	slices.Sort(names)
	return names
}

func (c *definitionCheck) directive(spec *ast.DirectiveDefinition) {
	name := c.feature.InSchema("@" + spec.Name)
	def := c.subgraph.Schema.Definition(name[1:])
	if def.Position == nil || federation.FreeArguments(c.feature.Identity) {
		return // added by ourselves, or not looked into
	}
	fail := func(pos *ast.Position, format string, args ...any) {
		c.fail(federation.DirectiveDefinitionInvalid, pos, name, "remove the definition, as composition knows it, or make it agree with the specification", format, args...)
	}
	for _, arg := range def.Arguments {
		want := spec.Arguments.ForName(arg.Name)
		if want == nil {
			fail(arg.Position, "it has no argument %q", arg.Name)
			continue
		}
		if !c.acceptsType(want.Type, arg.Type) {
			fail(arg.Position, "argument %q should be of type %s, not %s", arg.Name, c.typeText(want.Type), arg.Type)
		} else if !arg.Type.NonNull && !sameDefault(want.DefaultValue, arg.DefaultValue) {
			fail(arg.Position, "argument %q should have %s, not %s", arg.Name, defaultText(want.DefaultValue), defaultText(arg.DefaultValue))
		}
	}
	for _, want := range spec.Arguments {
		if sdl.IsRequired(want.Type, want.DefaultValue) && def.Arguments.ForName(want.Name) == nil {
			fail(def.Position, "it lacks the required argument %q", want.Name)
		}
	}
	if def.IsRepeatable && !spec.IsRepeatable {
		fail(def.Position, "it is not repeatable")
	}
	for _, l := range def.Locations {
		if !slices.Contains(spec.Locations, l) {
			fail(def.Position, "it cannot be used on %s", l)
		}
	}
}

// sameDefault takes null for no default.
func sameDefault(want, got *ast.Value) bool {
	if got != nil && got.Kind == ast.NullValue {
		got = nil
	}
	return sdl.EqualValues(want, got)
}

func defaultText(v *ast.Value) string {
	if v == nil {
		return "no default"
	}
	return "the default " + sdl.ValueText(v)
}

func (c *definitionCheck) typeText(t *ast.Type) string {
	named := t.Name()
	if sdl.IsBuiltInType(named) {
		return t.String()
	}
	return strings.Replace(t.String(), named, c.feature.InSchema(named), 1)
}

// acceptsType says whether an argument may be declared of type got where the
// specification has want: the same, or non-null for nullable, or any type but
// another custom scalar where the specification has a scalar of its own.
func (c *definitionCheck) acceptsType(want, got *ast.Type) bool {
	if want.NonNull && !got.NonNull || (want.Elem == nil) != (got.Elem == nil) {
		return false
	}
	if want.Elem != nil {
		return c.acceptsType(want.Elem, got.Elem)
	}
	if want.NamedType == got.NamedType && sdl.IsBuiltInType(got.NamedType) {
		return true
	}
	if sdl.IsBuiltInType(want.NamedType) {
		return false
	}
	if c.feature.InSchema(want.NamedType) == got.NamedType {
		return true
	}
	t := c.subgraph.Schema.Type(got.NamedType)
	return t != nil && (t.Kind != ast.Scalar || sdl.IsBuiltInType(t.Name))
}

// shadowed reports the use of definitions whose names look like elements of a
// linked specification that the schema imports under other names.
func (s *Subgraph) shadowed() federation.Errors {
	var errs federation.Errors
	for _, d := range s.Schema.Definitions {
		if _, element, shadowed := s.Links.Element("@" + d.Name); shadowed && d.Position != nil && s.appliesDirective(d.Name) {
			errs = append(errs, shadowError("@"+d.Name, element, d.Position))
		}
	}
	for _, t := range s.Schema.Types {
		if _, element, shadowed := s.Links.Element(t.Name); shadowed && !t.Spec {
			errs = append(errs, shadowError(t.Name, element, t.Position()))
		}
	}
	return errs
}

func shadowError(name, element string, pos *ast.Position) *federation.Error {
	return &federation.Error{
		Code:    federation.InvalidLinkDirectiveUsage,
		Message: fmt.Sprintf("%q is defined and used, but it looks like the element %q of a linked specification, which is imported under another name", name, element),
		Places:  []federation.Place{{Position: pos}},
		Help:    "rename the definition, or remove the import",
	}
}

func (s *Subgraph) appliesDirective(name string) bool {
	found := false
	s.Schema.EachDirective(func(d *ast.Directive) { found = found || d.Name == name })
	return found
}
