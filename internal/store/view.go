package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"strings"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
)

// viewStore keeps views through database/sql. For SQLite it is a file of its own beside the ledgers', so that views
// never wait for the ledgers' writer nor it for them; it is not flushed on commit, since it can be built again.
type viewStore struct {
	db   *sql.DB
	own  bool // the handle is ours to close
	fail func(err error, doing string, args ...any) error
}

// OpenViews opens the database for views that belongs to a store.
func OpenViews(ctx context.Context, s ledger.Store) (ledger.ViewStore, error) {
	switch s := s.(type) {
	case *Postgres:
		return &viewStore{db: s.db, fail: postgresError}, nil
	case *SQLite:
		return openViewFile(ctx, strings.TrimSuffix(s.path, ".db")+".views.db")
	}
	return openViewFile(ctx, ":memory:")
}

func openViewFile(ctx context.Context, path string) (ledger.ViewStore, error) {
	name := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_pragma=journal_mode(wal)&_pragma=synchronous(off)&_pragma=busy_timeout(20000)&_pragma=cache_size(-65536)&_pragma=temp_store(memory)&_pragma=page_size(8192)&_txlock=immediate"
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, errs.Wrap(errs.Unavailable, err, "open %s", path)
	}
	if path == ":memory:" {
		db.SetMaxOpenConns(1) // every connection would be a database of its own
	} else {
		db.SetMaxOpenConns(8)
	}
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(sqliteError(err, "open %s", path), db.Close())
	}
	return &viewStore{db: db, own: true, fail: sqliteError}, nil
}

// viewTx is one transaction. A page of facts runs the same few statements thousands of times, so each is prepared once.
type viewTx struct {
	ctx      context.Context
	tx       *sql.Tx
	prepared map[string]*sql.Stmt // closed with the transaction
	fail     func(err error, doing string, args ...any) error
}

func (t viewTx) Exec(query string, args ...any) error {
	statement := t.prepared[query]
	if statement == nil {
		var err error
		if statement, err = t.tx.PrepareContext(t.ctx, query); err != nil {
			return t.fail(err, "%s", query)
		}
		t.prepared[query] = statement
	}
	_, err := statement.ExecContext(t.ctx, args...)
	return t.fail(err, "%s", query)
}

func (t viewTx) Query(query string, args []any, row func(scan func(...any) error) error) error {
	found, err := t.tx.QueryContext(t.ctx, query, args...)
	if err != nil {
		return t.fail(err, "%s", query)
	}
	return t.fail(each(found, func(r *sql.Rows) error { return row(r.Scan) }), "%s", query)
}

func (v *viewStore) in(ctx context.Context, options *sql.TxOptions, do func(ledger.ViewTx) error) error {
	tx, err := v.db.BeginTx(ctx, options)
	if err != nil {
		return v.fail(err, "begin")
	}
	if err := do(viewTx{ctx, tx, map[string]*sql.Stmt{}, v.fail}); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return v.fail(tx.Commit(), "commit")
}

func (v *viewStore) In(ctx context.Context, do func(ledger.ViewTx) error) error {
	// What can be cancelled costs the embedded driver a goroutine a statement; a page takes milliseconds.
	return v.in(context.WithoutCancel(ctx), nil, do)
}

func (v *viewStore) Read(ctx context.Context, do func(ledger.ViewTx) error) error {
	return v.in(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelDefault}, do)
}

func (v *viewStore) Close() error {
	if v.own {
		return v.db.Close()
	}
	return nil
}
