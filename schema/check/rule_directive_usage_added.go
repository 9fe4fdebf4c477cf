package check

import "fmt"

var directiveUsageAdded = rule[usagePair]{
	kind: "DIRECTIVE_USAGE_*_ADDED",
	doc: `A directive is newly applied to an element. Operations stay valid, but the server may behave otherwise: dangerous. ` +
		`With @oneOf an input object demands that exactly one field is sent: breaking.`,
	find: func(_ *differ, p usagePair) *finding {
		if p.old != nil {
			return nil
		}
		f := &finding{
			class: Dangerous, kind: Kind("DIRECTIVE_USAGE_" + p.on + "_ADDED"),
			message: fmt.Sprintf("%s was added to %s", p.detail, named(p.coordinate)), why: "the server may behave otherwise",
		}
		if p.detail == "@oneOf" {
			f.class, f.why = Breaking, "operations that send another number of fields than one fail"
			f.uses = []string{p.coordinate + ".*"}
		}
		return f
	},
}
