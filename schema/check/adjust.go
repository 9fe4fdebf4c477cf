package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Adjustment is a rule of GraphQL Inspector's that changes how changes are
// classed, for those who ask for it.
type Adjustment struct {
	Name string
	// Doc says what it does.
	Doc   string
	apply func(changes []Change, old *ast.Schema) []Change
}

// IgnoreUsages names the adjustment for sides that do not tell which directives
// stand on their elements.
const IgnoreUsages = "ignore-usage-directives"

// Adjustments are all of them.
var Adjustments = []Adjustment{
	{"suppress-removal-of-deprecated-field", "What was deprecated before it was removed is dangerous, not breaking.", suppressRemovalOfDeprecated},
	{"ignore-description-changes", "Changes of descriptions are not listed.", ignoreDescriptions},
	{IgnoreUsages, "Directives that were added to or taken from elements are not listed.", ignoreUsages},
	{"safe-unreachable", "Breaking changes of types that no operation could reach are safe.", safeUnreachable},
	{"dangerous-breaking", "Dangerous changes are breaking.", dangerousBreaking},
}

// Adjust applies the named adjustments, in the order of the list above, and then
// the classes that were set for single kinds. old is the schema that the changes
// start from.
func Adjust(changes []Change, old *ast.Schema, names []string, classes map[Kind]Class) ([]Change, error) {
	for _, name := range names {
		if !slices.ContainsFunc(Adjustments, func(a Adjustment) bool { return a.Name == name }) {
			return nil, fmt.Errorf("there is no rule %q; choose from %s", name, strings.Join(adjustmentNames(), ", "))
		}
	}
	changes = slices.Clone(changes)
	for _, a := range Adjustments {
		if slices.Contains(names, a.Name) {
			changes = a.apply(changes, old)
		}
	}
	for i := range changes {
		if class, ok := classes[changes[i].Kind]; ok {
			changes[i].reclass(class, "this project's settings class the kind so")
		}
	}
	return changes, nil
}

func adjustmentNames() []string {
	out := make([]string, len(Adjustments))
	for i, a := range Adjustments {
		out[i] = a.Name
	}
	return out
}

func (c *Change) reclass(to Class, why string) {
	if to == Safe {
		c.Why = ""
	} else if c.Why == "" {
		c.Why = why
	}
	c.Class = to
}

func suppressRemovalOfDeprecated(changes []Change, _ *ast.Schema) []Change {
	for i := range changes {
		if c := &changes[i]; c.Class == Breaking && c.Deprecated {
			c.reclass(Dangerous, "")
		}
	}
	return changes
}

func ignoreDescriptions(changes []Change, _ *ast.Schema) []Change {
	return slices.DeleteFunc(changes, func(c Change) bool { return strings.Contains(string(c.Kind), "_DESCRIPTION_") })
}

func ignoreUsages(changes []Change, _ *ast.Schema) []Change {
	return slices.DeleteFunc(changes, func(c Change) bool {
		return strings.HasPrefix(string(c.Kind), "DIRECTIVE_USAGE_") && !strings.HasPrefix(c.Detail, "@oneOf")
	})
}

func safeUnreachable(changes []Change, old *ast.Schema) []Change {
	reachable := reachableTypes(old)
	for i := range changes {
		c := &changes[i]
		name, _, _ := strings.Cut(c.Coordinate, ".")
		if c.Class == Breaking && old.Types[name] != nil && !reachable[name] {
			c.reclass(Safe, "")
		}
	}
	return changes
}

func dangerousBreaking(changes []Change, _ *ast.Schema) []Change {
	for i := range changes {
		if changes[i].Class == Dangerous {
			changes[i].reclass(Breaking, "")
		}
	}
	return changes
}

// reachableTypes are the types that operations can name: those that fields and
// arguments lead to from the roots, and the interfaces and unions of objects
// among them.
func reachableTypes(s *ast.Schema) map[string]bool {
	seen := map[string]bool{}
	var open []string
	visit := func(name string) {
		if s.Types[name] != nil && !seen[name] {
			seen[name] = true
			open = append(open, name)
		}
	}
	implementations := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(s.Types)) {
		def := s.Types[name]
		for _, i := range def.Interfaces {
			implementations[i] = append(implementations[i], name)
		}
		for _, member := range def.Types { // from a member to its union
			implementations["|"+member] = append(implementations["|"+member], name)
		}
	}
	for _, root := range []*ast.Definition{s.Query, s.Mutation, s.Subscription} {
		if root != nil {
			visit(root.Name)
		}
	}
	for len(open) > 0 {
		def := s.Types[open[0]]
		open = open[1:]
		for _, name := range slices.Concat(def.Interfaces, def.Types, implementations[def.Name], implementations["|"+def.Name]) {
			visit(name)
		}
		for _, f := range def.Fields {
			visit(f.Type.Name())
			for _, arg := range f.Arguments {
				visit(arg.Type.Name())
			}
		}
	}
	return seen
}
