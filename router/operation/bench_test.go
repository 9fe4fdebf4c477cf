package operation

import (
	"strings"
	"testing"
)

// benchText is an operation as a client library sends it: fragments per
// component, __typename everywhere, variables of all kinds.
const benchText = `
query OrderPage($id: ID!, $first: Int = 10, $after: String, $filter: Filter, $withUser: Boolean!, $compact: Boolean = false) {
  __typename
  order(id: $id) {
    __typename
    id
    ...OrderHeader
    buyer @include(if: $withUser) { __typename id ...UserCard }
    lines(first: $first, after: $after, filter: $filter) {
      __typename
      edges { __typename cursor node { __typename id ...Line } }
      pageInfo { __typename hasNextPage endCursor }
    }
  }
  search(text: "lamp") { __typename ... on Node { id } ... on Product { __typename id ...ProductCard } ... on User { ...UserCard } }
}
fragment OrderHeader on Order { __typename id number total { __typename amount currency } status createdAt @skip(if: $compact) }
fragment UserCard on User { __typename id name avatar(size: 64) email }
fragment Line on OrderLine { __typename id quantity price { __typename amount currency } product { __typename id ...ProductCard } }
fragment ProductCard on Product { __typename id title image(size: 128) price { __typename amount currency } ... @skip(if: $compact) { description stock } }
`

const benchSchema = `
type Query { order(id: ID!): Order  search(text: String!): [Result!]! }
interface Node { id: ID! }
type Order implements Node { id: ID! number: Int total: Money status: Status createdAt: String buyer: User lines(first: Int, after: String, filter: Filter): Lines }
type Lines { edges: [LineEdge!]! pageInfo: PageInfo! }
type LineEdge { cursor: String! node: OrderLine! }
type PageInfo { hasNextPage: Boolean! endCursor: String }
type OrderLine implements Node { id: ID! quantity: Int! price: Money! product: Product! }
type Product implements Node { id: ID! title: String! image(size: Int): String price: Money! description: String stock: Int }
type User implements Node { id: ID! name: String! avatar(size: Int): String email: String }
type Money { amount: Float! currency: String! }
union Result = Product | User
enum Status { OPEN PAID SHIPPED }
input Filter { status: [Status!] text: String min: Int max: Int tags: [String!] }
`

const benchVariables = `{"id":"ord_1234567890","first":20,"filter":{"status":["OPEN","PAID"],"text":"lamp","min":1,"max":100,"tags":["a","b","c"]},"withUser":true}`

func benchDefinition(b *testing.B) (*Parser, *Definition) {
	b.Helper()
	p := NewParser(loadSchema(b, benchSchema), Options{})
	doc, errs := p.Parse(benchText)
	if errs != nil {
		b.Fatal(errs)
	}
	def, errs := doc.Operation("OrderPage")
	if errs != nil {
		b.Fatal(errs)
	}
	return p, def
}

// BenchmarkParse is what a new text costs: parsing and validating.
func BenchmarkParse(b *testing.B) {
	p, _ := benchDefinition(b)
	b.ReportAllocs()
	b.SetBytes(int64(len(benchText)))
	for b.Loop() {
		p.Parse(benchText)
	}
}

// BenchmarkParseOnly is gqlparser's share of it.
func BenchmarkParseOnly(b *testing.B) {
	p, _ := benchDefinition(b)
	b.ReportAllocs()
	b.SetBytes(int64(len(benchText)))
	for b.Loop() {
		p.parse(benchText)
	}
}

// BenchmarkNormalize is what new values of the conditions cost.
func BenchmarkNormalize(b *testing.B) {
	_, def := benchDefinition(b)
	vars, errs := def.Coerce([]byte(benchVariables))
	if errs != nil {
		b.Fatal(errs)
	}
	b.ReportAllocs()
	for b.Loop() {
		vars.Key().Normalize()
	}
}

// BenchmarkCached is what every request of a known document costs: choosing the
// operation, coercing the variables, the key.
func BenchmarkCached(b *testing.B) {
	_, def := benchDefinition(b)
	raw := []byte(benchVariables)
	b.ReportAllocs()
	b.SetBytes(int64(len(raw)))
	keys := map[Key]int{}
	for b.Loop() {
		chosen, _ := def.document.Operation("OrderPage")
		vars, errs := chosen.Coerce(raw)
		if errs != nil {
			b.Fatal(errs)
		}
		_ = keys[vars.Key()]
	}
}

// BenchmarkCoerceLarge is a variable of half a megabyte.
func BenchmarkCoerceLarge(b *testing.B) {
	_, def := benchDefinition(b)
	raw := []byte(`{"id":"x","withUser":true,"filter":{"tags":[` + strings.Repeat(`"a tag of some length",`, 25_000) + `"z"]}}`)
	b.ReportAllocs()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		def.Coerce(raw)
	}
}

// BenchmarkCoerceChanged is a list of 1,000 numbers that become IDs.
func BenchmarkCoerceChanged(b *testing.B) {
	p := NewParser(loadSchema(b, "type Query { f(ids: [ID!]): Int }"), Options{})
	doc, _ := p.Parse("query ($ids: [ID!]) { f(ids: $ids) }")
	def, _ := doc.Operation("")
	raw := []byte(`{"ids":[` + strings.Repeat("12345,", 999) + `1]}`)
	b.ReportAllocs()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		def.Coerce(raw)
	}
}
