package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
)

// Summary is what a backup or a restore carried. It is printed as one line of JSON.
type Summary struct {
	Ledgers  int     `json:"ledgers"`
	Facts    uint64  `json:"facts"`
	Receipts uint64  `json:"receipts"`
	Records  uint64  `json:"records"`
	Bytes    int64   `json:"bytes"` // of the backup file
	Seconds  float64 `json:"seconds"`
}

// Backup writes a consistent copy of a database that is in use into a new SQLite file, which is a whole database of its
// own: [Restore] loads it into either engine, and the platform can run on it. Views are not in it; they are built again.
// The file holds personal data, encrypted, so only its owner may read it; the master key is not in it.
//
// The copy grows under a name that begins with a dot and gets its own when it is whole and on the disk, so a backup that
// fails, or is killed, leaves nothing under that name. Errors: errs.Conflict where the file is there already,
// errs.Invalid for a store that cannot be backed up, errs.Unavailable for disks and databases that are gone,
// errs.Broken where the copy contradicts itself.
func Backup(ctx context.Context, from ledger.Store, path string) (Summary, error) {
	began := time.Now()
	if err := absent(path); err != nil {
		return Summary{}, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return Summary{}, errs.Wrap(errs.Unavailable, err, "back up to %s", path)
	}
	growing := f.Name()
	defer func() {
		for _, suffix := range []string{"", "-journal", "-wal", "-shm"} {
			_ = os.Remove(growing + suffix)
		}
	}()
	if err := f.Close(); err != nil {
		return Summary{}, errs.Wrap(errs.Unavailable, err, "back up to %s", path)
	}
	switch from := from.(type) {
	case *SQLite:
		err = from.copyInto(ctx, growing)
	case *Postgres:
		err = from.copyInto(ctx, growing)
	default:
		err = errs.New(errs.Invalid, "backup.source", "%T is no database that can be backed up", from)
	}
	if err != nil {
		return Summary{}, err
	}
	summary, err := countFile(ctx, growing)
	if err != nil {
		return Summary{}, err
	}
	if err := publish(growing, path); err != nil {
		return Summary{}, err
	}
	summary.Seconds = time.Since(began).Seconds()
	return summary, nil
}

// copyInto lets SQLite copy the file while it is read and written; the copy has no free pages and no log beside it. It
// has a connection of its own: on those of the readers (query_only) SQLite writes nothing, not even another file.
func (s *SQLite) copyInto(ctx context.Context, path string) error {
	db, err := openFile(s.path)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", path)
	return sqliteError(err, "back up %s", s.path)
}

// copyInto copies every table as it stood at one instant.
func (p *Postgres) copyInto(ctx context.Context, path string) (err error) {
	to, err := OpenSQLite(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	// Nobody reads the file before it is whole; it is flushed once, at the end.
	if _, err := to.exec(ctx, "begin a backup", "PRAGMA synchronous = OFF"); err != nil {
		return err
	}
	snapshot, err := p.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return postgresError(err, "begin a backup")
	}
	defer snapshot.Rollback() // nothing was written
	err = copyTables(ctx, snapshot.QueryContext, postgresError, func(w writing) error {
		tx, err := to.Begin(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		if err := tx.(*sqliteTx).put(w); err != nil {
			return sqliteError(err, "write %s", w.table.name)
		}
		return tx.Commit()
	})
	if err != nil {
		return err
	}
	_, err = to.exec(ctx, "end a backup", "PRAGMA journal_mode = DELETE") // one file, no log beside it
	return err
}

func countFile(ctx context.Context, path string) (Summary, error) {
	c, err := openCopy(ctx, path)
	if err != nil {
		return Summary{}, err
	}
	defer c.close()
	return c.count(ctx)
}

// absent fails where there is something under a name.
func absent(path string) error {
	_, err := os.Lstat(path)
	if err == nil {
		return errs.New(errs.Conflict, "backup.exists", "%s is there already", path)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return errs.Wrap(errs.Unavailable, err, "look for %s", path)
	}
	return nil
}

// publish flushes a file, gives it its name and flushes the folder.
func publish(growing, path string) error {
	if err := flushed(growing); err != nil {
		return errs.Wrap(errs.Unavailable, err, "flush %s", growing)
	}
	if err := absent(path); err != nil {
		return err
	}
	if err := os.Rename(growing, path); err != nil {
		return errs.Wrap(errs.Unavailable, err, "name the backup")
	}
	if err := flushed(filepath.Dir(path)); err != nil {
		return errors.Join(errs.Wrap(errs.Unavailable, err, "flush the folder of %s", path), os.Remove(path))
	}
	return nil
}

func flushed(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
