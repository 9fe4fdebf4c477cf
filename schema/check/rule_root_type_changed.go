package check

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

var rootTypeChanged = rule[rootPair]{
	kind: "SCHEMA_*_TYPE_CHANGED",
	doc: `An operation kind (query, mutation or subscription) starts from another type, or is no longer offered, which is breaking: ` +
		`fragments on the old root type fail, and so does every operation of a kind that is gone. A kind that is new is safe.`,
	find: func(_ *differ, p rootPair) *finding {
		f := &finding{
			class: Breaking, kind: Kind("SCHEMA_" + strings.ToUpper(string(p.kind)) + "_TYPE_CHANGED"),
			why: fmt.Sprintf("every %s that names the old root type fails", p.kind),
		}
		switch {
		case typeName(p.old) == typeName(p.new):
			return nil
		case p.old == nil:
			f.class, f.message = Safe, fmt.Sprintf("the schema now has %s operations, on type %s", p.kind, p.new.Name)
		case p.new == nil:
			f.message, f.why = fmt.Sprintf("the schema no longer has %s operations", p.kind), fmt.Sprintf("every %s fails", p.kind)
			f.uses = []string{p.old.Name + ".*"}
		default:
			f.message = fmt.Sprintf("the %s type changed from %s to %s", p.kind, p.old.Name, p.new.Name)
			f.uses = []string{p.old.Name + ".*"}
		}
		return f
	},
}

func typeName(d *ast.Definition) string {
	if d == nil {
		return ""
	}
	return d.Name
}
