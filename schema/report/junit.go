package report

import (
	"encoding/xml"
	"io"
	"strings"
)

// JUnit writes the report as test results, which most CI servers show: a suite
// for each section, a case for each finding that matters, and one that passes
// where there is none.
func JUnit(w io.Writer, r *Report) error {
	out := junitSuites{Name: r.Title}
	for _, s := range r.Sections {
		suite := junitSuite{Name: s.Name}
		for _, f := range s.Findings {
			if f.Level > Hidden {
				suite.add(junitCaseOf(s.Name, f))
			}
		}
		if suite.Tests == 0 {
			suite.add(junitCase{Class: s.Name, Name: s.Name, Out: s.Summary})
		}
		out.Suites = append(out.Suites, suite)
		out.Tests, out.Failures, out.Skipped = out.Tests+suite.Tests, out.Failures+suite.Failures, out.Skipped+suite.Skipped
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitFailure `xml:"failure"`
		Skipped *junitSkipped `xml:"skipped"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
	junitSkipped struct {
		Message string `xml:"message,attr"`
	}
)

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	if c.Failure != nil {
		s.Failures++
	}
	if c.Skipped != nil {
		s.Skipped++
	}
}

func junitCaseOf(section string, f Finding) junitCase {
	c := junitCase{Class: section, Name: strings.TrimSpace(f.Code + " " + f.Subject)}
	text := printable(sentences(f))
	for _, p := range f.Places {
		text += "\n" + p.String()
	}
	if len(f.Places) > 0 {
		c.File, c.Line = f.Places[0].File, f.Places[0].Line
	}
	switch {
	case f.Fails():
		c.Failure = &junitFailure{printable(f.Message), f.label(), text + "\n" + printable(f.Details)}
	case f.Waived != "":
		c.Skipped = &junitSkipped{printable(f.Waived)}
		c.Out = text
	default:
		c.Out = f.label() + ": " + text
	}
	return c
}

// printable drops characters that XML 1.0 does not allow.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return '�'
		}
		return r
	}, s)
}
