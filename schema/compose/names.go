package compose

import (
	"fmt"
	"strings"

	"github.com/shopgraph/shopgraph/schema/subgraph"
)

// graphNames returns the values of enum join__Graph that stand for the
// subgraphs: their names made fit for GraphQL and upper-case. Names that become
// equal get numbers, all of them; a name that ends like such a number gets a
// further underscore.
func graphNames(subgraphs []*subgraph.Subgraph) []string {
	names := make([]string, len(subgraphs))
	count := map[string]int{}
	for i, s := range subgraphs {
		names[i] = graphName(s.Name)
		count[names[i]]++
	}
	next := map[string]int{}
	for i, name := range names {
		if count[name] > 1 {
			next[name]++
			names[i] = fmt.Sprintf("%s_%d", name, next[name])
		}
	}
	return names
}

func graphName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
	if name[0] >= '0' && name[0] <= '9' {
		name = "_" + name
	}
	if i := strings.LastIndexByte(name, '_'); i >= 0 && i < len(name)-1 && strings.Trim(name[i+1:], "0123456789") == "" {
		name += "_"
	}
	return strings.ToUpper(name)
}
