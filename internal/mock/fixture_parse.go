package mock

import (
	"encoding/json"
	"errors"
	"fmt"
)

// fixtureParser turns the fixtures' JSON into values of the Data interface, so
// that nothing is interpreted while a request runs.
type fixtureParser struct {
	machines *machines
	objects  map[string]*fixtureObject
}

func (p fixtureParser) fill(o *fixtureObject, fields map[string]any) error {
	o.typename, _ = fields["__typename"].(string)
	o.raw = fields
	o.fields = make(map[string]any, len(fields))
	for _, name := range sortedKeys(fields) {
		value, err := p.value(fields[name])
		if err != nil {
			return fmt.Errorf(".%s%w", name, err)
		}
		o.fields[name] = value
	}
	return nil
}

func (p fixtureParser) value(v any) (any, error) {
	switch value := v.(type) {
	case []any:
		return p.list(value)
	case map[string]any:
		return p.object(value)
	}
	return v, nil
}

func (p fixtureParser) list(items []any) (any, error) {
	out := make([]any, len(items))
	for i, item := range items {
		value, err := p.value(item)
		if err != nil {
			return nil, fmt.Errorf("[%d]%w", i, err)
		}
		if _, ok := value.(conditional); ok {
			return nil, fmt.Errorf("[%d]: $args and $step stand for a whole field, not for a list's element", i)
		}
		out[i] = value
	}
	return out, nil
}

func (p fixtureParser) object(v map[string]any) (any, error) {
	if ref, ok := v["$ref"]; ok {
		name, _ := ref.(string)
		if p.objects[name] == nil {
			return nil, fmt.Errorf(": $ref %s is not among the objects", preview(ref))
		}
		return p.objects[name], nil
	}
	if message, ok := v["$error"]; ok {
		text, ok := message.(string)
		if !ok {
			return nil, fmt.Errorf(": $error %w", errShape)
		}
		return errors.New(text), nil
	}
	if cases, ok := v["$args"]; ok {
		return p.byArguments(cases)
	}
	if _, ok := v["$step"]; ok {
		return p.step(v)
	}
	o := &fixtureObject{}
	return o, p.fill(o, v)
}

func (p fixtureParser) byArguments(v any) (any, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf(": $args %w", errShape)
	}
	var cases byArguments
	for i, item := range list {
		c, _ := item.(map[string]any)
		args, ok := c["args"].(map[string]any)
		if !ok {
			return nil, fmt.Errorf(".$args[%d] %w", i, errShape)
		}
		value, err := p.value(c["value"])
		if err != nil {
			return nil, fmt.Errorf(".$args[%d].value%w", i, err)
		}
		cases = append(cases, argumentCase{args: args, value: value})
	}
	return cases, nil
}

func (p fixtureParser) step(v map[string]any) (any, error) {
	spec, ok := v["$step"].(map[string]any)
	name, hasName := spec["m"].(string)
	to, hasTo := wholeNumber(spec["to"])
	if !ok || !hasName || !hasTo {
		return nil, fmt.Errorf(": $step %w", errShape)
	}
	s := &stepValue{machines: p.machines, name: name, to: to}
	if from, ok := wholeNumber(spec["from"]); ok {
		s.from = &from
	}
	var err error
	if s.then, err = p.value(v["value"]); err != nil {
		return nil, fmt.Errorf(".value%w", err)
	}
	if s.other, err = p.value(v["else"]); err != nil {
		return nil, fmt.Errorf(".else%w", err)
	}
	return s, nil
}

func wholeNumber(v any) (int, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := n.Int64()
	return int(i), err == nil
}
