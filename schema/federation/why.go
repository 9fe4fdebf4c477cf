package federation

import (
	"embed"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

//go:embed why/*.txtar
var whyFiles embed.FS

// Why explains a code.
type Why struct {
	Code Code
	// Text says what the code means and what to do.
	Text string
	// Before are subgraphs that show it, After the same subgraphs set right.
	Before, After []Example
	// Says is what composition says about Before.
	Says string
}

// Example is the schema of one subgraph.
type Example struct{ Subgraph, SDL string }

// Codes lists all codes that have an explanation, sorted.
func Codes() []Code {
	files, err := whyFiles.ReadDir("why")
	if err != nil {
		panic("federation: " + err.Error())
	}
	codes := make([]Code, len(files))
	for i, f := range files {
		codes[i] = Code(strings.TrimSuffix(f.Name(), ".txtar"))
	}
	return codes
}

// Explain returns the explanation of a code; ok is false for an unknown one.
func Explain(code Code) (why Why, ok bool) {
	if !slices.Contains(Codes(), code) {
		return Why{}, false
	}
	data, err := whyFiles.ReadFile("why/" + string(code) + ".txtar")
	if err != nil {
		return Why{}, false
	}
	archive := txtar.Parse(data)
	why = Why{Code: code, Text: strings.TrimSpace(string(archive.Comment))}
	after := map[string]string{}
	for _, f := range archive.Files {
		folder, name, _ := strings.Cut(strings.TrimSuffix(f.Name, ".graphql"), "/")
		switch folder {
		case "before":
			why.Before = append(why.Before, Example{name, string(f.Data)})
		case "after":
			after[name] = string(f.Data)
			why.After = append(why.After, Example{name, string(f.Data)})
		case "says":
			why.Says = string(f.Data)
		}
	}
	for _, e := range why.Before {
		if _, changed := after[e.Subgraph]; !changed && !why.renames() {
			why.After = append(why.After, e)
		}
	}
	slices.SortStableFunc(why.After, func(a, b Example) int { return strings.Compare(a.Subgraph, b.Subgraph) })
	return why, true
}

// renames says whether what is to be done is to rename the subgraph.
func (w Why) renames() bool { return w.Code == InvalidSubgraphName }
