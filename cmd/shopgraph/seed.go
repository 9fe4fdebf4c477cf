package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/shopgraph/shopgraph/internal/demodata"
	"github.com/shopgraph/shopgraph/subgraphs"
)

const seedHelp = `
shopgraph seed fills empty databases with a made-up shop of any size, the same each
time: accounts, a catalogue, and orders placed in it. A database that has data is
left as it is. "shopgraph serve" does this by itself, in the usual size, when it
starts a demo; this command is for more.

Usage: shopgraph seed [flags]

The databases are those that "shopgraph migrate" uses; pending migrations are applied.

Exit status: 0 done; 1 a database was not empty; 2 wrong usage, no database, or
SHOPGRAPH_ENV is production.

Examples:

  shopgraph seed
  shopgraph seed --users 10000 --products 5000 --orders 100000`

func seed(ctx context.Context, args []string, io stdio) int {
	size := demodata.Usual
	flags := flag.NewFlagSet("seed", flag.ContinueOnError)
	flags.IntVar(&size.Users, "users", size.Users, "how many `accounts`, the demo's own three among them")
	flags.IntVar(&size.Products, "products", size.Products, "how many `products`")
	flags.IntVar(&size.Orders, "orders", size.Orders, "how many `orders`")
	data := flags.String("data", dataFolder(), "the `folder` of the private server")
	if status, ok := parseFlags(flags, seedHelp, args, io); !ok {
		return status
	}
	if err := checkSeed(size, flags.Args()); err != nil {
		fmt.Fprintf(io.err, "shopgraph seed: %v\n", err)
		return exitUsage
	}
	databases, err := openDatabases(ctx, subgraphNames(), *data, newLog(io))
	if err != nil {
		fmt.Fprintf(io.err, "shopgraph seed: %v\n", err)
		return exitUsage
	}
	defer databases.Close()
	status := exitOK
	for _, s := range subgraphs.All() {
		status = max(status, seedOne(ctx, s, size, databases, io))
	}
	if status == exitOK {
		printAccounts(io.out)
	}
	return status
}

func checkSeed(size demodata.Size, rest []string) error {
	if len(rest) > 0 {
		return fmt.Errorf("there is an argument too many: %q", rest[0])
	}
	config, err := subgraphs.FromEnvironment(env, nil)
	if err != nil {
		return err
	}
	if config.Production {
		return errors.New("SHOPGRAPH_ENV is production, and demo data has passwords that everybody knows")
	}
	return size.Check()
}

// seedOne migrates and fills one subgraph's database.
func seedOne(ctx context.Context, s subgraphs.Subgraph, size demodata.Size, databases *databases, io stdio) int {
	db, err := databases.of(s.Name, newLog(io)).Open(ctx)
	if err != nil {
		fmt.Fprintf(io.err, "shopgraph seed: %s: %v\n", s.Name, err)
		return exitUsage
	}
	defer db.Close()
	bar := &progress{out: io.err, name: s.Name, steps: s.Steps(size), began: time.Now()}
	err = s.Seed(ctx, db, size, bar.done)
	bar.end()
	switch {
	case errors.Is(err, demodata.ErrNotEmpty):
		fmt.Fprintf(io.out, "%-10s has data already and is left as it is\n", s.Name)
		return exitProblems
	case err != nil:
		fmt.Fprintf(io.err, "shopgraph seed: %v\n", err)
		return exitUsage
	}
	fmt.Fprintf(io.out, "%-10s filled in %s\n", s.Name, time.Since(bar.began).Round(time.Millisecond))
	return exitOK
}

// printAccounts tells whom to log in as.
func printAccounts(w io.Writer) {
	fmt.Fprintln(w, "\nAccounts to log in with:")
	for _, a := range demodata.Accounts() {
		fmt.Fprintf(w, "  %-30s %-15s %s\n", a.Email, a.Password, strings.ToLower(a.Role))
	}
}

// progress is a bar on a terminal, and nothing elsewhere.
type progress struct {
	out   io.Writer
	name  string
	steps int
	began time.Time
	drawn int // per cent; 0 when nothing is
}

const barWidth = 40

// done draws how far it is, each time another per cent is.
func (p *progress) done(n int) {
	percent := 100 * n / max(p.steps, 1)
	if percent == p.drawn || !isTerminal(p.out) {
		return
	}
	p.drawn = percent
	full := barWidth * percent / 100
	fmt.Fprintf(p.out, "\r%-10s [%s%s] %3d %%", p.name, strings.Repeat("#", full), strings.Repeat(".", barWidth-full), percent)
}

// end wipes the bar.
func (p *progress) end() {
	if p.drawn > 0 {
		fmt.Fprint(p.out, "\r", strings.Repeat(" ", barWidth+20), "\r")
	}
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
