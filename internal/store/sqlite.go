package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"modernc.org/sqlite"
	sqlitecodes "modernc.org/sqlite/lib"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// chunks are the numbers of rows that one statement carries, largest first: each number is a prepared statement of its
// own, and every row a call of its own would cost more than its writing.
var chunks = [...]int{64, 16, 4, 1}

// SQLite is a store in one file: one writer at a time, every commit flushed to the disk.
type SQLite struct {
	reading
	pool *sql.DB // the writer's, of one connection
	path string

	mu    sync.Mutex // held from begin to end of a transaction
	write *sql.Conn
	known map[statementKey]*sql.Stmt // statements prepared on that connection
	args  []any                      // scratch of the transaction that holds mu
}

// pragmas, in the order in which they are run: pages of 8 KiB hold several rows, and their size counts only before WAL
// makes the file; WAL lets readers read while the writer writes; FULL flushes every commit; a checkpoint every 10,000
// pages keeps checkpoints off most commits; foreign temporary files stay in memory; what is deleted is overwritten, or
// destroyed keys would stay readable in the file.
const pragmas = "?_pragma=page_size(8192)&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=busy_timeout(20000)&_pragma=cache_size(-65536)&_pragma=temp_store(memory)&_pragma=wal_autocheckpoint(10000)&_pragma=secure_delete(fast)"

// OpenSQLite opens or makes the database file.
func OpenSQLite(ctx context.Context, path string) (*SQLite, error) {
	if dir := filepath.Dir(path); dir != "." {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return nil, errs.Wrap(errs.Unavailable, err, "make the folder of %s", path)
		}
	}
	name := "file:" + (&url.URL{Path: path}).EscapedPath() + pragmas
	pool, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, errs.Wrap(errs.Unavailable, err, "open %s", path)
	}
	s := &SQLite{pool: pool, path: path, known: map[statementKey]*sql.Stmt{}}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	read, err := sql.Open("sqlite", name+"&_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(errs.Wrap(errs.Unavailable, err, "open %s", path), pool.Close())
	}
	read.SetMaxOpenConns(8)
	s.reading = reading{db: read, fail: sqliteError}
	return s, nil
}

// start takes the writer's connection and makes the tables that are missing.
func (s *SQLite) start(ctx context.Context) (err error) {
	if s.write, err = s.pool.Conn(ctx); err != nil {
		return sqliteError(err, "open %s", s.path)
	}
	for i := range tables {
		if _, err := s.write.ExecContext(ctx, tables[i].createSQLite()); err != nil {
			return sqliteError(err, "create table %s in %s", tables[i].name, s.path)
		}
	}
	_, err = s.write.ExecContext(ctx, "CREATE UNIQUE INDEX IF NOT EXISTS receipt_command ON receipt (command, place)")
	return sqliteError(err, "index receipts in %s", s.path)
}

// exec runs one statement of its own on the writer's connection, outside any batch.
func (s *SQLite) exec(ctx context.Context, doing, statement string, args ...any) (sql.Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	result, err := s.write.ExecContext(ctx, statement, args...)
	return result, sqliteError(err, "%s", doing)
}

func (t *table) createSQLite() string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE IF NOT EXISTS %s (", t.name)
	for i, c := range t.columns {
		fmt.Fprintf(&b, "%s %s", c.name, [...]string{integer: "INTEGER", text: "TEXT", blob: "BLOB"}[c.is])
		if t.key == 1 && i == 0 {
			b.WriteString(" PRIMARY KEY")
		}
		if c.is != blob {
			b.WriteString(" NOT NULL")
		}
		b.WriteString(", ")
	}
	ddl := b.String()
	if t.key == 1 {
		return ddl[:len(ddl)-2] + ")"
	}
	return ddl + "PRIMARY KEY (" + t.names(t.key) + ")) WITHOUT ROWID"
}

// names lists the first n columns.
func (t *table) names(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = t.columns[i].name
	}
	return strings.Join(list, ", ")
}

