package mock

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// facts is what a subgraph's SDL says by federation's directives.
type facts struct {
	types  map[string]*typeFacts
	fields map[*ast.FieldDefinition]*fieldFacts
}

type typeFacts struct {
	keys            []key
	interfaceObject bool
}

type key struct {
	fields     ast.SelectionSet
	resolvable bool
}

type fieldFacts struct {
	external bool
	requires ast.SelectionSet // nil: none
	provides ast.SelectionSet // nil: none
	override string           // the subgraph it was taken from, "" for none
	label    string           // of a progressive override
}

// directiveNames of the federation specification, all versions.
var directiveNames = []string{
	"key", "external", "requires", "provides", "extends", "shareable", "inaccessible", "override", "tag",
	"interfaceObject", "composeDirective", "authenticated", "requiresScopes", "policy", "context",
	"fromContext", "cost", "listSize", "cacheTag",
}

// machinery is what the subgraph specification defines and ParseSubgraph adds.
var machinery = map[string]bool{"_Any": true, "_Entity": true, "_Service": true}

// vocabulary maps the names by which the document uses federation's directives
// to their own: imported under an alias, or with the specification's prefix. A
// document without @link to federation is of Federation 1 and uses bare names.
func vocabulary(doc *ast.SchemaDocument) map[string]string {
	names := map[string]string{"link": "link", "core": "core"}
	linked := false
	for _, def := range append(doc.Schema, doc.SchemaExtension...) {
		for _, d := range def.Directives {
			if spec := stringArgument(d, "url"); d.Name == "link" && strings.Contains(spec, "/federation/") {
				linked = true
				addLinked(names, d)
			}
		}
	}
	if !linked {
		for _, name := range directiveNames {
			names[name] = name
		}
	}
	return names
}

func addLinked(names map[string]string, link *ast.Directive) {
	prefix := stringArgument(link, "as")
	if prefix == "" {
		prefix = "federation"
	}
	for _, name := range directiveNames {
		names[prefix+"__"+name] = name
	}
	imports := link.Arguments.ForName("import")
	if imports == nil {
		return
	}
	for _, item := range imports.Value.Children {
		name, as := item.Value.Raw, item.Value.Raw
		if item.Value.Kind == ast.ObjectValue {
			name, as = childRaw(item.Value, "name"), childRaw(item.Value, "as")
			if as == "" {
				as = name
			}
		}
		if bare, isDirective := strings.CutPrefix(name, "@"); isDirective {
			names[strings.TrimPrefix(as, "@")] = bare
		}
	}
}

func stringArgument(d *ast.Directive, name string) string {
	if arg := d.Arguments.ForName(name); arg != nil && arg.Value != nil {
		return arg.Value.Raw
	}
	return ""
}

func childRaw(object *ast.Value, name string) string {
	if v := object.Children.ForName(name); v != nil {
		return v.Raw
	}
	return ""
}

