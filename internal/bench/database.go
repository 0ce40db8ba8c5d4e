package bench

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/guomen/guomen/internal/cluster"
	"github.com/guomen/guomen/internal/errs"
)

// Database is one database that is measured. Figures do not share tables: each gets an empty room.
type Database struct {
	Kind    string // sqlite or postgres
	main    string // URL of the database that was named; empty where bench made its own
	folder  string // of SQLite files that bench makes
	server  string // URL by which PostgreSQL rooms are made
	rooms   int
	cluster *cluster.Cluster
}

// The kinds of database.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// TemporaryFiles is SQLite in a temporary folder.
func TemporaryFiles() (*Database, error) {
	folder, err := os.MkdirTemp("", "guomen-bench-")
	return &Database{Kind: SQLite, folder: folder}, errs.Wrap(errs.Unavailable, err, "make a temporary folder")
}

// PrivateCluster is a PostgreSQL server of its own. It fails with errs.Unavailable where PostgreSQL is not installed.
func PrivateCluster(ctx context.Context) (*Database, error) {
	c, err := cluster.Start(ctx, "")
	if err != nil {
		return nil, err
	}
	return &Database{Kind: Postgres, server: c.URL("postgres"), cluster: c}, nil
}

// Named is the database at a URL. SQLite files that are needed beside it lie in the same folder, PostgreSQL's rooms are
// schemas of their own; both are removed at the end.
func Named(at string) (*Database, error) {
	if path, ok := strings.CutPrefix(at, "sqlite:"); ok {
		folder, err := os.MkdirTemp(filepath.Dir(path), "guomen-bench-")
		return &Database{Kind: SQLite, main: at, folder: folder}, errs.Wrap(errs.Unavailable, err, "make a folder beside %s", path)
	}
	if strings.HasPrefix(at, "postgres://") || strings.HasPrefix(at, "postgresql://") {
		return &Database{Kind: Postgres, main: at, server: at}, nil
	}
	return nil, errs.New(errs.Invalid, "database.url", "a database is sqlite:PATH or postgres://…, not %q", at)
}

// Close removes what bench made.
func (d *Database) Close() error {
	var err error
	if d.cluster != nil {
		err = d.cluster.Stop()
	}
	if d.folder != "" {
		err = errors.Join(err, os.RemoveAll(d.folder))
	}
	return err
}

// Room is a set of tables for one figure, or several that follow each other.
type Room struct {
	URL      string
	database *Database
	schema   string // of PostgreSQL; empty: the database's own
	kept     bool
}

// Main is the database that was named, which keeps what is written there; an empty room where none was.
func (d *Database) Main(ctx context.Context) (*Room, error) {
	if d.main == "" {
		return d.Room(ctx)
	}
	return &Room{URL: d.main, database: d, kept: true}, nil
}

// Room is empty tables, until Drop.
func (d *Database) Room(ctx context.Context) (*Room, error) {
	d.rooms++
	if d.Kind == SQLite {
		return &Room{URL: "sqlite:" + filepath.Join(d.folder, fmt.Sprintf("%d.db", d.rooms)), database: d}, nil
	}
	at, err := url.Parse(d.server)
	if err != nil {
		return nil, errs.Wrap(errs.Invalid, err, "read the database URL")
	}
	r := &Room{database: d, schema: fmt.Sprintf("guomen_bench_%d_%d", os.Getpid(), d.rooms)}
	query := at.Query()
	query.Set("search_path", r.schema)
	at.RawQuery = query.Encode()
	r.URL = at.String()
	return r, d.on(ctx, func(c *pgx.Conn) error {
		_, err := c.Exec(ctx, "CREATE SCHEMA "+pgx.Identifier{r.schema}.Sanitize())
		return errs.Wrap(errs.Unavailable, err, "create schema %s", r.schema)
	})
}

// Drop removes the room, unless it is the database that was named.
func (r *Room) Drop(ctx context.Context) error {
	switch {
	case r.kept:
		return nil
	case r.schema == "":
		files, err := filepath.Glob(strings.TrimSuffix(r.path(), ".db") + ".*")
		for _, file := range files {
			err = errors.Join(err, os.Remove(file))
		}
		return err
	}
	return r.database.on(ctx, func(c *pgx.Conn) error {
		_, err := c.Exec(ctx, "DROP SCHEMA "+pgx.Identifier{r.schema}.Sanitize()+" CASCADE")
		return errs.Wrap(errs.Unavailable, err, "drop schema %s", r.schema)
	})
}

func (r *Room) path() string { return strings.TrimPrefix(r.URL, "sqlite:") }

// Bytes is what the ledgers take on disk; views, which can be built again, are not counted. Call it while nobody has the
// database open: SQLite's log is then in its file.
func (r *Room) Bytes(ctx context.Context) (int64, error) {
	if r.database.Kind == SQLite {
		info, err := os.Stat(r.path())
		if err != nil {
			return 0, errs.Wrap(errs.Unavailable, err, "look at %s", r.path())
		}
		return info.Size(), nil
	}
	var total int64
	err := r.database.on(ctx, func(c *pgx.Conn) error {
		err := c.QueryRow(ctx, `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE c.relkind = 'r' AND c.relname NOT LIKE '%\_v%' AND n.nspname = coalesce(nullif($1, ''), current_schema())`, r.schema).Scan(&total)
		return errs.Wrap(errs.Unavailable, err, "ask for the size")
	})
	return total, err
}

// on runs something on a connection to the server by itself.
func (d *Database) on(ctx context.Context, do func(*pgx.Conn) error) error {
	c, err := pgx.Connect(ctx, d.server)
	if err != nil {
		return errs.Wrap(errs.Unavailable, err, "connect to PostgreSQL")
	}
	defer c.Close(context.WithoutCancel(ctx))
	return do(c)
}
