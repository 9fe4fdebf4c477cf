// Package introspection reads what a running server tells of its schema.
//
// Source: GraphQL specification, September 2025, section 4.
package introspection

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Queries ask a server for everything that SDL needs it to tell: the first for
// what the specification of 2025 knows, each further one, for servers that refuse
// those before, for what an older edition did. What a query leaves out, a server
// that refuses the one before does not have.
var Queries = []string{
	query("isOneOf specifiedByURL", "isRepeatable", "(includeDeprecated: true)", "isDeprecated deprecationReason"),
	query("specifiedByURL", "isRepeatable", "(includeDeprecated: true)", "isDeprecated deprecationReason"),
	query("", "isRepeatable", "(includeDeprecated: true)", "isDeprecated deprecationReason"),
	query("", "", "(includeDeprecated: true)", "isDeprecated deprecationReason"),
	query("", "", "", ""),
}

func query(ofType, ofDirective, deprecated, ofInput string) string {
	return `query IntrospectionQuery {
  __schema {
    queryType { name } mutationType { name } subscriptionType { name }
    types { ...FullType }
    directives { name description locations ` + ofDirective + ` args` + deprecated + ` { ...InputValue } }
  }
}
fragment FullType on __Type {
  kind name description ` + ofType + `
  fields(includeDeprecated: true) {
    name description args` + deprecated + ` { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason
  }
  inputFields` + deprecated + ` { ...InputValue }
  interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...TypeRef }
}
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue ` + ofInput + ` }
fragment TypeRef on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
  ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } }
}`
}

type (
	schema struct {
		QueryType, MutationType, SubscriptionType *typeRef
		Types                                     []fullType
		Directives                                []directive
	}
	fullType struct {
		Kind, Name, Description string
		Fields                  []field
		InputFields             []inputValue
		Interfaces              []typeRef
		EnumValues              []enumValue
		PossibleTypes           []typeRef
		IsOneOf                 bool
		SpecifiedByURL          *string
	}
	field struct {
		Name, Description string
		Args              []inputValue
		Type              typeRef
		IsDeprecated      bool
		DeprecationReason *string
	}
	inputValue struct {
		Name, Description string
		Type              typeRef
		DefaultValue      *string
		IsDeprecated      bool
		DeprecationReason *string
	}
	enumValue struct {
		Name, Description string
		IsDeprecated      bool
		DeprecationReason *string
	}
	typeRef struct {
		Kind, Name string
		OfType     *typeRef
	}
	directive struct {
		Name, Description string
		Locations         []string
		IsRepeatable      bool
		Args              []inputValue
	}
)

// SDL writes the schema that a server answered one of Queries with: data is the answer's
// "data", or a whole answer.
func SDL(data []byte) (string, error) {
	var answer struct {
		Schema *schema `json:"__schema"`
		Data   struct {
			Schema *schema `json:"__schema"`
		} `json:"data"`
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return "", fmt.Errorf("not the answer to an introspection query: %w", err)
	}
	s := answer.Schema
	if s == nil {
		s = answer.Data.Schema
	}
	if s == nil || len(s.Types) == 0 {
		return "", errors.New("not the answer to an introspection query: it has no __schema with types")
	}
	w := &writer{}
	w.schema(s)
	return w.String(), w.err
}

type writer struct {
	strings.Builder
	err error
}

func (w *writer) write(parts ...string) {
	for _, p := range parts {
		w.WriteString(p)
	}
}

func (w *writer) schema(s *schema) {
	w.write("schema {\n")
	for _, root := range []struct {
		kind string
		typ  *typeRef
	}{{"query", s.QueryType}, {"mutation", s.MutationType}, {"subscription", s.SubscriptionType}} {
		if root.typ != nil {
			w.write("  ", root.kind, ": ", w.name(root.typ.Name), "\n")
		}
	}
	w.write("}\n")
	for _, d := range s.Directives {
		switch d.Name {
		case "skip", "include", "deprecated", "specifiedBy", "oneOf":
			continue
		}
		w.description("", d.Description)
		w.write("directive @", w.name(d.Name))
		w.arguments(d.Args)
		if d.IsRepeatable {
			w.write(" repeatable")
		}
		w.write(" on ", strings.Join(d.Locations, " | "), "\n")
	}
	for _, t := range s.Types {
		if !strings.HasPrefix(t.Name, "__") && !isBuiltIn(t.Name) {
			w.typ(t)
		}
	}
}

