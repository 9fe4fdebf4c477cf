package main

import (
	"fmt"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/router/server/playground"
)

// demo is what the playground shows of the demo; in production it knows of none.
func (c *config) demo() playground.Config {
	if c.production() {
		return playground.Config{Title: "shopgraph"}
	}
	return demoPage(demodata.Usual)
}

// demoPage is what the playground is told of the demo: who can log in, and what
// there is to ask.
func demoPage(size demodata.Size) playground.Config {
	return playground.Config{Title: "shopgraph", Query: tryIt(size), Examples: examples(size), Login: demoLogin()}
}

func demoLogin() *playground.Login {
	login := &playground.Login{
		Query: `mutation LogIn($email: String!, $password: String!) {
  login(input: {email: $email, password: $password}) {
    session { accessToken accessTokenExpiresAt }
    userErrors { message }
  }
}`,
		Token:   []string{"login", "session", "accessToken"},
		Expires: []string{"login", "session", "accessTokenExpiresAt"},
	}
	for _, a := range demodata.Accounts() {
		login.Accounts = append(login.Accounts, playground.Account{
			Name: a.Name, Role: a.Email, Variables: map[string]any{"email": a.Email, "password": a.Password},
		})
	}
	return login
}

// orderSelection is what is asked of an order.
const orderSelection = `{
    number
    status
    total { amount currencyCode }
    customer { name email }
    lines {
      quantity
      unitPrice { amount currencyCode }
      product { id name }
    }
  }
`

// tryIt is a login and a query that goes to all subgraphs, for whoever has no
// menu to log in by.
func tryIt(size demodata.Size) string {
	customer := demodata.Accounts()[0]
	return fmt.Sprintf(`# 1. Log in, and copy the token.
mutation LogIn {
  login(input: {email: %q, password: %q}) {
    session { accessToken }
    userErrors { message }
  }
}

# 2. Put it into the headers: {"Authorization": "Bearer …"}. Then ask all three
#    subgraphs at once.
query Order {
  order(id: %q) %s}
`, customer.Email, customer.Password, id.Order.Format(demoOrder(size).ID), orderSelection)
}

// demoOrder is the demo customer's first order of several lines.
func demoOrder(size demodata.Size) demodata.Order {
	customer := size.User(0).ID
	for i := range size.Orders {
		if o := size.Order(i); o.User == customer && len(o.Lines) > 1 {
			return o
		}
	}
	return size.Order(0)
}

// examples are queries for which the demo has answers; the first is what all of
// this is for.
func examples(size demodata.Size) []playground.Example {
	accounts := demodata.Accounts()
	customer, staff := accounts[0].Name, accounts[1].Name
	order := demoOrder(size)
	return []playground.Example{
		{
			Name: "An order with its customer and products", About: "three subgraphs answer together", Account: customer,
			Variables: map[string]any{"id": id.Order.Format(order.ID)},
			Query: `# Log in above, run this, and see
# how three subgraphs answer it.
query Order($id: ID!) {
  order(id: $id) ` + orderSelection + `}
`,
		},
		{
			Name: "My account and my orders", About: "from users to orders and back to products", Account: customer,
			Query: `query MyOrders {
  me {
    name
    email
    orders(first: 3) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        number
        placedAt
        total { amount currencyCode }
        lines { productName quantity variant { availableForSale } }
      }
    }
  }
}
`,
		},
		{
			Name: "The catalogue", About: "public: needs no login", Variables: map[string]any{"first": 5},
			Query: `query Catalogue($first: Int!) {
  products(first: $first) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id
      name
      variants { name sku price(currencyCode: "USD") { amount currencyCode } availableForSale }
    }
  }
}
`,
		},
		{
			Name: "Place an order", About: "safe to send twice: the key names the attempt", Account: customer,
			Variables: map[string]any{"input": map[string]any{
				"idempotencyKey": "from-the-playground", "currencyCode": "EUR",
				"lines": []any{map[string]any{"variantId": id.Variant.Format(order.Lines[0].Variant.ID), "quantity": 1}},
			}},
			Query: `mutation PlaceOrder($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    order {
      number
      status
      total { amount currencyCode }
      lines { productName quantity product { name } }
    }
    userErrors { code field message }
  }
}
`,
		},
		{
			Name: "Everybody's orders", About: "for staff: each subgraph is asked once, however many orders", Account: staff,
			Query: `query Orders {
  orders(first: 20) {
    totalCount
    nodes {
      number
      customer { name email }
      lines { quantity product { name } }
    }
  }
}
`,
		},
	}
}
