package verdict

// Explanation is what there is to say of a code that a check prints.
type Explanation struct{ Code, Text string }

// Codes of findings about operations.
const (
	OperationBroken     = "OPERATION_BROKEN"
	OperationInvalid    = "OPERATION_INVALID"
	OperationAffected   = "OPERATION_AFFECTED"
	OperationUnreadable = "OPERATION_UNREADABLE"
)

// Codes of changes of plans.
const (
	// PlanImpossible: the operation could be planned and cannot any more.
	PlanImpossible = "PLAN_IMPOSSIBLE"
	// PlanStepsAdded: more requests wait for each other.
	PlanStepsAdded = "PLAN_STEPS_ADDED"
	// PlanRequestsAdded: more requests to subgraphs.
	PlanRequestsAdded = "PLAN_REQUESTS_ADDED"
	// PlanCostRaised: subgraphs resolve notably more.
	PlanCostRaised = "PLAN_COST_RAISED"
	// PlanChanged: the plan is another, and no worse.
	PlanChanged = "PLAN_CHANGED"
)

// Codes of changes of how the API is resolved.
const (
	SubgraphAdded        = "SUBGRAPH_ADDED"
	SubgraphRemoved      = "SUBGRAPH_REMOVED"
	SubgraphURLChanged   = "SUBGRAPH_URL_CHANGED"
	KeyAdded             = "KEY_ADDED"
	KeyRemoved           = "KEY_REMOVED"
	FieldResolverAdded   = "FIELD_RESOLVER_ADDED"
	FieldResolverRemoved = "FIELD_RESOLVER_REMOVED"
	RequiresChanged      = "REQUIRES_CHANGED"
	ProvidesChanged      = "PROVIDES_CHANGED"
	OverrideLabelChanged = "OVERRIDE_LABEL_CHANGED"
)

// Codes of findings about approvals.
const (
	ApprovalExpired = "APPROVAL_EXPIRED"
	ApprovalUnused  = "APPROVAL_UNUSED"
)

const (
	breaksNobody = "It breaks no client: the API is the same. "
	howGrave     = "It is a warning, and an error with --plans fail. "
)

// Explanations are the codes of this package in the order of a report; the kinds
// of changes of an API are explained by package check, the codes of composition
// by package federation and lint rules by package lint.
var Explanations = []Explanation{
	{SubgraphAdded, "There is one more subgraph. " + breaksNobody + "Have it running before routers get the new supergraph."},
	{SubgraphRemoved, "A subgraph is gone. " + breaksNobody + "Stop it only when no router runs the old supergraph any more."},
	{SubgraphURLChanged, "Routers will ask a subgraph at another address. " + breaksNobody + "It has to answer there before they get the new supergraph."},
	{KeyAdded, "A subgraph offers one more @key, by which routers can enter the type there. " + breaksNobody + "Plans may become shorter; the resolver of the entity has to know the key before routers do."},
	{KeyRemoved, "A subgraph no longer offers a @key, so routers cannot enter the type there by it. " + breaksNobody + "The plans of known operations tell whether it makes them longer."},
	{FieldResolverAdded, "One more subgraph resolves a field that the API had already. " + breaksNobody + "Deploy the subgraph before routers ask it for the field."},
	{FieldResolverRemoved, "A subgraph no longer resolves a field that others do. " + breaksNobody + "Routers with the old supergraph still ask it: give them the new one first."},
	{RequiresChanged, "A field needs other fields of its object than before (@requires). " + breaksNobody + "The plans of known operations tell whether it makes them longer."},
	{ProvidesChanged, "A field brings other fields along than before (@provides). " + breaksNobody + "The plans of known operations tell whether it makes them longer."},
	{OverrideLabelChanged, "The share of requests for which a progressive @override holds is another. " + breaksNobody + "It moves load from one subgraph to the other."},
	{OperationBroken, "A known operation was valid on the old schema and is not on the new one: clients that send it get errors only. " +
		"Bring back what it uses, as deprecated; or change the client, wait until nobody sends the old operation, and let --usage show that. It is an error."},
	{OperationInvalid, "A known operation is not valid, neither on the old schema nor on the new one: it may be outdated, or of another graph. " +
		"Take it out of --operations or set it right, since a check says nothing about it. It is a warning, and without --against an error."},
	{OperationAffected, "A known operation stays valid, but a breaking or dangerous change concerns something it uses; the finding names the changes."},
	{OperationUnreadable, "A document looks like an operation and cannot be read: it is no valid GraphQL, or put together only when the client runs. " +
		"A check that does not see an operation says nothing about it, so this is an error; take the file out of --operations if it is none."},
	{PlanImpossible, "A known operation is valid and cannot be planned: no way leads to some field. It is an error if it could be planned before."},
	{PlanStepsAdded, "A known operation waits for more requests after each other than before, so it takes longer, whatever else is fast. " + howGrave +
		"Often a field moved to another subgraph: let the one that is asked anyway resolve it too (@shareable), or @provides it."},
	{PlanRequestsAdded, "A known operation takes more requests to subgraphs than before. " + howGrave + "Those of one step go out together, so it need not be slower."},
	{PlanCostRaised, "Subgraphs resolve at least half as many objects more for a known operation, if every list has ten elements. " + howGrave +
		"Often a field became a list, or entities are fetched that came along before."},
	{PlanChanged, "A known operation is planned otherwise, with no more requests, steps or cost. Listed with --all."},
	{ApprovalExpired, "An approval is older than its last day and does not count any more. Take it out, or approve the change anew."},
	{ApprovalUnused, "Nothing needs the approval: the change landed, or its name is not as the report prints it. Take it out."},
}

// Explain returns the explanation of a code; ok is false for an unknown one.
func Explain(code string) (e Explanation, ok bool) {
	for _, e := range Explanations {
		if e.Code == code {
			return e, true
		}
	}
	return Explanation{}, false
}
