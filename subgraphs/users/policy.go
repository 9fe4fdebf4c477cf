package users

import (
	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/viewer"
)

// Who may do what with accounts. Whatever path leads to an account, one of these
// has been asked. Registering and logging in are open to everyone.

// maySee: an account is for its owner and for staff. To everyone else it is as
// if it did not exist.
func maySee(v viewer.Viewer, account uuid.UUID) bool { return v.Is(account) || v.IsStaff() }

// mayList: the list of all accounts is for staff.
func mayList(v viewer.Viewer) error { return v.Staff() }
