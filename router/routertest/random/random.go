// Package random makes up supergraphs, data and operations to compare routers
// by. Everything follows from a seed: the same seed gives the same world.
//
//	seed ──Generate──▶ World{ subgraph SDLs, data }
//	API schema, seed ──Operation──▶ a valid operation
//
// A world is built as one model of types and of what each subgraph has of them,
// by steps that each keep it composable: keys first, then fields and their
// owners, the root fields, stubs for what fields refer to, and then the features
// that change who resolves what (@provides, @override, @requires). A few worlds
// are still refused by composition; they are to be left out.
package random

import (
	"math/rand/v2"
)

// dice is randomness that follows from a seed.
type dice struct{ *rand.Rand }

func newDice(seed uint64, purpose uint64) dice { return dice{rand.New(rand.NewPCG(seed, purpose))} }

// chance is true with probability p.
func (d dice) chance(p float64) bool { return d.Float64() < p }

// between gives a number from low to high, both included.
func (d dice) between(low, high int) int { return low + d.IntN(high-low+1) }

// pick gives an element of a list that is not empty.
func pick[E any](d dice, list []E) E { return list[d.IntN(len(list))] }

// some gives a random part of a list, in its order, of at least one element if
// there is one.
func some[E any](d dice, list []E, p float64) []E {
	var out []E
	for _, e := range list {
		if d.chance(p) {
			out = append(out, e)
		}
	}
	if len(out) == 0 && len(list) > 0 {
		out = append(out, pick(d, list))
	}
	return out
}

func remove[E any](list []E, drop func(E) bool) []E {
	var out []E
	for _, e := range list {
		if !drop(e) {
			out = append(out, e)
		}
	}
	return out
}
