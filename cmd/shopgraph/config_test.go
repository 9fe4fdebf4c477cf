package main

import (
	"bytes"
	"cmp"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/shopgraph/shopgraph/router/access"
	"github.com/shopgraph/shopgraph/router/auth"
	"github.com/shopgraph/shopgraph/router/headers"
	"github.com/shopgraph/shopgraph/router/limits"
)

// configure parses a command line, with a configuration file of these contents.
func configure(t *testing.T, file string, args ...string) (*config, string) {
	t.Helper()
	if file != "" {
		path := filepath.Join(t.TempDir(), "router.yaml")
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--config", path)
	}
	var out bytes.Buffer
	c, _, ok := parseConfig(args, stdio{strings.NewReader(""), io.Discard, &out})
	if !ok {
		return nil, out.String()
	}
	return c, ""
}

// A flag counts before the environment, that before the file, that before the
// default.
func TestWhereASettingComesFrom(t *testing.T) {
	t.Setenv("SHOPGRAPH_LISTEN", ":2")
	t.Setenv("SHOPGRAPH_TIMEOUT", "2s")
	t.Setenv("SHOPGRAPH_DEDUPE", "off")
	c, problem := configure(t, "listen: ':3'\ntimeout: 3s\nmax-body: 3\n", "router", "--listen", ":1")
	if problem != "" {
		t.Fatal(problem)
	}
	if c.role != "router" || c.listen != ":1" || c.timeout.String() != "2s" || c.maxBody != 3 || c.dedupe || c.path != "/graphql" {
		t.Errorf("%+v", c)
	}
}

// A limit is a number or off; off is also what YAML reads as false.
func TestLimits(t *testing.T) {
	c, problem := configure(t, "max-depth: off\nmax-aliases: 7\n", "router", "--max-tokens", "off")
	if problem != "" {
		t.Fatal(problem)
	}
	want := limits.Default
	want.Depth, want.Aliases, want.Tokens = -1, 7, -1
	if c.limits != want {
		t.Errorf("%+v, want %+v", c.limits, want)
	}
}

func TestWhatTheFileCanSay(t *testing.T) {
	c, problem := configure(t, `
cors-origin: [https://a.example, https://b.example]
subgraph-url: {users: http://users/graphql}
log-level: warn
env: production
playground: on
issuers:
  - name: https://login.example
    audience: shop
    jwks: [https://login.example/jwks.json]
    algorithms: [ES256]
    skew: 1m
headers:
  forward: [Accept-Language]
  set: {X-From: router}
  subgraphs:
    orders: {forward: [X-Shop], set: {X-Orders: "1"}}
policies:
  staff: [{role: [staff, admin]}, {level: ["3"]}]
`, "router", "--issuer", "own", "--jwks", "own.json")
	if problem != "" {
		t.Fatal(problem)
	}
	want := &config{
		origins: []string{"https://a.example", "https://b.example"}, subgraphURLs: map[string]string{"users": "http://users/graphql"},
		logLevel: slog.LevelWarn, environment: "production", playground: true, errorsOf: "redact",
		issuers: []auth.Issuer{
			{Name: "https://login.example", Audience: "shop", KeySets: []string{"https://login.example/jwks.json"}, Algorithms: []string{"ES256"}, Skew: time.Minute},
			{Name: "own", KeySets: []string{"own.json"}, Skew: 10 * time.Second},
		},
		headers:         headers.Rules{Forward: append(headers.Default.Forward, "Accept-Language", "X-Forwarded-For"), Set: map[string]string{"X-From": "router"}},
		subgraphHeaders: map[string]headers.Rules{"orders": {Forward: []string{"X-Shop"}, Set: map[string]string{"X-Orders": "1"}}},
		policies:        access.Policies{"staff": {{"role": {"staff", "admin"}}, {"level": {"3"}}}},
	}
	got := &config{
		origins: c.origins, subgraphURLs: c.subgraphURLs, logLevel: c.logLevel, environment: c.environment, playground: c.playground,
		suggestions: c.suggestions, errorsOf: c.errorsOf, issuers: c.issuers, headers: c.headers, subgraphHeaders: c.subgraphHeaders, policies: c.policies,
	}
	if diff := gocmp.Diff(want, got, gocmp.AllowUnexported(config{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestConfigurationsThatAreWrong(t *testing.T) {
	for name, c := range map[string]struct{ file, args, environment, want string }{
		"a role":              {args: "shop", want: `there is no role "shop"; choose from `},
		"an argument":         {args: "router x", want: `there is an argument too many: "x"`},
		"a flag":              {args: "router --what", want: "flag provided but not defined: -what"},
		"a switch":            {args: "router --dedupe=maybe", want: "it must be on or off"},
		"a limit":             {args: "router --max-depth 0", want: "it must be a number above 0, or off"},
		"a choice":            {args: "router --statuses other", want: "it must be audited or draft"},
		"a pair":              {args: "router --subgraph-url users", want: "is not of the form name=value"},
		"a duration":          {args: "router --timeout soon", want: "timeout"},
		"an environment":      {args: "router", environment: "soon", want: `the environment variable SHOPGRAPH_TIMEOUT is "soon": `},
		"a file's setting":    {file: "listne: ':1'\n", want: `there is no setting "listne"; "shopgraph serve --help" lists them`},
		"a file in the file":  {file: "config: x\n", want: `there is no setting "config"`},
		"a file's value":      {file: "timeout: soon\n", want: "timeout: "},
		"a file's no value":   {file: "timeout:\n", want: "timeout: it has no value"},
		"no YAML":             {file: "listen: [\n", want: "router.yaml"},
		"a part of an issuer": {file: "issuers: [{nmae: x}]\n", want: "nmae"},
		"no file":             {args: "router --config nowhere.yaml", want: "nowhere.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.environment != "" {
				t.Setenv("SHOPGRAPH_TIMEOUT", c.environment)
			}
			if _, problem := configure(t, c.file, strings.Fields(cmp.Or(c.args, "router"))...); !strings.Contains(problem, c.want) {
				t.Errorf("%q, want %q", problem, c.want)
			}
		})
	}
}
