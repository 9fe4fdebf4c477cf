package plausible

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// leaf makes a scalar or an enum's value that looks right for its name.
func (m maker) leaf(def *ast.Definition) any {
	d := &m.dice
	switch def.Name {
	case "Boolean":
		return d.below(2) == 0
	case "Int":
		return m.number(wholeNumbers)
	case "Float":
		return math.Round(float64(m.number(fractions))+float64(d.below(100))) / 100
	case "ID":
		return fmt.Sprintf("%08x", d.next()>>32)
	case "String":
		return m.text()
	}
	if def.Kind == ast.Enum {
		return def.EnumValues[d.below(len(def.EnumValues))].Name
	}
	return m.scalar(def.Name)
}

// numbers says which numbers fit a name: the first rule with a word of the
// name counts, the last is for all others.
type numbers []struct {
	words     []string
	low, high int
}

var wholeNumbers = numbers{
	{[]string{"age"}, 18, 80},
	{[]string{"year"}, 1990, 2026},
	{[]string{"rating", "stars", "score"}, 1, 5},
	{[]string{"percent", "percentage", "discount"}, 0, 60},
	{[]string{"cents", "price", "amount", "total", "cost"}, 199, 24_999},
	{[]string{"stock", "quantity", "count", "inventory"}, 0, 250},
	{[]string{"width", "height", "depth", "length", "weight"}, 5, 900},
	{nil, 0, 1000},
}

// fractions are in hundredths.
var fractions = numbers{
	{[]string{"lat", "latitude"}, -80_00, 80_00},
	{[]string{"lng", "lon", "longitude"}, -180_00, 179_00},
	{[]string{"rating", "stars", "score"}, 100, 400},
	{[]string{"price", "amount", "total", "cost"}, 199, 24_900},
	{[]string{"rate", "ratio", "share"}, 0, 0},
	{nil, 0, 1000_00},
}

func (m *maker) number(rules numbers) int {
	words := split(m.field.Name)
	for _, rule := range rules {
		if rule.words == nil || anyOf(words, rule.words) {
			return m.dice.between(rule.low, rule.high)
		}
	}
	return 0
}

// scalar makes a value of a custom scalar, by its name.
func (m *maker) scalar(name string) any {
	d := &m.dice
	switch lower(name) {
	case "datetime", "timestamp", "instant":
		return m.time().Format(time.RFC3339)
	case "date", "localdate":
		return m.time().Format(time.DateOnly)
	case "time", "localtime":
		return m.time().Format(time.TimeOnly)
	case "duration":
		return fmt.Sprintf("PT%dM", d.between(1, 300))
	case "url", "uri":
		return m.address()
	case "uuid", "guid":
		a, b := d.next(), d.next()
		return fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>52, b&0xffffffffffff)
	case "email", "emailaddress":
		return m.email()
	case "json", "jsonobject", "object", "map":
		return map[string]any{d.pick(nouns): d.pick(adjectives), "count": d.below(100)}
	case "decimal", "bigdecimal", "money", "currencyamount":
		return fmt.Sprintf("%d.%02d", d.between(1, 249), d.below(100))
	case "long", "bigint", "int64":
		return d.below(1_000_000_000)
	case "countrycode":
		return d.pick(countryCodes)
	case "currency", "currencycode":
		return d.pick(currencies)
	}
	return fmt.Sprintf("%s-%06x", lower(name), d.next()&0xffffff)
}

// time is one of the years before 2026: no clock is asked, so that answers
// stay the same.
func (m *maker) time() time.Time {
	end := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return end.Add(-time.Duration(m.dice.below(3*365*24*60)) * time.Minute)
}

