package users

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/shopgraph/shopgraph/internal/id"
)

func postal(more map[string]any) map[string]any {
	input := map[string]any{"recipient": "Carla Customer", "line1": "1 Main Street", "city": "Berlin", "postalCode": "10115", "countryCode": "de"}
	for k, v := range more {
		input[k] = v
	}
	return input
}

// book is the owner's address book, as "city*" with a star for the default.
func (f *fixture) book(t *testing.T) string {
	t.Helper()
	r := f.as("owner").Do(t, `{ me { addresses { id city isDefault } } }`, nil)
	var list []string
	for _, a := range r.Get("me.addresses").([]any) {
		list = append(list, fmt.Sprint(a.(map[string]any)["city"])+map[bool]string{true: "*"}[a.(map[string]any)["isDefault"].(bool)])
	}
	return strings.Join(list, " ")
}

func TestAddressBook(t *testing.T) {
	f := newFixture(t)
	add := func(more map[string]any) string {
		got := f.do(t, "owner", "addAddress", "address { id countryCode }", postal(more))
		if got["address"] == nil {
			t.Fatalf("addAddress: %v", got)
		}
		return got["address"].(map[string]any)["id"].(string)
	}
	berlin := add(nil)
	paris := add(map[string]any{"city": "Paris", "countryCode": "FR", "isDefault": true})
	rome := add(map[string]any{"city": "Rome", "countryCode": "IT"})
	if got := f.book(t); got != "Berlin Paris* Rome" {
		t.Errorf("the book: %s", got)
	}
	update := func(id string, more map[string]any) string {
		input := postal(more)
		input["id"] = id
		return codes(f.do(t, "owner", "updateAddress", "address { isDefault }", input))
	}
	// The default stays one until another is.
	update(paris, map[string]any{"city": "Lyon", "countryCode": "FR", "isDefault": false})
	if got := f.book(t); got != "Berlin Lyon* Rome" {
		t.Errorf("the book: %s", got)
	}
	update(rome, map[string]any{"city": "Milan", "countryCode": "IT", "isDefault": true})
	if got := f.book(t); got != "Berlin Lyon Milan*" {
		t.Errorf("the book: %s", got)
	}
	remove := func(persona, id string) string {
		return codes(f.do(t, persona, "removeAddress", "removed", map[string]any{"id": id}))
	}
	for _, persona := range []string{"another", "staff"} { // not theirs
		if got := remove(persona, rome); got != "ADDRESS_NOT_FOUND" {
			t.Errorf("%s removes it: %q", persona, got)
		}
	}
	if remove("owner", rome) != "" || f.book(t) != "Berlin* Lyon" {
		t.Errorf("the book: %s", f.book(t))
	}
	for _, gone := range []string{rome, id.Address.Format(id.New()), berlin[:10], ""} {
		if remove("owner", gone) != "ADDRESS_NOT_FOUND" || update(gone, nil) != "ADDRESS_NOT_FOUND" {
			t.Errorf("%q is found", gone)
		}
	}
}

func TestWhatIsNoAddress(t *testing.T) {
	f := newFixture(t)
	for field, values := range map[string][]string{
		"recipient": {"", " ", strings.Repeat("é", 101), "a\x00b"}, "line1": {""}, "line2": {strings.Repeat("x", 101)}, "postalCode": {strings.Repeat("1", 21)},
		"city": {"\n"}, "region": {strings.Repeat("x", 101)}, "phone": {strings.Repeat("1", 31)},
		"countryCode": {"", "D", "DEU", "276", "XX1", "ZZ", "EU", "Germany", "💡"},
	} {
		for _, value := range values {
			got := f.do(t, "owner", "addAddress", "address { id }", postal(map[string]any{field: value}))
			if codes(got) != "INVALID_ADDRESS" || fmt.Sprint(got["userErrors"].([]any)[0].(map[string]any)["field"]) != "[input "+field+"]" {
				t.Errorf("%s %q: %v", field, value, got)
			}
		}
	}
	if got := f.do(t, "owner", "addAddress", "address { id }", postal(map[string]any{"city": "", "countryCode": "?"})); codes(got) != "INVALID_ADDRESS INVALID_ADDRESS" {
		t.Errorf("two faults: %v", got)
	}
	if got := f.book(t); got != "" {
		t.Errorf("the book: %s", got)
	}
}

