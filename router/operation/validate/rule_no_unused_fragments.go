package validate

var noUnusedFragments = &Rule{
	Name:    "NoUnusedFragments",
	Section: "5.5.1.4 Fragments Must Be Used",
	document: func(v *validator) {
		for _, d := range v.unused() {
			v.report(at(d.fragment.Position), "Fragment %q is never used.", d.fragment.Name)
		}
	},
}

// unused are the fragments that no operation reaches. A second fragment of the
// same name has its own error.
func (v *validator) unused() []*definition {
	v.reach(v.operations...)
	var unused []*definition
	for _, d := range v.fragments {
		if d.mark != v.mark && v.byName[d.fragment.Name] == d {
			unused = append(unused, d)
		}
	}
	return unused
}

// reach returns the given definitions and all fragments that they spread, directly
// or not, and marks them with v.mark. The result is valid until the next call.
func (v *validator) reach(from ...*definition) []*definition {
	v.mark++
	v.reached = v.reached[:0]
	for _, d := range from {
		v.add(d)
	}
	for i := 0; i < len(v.reached); i++ {
		for _, target := range v.reached[i].targets {
			v.add(target)
		}
	}
	return v.reached
}

func (v *validator) add(d *definition) {
	if d.mark != v.mark {
		d.mark = v.mark
		v.reached = append(v.reached, d)
	}
}
