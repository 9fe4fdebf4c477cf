package compose

import (
	"bytes"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
	"github.com/shopgraph/shopgraph/schema/subgraph"
)

// printSupergraph writes the supergraph document: the schema, the definitions of
// directives by name, the types by name. The form is that of Apollo's
// composition, so that changing composers changes little.
func printSupergraph(out *merged, subgraphs []*subgraph.Subgraph) string {
	p := &supergraphPrinter{merged: out, subgraphs: subgraphs}
	p.schemaElement()
	var parts []part
	for _, d := range p.directives() {
		parts = append(parts, part{d.Name, func() { p.directive(d) }})
	}
	p.sorted(parts)
	parts = nil
	for _, t := range out.schema.Types {
		if !t.Spec {
			parts = append(parts, part{t.Name, func() { p.typ(out.types[t.Name]) }})
		}
	}
	p.sorted(append(parts, p.specTypes()...))
	return p.buf.String()
}

// part is a piece of the document with the name it is sorted by.
type part struct {
	name  string
	print func()
}

type supergraphPrinter struct {
	*merged
	subgraphs []*subgraph.Subgraph
	buf       bytes.Buffer
	scratch   []byte
}

func (p *supergraphPrinter) sorted(parts []part) {
	slices.SortFunc(parts, func(a, b part) int { return compareNames(a.name, b.name) })
	for _, part := range parts {
		p.buf.WriteByte('\n')
		part.print()
	}
}

// compareNames orders names as dictionaries do: regardless of case, lower case
// first among equal ones; underscores before digits before letters.
func compareNames(a, b string) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		if d := weight(a[i]) - weight(b[i]); d != 0 {
			return d
		}
	}
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return -strings.Compare(a, b)
}

func weight(c byte) int {
	switch {
	case c == '_':
		return 0
	case c <= '9':
		return int(c)
	default:
		return int(c | 0x20)
	}
}

func (p *supergraphPrinter) write(parts ...string) {
	for _, s := range parts {
		p.buf.WriteString(s)
	}
}

func (p *supergraphPrinter) schemaElement() {
	p.description("", p.schema.Description)
	p.write("schema")
	p.link(&federation.Feature{Identity: federation.IdentityLink, Name: "link", Alias: "link", Version: federation.LinkVersion})
	p.link(&federation.Feature{Identity: federation.IdentityJoin, Name: "join", Alias: "join", Version: p.join, Purpose: "EXECUTION"})
	for _, l := range p.links {
		p.link(l.feature)
	}
	p.carriedDirectives("\n  ", p.carried)
	p.applied("\n  ", p.schema.Directives)
	p.write("\n{\n")
	for _, op := range sdl.Operations {
		if r := p.schema.Roots[op]; r != nil {
			p.write("  ", string(op), ": ", r.Type, "\n")
		}
	}
	p.write("}\n")
}

func (p *supergraphPrinter) link(f *federation.Feature) {
	p.write("\n  @link(url: ", sdl.Quoted(f.URL()))
	if f.Alias != f.Name {
		p.write(", as: ", sdl.Quoted(f.Alias))
	}
	if len(f.Imports) > 0 {
		p.write(", import: [")
		for i, imp := range f.Imports {
			if i > 0 {
				p.write(", ")
			}
			if imp.As == imp.Element {
				p.write(sdl.Quoted(imp.Element))
			} else {
				p.write("{name: ", sdl.Quoted(imp.Element), ", as: ", sdl.Quoted(imp.As), "}")
			}
		}
		p.write("]")
	}
	if f.Purpose != "" {
		p.write(", for: ", f.Purpose)
	}
	p.write(")")
}

// directives are all definitions of the document but the built-in ones.
func (p *supergraphPrinter) directives() []*ast.DirectiveDefinition {
	return slices.Concat(joinDefinitions(p.merged.join).directives, p.schema.Definitions)
}

func (p *supergraphPrinter) directive(d *ast.DirectiveDefinition) {
	p.description("", d.Description)
	p.write("directive @", d.Name)
	p.arguments("", d.Arguments)
	if d.IsRepeatable {
		p.write(" repeatable")
	}
	p.write(" on ")
	for i, l := range d.Locations {
		if i > 0 {
			p.write(" | ")
		}
		p.write(string(l))
	}
	p.write("\n")
}

func (p *supergraphPrinter) typ(t *mergedType) {
	p.description("", t.Description)
	p.write(keyword(t.Kind), " ", t.Name)
	for i, r := range t.Interfaces {
		p.write(map[bool]string{true: " implements ", false: " & "}[i == 0], r.Name)
	}
	for _, j := range t.implements {
		p.write("\n  @join__implements(graph: ", p.graphs[j.graph], ", interface: ", sdl.Quoted(j.name), ")")
	}
	for _, j := range t.joins {
		p.joinType(j)
	}
	for _, j := range t.members {
		p.write("\n  @join__unionMember(graph: ", p.graphs[j.graph], ", member: ", sdl.Quoted(j.name), ")")
	}
	p.carriedDirectives("\n  ", t.carried)
	for _, d := range t.Type.Directives {
		p.write("\n  ")
		p.appliedOne(d.Directive)
	}
	switch t.Kind {
	case ast.Union:
		p.write("\n  = ")
		for i, r := range t.Members {
			if i > 0 {
				p.write(" | ")
			}
			p.write(r.Name)
		}
	case ast.Enum:
		p.enumValues(t)
	case ast.Scalar:
	default:
		p.write("\n{\n")
		for i, f := range t.fields {
			p.field(f, i == 0)
		}
		p.write("}")
	}
	p.write("\n")
}

