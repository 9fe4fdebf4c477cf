package products

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
)

// payloadFields is what is asked of each mutation's answer.
var payloadFields = map[string]string{
	"updateProduct":        "product { name description status taxClass categories { slug } media { url alt } }",
	"addProductVariant":    "variant { id sku name prices { amount currencyCode } stock { onHand } product { variants { sku } priceRange { lowest { amount } highest { amount } } } }",
	"updateProductVariant": "variant { sku name prices { amount currencyCode } product { priceRange { lowest { amount } highest { amount } } } }",
	"adjustStock":          "variant { stock { onHand reserved movements(first: 1) { kind onHandChange note actorId } } }",
	"createCategory":       "category { id slug name parent { slug } ancestors { slug } }",
	"updateCategory":       "category { slug name parent { slug } ancestors { slug } children { slug } }",
	"deleteCategory":       "deleted",
	"createProduct":        "product { id }",
}

// change sends a mutation and returns its payload.
func (f *fixture) change(t *testing.T, persona, mutation string, input map[string]any) map[string]any {
	t.Helper()
	query := fmt.Sprintf("mutation($input: %sInput!) { %s(input: $input) { %s userErrors { code field } } }",
		strings.ToUpper(mutation[:1])+mutation[1:], mutation, payloadFields[mutation])
	r := f.as(persona).Do(t, query, map[string]any{"input": input})
	if len(r.Errors) > 0 {
		return map[string]any{"userErrors": []any{map[string]any{"code": r.Codes(), "field": ""}}}
	}
	return r.Get(mutation).(map[string]any)
}

// faults are "CODE[field]" of a payload.
func faults(payload map[string]any) string {
	var list []string
	for _, e := range payload["userErrors"].([]any) {
		fault := e.(map[string]any)
		list = append(list, fmt.Sprint(fault["code"], fault["field"]))
	}
	return strings.Join(list, " ")
}

func TestUpdateProduct(t *testing.T) {
	f := newFixture(t)
	kitchen := id.Category.Format(demodata.Categories()[1].ID)
	office := id.Category.Format(demodata.Categories()[7].ID)
	got := f.change(t, "staff", "updateProduct", map[string]any{
		"id": productID(0), "name": " New Name ", "taxClass": "REDUCED", "categoryIds": []string{office, kitchen},
		"media": []any{map[string]any{"url": "https://x.example/2.jpg", "alt": "two"}, map[string]any{"url": "http://x.example/1.jpg"}},
	})
	if text := fmt.Sprint(got["product"]); faults(got) != "" || !strings.Contains(text, "name:New Name") || !strings.Contains(text, "taxClass:REDUCED") ||
		!strings.Contains(text, "categories:[map[slug:kitchen] map[slug:office]]") || // in the tree's order
		!strings.Contains(text, "media:[map[alt:two url:https://x.example/2.jpg] map[alt: url:http://x.example/1.jpg]]") ||
		!strings.Contains(text, "description:"+size.Product(0).Description) {
		t.Errorf("updated: %v", got)
	}
	// What is not given stays, and an empty list empties.
	got = f.change(t, "staff", "updateProduct", map[string]any{"id": productID(0), "media": []any{}, "status": "DRAFT"})
	if text := fmt.Sprint(got["product"]); !strings.Contains(text, "name:New Name") || !strings.Contains(text, "media:[]") || !strings.Contains(text, "slug:kitchen") || !strings.Contains(text, "status:DRAFT") {
		t.Errorf("updated: %v", got)
	}
	many := make([]any, 21)
	ids := make([]string, 21)
	for i := range many {
		many[i], ids[i] = map[string]any{"url": "https://x.example"}, id.Category.Format(id.New())
	}
	for name, c := range map[string]struct {
		more map[string]any
		want string
	}{
		"no such product": {map[string]any{"id": id.Product.Format(id.New())}, "PRODUCT_NOT_FOUND[input id]"},
		"no product's id": {map[string]any{"id": variantID(0)}, "PRODUCT_NOT_FOUND[input id]"},
		"an empty name":   {map[string]any{"name": " "}, "INVALID_NAME[input name]"},
		"no category":     {map[string]any{"categoryIds": []string{kitchen, id.Category.Format(id.New())}}, "CATEGORY_NOT_FOUND[input categoryIds 1]"},
		"no category id":  {map[string]any{"categoryIds": []string{"x"}}, "CATEGORY_NOT_FOUND[input categoryIds 0]"},
		"one twice":       {map[string]any{"categoryIds": []string{kitchen, kitchen}}, "INVALID_CATEGORIES[input categoryIds 1]"},
		"too many":        {map[string]any{"categoryIds": ids, "media": many}, "INVALID_CATEGORIES[input categoryIds] INVALID_MEDIA[input media]"},
		"a script":        {map[string]any{"media": []any{map[string]any{"url": "javascript:alert(1)"}}}, "INVALID_MEDIA[input media 0 url]"},
		"a data URL":      {map[string]any{"media": []any{map[string]any{"url": "data:image/png;base64,x"}}}, "INVALID_MEDIA[input media 0 url]"},
		"a space":         {map[string]any{"media": []any{map[string]any{"url": "https://x.example/ a"}}}, "INVALID_MEDIA[input media 0 url]"},
		"a long text":     {map[string]any{"media": []any{map[string]any{"url": "https://x.example", "alt": strings.Repeat("x", 501)}}}, "INVALID_MEDIA[input media 0 alt]"},
		"a long page":     {map[string]any{"description": strings.Repeat("x", 5001)}, "INVALID_DESCRIPTION[input description]"},
	} {
		input := map[string]any{"id": productID(1)}
		for k, v := range c.more {
			input[k] = v
		}
		if got := f.change(t, "staff", "updateProduct", input); faults(got) != c.want {
			t.Errorf("%s: %s, want %s", name, faults(got), c.want)
		}
	}
}

