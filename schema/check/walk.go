package check

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// differ walks two schemas side by side, makes pairs of what belongs together
// and shows each pair to the rules for its kind.
type differ struct {
	old, new *side
	changes  []Change
}

func (d *differ) schema() {
	for _, kind := range []ast.Operation{ast.Query, ast.Mutation, ast.Subscription} {
		p := rootPair{place{detail: string(kind)}, kind, d.old.root(kind), d.new.root(kind)}
		p.oldAt, p.newAt = typePosition(p.old), typePosition(p.new)
		apply(d, rootRules, p)
	}
	d.usages("SCHEMA", place{}, d.old.SchemaDirectives, d.new.SchemaDirectives)
}

func (s *side) root(kind ast.Operation) *ast.Definition {
	switch kind {
	case ast.Mutation:
		return s.Mutation
	case ast.Subscription:
		return s.Subscription
	default:
		return s.Query
	}
}

func (d *differ) types() {
	for _, name := range names(d.old.Types, d.new.Types) {
		if builtInType(name) {
			continue
		}
		p := typePair{place{coordinate: name}, d.old.Types[name], d.new.Types[name]}
		p.oldAt, p.newAt = typePosition(p.old), typePosition(p.new)
		apply(d, typeRules, p)
		if p.old == nil || p.new == nil {
			continue
		}
		d.description("TYPE", p.place, p.old.Description, p.new.Description)
		if p.old.Kind == p.new.Kind {
			d.typ(p)
		}
	}
}

// typ compares what is in two types of one kind.
func (d *differ) typ(p typePair) {
	switch p.new.Kind {
	case ast.Object, ast.Interface:
		for _, s := range sets(p.place, p.old.Interfaces, p.new.Interfaces) {
			apply(d, interfaceRules, interfacePair{s})
		}
		d.fields(p)
	case ast.InputObject:
		d.inputs(p)
	case ast.Union:
		for _, s := range sets(p.place, p.old.Types, p.new.Types) {
			apply(d, memberRules, memberPair{s})
		}
	case ast.Enum:
		d.values(p)
	}
	d.usages(usageSite[p.new.Kind], p.place, p.old.Directives, p.new.Directives)
}

var usageSite = map[ast.DefinitionKind]string{
	ast.Object: "OBJECT", ast.Interface: "INTERFACE", ast.InputObject: "INPUT_OBJECT",
	ast.Union: "UNION_MEMBER", ast.Enum: "ENUM", ast.Scalar: "SCALAR",
}

func (d *differ) fields(t typePair) {
	for _, e := range match(t.old.Fields, t.new.Fields, fieldName) {
		if strings.HasPrefix(e.name, "__") {
			continue // introspection, which parsers add to the query type
		}
		p := fieldPair{place{coordinate: t.coordinate + "." + e.name}, t, e.old, e.new}
		p.oldAt, p.newAt = fieldPosition(e.old), fieldPosition(e.new)
		apply(d, fieldRules, p)
		if e.old == nil || e.new == nil {
			continue
		}
		d.description("FIELD", p.place, e.old.Description, e.new.Description)
		d.deprecation("FIELD", p.place, e.old.Directives, e.new.Directives)
		d.arguments(p)
		d.usages("FIELD_DEFINITION", p.place, e.old.Directives, e.new.Directives)
	}
}

func (d *differ) arguments(f fieldPair) {
	for _, e := range match(f.old.Arguments, f.new.Arguments, argumentName) {
		p := argumentPair{place{coordinate: f.coordinate + "(" + e.name + ":)"}, f, e.old, e.new}
		p.oldAt, p.newAt = argumentPosition(e.old), argumentPosition(e.new)
		apply(d, argumentRules, p)
		if e.old == nil || e.new == nil {
			continue
		}
		d.description("FIELD_ARGUMENT", p.place, e.old.Description, e.new.Description)
		d.deprecation("FIELD_ARGUMENT", p.place, e.old.Directives, e.new.Directives)
		d.usages("ARGUMENT_DEFINITION", p.place, e.old.Directives, e.new.Directives)
	}
}

func (d *differ) inputs(t typePair) {
	for _, e := range match(t.old.Fields, t.new.Fields, fieldName) {
		p := inputPair{place{coordinate: t.coordinate + "." + e.name}, t, e.old, e.new}
		p.oldAt, p.newAt = fieldPosition(e.old), fieldPosition(e.new)
		apply(d, inputRules, p)
		if e.old == nil || e.new == nil {
			continue
		}
		d.description("INPUT_FIELD", p.place, e.old.Description, e.new.Description)
		d.deprecation("INPUT_FIELD", p.place, e.old.Directives, e.new.Directives)
		d.usages("INPUT_FIELD_DEFINITION", p.place, e.old.Directives, e.new.Directives)
	}
}

func (d *differ) values(t typePair) {
	for _, e := range match(t.old.EnumValues, t.new.EnumValues, valueName) {
		p := valuePair{place{coordinate: t.coordinate + "." + e.name}, t, e.old, e.new}
		p.oldAt, p.newAt = valuePosition(e.old), valuePosition(e.new)
		apply(d, valueRules, p)
		if e.old == nil || e.new == nil {
			continue
		}
		d.description("ENUM_VALUE", p.place, e.old.Description, e.new.Description)
		d.deprecation("ENUM_VALUE", p.place, e.old.Directives, e.new.Directives)
		d.usages("ENUM_VALUE", p.place, e.old.Directives, e.new.Directives)
	}
}

