package documents

import (
	"encoding/json"
	"fmt"
	"strings"
)

// node is a node of a GraphQL document as a JSON tree, the form of graphql-js.
//
// Source: graphql-js, the shapes of its ASTNode types.
type node struct {
	Kind                string          `json:"kind"`
	Operation           string          `json:"operation"`
	Name                *node           `json:"name"`
	Alias               *node           `json:"alias"`
	Value               json.RawMessage `json:"value"` // a name's text, a value's text, or an argument's value
	Block               bool            `json:"block"`
	Type                *node           `json:"type"`
	Variable            *node           `json:"variable"`
	DefaultValue        *node           `json:"defaultValue"`
	TypeCondition       *node           `json:"typeCondition"`
	SelectionSet        *node           `json:"selectionSet"`
	Definitions         []*node         `json:"definitions"`
	VariableDefinitions []*node         `json:"variableDefinitions"`
	Directives          []*node         `json:"directives"`
	Selections          []*node         `json:"selections"`
	Arguments           []*node         `json:"arguments"`
	Values              []*node         `json:"values"`
	Fields              []*node         `json:"fields"`
}

// document prints the tree as GraphQL.
func (n *node) document() (string, error) {
	var w treeWriter
	w.list("", n.Definitions, "\n", w.definition)
	return w.String(), w.err
}

type treeWriter struct {
	strings.Builder
	err error
}

func (w *treeWriter) fail(n *node) {
	if w.err == nil {
		w.err = fmt.Errorf("there is no place for a node of kind %q here", n.Kind)
	}
}

// text is a string value of a node, "" when it is missing.
func (w *treeWriter) text(n *node) string {
	if n == nil {
		return ""
	}
	var s string
	if err := json.Unmarshal(n.Value, &s); err != nil && w.err == nil {
		w.err = fmt.Errorf("a node of kind %q has no value", n.Kind)
	}
	return s
}

func (w *treeWriter) definition(n *node) {
	switch n.Kind {
	case "OperationDefinition":
		w.WriteString(n.Operation + " " + w.text(n.Name))
		w.list("(", n.VariableDefinitions, ")", w.variable)
	case "FragmentDefinition":
		w.WriteString("fragment " + w.text(n.Name))
		w.condition(n)
	default:
		w.fail(n)
	}
	w.directives(n)
	w.selections(n.SelectionSet)
}

func (w *treeWriter) condition(n *node) {
	if n.TypeCondition != nil {
		w.WriteString(" on " + w.text(n.TypeCondition.Name))
	}
}

func (w *treeWriter) variable(n *node) {
	if n.Variable == nil || n.Type == nil {
		w.fail(n)
		return
	}
	w.WriteString("$" + w.text(n.Variable.Name) + ": ")
	w.typ(n.Type)
	if n.DefaultValue != nil {
		w.WriteString(" = ")
		w.value(n.DefaultValue)
	}
	w.directives(n)
}

func (w *treeWriter) typ(n *node) {
	switch {
	case n.Kind == "NonNullType" && n.Type != nil:
		w.typ(n.Type)
		w.WriteByte('!')
	case n.Kind == "ListType" && n.Type != nil:
		w.WriteByte('[')
		w.typ(n.Type)
		w.WriteByte(']')
	case n.Kind == "NamedType":
		w.WriteString(w.text(n.Name))
	default:
		w.fail(n)
	}
}

func (w *treeWriter) directives(n *node) {
	w.list(" ", n.Directives, "", func(d *node) {
		w.WriteString("@" + w.text(d.Name))
		w.list("(", d.Arguments, ")", w.argument)
	})
}

func (w *treeWriter) selections(n *node) {
	if n != nil {
		w.list(" {", n.Selections, "}", w.selection)
	}
}

func (w *treeWriter) selection(n *node) {
	switch n.Kind {
	case "Field":
		if n.Alias != nil {
			w.WriteString(w.text(n.Alias) + ": ")
		}
		w.WriteString(w.text(n.Name))
		w.list("(", n.Arguments, ")", w.argument)
	case "FragmentSpread":
		w.WriteString("..." + w.text(n.Name))
	case "InlineFragment":
		w.WriteString("...")
		w.condition(n)
	default:
		w.fail(n)
	}
	w.directives(n)
	w.selections(n.SelectionSet)
}

func (w *treeWriter) argument(n *node) {
	w.WriteString(w.text(n.Name) + ": ")
	var value node
	if err := json.Unmarshal(n.Value, &value); err != nil {
		w.fail(n)
		return
	}
	w.value(&value)
}

func (w *treeWriter) value(n *node) {
	switch n.Kind {
	case "Variable":
		w.WriteString("$" + w.text(n.Name))
	case "IntValue", "FloatValue", "EnumValue":
		w.WriteString(w.text(n))
	case "StringValue":
		text, _ := json.Marshal(w.text(n)) // a string can always be written
		w.Write(text)
	case "BooleanValue":
		w.Write(n.Value)
	case "NullValue":
		w.WriteString("null")
	case "ListValue":
		w.WriteByte('[')
		w.list("", n.Values, "", w.value)
		w.WriteByte(']')
	case "ObjectValue":
		w.WriteByte('{')
		w.list("", n.Fields, "", w.argument)
		w.WriteByte('}')
	default:
		w.fail(n)
	}
}

// list writes nodes between two marks, or nothing when there are none.
func (w *treeWriter) list(open string, nodes []*node, end string, write func(*node)) {
	if len(nodes) == 0 {
		return
	}
	w.WriteString(open)
	for i, n := range nodes {
		if i > 0 {
			w.WriteByte(' ')
		}
		if n == nil {
			n = &node{}
		}
		write(n)
	}
	w.WriteString(end)
}
