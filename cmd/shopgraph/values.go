package main

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// onOff declares a switch that is written "on" or "off".
func onOff(f *flag.FlagSet, p *bool, name string, value bool, meaning string) {
	*p = value
	f.Var((*switchValue)(p), name, meaning+": `on or off`")
}

type switchValue bool

func (v *switchValue) String() string {
	if *v {
		return "on"
	}
	return "off"
}

func (v *switchValue) Set(text string) error {
	switch text {
	case "on", "true":
		*v = true
	case "off", "false":
		*v = false
	default:
		return errors.New("it must be on or off")
	}
	return nil
}

// bound declares a limit that can be off, for which p is then -1.
func bound(f *flag.FlagSet, p *int, name string, value int, meaning string) {
	*p = value
	f.Var((*boundValue)(p), name, meaning+": a `number or off`")
}

type boundValue int

func (v *boundValue) String() string {
	if *v < 0 {
		return "off"
	}
	return strconv.Itoa(int(*v))
}

// Set implements flag.Value.
func (v *boundValue) Set(text string) error {
	n, err := strconv.Atoi(text)
	switch {
	case text == "off" || text == "false": // YAML's off
		n = -1
	case err != nil || n <= 0:
		return errors.New("it must be a number above 0, or off")
	}
	*v = boundValue(n)
	return nil
}

// choice declares a setting with a few values, of which the first is the default.
func choice(f *flag.FlagSet, p *string, name string, values []string, meaning string) {
	*p = values[0]
	f.Var(&choiceValue{p, values}, name, meaning+": `"+strings.Join(values, " or ")+"`")
}

type choiceValue struct {
	p      *string
	values []string
}

func (v *choiceValue) String() string {
	if v.p == nil { // package flag asks the zero value
		return ""
	}
	return *v.p
}

func (v *choiceValue) Set(text string) error {
	if text == "false" && slices.Contains(v.values, "off") { // YAML's off
		text = "off"
	}
	if !slices.Contains(v.values, text) {
		return fmt.Errorf("it must be %s", strings.Join(v.values, " or "))
	}
	*v.p = text
	return nil
}

// list is a setting that may be given several times, or with commas.
type list []string

func (l *list) String() string { return strings.Join(*l, ",") }

// Set implements flag.Value.
func (l *list) Set(text string) error {
	for element := range strings.SplitSeq(text, ",") {
		*l = append(*l, strings.TrimSpace(element))
	}
	return nil
}

// pairs is a setting of name=value, which may be given several times, or with
// commas.
type pairs map[string]string

func (p pairs) String() string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(p)) {
		out = append(out, name+"="+p[name])
	}
	return strings.Join(out, ",")
}

// Set implements flag.Value.
func (p pairs) Set(text string) error {
	for pair := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if !ok || name == "" || value == "" {
			return fmt.Errorf("%q is not of the form name=value", pair)
		}
		p[name] = value
	}
	return nil
}
