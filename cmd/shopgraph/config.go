package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/shopgraph/shopgraph/internal/telemetry"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/router"
	"github.com/shopgraph/shopgraph/router/access"
	"github.com/shopgraph/shopgraph/router/auth"
	"github.com/shopgraph/shopgraph/router/cost"
	"github.com/shopgraph/shopgraph/router/headers"
	"github.com/shopgraph/shopgraph/router/identity"
	"github.com/shopgraph/shopgraph/router/limits"
	"github.com/shopgraph/shopgraph/router/persisted"
	"github.com/shopgraph/shopgraph/router/ratelimit"
	"github.com/shopgraph/shopgraph/router/server"
)

// config is everything "shopgraph serve" can be told.
type config struct {
	role string

	listen      string
	data        string
	wait        time.Duration
	environment string
	logLevel    slog.Level
	logFormat   string
	accessLog   bool

	supergraph       string
	subgraphURLs     map[string]string
	path             string
	dedupe           bool
	timeout          time.Duration
	maxBody          int64
	compression      bool
	automatic        int
	trusted          string
	manifests        []string
	limits           limits.Limits
	cost             string
	maxCost          int
	listSize         int
	origins          []string
	credentials      bool
	playground       bool
	introspection    bool
	suggestions      bool
	plans            bool
	errorsOf         string
	statuses         string
	issuer           auth.Issuer
	unauthorized     string
	skew             time.Duration
	rate             int
	burst            int
	rateBy           []string
	proxies          string
	identity         string
	identityHeaders  map[string]string
	identityKey      string
	identityLifetime time.Duration
	policies         access.Policies
	forward          []string
	forwardAddress   bool
	issuers          []auth.Issuer // of the file, and issuer
	headers          headers.Rules
	subgraphHeaders  map[string]headers.Rules
	// traces get the spans of whatever is served; nil for none.
	traces *telemetry.Traces
}

