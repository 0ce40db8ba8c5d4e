package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/guomen/guomen/internal/errs"
)

// A process that measures on behalf of another reads one line of JSON that says what to do, answers with a line once it
// is ready, waits for a line that says go, and answers with a line of JSON that says what it found.
const (
	ready = "ready"
	goOn  = "go"
)

// maxAnswer bounds a line between the processes: latencies of an hour in parts of a minute take half a megabyte.
const maxAnswer = 16 << 20

// Child is such a process.
type Child struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
}

// Spawn starts a process with an errand, and waits until it is ready. What it says on standard error goes to ours.
func Spawn(ctx context.Context, program []string, errand any) (*Child, error) {
	data, err := json.Marshal(errand)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program[0], program[1:]...)
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, errs.Wrap(errs.Unavailable, err, "start a second process")
	}
	c := &Child{command: cmd, in: in, out: bufio.NewScanner(out)}
	c.out.Buffer(nil, maxAnswer)
	if err := c.say(string(data)); err == nil && c.out.Scan() && c.out.Text() == ready {
		return c, nil
	}
	_ = in.Close()
	return nil, errs.Wrap(errs.Unavailable, errors.Join(errors.New("it is not ready"), cmd.Wait()), "start a second process")
}

func (c *Child) say(line string) error {
	_, err := fmt.Fprintln(c.in, line)
	return errs.Wrap(errs.Unavailable, err, "speak to the second process")
}

// Go lets it begin.
func (c *Child) Go() error { return c.say(goOn) }

// Wait reads what it found.
func (c *Child) Wait(found any) error {
	said := c.out.Scan()
	var err error
	if said {
		err = json.Unmarshal(c.out.Bytes(), found)
	}
	_ = c.in.Close()
	if ended := c.command.Wait(); err == nil {
		err = ended
	}
	if err == nil && !said {
		err = errors.New("it said nothing")
	}
	return errs.Wrap(errs.Unavailable, err, "a second process")
}

// Serve is the child's side: it reads the errand, prepares it, and runs it when told to.
func Serve(in io.Reader, out io.Writer, errand any, prepare func() (run func() (any, error), err error)) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxAnswer)
	if !lines.Scan() {
		return errs.New(errs.Invalid, "", "no errand")
	}
	if err := json.Unmarshal(lines.Bytes(), errand); err != nil {
		return errs.Wrap(errs.Invalid, err, "read the errand")
	}
	run, err := prepare()
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, ready); err != nil {
		return err
	}
	if !lines.Scan() || lines.Text() != goOn {
		return errs.New(errs.Invalid, "", "nobody waits for this any more")
	}
	found, err := run()
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(found)
}
