package executetest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/shopgraph/shopgraph/internal/goldentest"
	"github.com/shopgraph/shopgraph/router/execute"
)

// shop is a federation for benchmarks: entities that refer to each other across
// four subgraphs, a required field, texts of some length.
const shop = `
-- accounts.graphql --
type Query { users: [User] }
type User @key(fields: "id") { id: ID! name: String username: String @shareable }
-- inventory.graphql --
type Product @key(fields: "upc") { upc: String! weight: Int @external price: Int @external inStock: Boolean shippingEstimate: Int @requires(fields: "price weight") }
-- products.graphql --
type Query { topProducts: [Product] }
type Product @key(fields: "upc") { upc: String! name: String price: Int weight: Int }
-- reviews.graphql --
type Review @key(fields: "id") { id: ID! body: String product: Product author: User @provides(fields: "username") }
type User @key(fields: "id") { id: ID! username: String @external reviews: [Review] }
type Product @key(fields: "upc") { upc: String! reviews: [Review] }
-- query.graphql --
fragment P on Product { upc name price weight inStock shippingEstimate }
fragment A on Review { id body author { id name username reviews { id body product { ...P } } } }
{
  users { id name username reviews { id body product { ...P reviews { ...A } } } }
  topProducts { ...P reviews { ...A } }
}
`

// Shop makes an operation ready that reads a shop of so many products, as many
// users, and two reviews for each. Its subgraphs' answers are known, so that
// running it costs nothing but the router.
func Shop(t testing.TB, products int) *Operation {
	t.Helper()
	c := goldentest.NewCase(txtar.Parse([]byte(shop)))
	r := FromCase(t, c)
	r.MaxAnswer = execute.DefaultMaxAnswer
	if _, err := r.Mock(shopData(products), func(name string) (string, func(http.Handler) http.Handler) { return SDL(c, name), nil }); err != nil {
		t.Fatal(err)
	}
	r.Transport = &recorded{next: r.Transport, answers: map[string][]byte{}}
	o, err := r.Prepare(c.File("query.graphql"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if answer := string(o.Run(context.Background())); strings.Contains(answer, `"errors"`) {
		t.Fatalf("the shop answers with errors: %.1000s", answer)
	}
	return o
}

type object = map[string]any

func shopData(n int) []byte {
	reference := func(name string, i int) object { return object{"$ref": fmt.Sprint(name, i%n)} }
	objects, products, users := object{}, []any{}, []any{}
	type entity = object
	entities := map[string]map[string][]entity{"accounts": {}, "inventory": {}, "products": {}, "reviews": {}}
	add := func(subgraph, typename string, match, value object) {
		value["__typename"] = typename
		entities[subgraph][typename] = append(entities[subgraph][typename], entity{"match": match, "value": value})
	}
	for i := range n {
		id := fmt.Sprint(i)
		user := object{"id": id, "name": "Name of " + id, "username": "user" + id}
		product := object{"__typename": "Product", "upc": id, "name": "Product " + id, "price": i % 2000, "weight": i % 900}
		objects[fmt.Sprint("review", i)] = object{"__typename": "Review", "id": id, "body": strings.Repeat("Nothing to complain about. ", 15),
			"product": object{"__typename": "Product", "upc": id, "reviews": []any{reference("review", i), reference("review", i+1)}},
			"author":  object{"__typename": "User", "id": id, "username": "user" + id, "reviews": []any{reference("review", i), reference("review", i+2)}}}
		add("accounts", "User", object{"id": id}, user)
		add("inventory", "Product", object{"upc": id}, object{"inStock": i%3 == 0, "shippingEstimate": i % 50})
		add("products", "Product", object{"upc": id}, product)
		add("reviews", "User", object{"id": id}, object{"reviews": []any{reference("review", i), reference("review", i+2)}})
		add("reviews", "Product", object{"upc": id}, object{"reviews": []any{reference("review", i), reference("review", i+1)}})
		products, users = append(products, product), append(users, user)
	}
	text, err := json.Marshal(object{
		"accounts":  object{"query": object{"users": users}, "entities": entities["accounts"]},
		"inventory": object{"entities": entities["inventory"]},
		"products":  object{"query": object{"topProducts": products}, "entities": entities["products"]},
		"reviews":   object{"entities": entities["reviews"], "objects": objects},
	})
	if err != nil {
		panic(err)
	}
	return text
}

// recorded answers from memory what it was asked once.
type recorded struct {
	next    execute.Transport
	mu      sync.Mutex
	answers map[string][]byte
}

func (r *recorded) Send(ctx context.Context, call *execute.Call) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	answer, ok := r.answers[string(call.Body)]
	if !ok {
		if err := r.next.Send(ctx, call); err != nil {
			return err
		}
		answer = append([]byte(nil), call.Answer...)
		r.answers[string(call.Body)] = answer
	}
	call.Status, call.Answer = http.StatusOK, answer
	return nil
}
