package validate

var possibleFragmentSpreads = &Rule{
	Name:    "PossibleFragmentSpreads",
	Section: "5.5.2.3 Fragment Spread Is Possible",
	spread: func(v *validator, s *spread) {
		on := v.schema.Type(s.on)
		if s.parent == nil || !s.parent.IsCompositeType() || on == nil || !on.IsCompositeType() {
			return
		}
		if on == s.parent || on.Overlaps(s.parent) {
			return
		}
		fragment := "Fragment"
		if s.name != "" {
			fragment += ` "` + s.name + `"`
		}
		v.report(at(s.position), "%s cannot be spread here as objects of type %q can never be of type %q.", fragment, s.parent.Name, on.Name)
	},
}
