// Package cluster runs a PostgreSQL server of its own: a private folder, a free port on this machine, no password, and
// everything that makes a commit durable switched on. Tests prove the shared store against it, and "guomen bench" loads
// it, on machines where nobody has prepared a database.
//
// The server runs as a child of this process and, on Linux, stops when this process dies. PostgreSQL refuses to run as
// root, so a root process runs it as the user postgres, who then owns the folder.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/guomen/guomen/internal/errs"
)

// How long a server may take: a first start on a slow disk takes some seconds, and a start after Kill waits until the
// processes that lost their parent have let go of the shared memory and the log has been replayed.
const (
	startTimeout = 60 * time.Second
	stopTimeout  = 30 * time.Second
	readyEvery   = 20 * time.Millisecond
	portTries    = 5 // somebody else may take a free port before the server does
)

// Superuser is who connects: the cluster's only role, trusted without a password from this machine.
const Superuser = "postgres"

// Cluster is one private server. Its methods may not be called at the same time as Stop, Kill or Restart.
type Cluster struct {
	folder    string // holds data/ and socket/
	temporary bool   // made here, removed by Stop
	programs  string
	owner     *owner
	port      int
	running   *process
}

// Start makes a cluster in a folder, which it creates, and waits until it answers. A folder that holds a cluster is
// started as it is. Where the folder is empty text, a temporary one is made, and removed by Stop. It fails with
// errs.Unavailable where PostgreSQL is not installed, saying what to type, and where the server does not start.
func Start(ctx context.Context, folder string) (*Cluster, error) {
	programs, err := find()
	if err != nil {
		return nil, err
	}
	c := &Cluster{folder: folder, programs: programs}
	if c.owner, err = findOwner(); err != nil {
		return nil, err
	}
	if err := c.makeFolder(); err != nil {
		return nil, err
	}
	err = c.initialise(ctx)
	if err == nil {
		err = c.start(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, c.remove())
	}
	return c, nil
}

// URL is where a database of the cluster is.
func (c *Cluster) URL(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.User(Superuser), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)),
		Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

// CreateDatabase adds an empty database.
func (c *Cluster) CreateDatabase(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, c.URL("postgres"))
	if err != nil {
		return errs.Wrap(errs.Unavailable, err, "connect to the cluster")
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	return errs.Wrap(errs.Unavailable, err, "create database %s", name)
}

// Stop shuts the server down at once but in order: clients are cut off, and the next start need not recover. The folder
// stays unless it was temporary.
func (c *Cluster) Stop() error {
	return errors.Join(c.end(syscall.SIGINT), c.remove())
}

// Kill ends the server as a crash would: nothing is flushed, and Restart recovers from the log.
func (c *Cluster) Kill() error { return c.end(syscall.SIGKILL) }

// Pause stops the server like Stop and keeps the folder, so that Restart finds it.
func (c *Cluster) Pause() error { return c.end(syscall.SIGINT) }

// Restart starts the server again at the same port, after stopping it where it runs.
func (c *Cluster) Restart(ctx context.Context) error {
	if err := c.end(syscall.SIGINT); err != nil {
		return err
	}
	return c.run(ctx)
}

func (c *Cluster) makeFolder() (err error) {
	if c.folder == "" {
		c.temporary = true
		if c.folder, err = os.MkdirTemp("", "guomen-postgres-"); err != nil {
			return errs.Wrap(errs.Unavailable, err, "make a temporary folder")
		}
	}
	if c.folder, err = filepath.Abs(c.folder); err != nil {
		return errs.Wrap(errs.Unavailable, err, "find the folder %s", c.folder)
	}
	for _, folder := range []string{c.folder, c.data(), c.socket()} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return errs.Wrap(errs.Unavailable, err, "make the folder of the cluster")
		}
		if err := c.owner.own(folder); err != nil {
			return errs.Wrap(errs.Unavailable, err, "give %s to the user %s", folder, Superuser)
		}
	}
	return nil
}

func (c *Cluster) data() string { return filepath.Join(c.folder, "data") }

// socket is the folder of the Unix socket, "s" because the path of a socket may have 107 bytes at most.
func (c *Cluster) socket() string { return filepath.Join(c.folder, "s") }

func (c *Cluster) remove() error {
	if !c.temporary {
		return nil
	}
	return errs.Wrap(errs.Unavailable, os.RemoveAll(c.folder), "remove the folder of the cluster")
}

// initialise makes the data folder. It is not flushed: a machine that crashes while a test makes it loses nothing.
func (c *Cluster) initialise(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(c.data(), "PG_VERSION")); err == nil {
		return nil
	}
	cmd := exec.CommandContext(ctx, filepath.Join(c.programs, "initdb"), "--pgdata="+c.data(), "--username="+Superuser,
		"--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
	c.owner.prepare(cmd)
	cmd.Dir = c.folder
	if said, err := cmd.CombinedOutput(); err != nil {
		return errs.Wrap(errs.Unavailable, err, "make a PostgreSQL cluster in %s: %s", c.folder, last(said))
	}
	return nil
}

// start finds a port and runs the server.
func (c *Cluster) start(ctx context.Context) (err error) {
	for range portTries {
		if c.port, err = freePort(); err != nil {
			return err
		}
		if err = c.run(ctx); !errors.Is(err, errPortTaken) {
			return err
		}
	}
	return err
}

var errPortTaken = errors.New("the port was taken meanwhile")

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, errs.Wrap(errs.Unavailable, err, "find a free port")
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// settings are the server's. Durability is on, so that what is measured and proved is what an operator gets; the sizes
// are those of a small server, so that checkpoints do not dominate; nothing is logged but why it cannot start.
func (c *Cluster) settings() map[string]string {
	return map[string]string{
		"listen_addresses": "127.0.0.1", "port": strconv.Itoa(c.port), "unix_socket_directories": c.socket(),
		"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on",
		"shared_buffers": "256MB", "max_wal_size": "2GB", "max_connections": "200",
		"logging_collector": "off", "log_destination": "stderr", "log_min_messages": "fatal", "log_checkpoints": "off",
	}
}

// run starts the server and waits until it answers. One that was killed may need several tries, until the processes it
// left behind have gone.
func (c *Cluster) run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		p, err := c.launch()
		if err != nil {
			return err
		}
		err = c.ready(ctx, p)
		if err == nil {
			c.running = p
			return nil
		}
		if stopped := p.end(syscall.SIGQUIT); stopped != nil {
			return stopped
		}
		if !p.leftBehind() || ctx.Err() != nil {
			if p.portTaken() {
				err = errPortTaken
			}
			return errs.Wrap(errs.Unavailable, err, "start PostgreSQL in %s (%s)", c.folder, last(p.said.text()))
		}
		time.Sleep(10 * readyEvery)
	}
}

// ready waits until the server takes connections, or has ended.
func (c *Cluster) ready(ctx context.Context, p *process) error {
	for {
		conn, err := pgx.Connect(ctx, c.URL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-p.ended:
			return errors.New("it ended at once")
		case <-ctx.Done():
			return fmt.Errorf("it does not answer: %w", err)
		case <-time.After(readyEvery):
		}
	}
}

func (c *Cluster) end(signal syscall.Signal) error {
	if c.running == nil {
		return nil
	}
	err := c.running.end(signal)
	c.running = nil
	return err
}

// tail keeps the end of what a server says, for the error that tells why it does not start.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

// tailBytes are some lines.
const tailBytes = 2048

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	t.kept = t.kept[max(0, len(t.kept)-tailBytes):]
	return len(p), nil
}

func (t *tail) text() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]byte(nil), t.kept...)
}
