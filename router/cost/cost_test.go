package cost_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/router/cost"
	"github.com/shopgraph/shopgraph/router/operation"
	"github.com/shopgraph/shopgraph/schema/schematest"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// TestCost reads archives of subgraphs NAME.graphql, perhaps options.json, and the
// file "operations": blocks of an operation, perhaps variables behind "with", and
// in "costs" what each is estimated to cost.
func TestCost(t *testing.T) {
	goldentest.Run(t, "testdata", func(t *testing.T, c *goldentest.Case) map[string]string {
		sdls := map[string]string{}
		for _, file := range c.Names() {
			if name, ok := strings.CutSuffix(file, ".graphql"); ok {
				sdls[name] = c.File(file)
			}
		}
		var o cost.Options
		if text := c.File("options.json"); text != "" {
			if err := json.Unmarshal([]byte(text), &o); err != nil {
				t.Fatal(err)
			}
		}
		e := newEstimator(t, schematest.Supergraph(t, sdls), o)
		var costs strings.Builder
		for block := range strings.SplitSeq(strings.TrimSpace(c.File("operations")), "\n\n") {
			query, variables, _ := strings.Cut(block, "\nwith ")
			n, err := e.estimate(t, query, variables)
			fmt.Fprintf(&costs, "%d  %s\n", n, strings.ReplaceAll(block, "\n", " "))
			if refusal, ok := apierror.As(err); ok {
				fmt.Fprintf(&costs, "   %s: %s\n", refusal.Code, refusal.Message)
			}
		}
		return map[string]string{"costs": costs.String()}
	})
}

type estimator struct {
	parser  *operation.Parser
	weights *cost.Weights
}

func newEstimator(t testing.TB, s *supergraph.Supergraph, o cost.Options) *estimator {
	t.Helper()
	weights, err := cost.New(s, o)
	if err != nil {
		t.Fatal(err)
	}
	return &estimator{operation.NewParser(s.API, operation.Options{}), weights}
}

func (e *estimator) estimate(t testing.TB, query, variables string) (int, error) {
	t.Helper()
	estimate, values := e.compile(t, query, variables)
	return estimate.Of(values)
}

func (e *estimator) compile(t testing.TB, query, variables string) (*cost.Estimate, operation.Variables) {
	t.Helper()
	doc, errs := e.parser.Parse(query)
	if errs != nil {
		t.Fatalf("%s: %v", query, errs)
	}
	definition, errs := doc.Operation("")
	if errs != nil {
		t.Fatalf("%s: %v", query, errs)
	}
	values, errs := definition.Coerce([]byte(variables))
	if errs != nil {
		t.Fatalf("%s: %v", query, errs)
	}
	op, errs := values.Key().Normalize()
	if errs != nil {
		t.Fatalf("%s: %v", query, errs)
	}
	return e.weights.Compile(op), values
}

const header = "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.9\", import: [\"@cost\", \"@listSize\"])\n"

func TestNoWeights(t *testing.T) {
	s := schematest.Supergraph(t, map[string]string{"a": "type Query { a: [Int] }"})
	w, err := cost.New(s, cost.Options{Off: true})
	if n, fault := w.Compile(nil).Of(nil); w != nil || err != nil || n != 0 || fault != nil || w.Max() != 0 {
		t.Errorf("weights that are off: %v, %v, %d, %v", w, err, n, fault)
	}
	if w, err = cost.New(s, cost.Options{Max: -1}); err != nil || w.Max() != 0 {
		t.Errorf("no highest cost: %d, %v", w.Max(), err)
	}
}

func TestSupergraphsThatAreNotUnderstood(t *testing.T) {
	good := schematest.Supergraph(t, map[string]string{"a": header + "type Query { a(n: Int): [Int] @cost(weight: 1) @listSize(assumedSize: 2) }"})
	for i, link := range good.Links {
		if strings.HasSuffix(link.Identity, "/cost") {
			good.Links[i].Version = "v0.2"
		}
	}
	if _, err := cost.New(good, cost.Options{}); err == nil || !strings.Contains(err.Error(), "cost/v0.2, of which only v0.1 is known") {
		t.Errorf("a later version: %v", err)
	}
	for _, c := range []struct{ directive, argument, value, want string }{
		{"cost", "weight", "x", "weight must be an integer"},
		{"listSize", "assumedSize", "1.5", "assumedSize must be an integer"},
		{"cost", "weight", "99999999999", "weight must be an integer"},
	} {
		s := schematest.Supergraph(t, map[string]string{"a": header + "type Query { a(n: Int): [Int] @cost(weight: 1) @listSize(assumedSize: 2) }"})
		s.Definitions["Query"].Fields.ForName("a").Directives.ForName(c.directive).Arguments.ForName(c.argument).Value.Raw = c.value
		if _, err := cost.New(s, cost.Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("@%s(%s: %s): %v", c.directive, c.argument, c.value, err)
		}
	}
}

