package check

import "fmt"

var argumentAdded = rule[argumentPair]{
	kind: "FIELD_ARGUMENT_ADDED",
	doc: `A field takes one more argument. A required one (non-null, no default) is breaking, since no operation gives it yet. ` +
		`An optional one is dangerous: the field may answer otherwise when it is not given, by a default that filters, say.`,
	find: func(_ *differ, p argumentPair) *finding {
		switch {
		case p.old != nil:
			return nil
		case p.new.Type.NonNull && p.new.DefaultValue == nil:
			return &finding{
				class: Breaking, message: fmt.Sprintf("required argument %s %s was added", p.coordinate, p.new.Type),
				why: "operations that select the field without the argument fail", uses: []string{p.field.coordinate},
			}
		default:
			return &finding{
				class: Dangerous, message: fmt.Sprintf("optional argument %s %s%s was added", p.coordinate, p.new.Type, withDefault(p.new.DefaultValue)),
				why: "the field may answer otherwise where the argument is not given", uses: []string{p.field.coordinate},
			}
		}
	},
}
