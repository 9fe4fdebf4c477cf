package compose

import (
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/sdl"
)

// joinSpec is what one version of the join specification defines, and what the
// link specification does.
type joinSpec struct {
	directives []*ast.DirectiveDefinition
	types      map[string]string // name → definition, as printed
}

const (
	joinField3 = "directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean, override: String, usedOverridden: Boolean"
	joinRest   = `) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
		directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE
		directive @join__graph(name: String!, url: String!) on ENUM_VALUE
		directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE
		directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
		directive @join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION
		directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA`
	joinDirective4 = `
		directive @join__directive(graphs: [join__Graph!], name: String!, args: join__DirectiveArguments) repeatable on SCHEMA | OBJECT | INTERFACE | FIELD_DEFINITION`
	linkPurpose = "enum link__Purpose {\n" +
		"  \"\"\"\n  `SECURITY` features provide metadata necessary to securely resolve fields.\n  \"\"\"\n  SECURITY\n\n" +
		"  \"\"\"\n  `EXECUTION` features provide metadata necessary for operation execution.\n  \"\"\"\n  EXECUTION\n}\n"
	joinContextArgument = "input join__ContextArgument {\n  name: String!\n  type: String!\n  context: String!\n  selection: join__FieldValue!\n}\n"
)

var joinSpecs = sync.OnceValue(func() map[int]joinSpec {
	specs := map[int]joinSpec{}
	for minor, text := range map[int]string{
		3: joinField3 + joinRest,
		4: joinField3 + ", overrideLabel: String" + joinRest + joinDirective4,
		5: joinField3 + ", overrideLabel: String, contextArguments: [join__ContextArgument!]" + joinRest + joinDirective4,
	} {
		doc, err := parser.ParseSchema(&ast.Source{Name: "join", Input: text})
		if err != nil {
			panic("compose: join specification: " + err.Error())
		}
		spec := joinSpec{directives: doc.Directives, types: map[string]string{
			"join__FieldSet": "scalar join__FieldSet\n", "link__Import": "scalar link__Import\n", "link__Purpose": linkPurpose,
		}}
		if minor >= 4 {
			spec.types["join__DirectiveArguments"] = "scalar join__DirectiveArguments\n"
		}
		if minor >= 5 {
			spec.types["join__FieldValue"] = "scalar join__FieldValue\n"
			spec.types["join__ContextArgument"] = joinContextArgument
		}
		specs[minor] = spec
	}
	return specs
})

// joinDefinitions returns the definitions of a version of the join
// specification. They are shared: not to be changed.
func joinDefinitions(v federation.Version) joinSpec { return joinSpecs()[v.Minor] }

// specTypes are the types that linked specifications bring.
func (p *supergraphPrinter) specTypes() []part {
	parts := []part{{"join__Graph", p.graphEnum}}
	add := func(name, text string) { parts = append(parts, part{name, func() { p.write(text) }}) }
	for name, text := range joinDefinitions(p.merged.join).types {
		add(name, text)
	}
	for _, t := range p.schema.Types {
		if t.Spec {
			add(t.Name, "scalar "+t.Name+"\n")
		}
	}
	return parts
}

func (p *supergraphPrinter) graphEnum() {
	var b strings.Builder
	for i, s := range p.subgraphs {
		b.WriteString("  " + p.graphs[i] + " @join__graph(name: " + sdl.Quoted(s.Name) + ", url: " + sdl.Quoted(s.URL) + ")\n")
	}
	p.write("enum join__Graph {\n", b.String(), "}\n")
}
