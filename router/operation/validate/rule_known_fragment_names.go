package validate

var knownFragmentNames = &Rule{
	Name:    "KnownFragmentNames",
	Section: "5.5.2.1 Fragment Spread Target Defined",
	spread: func(v *validator, s *spread) {
		if s.name != "" && v.byName[s.name] == nil {
			v.report(at(s.position), "Unknown fragment %q.", s.name)
		}
	},
}
