package validate

var noUnusedFragments = &Rule{
	Name:    "NoUnusedFragments",
	Section: "5.5.1.4 Fragments Must Be Used",
	document: func(v *validator) {
		used := map[*definition]bool{}
		for _, d := range v.operations {
			v.reach(d, used)
		}
		for _, d := range v.fragments {
			// A second fragment of the same name has its own error.
			if !used[d] && v.byName[d.fragment.Name] == d {
				v.report(at(d.fragment.Position), "Fragment %q is never used.", d.fragment.Name)
			}
		}
	},
}

// reach adds d and all fragments that it spreads, directly or not, to seen and
// returns those that were not in it before.
func (v *validator) reach(d *definition, seen map[*definition]bool) []*definition {
	if seen[d] {
		return nil
	}
	seen[d] = true
	reached := []*definition{d}
	for i := 0; i < len(reached); i++ {
		for _, s := range reached[i].spreads {
			if f := v.byName[s.Name]; f != nil && !seen[f] {
				seen[f] = true
				reached = append(reached, f)
			}
		}
	}
	return reached
}