// upsert is what follows VALUES when a row with the key is there already.
func (t *table) upsert() string {
	if !t.replace {
		return ""
	}
	list := make([]string, 0, len(t.columns))
	for _, c := range t.columns[t.key:] {
		list = append(list, c.name+" = excluded."+c.name)
	}
	return " ON CONFLICT (" + t.names(t.key) + ") DO UPDATE SET " + strings.Join(list, ", ")
}

// Create adds a ledger, or returns the one that has the name.
func (s *SQLite) Create(ctx context.Context, name ledger.Name, algorithm ledger.Algorithm) (ledger.Head, error) {
	_, err := s.exec(ctx, "create a ledger", `INSERT INTO head (ledger, name, algorithm, seq, hash, receipts, recorded)
		SELECT coalesce((SELECT max(ledger) FROM head), 0) + 1, ?, ?, 0, zeroblob(32), 0, 0 WHERE NOT EXISTS (SELECT 1 FROM head WHERE name = ?)`, string(name), string(algorithm), string(name))
	if err != nil {
		return ledger.Head{}, err
	}
	return s.headNamed(ctx, name)
}

// sqliteTx is one batch on the writer's connection.
type sqliteTx struct {
	readingTx
	store *SQLite
	heads []ledger.Head
	ended bool
}

// Begin starts a transaction; in SQLite the one writer holds every head.
func (s *SQLite) Begin(ctx context.Context, ledgers []ledger.Number) (ledger.Transaction, error) {
	s.mu.Lock()
	t := &sqliteTx{store: s, readingTx: readingTx{ctx: ctx, query: s.write.QueryContext, fail: sqliteError}}
	if _, err := s.write.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		t.Rollback() // a context that ends this moment is an error of a transaction that has begun
		return nil, sqliteError(err, "begin")
	}
	var err error
	t.heads, err = t.lockedHeads(ledgers)
	if err != nil {
		t.Rollback()
		return nil, err
	}
	return t, nil
}

func (t *sqliteTx) Heads() []ledger.Head { return t.heads }

// Write puts every table's rows with statements of chunk rows, prepared once.
func (t *sqliteTx) Write(b *ledger.Batch) error {
	for _, w := range writings(b) {
		if err := t.put(w); err != nil {
			return sqliteError(err, "write %s", w.table.name)
		}
	}
	return nil
}

func (t *sqliteTx) put(w writing) error {
	width := len(w.table.columns)
	if w.remove {
		width = w.table.key
	}
	args := t.store.args[:0]
	var failed error
	flush := func(count int) {
		for len(args) >= count*width && failed == nil {
			failed = t.exec(w, count, args[:count*width])
			args = args[:copy(args, args[count*width:])]
		}
	}
	w.rows(func(values ...any) {
		if args = append(args, values...); len(args) == chunks[0]*width {
			flush(chunks[0])
		}
	})
	for _, count := range chunks {
		flush(count)
	}
	t.store.args = args[:0]
	return failed
}

// statementKey names a prepared statement of the writer's connection.
type statementKey struct {
	table  string
	remove bool
	count  int
}

func (t *sqliteTx) exec(w writing, count int, args []any) error {
	key := statementKey{w.table.name, w.remove, count}
	statement := t.store.known[key]
	if statement == nil {
		var err error
		if statement, err = t.store.write.PrepareContext(t.ctx, w.sqlite(count)); err != nil {
			return err
		}
		t.store.known[key] = statement
	}
	// A statement that can be cancelled costs the driver a goroutine. These are short; what is long is the commit.
	_, err := statement.ExecContext(context.WithoutCancel(t.ctx), args...)
	return err
}

func (w writing) sqlite(count int) string {
	if w.remove {
		one := "(" + strings.Repeat("?, ", w.table.key-1) + "?)"
		return "DELETE FROM " + w.table.name + " WHERE (" + w.table.names(w.table.key) + ") IN (VALUES " + strings.Repeat(one+", ", count-1) + one + ")"
	}
	one := "(" + strings.Repeat("?, ", len(w.table.columns)-1) + "?)"
	return "INSERT INTO " + w.table.name + " (" + w.table.names(len(w.table.columns)) + ") VALUES " + strings.Repeat(one+", ", count-1) + one + w.table.upsert()
}

