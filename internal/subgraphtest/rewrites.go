package subgraphtest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
)

// rewrites are the faults that change what the subgraph really answered.
func rewrites() []Fault {
	return []Fault{
		rewrite("leaves of the wrong type", eachObject(wrongLeaves)),
		rewrite("objects where leaves are, and leaves where objects are", eachObject(turnedOver)),
		rewrite("missing fields", eachObject(missingFields)),
		rewrite("all fields null", eachObject(nullFields)),
		rewrite("extra fields", eachObject(extraFields)),
		rewrite("unknown __typename", eachObject(setTypename("NoSuchType"))),
		rewrite("__typename null", eachObject(setTypename(nil))),
		rewrite("__typename is a number", eachObject(setTypename(1))),
		rewrite("a list too few", eachList(func(list []any) []any { return list[:max(0, len(list)-1)] })),
		rewrite("a list too many", eachList(func(list []any) []any { return append(list, last(list)) })),
		rewrite("lists upside down", eachList(func(list []any) []any { slices.Reverse(list); return list })),
		rewrite("empty lists", eachList(func([]any) []any { return []any{} })),
		rewrite("nulls in lists", eachList(func(list []any) []any { return make([]any, len(list)) })),
		rewrite("_entities null", entities(func([]any) any { return nil })),
		rewrite("_entities is an object", entities(func([]any) any { return map[string]any{} })),
		rewrite("_entities of scalars", entities(func(list []any) any { return fill(len(list), "text") })),
		rewrite("_entities of lists", entities(func(list []any) any { return fill(len(list), []any{}) })),
		rewrite("ten thousand entities", entities(func(list []any) any { return fill(10_000, last(list)) })),
	}
}

// rewrite changes the data of the real answer.
func rewrite(name string, change func(data any) any) Fault {
	return Fault{name, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			real := capture(next, r)
			copyHeader(w, real)
			w.WriteHeader(real.status)
			w.Write(rewriteBody(real.body.Bytes(), change))
		})
	}}
}

// rewriteBody leaves what is no JSON object with data as it is.
func rewriteBody(body []byte, change func(data any) any) []byte {
	var response map[string]any
	if json.Unmarshal(body, &response) != nil || response["data"] == nil {
		return body
	}
	response["data"] = change(response["data"])
	changed, err := json.Marshal(response)
	if err != nil {
		return body
	}
	return changed
}

// eachObject changes every object within the data, the innermost first.
func eachObject(change func(object map[string]any)) func(any) any {
	var walk func(v any)
	walk = func(v any) {
		switch value := v.(type) {
		case map[string]any:
			for _, field := range value {
				walk(field)
			}
			change(value)
		case []any:
			for _, item := range value {
				walk(item)
			}
		}
	}
	return func(data any) any {
		if root, ok := data.(map[string]any); ok {
			for _, field := range root {
				walk(field)
			}
		}
		return data
	}
}

// eachList changes every list of the data, the innermost first.
func eachList(change func([]any) []any) func(any) any {
	var walk func(v any) any
	walk = func(v any) any {
		switch value := v.(type) {
		case map[string]any:
			for name, field := range value {
				value[name] = walk(field)
			}
		case []any:
			for i, item := range value {
				value[i] = walk(item)
			}
			return change(value)
		}
		return v
	}
	return walk
}

// entities changes the root fields that are lists, which _entities are under
// any alias.
func entities(change func([]any) any) func(any) any {
	return func(data any) any {
		if root, ok := data.(map[string]any); ok {
			for name, field := range root {
				if list, ok := field.([]any); ok {
					root[name] = change(list)
				}
			}
		}
		return data
	}
}

func wrongLeaves(object map[string]any) {
	for name, v := range object {
		switch v.(type) {
		case string:
			if name != "__typename" {
				object[name] = 1
			}
		case float64:
			object[name] = true
		case bool:
			object[name] = "text"
		}
	}
}

func turnedOver(object map[string]any) {
	for name, v := range object {
		switch v.(type) {
		case nil:
		case map[string]any, []any:
			object[name] = "text"
		default:
			object[name] = map[string]any{"a": []any{v}}
		}
	}
}

// missingFields drops every second field.
func missingFields(object map[string]any) {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		if i%2 == 0 {
			delete(object, name)
		}
	}
}

func nullFields(object map[string]any) {
	for name := range object {
		object[name] = nil
	}
}

func extraFields(object map[string]any) {
	object["notAsked"] = map[string]any{"a": []any{1, nil}}
	object["id2"] = "extra"
	object[""] = 1
}

func setTypename(name any) func(map[string]any) {
	return func(object map[string]any) {
		if _, ok := object["__typename"]; ok {
			object["__typename"] = name
		}
	}
}

func last(list []any) any {
	if len(list) == 0 {
		return map[string]any{}
	}
	return list[len(list)-1]
}

func fill(n int, v any) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = v
	}
	return list
}

// captured is a whole answer of a handler.
type captured struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func capture(handler http.Handler, r *http.Request) *captured {
	c := &captured{header: http.Header{}, status: http.StatusOK}
	handler.ServeHTTP(c, r)
	return c
}

func (c *captured) Header() http.Header         { return c.header }
func (c *captured) WriteHeader(status int)      { c.status = status }
func (c *captured) Write(p []byte) (int, error) { return c.body.Write(p) }

func copyHeader(w http.ResponseWriter, c *captured) {
	for name, values := range c.header {
		w.Header()[name] = values
	}
}
