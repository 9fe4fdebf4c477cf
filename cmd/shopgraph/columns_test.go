package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
)

// Statements read only the columns that an operation shows (internal/columns). So
// whatever field is asked for alone is what it is beside all others, and rows that
// two places share have what both show.
func TestFieldsAloneAreWhatTheyAreBesideOthers(t *testing.T) {
	handler := wholeShop(t, "--rate-limit=off")
	token := login(t, handler, demodata.Accounts()[0])
	ask := func(query string) map[string]any {
		t.Helper()
		text := askShop(t, handler, token, query, map[string]any{"id": id.Order.Format(demodata.Usual.Order(0).ID)})
		var answer struct {
			Data   map[string]any
			Errors []any
		}
		if err := json.Unmarshal(text, &answer); err != nil || answer.Errors != nil {
			t.Fatalf("%s: %v %s", query, err, text)
		}
		return answer.Data
	}
	const money = ` { amount currencyCode }`
	order := map[string]string{
		"id": "", "number": "", "status": "", "total": money, "tax": money, "netTotal": money, "allowedTransitions": "", "timeline": " { kind }",
		"payments": " { id }", "paymentDueAt": "", "createdAt": "", "placedAt": "", "updatedAt": "", "customer": " { id }",
	}
	places := []struct {
		around string // of the fields
		fields map[string]string
	}{
		{`order(id: $id) { %s }`, order},
		{`order(id: $id) { lines { quantity } %s }`, order},
		{`order(id: $id) { lines { %s } }`, map[string]string{
			"id": "", "productName": "", "variantName": "", "sku": "", "quantity": "", "unitPrice": money, "total": money, "taxRate": "", "tax": money,
			"netTotal": money, "product": " { id }", "variant": " { id }",
		}},
		{`order(id: $id) { customer { %s } }`, map[string]string{
			"id": "", "email": "", "name": "", "role": "", "status": "", "emailVerified": "", "createdAt": "", "addresses": " { id }",
		}},
		{`order(id: $id) { lines { product { %s } } }`, map[string]string{
			"id": "", "name": "", "description": "", "status": "", "taxClass": "", "createdAt": "", "updatedAt": "", "variants": " { sku }",
			"categories": " { id }", "media": " { url }",
		}},
	}
	for _, place := range places {
		all := ""
		for field, below := range place.fields {
			all += field + below + " "
		}
		whole := ask(`query ($id: ID!) { ` + fmt.Sprintf(place.around, all) + ` }`)
		for field, below := range place.fields {
			one := fmt.Sprintf(place.around, field+below)
			alone := ask(`query ($id: ID!) { ` + one + ` }`)
			if want := only(whole, field); !reflect.DeepEqual(only(alone, field), want) {
				t.Errorf("%s: %v, want %v", one, only(alone, field), want)
			}
			for other, belowOther := range place.fields {
				two := fmt.Sprintf("a: %s b: %s", one, fmt.Sprintf(place.around, other+belowOther))
				answer := ask(`query ($id: ID!) { ` + two + ` }`)
				if !reflect.DeepEqual(answer["a"], alone["order"]) {
					t.Errorf("%s: a is %v, want %v", two, answer["a"], alone["order"])
				}
			}
		}
	}
}

// only is what an answer has of a field, wherever it is.
func only(value any, field string) (found []any) {
	switch value := value.(type) {
	case map[string]any:
		if at, ok := value[field]; ok {
			return []any{at}
		}
		for _, below := range value {
			found = append(found, only(below, field)...)
		}
	case []any:
		for _, below := range value {
			found = append(found, only(below, field)...)
		}
	}
	return found
}
