package validate

var knownOperationTypes = &Rule{
	Name:    "KnownOperationTypes",
	Section: "5.2.1.1 Operation Type Existence",
	operation: func(v *validator, d *definition) {
		if d.on == nil {
			v.report(at(d.operation.Position), "The %s operation is not supported by the schema.", d.operation.Operation)
		}
	},
}
