package products

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/internal/id"
	"github.com/shopgraph/shopgraph/subgraphs/products/internal/model"
)

// add adds a product on sale, with one variant.
func (f *fixture) add(t *testing.T, name, description, sku, euros string, onHand int) draft {
	t.Helper()
	d, faults := checkDraft(model.CreateProductInput{
		Name: name, Description: description, Status: model.ProductStatusActive, TaxClass: model.TaxClassStandard,
		Variants: []*model.CreateProductVariantInput{{Sku: sku, Prices: []*model.MoneyInput{{Amount: euros, CurrencyCode: "EUR"}}, OnHand: onHand}},
	})
	if len(faults) > 0 {
		t.Fatal(faults[0])
	}
	if faults, err := f.store.create(t.Context(), d); err != nil || len(faults) > 0 {
		t.Fatal(faults, err)
	}
	return d
}

// names are those of a list, in its order, as a persona sees it; or the code of
// its error. The total count has to agree.
func (f *fixture) names(t *testing.T, persona, arguments string) string {
	t.Helper()
	r := f.as(persona).Do(t, `{ products(first: 100, `+arguments+`) { totalCount nodes { name } } }`, nil)
	if len(r.Errors) > 0 {
		return r.Codes()
	}
	names := []string{}
	for _, p := range r.Get("products.nodes").([]any) {
		names = append(names, p.(map[string]any)["name"].(string))
	}
	if n := r.Get("products.totalCount").(float64); int(n) != len(names) && !strings.Contains(arguments, "sort: PRICE") {
		t.Errorf("%s: %d in the list, %v counted", arguments, len(names), n)
	}
	return strings.Join(names, ", ")
}

func emptied(t *testing.T) *fixture {
	t.Helper()
	f := newFixture(t)
	f.db.MustExec(`UPDATE products SET status = 'ARCHIVED'`)
	return f
}

// Searching finds words by their beginning and by their stem, wherever they
// stand, best match first.
func TestSearch(t *testing.T) {
	f := emptied(t)
	f.add(t, "Running Shoes", "For the road.", "RUN-1", "80", 5)
	f.add(t, "The Lamp", "A warm light for runners who read.", "LMP-00017-2", "30", 5)
	f.add(t, "Lampshade", "Of paper. Fits a lamp.", "SHD-1", "10", 0)
	f.add(t, "Café Chair", "Übergröße.", "CHR.x_1", "99", 1)
	for search, want := range map[string]string{
		"lamp":                  "Lampshade, The Lamp", // the name and the description, then the name alone
		"LAMPS":                 "Lampshade, The Lamp",
		"lam":                   "Lampshade, The Lamp",
		"run":                   "Running Shoes, The Lamp",
		"runni":                 "Running Shoes",
		"shoes road":            "Running Shoes",
		"shoes lamp":            "",
		"lmp-00017":             "The Lamp",
		"LMP-00017-2":           "The Lamp",
		"chr.x":                 "Café Chair",
		"café":                  "Café Chair",
		"übergr":                "Café Chair",
		"the":                   "The Lamp",
		"the lamp":              "Lampshade, The Lamp",
		"the lampshade":         "Lampshade",
		"":                      "",
		"' & | ! :* <-> ( \\\\": "",
		"%":                     "",
		"\\u0000":               "",
	} {
		if got := f.names(t, "anonymous", fmt.Sprintf(`search: "%s"`, search)); got != want {
			t.Errorf("%q finds %s, want %s", search, got, want)
		}
	}
	if got := f.names(t, "anonymous", `search: "`+strings.Repeat("lamp ", 1000)+`"`); got != "Lampshade, The Lamp" {
		t.Errorf("a search of 1,000 words finds %s", got)
	}
}

// What is searched by follows what is changed.
func TestSearchFollowsChanges(t *testing.T) {
	f := emptied(t)
	d := f.add(t, "Lamp", "", "LMP-1", "30", 5)
	f.change(t, "staff", "updateProduct", map[string]any{"id": id.Product.Format(d.id), "name": "Torch"})
	f.change(t, "staff", "updateProductVariant", map[string]any{"id": id.Variant.Format(d.variants[0].id), "sku": "TRC-1", "name": "Yellow"})
	for search, want := range map[string]string{"lamp": "", "LMP-1": "", "torch": "Torch", "TRC-1": "Torch", "yell": "Torch"} {
		if got := f.names(t, "anonymous", fmt.Sprintf("search: %q", search)); got != want {
			t.Errorf("%s: %s", search, got)
		}
	}
}

