// Package scratch names a fast place for data that tests make and throw away.
package scratch

import (
	"os"
	"syscall"
)

// enough is what test databases need at most, with room to spare: in a container
// /dev/shm often has 64 MB.
const enough = 2 << 30

// Dir is a folder that every account may enter: in memory where there is enough
// of it, because copying a database costs several times as much on a disk, and
// the temporary folder otherwise. TMPDIR decides when it is set.
func Dir() string {
	const memory = "/dev/shm"
	var file syscall.Statfs_t
	if os.Getenv("TMPDIR") == "" && syscall.Statfs(memory, &file) == nil && file.Bavail*uint64(file.Bsize) >= enough {
		return memory
	}
	return os.TempDir()
}
