package apierror

import (
	"errors"
	"fmt"
	"testing"
)

func TestAsFindsTheClientsErrorInAChain(t *testing.T) {
	cause := errors.New("dial tcp: refused")
	err := fmt.Errorf("reserve: %w", Wrap(cause, ServiceUnavailable, "the catalogue does not answer"))

	seen, ok := As(err)
	if !ok || seen.Code != ServiceUnavailable || seen.Message != "the catalogue does not answer" {
		t.Fatalf("As = %+v, %v", seen, ok)
	}
	if !errors.Is(err, cause) {
		t.Error("the cause is lost to the log")
	}
	if want := "reserve: the catalogue does not answer: dial tcp: refused"; err.Error() != want {
		t.Errorf("Error() = %q, want %q", err, want)
	}
	if _, ok := As(cause); ok {
		t.Error("an internal error passes as the client's")
	}
}