func TestFiltersAndSorts(t *testing.T) {
	f := emptied(t)
	f.add(t, "banana", "", "B-1", "2.00", 5)
	apple := f.add(t, "Apple", "", "A-1", "3.00", 0)
	f.add(t, "Cherry", "", "C-1", "10.00", 1)
	f.db.MustExec(`UPDATE products SET created_at = '2020-01-01' WHERE id = $1`, apple.id)
	tree := demodata.Categories()
	f.db.MustExec(`INSERT INTO product_categories SELECT $1, id FROM products WHERE name = 'banana'`, tree[0].ID)
	f.db.MustExec(`INSERT INTO product_categories SELECT $1, id FROM products WHERE name = 'Cherry'`, tree[3].ID) // below it
	home := id.Category.Format(tree[0].ID)
	for arguments, want := range map[string]string{
		`sort: NEWEST`:                         "Cherry, Apple, banana",
		`sort: OLDEST`:                         "banana, Apple, Cherry",
		`sort: NAME`:                           "Apple, banana, Cherry",
		`sort: PRICE_LOW`:                      "banana, Apple, Cherry",
		`sort: PRICE_HIGH`:                     "Cherry, Apple, banana",
		`sort: RELEVANCE`:                      "Cherry, Apple, banana",
		`sort: PRICE_LOW, currencyCode: "USD"`: "",

		`filter: {inStock: true}, sort: NAME`:                                       "banana, Cherry",
		`filter: {inStock: false}, sort: NAME`:                                      "Apple",
		`filter: {price: {currencyCode: "EUR", min: "2.5", max: "9.99"}}`:           "Apple",
		`filter: {price: {currencyCode: "EUR", max: "3"}}, sort: NAME`:              "Apple, banana",
		`filter: {price: {currencyCode: "EUR", min: "3"}}, sort: NAME`:              "Apple, Cherry",
		`filter: {price: {currencyCode: "USD", min: "0"}}`:                          "",
		`filter: {categoryId: "` + home + `"}, sort: NAME`:                          "banana, Cherry",
		`filter: {categoryId: "` + id.Category.Format(tree[3].ID) + `"}`:            "Cherry",
		`filter: {categoryId: "` + id.Category.Format(id.New()) + `"}`:              "",
		`filter: {categoryId: "` + home + `", inStock: true}, search: "ban"`:        "banana",
		`filter: {createdBefore: "2020-06-01T00:00:00Z"}`:                           "Apple",
		`filter: {createdFrom: "2020-06-01T00:00:00Z"}, sort: NAME`:                 "banana, Cherry",
		`filter: {status: [ACTIVE]}, sort: NAME`:                                    "Apple, banana, Cherry",
		`filter: {}`:                                                                "Cherry, Apple, banana",
		`filter: {price: {currencyCode: "EUR", min: "1.999"}}`:                      "BAD_USER_INPUT",
		`filter: {price: {currencyCode: "EUR", min: "5", max: "4"}}`:                "BAD_USER_INPUT",
		`filter: {categoryId: "home"}`:                                              "BAD_USER_INPUT",
		`filter: {price: {currencyCode: "EUR", max: "99999999999999999999999999"}}`: "BAD_USER_INPUT",
	} {
		if got := f.names(t, "anonymous", arguments); got != want {
			t.Errorf("%s: %s, want %s", arguments, got, want)
		}
	}
}

// Whatever a filter says, those who are not staff see what is on sale and
// nothing else: what they may see is not up to the filter.
func TestFiltersDoNotOpenDrafts(t *testing.T) {
	f := newFixture(t)
	for _, arguments := range []string{
		`filter: {status: [DRAFT]}`, `filter: {status: [ARCHIVED, DRAFT]}`, `filter: {status: []}`, `search: "Secret"`, `search: "Old"`, `search: "DRAFT-1"`,
		`filter: {status: [DRAFT], inStock: true, price: {currencyCode: "EUR", min: "0"}}, search: "lamp"`,
	} {
		for _, persona := range []string{"anonymous", "customer", "orders"} {
			if got := f.names(t, persona, arguments); got != "" {
				t.Errorf("%s, %s: %s", persona, arguments, got)
			}
		}
	}
	for _, persona := range []string{"anonymous", "customer"} {
		all := f.names(t, persona, `sort: NAME`)
		if got := f.names(t, persona, `sort: NAME, filter: {status: [DRAFT, ACTIVE, ARCHIVED]}`); got != all || strings.Contains(all, "Secret") {
			t.Errorf("%s sees %s", persona, got)
		}
		r := f.as(persona).Do(t, `{ products(filter: {status: [DRAFT, ARCHIVED]}) { totalCount facets { inStock prices { lowest { amount } } categories { count } } } }`, nil)
		if got := string(r.Body); !strings.Contains(got, `"totalCount":0`) || !strings.Contains(got, `"inStock":0`) || !strings.Contains(got, `"prices":null`) {
			t.Errorf("%s counts %s", persona, got)
		}
	}
	for arguments, want := range map[string]string{`filter: {status: [DRAFT]}`: "Secret Lamp", `filter: {status: [ARCHIVED]}`: "Old Lamp", `search: "secr"`: "Secret Lamp"} {
		if got := f.names(t, "staff", arguments); got != want {
			t.Errorf("staff, %s: %s", arguments, got)
		}
	}
}

