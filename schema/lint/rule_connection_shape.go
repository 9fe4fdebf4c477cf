package lint

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

var connectionShape = Rule{
	Name: "connection-shape", Level: Warning,
	Asks: "A type whose name ends in Connection has edges (a list of objects with node and cursor) and pageInfo: PageInfo!.",
	Why:  "Clients' libraries page through such types by themselves, as the Cursor Connections specification describes them.",
	Bad:  map[string]string{"products": "type Query { products(first: Int, after: String): ProductConnection }\ntype ProductConnection { items: [String] next: String }"},
	Good: map[string]string{"products": `type Query { products(first: Int, after: String): ProductConnection }
type ProductConnection { edges: [ProductEdge!] pageInfo: PageInfo! }
type ProductEdge { node: String cursor: String! }
type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }`},
	check: func(l *linter) {
		l.types(func(s Subgraph, def *ast.Definition) {
			if def.Kind != ast.Object || !strings.HasSuffix(def.Name, "Connection") || def.Name == "Connection" {
				return
			}
			info := def.Fields.ForName("pageInfo")
			if info == nil || info.Type.String() != "PageInfo!" {
				l.found(s, def.Name, def.Position, "%s has no field pageInfo: PageInfo!", def.Name)
			}
			edges := def.Fields.ForName("edges")
			if edges == nil || edges.Type.Elem == nil {
				l.found(s, def.Name, def.Position, "%s has no list of edges", def.Name)
				return
			}
			edge := s.Schema.Types[edges.Type.Name()]
			if edge == nil {
				return // not this subgraph's
			}
			for _, name := range []string{"node", "cursor"} {
				if edge.Fields.ForName(name) == nil {
					l.found(s, edge.Name, edge.Position, "%s, the edges of %s, has no %s", edge.Name, def.Name, name)
				}
			}
		})
	},
}
