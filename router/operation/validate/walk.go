package validate

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/router/operation/apischema"
)

// walk visits every node of the document once, calls the rules and takes notes.
func (v *validator) walk(doc *ast.QueryDocument) {
	v.byName = make(map[string]*definition, len(doc.Fragments))
	for _, f := range doc.Fragments {
		d := &definition{fragment: f, on: v.schema.Type(f.TypeCondition)}
		v.fragments = append(v.fragments, d)
		if v.byName[f.Name] == nil {
			v.byName[f.Name] = d
		}
	}
	for _, op := range doc.Operations {
		v.walkOperation(op)
	}
	for _, d := range v.fragments {
		v.walkFragment(d)
	}
}

func (v *validator) walkOperation(op *ast.OperationDefinition) {
	d := &definition{operation: op, on: v.schema.RootType(op.Operation)}
	v.operations = append(v.operations, d)
	location := ast.LocationQuery
	switch op.Operation {
	case ast.Mutation:
		location = ast.LocationMutation
	case ast.Subscription:
		location = ast.LocationSubscription
	}
	w := walker{v, d}
	for _, def := range op.VariableDefinitions {
		if def.DefaultValue != nil {
			w.value(usage{value: value{def.DefaultValue, def.Type, v.schema.Type(def.Type.Name())}})
		}
		w.directives(def.Directives, ast.LocationVariableDefinition)
		call(v, variableRules, def)
	}
	w.directives(op.Directives, location)
	d.set = w.newSet()
	w.selections(d.set, d.on, op.SelectionSet)
	call(v, operationRules, d)
}

func (v *validator) walkFragment(d *definition) {
	w := walker{v, d}
	w.directives(d.fragment.Directives, ast.LocationFragmentDefinition)
	d.set = w.newSet()
	w.selections(d.set, d.on, d.fragment.SelectionSet)
	call(v, fragmentRules, d)
}

// walker walks one definition.
type walker struct {
	*validator
	in *definition
}

func (w walker) newSet() *selectionSet {
	w.sets++
	return &selectionSet{id: w.sets}
}

// selections notes in set what is selected from a value of type parent; parent is
// nil when it is unknown.
func (w walker) selections(set *selectionSet, parent *apischema.Type, selections ast.SelectionSet) {
	for _, selection := range selections {
		if w.full() {
			return
		}
		switch s := selection.(type) {
		case *ast.Field:
			w.conditions(set, s.Directives)
			w.field(set, parent, s)
		case *ast.InlineFragment:
			w.conditions(set, s.Directives)
			w.directives(s.Directives, ast.LocationInlineFragment)
			on := parent
			if s.TypeCondition != "" {
				on = w.schema.Type(s.TypeCondition)
				call(w.validator, spreadRules, &spread{"", s.TypeCondition, parent, s.Position})
			}
			w.selections(set, on, s.SelectionSet)
		case *ast.FragmentSpread:
			w.conditions(set, s.Directives)
			w.directives(s.Directives, ast.LocationFragmentSpread)
			sp := &spread{name: s.Name, parent: parent, position: s.Position}
			if d := w.byName[s.Name]; d != nil {
				sp.on = d.fragment.TypeCondition
				w.in.targets = append(w.in.targets, d)
				set.targets = append(set.targets, d)
			}
			call(w.validator, spreadRules, sp)
			w.in.spreads = append(w.in.spreads, s)
		}
	}
}

func (w walker) conditions(set *selectionSet, directives ast.DirectiveList) {
	for _, d := range directives {
		if d.Name == "skip" || d.Name == "include" {
			set.conditional = append(set.conditional, d)
		}
	}
}

func (w walker) field(set *selectionSet, parent *apischema.Type, selected *ast.Field) {
	f := &field{Field: selected}
	if parent != nil && parent.IsCompositeType() {
		f.parent = parent
		f.def = parent.Field(selected.Name)
		if selected.Name == typename.Name {
			f.def = typename
		}
	}
	var defs ast.ArgumentDefinitionList
	if f.def != nil {
		f.named = w.schema.Type(f.def.Type.Name())
		defs = f.def.Arguments
		call(w.validator, argumentRules, &arguments{given: selected.Arguments, defs: defs, field: f})
	}
	w.arguments(selected.Arguments, defs)
	w.directives(selected.Directives, ast.LocationField)
	set.fields = append(set.fields, f)
	if len(selected.SelectionSet) > 0 {
		f.set = w.newSet()
	}
	call(w.validator, fieldRules, f)
	if f.set != nil {
		w.selections(f.set, f.named, selected.SelectionSet)
	}
}

