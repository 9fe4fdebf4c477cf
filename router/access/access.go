// Package access keeps from clients what they may not see: what a supergraph
// protects with @authenticated, @requiresScopes and @policy.
//
//	supergraph ──New──► Rules
//	                      │
//	Operation ──Demands───┤   what its fields demand, each demand once
//	                      │
//	context   ──Decide────┤   which of these the client of a request fulfils
//	                      ▼
//	Operation ──Filter──► Operation with its fields withheld, or a refusal
//
// A withheld field is not planned, so nothing is fetched for it; in the answer it
// is null, with an error at its path, as if a resolver had said no: what may not
// be null is null further up. What the plan itself fetches besides (keys, and what
// @requires names) never reaches the client.
//
// A field that is selected on an interface is withheld for just those types of
// objects that protect it. What the interface itself protects is withheld of who
// selects on the interface; composers write there what its implementations demand
// together, and where a supergraph says more than that, each of them demands it
// too. A type's own protection is that of all its fields, and of all fields that
// return it. __typename is never withheld.
//
// The directives are found by the specification that the supergraph links, under
// whatever name.
//
// Sources: Apollo's authenticated v0.1, requiresScopes v0.1 and policy v0.1.
package access

import (
	"context"

	"github.com/shopgraph/shopgraph/router/response"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// CodeUnauthorized is the extensions.code of errors about fields that the client
// may not see.
const CodeUnauthorized = response.CodeUnauthorized

// Options say how rules are kept.
type Options struct {
	// Refuse refuses an operation whole that asks for what its client may not see.
	// Otherwise the rest of it is answered.
	Refuse bool
	// Policy decides about one name that @policy demands. Without it no policy is
	// fulfilled. See ByClaims.
	Policy func(ctx context.Context, name string) bool
	// MaxFields bounds the fields of a filtered operation: one that is selected on
	// an interface becomes one for each type of object where these differ.
	MaxFields int
}

// Rules are what one supergraph protects. They are immutable and safe for
// concurrent use. Nil are the rules of a supergraph that protects nothing.
type Rules struct {
	options Options
	schema  *schema
	demands []demand
	// fields are what a field of an object type demands, or what an interface adds
	// for whoever selects it there: positions in demands, sorted.
	fields map[fieldKey][]int
	// everywhere is, for a field of an interface, what it demands of any object.
	everywhere map[fieldKey][]int
}

type fieldKey struct{ typ, field string }

// New reads the rules of a supergraph; nil when it protects nothing. The error
// says what cannot be understood: protection is never passed over.
func New(s *supergraph.Supergraph, o Options) (*Rules, error) {
	r := reader{supergraph: s, names: map[string]kind{}, index: map[string]int{}}
	if err := r.findDirectives(); err != nil || len(r.names) == 0 {
		return nil, err
	}
	rules := &Rules{options: o, schema: newSchema(s.API)}
	if err := r.read(rules); err != nil || len(rules.demands) == 0 {
		return nil, err
	}
	return rules, nil
}
