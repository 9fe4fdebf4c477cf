package lint

// Rules lists every rule, by subject; the order has no other meaning.
var Rules = []Rule{
	// Names.
	typeNames, fieldNames, argumentNames, inputFieldNames, enumValueNames, inputSuffix, redundantAffixes, queryVerbs,
	// Descriptions.
	typeDescription, fieldDescription, argumentDescription, enumValueDescription, deprecationReason,
	// Lists.
	connectionShape, connectionArguments, boundedLists,
	// Across subgraphs.
	nullabilityAcrossSubgraphs, nonNullAcrossSubgraphs, keyNullability, unreachableTypes, batchedEntities,
}
