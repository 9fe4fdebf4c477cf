package e2e

import (
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
)

// mainQuery is what all of this is for.
var mainQuery = clientOperation("order")

// clientOperation is one of the operations that schema checks protect.
func clientOperation(name string) string {
	text, err := os.ReadFile("../schema/operations/" + name + ".graphql")
	if err != nil {
		panic(err)
	}
	return string(text)
}

// An order resolves with its customer and its products, from three databases, for
// those who may see it.
func TestAnOrderWithItsCustomerAndProducts(t *testing.T) {
	eachWay(t, func(t *testing.T, s *shop) {
		order := customersOrder(t)
		variables := map[string]any{"id": orderID(order)}
		want := map[string]any{"order": expected(order)}
		for _, role := range []string{"CUSTOMER", "STAFF"} {
			if a := s.ask(t, s.account(t, role), mainQuery, variables); cmp.Diff(want, a.Data) != "" || len(a.Errors) > 0 {
				t.Errorf("as %s (-want +got):\n%s\n%s", role, cmp.Diff(want, a.Data), a.body)
			}
		}
		stranger := s.login(t, strangerTo(order), demodata.CustomerPassword)
		for who, token := range map[string]string{"nobody": "", "another customer": stranger} {
			if a := s.ask(t, token, mainQuery, variables); a.status != 200 || a.Data == nil || a.Data["order"] != nil || len(a.Errors) > 0 {
				t.Errorf("as %s: %d %s", who, a.status, a.body)
			}
		}
	})
}

// expected is the order as the API shows it.
func expected(o demodata.Order) map[string]any {
	size := demodata.Usual
	customer := size.User(0)
	out := map[string]any{
		"id": orderID(o), "number": fmt.Sprintf("SG-%d", o.Number), "status": "PLACED", "total": money(o.Total.Amount(), string(o.Currency)),
		"customer": map[string]any{"id": id.User.Format(customer.ID), "name": customer.Name, "email": customer.Email},
	}
	var lines []any
	for _, l := range o.Lines {
		lines = append(lines, map[string]any{
			"quantity": float64(l.Quantity), "unitPrice": money(l.UnitPrice.Amount(), string(o.Currency)),
			"product": map[string]any{"id": id.Product.Format(l.Product), "name": l.ProductName},
		})
	}
	out["lines"] = lines
	return out
}

func money(amount, currency string) map[string]any {
	return map[string]any{"amount": amount, "currencyCode": currency}
}

// strangerTo is the address of a customer whose order it is not.
func strangerTo(o demodata.Order) string {
	size := demodata.Usual
	for i := range size.Users {
		if u := size.User(i); u.Role == "CUSTOMER" && u.ID != o.User {
			return u.Email
		}
	}
	return ""
}

// With one subgraph down the rest of the answer comes, with null and an error at
// the places that lack it.
func TestOneSubgraphDown(t *testing.T) {
	eachWay(t, func(t *testing.T, s *shop) {
		order := customersOrder(t)
		a := s.ask(t, s.account(t, "CUSTOMER"), mainQuery, map[string]any{"id": orderID(order)})
		want := expected(order)
		for _, line := range want["lines"].([]any) {
			line.(map[string]any)["product"] = nil
		}
		if diff := cmp.Diff(map[string]any{"order": want}, a.Data); diff != "" || a.status != 200 {
			t.Errorf("%d (-want +got):\n%s", a.status, diff)
		}
		if len(a.Errors) == 0 {
			t.Fatalf("no errors: %s", a.body)
		}
		for _, e := range a.Errors {
			if len(e.Path) < 3 || e.Path[0] != "order" || e.Path[1] != "lines" || e.Extensions.Code != "SUBREQUEST_HTTP_ERROR" {
				t.Errorf("error %+v", e)
			}
		}
	}, "--subgraph-url", "products=http://"+freeAddress(t)+"/graphql")
}