// define declares every setting with its default and meaning: as a flag, as an
// environment variable named after it, and as a key of the configuration file.
func (c *config) define(f *flag.FlagSet) {
	c.subgraphURLs = map[string]string{}
	if c.logLevel = slog.LevelInfo; c.role == "all" {
		c.logLevel = slog.LevelWarn // a terminal that shows what to do next
	}
	f.StringVar(&c.listen, "listen", defaultAddresses[c.role], "the `address` to listen on, as host:port; of all, the router's")
	f.StringVar(&c.data, "data", dataFolder(), "the `folder` for the private PostgreSQL server's data")
	f.DurationVar(&c.wait, "database-wait", 30*time.Second, "how long to wait for a database server that does not answer yet")
	choice(f, &c.environment, "env", []string{"demo", "production"}, "what this is; production refuses what only a demo may have: its passwords, keys of its own making, the playground, errors that tell of the inside")
	f.TextVar(&c.logLevel, "log-level", c.logLevel, "the least `level` that is logged: debug, info, warn or error")
	choice(f, &c.logFormat, "log-format", []string{"text", "json"}, "how the log is written")
	onOff(f, &c.accessLog, "access-log", true, "a line in the log for each request")

	f.StringVar(&c.supergraph, "supergraph", defaultSupergraph, "the supergraph's `file`; it is read again when it changes, and on SIGHUP (router)")
	f.Var(pairs(c.subgraphURLs), "subgraph-url", "where a subgraph is, as `name=URL`, instead of what the supergraph says; may be repeated (router)")
	f.StringVar(&c.path, "path", server.DefaultPath, "the `path` of the GraphQL endpoint (router)")
	onOff(f, &c.dedupe, "dedupe", true, "share one request to a subgraph among identical reads that are under way (router)")
	f.DurationVar(&c.timeout, "timeout", router.DefaultTimeout, "how long an operation may take (router)")
	f.Int64Var(&c.maxBody, "max-body", server.DefaultMaxBody, "the largest request body, in `bytes` (router)")
	onOff(f, &c.compression, "compression", true, "compress answers as clients accept it, with zstd, brotli or gzip (router)")
	bound(f, &c.automatic, "apq-memory", persisted.DefaultAutomatic.Weight, "the memory, in bytes, for documents that clients register by their hash, automatic persisted queries (router)")
	choice(f, &c.trusted, "trusted-documents", persisted.Modes, "what is done with a manifest of trusted documents (router), others are run and logged, or refused, or all are refused that are not named by their id")
	f.Var((*list)(&c.manifests), "manifest", "a `file` of trusted documents, as made for Apollo's clients or Relay's; it is read again when it changes; may be repeated (router)")
	bound(f, &c.rate, "rate-limit", ratelimit.DefaultPerMinute, "the most requests of one client in a minute (router)")
	f.IntVar(&c.burst, "rate-burst", ratelimit.DefaultBurst, "the `number` of these that may come at once (router)")
	f.Var((*list)(&c.rateBy), "rate-by", "what tells clients apart, the first that a request has, `claim:NAME, header:NAME or address`; an account by its claim sub, else an address, unless it is given; may be repeated (router)")
	f.StringVar(&c.proxies, "proxies", "127.0.0.0/8 ::1", "the `networks` whose X-Forwarded-For tells the router where a request comes from; requests of their own are not counted (router)")
	c.defineLimits(f)
	f.Var((*list)(&c.origins), "cors-origin", "an `origin` whose pages may read answers, like https://shop.example, or * for all; may be repeated (router)")
	onOff(f, &c.credentials, "cors-credentials", false, "let pages of the CORS origins send cookies (router)")
	onOff(f, &c.playground, "playground", true, "the playground at / (router); in production off unless it is asked for")
	onOff(f, &c.introspection, "introspection", true, "answer __schema and __type (router); in production off unless it is asked for")
	onOff(f, &c.suggestions, "suggestions", true, "suggest names of the schema in errors (router); in production off unless it is asked for")
	onOff(f, &c.plans, "plans", true, "show the query plan to clients that ask by the header Apollo-Expose-Query-Plan or Hive-Expose-Query-Plan: true, or dry-run, and the cost to those that ask by Shopgraph-Expose-Query-Cost: true (router); in production off unless it is asked for")
	choice(f, &c.errorsOf, "subgraph-errors", []string{"pass", "redact"}, "what clients see of subgraphs' errors (router); in production redact unless pass is asked for")
	choice(f, &c.statuses, "statuses", []string{"audited", "draft"}, "the HTTP statuses of operations that are not valid (router), those that clients expect or those of the 2026 draft")
	f.StringVar(&c.issuer.Name, "issuer", "", "who issues clients' tokens: the `iss` that they carry. Without one tokens are only passed on (router)")
	f.StringVar(&c.issuer.Audience, "audience", "", "the `aud` that tokens must hold; without one any is good (router)")
	f.Var((*list)(&c.issuer.KeySets), "jwks", "the `URL` or file of a JWK set that the issuer signs with; may be repeated (router)")
	f.Var((*list)(&c.issuer.Algorithms), "jwt-algorithm", "an accepted `algorithm` instead of EdDSA, ES256 and RS256; may be repeated (router)")
	f.DurationVar(&c.skew, "jwt-skew", token.DefaultLeeway, "how far the clocks of issuers and of this server may differ (router)")
	choice(f, &c.identity, "identity", []string{"token", "headers", "router"}, "what subgraphs learn of who asks (router), the client's own token, what it says in headers, or that in a short-lived token of the router's own")
	c.identityHeaders = map[string]string{}
	f.Var(pairs(c.identityHeaders), "identity-header", "a header with what a client's token says, as `name=claim`, like X-User=sub; may be repeated (router)")
	f.StringVar(&c.identityKey, "identity-key", "", "the `file` of the Ed25519 key that signs the router's own tokens, in PEM; further keys after it are only published, at /.well-known/jwks.json (router)")
	f.DurationVar(&c.identityLifetime, "identity-lifetime", identity.DefaultLifetime, "how long a token of the router's own is good for (router)")
	onOff(f, &c.forwardAddress, "forward-address", true, "tell subgraphs in X-Forwarded-For from which address a client asks (router)")
	choice(f, &c.unauthorized, "unauthorized", []string{"filter", "refuse"}, "what becomes of an operation that asks for what its client may not see, by @authenticated, @requiresScopes and @policy (router), it is answered without, or refused")
	f.Var((*list)(&c.forward), "forward-header", "the `name` of a client's header that subgraphs get, besides Authorization and those of tracing; may be repeated (router)")
}

