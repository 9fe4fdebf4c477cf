package access

import (
	"context"

	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/router/operation"
)

// kind is a directive that protects.
type kind uint8

const (
	authenticated kind = iota
	requiresScopes
	policy
)

// demand is one application of a directive. Equal ones are one.
type demand struct {
	kind kind
	// alternatives are scopes or policies: all of one alternative are needed.
	alternatives [][]string
	text         string
}

// Demands are what the fields of an operation demand, each demand once.
type Demands struct {
	rules *Rules
	list  []int
	text  string
}

// Demands returns what the operation's fields demand; nil when that is nothing.
func (r *Rules) Demands(op *operation.Operation) *Demands {
	if r == nil {
		return nil
	}
	found := make([]bool, len(r.demands))
	r.collect(found, op.Root)
	d := &Demands{rules: r}
	for i, is := range found {
		if is {
			d.list = append(d.list, i)
			d.text += r.demands[i].text + "\n"
		}
	}
	if d.list == nil {
		return nil
	}
	return d
}

// collect marks what selections demand, of objects of whichever type.
func (r *Rules) collect(found []bool, set operation.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *operation.Field:
			if s.IsTypename() || s.IsIntrospection() {
				continue
			}
			for _, i := range r.anywhere(s) {
				found[i] = true
			}
			r.collect(found, s.Selections)
		case *operation.InlineFragment:
			r.collect(found, s.Selections)
		}
	}
}

// anywhere is what a field demands of objects of any type.
func (r *Rules) anywhere(f *operation.Field) []int {
	key := fieldKey{f.ParentType.Name, f.Name}
	if f.ParentType.IsAbstractType() {
		return r.everywhere[key]
	}
	return r.fields[key]
}

// Same says whether these are the same demands, of perhaps different supergraphs,
// so that decisions about the ones are decisions about the others.
func (d *Demands) Same(other *Demands) bool {
	if d == nil || other == nil {
		return d == other
	}
	return d.text == other.text
}

// Decide says which of the demands the client of the request fulfils that the
// context belongs to: a byte for each, '1' or '0'. Whatever else clients have in
// common or not, with equal decisions they see the same.
func (d *Demands) Decide(ctx context.Context) string {
	claims, identified := token.FromContext(ctx)
	var scopes map[string]bool
	decisions := make([]byte, len(d.list))
	for i, at := range d.list {
		it := &d.rules.demands[at]
		met := identified
		switch it.kind {
		case requiresScopes:
			if scopes == nil {
				scopes = scopesOf(claims)
			}
			met = it.met(func(name string) bool { return scopes[name] })
		case policy:
			met = d.rules.options.Policy != nil && it.met(func(name string) bool { return d.rules.options.Policy(ctx, name) })
		}
		decisions[i] = '0'
		if met {
			decisions[i] = '1'
		}
	}
	return string(decisions)
}

func (d *demand) met(has func(name string) bool) bool {
	for _, all := range d.alternatives {
		missing := false
		for _, name := range all {
			if missing = !has(name); missing {
				break
			}
		}
		if !missing {
			return true
		}
	}
	return false
}

// scopesOf are the scopes of a token: those of its claim "scope" (RFC 8693) or
// "scp".
func scopesOf(c token.Claims) map[string]bool {
	scopes := map[string]bool{}
	for _, name := range scopeClaims {
		for _, scope := range valuesOf(name, c.All[name]) {
			scopes[scope] = true
		}
	}
	return scopes
}