// Any list, in any order, is the same page by page.
func TestListsPageByPage(t *testing.T) {
	f := newFixture(t)
	for range 3 { // equal names and prices
		f.add(t, "Twin", "lamp", strings.ReplaceAll(id.New().String(), "-", "."), "9.99", 1)
	}
	for _, arguments := range []string{`sort: NEWEST`, `sort: OLDEST`, `sort: NAME`, `sort: PRICE_LOW`, `sort: PRICE_HIGH`, `search: "lamp"`, `search: "l", sort: NAME`} {
		whole := f.names(t, "anonymous", arguments)
		var forward, backward []string
		for after := ""; ; {
			r := f.as("anonymous").Do(t, `{ products(first: 4, `+arguments+after+`) { nodes { name } pageInfo { hasNextPage endCursor } } }`, nil)
			forward = append(forward, nodes(r.Get("products.nodes"))...)
			if r.Get("products.pageInfo.hasNextPage") != true {
				break
			}
			after = fmt.Sprintf(`, after: "%s"`, r.Get("products.pageInfo.endCursor"))
		}
		for before := ""; ; {
			r := f.as("anonymous").Do(t, `{ products(last: 4, `+arguments+before+`) { nodes { name } pageInfo { hasPreviousPage startCursor } } }`, nil)
			backward = slices.Concat(nodes(r.Get("products.nodes")), backward)
			if r.Get("products.pageInfo.hasPreviousPage") != true {
				break
			}
			before = fmt.Sprintf(`, before: "%s"`, r.Get("products.pageInfo.startCursor"))
		}
		if strings.Join(forward, ", ") != whole || strings.Join(backward, ", ") != whole || len(forward) == 0 {
			t.Errorf("%s:\nwhole    %s\nforward  %v\nbackward %v", arguments, whole, forward, backward)
		}
	}
	// A cursor is of one order.
	r := f.as("anonymous").Do(t, `{ products(first: 1, sort: NAME) { pageInfo { endCursor } } }`, nil)
	if got := f.names(t, "anonymous", fmt.Sprintf(`sort: PRICE_LOW, after: "%s"`, r.Get("products.pageInfo.endCursor"))); got != "BAD_USER_INPUT" {
		t.Errorf("a cursor of another order: %s", got)
	}
}

func nodes(list any) (names []string) {
	for _, n := range list.([]any) {
		names = append(names, n.(map[string]any)["name"].(string))
	}
	return names
}

// Each facet says what the list would have if it were narrowed by that.
func TestFacets(t *testing.T) {
	f := newFixture(t)
	f.db.MustExec(`UPDATE stock SET on_hand = 0, reserved = 0 WHERE variant_id IN (SELECT v.id FROM variants v WHERE product_id = $1)`, size.Product(0).ID)
	for _, arguments := range []string{``, `search: "l"`, `filter: {categoryId: "` + id.Category.Format(demodata.Categories()[1].ID) + `"}`, `filter: {inStock: false}`, `filter: {price: {currencyCode: "EUR", max: "50"}}`} {
		r := f.as("anonymous").Do(t, `{ products(first: 100, `+arguments+`) {
			facets { inStock prices { lowest { amount } highest { amount } } categories { count category { id slug } } } } }`, nil)
		if len(r.Errors) > 0 {
			t.Fatalf("%s: %s", arguments, r.Body)
		}
		for _, c := range r.Get("products.facets.categories").([]any) {
			category := c.(map[string]any)
			narrowed := withFilter(arguments, `categoryId: "`+category["category"].(map[string]any)["id"].(string)+`"`)
			if got := f.count(t, narrowed); got != category["count"] {
				t.Errorf("%s: %v is said to leave %v, and leaves %v", arguments, category["category"], category["count"], got)
			}
		}
		if got, said := f.count(t, withFilter(arguments, `inStock: true`)), r.Get("products.facets.inStock"); got != said {
			t.Errorf("%s: what is in stock is said to be %v, and is %v", arguments, said, got)
		}
		for end, bound := range map[string]string{"lowest": "max", "highest": "min"} {
			amount := r.Get("products.facets.prices." + end + ".amount").(string)
			if f.count(t, withFilter(arguments, `price: {currencyCode: "EUR", `+bound+`: "`+amount+`"}`)) == 0.0 {
				t.Errorf("%s: nothing has the %s price %s", arguments, end, amount)
			}
		}
	}
}

func (f *fixture) count(t *testing.T, arguments string) any {
	t.Helper()
	r := f.as("anonymous").Do(t, `{ products(first: 1, `+arguments+`) { totalCount } }`, nil)
	return r.Get("products.totalCount")
}

// withFilter narrows arguments by a condition, instead of one of the same name.
func withFilter(arguments, condition string) string {
	name, _, _ := strings.Cut(condition, ":")
	inner, found := strings.CutPrefix(arguments, "filter: {")
	if !found || strings.HasPrefix(inner, name) {
		rest := map[bool]string{false: ", " + arguments}[found]
		return "filter: {" + condition + "}" + rest
	}
	return "filter: {" + condition + ", " + inner
}
