// Package response lays an operation over the data that a plan fetched, and
// writes the answer: fields in the client's order, null where data is missing or
// may not be seen, errors at the client's paths.
//
//	Operation ─┐
//	           ├─Compile─► Projection ──Write(Result)──► {"data": …, "errors": […]}
//	Program ───┘
//
// Values are checked against the API schema while they are written, in one pass
// into one buffer. Where null turns up and is not allowed, what was written of
// the object or list around it is cut off again and null written instead.
//
// Sources: GraphQL specification, sections 6.4 (Executing Fields: CollectFields,
// CompleteValue, Handling Execution Errors) and 7 (Response).
package response
