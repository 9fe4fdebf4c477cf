package check

import (
	"slices"
	"strings"
)

// rule finds the changes of one kind.
type rule[P pair] struct {
	kind Kind
	// also are further names that it gives its changes.
	also []Kind
	// doc says for "shopgraph why KIND" what the change is and what to do instead.
	doc string
	// find judges a pair; nil says that it is not a change of this kind.
	find func(d *differ, p P) *finding
}

// finding is what a rule says about a pair. The differ adds where it is.
type finding struct {
	class   Class
	message string
	why     string
	// detail is set where the pair's own does not suffice.
	detail string
	// uses is Change.Uses; the coordinate itself when it is nil.
	uses []string
	// deprecated is Change.Deprecated.
	deprecated bool
	// kind is set by rules whose kinds vary with the element.
	kind Kind
}

// The rules, by what they look at. The order has no meaning: no rule knows of
// another, and changes are sorted in the end.
var (
	rootRules              = []rule[rootPair]{rootTypeChanged}
	typeRules              = []rule[typePair]{typeRemoved, typeAdded, typeKindChanged}
	interfaceRules         = []rule[interfacePair]{interfaceRemoved, interfaceAdded}
	fieldRules             = []rule[fieldPair]{fieldRemoved, fieldAdded, fieldTypeChanged}
	argumentRules          = []rule[argumentPair]{argumentRemoved, argumentAdded, argumentTypeChanged, argumentDefaultChanged}
	inputRules             = []rule[inputPair]{inputFieldRemoved, inputFieldAdded, inputFieldTypeChanged, inputFieldDefaultChanged}
	memberRules            = []rule[memberPair]{unionMemberRemoved, unionMemberAdded}
	valueRules             = []rule[valuePair]{enumValueRemoved, enumValueAdded}
	directiveRules         = []rule[directivePair]{directiveRemoved, directiveAdded, directiveRepeatableRemoved, directiveRepeatableAdded}
	locationRules          = []rule[locationPair]{directiveLocationRemoved, directiveLocationAdded}
	directiveArgumentRules = []rule[directiveArgumentPair]{
		directiveArgumentRemoved, directiveArgumentAdded, directiveArgumentTypeChanged, directiveArgumentDefaultChanged,
	}
	usageRules         = []rule[usagePair]{directiveUsageRemoved, directiveUsageAdded}
	usageArgumentRules = []rule[usageArgumentPair]{directiveUsageArgumentRemoved, directiveUsageArgumentAdded}
	descriptionRules   = []rule[descriptionPair]{descriptionChanged}
	deprecationRules   = []rule[deprecationPair]{deprecationRemoved, deprecationAdded, deprecationReasonChanged}
)

func apply[P pair](d *differ, rules []rule[P], p P) {
	for _, r := range rules {
		f := r.find(d, p)
		if f == nil {
			continue
		}
		at := p.where()
		c := Change{
			Kind: r.kind, Class: f.class, Coordinate: at.coordinate, Detail: at.detail,
			Message: f.message, Uses: f.uses, Deprecated: f.deprecated, Old: at.oldAt, New: at.newAt,
		}
		if f.kind != "" {
			c.Kind = f.kind
		}
		if f.detail != "" {
			c.Detail = f.detail
		}
		if f.class != Safe {
			c.Why = f.why
		}
		if c.Uses == nil {
			c.Uses = []string{at.coordinate}
		}
		d.changes = append(d.changes, c)
	}
}

// Explanation is what there is to say of a kind of change.
type Explanation struct {
	// Kind is its name, Also further names for parts of it.
	Kind Kind
	Also []Kind
	Text string
}

// Explanations lists every kind of change, by name; kinds that vary with the
// element are listed once, with a "*" in the place of the element.
func Explanations() []Explanation {
	var out []Explanation
	out = explain(out, rootRules)
	out = explain(out, typeRules)
	out = explain(out, interfaceRules)
	out = explain(out, fieldRules)
	out = explain(out, argumentRules)
	out = explain(out, inputRules)
	out = explain(out, memberRules)
	out = explain(out, valueRules)
	out = explain(out, directiveRules)
	out = explain(out, locationRules)
	out = explain(out, directiveArgumentRules)
	out = explain(out, usageRules)
	out = explain(out, usageArgumentRules)
	out = explain(out, descriptionRules)
	out = explain(out, deprecationRules)
	slices.SortFunc(out, func(a, b Explanation) int {
		if a.Kind < b.Kind {
			return -1
		}
		return 1
	})
	return out
}

func explain[P pair](out []Explanation, rules []rule[P]) []Explanation {
	for _, r := range rules {
		out = append(out, Explanation{r.kind, r.also, r.doc})
	}
	return out
}

// Explain returns the explanation of a kind; ok is false when there is no such
// kind.
func Explain(kind Kind) (e Explanation, ok bool) {
	for _, e := range Explanations() {
		if slices.ContainsFunc(append(e.Also, e.Kind), func(k Kind) bool { return k.covers(kind) }) {
			return e, true
		}
	}
	return Explanation{}, false
}

// covers says whether a kind is another, or stands for it with a "*" in the place
// of the element.
func (k Kind) covers(kind Kind) bool {
	before, after, vary := strings.Cut(string(k), "*")
	if !vary {
		return k == kind
	}
	return len(kind) > len(before)+len(after) && strings.HasPrefix(string(kind), before) && strings.HasSuffix(string(kind), after)
}
