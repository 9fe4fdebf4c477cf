package server

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/shopgraph/shopgraph/internal/apierror"
	"github.com/shopgraph/shopgraph/internal/serve"
)

// CORS says which other origins' pages may read the answers (Fetch standard).
// The zero value allows none.
type CORS struct {
	// Origins are exact, like "https://shop.example"; "*" allows every origin.
	Origins []string
	// Credentials lets these origins' pages send cookies. It cannot be had for
	// every origin.
	Credentials bool
}

func (c CORS) check() error {
	for _, origin := range c.Origins {
		if origin == "*" {
			if c.Credentials {
				return errors.New("CORS with credentials needs a list of origins: for \"*\", every site could act as its visitors")
			}
			continue
		}
		u, err := url.Parse(origin)
		if err != nil || u.Scheme == "" || u.Host == "" || u.Scheme+"://"+u.Host != origin {
			return fmt.Errorf("the CORS origin %q must be a scheme and a host, like https://shop.example", origin)
		}
	}
	return nil
}

func (c CORS) allows(origin string) bool {
	return origin != "" && (slices.Contains(c.Origins, origin) || slices.Contains(c.Origins, "*"))
}

// write sets the headers that let the requesting page read the answer. Also
// what is not allowed depends on the origin, so caches are always told.
func (c CORS) write(h http.Header, r *http.Request) {
	if len(c.Origins) == 0 {
		return
	}
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if !c.allows(origin) {
		return
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", serve.RequestIDHeader)
	if c.Credentials {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
		h.Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
		h.Set("Access-Control-Max-Age", "7200")
		h.Add("Vary", "Access-Control-Request-Headers")
		if wanted := r.Header.Get("Access-Control-Request-Headers"); wanted != "" {
			h.Set("Access-Control-Allow-Headers", wanted)
		}
	}
}

// preflightHeaders are those that a page of another origin can only send after
// the browser has asked, whichever value they have.
var preflightHeaders = []string{"X-Apollo-Operation-Name", "Apollo-Require-Preflight", "Graphql-Require-Preflight"}

// checkSite refuses a GET that another site made a browser send without asking:
// the page could not read the answer, yet its time tells something of it. (A
// POST needs no such check, for JSON makes the browser ask.) Browsers tell by
// Sec-Fetch-Site; what has neither that nor an Origin is no page's request.
func checkSite(r *http.Request, cors CORS) error {
	for _, name := range preflightHeaders {
		if len(r.Header[name]) > 0 {
			return nil
		}
	}
	origin := r.Header.Get("Origin")
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return nil
	case "":
		if origin == "" || sameHost(origin, r.Host) {
			return nil
		}
	}
	if cors.allows(origin) {
		return nil
	}
	return apierror.New(apierror.CrossSite, "another site's page sent this request: allow its origin (CORS), use POST, or send the header %q", preflightHeaders[1])
}

func sameHost(origin, host string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host == host
}
