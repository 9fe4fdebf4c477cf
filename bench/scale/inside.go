package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/shopgraph/shopgraph/bench/measure"
	"github.com/shopgraph/shopgraph/router"
	"github.com/shopgraph/shopgraph/router/cost"
	"github.com/shopgraph/shopgraph/router/execute"
	"github.com/shopgraph/shopgraph/router/limits"
	"github.com/shopgraph/shopgraph/router/operation"
	"github.com/shopgraph/shopgraph/router/plan"
	"github.com/shopgraph/shopgraph/schema/compose"
	"github.com/shopgraph/shopgraph/schema/graph"
	"github.com/shopgraph/shopgraph/schema/subgraph"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// fixed is a subgraph that always gives the same answer, at no cost.
type fixed []byte

// Send implements execute.Transport.
func (f fixed) Send(_ context.Context, call *execute.Call) error {
	call.Status, call.Answer = 200, f
	return nil
}

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"]) `

// unlimited is a router without limits, over subgraphs that always answer the same.
func unlimited(sdls map[string]string, answers map[string]string) (*router.Router, error) {
	sdl, err := composed(sdls)
	if err != nil {
		return nil, err
	}
	return router.New(sdl, router.Options{
		Connect: func(s *supergraph.Subgraph) (execute.Transport, error) { return fixed(answers[s.Name]), nil },
		Limits:  limits.Limits{Tokens: -1, Depth: -1, Aliases: -1, RootFields: -1, Directives: -1, Fields: -1},
		Cost:    cost.Options{Off: true},
	})
}

func composed(sdls map[string]string) (string, error) {
	var sources []subgraph.Source
	for name, sdl := range sdls {
		sources = append(sources, subgraph.FromSDL(name, "http://"+name, link+sdl))
	}
	slices.SortFunc(sources, func(a, b subgraph.Source) int { return cmp.Compare(a.Name, b.Name) })
	result, err := compose.Supergraph(sources)
	if err != nil {
		return "", err
	}
	return result.SDL, nil
}

// asking is a call of cpuOf: one request, whose answer must have no errors.
func asking(r *router.Router, query string) func() error {
	return func() error {
		answer := r.Execute(context.Background(), &router.Request{Query: query})
		defer answer.Release()
		if answer.Errors > 0 {
			return fmt.Errorf("%.500s", answer.Body)
		}
		return nil
	}
}

// list writes n elements with commas between them.
func list(n int, element func(i int) string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(element(i))
	}
	return b.String()
}

const shopSDL = `type Query { products: [Product!]! } type Product @key(fields: "id") { id: ID! name: String price: Float tags: [String!] }`

func product(i int) string {
	return fmt.Sprintf(`{"__typename":"Product","id":"p%d","name":"Product number %d","price":%d.99,"tags":["new","wood"]}`, i, i, i%1000)
}

// answerSizes is one fetch whose answer grows.
func answerSizes(context.Context) (*growth, error) {
	line := measure.Line{Label: "one fetch, parsed, checked and written"}
	for _, n := range []int{10, 100, 1000, 10_000, 100_000} {
		answer := `{"data":{"products":[` + list(n, product) + `]}}`
		r, err := unlimited(map[string]string{"products": shopSDL}, map[string]string{"products": answer})
		if err != nil {
			return nil, err
		}
		micros, err := cpuOf(asking(r, `{ products { id name price tags } }`))
		if err != nil {
			return nil, err
		}
		line.Points = append(line.Points, [2]float64{float64(len(answer)), micros})
	}
	return &growth{name: "Size of the answer", x: "bytes", y: "µs", lines: []measure.Line{line}, note: "above 1 MB what is read is in no cache any more"}, nil
}