// Commit flushes to the disk. A commit that fails (a full disk) is rolled back whole.
func (t *sqliteTx) Commit() error {
	_, err := t.store.write.ExecContext(t.ctx, "COMMIT")
	if err != nil {
		t.Rollback()
		return sqliteError(err, "commit")
	}
	t.end()
	return nil
}

// Rollback undoes what has not been committed; the batch's own context may be over by now.
func (t *sqliteTx) Rollback() {
	if !t.ended {
		_, _ = t.store.write.ExecContext(context.Background(), "ROLLBACK") // fails where SQLite has rolled back by itself
		t.end()
	}
}

func (t *sqliteTx) end() {
	t.ended = true
	t.store.mu.Unlock()
}

// Replace makes a ledger's records, look-ups and deadlines anew.
func (s *SQLite) Replace(ctx context.Context, number ledger.Number, write func(put func(*ledger.Batch) error) error) error {
	tx, err := s.Begin(ctx, []ledger.Number{number})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	t := tx.(*sqliteTx)
	for _, name := range []string{recordTable.name, lookupTable.name, deadlineTable.name} {
		if _, err := s.write.ExecContext(ctx, "DELETE FROM "+name+" WHERE ledger = ?", int64(number)); err != nil {
			return sqliteError(err, "clear %s", name)
		}
	}
	if err := write(t.Write); err != nil {
		return err
	}
	return t.Commit()
}

// Forget destroys keys and salts; what was encrypted under them stays unreadable for ever.
func (s *SQLite) Forget(ctx context.Context, expired port.Time, person port.ID, purpose string) (int, error) {
	result, err := s.exec(ctx, "forget personal data", `UPDATE sealed SET wrapped = NULL, salt = NULL WHERE wrapped IS NOT NULL AND ((expires > 0 AND expires <= ?) OR (person = ? AND purpose = ?))`, int64(expired), person[:], purpose)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	if err == nil && n > 0 { // the log still holds the pages as they were
		_, err = s.exec(ctx, "forget personal data", "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	return int(n), sqliteError(err, "forget personal data")
}

// SetSetting writes a small named value.
func (s *SQLite) SetSetting(ctx context.Context, name, value string) error {
	_, err := s.exec(ctx, "write a setting", "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	return err
}

// Notices never speaks: one process writes to a file, and it tells its own readers.
func (s *SQLite) Notices(ctx context.Context) (<-chan ledger.Notice, error) {
	none := make(chan ledger.Notice)
	context.AfterFunc(ctx, func() { close(none) })
	return none, nil
}

// Lease is free: one process uses the file.
func (s *SQLite) Lease(context.Context, string) (func(), error) { return func() {}, nil }

// Loops is one: SQLite has one writer, and one flush serves all ledgers.
func (s *SQLite) Loops() int { return 1 }

// Close closes the database.
func (s *SQLite) Close() error {
	for _, statement := range s.known {
		_ = statement.Close()
	}
	return errors.Join(s.db.Close(), s.write.Close(), s.pool.Close())
}

// sqliteError sorts the driver's errors: a full disk, an I/O error, a lock or a read-only file mean that the database
// is not to be had now; corruption and everything else is broken.
func sqliteError(err error, doing string, args ...any) error {
	if err == nil {
		return nil
	}
	kind := errs.Broken
	var coded *sqlite.Error
	if errors.As(err, &coded) {
		switch coded.Code() & 0xff {
		case sqlitecodes.SQLITE_FULL, sqlitecodes.SQLITE_IOERR, sqlitecodes.SQLITE_BUSY, sqlitecodes.SQLITE_LOCKED, sqlitecodes.SQLITE_READONLY, sqlitecodes.SQLITE_CANTOPEN, sqlitecodes.SQLITE_INTERRUPT:
			kind = errs.Unavailable
		}
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.Is(err, sql.ErrConnDone) {
		kind = errs.Unavailable
	}
	return errs.Wrap(kind, err, doing, args...)
}
