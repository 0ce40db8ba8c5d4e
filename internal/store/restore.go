package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
)

// Restore loads a backup into a database that has no ledgers, in one transaction: all of it is there afterwards, or
// nothing. No engine may run on the database meanwhile; ledger.Engine.Verify proves the result. Errors: errs.Conflict
// where the database is not empty, errs.Invalid for a file that is no backup or a store that cannot be restored to,
// errs.Broken for a damaged backup, errs.Unavailable for disks and databases that are gone.
func Restore(ctx context.Context, path string, to ledger.Store) (Summary, error) {
	began := time.Now()
	from, err := openCopy(ctx, path)
	if err != nil {
		return Summary{}, err
	}
	defer from.close()
	if err := from.sound(ctx); err != nil {
		return Summary{}, err
	}
	summary, err := from.count(ctx)
	if err != nil {
		return Summary{}, err
	}
	tx, err := to.Begin(ctx, nil)
	if err != nil {
		return Summary{}, err
	}
	defer tx.Rollback()
	l, ok := tx.(loading)
	if !ok {
		return Summary{}, errs.New(errs.Invalid, "restore.target", "%T is no database that can be restored to", to)
	}
	if err := clean(l); err != nil {
		return Summary{}, err
	}
	if err := copyTables(ctx, from.QueryContext, sqliteError, l.load); err != nil {
		return Summary{}, err
	}
	if err := tx.Commit(); err != nil {
		return Summary{}, err
	}
	summary.Seconds = time.Since(began).Seconds()
	return summary, nil
}

// loading is what a restore needs of a transaction on either database.
type loading interface {
	ledger.Transaction
	lock() error                     // until the end nobody else makes a ledger
	run(statement string) error      // one that has no rows
	has(query string) (bool, error)  // whether it has rows
	viewed() (stale bool, err error) // whether views of other ledgers stand there
	load(w writing) error
}

// clean fails where the database holds anything. Settings are replaced: opening an engine or a vault writes some.
func clean(l loading) error {
	if err := l.lock(); err != nil {
		return err
	}
	for i := range tables {
		if tables[i].name == settingTable.name {
			continue
		}
		found, err := l.has("SELECT 1 FROM " + tables[i].name + " LIMIT 1")
		if err != nil {
			return err
		}
		if found {
			return errs.New(errs.Conflict, "restore.not_empty", "the database is not empty: it has rows in table %s", tables[i].name)
		}
	}
	stale, err := l.viewed()
	if err != nil {
		return err
	}
	if stale {
		return errs.New(errs.Conflict, "restore.views", "views of other ledgers stand beside the database")
	}
	return l.run("DELETE FROM " + settingTable.name)
}

func (t *sqliteTx) lock() error { return nil } // it has the only writer

func (t *sqliteTx) run(statement string) error {
	_, err := t.store.write.ExecContext(t.ctx, statement)
	return sqliteError(err, "%s", statement)
}

func (t *sqliteTx) has(query string) (found bool, _ error) {
	err := t.list("look for rows", query, nil, func(*sql.Rows) error { found = true; return nil })
	return found, err
}

// viewed looks for the file of views that [OpenViews] would take up.
func (t *sqliteTx) viewed() (bool, error) {
	_, err := os.Stat(strings.TrimSuffix(t.store.path, ".db") + ".views.db")
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, errs.Wrap(errs.Unavailable, err, "look for views")
}

func (t *sqliteTx) load(w writing) error { return sqliteError(t.put(w), "write %s", w.table.name) }

func (t *postgresTx) lock() error {
	return t.run("SELECT pg_advisory_xact_lock(" + strconv.FormatInt(lockNumber("create"), 10) + ")")
}

func (t *postgresTx) run(statement string) error {
	_, err := t.tx.Exec(t.ctx, statement)
	return postgresError(err, "%s", statement)
}

func (t *postgresTx) has(query string) (found bool, _ error) {
	err := t.list("look for rows", query, nil, func(pgx.Rows) error { found = true; return nil })
	return found, err
}

func (t *postgresTx) viewed() (bool, error) {
	made, err := t.has("SELECT 1 WHERE to_regclass('view_cursor') IS NOT NULL")
	if !made || err != nil {
		return false, err
	}
	return t.has("SELECT 1 FROM view_cursor LIMIT 1")
}

func (t *postgresTx) load(w writing) error {
	_, err := t.tx.Exec(t.ctx, w.postgres(), w.columns()...)
	return postgresError(err, "write %s", w.table.name)
}