func (c *config) defineLimits(f *flag.FlagSet) {
	bound(f, &c.limits.Tokens, "max-tokens", limits.Default.Tokens, "the most tokens of a document (router)")
	bound(f, &c.limits.Depth, "max-depth", limits.Default.Depth, "how deep an operation may select fields below each other (router)")
	bound(f, &c.limits.Aliases, "max-aliases", limits.Default.Aliases, "the most aliases of an operation (router)")
	bound(f, &c.limits.RootFields, "max-root-fields", limits.Default.RootFields, "the most fields that an operation may select at its root (router)")
	bound(f, &c.limits.Directives, "max-directives", limits.Default.Directives, "the most directives of an operation (router)")
	bound(f, &c.limits.Fields, "max-fields", limits.Default.Fields, "the most fields of an operation, its fragments opened (router)")
	choice(f, &c.cost, "cost", []string{"enforce", "measure", "off"}, "what is done with the estimated cost of operations, by @cost and @listSize (router), too high a one is refused, or it is only logged")
	bound(f, &c.maxCost, "max-cost", cost.DefaultMax, "the highest cost of an operation (router)")
	f.IntVar(&c.listSize, "list-size", cost.DefaultListSize, "the `number` of elements that a list is expected to have of which the schema says nothing (router)")
}

// defaultAddresses are where each role listens; the subgraphs', those that
// supergraph.yaml names.
var defaultAddresses = map[string]string{
	"all": "localhost:4000", "router": "localhost:4000", "users": "localhost:4001", "products": "localhost:4002", "orders": "localhost:4003",
}

func (c *config) production() bool { return c.environment == "production" }

// settingVariable is the environment variable of a setting.
func settingVariable(name string) string {
	return "SHOPGRAPH_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// parseConfig reads the command line, the environment and the configuration
// file, of which the first that knows a setting counts.
func parseConfig(args []string, io stdio) (c *config, status int, ok bool) {
	c = &config{role: "all"}
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		c.role, args = args[0], args[1:]
	}
	f := flag.NewFlagSet("serve", flag.ContinueOnError)
	c.define(f)
	file := f.String("config", env("SHOPGRAPH_CONFIG"), "a YAML `file` with settings, each under the name of its flag")
	if status, ok := parseFlags(f, serveHelp, args, io); !ok {
		return nil, status, false
	}
	if err := c.complete(f, *file); err != nil {
		fmt.Fprintf(io.err, "shopgraph serve: %v\n", err)
		return nil, exitUsage, false
	}
	return c, exitOK, true
}

func (c *config) complete(f *flag.FlagSet, file string) error {
	if _, ok := roles[c.role]; !ok {
		return fmt.Errorf("there is no role %q; choose from %s", c.role, strings.Join(slices.Sorted(maps.Keys(roles)), ", "))
	}
	if f.NArg() > 0 {
		return fmt.Errorf("there is an argument too many: %q", f.Arg(0))
	}
	set := map[string]bool{}
	f.Visit(func(s *flag.Flag) { set[s.Name] = true })
	if err := c.readEnvironment(f, set); err != nil {
		return err
	}
	if err := c.readFile(f, set, file); err != nil {
		return err
	}
	c.finish(set)
	return nil
}

// readEnvironment sets what no flag has set.
func (c *config) readEnvironment(f *flag.FlagSet, set map[string]bool) (err error) {
	f.VisitAll(func(s *flag.Flag) {
		value := env(settingVariable(s.Name))
		if value == "" || set[s.Name] || err != nil {
			return
		}
		set[s.Name] = true
		if fault := f.Set(s.Name, value); fault != nil {
			err = fmt.Errorf("the environment variable %s is %q: %w", settingVariable(s.Name), value, fault)
		}
	})
	return err
}