func TestVariants(t *testing.T) {
	f := newFixture(t)
	d := f.add(t, "Lamp", "", "LAMP-1", "30.00", 5)
	eur := func(amount string) []any { return []any{map[string]any{"amount": amount, "currencyCode": "EUR"}} }
	add := func(more map[string]any) map[string]any {
		v := map[string]any{"sku": "LAMP-2", "name": "Blue", "prices": eur("45.00"), "onHand": 3}
		for k, value := range more {
			v[k] = value
		}
		return f.change(t, "staff", "addProductVariant", map[string]any{"productId": id.Product.Format(d.id), "variant": v})
	}
	got := add(nil)
	if text := fmt.Sprint(got["variant"]); faults(got) != "" || !strings.Contains(text, "variants:[map[sku:LAMP-1] map[sku:LAMP-2]]") ||
		!strings.Contains(text, "highest:map[amount:45.00] lowest:map[amount:30.00]") || !strings.Contains(text, "stock:map[onHand:3]") {
		t.Errorf("added: %v", got)
	}
	blue := got["variant"].(map[string]any)["id"].(string)
	for name, c := range map[string]struct {
		more map[string]any
		want string
	}{
		"a taken SKU":      {map[string]any{"sku": "lamp-1"}, "SKU_TAKEN[input variant sku]"},
		"no price":         {map[string]any{"sku": "X", "prices": []any{}}, "INVALID_PRICE[input variant prices]"},
		"a negative price": {map[string]any{"sku": "X", "prices": eur("-1")}, "INVALID_PRICE[input variant prices 0 amount]"},
	} {
		if got := add(c.more); faults(got) != c.want {
			t.Errorf("%s: %s", name, faults(got))
		}
	}
	update := func(more map[string]any) map[string]any {
		input := map[string]any{"id": blue}
		for k, value := range more {
			input[k] = value
		}
		return f.change(t, "staff", "updateProductVariant", input)
	}
	got = update(map[string]any{"prices": []any{map[string]any{"amount": "20", "currencyCode": "EUR"}, map[string]any{"amount": "2000", "currencyCode": "JPY"}}})
	if text := fmt.Sprint(got["variant"]); !strings.Contains(text, "highest:map[amount:30.00] lowest:map[amount:20.00]") || !strings.Contains(text, "name:Blue") || !strings.Contains(text, "JPY") {
		t.Errorf("updated: %v", got)
	}
	for want, more := range map[string]map[string]any{
		"SKU_TAKEN[input sku]": {"sku": "LAMP-1"}, "INVALID_SKU[input sku]": {"sku": "a b"}, "INVALID_NAME[input name]": {"name": strings.Repeat("x", 101)},
		"INVALID_PRICE[input prices]": {"prices": []any{}}, "VARIANT_NOT_FOUND[input id]": {"id": id.Variant.Format(id.New())},
	} {
		if got := update(more); faults(got) != want {
			t.Errorf("%v: %s, want %s", more, faults(got), want)
		}
	}
	// 97 more have room, and not one beyond.
	for i := range 99 {
		if got := faults(add(map[string]any{"sku": fmt.Sprintf("MORE-%d", i)})); (got != "") != (i == 98) {
			t.Errorf("variant %d: %s", i+3, got)
		}
	}
}