func keyword(k ast.DefinitionKind) string {
	switch k {
	case ast.Object:
		return "type"
	case ast.InputObject:
		return "input"
	default:
		return strings.ToLower(string(k))
	}
}

func (p *supergraphPrinter) joinType(j joinType) {
	p.write("\n  @join__type(graph: ", p.graphs[j.graph])
	if j.hasKey {
		p.write(", key: ", sdl.Quoted(j.key))
	}
	if j.extension {
		p.write(", extension: true")
	}
	if j.unresolvable {
		p.write(", resolvable: false")
	}
	if j.interfaceable {
		p.write(", isInterfaceObject: true")
	}
	p.write(")")
}

func (p *supergraphPrinter) enumValues(t *mergedType) {
	p.write("\n{\n")
	for i, v := range t.Values {
		p.describedElement(v.Description, i == 0)
		p.write("  ", v.Name)
		for _, sub := range t.values[v.Name] {
			p.write(" @join__enumValue(graph: ", p.graphs[sub], ")")
		}
		p.applied(" ", v.Directives)
		p.write("\n")
	}
	p.write("}")
}

func (p *supergraphPrinter) field(f *mergedField, first bool) {
	p.describedElement(f.Description, first)
	p.write("  ", f.Name)
	p.arguments("  ", f.Arguments)
	p.write(": ", f.Type.String())
	if f.DefaultValue != nil {
		p.write(" = ")
		p.value(f.DefaultValue)
	}
	for _, j := range f.joins {
		p.joinField(j)
	}
	p.carriedDirectives(" ", f.carried)
	p.applied(" ", f.Directives)
	if f.fromInterfaceObject {
		p.write(" @join__field")
	}
	p.write("\n")
}

func (p *supergraphPrinter) joinField(j joinField) {
	p.write(" @join__field(graph: ", p.graphs[j.graph])
	for _, arg := range [...]struct{ name, value string }{{"requires", j.requires}, {"provides", j.provides}, {"type", j.typ}} {
		if arg.value != "" {
			p.write(", ", arg.name, ": ", sdl.Quoted(arg.value))
		}
	}
	if j.external {
		p.write(", external: true")
	}
	if j.override != "" {
		p.write(", override: ", sdl.Quoted(j.override))
	}
	if j.usedOverridden {
		p.write(", usedOverridden: true")
	}
	if j.overrideLabel != "" {
		p.write(", overrideLabel: ", sdl.Quoted(j.overrideLabel))
	}
	for i, c := range j.contexts {
		p.write(map[bool]string{true: ", contextArguments: [", false: ", "}[i == 0],
			"{context: ", sdl.Quoted(c.context), ", name: ", sdl.Quoted(c.name), ", type: ", sdl.Quoted(c.typ), ", selection: ", sdl.Quoted(c.selection), "}")
	}
	if len(j.contexts) > 0 {
		p.write("]")
	}
	p.write(")")
}

func (p *supergraphPrinter) carriedDirectives(before string, list []carriedDirective) {
	for _, c := range list {
		p.write(before, "@join__directive(graphs: [")
		for i, sub := range c.graphs {
			if i > 0 {
				p.write(", ")
			}
			p.write(p.graphs[sub])
		}
		p.write("], name: ", sdl.Quoted(c.name), ", args: {")
		for i, arg := range c.args {
			if i > 0 {
				p.write(", ")
			}
			p.write(arg.Name, ": ")
			p.value(arg.Value)
		}
		p.write("})")
	}
}

func (p *supergraphPrinter) applied(before string, list ast.DirectiveList) {
	for _, d := range list {
		p.write(before)
		p.appliedOne(d)
	}
}

func (p *supergraphPrinter) appliedOne(d *ast.Directive) { p.write(sdl.DirectiveText(d)) }

func (p *supergraphPrinter) value(v *ast.Value) {
	p.scratch = sdl.AppendValue(p.scratch[:0], v)
	p.buf.Write(p.scratch)
}

// arguments writes argument definitions on one line, or one to a line when some
// have descriptions.
func (p *supergraphPrinter) arguments(indent string, args ast.ArgumentDefinitionList) {
	if len(args) == 0 {
		return
	}
	lines := slices.ContainsFunc(args, func(a *ast.ArgumentDefinition) bool { return a.Description != "" })
	p.write("(")
	for i, arg := range args {
		switch {
		case lines:
			if i > 0 {
				p.write("\n")
			}
			p.write("\n")
			p.description(indent+"  ", arg.Description)
			p.write(indent, "  ")
		case i > 0:
			p.write(", ")
		}
		p.write(arg.Name, ": ", arg.Type.String())
		if arg.DefaultValue != nil {
			p.write(" = ")
			p.value(arg.DefaultValue)
		}
		p.applied(" ", arg.Directives)
	}
	if lines {
		p.write("\n", indent)
	}
	p.write(")")
}

// describedElement writes the description of an element inside a type, after a
// blank line unless it is the first.
func (p *supergraphPrinter) describedElement(text string, first bool) {
	if text == "" {
		return
	}
	if !first {
		p.write("\n")
	}
	p.description("  ", text)
}

func (p *supergraphPrinter) description(indent, text string) {
	if text == "" {
		return
	}
	p.write(indent, `"""`, "\n")
	for line := range strings.SplitSeq(strings.ReplaceAll(text, `"""`, `\"""`), "\n") {
		if line != "" {
			p.write(indent, line)
		}
		p.write("\n")
	}
	p.write(indent, `"""`, "\n")
}
