//go:build unix

package main

import (
	"path/filepath"
	"syscall"

	"github.com/guomen/guomen/internal/errs"
)

// freeBytes is how much of the disk that a file lies on is free.
func freeBytes(path string) (uint64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(path), &s); err != nil {
		return 0, errs.Wrap(errs.Unavailable, err, "look at the disk of %s", path)
	}
	return s.Bavail * uint64(s.Bsize), nil
}