// readFacts collects what the federation directives of a document say.
func readFacts(doc *ast.SchemaDocument, names map[string]string) (*facts, error) {
	f := &facts{types: map[string]*typeFacts{}, fields: map[*ast.FieldDefinition]*fieldFacts{}}
	for _, def := range append(append(ast.DefinitionList{}, doc.Definitions...), doc.Extensions...) {
		if err := f.readType(def, names); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *facts) readType(def *ast.Definition, names map[string]string) error {
	t := f.types[def.Name]
	if t == nil {
		t = &typeFacts{}
		f.types[def.Name] = t
	}
	allExternal := false
	for _, d := range def.Directives {
		switch names[d.Name] {
		case "key":
			fields, err := fieldSet(d, "fields")
			if err != nil {
				return fmt.Errorf("%s @%s: %w", def.Name, d.Name, err)
			}
			t.keys = append(t.keys, key{fields: fields, resolvable: stringArgument(d, "resolvable") != "false"})
		case "interfaceObject":
			t.interfaceObject = true
		case "external":
			allExternal = true
		}
	}
	for _, field := range def.Fields {
		ff, err := readField(field, names)
		if err != nil {
			return fmt.Errorf("%s.%s %w", def.Name, field.Name, err)
		}
		ff.external = ff.external || allExternal
		f.fields[field] = ff
	}
	return nil
}

func readField(field *ast.FieldDefinition, names map[string]string) (*fieldFacts, error) {
	ff := &fieldFacts{}
	for _, d := range field.Directives {
		var err error
		switch names[d.Name] {
		case "external":
			ff.external = true
		case "requires":
			ff.requires, err = fieldSet(d, "fields")
		case "provides":
			ff.provides, err = fieldSet(d, "fields")
		case "override":
			ff.override, ff.label = stringArgument(d, "from"), stringArgument(d, "label")
		}
		if err != nil {
			return nil, fmt.Errorf("@%s: %w", d.Name, err)
		}
	}
	return ff, nil
}

// fieldSet parses a FieldSet argument: a string, or in Federation 1 also a list
// of strings.
func fieldSet(d *ast.Directive, argument string) (ast.SelectionSet, error) {
	arg := d.Arguments.ForName(argument)
	if arg == nil {
		return nil, fmt.Errorf("has no argument %q", argument)
	}
	text := arg.Value.Raw
	if arg.Value.Kind == ast.ListValue {
		parts := make([]string, len(arg.Value.Children))
		for i, item := range arg.Value.Children {
			parts[i] = item.Value.Raw
		}
		text = strings.Join(parts, " ")
	}
	return ParseFieldSet(text)
}

// ParseFieldSet parses a selection without its outer braces, as @key, @requires
// and @provides have it.
func ParseFieldSet(text string) (ast.SelectionSet, error) {
	doc, err := parser.ParseQuery(&ast.Source{Input: "{" + text + "}"})
	if err != nil {
		return nil, fmt.Errorf("cannot read the field set %q: %w", text, err)
	}
	if len(doc.Operations) != 1 || len(doc.Fragments) > 0 {
		return nil, fmt.Errorf("cannot read the field set %q: it is not one selection", text)
	}
	return doc.Operations[0].SelectionSet, nil
}

// complete removes a subgraph document's federation definitions, which come in
// many versions or not at all, and adds those a server must have: _service,
// and _entities where there is an entity.
func complete(doc *ast.SchemaDocument, f *facts, names map[string]string) {
	doc.Definitions = without(doc.Definitions, func(d *ast.Definition) bool { return machinery[d.Name] })
	doc.Directives = without(doc.Directives, func(d *ast.DirectiveDefinition) bool { return names[d.Name] != "" })
	queryName := rootName(doc, ast.Query, "Query")
	for _, def := range append(append(ast.DefinitionList{}, doc.Definitions...), doc.Extensions...) {
		if def.Name == queryName {
			def.Fields = without(def.Fields, func(f *ast.FieldDefinition) bool { return f.Name == "_service" || f.Name == "_entities" })
		}
	}
	emptyQuery := func(d *ast.Definition) bool {
		return d.Name == queryName && d.Kind == ast.Object && len(d.Fields) == 0
	}
	doc.Definitions = without(doc.Definitions, emptyQuery)
	doc.Extensions = without(doc.Extensions, emptyQuery)

	at := &ast.Position{Src: &ast.Source{Name: "federation", BuiltIn: true}}
	service := &ast.FieldDefinition{Name: "_service", Type: ast.NonNullNamedType("_Service", at), Position: at}
	query := &ast.Definition{Kind: ast.Object, Name: queryName, Fields: ast.FieldList{service}, Position: at}
	doc.Definitions = append(doc.Definitions,
		&ast.Definition{Kind: ast.Scalar, Name: "_Any", Position: at, BuiltIn: true},
		&ast.Definition{Kind: ast.Object, Name: "_Service", Position: at, BuiltIn: true,
			Fields: ast.FieldList{{Name: "sdl", Type: ast.NonNullNamedType("String", at), Position: at}}})
	if entities := entityTypes(doc, f); len(entities) > 0 {
		doc.Definitions = append(doc.Definitions,
			&ast.Definition{Kind: ast.Union, Name: "_Entity", Types: entities, Position: at, BuiltIn: true})
		query.Fields = append(query.Fields, &ast.FieldDefinition{
			Name: "_entities", Position: at,
			Type: ast.NonNullListType(ast.NamedType("_Entity", at), at),
			Arguments: ast.ArgumentDefinitionList{{
				Name: "representations", Position: at,
				Type: ast.NonNullListType(ast.NonNullNamedType("_Any", at), at),
			}},
		})
	}
	if doc.Definitions.ForName(queryName) == nil {
		doc.Definitions = append(doc.Definitions, query)
	} else {
		doc.Extensions = append(doc.Extensions, query)
	}
}

// entityTypes are the members of _Entity: object types with a resolvable key,
// in the order of the document.
func entityTypes(doc *ast.SchemaDocument, f *facts) []string {
	var names []string
	seen := map[string]bool{}
	for _, def := range append(append(ast.DefinitionList{}, doc.Definitions...), doc.Extensions...) {
		t := f.types[def.Name]
		if t == nil || def.Kind != ast.Object || seen[def.Name] {
			continue
		}
		for _, k := range t.keys {
			if k.resolvable && !seen[def.Name] {
				seen[def.Name] = true
				names = append(names, def.Name)
			}
		}
	}
	return names
}

func rootName(doc *ast.SchemaDocument, operation ast.Operation, byDefault string) string {
	for _, def := range append(append(ast.SchemaDefinitionList{}, doc.Schema...), doc.SchemaExtension...) {
		for _, root := range def.OperationTypes {
			if root.Operation == operation {
				return root.Type
			}
		}
	}
	return byDefault
}

// stripUndefined removes the uses of directives that the document does not
// define: they mean nothing to an executor.
func stripUndefined(doc *ast.SchemaDocument) {
	defined := map[string]bool{}
	for _, d := range doc.Directives {
		defined[d.Name] = true
	}
	known := func(list ast.DirectiveList) ast.DirectiveList {
		return without(list, func(d *ast.Directive) bool { return !defined[d.Name] })
	}
	for _, def := range append(append(ast.SchemaDefinitionList{}, doc.Schema...), doc.SchemaExtension...) {
		def.Directives = known(def.Directives)
	}
	for _, def := range append(append(ast.DefinitionList{}, doc.Definitions...), doc.Extensions...) {
		def.Directives = known(def.Directives)
		for _, field := range def.Fields {
			field.Directives = known(field.Directives)
			for _, arg := range field.Arguments {
				arg.Directives = known(arg.Directives)
			}
		}
		for _, value := range def.EnumValues {
			value.Directives = known(value.Directives)
		}
	}
	for _, def := range doc.Directives {
		def.Directives = known(def.Directives)
		for _, arg := range def.Arguments {
			arg.Directives = known(arg.Directives)
		}
	}
}

func without[S ~[]E, E any](list S, drop func(E) bool) S {
	var kept S
	for _, e := range list {
		if !drop(e) {
			kept = append(kept, e)
		}
	}
	return kept
}