func isBuiltIn(scalar string) bool {
	switch scalar {
	case "String", "Int", "Float", "Boolean", "ID":
		return true
	}
	return false
}

var keywords = map[string]string{
	"SCALAR": "scalar", "OBJECT": "type", "INTERFACE": "interface", "UNION": "union", "ENUM": "enum", "INPUT_OBJECT": "input",
}

func (w *writer) typ(t fullType) {
	keyword := keywords[t.Kind]
	if keyword == "" {
		w.fail("type %q is of no kind that there is: %q", t.Name, t.Kind)
	}
	w.description("", t.Description)
	w.write(keyword, " ", w.name(t.Name))
	for i, implemented := range t.Interfaces {
		w.write([]string{" implements ", " & "}[min(i, 1)], w.name(implemented.Name))
	}
	if t.IsOneOf {
		w.write(" @oneOf")
	}
	if t.SpecifiedByURL != nil {
		w.write(" @specifiedBy(url: ", quoted(*t.SpecifiedByURL), ")")
	}
	if t.Kind == "UNION" {
		for i, member := range t.PossibleTypes {
			w.write([]string{" = ", " | "}[min(i, 1)], w.name(member.Name))
		}
	}
	if len(t.Fields)+len(t.InputFields)+len(t.EnumValues) > 0 {
		w.write(" {\n")
		w.members(t)
		w.write("}")
	}
	w.write("\n")
}

func (w *writer) members(t fullType) {
	for _, f := range t.Fields {
		w.description("  ", f.Description)
		w.write("  ", w.name(f.Name))
		w.arguments(f.Args)
		w.write(": ", w.ref(&f.Type))
		w.deprecation(f.IsDeprecated, f.DeprecationReason)
		w.write("\n")
	}
	for _, f := range t.InputFields {
		w.description("  ", f.Description)
		w.write("  ")
		w.input(f)
		w.write("\n")
	}
	for _, v := range t.EnumValues {
		w.description("  ", v.Description)
		w.write("  ", w.name(v.Name))
		w.deprecation(v.IsDeprecated, v.DeprecationReason)
		w.write("\n")
	}
}

func (w *writer) arguments(args []inputValue) {
	for i, arg := range args {
		w.write([]string{"(", ", "}[min(i, 1)])
		w.description("", arg.Description)
		w.input(arg)
	}
	if len(args) > 0 {
		w.write(")")
	}
}

func (w *writer) input(v inputValue) {
	w.write(w.name(v.Name), ": ", w.ref(&v.Type))
	if v.DefaultValue != nil {
		w.write(" = ", *v.DefaultValue)
	}
	w.deprecation(v.IsDeprecated, v.DeprecationReason)
}

func (w *writer) deprecation(deprecated bool, reason *string) {
	switch {
	case !deprecated:
	case reason == nil:
		w.write(" @deprecated")
	default:
		w.write(" @deprecated(reason: ", quoted(*reason), ")")
	}
}

func (w *writer) description(indent, text string) {
	if text != "" {
		w.write(indent, quoted(text), "\n")
	}
}

// quoted writes a GraphQL string, whose escapes are those of JSON.
func quoted(text string) string {
	out, err := json.Marshal(text)
	if err != nil { // a string can always be written
		return strconv.Quote(text)
	}
	return string(out)
}

// ref writes a type reference.
func (w *writer) ref(t *typeRef) string {
	switch {
	case t == nil:
		w.fail("a type is nested deeper than introspection asked for")
		return ""
	case t.Kind == "NON_NULL":
		return w.ref(t.OfType) + "!"
	case t.Kind == "LIST":
		return "[" + w.ref(t.OfType) + "]"
	default:
		return w.name(t.Name)
	}
}

// name refuses what could not stand in SDL.
func (w *writer) name(s string) string {
	for i, r := range s {
		if !(r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || i > 0 && r >= '0' && r <= '9') {
			w.fail("%q is no name", s)
			break
		}
	}
	if s == "" {
		w.fail("something has no name")
	}
	return s
}

func (w *writer) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf("the answer to the introspection query is not a schema: "+format, args...)
	}
}
