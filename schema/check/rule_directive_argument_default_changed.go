package check

import "fmt"

var directiveArgumentDefaultChanged = rule[directiveArgumentPair]{
	kind: "DIRECTIVE_ARGUMENT_DEFAULT_VALUE_CHANGED",
	doc: `An argument of a directive has another default value, which is dangerous. A non-null argument that loses its default becomes ` +
		`required, which is breaking where operations can use the directive.`,
	find: func(d *differ, p directiveArgumentPair) *finding {
		if p.old == nil || p.new == nil {
			return nil
		}
		f := defaultChange(d, inputValue{p.old.Type, p.old.DefaultValue}, inputValue{p.new.Type, p.new.DefaultValue})
		if f != nil {
			f.message = fmt.Sprintf("default of argument %s changed from %s", p.coordinate, f.message)
			f.uses = []string{p.directive.coordinate}
			f.onlyInSchemas(p.directive.old.Locations)
		}
		return f
	},
}
