//go:build unix

package cluster

import (
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"

	"github.com/guomen/guomen/internal/errs"
)

// owner is the user that the server runs as where this process runs as root; nil where it runs as whoever we are.
type owner struct{ uid, gid uint32 }

func findOwner() (*owner, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup(Superuser)
	if err != nil {
		return nil, errs.New(errs.Unavailable, "postgres.missing", "PostgreSQL does not run as root, and there is no user %s; type: %s", Superuser, Install)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, errs.Wrap(errs.Unavailable, err, "the number of user %s", Superuser)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &owner{uint32(uid), uint32(gid)}, errs.Wrap(errs.Unavailable, err, "the group of user %s", Superuser)
}

func (o *owner) own(path string) error {
	if o == nil {
		return nil
	}
	return os.Chown(path, int(o.uid), int(o.gid))
}

// prepare makes a command run as the owner, in a process group of its own, so that an interrupt typed at the terminal
// reaches us only, and the server stops when we stop it.
func (o *owner) prepare(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if o != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: o.uid, Gid: o.gid}
	}
}
