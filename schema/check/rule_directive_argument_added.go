package check

import "fmt"

var directiveArgumentAdded = rule[directiveArgumentPair]{
	kind: "DIRECTIVE_ARGUMENT_ADDED",
	doc: `A directive takes one more argument. A required one (non-null, no default) is breaking where operations can use the directive ` +
		`and dangerous where only schemas can; an optional one is safe.`,
	find: func(_ *differ, p directiveArgumentPair) *finding {
		f := &finding{class: Safe, uses: []string{p.directive.coordinate}}
		if p.old != nil {
			return nil
		}
		if p.new.Type.NonNull && p.new.DefaultValue == nil {
			f.class, f.why = Breaking, "operations that use the directive without the argument fail"
		}
		f.message = fmt.Sprintf("%sargument %s %s%s was added", required(f.class), p.coordinate, p.new.Type, withDefault(p.new.DefaultValue))
		f.onlyInSchemas(p.directive.new.Locations)
		return f
	},
}
