package subgraphs

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/url"
	"os"
)

// Config is what the subgraphs need beside their databases.
type Config struct {
	Log *slog.Logger
	// Production refuses keys of our own making and accounts with the demo's
	// passwords.
	Production bool
	// UsersSigningKey and OrdersSigningKey are Ed25519 keys in PEM: the first of
	// each signs, further ones only verify. Empty: the subgraph keeps one in its
	// database.
	UsersSigningKey, OrdersSigningKey []byte
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
		if u, err := url.Parse(text); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return c, fmt.Errorf("%s is not a URL such as http://products:4002/graphql", variable)
		}
	}
	var err error
	if c.UsersSigningKey, err = secret("USERS_SIGNING_KEY", env("USERS_SIGNING_KEY"), env("USERS_SIGNING_KEY_FILE")); err != nil {
		return c, err
	}
	c.OrdersSigningKey, err = secret("ORDERS_SIGNING_KEY", env("ORDERS_SIGNING_KEY"), env("ORDERS_SIGNING_KEY_FILE"))
	return c, err
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
