package e2e

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopgraph/shopgraph/internal/token"
)

// Where the router says who asks, in tokens of its own, everything is as with the
// clients' tokens, and the subgraphs take no others.
func TestIdentityByTheRouter(t *testing.T) {
	test := func(t *testing.T, s *shop) {
		order := customersOrder(t)
		variables := map[string]any{"id": orderID(order)}
		customer := s.account(t, "CUSTOMER")
		if a := s.ask(t, customer, mainQuery, variables); cmp.Diff(map[string]any{"order": expected(order)}, a.Data) != "" || len(a.Errors) > 0 {
			t.Errorf("as the customer: %s", a.body)
		}
		if a := s.ask(t, "", mainQuery, variables); a.Data["order"] != nil || len(a.Errors) > 0 {
			t.Errorf("as nobody: %s", a.body)
		}
		if a := s.ask(t, "nonsense", mainQuery, variables); a.status != 401 {
			t.Errorf("with a wrong token: %d %s", a.status, a.body)
		}
		for name, endpoint := range s.direct {
			for who, token := range map[string]string{"the customer": customer, "nobody": ""} {
				if a := askAt(t, endpoint, token, "{ __typename }", nil); a.status != 403 || a.codes() != "FORBIDDEN" {
					t.Errorf("%s, asked by %s around the router: %d %s", name, who, a.status, a.body)
				}
			}
		}
	}
	t.Run("one process", func(t *testing.T) {
		t.Parallel()
		test(t, together(t, "--identity", "router"))
	})
	t.Run("four processes", func(t *testing.T) {
		t.Parallel()
		key, err := token.GenerateKey()
		if err != nil {
			t.Fatal(err)
		}
		address := freeAddress(t)
		test(t, apartIn(t, []string{"ROUTER_JWKS_URL=http://" + address + "/.well-known/jwks.json"},
			"--listen", address, "--identity", "router", "--identity-key", writeFile(t, "router.pem", string(key))))
	})
}

// What only staff may list is kept from others by the router, before any subgraph
// is asked.
func TestFieldsForStaff(t *testing.T) {
	eachWay(t, func(t *testing.T, s *shop) {
		for field, scope := range map[string]string{"users": "users:read", "orders": "orders:read"} {
			query := "{ it: " + field + "(first: 1) { edges { cursor } } }"
			if a := s.ask(t, s.account(t, "STAFF"), query, nil); get(a.Data, "it") == nil || len(a.Errors) > 0 {
				t.Errorf("%s, with the scope %s: %s", field, scope, a.body)
			}
			for who, token := range map[string]string{"a customer": s.account(t, "CUSTOMER"), "nobody": ""} {
				if a := s.ask(t, token, query, nil); a.codes() != "UNAUTHORIZED_FIELD_OR_TYPE" || a.Data == nil || a.Data["it"] != nil {
					t.Errorf("%s, as %s: %s", field, who, a.body)
				}
			}
		}
	})
}
