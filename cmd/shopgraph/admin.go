package main

import (
	"context"
	"flag"
	"fmt"

	"github.com/shopgraph/shopgraph/subgraphs/users"
)

const adminHelp = `
shopgraph admin makes an account an admin: the one with this e-mail address or, when
there is none, a new one, whose password it prints once. So a shop gets its first
admin, who makes others in the API (changeRole), and gets one back who was lost.

Usage: shopgraph admin [flags] EMAIL

The database is that of users, as for "shopgraph migrate"; pending migrations are
applied. Whoever was logged in to the account is logged out.

Exit status: 0 done; 2 wrong usage, or no database.

Example:

  shopgraph admin ada@example.com`

func admin(ctx context.Context, args []string, io stdio) int {
	flags := flag.NewFlagSet("admin", flag.ContinueOnError)
	data := flags.String("data", dataFolder(), "the `folder` of the private server")
	if status, ok := parseFlags(flags, adminHelp, args, io); !ok {
		return status
	}
	if flags.NArg() != 1 {
		fmt.Fprintln(io.err, "shopgraph admin: say the account's e-mail address, and nothing else")
		return exitUsage
	}
	password, err := makeAdmin(ctx, flags.Arg(0), *data, io)
	switch {
	case err != nil:
		fmt.Fprintf(io.err, "shopgraph admin: %v\n", err)
		return exitUsage
	case password == "":
		fmt.Fprintf(io.out, "%s is an admin now\n", flags.Arg(0))
	default:
		fmt.Fprintf(io.out, "%s is an admin, with a new account; its password is kept nowhere: %s\n", flags.Arg(0), password)
	}
	return exitOK
}

func makeAdmin(ctx context.Context, email, data string, io stdio) (password string, err error) {
	databases, err := openDatabases(ctx, []string{"users"}, data, newLog(io))
	if err != nil {
		return "", err
	}
	defer databases.Close()
	db, err := databases.of("users", newLog(io)).Open(ctx)
	if err != nil {
		return "", err
	}
	defer db.Close()
	return users.MakeAdmin(ctx, db, email)
}
