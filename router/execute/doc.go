// Package execute runs plans: it sends the fetches to subgraphs and merges what
// they answer into the data of a request.
//
//	Plan ──Compile──► Program ──Run──► Result ──(package response)──► JSON
//	                             │  ▲
//	             request bodies, │  │ answers
//	             representations ▼  │
//	                          Transport: HTTP, Memory, Share
//
// # The data
//
// An object of the data is its runtime type and a row of slots, by the layout of
// its place in the response (plan.Layout). A slot holds a Value: twelve bytes
// that say where in a subgraph's answer a scalar stands, or where in an arena an
// object or list is. So nothing is decoded, copied or looked up by name once an
// answer has been read, and the garbage collector finds no pointers to follow.
//
// # A fetch
//
//	prepare  the request's body from pieces; representations of the objects at
//	         the targets, each once
//	fetch    send it, and read the answer into a segment of its own
//	settle   merge the segment into the data, report errors, find out which
//	         fetches are ready now
//
// fetch runs beside others; prepare and settle run one at a time, in turns on
// whichever goroutine has just got an answer.
//
// # What can go wrong
//
// A fetch that fails reports an error for each place that lacks its answer, and
// leaves slots Missing. Objects that lack what a later fetch must know are not
// represented to it. What the data then is, null or a nulled parent, is decided
// when it is laid out. Answers are hostile input: they are checked to be JSON of
// bounded depth and size, read into the shape that was asked for whatever they
// hold, and never trusted to be what the schema says.
//
// Sources: Apollo Federation subgraph specification ("Query._entities");
// GraphQL specification, section 6.
package execute
