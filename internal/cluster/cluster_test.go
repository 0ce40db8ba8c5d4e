package cluster

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/guomen/guomen/internal/errs"
)

// need skips where PostgreSQL is lacking; with CI=true that fails.
func need(t *testing.T) {
	t.Helper()
	_, err := find()
	if err == nil {
		_, err = findOwner()
	}
	if err != nil && os.Getenv("CI") != "true" && lacking(err) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// start makes a cluster.
func start(t *testing.T) *Cluster {
	t.Helper()
	need(t)
	c, err := Start(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func lacking(err error) bool {
	var failed *errs.Failed
	return errors.As(err, &failed) && failed.Rule == "postgres.missing"
}

func ask(t *testing.T, c *Cluster, database, query string) (value string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.URL(database))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if strings.HasPrefix(query, "SELECT") || strings.HasPrefix(query, "SHOW") {
		err = conn.QueryRow(t.Context(), query).Scan(&value)
	} else {
		_, err = conn.Exec(t.Context(), query)
	}
	if err != nil {
		t.Fatal(query, err)
	}
	return value
}

func TestCluster(t *testing.T) {
	c := start(t)
	for setting, want := range map[string]string{
		"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "listen_addresses": "127.0.0.1", "unix_socket_directories": c.socket(),
	} {
		if got := ask(t, c, "postgres", "SHOW "+setting); got != want {
			t.Errorf("%s is %q, not %q", setting, got, want)
		}
	}
	name := `odd "name" 口岸`
	if err := c.CreateDatabase(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	if err := c.CreateDatabase(t.Context(), name); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("a second database of the same name: %v", err)
	}
	ask(t, c, name, "CREATE TABLE kept (what text)")
	ask(t, c, name, "INSERT INTO kept VALUES ('stopped')")
	if err := c.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, c, name, "SELECT what FROM kept"); got != "stopped" {
		t.Errorf("after a restart: %q", got)
	}
	ask(t, c, name, "UPDATE kept SET what = 'killed'")
	if err := c.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := pgx.Connect(t.Context(), c.URL(name)); err == nil {
		t.Error("a killed server answers")
	}
	if err := c.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, c, name, "SELECT what FROM kept"); got != "killed" {
		t.Errorf("after a crash: %q", got)
	}
}

// TestFolder keeps a cluster in a folder of the caller's and starts it again from there.
func TestFolder(t *testing.T) {
	folder, err := os.MkdirTemp("", "guomen-cluster-test-") // not t.TempDir: the user postgres must reach it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	need(t)
	for _, want := range []string{"first", "second"} {
		c, err := Start(t.Context(), folder)
		if err != nil {
			t.Fatal(err)
		}
		if want == "first" {
			ask(t, c, "postgres", "CREATE TABLE here (a int)")
		}
		ask(t, c, "postgres", "SELECT count(*)::text FROM here")
		if err := c.Stop(); err != nil {
			t.Fatal(err)
		}
		if err := c.Stop(); err != nil {
			t.Errorf("stopped twice: %v", err)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "data", "PG_VERSION")); err != nil {
		t.Error(err)
	}
}

// TestBrokenFolder says why a cluster does not start.
func TestBrokenFolder(t *testing.T) {
	need(t)
	folder, err := os.MkdirTemp("", "guomen-cluster-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	if err := os.MkdirAll(filepath.Join(folder, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "data", "PG_VERSION"), []byte("7\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = Start(t.Context(), folder)
	if errs.KindOf(err) != errs.Unavailable || !strings.Contains(err.Error(), "configuration file") {
		t.Errorf("got %v", err)
	}
}

// TestMissing says what to type.
func TestMissing(t *testing.T) {
	if _, err := os.Stat(installed); err == nil {
		t.Skip("PostgreSQL is where Debian puts it")
	}
	t.Setenv("PATH", t.TempDir())
	_, err := Start(t.Context(), "")
	if errs.KindOf(err) != errs.Unavailable || !strings.Contains(err.Error(), Install) {
		t.Errorf("got %v", err)
	}
}
