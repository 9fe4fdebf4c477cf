package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/router/operation"
)

// Filter returns the operation with those fields withheld that the decisions do
// not grant. An operation of which nothing is withheld is returned as it is. The
// error, operation.Errors, says that the whole operation is refused: by the
// options, because it is a subscription whose field is withheld, or because it
// would become too large.
func (d *Demands) Filter(op *operation.Operation, decisions string) (*operation.Operation, error) {
	if !strings.Contains(decisions, "0") {
		return op, nil
	}
	f := filter{Rules: d.rules, granted: make([]bool, len(d.rules.demands)), left: d.rules.options.MaxFields}
	for i, at := range d.list {
		f.granted[at] = decisions[i] == '1'
	}
	filtered := *op
	filtered.Root = f.selections(op.Root, []string{op.RootType.Name})
	switch {
	case f.left < 0:
		return nil, operation.Errors{{
			Message: fmt.Sprintf("The operation selects more than %d fields, once those of interfaces stand for each type that protects them differently.", d.rules.options.MaxFields),
			Code:    operation.CodeTooManyFields,
		}}
	case !f.withheld:
		return op, nil
	case d.rules.options.Refuse || op.Kind == ast.Subscription && isWithheld(filtered.Root):
		return nil, refusal(filtered.Root)
	}
	return &filtered, nil
}

func isWithheld(root operation.SelectionSet) bool {
	return slices.ContainsFunc(root, func(s operation.Selection) bool {
		f, ok := s.(*operation.Field)
		return ok && f.Withheld
	})
}

type filter struct {
	*Rules
	granted []bool
	// left is how many more fields the operation may have.
	left     int
	withheld bool
}

// selections filters what is selected of objects that are one of the possible
// types.
func (f *filter) selections(set operation.SelectionSet, possible []string) operation.SelectionSet {
	out := make(operation.SelectionSet, 0, len(set))
	var differing []*operation.Field
	for _, s := range set {
		field, isField := s.(*operation.Field)
		if isField && f.differs(field, possible) {
			differing = append(differing, field)
			continue
		}
		out = append(out, f.byType(differing, possible)...)
		differing = nil
		if isField {
			out = append(out, f.field(field, append(possible, field.ParentType.Name)[0]))
			continue
		}
		fragment := *s.(*operation.InlineFragment)
		fragment.Selections = f.selections(fragment.Selections, fragment.PossibleTypes)
		out = append(out, &fragment)
	}
	return append(out, f.byType(differing, possible)...)
}

// differs says whether a field is withheld of some of the possible types only.
func (f *filter) differs(field *operation.Field, possible []string) bool {
	if len(possible) < 2 || f.grants(f.anywhere(field)) || !f.grantsInterface(field) {
		return false
	}
	first := f.grantsObject(field, possible[0])
	return slices.ContainsFunc(possible[1:], func(object string) bool { return f.grantsObject(field, object) != first })
}

// field filters a field that is withheld of all objects or of none, as it is of
// those of one type.
func (f *filter) field(field *operation.Field, object string) *operation.Field {
	f.left--
	if field.IsTypename() || field.IsIntrospection() {
		return field
	}
	out := *field
	if f.grantsInterface(field) && f.grantsObject(field, object) {
		out.Selections = f.below(field, field.Type.Name)
		return &out
	}
	f.withheld, out.Withheld = true, true
	return &out
}

// below filters what a field selects of the objects of a type.
func (f *filter) below(field *operation.Field, typ string) operation.SelectionSet {
	if field.Selections == nil {
		return nil
	}
	return f.selections(field.Selections, f.schema.possible[typ])
}

// byType selects fields in a fragment for each of the possible types.
func (f *filter) byType(fields []*operation.Field, possible []string) operation.SelectionSet {
	if len(fields) == 0 {
		return nil
	}
	var out operation.SelectionSet
	for i, object := range possible {
		if f.left < 0 {
			break
		}
		def := f.schema.types[object]
		fragment := &operation.InlineFragment{TypeCondition: def, PossibleTypes: possible[i : i+1 : i+1], Position: fields[0].Position}
		for _, field := range fields {
			own := *field
			own.ParentType, own.Definition = def, def.Fields.ForName(field.Name) // an implementation has the field
			own.Type = f.schema.types[own.Definition.Type.Name()]
			fragment.Selections = append(fragment.Selections, f.field(&own, object))
		}
		out = append(out, fragment)
	}
	return out
}

// grantsInterface says whether the field may be selected on the type where it is,
// whatever the objects are.
func (f *filter) grantsInterface(field *operation.Field) bool {
	return f.grants(f.fields[fieldKey{field.ParentType.Name, field.Name}])
}

func (f *filter) grantsObject(field *operation.Field, object string) bool {
	return f.grants(f.fields[fieldKey{object, field.Name}])
}

func (f *filter) grants(demands []int) bool {
	for _, i := range demands {
		if !f.granted[i] {
			return false
		}
	}
	return true
}

// maxRefused bounds the errors of an operation that is refused.
const maxRefused = 50

// refusal names the fields for which an operation is refused, each path once.
func refusal(root operation.SelectionSet) operation.Errors {
	r := refused{seen: map[string]bool{}}
	r.collect(root, nil)
	return r.errors
}

type refused struct {
	errors operation.Errors
	seen   map[string]bool
}

func (r *refused) collect(set operation.SelectionSet, path []string) {
	for _, s := range set {
		if len(r.errors) == maxRefused {
			return
		}
		switch s := s.(type) {
		case *operation.InlineFragment:
			r.collect(s.Selections, path)
		case *operation.Field:
			at := append(path[:len(path):len(path)], s.ResponseName)
			if !s.Withheld {
				r.collect(s.Selections, at)
				continue
			}
			if key := strings.Join(at, "."); !r.seen[key] {
				r.seen[key] = true
				r.errors = append(r.errors, &operation.Error{
					Message: "Unauthorized field or type: " + s.ParentType.Name + "." + s.Name, Locations: []operation.Position{s.Position}, Path: at, Code: CodeUnauthorized,
				})
			}
		}
	}
}
