package subgraphs

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/shopgraph/shopgraph/internal/mail"
	"github.com/shopgraph/shopgraph/internal/serve"
	"github.com/shopgraph/shopgraph/internal/telemetry"
	"github.com/shopgraph/shopgraph/internal/token"
	"github.com/shopgraph/shopgraph/internal/webhook"
	"github.com/shopgraph/shopgraph/subgraphs/orders"
)

// Config is what the subgraphs need beside their databases.
type Config struct {
	Log *slog.Logger
	// Traces get the subgraphs' spans; nil for none.
	Traces *telemetry.Traces
	// Production refuses keys of our own making and accounts with the demo's
	// passwords.
	Production bool
	// UsersSigningKey and OrdersSigningKey are Ed25519 keys in PEM: the first of
	// each signs, further ones only verify. Empty: the subgraph keeps one in its
	// database.
	UsersSigningKey, OrdersSigningKey []byte
	// Mailer sends users' letters. In production there may be none, until users
	// starts.
	Mailer mail.Mailer
	// Pages is the URL of the shop's pages, which letters link to; empty for none.
	Pages string
	// TaxRates are those of orders by products' tax class, PayWithin is how long an
	// order waits to be paid, 0 for ever.
	TaxRates  orders.TaxRates
	PayWithin time.Duration
	// FakePayments has a provider that moves no money handle payments; its messages
	// are signed with PaymentSecret, or a secret of the process's own.
	FakePayments  bool
	PaymentSecret []byte
	// NATSURL is where events of orders are published; empty for nowhere.
	NATSURL string
	// VerifiedOnly lets nobody log in before the e-mail address is verified.
	VerifiedOnly bool
	// Proxies are the networks of routers whose word is taken for where a request
	// comes from.
	Proxies serve.Proxies
	// RouterSecret is what the router shows the subgraphs; empty lets everyone ask
	// them.
	RouterSecret string
	// RouterKeys verify what the router says of who asks; nil takes clients' tokens.
	RouterKeys token.KeySource
	// Hashing is for tests; see users.Config.
	Hashing *argon2id.Params
	// UsersJWKS and OrdersJWKS are the URLs of the key sets, ProductsURL is the
	// GraphQL endpoint of products, for subgraphs that run alone.
	UsersJWKS, OrdersJWKS, ProductsURL string
}

// FromEnvironment reads the configuration from these variables:
//
//	SHOPGRAPH_ENV            "production", or "demo", the default
//	USERS_SIGNING_KEY        the key that signs access tokens, in PEM; only users needs it
//	USERS_SIGNING_KEY_FILE   the same, in a file
//	ORDERS_SIGNING_KEY       the key that signs the credential of orders, in PEM; only orders needs it
//	ORDERS_SIGNING_KEY_FILE  the same, in a file
//	USERS_JWKS_URL           http://localhost:4001/.well-known/jwks.json
//	ORDERS_JWKS_URL          http://localhost:4003/.well-known/jwks.json
//	PRODUCTS_URL             http://localhost:4002/graphql
//	MAIL_URL                 the mail server: smtp://account:password@host:587?from=shop@example.com
//	MAIL_FOLDER              where letters are written without a mail server; "mail" in SHOPGRAPH_DATA
//	SHOP_PAGES_URL           the shop's pages, which letters link to
//	LOGIN_UNVERIFIED         whether one can log in before the e-mail address is verified: "yes", or "no", which is production's default
//	TAX_RATES                the tax that is in prices, in per cent: STANDARD=19 REDUCED=7 ZERO=0
//	PAY_WITHIN               how long an order waits to be paid: 24h; 0 is for ever
//	PAYMENTS                 who handles payments: "fake", the default of demos, or "none"
//	PAYMENT_SECRET           what signs the payment provider's messages: whsec_… in base64
//	NATS_URL                 where events of orders are published, by NATS JetStream
//	TRUSTED_PROXIES          networks of the routers before the subgraphs: 127.0.0.0/8 ::1
//	ROUTER_SECRET            what the router shows in X-Router-Secret
//	ROUTER_JWKS_URL          the keys of the router's own tokens, which then are the only ones taken
//
// Keys are needed in production only. The error names the variable and says what
// to do.
func FromEnvironment(env func(string) string, log *slog.Logger) (Config, error) {
	c := Config{
		Log:         log,
		UsersJWKS:   cmp.Or(env("USERS_JWKS_URL"), "http://localhost:4001/.well-known/jwks.json"),
		OrdersJWKS:  cmp.Or(env("ORDERS_JWKS_URL"), "http://localhost:4003/.well-known/jwks.json"),
		ProductsURL: cmp.Or(env("PRODUCTS_URL"), "http://localhost:4002/graphql"),
	}
	switch env := cmp.Or(env("SHOPGRAPH_ENV"), "demo"); env {
	case "demo":
	case "production":
		c.Production = true
	default:
		return c, fmt.Errorf("SHOPGRAPH_ENV is %q; set it to \"production\" or \"demo\"", env)
	}
	for variable, text := range map[string]string{"USERS_JWKS_URL": c.UsersJWKS, "ORDERS_JWKS_URL": c.OrdersJWKS, "PRODUCTS_URL": c.ProductsURL} {
		if !isWebURL(text) {
			return c, fmt.Errorf("%s is not a URL such as http://products:4002/graphql", variable)
		}
	}
	if err := c.readLetters(env); err != nil {
		return c, err
	}
	if err := c.readOrders(env); err != nil {
		return c, err
	}
	switch unverified := cmp.Or(env("LOGIN_UNVERIFIED"), map[bool]string{false: "yes", true: "no"}[c.Production]); unverified {
	case "yes", "no":
		c.VerifiedOnly = unverified == "no"
	default:
		return c, fmt.Errorf("LOGIN_UNVERIFIED is %q; set it to \"yes\" or \"no\"", unverified)
	}
	var err error
	if c.Proxies, err = serve.ParseProxies(cmp.Or(env("TRUSTED_PROXIES"), "127.0.0.0/8 ::1")); err != nil {
		return c, fmt.Errorf("TRUSTED_PROXIES: %w", err)
	}
	c.RouterSecret = env("ROUTER_SECRET")
	if keys := env("ROUTER_JWKS_URL"); keys != "" {
		if !isWebURL(keys) {
			return c, errors.New("ROUTER_JWKS_URL is not a URL such as http://router:4000/.well-known/jwks.json")
		}
		c.RouterKeys = token.NewRemoteKeys(token.RemoteConfig{URL: keys, Log: log})
	}
	if c.UsersSigningKey, err = secret("USERS_SIGNING_KEY", env("USERS_SIGNING_KEY"), env("USERS_SIGNING_KEY_FILE")); err != nil {
		return c, err
	}
	c.OrdersSigningKey, err = secret("ORDERS_SIGNING_KEY", env("ORDERS_SIGNING_KEY"), env("ORDERS_SIGNING_KEY_FILE"))
	return c, err
}

