// Command first-order is the shop's first order with a typed client: it opens an
// account, adds three products, orders them and reads the order's status.
//
//	make run                          # in another terminal
//	go run ./examples/first-order     # or with the endpoint as its argument
//
// genqlient makes the functions in generated.go of operations.graphql and of the
// schema in docs/api: an operation that the API does not have does not compile.
package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/Khan/genqlient/graphql"
)

//go:generate go tool genqlient

func main() {
	endpoint := "http://localhost:4000/graphql"
	if len(os.Args) > 1 {
		endpoint = os.Args[1]
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := run(ctx, endpoint, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "first-order:", err)
		os.Exit(1)
	}
}

// run goes through the flow once and tells what it does. It may run any number of
// times: what has to be new each time has a random end.
func run(ctx context.Context, endpoint string, out io.Writer) error {
	random := rand.Text()
	anyone := graphql.NewClient(endpoint, http.DefaultClient)
	email, password := "nora."+random+"@example.com", rand.Text()

	registered, err := register(ctx, anyone, email, "Nora", password)
	if err != nil {
		return err
	}
	if !registered.Register.Accepted {
		return refused(registered.Register.UserErrors)
	}
	customer, err := as(ctx, endpoint, email, password)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "a new customer:", email)

	lines, err := addProducts(ctx, endpoint, random, out)
	if err != nil {
		return err
	}
	placed, err := placeOrder(ctx, customer, "first-order-"+random, lines)
	if err != nil {
		return err
	}
	if placed.PlaceOrder.Order == nil {
		return refused(placed.PlaceOrder.UserErrors)
	}
	read, err := order(ctx, customer, placed.PlaceOrder.Order.Id)
	if err != nil {
		return err
	}
	o := read.Order
	if o == nil || o.Customer == nil {
		return errors.New("the order, or its customer, cannot be read")
	}
	fmt.Fprintf(out, "order %s of %s is %s: %s %s\n", o.Number, o.Customer.Email, o.Status, o.Total.Amount, o.Total.CurrencyCode)
	for _, line := range o.Lines {
		if line.Product != nil { // it is still on sale, and its service answers
			fmt.Fprintf(out, "  %d × %s\n", line.Quantity, line.Product.Name)
		}
	}
	return nil
}

// addProducts adds three products, as staff, and returns lines of an order for
// them.
func addProducts(ctx context.Context, endpoint, random string, out io.Writer) (lines []PlaceOrderLineInput, err error) {
	staff, err := as(ctx, endpoint, "staff@shopgraph.example", "demo-staff")
	if err != nil {
		return nil, err
	}
	for i, p := range []struct{ name, price string }{{"Lamp", "49.00"}, {"Table", "199.50"}, {"Chair", "89.90"}} {
		created, err := createProduct(ctx, staff, p.name, p.name+"-"+random, p.price)
		if err != nil {
			return nil, err
		}
		if created.CreateProduct.Product == nil {
			return nil, refused(created.CreateProduct.UserErrors)
		}
		lines = append(lines, PlaceOrderLineInput{VariantId: created.CreateProduct.Product.Variants[0].Id, Quantity: i + 1})
		fmt.Fprintln(out, "a new product:", p.name)
	}
	return lines, nil
}

// as logs in and returns a client that says so with each request.
func as(ctx context.Context, endpoint, email, password string) (graphql.Client, error) {
	answer, err := logIn(ctx, graphql.NewClient(endpoint, http.DefaultClient), email, password)
	if err != nil {
		return nil, err
	}
	if answer.Login.Session == nil {
		return nil, refused(answer.Login.UserErrors)
	}
	return graphql.NewClient(endpoint, bearer{answer.Login.Session.AccessToken}), nil
}

// bearer sends requests with a token.
type bearer struct{ token string }

func (b bearer) Do(r *http.Request) (*http.Response, error) {
	r.Header.Set("Authorization", "Bearer "+b.token)
	return http.DefaultClient.Do(r)
}

// refused is what a mutation asks to be put right, as an error.
func refused[E any, P interface {
	*E
	GetMessage() string
}](faults []E) error {
	errs := make([]error, len(faults))
	for i := range faults {
		errs[i] = errors.New(P(&faults[i]).GetMessage())
	}
	return cmp.Or(errors.Join(errs...), errors.New("nothing came back, nor why"))
}