// finish fills in what depends on other settings.
func (c *config) finish(set map[string]bool) {
	if c.production() {
		c.playground = c.playground && set["playground"]
		c.introspection = c.introspection && set["introspection"]
		c.suggestions = c.suggestions && set["suggestions"]
		c.plans = c.plans && set["plans"]
		if !set["subgraph-errors"] {
			c.errorsOf = "redact"
		}
	}
	if c.issuer.Name != "" || len(c.issuer.KeySets) > 0 {
		c.issuers = append(c.issuers, c.issuer)
	}
	for i := range c.issuers {
		c.issuers[i].Skew = cmp.Or(c.issuers[i].Skew, c.skew)
	}
	c.headers.Forward = slices.Concat(c.forwarded(), c.headers.Forward, c.forward)
	if c.forwardAddress {
		c.headers.Forward = append(c.headers.Forward, headers.ForwardedFor)
	}
}

// forwarded are the headers of clients that subgraphs always get.
func (c *config) forwarded() []string {
	all := slices.Clone(headers.Default.Forward)
	if c.identity != "token" {
		all = slices.DeleteFunc(all, func(name string) bool { return name == "Authorization" })
	}
	return all
}

// structured are the parts of the configuration file that no flag can say.
type structured struct {
	Issuers []struct {
		Name       string        `yaml:"name"`
		Audience   string        `yaml:"audience"`
		JWKS       []string      `yaml:"jwks"`
		Algorithms []string      `yaml:"algorithms"`
		Skew       time.Duration `yaml:"skew"`
	} `yaml:"issuers"`
	Headers struct {
		Forward   []string               `yaml:"forward"`
		Set       map[string]string      `yaml:"set"`
		Subgraphs map[string]headerRules `yaml:"subgraphs"`
	} `yaml:"headers"`
	Policies access.Policies `yaml:"policies"`
}

// structuredSettings are the names of these parts.
var structuredSettings = []string{"issuers", "headers", "policies"}

type headerRules struct {
	Forward []string          `yaml:"forward"`
	Set     map[string]string `yaml:"set"`
}

// readFile sets what neither a flag nor the environment has set.
func (c *config) readFile(f *flag.FlagSet, set map[string]bool, file string) error {
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	settings := map[string]any{}
	if err := yaml.Unmarshal(text, &settings); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		switch {
		case slices.Contains(structuredSettings, name):
			continue
		case name == "config" || f.Lookup(name) == nil:
			return fmt.Errorf("%s: there is no setting %q; \"shopgraph serve --help\" lists them", file, name)
		case set[name]:
			continue
		}
		set[name] = true
		if err := setFromFile(f, name, settings[name]); err != nil {
			return fmt.Errorf("%s: %s: %w", file, name, err)
		}
	}
	return c.readStructured(settings, file)
}

func setFromFile(f *flag.FlagSet, name string, value any) error {
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			if err := f.Set(name, fmt.Sprint(element)); err != nil {
				return err
			}
		}
		return nil
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			if err := f.Set(name, fmt.Sprintf("%s=%v", key, value[key])); err != nil {
				return err
			}
		}
		return nil
	case nil:
		return errors.New("it has no value")
	}
	return f.Set(name, fmt.Sprint(value))
}

func (c *config) readStructured(settings map[string]any, file string) error {
	maps.DeleteFunc(settings, func(name string, _ any) bool { return !slices.Contains(structuredSettings, name) })
	text, err := yaml.Marshal(settings)
	if err != nil {
		return err
	}
	var s structured
	if err := yaml.UnmarshalWithOptions(text, &s, yaml.Strict()); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, i := range s.Issuers {
		c.issuers = append(c.issuers, auth.Issuer{Name: i.Name, Audience: i.Audience, KeySets: i.JWKS, Algorithms: i.Algorithms, Skew: i.Skew})
	}
	c.policies = s.Policies
	c.headers = headers.Rules{Forward: s.Headers.Forward, Set: s.Headers.Set}
	c.subgraphHeaders = map[string]headers.Rules{}
	for name, rules := range s.Headers.Subgraphs {
		c.subgraphHeaders[name] = headers.Rules(rules)
	}
	return nil
}