// texts says which text fits a name: the first rule with a word of the name
// counts.
var texts = []struct {
	words []string
	make  func(*maker) string
}{
	{[]string{"email", "mail"}, (*maker).email},
	{[]string{"firstname", "givenname"}, func(m *maker) string { return m.dice.pick(firstNames) }},
	{[]string{"lastname", "surname", "familyname"}, func(m *maker) string { return m.dice.pick(lastNames) }},
	{[]string{"username", "login", "handle", "nickname"}, func(m *maker) string {
		return lower(m.dice.pick(firstNames)) + fmt.Sprint(m.dice.between(1, 99))
	}},
	{[]string{"phone", "mobile"}, func(m *maker) string {
		return fmt.Sprintf("+41 44 555 %02d %02d", m.dice.below(100), m.dice.below(100))
	}},
	{[]string{"url", "uri", "link", "href", "website", "homepage", "image", "avatar", "picture", "thumbnail", "logo"}, (*maker).address},
	{[]string{"street", "address", "line1"}, func(m *maker) string {
		return fmt.Sprintf("%d %s Street", m.dice.between(1, 120), m.dice.pick(lastNames))
	}},
	{[]string{"city", "town", "place", "location"}, func(m *maker) string { return m.dice.pick(cities) }},
	{[]string{"country"}, func(m *maker) string { return m.dice.pick(countries) }},
	{[]string{"zip", "zipcode", "postal", "postcode"}, func(m *maker) string { return fmt.Sprint(m.dice.between(10_000, 99_999)) }},
	{[]string{"currency"}, func(m *maker) string { return m.dice.pick(currencies) }},
	{[]string{"color", "colour"}, func(m *maker) string { return m.dice.pick(colors) }},
	{[]string{"date", "at", "time", "created", "updated", "registered", "timestamp"}, func(m *maker) string { return m.time().Format(time.RFC3339) }},
	{[]string{"description", "body", "text", "content", "comment", "summary", "bio", "message", "note", "review"}, (*maker).sentence},
	{[]string{"slug", "path"}, func(m *maker) string { return m.dice.pick(adjectives) + "-" + m.dice.pick(nouns) }},
	{[]string{"sku", "code", "ean", "upc", "reference"}, func(m *maker) string {
		return strings.ToUpper(m.dice.pick(nouns)[:3]) + fmt.Sprintf("-%04d", m.dice.below(10_000))
	}},
	{[]string{"price", "amount", "total", "cost"}, func(m *maker) string {
		return fmt.Sprintf("%d.%02d", m.dice.between(1, 249), m.dice.below(100))
	}},
	{[]string{"status", "state"}, func(m *maker) string { return m.dice.pick([]string{"new", "active", "done"}) }},
	{[]string{"language", "locale"}, func(m *maker) string { return m.dice.pick([]string{"en", "de", "fr", "it"}) }},
	{[]string{"author", "owner"}, (*maker).person},
	{[]string{"name", "fullname", "displayname"}, (*maker).name},
}

// people are types whose name is a person's.
var people = []string{"user", "person", "customer", "author", "account", "employee", "member", "owner", "contact", "reviewer", "viewer"}

func (m *maker) text() string {
	words := split(m.field.Name)
	for _, rule := range texts {
		if anyOf(words, rule.words) {
			return rule.make(m)
		}
	}
	return m.title()
}

func (m *maker) name() string {
	if anyOf(split(m.object.def.Name), people) {
		return m.person()
	}
	return m.title()
}

func (m *maker) person() string { return m.dice.pick(firstNames) + " " + m.dice.pick(lastNames) }

func (m *maker) title() string {
	adjective, noun := m.dice.pick(adjectives), m.dice.pick(nouns)
	return strings.ToUpper(adjective[:1]) + adjective[1:] + " " + noun
}

func (m *maker) sentence() string {
	return fmt.Sprintf("The %s %s is %s.", m.dice.pick(adjectives), m.dice.pick(nouns), m.dice.pick(verdicts))
}

func (m *maker) email() string {
	return lower(m.dice.pick(firstNames) + "." + m.dice.pick(lastNames) + "@example.com")
}

func (m *maker) address() string {
	return "https://example.com/" + m.dice.pick(adjectives) + "-" + m.dice.pick(nouns)
}

// split gives the words of a camelCase or snake_case name, and the whole name
// without its humps, in small letters.
func split(name string) []string {
	var words []string
	word := ""
	flush := func() {
		if word != "" {
			words = append(words, lower(word))
		}
		word = ""
	}
	for _, r := range name {
		if r == '_' || r >= 'A' && r <= 'Z' {
			flush()
		}
		if r != '_' {
			word += string(r)
		}
	}
	flush()
	return append(words, lower(strings.ReplaceAll(name, "_", "")))
}

func anyOf(words, wanted []string) bool {
	for _, word := range words {
		for _, w := range wanted {
			if word == w || word == w+"s" {
				return true
			}
		}
	}
	return false
}
