package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopgraph/shopgraph/internal/postgres"
)

const migrateHelp = `
shopgraph migrate moves the subgraphs' tables between versions. "shopgraph serve"
applies pending migrations by itself; this command is for doing it beforehand,
for looking, and for going back.

Usage: shopgraph migrate [up|down|status] [flags]

  up      apply every pending migration (default)
  down    take back the newest applied migration of one subgraph, or with --to
          every one newer than that version; their data are lost
  status  list the migrations, and when each was applied

The databases are those of DATABASE_URL or of USERS_DATABASE_URL and so on, and
without them the private server in the data folder. With both, the account of
DATABASE_URL makes the account that USERS_DATABASE_URL names, where it is missing.
Any number of processes may migrate at once: one works, the others wait for it.

Exit status: 0 done; 1 a migration failed; 2 wrong usage, or no database.

Examples:

  shopgraph migrate
  shopgraph migrate status
  shopgraph migrate down --subgraph orders --to 2`

// migration is the command line, understood.
type migration struct {
	action    string
	subgraphs []string
	to        int64 // -1 is one step
	data      string
}

func migrate(ctx context.Context, args []string, io stdio) int {
	m, status, ok := parseMigrate(args, io)
	if !ok {
		return status
	}
	log := newLog(io)
	databases, err := openDatabases(ctx, m.subgraphs, m.data, log)
	if err != nil {
		fmt.Fprintf(io.err, "shopgraph migrate: %v\n", err)
		return exitUsage
	}
	defer databases.Close()
	for _, name := range m.subgraphs {
		if status := m.run(ctx, databases.of(name, log), io); status != exitOK {
			return status
		}
	}
	return exitOK
}

func parseMigrate(args []string, io stdio) (m migration, status int, ok bool) {
	flags := flag.NewFlagSet("migrate", flag.ContinueOnError)
	subgraph := flags.String("subgraph", "", "only this `name`'s tables; all when it is not given")
	flags.Int64Var(&m.to, "to", -1, "down to this `version`; 0 takes back everything")
	flags.StringVar(&m.data, "data", dataFolder(), "the `folder` of the private server")
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") { // flags may follow the action
		m.action, args = args[0], args[1:]
	}
	if status, ok := parseFlags(flags, migrateHelp, args, io); !ok {
		return m, status, false
	}
	rest := flags.Args()
	if m.action == "" && len(rest) > 0 {
		m.action, rest = rest[0], rest[1:]
	}
	if m.action == "" {
		m.action = "up"
	}
	m.subgraphs = subgraphNames()
	if *subgraph != "" {
		m.subgraphs = []string{*subgraph}
	}
	if err := m.check(*subgraph, rest); err != nil {
		fmt.Fprintf(io.err, "shopgraph migrate: %v\n", err)
		return m, exitUsage, false
	}
	return m, exitOK, true
}

func (m migration) check(subgraph string, rest []string) error {
	switch {
	case !slices.Contains([]string{"up", "down", "status"}, m.action):
		return fmt.Errorf("there is no action %q; choose from up, down, status", m.action)
	case len(rest) > 0:
		return fmt.Errorf("there is an argument too many: %q", rest[0])
	case subgraph != "" && !slices.Contains(subgraphNames(), subgraph):
		return fmt.Errorf("there is no subgraph %q; choose from %s", subgraph, strings.Join(subgraphNames(), ", "))
	case m.action == "down" && subgraph == "":
		return fmt.Errorf("down loses data: say of which subgraph with --subgraph")
	case m.action != "down" && m.to != -1 || m.to < -1:
		return fmt.Errorf("--to is for down, and takes a version from 0 on")
	}
	return nil
}

// run does the action on one subgraph.
func (m migration) run(ctx context.Context, s postgres.Subgraph, io stdio) int {
	migrator, err := s.Migrator(ctx)
	if err != nil {
		fmt.Fprintf(io.err, "shopgraph migrate: %s: %v\n", s.Name, err)
		return exitUsage
	}
	defer migrator.Close()
	if err := m.act(ctx, s.Name, migrator, io); err != nil {
		fmt.Fprintf(io.err, "shopgraph migrate: %v\n", err)
		return exitProblems
	}
	return exitOK
}

func (m migration) act(ctx context.Context, name string, migrator *postgres.Migrator, io stdio) error {
	switch {
	case m.action == "status":
		return printStatus(ctx, name, migrator, io)
	case m.action == "up":
		steps, err := migrator.Up(ctx)
		printSteps(name, "applied", steps, err, io)
		return err
	case m.to >= 0:
		steps, err := migrator.DownTo(ctx, m.to)
		printSteps(name, "took back", steps, err, io)
		return err
	default:
		steps, err := migrator.Down(ctx)
		printSteps(name, "took back", steps, err, io)
		return err
	}
}

func printSteps(name, did string, steps []postgres.Step, err error, io stdio) {
	for _, s := range steps {
		fmt.Fprintf(io.out, "%s: %s %s in %s\n", name, did, s.Name, s.Duration.Round(time.Millisecond))
	}
	if len(steps) == 0 && err == nil {
		fmt.Fprintf(io.out, "%s: nothing to do\n", name)
	}
}

func printStatus(ctx context.Context, name string, migrator *postgres.Migrator, io stdio) error {
	migrations, err := migrator.Status(ctx)
	if err != nil {
		return err
	}
	for _, m := range migrations {
		state := "pending"
		if !m.AppliedAt.IsZero() {
			state = "applied " + m.AppliedAt.UTC().Format(time.RFC3339)
		}
		fmt.Fprintf(io.out, "%-10s %-32s %s\n", name, m.Name, state)
	}
	return nil
}
