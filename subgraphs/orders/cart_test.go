package orders

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/internal/money"
)

const cartFields = `cart { lines { variantId quantity unitPrice { amount } total { amount } warnings } total { amount currencyCode } updatedAt }`

// cartChange sends a mutation of the cart and returns the cart, or the codes of
// what was wrong.
func (f *fixture) cartChange(t *testing.T, persona, mutation, input string) string {
	t.Helper()
	r := f.as(persona).Do(t, fmt.Sprintf(`mutation { done: %s(input: {%s}) { %s userErrors { code field } } }`, mutation, input, cartFields), nil)
	if len(r.Errors) > 0 {
		return r.Codes()
	}
	if faults := r.Get("done.userErrors").([]any); len(faults) > 0 {
		return fmt.Sprint(faults[0].(map[string]any)["code"], faults[0].(map[string]any)["field"])
	}
	return f.cartText(r.Get("done.cart"))
}

func (f *fixture) cart(t *testing.T, persona string) string {
	t.Helper()
	r := f.as(persona).Do(t, `{ `+cartFields+` }`, nil)
	if len(r.Errors) > 0 {
		return r.Codes()
	}
	return f.cartText(r.Get("cart"))
}

// cartText is "2×Mug 25.00 [PRICE_CHANGED] = 25.00 EUR".
func (f *fixture) cartText(cart any) string {
	var words []string
	amount := func(v any) string {
		if m, ok := v.(map[string]any); ok {
			return fmt.Sprint(m["amount"])
		}
		return "?"
	}
	c := cart.(map[string]any)
	for _, l := range c["lines"].([]any) {
		line := l.(map[string]any)
		name := map[string]string{id.Variant.Format(f.catalogue.mug): "mug", id.Variant.Format(f.catalogue.lamp): "lamp"}[line["variantId"].(string)]
		words = append(words, fmt.Sprintf("%v×%s %s", line["quantity"], name, amount(line["total"])))
		if warnings := line["warnings"].([]any); len(warnings) > 0 {
			words = append(words, fmt.Sprint(warnings))
		}
	}
	return strings.Join(append(words, "= "+amount(c["total"])), " ")
}

func variantInput(v uuid.UUID) string { return fmt.Sprintf("variantId: %q", id.Variant.Format(v)) }

func TestTheCart(t *testing.T) {
	f := newFixture(t)
	mug, lamp := variantInput(f.catalogue.mug), variantInput(f.catalogue.lamp)
	for _, step := range []struct{ mutation, input, want string }{
		{"addToCart", mug, "1×mug 12.50 = 12.50"},
		{"addToCart", mug + " quantity: 2", "3×mug 37.50 = 37.50"},
		{"addToCart", lamp, "3×mug 37.50 1×lamp 99.99 = 137.49"},
		{"setCartLine", mug + " quantity: 2", "2×mug 25.00 1×lamp 99.99 = 124.99"},
		{"setCartLine", lamp + " quantity: 0", "2×mug 25.00 = 25.00"},
		{"setCartLine", lamp + " quantity: 5", "2×mug 25.00 5×lamp 499.95 = 524.95"},
		{"removeFromCart", "variantIds: [" + strings.TrimPrefix(mug, "variantId: ") + "]", "5×lamp 499.95 = 499.95"},
		{"removeFromCart", "", "= ?"},
	} {
		if got := f.cartChange(t, "owner", step.mutation, step.input); got != step.want {
			t.Errorf("%s(%s): %s, want %s", step.mutation, step.input, got, step.want)
		}
	}
	if got := f.cart(t, "owner"); got != "= ?" {
		t.Errorf("in the end: %s", got)
	}
}

