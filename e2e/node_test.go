package e2e

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
)

const nodesQuery = `query Nodes($ids: [ID!]!) { nodes(ids: $ids) { __typename id
  ... on User { email } ... on Product { name } ... on ProductVariant { sku } ... on Order { number customer { name } } } }`

// What one has the id of, one can ask for again, whichever subgraph knows it,
// and nobody sees more in this way than in another.
func TestNodes(t *testing.T) {
	eachWay(t, func(t *testing.T, s *shop) {
		order := customersOrder(t)
		size := demodata.Usual
		owner, line := size.User(0), order.Lines[0]
		ids := []string{
			id.Product.Format(line.Product), id.User.Format(owner.ID), orderID(order), id.Variant.Format(line.Variant.ID),
			id.User.Format(id.New()), id.Order.Format(id.New()), id.Product.Format(id.New()), id.Variant.Format(id.New()),
		}
		product := map[string]any{"__typename": "Product", "id": ids[0], "name": line.ProductName}
		user := map[string]any{"__typename": "User", "id": ids[1], "email": owner.Email}
		own := map[string]any{"__typename": "Order", "id": ids[2], "number": expected(order)["number"], "customer": map[string]any{"name": owner.Name}}
		variant := map[string]any{"__typename": "ProductVariant", "id": ids[3], "sku": line.Variant.SKU}
		for persona, want := range map[string][]any{
			s.account(t, "CUSTOMER"):                                 {product, user, own, variant, nil, nil, nil, nil},
			s.account(t, "STAFF"):                                    {product, user, own, variant, nil, nil, nil, nil},
			s.login(t, strangerTo(order), demodata.CustomerPassword): {product, nil, nil, variant, nil, nil, nil, nil},
			"": {product, nil, nil, variant, nil, nil, nil, nil},
		} {
			a := s.ask(t, persona, nodesQuery, map[string]any{"ids": ids})
			if diff := cmp.Diff(map[string]any{"nodes": want}, a.Data); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			// Orders gives no order that is not there. What others own is missing only once
			// they are asked for a field of it that cannot be null.
			for _, e := range a.Errors {
				if place := get(e.Path, 1); e.Extensions.Code != "RESPONSE_VALIDATION_FAILED" || place != 4. && place != 6. && place != 7. {
					t.Errorf("error %+v", e)
				}
			}
		}
	})
}
