package main

import (
	"errors"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/shopgraph/shopgraph/schema/check/verdict"
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
		return nil, errorFindings(errs), nil
	case err != nil:
		return nil, nil, err
	}
	parsed, err := supergraph.Parse(sdl)
	if err != nil {
		return nil, nil, err
	}
	return parsed.API, nil, nil
}

// errorFindings shows composition's errors in a report.
func errorFindings(errs federation.Errors) []report.Finding {
	var out []report.Finding
	for _, e := range errs {
		out = append(out, report.Finding{
			Level: report.Error, Code: string(e.Code), Message: e.Text(), Help: e.Help, Places: federationPlaces(e.Places),
		})
	}
	return out
}

func federationPlaces(places []federation.Place) []report.Place {
	var out []report.Place
	for _, p := range places {
		if p.Position != nil && p.Position.Src != nil {
			out = append(out, verdict.PlaceOf(p.Position, p.Note))
		}
	}
	return out
}
