//go:build !linux

// Package scratch names a fast place for data that tests make and throw away.
package scratch

import "os"

// Dir is the temporary folder.
func Dir() string { return os.TempDir() }