// entityCounts is a fetch of products, and one of reviews for all of them.
func entityCounts(context.Context) (*growth, error) {
	different, same := measure.Line{Label: "different entities"}, measure.Line{Label: "the same entity n times"}
	sdls := map[string]string{"products": shopSDL, "reviews": `type Product @key(fields: "id") { id: ID! reviews: [Review!]! } type Review { body: String! }`}
	review := func(int) string {
		return `{"__typename":"Product","reviews":[{"body":"Good."},{"body":"Better."}]}`
	}
	for _, n := range []int{1, 10, 100, 1000, 10_000} {
		for _, l := range []struct {
			line     *measure.Line
			product  func(int) string
			entities int
		}{{&different, product, n}, {&same, func(int) string { return product(7) }, 1}} {
			r, err := unlimited(sdls, map[string]string{
				"products": `{"data":{"products":[` + list(n, l.product) + `]}}`, "reviews": `{"data":{"_entities":[` + list(l.entities, review) + `]}}`,
			})
			if err != nil {
				return nil, err
			}
			micros, err := cpuOf(asking(r, `{ products { id name reviews { body } } }`))
			if err != nil {
				return nil, err
			}
			l.line.Points = append(l.line.Points, [2]float64{float64(n), micros})
		}
	}
	return &growth{name: "Entities in a fetch", x: "entities", y: "µs", lines: []measure.Line{different, same}}, nil
}

// wide is a supergraph in which every subgraph adds a field to an entity.
func wide(subgraphs int) map[string]string {
	sdls := map[string]string{}
	for i := range subgraphs {
		query := ""
		if i == 0 {
			query = "type Query { thing: Thing }"
		}
		sdls[fmt.Sprintf("s%03d", i)] = query + fmt.Sprintf(` type Thing @key(fields: "id") { id: ID! f%d: String other%d: Thing }`, i, i)
	}
	return sdls
}

// subgraphCounts asks every subgraph for a field of an entity: once planned, and
// planned anew.
func subgraphCounts(context.Context) (*growth, error) {
	composing, planningLine, running := measure.Line{Label: "composing"}, measure.Line{Label: "planning a query of all"}, measure.Line{Label: "running it"}
	for _, n := range []int{3, 10, 30, 100} {
		sdls, answers := wide(n), map[string]string{}
		for i := range n {
			answers[fmt.Sprintf("s%03d", i)] = fmt.Sprintf(`{"data":{"_entities":[{"__typename":"Thing","f%d":"x"}]}}`, i)
		}
		answers["s000"] = `{"data":{"thing":{"__typename":"Thing","id":"1","f0":"x"}}}`
		var fields strings.Builder
		for i := range n {
			fmt.Fprintf(&fields, " f%d", i)
		}
		query := "{ thing {" + fields.String() + " } }"
		r, err := unlimited(sdls, answers)
		if err != nil {
			return nil, err
		}
		sdl, err := composed(sdls)
		if err != nil {
			return nil, err
		}
		build, err := planner(sdl, query, "")
		if err != nil {
			return nil, err
		}
		for _, l := range []struct {
			line *measure.Line
			do   func() error
		}{{&composing, func() error { _, err := composed(sdls); return err }}, {&planningLine, build}, {&running, asking(r, query)}} {
			micros, err := cpuOf(l.do)
			if err != nil {
				return nil, err
			}
			l.line.Points = append(l.line.Points, [2]float64{float64(n), micros})
		}
	}
	return &growth{name: "Subgraphs", x: "subgraphs", y: "µs", lines: []measure.Line{composing, planningLine, running},
		note: "each subgraph adds a field to an entity, and the query asks for all"}, nil
}

// planner is a call of cpuOf: the operation planned anew.
func planner(sdl, query, name string) (func() error, error) {
	s, err := supergraph.Parse(sdl)
	if err != nil {
		return nil, err
	}
	g := graph.Build(s)
	document, errs := operation.NewParser(s.API, operation.Options{}).Parse(query)
	if errs != nil {
		return nil, errs
	}
	definition, errs := document.Operation(name)
	if errs != nil {
		return nil, errs
	}
	variables, _ := definition.Coerce(nil) // missing ones do not matter to a plan
	op, errs := variables.Key().Normalize()
	if errs != nil {
		return nil, errs
	}
	return func() error { _, err := plan.Build(g, op, plan.Options{}); return err }, nil
}

