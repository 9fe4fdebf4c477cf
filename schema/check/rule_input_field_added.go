package check

import "fmt"

var inputFieldAdded = rule[inputPair]{
	kind: "INPUT_FIELD_ADDED",
	doc: `An input object has one more field. A required one (non-null, no default) is breaking, since no client sends it yet. ` +
		`An optional one is safe; with a default value it is dangerous, since what clients sent until now has a new meaning.`,
	find: func(_ *differ, p inputPair) *finding {
		f := &finding{class: Safe, uses: []string{p.typ.coordinate + ".*"}}
		switch {
		case p.old != nil:
			return nil
		case p.new.DefaultValue != nil:
			f.class, f.why = Dangerous, "objects without the field have a new meaning"
		case p.new.Type.NonNull:
			f.class, f.why = Breaking, "operations that send the object without the field fail"
		}
		f.message = fmt.Sprintf("%sinput field %s: %s%s was added", required(f.class), p.coordinate, p.new.Type, withDefault(p.new.DefaultValue))
		return f
	},
}

func required(c Class) string {
	if c == Breaking {
		return "required "
	}
	return ""
}