func TestTheTreeOfCategories(t *testing.T) {
	f := newFixture(t)
	f.db.MustExec(`DELETE FROM product_categories`)
	f.db.MustExec(`DELETE FROM categories`)
	create := func(slug, parent string) string {
		input := map[string]any{"slug": slug, "name": "The " + slug}
		if parent != "" {
			input["parentId"] = parent
		}
		got := f.change(t, "staff", "createCategory", input)
		if got["category"] == nil {
			return faults(got)
		}
		return got["category"].(map[string]any)["id"].(string)
	}
	a := create("a", "")
	b := create("b", a)
	c := create("c", b)
	d := create("d", "")
	move := func(what string, more map[string]any) string {
		input := map[string]any{"id": what}
		for k, v := range more {
			input[k] = v
		}
		return faults(f.change(t, "staff", "updateCategory", input))
	}
	outline := func() string {
		r := f.as("anonymous").Do(t, `{ categories { slug children { slug children { slug ancestors { slug } children { slug } } } } }`, nil)
		return strings.NewReplacer("map[", "", "]", "", "[", "", "slug:", "", "children:", ">", "ancestors:", "^").Replace(fmt.Sprint(r.Get("categories")))
	}
	if got := outline(); got != ">>^a b > c b a > d" {
		t.Errorf("the tree: %s", got)
	}
	for name, got := range map[string][2]string{
		"below itself":        {move(a, map[string]any{"parentId": a}), "INVALID_PARENT[input parentId]"},
		"below its child":     {move(a, map[string]any{"parentId": c}), "INVALID_PARENT[input parentId]"},
		"below nothing":       {move(a, map[string]any{"parentId": id.Category.Format(id.New())}), "CATEGORY_NOT_FOUND[input parentId]"},
		"root and a parent":   {move(c, map[string]any{"parentId": a, "root": true}), "INVALID_PARENT[input root]"},
		"a taken slug":        {move(a, map[string]any{"slug": "d"}), "SLUG_TAKEN[input slug]"},
		"no slug":             {move(a, map[string]any{"slug": "A B"}), "INVALID_SLUG[input slug]"},
		"no name":             {move(a, map[string]any{"name": ""}), "INVALID_NAME[input name]"},
		"another's slug, new": {create("a", ""), "SLUG_TAKEN[input slug]"},
		"none such":           {move(id.Category.Format(id.New()), nil), "CATEGORY_NOT_FOUND[input id]"},
		"not empty":           {faults(f.change(t, "staff", "deleteCategory", map[string]any{"id": b})), "CATEGORY_NOT_EMPTY[input id]"},
		"deleting none":       {faults(f.change(t, "staff", "deleteCategory", map[string]any{"id": "x"})), "CATEGORY_NOT_FOUND[input id]"},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %s, want %s", name, got[0], got[1])
		}
	}
	// b moves with c below it; then d is first.
	if got := move(b, map[string]any{"parentId": d}); got != "" {
		t.Errorf("moved: %s", got)
	}
	move(d, map[string]any{"position": -1})
	if got := outline(); got != ">>^d b > c b d > a" {
		t.Errorf("the tree: %s", got)
	}
	// Products of a deleted category stay.
	f.db.MustExec(`INSERT INTO product_categories SELECT $1, id FROM products`, mustParse(t, id.Category, c))
	if got := f.change(t, "staff", "deleteCategory", map[string]any{"id": c}); got["deleted"] != true {
		t.Errorf("deleted: %v", got)
	}
	if r := f.as("anonymous").Do(t, `query($id: ID!) { product(id: $id) { name categories { slug } } }`, map[string]any{"id": productID(0)}); fmt.Sprint(r.Get("product.categories")) != "[]" {
		t.Errorf("its product: %s", r.Body)
	}
	// Eight levels, and no more, also by moving a subtree.
	parent := ""
	for i := range 8 {
		parent = create(fmt.Sprintf("level-%d", i), parent)
	}
	if got := create("too-deep", parent); got != "INVALID_PARENT[input parentId]" {
		t.Errorf("a ninth level: %s", got)
	}
	if got := move(d, map[string]any{"parentId": levelID(t, f, "level-6")}); got != "INVALID_PARENT[input parentId]" {
		t.Errorf("two levels below the seventh: %s", got)
	}
	for query, want := range map[string]string{
		`{ category(slug: "b") { parent { slug } } }`: `{"data":{"category":{"parent":{"slug":"d"}}}}`,
		`{ category(slug: "nothing") { slug } }`:      `{"data":{"category":null}}`,
		`{ category { slug } }`:                       "BAD_USER_INPUT",
		`{ category(id: "x") { slug } }`:              "BAD_USER_INPUT",
		`{ category(id: "x", slug: "b") { slug } }`:   "BAD_USER_INPUT",
	} {
		if r := f.as("anonymous").Do(t, query, nil); strings.TrimSpace(string(r.Body)) != want && r.Codes() != want {
			t.Errorf("%s: %s", query, r.Body)
		}
	}
}

