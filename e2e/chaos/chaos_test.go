//go:build unix

package main

import (
	"testing"
	"time"
)

// A short run, so that the long ones are known to work: a handful of clients, a
// handful of kills.
func TestChaos(t *testing.T) {
	found, err := chaos(t.Context(), settings{duration: 3 * time.Second, clients: 6, pause: 500 * time.Millisecond, root: "../.."})
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range found {
		t.Error(fault)
	}
}
