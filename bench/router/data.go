package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// How much the federation holds. All products are reviewed equally often, and all
// users write equally much; the roots give some of either, so that the others are
// found by their reviews alone.
const (
	users         = 8
	members       = 4
	products      = 10
	bestsellers   = 4
	reviewsOfEach = 4 // of a product; those of a user follow
)

// words are what names and reviews are made of.
var words = strings.Fields(`amber basket candle desk early feather garden harbour ivory juniper kettle lantern
	meadow north olive paper quiet river silver timber under velvet winter yellow`)

// object is one of a mock.Graph's.
type object = map[string]any

func ref(format string, args ...any) object {
	return object{"$ref": fmt.Sprintf(format, args...)}
}

// makeData makes the data of the whole federation as a mock.Graph, always the same.
// What a field with @requires gives depends on the values that the router sends.
func makeData() []byte {
	random := rand.New(rand.NewPCG(8, 7))
	data := map[string]object{}
	for i := range users {
		data[fmt.Sprintf("user-%d", i)] = object{
			"__typename": "User", "id": fmt.Sprintf("u%d", i), "name": title(random, 2), "city": title(random, 1),
			"reviews": refs(products*reviewsOfEach/users, func(n int) object { return ref("review-%d", i+n*users) }),
		}
	}
	for i := range products {
		addProduct(data, random, i)
	}
	for i := range products * reviewsOfEach {
		data[fmt.Sprintf("review-%d", i)] = object{
			"__typename": "Review", "id": fmt.Sprintf("r%d", i), "stars": 1 + random.IntN(5), "body": title(random, 40),
			"author": ref("user-%d", i%users), "product": ref("product-%d", i/reviewsOfEach),
		}
	}
	data["Query"] = object{
		"members":     refs(members, func(n int) object { return ref("user-%d", n) }),
		"bestsellers": refs(bestsellers, func(n int) object { return ref("product-%d", n*products/bestsellers) }),
	}
	text, err := json.Marshal(data)
	if err != nil {
		panic(err) // maps of strings, numbers and lists are JSON
	}
	return text
}

func addProduct(data map[string]object, random *rand.Rand, i int) {
	var places [][]object
	for warehouse := range 2 {
		var shelves []object
		for shelf := range 1 + random.IntN(3) {
			name := fmt.Sprintf("place-%d-%d-%d", i, warehouse, shelf)
			data[name] = object{"__typename": "Place", "shelf": fmt.Sprintf("%c%d", 'A'+warehouse, 1+random.IntN(90)), "count": random.IntN(500)}
			shelves = append(shelves, ref("%s", name))
		}
		places = append(places, shelves)
	}
	data[fmt.Sprintf("product-%d", i)] = object{
		"__typename": "Product", "id": fmt.Sprintf("p%d", i), "sku": fmt.Sprintf("SKU-%05d", 7919*(i+1)%100_000), "name": title(random, 3),
		"price": 100 + random.IntN(20_000), "weight": 10 + random.IntN(5000), "inStock": random.IntN(4) > 0, "places": places,
		"shipping": object{"$hash": "Int"}, "worth": object{"$pick": []string{"a bargain", "its price", "dear"}},
		"reviews": refs(reviewsOfEach, func(n int) object { return ref("review-%d", i*reviewsOfEach+n) }),
	}
}

func refs(n int, to func(n int) object) []object {
	all := make([]object, n)
	for i := range all {
		all[i] = to(i)
	}
	return all
}

// title is n words with a capital first letter. In longer ones each tenth is not
// in ASCII or has quotation marks, which JSON escapes.
func title(random *rand.Rand, n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = words[random.IntN(len(words))]
		if n > 3 && i%10 == 9 {
			all[i] = []string{`"` + all[i] + `"`, "café"}[random.IntN(2)]
		}
	}
	text := strings.Join(all, " ")
	return strings.ToUpper(text[:1]) + text[1:]
}
