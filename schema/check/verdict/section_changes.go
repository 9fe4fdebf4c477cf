package verdict

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/check"
	"github.com/shopgraph/shopgraph/schema/report"
)

// changes compares the API, its contracts, the subgraphs, and how the API is
// resolved.
func (v *verdict) changes() error {
	if v.Old == nil {
		for _, c := range v.Contracts {
			if len(c.Findings) > 0 {
				v.add(report.Section{Name: "Contract " + c.Name, Summary: "its API cannot be made", Findings: c.Findings})
			}
		}
		return nil
	}
	old, new := newAtlas(v.Old), newAtlas(v.New)
	if v.Old.API != nil && v.New.API != nil {
		rules := v.Settings.Rules
		if v.Old.Introspected {
			rules = append(slices.Clone(rules), check.IgnoreUsages)
		}
		changes, err := check.Adjust(check.Diff(v.Old.API, v.New.API), v.Old.API, rules, v.Settings.Classes)
		if err != nil {
			return err
		}
		v.api = changes
		v.add(v.changeSection("API changes", v.api, old, new))
		for _, c := range v.Contracts {
			v.contract(c, old, new)
		}
	}
	if v.Old.Subgraphs != nil && v.New.Subgraphs != nil {
		v.subgraphs(old, new)
	}
	v.routing()
	return nil
}

func (v *verdict) contract(c Contract, old, new atlas) {
	name := "API changes of contract " + c.Name
	switch {
	case len(c.Findings) > 0:
		v.add(report.Section{Name: name, Summary: "the contract's API cannot be made", Findings: c.Findings})
		return
	case c.Old == nil:
		v.add(report.Section{Name: name, Summary: "the contract's API could not be made of the old side, so there is nothing to compare with"})
		return
	}
	changes, err := check.Adjust(check.Diff(c.Old, c.New), c.Old, v.Settings.Rules, v.Settings.Classes)
	if err == nil { // the rules' names were checked with the API
		v.add(v.changeSection(name, changes, old, new))
	}
}

// levels of changes by their class.
var levels = map[check.Class]report.Level{check.Breaking: report.Error, check.Dangerous: report.Warning, check.Safe: report.Hidden}

func (v *verdict) changeSection(name string, changes []check.Change, old, new atlas) report.Section {
	s := report.Section{Name: name, Summary: summary(changes)}
	for i := range changes {
		c := &changes[i]
		f := finding(c, old, new)
		users := v.users(c)
		f.Notes = append(before(c, old, v.Old.Name), v.concerned(c, users)...)
		switch {
		case c.Class != check.Breaking:
		case v.Usage != nil:
			v.Usage.judge(&f, c.Uses)
		case v.Settings.AllOperations && len(users) == 0:
			f.Waived = "no known operation uses it, and clients send no others"
		}
		s.Findings = append(s.Findings, f)
	}
	slices.SortStableFunc(s.Findings, func(a, b report.Finding) int { return int(b.Level - a.Level) })
	return s
}

func finding(c *check.Change, old, new atlas) report.Finding {
	return report.Finding{
		Level: levels[c.Class], Label: c.Class.String(), Code: string(c.Kind), Subject: c.Coordinate, ID: c.ID(),
		Message: c.Message, Why: c.Why, Places: places(c, old, new),
	}
}

// summary counts changes: "2 breaking, 1 dangerous and 5 safe changes".
func summary(changes []check.Change) string {
	if len(changes) == 0 {
		return "no changes"
	}
	count := map[check.Class]int{}
	for _, c := range changes {
		count[c.Class]++
	}
	var parts []string
	for _, class := range []check.Class{check.Breaking, check.Dangerous, check.Safe} {
		if n := count[class]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, class))
		}
	}
	text := strings.Join(parts[:len(parts)-1], ", ")
	if text != "" {
		text += " and "
	}
	text += parts[len(parts)-1] + " change"
	if len(changes) > 1 {
		text += "s"
	}
	return text
}

// maxNamed is how many operations or clients are named in a sentence.
const maxNamed = 5

// users names the known operations that a harmful change concerns.
func (v *verdict) users(c *check.Change) []string {
	if c.Class == check.Safe || v.Old.API == nil {
		return nil
	}
	var names []string
	for i, op := range v.Operations {
		if c.Concerns(v.uses(i)) {
			names = append(names, op.Label())
		}
	}
	return names
}

// concerned says in a note who the users of a harmful change are.
func (v *verdict) concerned(c *check.Change, users []string) []string {
	switch {
	case c.Class == check.Safe || len(v.Operations) == 0 || v.Old.API == nil:
		return nil
	case users == nil:
		return []string{"no known operation uses it"}
	default:
		return []string{"used by " + enumerate(users)}
	}
}

// uses are what the i-th operation uses on the old side, worked out once.
func (v *verdict) uses(i int) []string {
	if v.used == nil {
		v.used = make([][]string, len(v.Operations))
		for j, op := range v.Operations {
			v.used[j] = check.UsesOf(v.Old.API, op.Text)
		}
	}
	return v.used[i]
}

func enumerate(names []string) string {
	rest := ""
	if len(names) > maxNamed {
		rest = fmt.Sprintf(" and %d more", len(names)-maxNamed)
		names = names[:maxNamed]
	}
	return strings.Join(names, ", ") + rest
}

// subgraphs compares the subgraphs. What breaks there breaks no client, as long
// as the API stays: it breaks routers that still run the old supergraph, which
// decides what is deployed first.
func (v *verdict) subgraphs(old, new atlas) {
	for _, name := range subgraphNames(v.Old, v.New) {
		a, b := v.Old.Subgraphs[name], v.New.Subgraphs[name]
		if a == nil || b == nil {
			continue // routing reports it
		}
		changes := check.Diff(a, b)
		if len(changes) == 0 {
			continue
		}
		s := report.Section{Name: "Subgraph " + name, Summary: summary(changes)}
		if breaking := count(changes, check.Breaking); breaking > 0 {
			s.Summary += "; routers that still run the old supergraph ask for what is gone: give them the new one first"
		}
		for i := range changes {
			f := finding(&changes[i], atlasOf(a), atlasOf(b))
			f.Level = min(f.Level, report.Note)
			if changes[i].Class == check.Dangerous || v.isOfAPI(f.ID) {
				f.Level = report.Hidden
			}
			f.ID = ""
			s.Findings = append(s.Findings, f)
		}
		slices.SortStableFunc(s.Findings, func(a, b report.Finding) int { return int(b.Level - a.Level) })
		v.add(s)
	}
}

// isOfAPI says whether the API has the change, too, so that it was told already.
func (v *verdict) isOfAPI(id string) bool {
	return slices.ContainsFunc(v.api, func(c check.Change) bool { return c.ID() == id })
}

func atlasOf(s *ast.Schema) atlas {
	a := atlas{}
	a.add("", s)
	return a
}

func count(changes []check.Change, class check.Class) int {
	n := 0
	for _, c := range changes {
		if c.Class == class {
			n++
		}
	}
	return n
}
