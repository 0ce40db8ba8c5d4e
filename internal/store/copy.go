package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"

	"modernc.org/sqlite"
	sqlitecodes "modernc.org/sqlite/lib"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
)

// A page of a table on its way: enough rows to make a statement worth its round trip, few enough bytes that submissions
// of the largest size do not fill the memory.
const (
	copyRows  = 1024
	copyBytes = 8 << 20
)

// queryFunc reads from one snapshot of a database; failFunc gives its driver's errors their kinds.
type (
	queryFunc func(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	failFunc  func(err error, doing string, args ...any) error
)

// copyTables reads every table in order of its key and gives it to put in pages.
func copyTables(ctx context.Context, query queryFunc, fail failFunc, put func(writing) error) error {
	for i := range tables {
		t := &tables[i]
		found, err := query(ctx, "SELECT "+t.names(len(t.columns))+" FROM "+t.name+" ORDER BY "+t.names(t.key))
		if err != nil {
			return fail(err, "read %s", t.name)
		}
		var page [][]any
		size := 0
		flush := func() error {
			rows := page
			page, size = nil, 0
			return put(writing{table: t, rows: func(emit func(values ...any)) {
				for _, row := range rows {
					emit(row...)
				}
			}})
		}
		var refused error // what put said: it has its kind already
		err = each(found, func(found *sql.Rows) error {
			row, bytes, err := t.scan(found)
			if err != nil {
				return err
			}
			page, size = append(page, row), size+bytes
			if len(page) == copyRows || size >= copyBytes {
				refused = flush()
			}
			return refused
		})
		if refused == nil && err != nil {
			return fail(err, "read %s", t.name)
		}
		if refused == nil && len(page) > 0 {
			refused = flush()
		}
		if refused != nil {
			return refused
		}
	}
	return nil
}

// scan reads a row of every column, and says how many bytes its texts and blobs have. A NULL blob is nil, an empty one
// is not: the SQLite driver gives nil for both and tells them apart only by type.
func (t *table) scan(found *sql.Rows) (row []any, size int, err error) {
	row = make([]any, len(t.columns))
	into := make([]any, len(t.columns))
	for i, c := range t.columns {
		into[i] = [...]any{integer: new(int64), text: new(string), blob: new(sql.Null[[]byte])}[c.is]
	}
	if err := found.Scan(into...); err != nil {
		return nil, 0, err
	}
	for i := range into {
		switch value := into[i].(type) {
		case *int64:
			row[i] = *value
		case *string:
			row[i], size = *value, size+len(*value)
		case *sql.Null[[]byte]:
			if value.Valid && value.V == nil {
				value.V = []byte{}
			}
			row[i], size = value.V, size+len(value.V)
		}
	}
	return row, size, nil
}

// copied is a backup file open for reading, or any SQLite database of the platform, as it stood when it was opened.
type copied struct {
	*sql.Tx
	db    *sql.DB
	path  string
	bytes int64
}

// openFile opens a SQLite file that is there, to read it; SQLite itself would make one that is not.
func openFile(path string) (*sql.DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, errs.Wrap(errs.Unavailable, err, "read a database file")
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro&_pragma=busy_timeout(20000)")
	return db, errs.Wrap(errs.Unavailable, err, "open %s", path)
}

func openCopy(ctx context.Context, path string) (*copied, error) {
	db, err := openFile(path)
	if err != nil {
		return nil, err
	}
	c := &copied{db: db, path: path}
	if c.Tx, err = db.BeginTx(ctx, nil); err != nil {
		return nil, errors.Join(sqliteError(err, "open %s", path), db.Close())
	}
	info, err := os.Stat(path)
	if err != nil {
		c.close()
		return nil, errs.Wrap(errs.Unavailable, err, "read %s", path)
	}
	c.bytes = info.Size()
	return c, nil
}

func (c *copied) close() {
	_ = c.Rollback() // nothing was written
	_ = c.db.Close()
}

// sound reads the whole file: one that was cut or damaged on its way is found before anything is written.
func (c *copied) sound(ctx context.Context) error {
	var known int
	err := c.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('head', 'fact', 'receipt')").Scan(&known)
	var coded *sqlite.Error
	if errors.As(err, &coded) && coded.Code()&0xff == sqlitecodes.SQLITE_NOTADB || err == nil && known != 3 {
		return errs.New(errs.Invalid, "backup.format", "%s is no backup of this platform", c.path)
	}
	if err != nil {
		return sqliteError(err, "read %s", c.path)
	}
	var found string
	if err := c.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
		return sqliteError(err, "check %s", c.path)
	}
	if found != "ok" {
		return errs.New(errs.Broken, "", "%s is damaged: %s", c.path, found)
	}
	return nil
}

// count says what the file holds, and fails where a ledger has not as many facts and receipts as its head says.
func (c *copied) count(ctx context.Context) (Summary, error) {
	s := Summary{Bytes: c.bytes}
	var heads []ledger.Head
	found, err := c.QueryContext(ctx, "SELECT "+headColumns+" FROM head")
	if err == nil {
		err = each(found, func(found *sql.Rows) error {
			h, err := scanHead(found)
			heads = append(heads, h)
			return err
		})
	}
	if err != nil {
		return s, sqliteError(err, "read the heads of %s", c.path)
	}
	for _, h := range heads {
		for _, part := range []struct {
			table *table
			want  uint64
			total *uint64
		}{{&factTable, h.Seq, &s.Facts}, {&receiptTable, h.Receipts, &s.Receipts}} {
			var count uint64
			query := "SELECT count(*) FROM " + part.table.name + " WHERE place > ? AND place < ?"
			if err := c.QueryRowContext(ctx, query, place(h.Number, 0), place(h.Number+1, 0)).Scan(&count); err != nil {
				return s, sqliteError(err, "count %ss of %s", part.table.name, h.Name)
			}
			if count != part.want {
				return s, errs.New(errs.Broken, "", "%s has %d %ss of %s, the head says %d", c.path, count, part.table.name, h.Name, part.want)
			}
			*part.total += count
		}
	}
	s.Ledgers = len(heads)
	return s, sqliteError(c.QueryRowContext(ctx, "SELECT count(*) FROM record").Scan(&s.Records), "count the records of %s", c.path)
}
