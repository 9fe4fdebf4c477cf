// Package measure compares programs by what a request costs them: CPU time of
// their processes, in turns, so that whatever else the machine does disturbs all
// of them alike.
//
//	Start    a program, in a process group of its own
//	Target   where a program listens, and what it is asked
//	Load     connections that ask one after the other for a while
//	Compare  targets in turns, each between two windows of a reference
//	Table    ratios with their spread, in markdown; Bars and Lines, as SVG
//
// Times of the clock are noted too, but they say more about the machine than
// about the program.
package measure
