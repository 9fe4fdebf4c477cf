package main

import (
	"errors"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/compose"
	"github.com/shopgraph/shopgraph/schema/contract"
	"github.com/shopgraph/shopgraph/schema/federation"
	"github.com/shopgraph/shopgraph/schema/report"
	"github.com/shopgraph/shopgraph/schema/supergraph"
)

// contractAPI is the API of a variant of a side, or why there is none.
func contractAPI(s *side, filter contract.Filter) (*ast.Schema, []report.Finding, error) {
	sdl, err := contract.Apply(s.sdl, filter)
	var errs federation.Errors
	switch {
	case errors.As(err, &errs):
		return nil, compositionFindings(nil, errs), nil
	case err != nil:
		return nil, nil, err
	}
	parsed, err := supergraph.Parse(sdl)
	if err != nil {
		return nil, nil, err
	}
	return parsed.API, nil, nil
}

// compositionFindings are the errors of composition, or the hints of what was
// composed, which count for nothing.
func compositionFindings(composed *compose.Result, err error) []report.Finding {
	findings := compose.Report(composed, err).Sections[0].Findings
	for i := range findings {
		if f := &findings[i]; err == nil {
			f.Level, f.Label, f.ID = report.Hidden, "hint", strings.TrimSpace(f.Code+" "+f.Subject)
		}
	}
	return findings
}
