//go:build linux || freebsd

package postgres

import "syscall"

// endWithUs has the kernel send the signal to the new process when the thread
// that started it ends, and so when we do, kill -9 included.
func endWithUs(attributes *syscall.SysProcAttr, signal syscall.Signal) {
	attributes.Pdeathsig = signal
}
