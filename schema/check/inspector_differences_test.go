package check_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// comparable drops what only details another change: what is in an element that
// was added, and the @deprecated that Inspector reports a second time, as a
// directive.
func comparable(changes []theirChange) []theirChange {
	var added []string
	for _, c := range changes {
		switch c.Type {
		case "TYPE_ADDED", "FIELD_ADDED", "INPUT_FIELD_ADDED", "ENUM_VALUE_ADDED", "FIELD_ARGUMENT_ADDED", "DIRECTIVE_ADDED":
			added = append(added, c.Path)
		}
		if strings.HasPrefix(c.Type, "DIRECTIVE_USAGE_") && strings.HasSuffix(c.Type, "_ADDED") && c.Type != "DIRECTIVE_USAGE_ARGUMENT_ADDED" {
			added = append(added, c.Path)
		}
	}
	return slices.DeleteFunc(changes, func(c theirChange) bool {
		for _, path := range added {
			if inAdded(c, path) && c.Level == "NON_BREAKING" {
				return true
			}
		}
		return strings.Contains(c.Path, "@deprecated") && strings.HasPrefix(c.Type, "DIRECTIVE_USAGE_")
	})
}

func inAdded(c theirChange, path string) bool {
	if strings.HasPrefix(c.Path, path+".") {
		return true
	}
	// Some details have the path of the element itself.
	return c.Path == path && regexp.MustCompile(`_DESCRIPTION_|^DIRECTIVE_(LOCATION|REPEATABLE|ARGUMENT)_ADDED|UNION_MEMBER_ADDED|INTERFACE_ADDED`).MatchString(c.Type)
}

// difference is a place where we differ from Inspector on purpose. The reasons
// are in testdata/inspector/differences.md, under the same name.
type difference struct {
	name string
	// allow takes away what the difference explains.
	allow func(ours, theirs []theirChange, old, new *ast.Schema) (_, _ []theirChange)
}

// levels allows another level for the same change.
func levels(name, kinds, theirLevel, ourLevel string, holds func(path []string, old, new *ast.Schema) bool) difference {
	pattern := regexp.MustCompile("^(" + kinds + ")$")
	return difference{name, func(ours, theirs []theirChange, old, new *ast.Schema) (_, _ []theirChange) {
		for _, c := range slices.Clone(ours) {
			same := theirChange{c.Type, theirLevel, c.Path}
			if c.Level == ourLevel && pattern.MatchString(c.Type) && slices.Contains(theirs, same) && holds(strings.Split(c.Path, "."), old, new) {
				ours, theirs = subtract(ours, []theirChange{c}), subtract(theirs, []theirChange{same})
			}
		}
		return ours, theirs
	}}
}

