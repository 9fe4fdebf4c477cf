package validate

var scalarLeafs = &Rule{
	Name:    "ScalarLeafs",
	Section: "5.3.3 Leaf Field Selections",
	field: func(v *validator, f *field) {
		switch {
		case f.named == nil:
		case f.named.IsLeafType() && f.set != nil:
			v.report(at(f.Position), "Field %q must not have a selection since type %q has no subfields.", f.Name, f.def.Type.String())
		case f.named.IsCompositeType() && f.set == nil:
			v.report(at(f.Position), "Field %q of type %q must have a selection of subfields. Did you mean \"%s { ... }\"?", f.Name, f.def.Type.String(), f.Name)
		}
	},
}