func TestWhatDoesNotGoIntoACart(t *testing.T) {
	f := newFixture(t)
	mug := variantInput(f.catalogue.mug)
	f.catalogue.offers[f.catalogue.lamp].price = nil
	f.cartChange(t, "owner", "addToCart", mug)
	for _, c := range []struct{ persona, mutation, input, want string }{
		{"anonymous", "addToCart", mug, "UNAUTHENTICATED"},
		{"owner", "addToCart", mug + " quantity: 0", "INVALID_QUANTITY[input quantity]"},
		{"owner", "addToCart", mug + " quantity: -1", "INVALID_QUANTITY[input quantity]"},
		{"owner", "addToCart", mug + " quantity: 1000", "INVALID_QUANTITY[input quantity]"},
		{"owner", "addToCart", mug + " quantity: 999", "INVALID_QUANTITY[input quantity]"},
		{"owner", "setCartLine", mug + " quantity: -1", "INVALID_QUANTITY[input quantity]"},
		{"owner", "addToCart", variantInput(id.New()), "VARIANT_NOT_FOUND[input variantId]"},
		{"owner", "addToCart", `variantId: "mug"`, "VARIANT_NOT_FOUND[input variantId]"},
		{"owner", "addToCart", variantInput(f.catalogue.lamp), "CURRENCY_NOT_OFFERED[input currencyCode]"},
		{"owner", "removeFromCart", `variantIds: ["mug"]`, "VARIANT_NOT_FOUND[input variantIds 0]"},
	} {
		if got := f.cartChange(t, c.persona, c.mutation, c.input); got != c.want {
			t.Errorf("%s(%s): %s, want %s", c.mutation, c.input, got, c.want)
		}
	}
	if got := f.cart(t, "owner"); got != "1×mug 12.50 = 12.50" {
		t.Errorf("the cart afterwards: %s", got)
	}
	if got := f.cart(t, "another"); got != "= ?" {
		t.Errorf("another's cart: %s", got)
	}
	if got := f.cart(t, "anonymous"); got != "UNAUTHENTICATED" {
		t.Errorf("nobody's cart: %s", got)
	}
}

// Of many that put something in at once every one counts, and none comes over
// what a line may have.
func TestAddingAtOnce(t *testing.T) {
	f := newFixture(t)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { f.cartChange(t, "owner", "addToCart", variantInput(f.catalogue.mug)+" quantity: 2") })
	}
	all.Wait()
	if got := f.cart(t, "owner"); got != "40×mug 500.00 = 500.00" {
		t.Errorf("%s", got)
	}
}

func TestWhatTheCustomerShouldKnow(t *testing.T) {
	f := newFixture(t)
	f.cartChange(t, "owner", "addToCart", variantInput(f.catalogue.mug))
	mug := f.catalogue.offers[f.catalogue.mug]
	for name, c := range map[string]struct {
		now  *offer
		want string
	}{
		"as it was":     {mug, "1×mug 12.50 = 12.50"},
		"another price": {&offer{available: true, price: &money.Money{Minor: 1300, Currency: "EUR"}}, "1×mug 13.00 [PRICE_CHANGED] = 13.00"},
		"out of stock":  {&offer{price: mug.price}, "1×mug 12.50 [NOT_AVAILABLE] = 12.50"},
		"not in euros":  {&offer{available: true}, "1×mug ? [CURRENCY_NOT_OFFERED] = ?"},
		"not on sale":   {nil, "1×mug ? [NOT_AVAILABLE] = ?"},
	} {
		f.catalogue.offers[f.catalogue.mug] = c.now
		if got := f.cart(t, "owner"); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	f.catalogue.fail["quote"] = unreachable
	if got := f.cart(t, "owner"); got != "1×mug ? [NOT_KNOWN] = ?" {
		t.Errorf("without products: %s", got)
	}
}

// Without lines the cart is ordered; what was ordered leaves it, what came
// meanwhile stays, and the key works although the cart is another by then.
func TestOrderingTheCart(t *testing.T) {
	f := newFixture(t)
	order := func(key string) string {
		return f.placeInput(t, "owner", map[string]any{"idempotencyKey": key, "expectedTotal": map[string]any{"amount": "25.00", "currencyCode": "EUR"}})
	}
	if got := order("k"); got != "INVALID_LINES<nil>" {
		t.Errorf("an empty cart: %s", got)
	}
	f.cartChange(t, "owner", "addToCart", variantInput(f.catalogue.mug)+" quantity: 2")
	f.catalogue.refuse = []refusal{{0, "INSUFFICIENT_STOCK", "only 1 are left"}}
	if got := order("refused"); got != "INSUFFICIENT_STOCK<nil>" || f.cart(t, "owner") != "2×mug 25.00 = 25.00" {
		t.Errorf("refused: %s, and the cart is %s", got, f.cart(t, "owner"))
	}
	f.catalogue.refuse, f.catalogue.fail["confirm"] = nil, unreachable
	if got := order("k"); got != "SERVICE_UNAVAILABLE" {
		t.Errorf("products is down: %s", got)
	}
	delete(f.catalogue.fail, "confirm")
	f.cartChange(t, "owner", "addToCart", variantInput(f.catalogue.mug))
	f.cartChange(t, "owner", "addToCart", variantInput(f.catalogue.lamp))
	for range 2 {
		if got := order("k"); got != "PLACED 25.00" || f.cart(t, "owner") != "1×mug 12.50 1×lamp 99.99 = 112.49" {
			t.Errorf("placed: %s, and the cart is %s", got, f.cart(t, "owner"))
		}
	}
	if got := f.statuses(t); got != "REJECTED PLACED" {
		t.Errorf("orders %s", got)
	}
}