// An address book has room for twenty, one default and no more, also when many
// are added at once.
func TestAnAddressBookIsFull(t *testing.T) {
	f := newFixture(t)
	var all sync.WaitGroup
	for range 25 {
		all.Go(func() {
			if got := codes(f.do(t, "owner", "addAddress", "address { id }", postal(map[string]any{"isDefault": true}))); got != "" && got != "TOO_MANY_ADDRESSES" {
				t.Errorf("addAddress: %q", got)
			}
		})
	}
	all.Wait()
	if got := f.book(t); strings.Count(got, "Berlin") != 20 || strings.Count(got, "*") != 1 {
		t.Errorf("the book: %s", got)
	}
}

// What is left of a deleted account opens nothing and says nothing of its owner;
// the address is free again.
func TestDeleteAccount(t *testing.T) {
	f := newFixture(t)
	f.do(t, "owner", "addAddress", "address { id }", postal(nil))
	f.do(t, "anonymous", "requestPasswordReset", "accepted", map[string]any{"email": customer})
	if got := f.do(t, "owner", "deleteAccount", "deleted", map[string]any{"password": password}); got["deleted"] != true {
		t.Fatalf("deleteAccount: %v", got)
	}
	if sent, _ := f.mail(t); sent != "" {
		t.Errorf("sent:\n%s", sent)
	}
	var left string
	if err := f.db.Get(&left, `SELECT string_agg(t::text, ' ') FROM (
		SELECT to_jsonb(u) - 'search' FROM users u WHERE id = $1 UNION ALL SELECT to_jsonb(a) FROM addresses a UNION ALL SELECT to_jsonb(l) FROM letters l
		UNION ALL SELECT to_jsonb(x) FROM letter_tokens x) t`, size.User(0).ID); err != nil {
		t.Fatal(err)
	}
	for _, personal := range []string{"customer@", "Carla", "Main Street", "$v="} {
		if strings.Contains(left, personal) {
			t.Errorf("%q is left in %s", personal, left)
		}
	}
	if r := f.as("owner").Do(t, `{ me { name } }`, nil); r.Get("me") != nil {
		t.Errorf("me: %s", r.Body)
	}
	r := f.as("staff").Do(t, `query($id: ID!) { user(id: $id) { name status } }`, map[string]any{"id": userID(0)})
	if r.Get("user.name") != "Deleted account" || r.Get("user.status") != "DELETED" {
		t.Errorf("staff sees %s", r.Body)
	}
	f.register(t, customer)
	f.login(t, customer)
	if got := f.do(t, "staff", "blockAccount", "user { id }", map[string]any{"accountId": userID(0), "reason": "x"}); codes(got) != "ACCOUNT_NOT_FOUND" {
		t.Errorf("a deleted account is blocked: %v", got)
	}
}

// The copy of one's data holds everything that is kept, but for what opens the
// account, and is for its owner alone.
func TestPersonalData(t *testing.T) {
	f := newFixture(t)
	f.do(t, "owner", "addAddress", "address { id }", postal(nil))
	r := f.as("owner").Do(t, `{ me { personalData } }`, nil)
	text, err := json.Marshal(r.Get("me.personalData"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{customer, "Carla Customer", "1 Main Street", `"sessions":[{"`, `"blocked_because":null`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is missing in %s", want, text)
		}
	}
	for _, secret := range []string{"argon2id", "hash", "search"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("%q is in %s", secret, text)
		}
	}
	for _, persona := range []string{"staff", "admin"} {
		r := f.as(persona).Do(t, `query($id: ID!) { user(id: $id) { name personalData } }`, map[string]any{"id": userID(0)})
		if r.Get("user.name") == nil || r.Get("user.personalData") != nil {
			t.Errorf("%s sees %s", persona, r.Body)
		}
	}
}

func TestUpdateProfile(t *testing.T) {
	f := newFixture(t)
	for name, want := range map[string]string{"": "INVALID_NAME", " \t": "INVALID_NAME", "a\x00": "INVALID_NAME", strings.Repeat("x", 101): "INVALID_NAME", " Carla C. ": ""} {
		if got := codes(f.do(t, "owner", "updateProfile", "user { name }", map[string]any{"name": name})); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if r := f.as("owner").Do(t, `{ me { name } }`, nil); r.Get("me.name") != "Carla C." {
		t.Errorf("me: %s", r.Body)
	}
	// The address is no part of the profile: it takes the password to change it.
	r := f.as("owner").Do(t, `mutation { updateProfile(input: {email: "a@b.example"}) { user { email } } }`, nil)
	if r.Codes() != "GRAPHQL_VALIDATION_FAILED" {
		t.Errorf("updateProfile with an address: %s", r.Body)
	}
}