func (w walker) directives(directives ast.DirectiveList, location ast.DirectiveLocation) {
	for _, d := range directives {
		var defs ast.ArgumentDefinitionList
		if def := w.schema.Directives[d.Name]; def != nil {
			defs = def.Arguments
			call(w.validator, argumentRules, &arguments{given: d.Arguments, defs: defs, directive: d})
		}
		w.arguments(d.Arguments, defs)
	}
	if len(directives) == 0 {
		return
	}
	for _, rule := range directiveRules {
		w.rule = rule
		rule.directives(w.validator, directives, location)
	}
}

func (w walker) arguments(given ast.ArgumentList, defs ast.ArgumentDefinitionList) {
	for _, arg := range given {
		u := usage{value: value{Value: arg.Value}}
		if def := defs.ForName(arg.Name); def != nil {
			u.expected, u.named, u.hasDefault = def.Type, w.schema.Type(def.Type.Name()), def.DefaultValue != nil
		}
		w.value(u)
	}
}

func (w walker) value(u usage) {
	switch u.Kind {
	case ast.Variable:
		w.in.usages = append(w.in.usages, u)
	case ast.ListValue:
		for _, child := range u.Children {
			item := usage{value: value{Value: child.Value}}
			if u.expected != nil && u.expected.Elem != nil {
				item.expected, item.named = u.expected.Elem, u.named
			}
			w.value(item)
		}
	case ast.ObjectValue:
		for _, child := range u.Children {
			w.value(w.inputField(u.named, child))
		}
	}
	call(w.validator, valueRules, &u.value)
}

func (w walker) inputField(parent *apischema.Type, child *ast.ChildValue) usage {
	u := usage{value: value{Value: child.Value}}
	if parent == nil || parent.Kind != ast.InputObject {
		return u
	}
	if def := parent.Field(child.Name); def != nil {
		u.expected, u.named, u.hasDefault = def.Type, w.schema.Type(def.Type.Name()), def.DefaultValue != nil
	}
	if parent.OneOf {
		u.oneOf = parent
	}
	return u
}

// hook is a rule that wants one kind of node.
type hook[N any] struct {
	rule *Rule
	call func(*validator, N)
}

func call[N any](v *validator, hooks []hook[N], node N) {
	for _, h := range hooks {
		v.rule = h.rule
		h.call(v, node)
	}
}

func hooks[N any](of func(*Rule) func(*validator, N)) []hook[N] {
	var out []hook[N]
	for _, rule := range Rules {
		if f := of(rule); f != nil {
			out = append(out, hook[N]{rule, f})
		}
	}
	return slices.Clip(out)
}

// The rules that want each kind of node.
var (
	operationRules []hook[*definition]
	fragmentRules  []hook[*definition]
	variableRules  []hook[*ast.VariableDefinition]
	fieldRules     []hook[*field]
	spreadRules    []hook[*spread]
	argumentRules  []hook[*arguments]
	valueRules     []hook[*value]
	directiveRules []*Rule
)

func init() {
	operationRules = hooks(func(r *Rule) func(*validator, *definition) { return r.operation })
	fragmentRules = hooks(func(r *Rule) func(*validator, *definition) { return r.fragment })
	variableRules = hooks(func(r *Rule) func(*validator, *ast.VariableDefinition) { return r.variable })
	fieldRules = hooks(func(r *Rule) func(*validator, *field) { return r.field })
	spreadRules = hooks(func(r *Rule) func(*validator, *spread) { return r.spread })
	argumentRules = hooks(func(r *Rule) func(*validator, *arguments) { return r.arguments })
	valueRules = hooks(func(r *Rule) func(*validator, *value) { return r.value })
	for _, rule := range Rules {
		if rule.directives != nil {
			directiveRules = append(directiveRules, rule)
		}
	}
}
