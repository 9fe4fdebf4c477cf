package report

import (
	"encoding/json"
	"io"
	"net/url"
)

// SARIF writes the report in the Static Analysis Results Interchange Format
// 2.1.0, which code-scanning services take. A finding that is let through is a
// suppressed result.
func SARIF(w io.Writer, r *Report, version string) error {
	run := sarifRun{Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "shopgraph", Version: version, Rules: []sarifRule{}}
	index := map[string]int{}
	for _, s := range r.Sections {
		for _, f := range s.Findings {
			if _, known := index[f.Code]; !known {
				index[f.Code] = len(run.Tool.Driver.Rules)
				run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{ID: f.Code, Properties: sarifTags{[]string{s.Name}}})
			}
			run.Results = append(run.Results, sarifResultOf(f, index[f.Code]))
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	})
}

type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool struct {
			Driver sarifDriver `json:"driver"`
		} `json:"tool"`
		Results []sarifResult `json:"results"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID         string    `json:"id"`
		Properties sarifTags `json:"properties"`
	}
	sarifTags struct {
		Tags []string `json:"tags"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations,omitempty"`
		Related      []sarifLocation    `json:"relatedLocations,omitempty"`
		Fingerprints map[string]string  `json:"partialFingerprints,omitempty"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		Physical struct {
			Artifact struct {
				URI string `json:"uri"`
			} `json:"artifactLocation"`
			Region *sarifRegion `json:"region,omitempty"`
		} `json:"physicalLocation"`
		Message *sarifText `json:"message,omitempty"`
	}
	sarifRegion struct {
		Line   int `json:"startLine"`
		Column int `json:"startColumn,omitempty"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
)

func sarifResultOf(f Finding, rule int) sarifResult {
	level := f.Level.String()
	if f.Level == Hidden {
		level = "none"
	}
	out := sarifResult{RuleID: f.Code, RuleIndex: rule, Level: level, Message: sarifText{sentences(f)}}
	for i, p := range f.Places {
		l := sarifLocationOf(p)
		if i == 0 {
			out.Locations = append(out.Locations, l)
		} else {
			out.Related = append(out.Related, l)
		}
	}
	if f.ID != "" {
		out.Fingerprints = map[string]string{"id": f.ID}
	}
	if f.Waived != "" {
		out.Suppressions = []sarifSuppression{{"external", f.Waived}}
	}
	return out
}

func sarifLocationOf(p Place) sarifLocation {
	var l sarifLocation
	l.Physical.Artifact.URI = (&url.URL{Path: p.File}).EscapedPath()
	if p.Line > 0 {
		l.Physical.Region = &sarifRegion{p.Line, p.Column}
	}
	if p.Note != "" {
		l.Message = &sarifText{p.Note}
	}
	return l
}