// depths nests a selection, within one subgraph and from one to the other and back.
func depths(context.Context) (*growth, error) {
	one, two := measure.Line{Label: "planning, one subgraph"}, measure.Line{Label: "planning, two in turns"}
	running := measure.Line{Label: "running, one subgraph"}
	sdl, err := composed(map[string]string{
		"a": `type Query { node: Node } type Node @key(fields: "id") { id: ID! a: Node x: Int }`,
		"b": `type Node @key(fields: "id") { id: ID! b: Node }`,
	})
	if err != nil {
		return nil, err
	}
	for _, n := range []int{4, 8, 16, 32, 64, 128} {
		straight := "{ node " + strings.Repeat("{ a ", n) + "{ x }" + strings.Repeat(" }", n) + " }"
		turns := "{ node " + strings.Repeat("{ a { b ", n/2) + "{ x }" + strings.Repeat(" } }", n/2) + " }"
		for _, l := range []struct {
			line  *measure.Line
			query string
		}{{&one, straight}, {&two, turns}} {
			build, err := planner(sdl, l.query, "")
			if err != nil {
				return nil, err
			}
			micros, err := cpuOf(build)
			if err != nil {
				return nil, err
			}
			l.line.Points = append(l.line.Points, [2]float64{float64(n), micros})
		}
		r, err := unlimited(map[string]string{"a": `type Query { node: Node } type Node { a: Node x: Int }`},
			map[string]string{"a": `{"data":{"node":` + strings.Repeat(`{"a":`, n) + `{"x":1}` + strings.Repeat("}", n) + `}}`})
		if err != nil {
			return nil, err
		}
		micros, err := cpuOf(asking(r, straight))
		if err != nil {
			return nil, err
		}
		running.Points = append(running.Points, [2]float64{float64(n), micros})
	}
	return &growth{name: "Depth of the query", x: "levels", y: "µs", lines: []measure.Line{one, two, running}, note: "in turns there are as many fetches, each with its path"}, nil
}

// planning takes the time of plans that are not remembered: of the public cases of
// the federation audit, where the test data are, and of a hundred subgraphs.
func planning(audit string) (*growth, error) {
	g := &growth{name: "Plans not remembered", x: "‰ of the plans within", y: "µs", noExponent: true}
	suites, err := filepath.Glob(filepath.Join(audit, "*", "tests.json"))
	if err != nil {
		return nil, err
	}
	var builds []func() error
	for _, file := range suites {
		of, err := auditPlanners(filepath.Dir(file))
		if err != nil {
			return nil, err
		}
		builds = append(builds, of...)
	}
	if len(builds) > 0 {
		if err := g.percentiles(fmt.Sprintf("%d public cases", len(builds)), builds, 200); err != nil {
			return nil, err
		}
	}
	sdl, err := composed(wide(100))
	if err != nil {
		return nil, err
	}
	build, err := planner(sdl, "{ thing {"+strings.ReplaceAll(list(100, func(i int) string { return fmt.Sprintf("f%d", i) }), ",", " ")+" } }", "")
	if err != nil {
		return nil, err
	}
	return g, g.percentiles("100 subgraphs, a query of all", []func() error{build}, 500)
}

func auditPlanners(dir string) (builds []func() error, err error) {
	sdl, err := os.ReadFile(filepath.Join(dir, "supergraph.graphql"))
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(dir, "tests.json"))
	if err != nil {
		return nil, err
	}
	var cases []struct{ Query string }
	if err := json.Unmarshal(text, &cases); err != nil {
		return nil, err
	}
	for i, c := range cases {
		build, err := planner(string(sdl), c.Query, "")
		if _, invalid := errors.AsType[operation.Errors](err); err != nil && !invalid {
			return nil, fmt.Errorf("%s, case %d: %w", dir, i, err)
		}
		if err == nil && build() == nil { // others are there to be refused
			builds = append(builds, build)
		}
	}
	return builds, nil
}

// percentiles adds the median, the 90th and the 99th percentile of the times of all
// builds, each repeated. They are CPU times of single plans, so that what another
// process does to the clock does not count.
func (g *growth) percentiles(label string, builds []func() error, repeat int) error {
	var times []time.Duration
	for _, build := range builds {
		if err := build(); err != nil {
			return err
		}
		for range repeat {
			before := threadCPU()
			if err := build(); err != nil {
				return err
			}
			times = append(times, threadCPU()-before)
		}
	}
	slices.Sort(times)
	line := measure.Line{Label: label}
	for _, permille := range []int{500, 900, 990} {
		line.Points = append(line.Points, [2]float64{float64(permille), float64(times[len(times)*permille/1000]) / float64(time.Microsecond)})
	}
	g.lines = append(g.lines, line)
	return nil
}