var differences = []difference{
	levels("values of enums that clients only send", "ENUM_VALUE_ADDED", "DANGEROUS", "NON_BREAKING",
		func(path []string, _, new *ast.Schema) bool { return onlySent(new, path[0]) }),
	levels("defaults that made a value optional", "FIELD_ARGUMENT_DEFAULT_CHANGED|INPUT_FIELD_DEFAULT_VALUE_CHANGED|DIRECTIVE_ARGUMENT_DEFAULT_VALUE_CHANGED", "DANGEROUS", "BREAKING",
		func(path []string, old, new *ast.Schema) bool {
			a, b := inputAt(old, path), inputAt(new, path)
			return a.def != nil && b.def == nil && a.typ.NonNull && b.typ.NonNull
		}),
	levels("arguments of directives that have a default", "DIRECTIVE_ARGUMENT_ADDED", "BREAKING", "NON_BREAKING",
		func(path []string, _, new *ast.Schema) bool {
			return slices.ContainsFunc(new.Directives[path[0][1:]].Arguments, func(a *ast.ArgumentDefinition) bool { return a.DefaultValue != nil })
		}),
	levels("directives that only schemas use", "DIRECTIVE_(REMOVED|LOCATION_REMOVED|ARGUMENT_REMOVED|ARGUMENT_ADDED|ARGUMENT_TYPE_CHANGED)", "BREAKING", "DANGEROUS",
		func(path []string, old, new *ast.Schema) bool {
			d := old.Directives[path[0][1:]]
			return !slices.ContainsFunc(d.Locations, inOperations) || len(path) == 1 && removedInSchemas(d, new.Directives[d.Name])
		}),
	levels("directives that may no longer be repeated", "DIRECTIVE_REPEATABLE_REMOVED", "DANGEROUS", "BREAKING",
		func(path []string, old, _ *ast.Schema) bool {
			return slices.ContainsFunc(old.Directives[path[0][1:]].Locations, inOperations)
		}),
	{"enum values that were deprecated without a reason", func(ours, theirs []theirChange, _, _ *ast.Schema) (_, _ []theirChange) {
		for _, c := range slices.Clone(ours) {
			same := theirChange{"ENUM_VALUE_DEPRECATION_REASON_ADDED", c.Level, c.Path + ".@deprecated"}
			if c.Type == "ENUM_VALUE_DEPRECATION_REASON_REMOVED" && slices.Contains(theirs, same) {
				ours, theirs = subtract(ours, []theirChange{c}), subtract(theirs, []theirChange{same})
			}
		}
		return ours, theirs
	}},
	{"directives of the schema and of its extension", func(ours, theirs []theirChange, _, _ *ast.Schema) (_, _ []theirChange) {
		ofSchema := func(c theirChange) bool { return strings.HasPrefix(c.Path, ".@") }
		moved := func(c theirChange) bool {
			return c.Type == "DIRECTIVE_USAGE_SCHEMA_ADDED" || c.Type == "DIRECTIVE_USAGE_SCHEMA_REMOVED"
		}
		if slices.ContainsFunc(theirs, moved) {
			return slices.DeleteFunc(ours, ofSchema), slices.DeleteFunc(theirs, ofSchema)
		}
		return ours, theirs
	}},
	{"deprecated arguments and input fields", func(ours, theirs []theirChange, _, _ *ast.Schema) (_, _ []theirChange) {
		return slices.DeleteFunc(ours, func(c theirChange) bool {
			return regexp.MustCompile(`^(FIELD_ARGUMENT|INPUT_FIELD)_DEPRECATION_`).MatchString(c.Type) && c.Level == "NON_BREAKING"
		}), theirs
	}},
}

func inOperations(l ast.DirectiveLocation) bool {
	return regexp.MustCompile(`^(QUERY|MUTATION|SUBSCRIPTION|FIELD|FRAGMENT_DEFINITION|FRAGMENT_SPREAD|INLINE_FRAGMENT|VARIABLE_DEFINITION)$`).MatchString(string(l))
}

func removedInSchemas(old, new *ast.DirectiveDefinition) bool {
	return new != nil && slices.ContainsFunc(old.Locations, func(l ast.DirectiveLocation) bool {
		return !inOperations(l) && !slices.Contains(new.Locations, l)
	})
}

func onlySent(s *ast.Schema, enum string) bool {
	sent := false
	for _, def := range s.Types {
		for _, f := range def.Fields {
			if f.Type.Name() == enum {
				if def.Kind != ast.InputObject {
					return false
				}
				sent = true
			}
			sent = sent || slices.ContainsFunc(f.Arguments, func(a *ast.ArgumentDefinition) bool { return a.Type.Name() == enum })
		}
	}
	return sent
}

type typedDefault struct {
	typ *ast.Type
	def *ast.Value
}

func inputAt(s *ast.Schema, path []string) typedDefault {
	if name, ok := strings.CutPrefix(path[0], "@"); ok {
		a := s.Directives[name].Arguments.ForName(path[1])
		return typedDefault{a.Type, a.DefaultValue}
	}
	f := s.Types[path[0]].Fields.ForName(path[1])
	if len(path) == 2 {
		return typedDefault{f.Type, f.DefaultValue}
	}
	a := f.Arguments.ForName(path[2])
	return typedDefault{a.Type, a.DefaultValue}
}

// TestDifferencesAreExplained: the list above and the page have the same names.
func TestDifferencesAreExplained(t *testing.T) {
	page, err := os.ReadFile("testdata/inspector/differences.md")
	if err != nil {
		t.Fatal(err)
	}
	var explained, listed []string
	for _, heading := range regexp.MustCompile(`(?m)^## (.*)$`).FindAllStringSubmatch(string(page), -1) {
		explained = append(explained, strings.ToLower(heading[1][:1])+heading[1][1:])
	}
	for _, d := range differences {
		listed = append(listed, d.name)
	}
	slices.Sort(explained)
	slices.Sort(listed)
	if !slices.Equal(explained, listed) {
		t.Errorf("explained are %q, listed are %q", explained, listed)
	}
}
