package cluster

import (
	"os/exec"
	"syscall"
)

// dieWithParent makes the server stop, in order, when this process dies without having stopped it.
func dieWithParent(cmd *exec.Cmd) { cmd.SysProcAttr.Pdeathsig = syscall.SIGINT }
