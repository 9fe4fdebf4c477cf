package introspect

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
)

// TestEverythingIsTold reads the answer to the standard introspection query back
// and compares what it says with the schema, line by line.
func TestEverythingIsTold(t *testing.T) {
	for name, api := range schemas(t) {
		t.Run(name, func(t *testing.T) {
			text, errs := answer(t, api, Options{}, standardQuery, "")
			if errs != nil {
				t.Fatal(errs)
			}
			var told toldSchema
			if err := json.Unmarshal([]byte(strings.TrimPrefix(text, "__schema: ")), &told); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(schemaLines(api), told.lines()); diff != "" {
				t.Errorf("-schema +introspection:\n%s", diff)
			}
		})
	}
}

type toldSchema struct {
	Description                               string
	QueryType, MutationType, SubscriptionType *toldType
	Types                                     []toldType
	Directives                                []struct {
		Name, Description string
		IsRepeatable      bool
		Locations         []string
		Args              []told
	}
}

type toldType struct {
	Kind, Name, Description, SpecifiedByURL string
	IsOneOf                                 *bool
	Fields, InputFields, EnumValues         []told
	Interfaces, PossibleTypes               []toldType
	OfType                                  *toldType
}

// told is a field, argument, input field or enum value.
type told struct {
	Name, Description string
	Type              *toldType
	Args              []told
	DefaultValue      *string
	IsDeprecated      bool
	DeprecationReason *string
}

func (t *toldType) String() string {
	switch {
	case t == nil:
		return "none"
	case t.Kind == "NON_NULL":
		return t.OfType.String() + "!"
	case t.Kind == "LIST":
		return "[" + t.OfType.String() + "]"
	}
	return t.Name
}

func line(path, description, typ string, defaultValue, deprecated *string) string {
	out := fmt.Sprintf("%s: %s %q", path, typ, description)
	if defaultValue != nil {
		out += " = " + *defaultValue
	}
	if deprecated != nil {
		out += " deprecated " + *deprecated
	}
	return out
}

func (s toldSchema) lines() []string {
	out := []string{fmt.Sprintf("schema %s %s %s %q", s.QueryType, s.MutationType, s.SubscriptionType, s.Description)}
	members := func(path string, all []told) {
		for _, m := range all {
			if m.IsDeprecated != (m.DeprecationReason != nil) {
				out = append(out, path+"."+m.Name+" is half deprecated")
			}
			out = append(out, line(path+"."+m.Name, m.Description, m.Type.String(), m.DefaultValue, m.DeprecationReason))
			for _, arg := range m.Args {
				out = append(out, line(path+"."+m.Name+"."+arg.Name, arg.Description, arg.Type.String(), arg.DefaultValue, arg.DeprecationReason))
			}
		}
	}
	for _, t := range s.Types {
		out = append(out, fmt.Sprintf("%s %s %q %q oneOf %v", t.Kind, t.Name, t.Description, t.SpecifiedByURL, t.IsOneOf != nil && *t.IsOneOf))
		members(t.Name, slices.Concat(t.Fields, t.InputFields, t.EnumValues))
		for _, i := range t.Interfaces {
			out = append(out, t.Name+" implements "+i.Name)
		}
		for _, p := range t.PossibleTypes {
			out = append(out, t.Name+" may be "+p.Name)
		}
	}
	for _, d := range s.Directives {
		out = append(out, fmt.Sprintf("@%s %q repeatable %v on %s", d.Name, d.Description, d.IsRepeatable, strings.Join(d.Locations, " ")))
		members("@"+d.Name, d.Args)
	}
	slices.Sort(out)
	return out
}

func schemaLines(api *ast.Schema) []string {
	root := func(def *ast.Definition) string {
		if def == nil {
			return "none"
		}
		return def.Name
	}
	out := []string{fmt.Sprintf("schema %s %s %s %q", root(api.Query), root(api.Mutation), root(api.Subscription), api.Description)}
	arguments := func(path string, args ast.ArgumentDefinitionList) {
		for _, a := range args {
			out = append(out, line(path+"."+a.Name, a.Description, a.Type.String(), defaultText(a.DefaultValue), reason(a.Directives)))
		}
	}
	for _, def := range api.Types {
		if isOptionalScalar(def.Name) && !usedScalars(api)[def.Name] {
			continue
		}
		out = append(out, fmt.Sprintf("%s %s %q %q oneOf %v", def.Kind, def.Name, def.Description, directiveString(def.Directives, "specifiedBy", "url"), def.Directives.ForName("oneOf") != nil))
		for _, f := range def.Fields {
			if !strings.HasPrefix(f.Name, "__") {
				out = append(out, line(def.Name+"."+f.Name, f.Description, f.Type.String(), defaultText(f.DefaultValue), reason(f.Directives)))
				arguments(def.Name+"."+f.Name, f.Arguments)
			}
		}
		for _, v := range def.EnumValues {
			out = append(out, line(def.Name+"."+v.Name, v.Description, "none", nil, reason(v.Directives)))
		}
		for _, i := range def.Interfaces {
			out = append(out, def.Name+" implements "+i)
		}
		if def.IsAbstractType() {
			for _, p := range objects(api.GetPossibleTypes(def)) {
				out = append(out, def.Name+" may be "+p.Name)
			}
		}
	}
	for _, d := range api.Directives {
		var locations []string
		for _, l := range d.Locations {
			locations = append(locations, string(l))
		}
		out = append(out, fmt.Sprintf("@%s %q repeatable %v on %s", d.Name, d.Description, d.IsRepeatable, strings.Join(locations, " ")))
		arguments("@"+d.Name, d.Arguments)
	}
	slices.Sort(out)
	return out
}

func defaultText(v *ast.Value) *string {
	if v == nil {
		return nil
	}
	text := strings.NewReplacer(",", ", ", ":", ": ").Replace(v.String())
	return &text
}

func reason(directives ast.DirectiveList) *string {
	d := directives.ForName("deprecated")
	if d == nil {
		return nil
	}
	text := directiveString(directives, "deprecated", "reason")
	if d.Arguments.ForName("reason") == nil {
		text = "No longer supported"
	}
	return &text
}
