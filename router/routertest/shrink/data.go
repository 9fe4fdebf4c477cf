package shrink

import (
	"bytes"
	"encoding/json"
	"slices"
)

// editsOfData removes objects, their fields, and elements of lists, and puts the
// first of a choice in its place.
func editsOfData(c Case, i int) (Case, bool) {
	objects, err := decode(c.Data)
	if err != nil {
		return c, false
	}
	e := &dataEditor{left: i}
	edited := e.value(objects)
	if !e.done {
		return c, false
	}
	c.Data = encode(edited)
	return c, true
}

func decode(data []byte) (objects map[string]any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return objects, decoder.Decode(&objects)
}

// encode writes one object per line.
func encode(objects any) []byte {
	named, ok := objects.(map[string]any)
	if !ok {
		return nil
	}
	out := []byte("{")
	for i, name := range sortedKeys(named) {
		if i > 0 {
			out = append(out, ',')
		}
		text, err := json.Marshal(map[string]any{name: named[name]})
		if err != nil {
			return nil
		}
		out = append(append(out, "\n  "...), text[1:len(text)-1]...)
	}
	return append(out, "\n}\n"...)
}

type dataEditor struct {
	left int
	done bool
}

func (e *dataEditor) turn() bool {
	if e.done {
		return false
	}
	e.left--
	e.done = e.left < 0
	return e.done
}

func (e *dataEditor) value(v any) any {
	switch value := v.(type) {
	case map[string]any:
		return e.object(value)
	case []any:
		for i := 0; i < len(value) && !e.done; i++ {
			if e.turn() {
				return slices.Delete(value, i, i+1)
			}
			value[i] = e.value(value[i])
		}
	}
	return v
}

func (e *dataEditor) object(object map[string]any) any {
	if choices, ok := object["$pick"].([]any); ok && len(choices) > 0 && e.turn() {
		return choices[0]
	}
	for _, name := range sortedKeys(object) {
		if e.done {
			break
		}
		if name != "__typename" && name != "$pick" && name != "$ref" && e.turn() {
			delete(object, name)
			break
		}
		object[name] = e.value(object[name])
	}
	return object
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
