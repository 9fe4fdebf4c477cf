package validate

var uniqueFragmentNames = &Rule{
	Name:    "UniqueFragmentNames",
	Section: "5.5.1.1 Fragment Name Uniqueness",
	fragment: func(v *validator, d *definition) {
		if first := v.byName[d.fragment.Name]; first != d {
			v.report(at(first.fragment.Position, d.fragment.Position), "There can be only one fragment named %q.", d.fragment.Name)
		}
	},
}
