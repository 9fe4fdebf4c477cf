//go:build unix && !linux && !freebsd

package postgres

import "syscall"

// endWithUs can do nothing here: the next Start stops what a killed process
// leaves behind.
func endWithUs(*syscall.SysProcAttr, syscall.Signal) {}
