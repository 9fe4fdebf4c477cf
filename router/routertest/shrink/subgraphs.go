package shrink

import (
	"slices"
	"strings"
	"unicode"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"
)

// editsOfSubgraphs removes a subgraph, a type or a field from all subgraphs, or
// one element of one subgraph.
func editsOfSubgraphs(c Case, i int) (Case, bool) {
	if i < len(c.Subgraphs) {
		c.Subgraphs = slices.Delete(slices.Clone(c.Subgraphs), i, i+1)
		return c, true
	}
	i -= len(c.Subgraphs)
	docs := make([]*ast.SchemaDocument, len(c.Subgraphs))
	for g := range docs {
		doc, err := parser.ParseSchema(&ast.Source{Input: c.Subgraphs[g].SDL})
		if err != nil {
			return c, false
		}
		docs[g] = doc
	}
	e := &schemaEditor{left: i}
	e.everywhere(docs)
	for _, doc := range docs {
		e.document(doc)
	}
	if !e.done {
		return c, false
	}
	c.Subgraphs = slices.Clone(c.Subgraphs)
	for g, doc := range docs {
		dropUnusedExternals(doc)
		c.Subgraphs[g].SDL = printSchema(doc)
	}
	return c, true
}

func printSchema(doc *ast.SchemaDocument) string {
	var out strings.Builder
	formatter.NewFormatter(&out, formatter.WithIndent(" ")).FormatSchemaDocument(doc)
	return out.String()
}

// schemaEditor walks documents and makes the edit whose turn it is.
type schemaEditor struct {
	left int
	done bool
}

func (e *schemaEditor) turn() bool {
	if e.done {
		return false
	}
	e.left--
	e.done = e.left < 0
	return e.done
}

// everywhere makes the edits that concern all subgraphs at once: many fields
// and types cannot go from one alone.
func (e *schemaEditor) everywhere(docs []*ast.SchemaDocument) {
	type at struct{ typename, field string }
	seen := map[at]bool{}
	for _, doc := range docs {
		for _, def := range doc.Definitions {
			if !seen[at{def.Name, ""}] && e.turn() {
				removeType(docs, def.Name)
				return
			}
			seen[at{def.Name, ""}] = true
			for _, f := range def.Fields {
				if !seen[at{def.Name, f.Name}] && e.turn() {
					removeField(docs, def.Name, f.Name)
					return
				}
				seen[at{def.Name, f.Name}] = true
			}
		}
	}
}

// removeType removes a type and every field, membership and argument of it.
func removeType(docs []*ast.SchemaDocument, name string) {
	for _, doc := range docs {
		doc.Definitions = remove(doc.Definitions, func(d *ast.Definition) bool { return d.Name == name })
		doc.Extensions = remove(doc.Extensions, func(d *ast.Definition) bool { return d.Name == name })
		for _, def := range append(append(ast.DefinitionList{}, doc.Definitions...), doc.Extensions...) {
			def.Types = remove(def.Types, func(t string) bool { return t == name })
			def.Interfaces = remove(def.Interfaces, func(t string) bool { return t == name })
			def.Fields = remove(def.Fields, func(f *ast.FieldDefinition) bool { return f.Type.Name() == name })
			for _, f := range def.Fields {
				f.Arguments = remove(f.Arguments, func(a *ast.ArgumentDefinition) bool { return a.Type.Name() == name })
			}
		}
		dropEmpty(doc)
	}
}

func removeField(docs []*ast.SchemaDocument, typename, field string) {
	for _, doc := range docs {
		for _, def := range append(append(ast.DefinitionList{}, doc.Definitions...), doc.Extensions...) {
			if def.Name == typename {
				def.Fields = remove(def.Fields, func(f *ast.FieldDefinition) bool { return f.Name == field })
			}
		}
		dropEmpty(doc)
	}
}

// dropEmpty removes types that have lost all they had.
func dropEmpty(doc *ast.SchemaDocument) {
	empty := func(d *ast.Definition) bool {
		return d.Kind != ast.Scalar && len(d.Fields)+len(d.Types)+len(d.EnumValues) == 0
	}
	doc.Definitions = remove(doc.Definitions, empty)
	doc.Extensions = remove(doc.Extensions, empty)
}

// dropUnusedExternals removes external fields that no field set names any more:
// with them the subgraphs would not compose.
func dropUnusedExternals(doc *ast.SchemaDocument) {
	named := map[string]bool{}
	all := append(append(ast.DefinitionList{}, doc.Definitions...), doc.Extensions...)
	for _, def := range all {
		nameFields(named, def.Directives)
		for _, f := range def.Fields {
			nameFields(named, f.Directives)
		}
	}
	for _, def := range all {
		def.Fields = remove(def.Fields, func(f *ast.FieldDefinition) bool {
			return f.Directives.ForName("external") != nil && !named[f.Name]
		})
	}
	dropEmpty(doc)
}

// nameFields collects the words of field sets.
func nameFields(named map[string]bool, directives ast.DirectiveList) {
	for _, d := range directives {
		if arg := d.Arguments.ForName("fields"); arg != nil {
			for _, word := range strings.FieldsFunc(arg.Value.Raw, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' }) {
				named[word] = true
			}
		}
	}
}

// document makes the edits of one subgraph.
func (e *schemaEditor) document(doc *ast.SchemaDocument) {
	for _, list := range []*ast.DefinitionList{&doc.Definitions, &doc.Extensions} {
		for i := 0; i < len(*list) && !e.done; i++ {
			if e.turn() {
				*list = slices.Delete(*list, i, i+1)
				return
			}
			e.definition((*list)[i])
		}
	}
	dropEmpty(doc)
}

func (e *schemaEditor) definition(def *ast.Definition) {
	def.Directives = take(e, def.Directives)
	def.Interfaces = take(e, def.Interfaces)
	def.Types = take(e, def.Types)
	def.EnumValues = take(e, def.EnumValues)
	def.Fields = take(e, def.Fields)
	for _, f := range def.Fields {
		f.Directives = take(e, f.Directives)
		f.Arguments = take(e, f.Arguments)
		for _, a := range f.Arguments {
			a.Directives = take(e, a.Directives)
		}
		for _, d := range f.Directives {
			e.fieldSet(d)
		}
	}
}

// take removes one element of a list, if it is the turn of any.
func take[S ~[]E, E any](e *schemaEditor, list S) S {
	for i := range list {
		if e.turn() {
			return append(list[:i:i], list[i+1:]...)
		}
	}
	return list
}

// fieldSet removes one selection of a @requires or @provides.
func (e *schemaEditor) fieldSet(d *ast.Directive) {
	arg := d.Arguments.ForName("fields")
	if arg == nil || e.done {
		return
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: "{" + arg.Value.Raw + "}"})
	if err != nil {
		return
	}
	q := &queryEditor{doc: doc, left: e.left}
	set := q.set(doc.Operations[0].SelectionSet)
	if e.left = q.left; !q.done {
		return
	}
	e.done = true
	doc.Operations[0].SelectionSet = set
	var out strings.Builder
	formatter.NewFormatter(&out, formatter.WithCompacted()).FormatQueryDocument(doc)
	text := out.String()
	arg.Value.Raw = strings.Join(strings.Fields(text[strings.Index(text, "{")+1:strings.LastIndex(text, "}")]), " ")
}

func remove[S ~[]E, E any](list S, drop func(E) bool) S {
	var kept S
	for _, item := range list {
		if !drop(item) {
			kept = append(kept, item)
		}
	}
	return kept
}
