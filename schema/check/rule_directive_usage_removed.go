package check

import "fmt"

var directiveUsageRemoved = rule[usagePair]{
	kind: "DIRECTIVE_USAGE_*_REMOVED",
	doc: `A directive is no longer applied to an element. Operations stay valid, but the server may behave otherwise: dangerous. ` +
		`Without @oneOf an input object allows more: safe.`,
	find: func(_ *differ, p usagePair) *finding {
		if p.new != nil {
			return nil
		}
		f := &finding{
			class: Dangerous, kind: Kind("DIRECTIVE_USAGE_" + p.on + "_REMOVED"),
			message: fmt.Sprintf("%s was removed from %s", p.detail, named(p.coordinate)), why: "the server may behave otherwise",
		}
		if p.detail == "@oneOf" {
			f.class = Safe
		}
		return f
	},
}

func named(coordinate string) string {
	if coordinate == "" {
		return "the schema"
	}
	return coordinate
}
