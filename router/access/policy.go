package access

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/shopgraph/shopgraph/internal/token"
)

// Policies say, by a policy's name, who fulfils it: whose token meets one of the
// alternatives. A name that is not there nobody fulfils.
type Policies map[string][]Claims

// Claims are claims of a token, each with the values of which it must have one. A
// claim that is a list has the values of its elements, and "scope" and "scp" those
// of their words; numbers and booleans are compared as JSON.
type Claims map[string][]string

// ByClaims is an Options.Policy that decides by the claims of the request's token.
func ByClaims(p Policies) func(ctx context.Context, name string) bool {
	return func(ctx context.Context, name string) bool {
		claims, identified := token.FromContext(ctx)
		return identified && slices.ContainsFunc(p[name], func(c Claims) bool { return c.met(claims.All) })
	}
}

// met says whether a token has all of the claims. None at all would be anyone's.
func (c Claims) met(all map[string]any) bool {
	for name, values := range c {
		if !slices.ContainsFunc(valuesOf(name, all[name]), func(text string) bool { return slices.Contains(values, text) }) {
			return false
		}
	}
	return len(c) > 0
}

// scopeClaims are the claims that are lists of scopes, even where they are texts.
var scopeClaims = [...]string{"scope", "scp"}

// valuesOf are the values that a claim has.
func valuesOf(name string, claim any) []string {
	switch claim := claim.(type) {
	case nil:
		return nil
	case string:
		if slices.Contains(scopeClaims[:], name) {
			return strings.Fields(claim)
		}
		return []string{claim}
	case []any:
		var all []string
		for _, element := range claim {
			all = append(all, scalarText(element))
		}
		return all
	}
	return []string{scalarText(claim)}
}

func scalarText(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}
