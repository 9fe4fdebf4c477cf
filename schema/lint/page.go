package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Page is the rule's page in Markdown: docs/lint/<name>.md.
func (r *Rule) Page() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n\n%s\n\nLevel where settings say nothing: `%s`.\n", r.Name, r.Asks, r.Why, r.Level)
	b.WriteString("\n## Breaks the rule\n")
	writeExample(&b, r.Bad)
	b.WriteString("\n## Keeps it\n")
	writeExample(&b, r.Good)
	fmt.Fprintf(&b, "\n## Settings\n\nIn check.yaml `lint: {%s: off}`, or `note`, `warn`, `error`. For a single element, on the line above it:\n\n", r.Name)
	fmt.Fprintf(&b, "```graphql\n# %s %s\n```\n", disableNextLine, r.Name)
	return b.String()
}

func writeExample(b *strings.Builder, files map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		language := "graphql"
		if strings.HasSuffix(name, ".go") {
			language = "go"
		}
		if len(files) > 1 {
			fmt.Fprintf(b, "\n%s:\n", name)
		}
		fmt.Fprintf(b, "\n```%s\n%s\n```\n", language, strings.TrimSpace(files[name]))
	}
}

// Index is the page that lists all rules: docs/lint/README.md.
func Index() string {
	var b strings.Builder
	b.WriteString("# Lint rules\n\n`shopgraph check` applies them to every subgraph. Each page shows what breaks the rule and what keeps it.\n\n")
	b.WriteString("| rule | level | asks |\n|---|---|---|\n")
	for i := range Rules {
		r := &Rules[i]
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s |\n", r.Name, r.Name, r.Level, r.Asks)
	}
	b.WriteString(`
Levels are set in check.yaml; "error" makes a check fail:

` + "```yaml\nlint:\n  type-names: error\n  field-description: off\n```" + `

A comment switches rules off for the element that begins on the next line, and all within it:

` + "```graphql\n# lint-disable-next-line type-names, field-names\ntype legacy_product {\n  product_id: ID!\n}\n```\n")
	return b.String()
}
