package plausible

import "strings"

// dice is randomness that follows from a text, the same on every machine.
type dice struct{ state uint64 }

func newDice(seed uint64, text string) dice {
	h := uint64(14695981039346656037) ^ seed*0x9e3779b97f4a7c15
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	return dice{h}
}

// fork gives the i-th of many dice that follow from one.
func (d dice) fork(i int) dice { return dice{d.state + uint64(i+1)*0xd1342543de82ef95} }

// next is SplitMix64.
func (d *dice) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below gives a number from 0 to n-1.
func (d *dice) below(n int) int { return int(d.next() % uint64(n)) }

// between gives a number from low to high, both included.
func (d *dice) between(low, high int) int { return low + d.below(high-low+1) }

func (d *dice) pick(words []string) string { return words[d.below(len(words))] }

func lower(s string) string { return strings.ToLower(s) }
