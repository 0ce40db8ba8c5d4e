// Package storetest runs a test on every kind of database that keeps ledgers: memory, a SQLite file and PostgreSQL, each
// fresh. Whoever's tests go through a ledger proves with it that they do not depend on one of them.
package storetest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/guomen/guomen/internal/cluster"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store"
)

// Variable names the environment variable that holds the URL of a PostgreSQL server where databases may be created.
// Where it is empty a private cluster is started, once for the test process.
const Variable = "GUOMEN_POSTGRES"

// Database is one fresh database of a kind.
type Database struct {
	Kind string // memory, sqlite or postgres
	URL  string
	open func(context.Context) (ledger.Store, error)
}

// Open opens the database; opening it again stands for a restart, or for another process. It is closed with the test.
func (d *Database) Open(t testing.TB) ledger.Store {
	t.Helper()
	s, err := d.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Durable tells whether what is written outlives the process, and is seen by others.
func (d *Database) Durable() bool { return d.Kind != "memory" }

// Each runs a test on every kind. Without PostgreSQL its share is skipped, saying so, and fails where CI=true.
func Each(t *testing.T, test func(t *testing.T, d *Database)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) { test(t, Memory()) })
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// Memory is a store that forgets when the test ends; opening it again gives the same one.
func Memory() *Database {
	m := store.NewMemory()
	return &Database{Kind: "memory", URL: "memory:", open: func(context.Context) (ledger.Store, error) { return m, nil }}
}

// SQLite is a file in a folder of the test's own.
func SQLite(t testing.TB) *Database {
	path := filepath.Join(t.TempDir(), "guomen.db")
	return &Database{Kind: "sqlite", URL: "sqlite:" + path, open: func(ctx context.Context) (ledger.Store, error) { return store.OpenSQLite(ctx, path) }}
}

// Postgres is a database of the test's own on the server that all tests of the process share. Its text sorts by the
// rules of a language where the server can do that, so that nothing relies on the operator having chosen otherwise.
func Postgres(t testing.TB) *Database {
	t.Helper()
	server, err := shared()
	if err != nil {
		var failed *errs.Failed
		if errors.As(err, &failed) && failed.Rule == "postgres.missing" && os.Getenv("CI") != "true" {
			t.Skip("no PostgreSQL: ", err)
		}
		t.Fatal("no PostgreSQL: ", err)
	}
	at, err := url.Parse(server)
	if err != nil {
		t.Fatalf("%s is no URL", Variable)
	}
	var unique [6]byte
	rand.Read(unique[:])
	name := "guomen_test_" + hex.EncodeToString(unique[:])
	create := "CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'UTF8'"
	if err := administer(server, create+" LOCALE_PROVIDER icu ICU_LOCALE 'zh' LOCALE 'C'"); err != nil {
		if err := administer(server, create); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { // after the stores are closed
		if err := administer(server, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	at.Path = "/" + name
	return &Database{Kind: "postgres", URL: at.String(), open: func(ctx context.Context) (ledger.Store, error) { return store.OpenPostgres(ctx, at.String()) }}
}

func administer(server, statement string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return fmt.Errorf("connect to the test server: %w", err)
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}

// private is the cluster of this test process, where one was started. Tests have no other place to keep it.
var private struct {
	mu      sync.Mutex
	tried   bool
	cluster *cluster.Cluster
	err     error
}

// shared gives the URL of the server.
func shared() (string, error) {
	if url := os.Getenv(Variable); url != "" {
		return url, nil
	}
	private.mu.Lock()
	defer private.mu.Unlock()
	if !private.tried {
		private.tried = true
		private.cluster, private.err = cluster.Start(context.Background(), "")
	}
	if private.err != nil {
		return "", private.err
	}
	return private.cluster.URL("postgres"), nil
}

// Main runs a package's tests and then stops the cluster that they may have started. A package that uses Each calls it
// from its TestMain: func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }. Without it the server stops when the
// process ends, and its folder stays behind.
func Main(m *testing.M) int {
	code := m.Run()
	private.mu.Lock()
	defer private.mu.Unlock()
	if private.cluster != nil {
		if err := private.cluster.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return max(code, 1)
		}
	}
	return code
}