// Each level of selections by type would be estimated once more for each type if
// nothing were shared: here some 10^13 times.
func TestWorkIsProportionalToTheOperation(t *testing.T) {
	var sdl strings.Builder
	sdl.WriteString(header + "type Query { node: Node }\ninterface Node { id: ID }\ninterface Half { more(n: Int): [Node] @listSize(slicingArguments: [\"n\"]) }\n")
	for i := range 12 {
		fmt.Fprintf(&sdl, "type Half%d implements Node & Half { id: ID more(n: Int): [Node] @listSize(slicingArguments: [\"n\"]) }\ntype Other%d implements Node { id: ID }\n", i, i)
	}
	e := newEstimator(t, schematest.Supergraph(t, map[string]string{"a": sdl.String()}), cost.Options{Max: -1})
	const depth = 12
	query := "query ($n: Int) { node { " + strings.Repeat("... on Half { more(n: $n) { ", depth) + "id" + strings.Repeat("} }", depth) + " } }"
	if n, err := e.estimate(t, query, `{"n": 2}`); n != 1<<(depth+1)-1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

// FuzzVariables: whatever the variables, a cost is not negative and the same each
// time.
func FuzzVariables(f *testing.F) {
	s := schematest.Supergraph(f, map[string]string{"a": header + `
		type Query { a(n: Int, in: [In!]): [T] @listSize(slicingArguments: ["n"], requireOneSlicingArgument: false) }
		type T { x(n: Int): [T] @listSize(slicingArguments: ["n"]) @cost(weight: -5) }
		input In { n: Int @cost(weight: 3) in: [In!] }`})
	e := newEstimator(f, s, cost.Options{Measure: true})
	doc, _ := e.parser.Parse(`query ($n: Int, $in: [In!]) { a(n: $n, in: $in) { x(n: $n) { x(n: 3) { __typename } } } }`)
	definition, _ := doc.Operation("")
	f.Add([]byte(`{"n": 3, "in": [{"n": 1, "in": {"in": null}}]}`))
	f.Add([]byte(`{"n": 2147483647, "in": {"n": -1}}`))
	f.Add([]byte(`{"n": -2147483648, "in": null}`))
	f.Fuzz(func(t *testing.T, variables []byte) {
		values, errs := definition.Coerce(variables)
		if errs != nil {
			return
		}
		op, _ := values.Key().Normalize()
		estimate := e.weights.Compile(op)
		first, err := estimate.Of(values)
		if again, _ := estimate.Of(values); first < 0 || err != nil || again != first {
			t.Errorf("%d, %d, %v", first, again, err)
		}
	})
}

func BenchmarkEstimate(b *testing.B) {
	s := schematest.Supergraph(b, map[string]string{"a": header + `
		type Query { products(first: Int): [Product] @listSize(slicingArguments: ["first"]) product: Product }
		type Product { id: ID name: String reviews(first: Int = 10): [Review] @listSize(slicingArguments: ["first"]) }
		type Review { body: String author: Author }
		type Author { name: String products: [Product] }`})
	e := newEstimator(b, s, cost.Options{})
	for name, query := range map[string]string{
		"constant":   `{ product { id name reviews { body author { name products { name } } } } }`,
		"one slice":  `query ($n: Int) { products(first: $n) { id name reviews { body author { name products { name } } } } }`,
		"two slices": `query ($n: Int) { products(first: $n) { id name reviews(first: $n) { body author { name products { name } } } } }`,
	} {
		estimate, values := e.compile(b, query, `{"n": 5}`)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := estimate.Of(&values); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
