package cluster

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/guomen/guomen/internal/errs"
)

// process is one run of the server.
type process struct {
	cmd   *exec.Cmd
	said  tail
	ended chan struct{} // closed when it has ended
}

// launch starts the server. It is started and waited for on one thread that lives as long, because Linux ties the wish
// to end with the parent to the thread that made it.
func (c *Cluster) launch() (*process, error) {
	args := []string{"-D", c.data()}
	for name, value := range c.settings() {
		args = append(args, "-c", name+"="+value)
	}
	p := &process{cmd: exec.Command(filepath.Join(c.programs, "postgres"), args...), ended: make(chan struct{})}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = c.folder, &p.said, &p.said
	p.cmd.WaitDelay = stopTimeout // its children hold the pipe of what it says a moment longer
	c.owner.prepare(p.cmd)
	dieWithParent(p.cmd)
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait() // how it ended is of no interest: it was told to, or says why
			close(p.ended)
		}
	}()
	if err := <-started; err != nil {
		return nil, errs.Wrap(errs.Unavailable, err, "run PostgreSQL")
	}
	return p, nil
}

// end signals the server and waits until it has gone.
func (p *process) end(signal syscall.Signal) error {
	select {
	case <-p.ended:
		return nil
	default:
	}
	_ = p.cmd.Process.Signal(signal) // it may have ended this moment
	select {
	case <-p.ended:
		return nil
	case <-time.After(stopTimeout):
		_ = p.cmd.Process.Kill()
		return errs.New(errs.Unavailable, "", "PostgreSQL did not stop within %s and was killed", stopTimeout)
	}
}

// leftBehind tells a server that could not start because processes of the one before are still there: their shared
// memory, or their lock on the folder.
func (p *process) leftBehind() bool {
	said := p.said.text()
	return bytes.Contains(said, []byte("shared memory block")) || bytes.Contains(said, []byte("postmaster.pid"))
}

func (p *process) portTaken() bool {
	return bytes.Contains(p.said.text(), []byte("Address already in use"))
}

// last is the end of what a program said, on one line.
func last(said []byte) []byte {
	said = bytes.TrimSpace(said)
	said = said[max(0, len(said)-tailBytes):]
	return bytes.ReplaceAll(said, []byte("\n"), []byte("; "))
}
