package validate

var fragmentsOnCompositeTypes = &Rule{
	Name:    "FragmentsOnCompositeTypes",
	Section: "5.5.1.3 Fragments on Object, Interface or Union Types",
	fragment: func(v *validator, d *definition) {
		if d.on != nil && !d.on.IsCompositeType() {
			v.report(at(d.fragment.Position), "Fragment %q cannot condition on non composite type %q.", d.fragment.Name, d.on.Name)
		}
	},
	spread: func(v *validator, s *spread) {
		if on := v.schema.Type(s.on); s.name == "" && on != nil && !on.IsCompositeType() {
			v.report(at(s.position), "Fragment cannot condition on non composite type %q.", on.Name)
		}
	},
}