func (d *differ) directives() {
	for _, name := range names(d.old.Directives, d.new.Directives) {
		p := directivePair{place{coordinate: "@" + name}, d.old.Directives[name], d.new.Directives[name]}
		if builtInDirective(name, p.old, p.new) {
			continue
		}
		p.oldAt, p.newAt = directivePosition(p.old), directivePosition(p.new)
		apply(d, directiveRules, p)
		if p.old == nil || p.new == nil {
			continue
		}
		d.description("DIRECTIVE", p.place, p.old.Description, p.new.Description)
		for _, s := range sets(p.place, p.old.Locations, p.new.Locations) {
			apply(d, locationRules, locationPair{s})
		}
		d.directiveArguments(p)
	}
}

func (d *differ) directiveArguments(of directivePair) {
	for _, e := range match(of.old.Arguments, of.new.Arguments, argumentName) {
		p := directiveArgumentPair{place{coordinate: of.coordinate + "(" + e.name + ":)"}, of, e.old, e.new}
		p.oldAt, p.newAt = argumentPosition(e.old), argumentPosition(e.new)
		apply(d, directiveArgumentRules, p)
		if e.old != nil && e.new != nil {
			d.description("DIRECTIVE_ARGUMENT", p.place, e.old.Description, e.new.Description)
		}
	}
}

func (d *differ) description(of string, at place, old, new string) {
	if old != new {
		apply(d, descriptionRules, descriptionPair{at, of, old, new})
	}
}

func (d *differ) deprecation(of string, at place, old, new ast.DirectiveList) {
	p := deprecationPair{at, of, deprecation(old), deprecation(new)}
	if p.old != nil || p.new != nil {
		apply(d, deprecationRules, p)
	}
}

// usages compares the directives applied to an element, except @deprecated,
// which has rules of its own.
func (d *differ) usages(on string, at place, old, new ast.DirectiveList) {
	if len(old) == 0 && len(new) == 0 {
		return
	}
	for _, e := range match(numbered(old), numbered(new), func(n numberedDirective) string { return n.id }) {
		p := usagePair{at, on, e.old.Directive, e.new.Directive}
		if p.old != nil {
			p.detail, p.oldAt = "@"+p.old.Name, p.old.Position
		}
		if p.new != nil {
			p.detail, p.newAt = "@"+p.new.Name, p.new.Position
		}
		if p.detail == "@deprecated" {
			continue
		}
		apply(d, usageRules, p)
		if p.old == nil || p.new == nil {
			continue
		}
		for _, a := range match(p.old.Arguments, p.new.Arguments, func(a *ast.Argument) string { return a.Name }) {
			q := usageArgumentPair{p.place, a.old, a.new}
			q.detail = p.detail + "(" + a.name + ":)"
			apply(d, usageArgumentRules, q)
		}
	}
}

// numberedDirective is an applied directive with its number among those of its
// name.
type numberedDirective struct {
	id string
	*ast.Directive
}

func numbered(directives ast.DirectiveList) []numberedDirective {
	count := map[string]int{}
	out := make([]numberedDirective, len(directives))
	for i, d := range directives {
		count[d.Name]++
		out[i] = numberedDirective{d.Name + " " + strconv.Itoa(count[d.Name]), d}
	}
	return out
}

// matched is an element's name with the element of each side, or its zero value.
type matched[T any] struct {
	name     string
	old, new T
}

// match pairs elements by name, in the order of the new list and then what only
// the old one has. Of several elements of a name only the first counts.
func match[T any](old, new []T, name func(T) string) []matched[T] {
	if len(old) == 0 && len(new) == 0 {
		return nil
	}
	byName := make(map[string]T, len(old))
	for _, e := range old {
		if _, twice := byName[name(e)]; !twice {
			byName[name(e)] = e
		}
	}
	out := make([]matched[T], 0, len(new))
	seen := make(map[string]bool, len(new))
	for _, e := range new {
		if n := name(e); !seen[n] {
			seen[n] = true
			out = append(out, matched[T]{n, byName[n], e})
		}
	}
	for _, e := range old {
		if n := name(e); !seen[n] {
			seen[n] = true
			var none T
			out = append(out, matched[T]{n, e, none})
		}
	}
	return out
}

// sets pairs two sets of names, without those that both have.
func sets[S ~string](at place, old, new []S) []nameSet {
	var out []nameSet
	for _, e := range match(old, new, func(s S) string { return string(s) }) {
		if e.old != e.new {
			s := nameSet{at, e.old != "", e.new != ""}
			s.detail = e.name
			out = append(out, s)
		}
	}
	return out
}

// names are the keys of both maps, sorted.
func names[T any](old, new map[string]T) []string {
	all := make([]string, 0, len(new))
	all = slices.AppendSeq(all, maps.Keys(old))
	all = slices.AppendSeq(all, maps.Keys(new))
	slices.Sort(all)
	return slices.Compact(all)
}