func levelID(t *testing.T, f *fixture, slug string) string {
	t.Helper()
	r := f.as("anonymous").Do(t, `query($s: String!) { category(slug: $s) { id } }`, map[string]any{"s": slug})
	return r.Get("category.id").(string)
}

func mustParse(t *testing.T, kind id.Kind, text string) uuid.UUID {
	t.Helper()
	u, err := kind.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// Two moves that each are fine alone would make a circle together: one of them
// is refused.
func TestTheTreeStaysATree(t *testing.T) {
	f := newFixture(t)
	for range 20 {
		f.db.MustExec(`DELETE FROM product_categories`)
		f.db.MustExec(`DELETE FROM categories`)
		ids := map[string]string{}
		for _, slug := range []string{"a", "b"} {
			ids[slug] = f.change(t, "staff", "createCategory", map[string]any{"slug": slug, "name": slug})["category"].(map[string]any)["id"].(string)
		}
		var both sync.WaitGroup
		for what, below := range map[string]string{"a": "b", "b": "a"} {
			both.Go(func() {
				f.change(t, "staff", "updateCategory", map[string]any{"id": ids[what], "parentId": ids[below]})
			})
		}
		both.Wait()
		var roots int
		if err := f.db.Get(&roots, `SELECT count(*) FROM categories WHERE parent_id IS NULL AND path = ARRAY[id]`); err != nil || roots != 1 {
			t.Fatalf("%d roots, %v", roots, err)
		}
	}
}

func TestAdjustStock(t *testing.T) {
	f := newFixture(t)
	variant, order := f.shelf(t, 1, 5)[0], newOrder()
	f.reserve(t, order, line(variant, 2))
	adjust := func(key string, change int, more map[string]any) string {
		input := map[string]any{"variantId": variant, "change": change, "kind": "CORRECTED", "idempotencyKey": key}
		for k, v := range more {
			input[k] = v
		}
		got := f.change(t, "staff", "adjustStock", input)
		if got["variant"] == nil {
			return faults(got)
		}
		return fmt.Sprint(got["variant"].(map[string]any)["stock"])
	}
	staff := id.User.Format(size.User(1).ID)
	if got := adjust("k1", 10, map[string]any{"kind": "RECEIVED", "note": "a truck"}); got != "map[movements:[map[actorId:"+staff+" kind:RECEIVED note:a truck onHandChange:10]] onHand:15 reserved:2]" {
		t.Errorf("received: %s", got)
	}
	for name, c := range map[string]struct {
		got, want string
	}{
		"sent again":           {adjust("k1", 10, map[string]any{"kind": "RECEIVED"})[:9], "map[movem"},
		"another change":       {adjust("k1", 11, map[string]any{"kind": "RECEIVED"}), "IDEMPOTENCY_KEY_REUSED[input idempotencyKey]"},
		"below what is held":   {adjust("k2", -14, nil), "INSUFFICIENT_STOCK[input change]"},
		"nothing":              {adjust("k3", 0, nil), "INVALID_QUANTITY[input change]"},
		"a negative truck":     {adjust("k4", -1, map[string]any{"kind": "RECEIVED"}), "INVALID_QUANTITY[input change]"},
		"2^31":                 {adjust("k5", 1<<31, nil), "INVALID_QUANTITY[input change]"},
		"-2^31":                {adjust("k5", -1<<31, nil), "INVALID_QUANTITY[input change]"},
		"a billion more":       {adjust("k6", 1_000_000_000, nil), "INVALID_QUANTITY[input change]"},
		"no key":               {adjust("", 1, nil), "INVALID_IDEMPOTENCY_KEY[input idempotencyKey]"},
		"a long note":          {adjust("k7", 1, map[string]any{"note": strings.Repeat("x", 501)}), "INVALID_NOTE[input note]"},
		"no such variant":      {adjust("k8", 1, map[string]any{"variantId": id.Variant.Format(id.New())}), "VARIANT_NOT_FOUND[input variantId]"},
		"exactly what is held": {adjust("k9", -13, nil)[:3], "map"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", name, c.got, c.want)
		}
	}
	if got := f.stock(t, variant); got != "2/2" {
		t.Errorf("stock %s", got)
	}
	f.audit(t)
}

// One key, twenty times at once: one movement.
func TestAdjustStockOnce(t *testing.T) {
	f := newFixture(t)
	variant := f.shelf(t, 1, 5)[0]
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if got := faults(f.change(t, "staff", "adjustStock", map[string]any{"variantId": variant, "change": 3, "kind": "RECEIVED", "idempotencyKey": "truck 7"})); got != "" {
				t.Errorf("adjustStock: %s", got)
			}
		})
	}
	all.Wait()
	if got := f.stock(t, variant); got != "8/0" {
		t.Errorf("stock %s", got)
	}
	f.audit(t)
}

