// Package payment is what orders wants of whoever handles its payments.
//
// Payments are asked for and answered later: Collect says that a payment is
// wanted, and what became of it comes as a Notice, a signed message to the
// service's own URL. Both may come more than once.
package payment

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/shopgraph/shopgraph/internal/money"
)

// Provider handles payments. Whatever it is asked under one id it does once; an
// error says that it is not known whether it did, and that it may be asked again.
type Provider interface {
	// Collect begins a payment.
	Collect(ctx context.Context, r Request) (Begun, error)
	// Refund gives all of a payment back.
	Refund(ctx context.Context, payment uuid.UUID, amount money.Money) error
	// Read returns what a message to the service says, ErrSignature when it is not
	// the provider's.
	Read(header http.Header, body []byte) (Notice, error)
}

// Request is a payment that is wanted.
type Request struct {
	ID     uuid.UUID
	Amount money.Money
	// Method is what the provider gave the customer's client to pay with.
	Method string
}

// Begun is a payment that the provider knows of.
type Begun struct {
	// Reference is the provider's name for it.
	Reference string
	// ContinueURL is where the customer goes on; "" for nowhere.
	ContinueURL string
}

// Notice is what became of a payment.
type Notice struct {
	// ID is the message's own: one that comes again has the same.
	ID       string
	Payment  uuid.UUID
	Accepted bool
	// Amount is what was paid.
	Amount money.Money
	// Failure is why it was not, for people.
	Failure string
}
