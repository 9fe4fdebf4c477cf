// Package plan turns an operation into the subgraph requests that answer it.
//
//	Operation ──walk──► goals ──search──► draft ──emit──► Plan
//	              │               │           │
//	              │               │           └ schedule: which steps share a request
//	              │               └ one option for every goal, so that the plan costs least
//	              └ for every leaf, each way to it through the query graph
//
// # Walk
//
// The walker goes down the operation and keeps, for each position of the
// response, all the ways there are to be at it inside some subgraph: chains of
// moves in the query graph, each from the start of a fetch. A fetch starts at a
// root type or, by a key, at any position on the way ("entry"). A leaf becomes a
// goal whose options are the ways that end there. Fields of interfaces are kept
// whole where a subgraph resolves them for all its types and otherwise fall apart
// into goals by type.
//
// # Search
//
// The searcher takes an option for every goal. Taking one adds what is missing of
// its way to the draft: steps (future fetches) and what they select. A step that
// is new opens goals of its own, its conditions: the key, and what a field
// @requires, at the position where it starts; the step waits for whichever steps
// meet them. The search is a branch and bound that descends greedily first; plans
// are compared by fetches in sequence, then requests, then fields, and then by how
// soon these are had. Its bounds are constants in walk.go and search.go.
//
// To stay small the search leaves out entries into subgraphs where one may be
// anyway. They can save a request where root fields of several subgraphs are
// asked for, so such operations are planned again without one or the other root
// (build.go).
//
// # Emit
//
// Steps of one subgraph that can run at the same time share a request; those at
// one position share an `_entities` field. Response names are chosen here, since
// only here it is known what shares a selection set. What an answer means is not
// in its names but in Selection, which reads it into the slots of Layouts.
package plan
