//go:build !unix

package cluster

import (
	"os/exec"

	"github.com/guomen/guomen/internal/errs"
)

// owner would be the user that the server runs as.
type owner struct{}

func findOwner() (*owner, error) {
	return nil, errs.New(errs.Unavailable, "", "a private PostgreSQL cluster is only made on Unix; give the URL of a server")
}

func (*owner) own(string) error { return nil }

func (*owner) prepare(*exec.Cmd) {}