// The ledger tells what happened, newest first, page by page, to staff alone.
func TestTheLedger(t *testing.T) {
	f := newFixture(t)
	variant, order := f.shelf(t, 1, 5)[0], newOrder()
	f.reserve(t, order, line(variant, 2))
	f.confirm(t, order)
	f.release(t, order)
	const query = `query($ids: [ID!]!, $first: Int!, $after: ID) { productVariants(ids: $ids) { stock { movements(first: $first, after: $after) { id kind onHandChange reservedChange orderId } } } }`
	var kinds []string
	var after any
	for range 3 {
		r := f.as("staff").Do(t, query, map[string]any{"ids": []string{variant}, "first": 2, "after": after})
		for _, m := range r.Get("productVariants.0.stock.movements").([]any) {
			movement := m.(map[string]any)
			kinds = append(kinds, fmt.Sprint(movement["kind"], movement["onHandChange"], movement["reservedChange"], movement["orderId"] == order))
			after = movement["id"]
		}
	}
	if got := strings.Join(kinds, " "); got != "RETURNED 2 0 true SOLD -2 -2 true RESERVED 0 2 true RECEIVED 5 0 false" && got != "RETURNED2 0 true SOLD-2 -2 true RESERVED0 2 true RECEIVED5 0 false" {
		t.Errorf("the ledger: %s", got)
	}
	if r := f.as("customer").Do(t, query, map[string]any{"ids": []string{variant}, "first": 2}); r.Get("productVariants.0.stock") != nil {
		t.Errorf("a customer sees %s", r.Body)
	}
	for name, c := range map[string]map[string]any{
		"101": {"first": 101}, "-1": {"first": -1}, "no id": {"first": 1, "after": "x"}, "an order's id": {"first": 1, "after": order},
	} {
		c["ids"] = []string{variant}
		if r := f.as("staff").Do(t, query, c); r.Codes() != "BAD_USER_INPUT" {
			t.Errorf("%s: %s", name, r.Body)
		}
	}
	odd := id.Movement.Format(id.New()) // of no movement
	if r := f.as("staff").Do(t, query, map[string]any{"ids": []string{variant}, "first": 2, "after": odd}); fmt.Sprint(r.Get("productVariants.0.stock.movements")) != "[]" {
		t.Errorf("behind no movement: %s", r.Body)
	}
}

// The catalogue is staff's, and whoever else tries costs no statement.
func TestTheCatalogueIsStaffs(t *testing.T) {
	f := newFixture(t)
	for persona, want := range map[string]string{"anonymous": "UNAUTHENTICATED", "customer": "FORBIDDEN", "orders": "FORBIDDEN"} {
		f.db.Statements.Budget(t, 0, func() {
			for mutation, input := range map[string]map[string]any{
				"updateProduct": {"id": productID(0)}, "updateProductVariant": {"id": variantID(0)}, "deleteCategory": {"id": "x"},
				"addProductVariant": {"productId": productID(0), "variant": map[string]any{"sku": "X", "prices": []any{}}},
				"adjustStock":       {"variantId": variantID(0), "change": 1, "kind": "RECEIVED", "idempotencyKey": "k"},
				"createCategory":    {"slug": "x", "name": "x"}, "updateCategory": {"id": "x"},
			} {
				if got := f.change(t, persona, mutation, input); faults(got) != want {
					t.Errorf("%s, %s: %s", persona, mutation, faults(got))
				}
			}
		})
	}
}
