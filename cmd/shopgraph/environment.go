package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// variable is one environment variable that the program reads.
type variable struct{ name, meaning string }

// variables is all of them; a test holds the program, docker-compose.yml and
// this list together.
var variables = []variable{
	{"DATABASE_URL", "the PostgreSQL database of all subgraphs: postgres://account:password@host:5432/database. An account that may create roles gives each subgraph a role of its own. Without any URL a private server is started."},
	{"USERS_DATABASE_URL", "the database of users alone, instead of DATABASE_URL. With both, and one database, the account of DATABASE_URL makes the account that this URL names where it is missing, so that a single run of \"shopgraph migrate\" sets everything up and the servers never see that account."},
	{"PRODUCTS_DATABASE_URL", "the database of products alone, instead of DATABASE_URL"},
	{"ORDERS_DATABASE_URL", "the database of orders alone, instead of DATABASE_URL"},
	{"SHOPGRAPH_DATA", "the folder for the private server's data; .data when it is not set"},
	{"SHOPGRAPH_CONFIG", "the file with settings of \"shopgraph serve\""},
}

// settingVariables are those of the settings of "shopgraph serve" that are not
// among variables.
func settingVariables() []variable {
	var all []variable
	f := flag.NewFlagSet("serve", flag.ContinueOnError)
	(&config{role: "all"}).define(f)
	f.VisitAll(func(s *flag.Flag) {
		_, meaning := flag.UnquoteUsage(s)
		v := variable{settingVariable(s.Name), meaning}
		if !slices.ContainsFunc(variables, func(other variable) bool { return other.name == v.name }) {
			all = append(all, v)
		}
	})
	return all
}

// env reads an environment variable that stands in variables.
func env(name string) string { return os.Getenv(name) }

func environmentHelp(w io.Writer) {
	fmt.Fprint(w, "The environment variables that shopgraph reads:\n")
	printVariables(w, variables)
	fmt.Fprint(w, "\nThe settings of \"shopgraph serve\", which are flags too:\n")
	printVariables(w, settingVariables())
}

func printVariables(w io.Writer, all []variable) {
	for _, v := range all {
		fmt.Fprintf(w, "\n  %s\n", v.name)
		for line := range strings.Lines(wrap(v.meaning, 74)) {
			fmt.Fprint(w, "      ", line)
		}
	}
}

// wrap breaks text into lines of at most width characters, each with its newline.
func wrap(text string, width int) string {
	var b strings.Builder
	length := 0
	for word := range strings.FieldsSeq(text) {
		switch {
		case length == 0:
		case length+1+len(word) > width:
			b.WriteByte('\n')
			length = 0
		default:
			b.WriteByte(' ')
			length++
		}
		b.WriteString(word)
		length += len(word)
	}
	b.WriteByte('\n')
	return b.String()
}
