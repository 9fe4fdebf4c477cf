// Package operation turns what a client sends (a GraphQL document, perhaps an
// operation name, variables) into an Operation: the one form that planning,
// response shaping, introspection and cost analysis read.
//
//	text ──Parse──► Document ──Operation(name)──► Definition ──┐
//	       parse      all operations, valid        one of them │
//	       validate                                            │
//	                                             variables ──Coerce──► Variables
//	                                                           │           │
//	                                                           │          Key
//	                                                           ▼           ▼
//	                                                       Normalize(conditions)
//	                                                           │
//	                                                           ▼
//	                                                       Operation
//
// What is done how often:
//
//   - Parse once per text. A Document is immutable; cache it by its text.
//   - Operation, Coerce and Key on every request. They neither parse nor allocate
//     for the document, only for the variables.
//   - Normalize once per Key. A Key is a Definition together with the values of
//     the boolean variables that its @skip and @include read: conditions are
//     resolved before planning, so plans know none. Cache plans by Key.
//
// The packages below: apischema indexes the API schema, validate holds the
// specification's validation rules, one per file, jsontext reads and writes JSON
// without decoding it, operationtest draws random requests for property tests.
//
// # The model
//
//	Operation
//	├── Kind, Name, RootType, Variables
//	└── Root SelectionSet ── the client's order; at the root only *Field
//	    ├── *Field           ResponseName: Name(Arguments) Selections
//	    └── *InlineFragment  only where ParentType is an interface or union,
//	                         and only conditions that narrow it
//
// A normalised operation has no named fragments, no @skip or @include, no field
// twice under the same condition, no fragment that cannot match or that says
// nothing. Its text form is GraphQL again and normalises to itself.
//
// Source: GraphQL specification, September 2025: sections 2 (Language), 5
// (Validation), 6.1 (Executing Requests: GetOperation, CoerceVariableValues) and
// 6.3.2 (CollectFields).
package operation
