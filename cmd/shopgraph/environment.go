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
	{"SHOPGRAPH_ENV", "\"demo\", which is the default, or \"production\": that refuses signing keys of the program's own making and accounts with the demo's passwords"},
	{"USERS_SIGNING_KEY", "the Ed25519 key with which users signs access tokens, in PEM; further keys after it only verify. Without it users keeps one in its database, except in production."},
	{"USERS_SIGNING_KEY_FILE", "the file that holds USERS_SIGNING_KEY"},
	{"ORDERS_SIGNING_KEY", "the Ed25519 key with which orders signs the credential that it shows to products, in PEM; otherwise like USERS_SIGNING_KEY"},
	{"ORDERS_SIGNING_KEY_FILE", "the file that holds ORDERS_SIGNING_KEY"},
	{"USERS_JWKS_URL", "where products and orders, running alone, find the keys of users; http://localhost:4001/.well-known/jwks.json when it is not set"},
	{"ORDERS_JWKS_URL", "where products, running alone, finds the keys of orders; http://localhost:4003/.well-known/jwks.json when it is not set"},
	{"PRODUCTS_URL", "where orders, running alone, finds products; http://localhost:4002/graphql when it is not set"},
	{"MAIL_URL", "the mail server that sends users' letters: smtp://account:password@mail.example:587?from=shop@example.com, or smtps:// for TLS from the start. Without it letters are written into MAIL_FOLDER and not sent."},
	{"MAIL_FOLDER", "the folder that letters are written into where there is no mail server; \"mail\" in SHOPGRAPH_DATA when it is not set. In production one of the two has to be."},
	{"SHOP_PAGES_URL", "the shop's pages, such as https://shop.example, which letters link to: /verify-email?token=… and /reset-password?token=… below it. Without it letters hold the tokens alone."},
	{"LOGIN_UNVERIFIED", "whether one can log in before the e-mail address is verified: \"yes\", the default of demos, or \"no\", the default in production. With \"yes\", whoever registers an address and can log in then learns that it had no account."},
	{"TAX_RATES", "the tax that is in prices, in per cent by products' tax class: \"STANDARD=19 REDUCED=7 ZERO=0\", which is the default"},
	{"PAY_WITHIN", "how long a placed order waits to be paid before it is cancelled and its stock goes back: \"24h\", which is the default; 0 is for ever"},
	{"PAYMENTS", "who handles payments of orders: \"fake\", the default of demos, moves no money; \"none\", the default in production, takes none"},
	{"PAYMENT_SECRET", "what the payment provider signs its messages to orders with, at /webhooks/payments: whsec_ and at least 24 bytes in base64. Without it each process makes one of its own, which will do for \"fake\"."},
	{"NATS_URL", "where events of orders are published by NATS JetStream, nats://host:4222, beside the webhooks; nowhere when it is not set"},
	{"TRUSTED_PROXIES", "the networks of the routers before the subgraphs, whose X-Forwarded-For is believed: \"10.0.0.0/8 ::1\". It decides from where passwords are guessed. This machine when it is not set."},
	{"ROUTER_SECRET", "a text that the router shows the subgraphs in the header X-Router-Secret (setting \"headers\" of the router); with it, they refuse everyone who does not show it, but for each other. Without it everyone who reaches them may ask."},
	{"ROUTER_JWKS_URL", "where subgraphs, running alone, find the keys of the router's own tokens (setting \"identity\" of the router): http://router:4000/.well-known/jwks.json. With it they take what the router says of who asks, and no client's token. Without it clients' own tokens are taken."},
	{"SHOPGRAPH_DATA", "the folder for the private server's data; .data when it is not set"},
	{"SHOPGRAPH_CONFIG", "the file with settings of \"shopgraph serve\""},
	{"OTEL_EXPORTER_OTLP_ENDPOINT", "the OpenTelemetry collector that gets the traces of \"shopgraph serve\": http://collector:4318. Without one nothing is traced. OpenTelemetry's other variables count too: OTEL_EXPORTER_OTLP_HEADERS, OTEL_TRACES_SAMPLER, OTEL_BSP_SCHEDULE_DELAY and so on; docs/telemetry.md has more."},
	{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "the same with its whole path, http://collector:4318/v1/traces; it wins over OTEL_EXPORTER_OTLP_ENDPOINT"},
	{"OTEL_EXPORTER_OTLP_PROTOCOL", "how traces are sent: \"http/protobuf\", which is the default, or \"http/json\""},
	{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "the same; it wins over OTEL_EXPORTER_OTLP_PROTOCOL"},
	{"OTEL_TRACES_EXPORTER", "\"none\" sends no traces, whatever the collector; \"otlp\" is the default"},
	{"OTEL_SDK_DISABLED", "\"true\" sends no traces, whatever the collector"},
	{"GOGC", "how much garbage may gather before it is collected, in percent of what is alive; for \"shopgraph serve\" 300 when it is not set. Less takes less memory and more time."},
	{"NO_COLOR", "if it is not empty, text has no colours"},
	{"TERM", "\"dumb\" is a terminal without colours"},
	{"GITHUB_STEP_SUMMARY", "the file that \"shopgraph check --format github\" appends its summary to; GitHub Actions sets it"},
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
