package check

import "fmt"

var deprecationReasonChanged = rule[deprecationPair]{
	kind: "*_DEPRECATION_REASON_CHANGED",
	also: []Kind{"*_DEPRECATION_REASON_ADDED", "*_DEPRECATION_REASON_REMOVED"},
	doc:  `The reason of a deprecation changed: safe. A reason that was given for the first time, or is no longer given, ends in _ADDED or _REMOVED.`,
	find: func(_ *differ, p deprecationPair) *finding {
		if p.old == nil || p.new == nil || *p.old == *p.new {
			return nil
		}
		f := &finding{
			class: Safe, kind: Kind(p.of + "_DEPRECATION_REASON_CHANGED"),
			message: fmt.Sprintf("the reason why %s is deprecated changed from %q to %q", p.coordinate, *p.old, *p.new),
		}
		switch noReason {
		case *p.old:
			f.kind = Kind(p.of + "_DEPRECATION_REASON_ADDED")
		case *p.new:
			f.kind = Kind(p.of + "_DEPRECATION_REASON_REMOVED")
		}
		return f
	},
}
