package validate

var loneAnonymousOperation = &Rule{
	Name:    "LoneAnonymousOperation",
	Section: "5.2.3.1 Lone Anonymous Operation",
	document: func(v *validator) {
		for _, d := range v.operations {
			if d.operation.Name == "" && len(v.operations) > 1 {
				v.report(at(d.operation.Position), "This anonymous operation must be the only defined operation.")
			}
		}
	},
}
