package contract

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
)

// check finds what the variant's API would need and does not show.
//
// Source: inaccessible specification v0.2, its validations.
func (v *view) check() federation.Errors {
	if v.hidden["Query"] || v.byName["Query"] == nil {
		return federation.Errors{{
			Code: federation.QueryRootTypeInaccessible, Message: "nothing is left to query: no field of Query is in the contract",
			Help: "tag at least one field of Query with an included tag, and none of all with an excluded one",
		}}
	}
	var errs federation.Errors
	for _, def := range v.types {
		if !v.hidden[def.Name] {
			errs = append(errs, v.checkType(def)...)
		}
	}
	return errs
}

func (v *view) checkType(def *ast.Definition) federation.Errors {
	var errs federation.Errors
	for _, f := range def.Fields {
		at := def.Name + "." + f.Name
		if def.Kind == ast.InputObject {
			errs = append(errs, v.checkInput(at, f.Type, f.DefaultValue)...)
			continue
		}
		if v.hidden[at] {
			continue
		}
		if v.hidden[f.Type.Name()] {
			errs = append(errs, v.reference(at, f.Type.Name(), f.Position))
		}
		for _, arg := range f.Arguments {
			errs = append(errs, v.checkInput(at+"("+arg.Name+":)", arg.Type, arg.DefaultValue)...)
		}
	}
	return append(errs, v.checkImplements(def)...)
}

// checkInput checks an argument or input field: hidden it must not be required,
// visible it must not need what is hidden.
func (v *view) checkInput(at string, t *ast.Type, def *ast.Value) federation.Errors {
	switch {
	case v.hidden[at] && t.NonNull && def == nil:
		return federation.Errors{{
			Code: federation.RequiredInaccessible, Message: fmt.Sprintf("%s is required, and the contract hides it", at),
			Help: "give it a default, or hide the field that it belongs to as well", Places: place(t.Position),
		}}
	case v.hidden[at]:
		return nil
	case v.hidden[t.Name()]:
		return federation.Errors{v.reference(at, t.Name(), t.Position)}
	default:
		return v.checkDefault(at, t, def)
	}
}

func (v *view) reference(at, typeName string, position *ast.Position) *federation.Error {
	return &federation.Error{
		Code:    federation.ReferencedInaccessible,
		Message: fmt.Sprintf("%s is in the contract, and its type %s is not", at, typeName),
		Help:    fmt.Sprintf("tag %s (or its fields) as %s is tagged, or take %s out of the contract", typeName, at, at), Places: place(position),
	}
}

// checkDefault finds hidden enum values and input fields in a default.
func (v *view) checkDefault(at string, t *ast.Type, value *ast.Value) federation.Errors {
	if value == nil {
		return nil
	}
	var errs federation.Errors
	uses := func(coordinate string) {
		if v.hidden[coordinate] {
			errs = append(errs, &federation.Error{
				Code: federation.DefaultValueUsesInaccessible, Message: fmt.Sprintf("the default of %s uses %s, which the contract hides", at, coordinate),
				Help: "choose another default", Places: place(value.Position),
			})
		}
	}
	switch value.Kind {
	case ast.EnumValue:
		uses(t.Name() + "." + value.Raw)
	case ast.ListValue:
		for _, item := range value.Children {
			errs = append(errs, v.checkDefault(at, t, item.Value)...)
		}
	case ast.ObjectValue:
		def := v.byName[t.Name()]
		for _, child := range value.Children {
			uses(t.Name() + "." + child.Name)
			if def != nil && def.Fields.ForName(child.Name) != nil {
				errs = append(errs, v.checkDefault(at, def.Fields.ForName(child.Name).Type, child.Value)...)
			}
		}
	}
	return errs
}

// checkImplements finds fields that a visible interface has and this type hides.
func (v *view) checkImplements(def *ast.Definition) federation.Errors {
	var errs federation.Errors
	for _, name := range def.Interfaces {
		if v.hidden[name] || v.byName[name] == nil {
			continue
		}
		for _, f := range v.byName[name].Fields {
			at := def.Name + "." + f.Name
			own := def.Fields.ForName(f.Name)
			if own == nil || v.hidden[name+"."+f.Name] || !v.hidden[at] && !v.hidesArgument(at, name, f) {
				continue
			}
			errs = append(errs, &federation.Error{
				Code:    federation.ImplementedByInaccessible,
				Message: fmt.Sprintf("%s.%s is in the contract, and %s, which implements it, is not", name, f.Name, at),
				Help:    "hide both, or neither", Places: place(own.Position),
			})
		}
	}
	return errs
}

func (v *view) hidesArgument(at, interfaceName string, f *ast.FieldDefinition) bool {
	return slices.ContainsFunc(f.Arguments, func(a *ast.ArgumentDefinition) bool {
		return !v.hidden[interfaceName+"."+f.Name+"("+a.Name+":)"] && v.hidden[at+"("+a.Name+":)"]
	})
}

func place(at *ast.Position) []federation.Place {
	if at == nil {
		return nil
	}
	return []federation.Place{{Position: at}}
}
