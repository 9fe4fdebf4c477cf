package verdict

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Approval lets one finding through until a day.
type Approval struct {
	// Change is the ID of what is approved, as the report prints it:
	// "FIELD_REMOVED Product.price".
	Change string
	// Reason says why, for those who review the file.
	Reason string
	// By is who approved it, or "".
	By string
	// Expires is the last day on which it counts.
	Expires time.Time
	// File and Line are where it stands.
	File string
	Line int

	used bool
}

// ReadApprovals reads a file of approvals:
//
//	approvals:
//	  - change: FIELD_REMOVED Product.price
//	    reason: nobody asks for it, see the usage of October
//	    expires: 2026-12-31
//	    by: ada # may be left out
//
// Each needs a change, a reason and an expiry. The error names the line.
func ReadApprovals(file string, content []byte) ([]Approval, error) {
	parsed, err := parser.ParseBytes(content, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", file, yaml.FormatError(err, false, false))
	}
	var raw struct {
		Approvals []struct{ Change, Reason, By, Expires string }
	}
	if err := yaml.NewDecoder(bytes.NewReader(content), yaml.DisallowUnknownField()).Decode(&raw); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %s", file, yaml.FormatError(err, false, false))
	}
	out := make([]Approval, len(raw.Approvals))
	for i, r := range raw.Approvals {
		a := &out[i]
		*a = Approval{Change: strings.Join(strings.Fields(r.Change), " "), Reason: r.Reason, By: r.By, File: file, Line: lineOf(parsed, i)}
		if a.Expires, err = time.Parse(time.DateOnly, r.Expires); err != nil {
			return nil, fmt.Errorf("%s:%d: expires %q is not a date like 2026-12-31", file, a.Line, r.Expires)
		}
		if a.Change == "" || strings.TrimSpace(a.Reason) == "" {
			return nil, fmt.Errorf("%s:%d: an approval needs a change, as the report prints it, and a reason", file, a.Line)
		}
	}
	return out, nil
}

// lineOf is the line of the i-th approval.
func lineOf(file *ast.File, i int) int {
	path, err := yaml.PathString(fmt.Sprintf("$.approvals[%d]", i))
	if err != nil {
		return 0
	}
	node, err := path.FilterFile(file)
	if err != nil || node.GetToken() == nil {
		return 0
	}
	return node.GetToken().Position.Line
}

// expired says whether the approval no longer counts on a day.
func (a *Approval) expired(today time.Time) bool {
	return today.UTC().Truncate(24 * time.Hour).After(a.Expires)
}

// approved returns why a finding is let through, or "".
func approved(approvals []Approval, id string, today time.Time) string {
	for i := range approvals {
		a := &approvals[i]
		if id == "" || a.Change != id || a.expired(today) {
			continue
		}
		a.used = true
		text := "approved until " + a.Expires.Format(time.DateOnly)
		if a.By != "" {
			text += " by " + a.By
		}
		return text + ": " + a.Reason
	}
	return ""
}
