package cost

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// reader reads @cost and @listSize, under whatever names the supergraph has them.
type reader struct {
	supergraph     *supergraph.Supergraph
	cost, listSize string
}

func newReader(s *supergraph.Supergraph) (*reader, error) {
	r := &reader{supergraph: s}
	if link, ok := s.Links.Find(federation.IdentityCost); ok && link.Version != "v0.1" {
		return nil, fmt.Errorf("the supergraph links %s/%s, of which only v0.1 is known here", link.Identity, link.Version)
	}
	r.cost, _ = s.Links.Directive(federation.IdentityCost, "cost")
	r.listSize, _ = s.Links.Directive(federation.IdentityCost, "listSize")
	return r, nil
}

func (r *reader) read(w *Weights) error {
	names := slices.Sorted(maps.Keys(r.supergraph.Definitions))
	for _, name := range names {
		def := r.supergraph.Definitions[name]
		weight, ok, err := r.weight(def.Directives, name)
		if err != nil {
			return err
		}
		if ok {
			w.types[name] = weight
		}
		if def.Kind == ast.InputObject {
			w.inputs[name] = &inputType{weight: 1}
		}
	}
	for _, name := range names {
		def := r.supergraph.Definitions[name]
		for _, f := range def.Fields {
			if err := r.field(w, def, f); err != nil {
				return err
			}
		}
	}
	w.inherit()
	return nil
}

func (r *reader) field(w *Weights, def *ast.Definition, f *ast.FieldDefinition) error {
	at := def.Name + "." + f.Name
	weight, weighs, err := r.weight(f.Directives, at)
	if err != nil {
		return err
	}
	if def.Kind == ast.InputObject {
		if in, ok := w.input(f.Type, weight, weighs); ok {
			w.inputs[def.Name].set(f.Name, in)
		}
		return nil
	}
	c := fieldCost{weight: weight, weighs: weighs}
	if c.size, err = r.size(f, at); err != nil {
		return err
	}
	for _, a := range f.Arguments {
		weight, weighs, err := r.weight(a.Directives, at+"("+a.Name+":)")
		if err != nil {
			return err
		}
		if in, ok := w.input(a.Type, weight, weighs); ok {
			if c.arguments == nil {
				c.arguments = map[string]inputField{}
			}
			c.arguments[a.Name] = in
		}
	}
	if c.weighs || c.size != nil || c.arguments != nil {
		w.fields[fieldKey{def.Name, f.Name}] = &c
	}
	return nil
}

func (r *reader) weight(directives ast.DirectiveList, at string) (weight int, ok bool, err error) {
	d := r.applied(directives, r.cost)
	if d == nil {
		return 0, false, nil
	}
	weight, ok, err = intArgument(d, "weight")
	if err == nil && !ok {
		err = fmt.Errorf("@%s of %q has no weight", d.Name, at)
	}
	return weight, ok, err
}

func (r *reader) applied(directives ast.DirectiveList, name string) *ast.Directive {
	if name == "" {
		return nil
	}
	return directives.ForName(name)
}

func (r *reader) size(f *ast.FieldDefinition, at string) (*listSize, error) {
	d := r.applied(f.Directives, r.listSize)
	if d == nil {
		return nil, nil
	}
	size := &listSize{assumed: -1, sized: texts(d, "sizedFields"), requireOne: true}
	if n, ok, err := intArgument(d, "assumedSize"); err != nil {
		return nil, fmt.Errorf("@%s of %q: %w", d.Name, at, err)
	} else if ok {
		size.assumed = max(n, 0)
	}
	if arg := d.Arguments.ForName("requireOneSlicingArgument"); arg != nil {
		size.requireOne = arg.Value.Raw != "false"
	}
	for _, name := range texts(d, "slicingArguments") {
		arg := f.Arguments.ForName(name)
		if arg == nil {
			return nil, fmt.Errorf("@%s of %q: there is no argument %q", d.Name, at, name)
		}
		slicing := slicingArgument{name: name, standard: -1}
		if arg.DefaultValue != nil && arg.DefaultValue.Kind == ast.IntValue {
			slicing.standard = sizeOf(arg.DefaultValue.Raw)
		}
		size.slicing = append(size.slicing, slicing)
	}
	size.requireOne = size.requireOne && len(size.slicing) > 0
	return size, nil
}

func intArgument(d *ast.Directive, name string) (n int, ok bool, err error) {
	arg := d.Arguments.ForName(name)
	if arg == nil || arg.Value.Kind == ast.NullValue {
		return 0, false, nil
	}
	n64, err := strconv.ParseInt(arg.Value.Raw, 10, 32)
	if err != nil || arg.Value.Kind != ast.IntValue && arg.Value.Kind != ast.StringValue { // a text in IBM's specification
		return 0, false, fmt.Errorf("%s must be an integer, not %s", name, arg.Value)
	}
	return int(n64), true, nil
}

func texts(d *ast.Directive, name string) []string {
	arg := d.Arguments.ForName(name)
	switch {
	case arg == nil || arg.Value.Kind == ast.NullValue:
		return nil
	case arg.Value.Kind != ast.ListValue:
		return []string{arg.Value.Raw}
	}
	var out []string
	for _, child := range arg.Value.Children {
		out = append(out, child.Value.Raw)
	}
	return out
}

// sizeOf reads the value of a slicing argument.
func sizeOf(text string) int {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0 // validation and coercion let no other through that is no integer
	}
	return int(n)
}

// inherit gives the fields of interfaces what is said of their implementations:
// the objects may be of any of them.
func (w *Weights) inherit() {
	for _, name := range slices.Sorted(maps.Keys(w.supergraph.Definitions)) {
		def := w.supergraph.Definitions[name]
		if def.Kind != ast.Interface {
			continue
		}
		for _, f := range def.Fields {
			key := fieldKey{name, f.Name}
			for _, object := range w.supergraph.Possible(name) {
				if c := w.fields[fieldKey{object, f.Name}]; c != nil {
					w.fields[key] = w.fields[key].or(c)
				}
			}
		}
	}
}

// or is what the costlier of two fields costs.
func (c *fieldCost) or(other *fieldCost) *fieldCost {
	if c == nil {
		return other
	}
	out := *c
	if other.weighs && (!c.weighs || other.weight > c.weight) {
		out.weight, out.weighs = other.weight, true
	}
	out.size = c.size.or(other.size)
	if out.arguments == nil {
		out.arguments = other.arguments
	}
	return &out
}

func (s *listSize) or(other *listSize) *listSize {
	if s == nil || other == nil {
		return cmp.Or(s, other)
	}
	out := &listSize{assumed: max(s.assumed, other.assumed), requireOne: s.requireOne && other.requireOne}
	out.slicing = slices.Clone(s.slicing)
	for _, a := range other.slicing {
		if !slices.ContainsFunc(out.slicing, func(b slicingArgument) bool { return a.name == b.name }) {
			out.slicing = append(out.slicing, a)
		}
	}
	out.sized = slices.Concat(s.sized, other.sized)
	return out
}
