package validate

var providedRequiredArguments = &Rule{
	Name:    "ProvidedRequiredArguments",
	Section: "5.4.3 Required Arguments",
	arguments: func(v *validator, a *arguments) {
		for _, def := range a.defs {
			if !def.Type.NonNull || def.DefaultValue != nil || a.given.ForName(def.Name) != nil {
				continue
			}
			if a.field != nil {
				v.report(at(a.field.Position), "Field %q argument %q of type %q is required, but it was not provided.", a.field.Name, def.Name, def.Type.String())
			} else {
				v.report(at(a.directive.Position), "Directive \"@%s\" argument %q of type %q is required, but it was not provided.", a.directive.Name, def.Name, def.Type.String())
			}
		}
	},
}
