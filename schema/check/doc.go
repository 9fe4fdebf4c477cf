// Package check answers what a team asks before it merges: does this change of a
// schema break anyone who uses it?
//
//	old schema ─┐
//	            ├─Diff──► changes ──Rules, Usage, Approvals──► changes that count
//	new schema ─┘
//
// Diff pairs the elements of two schemas (walk.go) and shows each pair to the
// rules for it (rules.go), one per file and kind of change. The names of the
// kinds and the classes are those of GraphQL Inspector, measured against it on
// thousands of pairs; testdata/inspector/differences.md lists where we differ.
//
// What a change means for real clients is then read from what they send: from
// their operations and from the usage that a router counted. The package is pure:
// it reads no file, no clock and no network.
package check
