package validate

// maxTypeLists is how many lists of types an introspection may nest; the
// standard introspection query nests one, documentation tools two.
const maxTypeLists = 2

// Types refer to each other, so each nested list multiplies the answer by the
// schema's width: a short query could ask for gigabytes.
var maxIntrospectionDepth = &Rule{
	Name:    "MaxIntrospectionDepth",
	Section: "not in the specification; graphql-js recommends it",
	document: func(v *validator) {
		c := introspectionDepth{validator: v, seen: map[introspected]bool{}}
		for _, d := range v.operations {
			for _, f := range v.flatten([]*selectionSet{d.set}).fields {
				if (f.Name == "__schema" || f.Name == "__type") && f.set != nil && c.tooDeep(f.set, 0) {
					v.report(at(f.Position), "Maximum introspection depth exceeded.")
				}
			}
		}
	},
}

// introspectionDepth remembers what it found not too deep, so that every
// selection set is entered at most once per depth.
type introspectionDepth struct {
	*validator
	seen map[introspected]bool
}

type introspected struct {
	set   *selectionSet
	lists int
}

func (c *introspectionDepth) tooDeep(set *selectionSet, lists int) bool {
	if c.seen[introspected{set, lists}] {
		return false
	}
	c.seen[introspected{set, lists}] = true
	for _, f := range set.fields {
		within := lists
		switch f.Name {
		case "fields", "interfaces", "possibleTypes", "inputFields":
			within++
		}
		if within > maxTypeLists || f.set != nil && c.tooDeep(f.set, within) {
			return true
		}
	}
	for _, d := range set.targets {
		if c.tooDeep(d.set, lists) {
			return true
		}
	}
	return false
}