// readLetters says who sends letters, and what they link to.
func (c *Config) readLetters(env func(string) string) error {
	if c.Pages = env("SHOP_PAGES_URL"); c.Pages != "" && !isWebURL(c.Pages) {
		return errors.New("SHOP_PAGES_URL is not a URL such as https://shop.example")
	}
	address, folder := env("MAIL_URL"), env("MAIL_FOLDER")
	switch {
	case address != "":
		server, err := mail.ParseSMTP(address)
		if err != nil {
			return fmt.Errorf("MAIL_URL: %w", err)
		}
		c.Mailer = server
		return nil
	case folder == "" && c.Production:
		return nil // only users needs one, and says so
	}
	c.Mailer = mail.Folder{Path: cmp.Or(folder, filepath.Join(cmp.Or(env("SHOPGRAPH_DATA"), ".data"), "mail")), Log: c.Log}
	return nil
}

// readOrders says what orders cost in tax, how they are paid, and who is told of
// them.
func (c *Config) readOrders(env func(string) string) (err error) {
	c.NATSURL = env("NATS_URL")
	if text := env("TAX_RATES"); text != "" {
		if c.TaxRates, err = orders.ParseTaxRates(text); err != nil {
			return fmt.Errorf("TAX_RATES: %w", err)
		}
	}
	if c.PayWithin, err = time.ParseDuration(cmp.Or(env("PAY_WITHIN"), "24h")); err != nil || c.PayWithin < 0 {
		return errors.New("PAY_WITHIN is no time such as 24h or 30m")
	}
	switch payments := env("PAYMENTS"); {
	case payments == "fake" && c.Production:
		return errors.New("PAYMENTS is \"fake\": in production nobody may pay with play money; set it to \"none\"")
	case payments != "" && payments != "fake" && payments != "none":
		return fmt.Errorf("PAYMENTS is %q; set it to \"fake\" or \"none\"", payments)
	default:
		c.FakePayments = payments == "fake" || payments == "" && !c.Production
	}
	if text := env("PAYMENT_SECRET"); text != "" {
		if c.PaymentSecret, err = webhook.ParseSecret(text); err != nil {
			return fmt.Errorf("PAYMENT_SECRET: %w", err)
		}
	}
	return nil
}

func isWebURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// secret is the text itself, or what is in the file.
func secret(variable, text, file string) ([]byte, error) {
	switch {
	case text != "" && file != "":
		return nil, fmt.Errorf("both %s and %s_FILE are set; set one", variable, variable)
	case file == "":
		return []byte(text), nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s_FILE: %w", variable, err)
	}
	return content, nil
}
