package token

import "strings"

// Scope is one thing that a bearer may do. The set is closed; what a token does
// not list its bearer may not do, whatever his role.
type Scope string

const (
	// ScopeAccount is to see and change one's own account.
	ScopeAccount Scope = "account"
	// ScopeOrders is to have a cart, to place orders, and to see and cancel one's
	// own.
	ScopeOrders Scope = "orders"
	// ScopeUsersRead is to see every account.
	ScopeUsersRead Scope = "users:read"
	// ScopeUsersWrite is to block accounts and to let them in again.
	ScopeUsersWrite Scope = "users:write"
	// ScopeRolesWrite is to change who is staff.
	ScopeRolesWrite Scope = "roles:write"
	// ScopeCatalogueRead is to see what is not on sale, and how much there is.
	ScopeCatalogueRead Scope = "catalogue:read"
	// ScopeCatalogueWrite is to change products, categories, prices and stock.
	ScopeCatalogueWrite Scope = "catalogue:write"
	// ScopeOrdersRead is to see every order.
	ScopeOrdersRead Scope = "orders:read"
	// ScopeOrdersWrite is to ship, cancel and refund orders.
	ScopeOrdersWrite Scope = "orders:write"
	// ScopeWebhooksWrite is to say who is told of orders.
	ScopeWebhooksWrite Scope = "webhooks:write"
)

var (
	customerScopes = []Scope{ScopeAccount, ScopeOrders}
	staffScopes    = append(customerScopes[:2:2], ScopeUsersRead, ScopeUsersWrite, ScopeCatalogueRead, ScopeCatalogueWrite, ScopeOrdersRead, ScopeOrdersWrite)
	adminScopes    = append(staffScopes[:8:8], ScopeRolesWrite, ScopeWebhooksWrite)
)

// ScopesOf returns what a role may do; nothing for a role that is not a
// person's.
func ScopesOf(role Role) []Scope {
	switch role {
	case Customer:
		return customerScopes
	case Staff:
		return staffScopes
	case Admin:
		return adminScopes
	}
	return nil
}

// formatScopes writes the scope claim (RFC 8693 §4.2).
func formatScopes(scopes []Scope) string {
	var b strings.Builder
	for i, scope := range scopes {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(string(scope))
	}
	return b.String()
}

// parseScopes reads the scope claim. A claim that is no text lists nothing.
func parseScopes(claim any) []Scope {
	text, _ := claim.(string)
	var scopes []Scope
	for scope := range strings.FieldsSeq(text) {
		scopes = append(scopes, Scope(scope))
	}
	return scopes
}
