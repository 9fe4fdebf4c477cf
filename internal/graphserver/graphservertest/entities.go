package graphservertest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// Entity says who may see an entity that a representation names.
type Entity struct {
	// Fields is a selection that reaches everything worth protecting.
	Fields string
	// Key makes the representation's key fields of the thing's id.
	Key func(id string) map[string]any
	// Things are ids by what they are, such as "the owner's".
	Things map[string]string
	// Visible lists, for each thing, the personas that see it. To everyone else
	// it is null, without an error, like what does not exist.
	Visible map[string][]string
}

// Entities checks who sees what through _entities, for every entity and key of
// the SDL: one without a case fails the test, so that no @key comes in unguarded.
// Each persona asks for each thing alone, and for all things at once, where
// every one must keep its place.
func Entities(t *testing.T, handler http.Handler, sdl string, tokens map[string]string, cases map[string]Entity) {
	t.Helper()
	keys := keysOf(t, sdl)
	for _, key := range keys {
		if _, ok := cases[key]; !ok {
			t.Errorf("no authorisation case for %s", key)
		}
	}
	for key, c := range cases {
		if !slices.Contains(keys, key) {
			t.Errorf("there is a case for %s, which the SDL does not have", key)
			continue
		}
		typeName, _, _ := strings.Cut(key, " ")
		for persona, token := range tokens {
			t.Run(key+"/"+persona, func(t *testing.T) { entity{typeName, c, persona}.check(t, Client{handler, token}) })
		}
	}
}

// keysOf lists every resolvable key as `Type @key(fields: "…")`.
func keysOf(t *testing.T, sdl string) (keys []string) {
	t.Helper()
	document, err := parser.ParseSchema(&ast.Source{Input: sdl})
	if err != nil {
		t.Fatal(err)
	}
	for _, definition := range slices.Concat(document.Definitions, document.Extensions) {
		for _, key := range definition.Directives.ForNames("key") {
			if resolvable := key.Arguments.ForName("resolvable"); resolvable == nil || resolvable.Value.Raw != "false" {
				keys = append(keys, fmt.Sprintf("%s @key(fields: %q)", definition.Name, key.Arguments.ForName("fields").Value.Raw))
			}
		}
	}
	if len(keys) == 0 {
		t.Fatal("the SDL has no entity")
	}
	return keys
}

type entity struct {
	typeName string
	Entity
	persona string
}

func (e entity) check(t *testing.T, client Client) {
	things := slices.Sorted(maps.Keys(e.Things))
	var all []any
	for _, thing := range things {
		representation := e.representation(e.Things[thing])
		all = append(all, representation)
		e.compare(t, thing, e.ask(t, client, []any{representation})[0])
	}
	for i, seen := range e.ask(t, client, append(all, all...)) {
		e.compare(t, things[i%len(things)]+" among others", seen)
	}
}

func (e entity) representation(id string) map[string]any {
	r := map[string]any{"__typename": e.typeName}
	maps.Copy(r, e.Key(id))
	return r
}

func (e entity) ask(t *testing.T, client Client, representations []any) []any {
	t.Helper()
	query := fmt.Sprintf("query($r: [_Any!]!) { _entities(representations: $r) { ... on %s { %s } } }", e.typeName, e.Fields)
	response := client.Do(t, query, map[string]any{"r": representations})
	entities, _ := response.Data["_entities"].([]any)
	if len(response.Errors) > 0 || len(entities) != len(representations) {
		t.Fatalf("asked for %d entities: %s", len(representations), response.Body)
	}
	return entities
}

func (e entity) compare(t *testing.T, thing string, seen any) {
	t.Helper()
	name, _, _ := strings.Cut(thing, " among")
	if visible := slices.Contains(e.Visible[name], e.persona); visible != (seen != nil) {
		t.Errorf("%s asks for %s and sees %v; visible should be %v", e.persona, thing, seen, visible)
	}
}
