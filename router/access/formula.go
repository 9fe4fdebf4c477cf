package access

import "slices"

// maxTerms bounds how many alternatives demands may have together while they are
// compared.
const maxTerms = 1000

// impliedBy says whether whoever fulfils all of others fulfils d.
func (d *demand) impliedBy(others []demand) bool {
	if d.kind == authenticated {
		return slices.ContainsFunc(others, func(o demand) bool { return o.kind == authenticated })
	}
	terms := [][]string{nil} // what fulfils all so far: any of these sets of names
	for i := range others {
		if others[i].kind != d.kind {
			continue
		}
		if terms = both(terms, others[i].alternatives); len(terms) > maxTerms {
			return false
		}
	}
	return !slices.ContainsFunc(terms, func(term []string) bool {
		return !d.met(func(name string) bool { return slices.Contains(term, name) })
	})
}

// both are the sets of names that have one of a and one of b in them.
func both(a, b [][]string) [][]string {
	var out [][]string
	for _, x := range a {
		for _, y := range b {
			term := slices.Concat(x, y)
			slices.Sort(term)
			if term = slices.Compact(term); !slices.ContainsFunc(out, func(o []string) bool { return slices.Equal(o, term) }) {
				out = append(out, term)
			}
			if len(out) > maxTerms {
				return out
			}
		}
	}
	return out
}
