package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store"
	"github.com/guomen/guomen/internal/store/storetest"
	"github.com/guomen/guomen/port"
)

// depotParked is a fact that makes a record, a look-up and a deadline.
type depotParked struct {
	ID    port.ID   `json:"id"`
	Plate string    `json:"plate"`
	Until port.Time `json:"until"`
}

func (depotParked) FactName() string { return "vehicle.parked.v1" }

func (p depotParked) Decide(tx *ledger.Tx) error {
	if p.Plate == "" {
		return errs.New(errs.Invalid, "plate.missing", "")
	}
	return tx.Record(p)
}

type depotParking struct {
	Plate string `json:"plate"`
	Times int    `json:"times"`
}

// depot is an engine on a store, with two ledgers.
type depot struct {
	*ledger.Engine
	numbers map[ledger.Name]ledger.Number
}

func openDepot(t *testing.T, s ledger.Store) *depot {
	t.Helper()
	kind := ledger.NewKind[depotParking]("parking", 1)
	ledger.On(kind, func(p depotParked) port.ID { return p.ID }, func(x *ledger.Effects, state depotParking, _ *ledger.Fact, p depotParked) depotParking {
		x.Index("plate", p.Plate, p.ID)
		x.Deadline(p.Until, p.ID, "leave", p.ID)
		return depotParking{p.Plate, state.Times + 1}
	})
	schema, err := ledger.NewSchema([]ledger.Body{depotParked{}}, []ledger.AnyKind{kind}, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := ledger.Open(t.Context(), schema, s, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	y := &depot{e, map[ledger.Name]ledger.Number{}}
	for name, algorithm := range map[ledger.Name]ledger.Algorithm{"port:a": ledger.SHA256, "port:b": ledger.SM3} {
		if number, ok := e.Number(name); ok {
			y.numbers[name] = number
		} else if y.numbers[name], err = e.Create(t.Context(), name, algorithm); err != nil {
			t.Fatal(err)
		}
	}
	return y
}

const depotEpoch = 1_772_000_000_000 // milliseconds

// park submits one command; an empty plate is refused, which is kept too.
func (y *depot) park(ctx context.Context, name ledger.Name, n int, plate string, sealed ...ledger.SealedRow) error {
	id := port.NewID(depotEpoch, uint16(y.numbers[name]), uint64(n))
	raw := fmt.Appendf(nil, "plate %s %d", plate, n)
	_, err := y.Submit(ctx, ledger.Command{
		ID: id, Ledger: name, Actor: ledger.Actor{Organisation: "运营", Role: "yard_operator"}, Submission: raw, Body: ledger.Hash(sha256.Sum256(raw)),
		Media: "text/plain", Sealed: sealed, Do: depotParked{id, plate, port.Time(depotEpoch*1000 + n)},
	})
	return err
}

// forgottenKey is the wrapped key of the piece of personal data that fillDepot erases.
const forgottenKey = "this key was destroyed"

// fillDepot writes a bit of everything: facts in both ledgers, refusals, personal data that is there and that is gone,
// a cursor.
func fillDepot(t *testing.T, s ledger.Store, y *depot, facts int) {
	t.Helper()
	ctx := t.Context()
	var wg sync.WaitGroup
	for n := range facts {
		name := [...]ledger.Name{"port:a", "port:b"}[n%2]
		wg.Go(func() {
			if err := y.park(ctx, name, n, fmt.Sprintf("蒙A%05d", n)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := y.park(ctx, "port:a", facts, ""); errs.KindOf(err) != errs.Invalid {
		t.Fatal(err)
	}
	sealed := []ledger.SealedRow{
		{ID: port.NewID(1, 0, 1), Person: port.NewID(1, 0, 7), Purpose: "crossing", Expires: 10, Key: []byte(forgottenKey), Salt: []byte("salt"), Data: []byte("data")},
		{ID: port.NewID(1, 0, 2), Person: port.NewID(1, 0, 7), Purpose: "crossing", Expires: port.Time(depotEpoch * 2000), Key: []byte("key"), Salt: []byte("salt"), Data: []byte{}},
	}
	if err := y.park(ctx, "port:a", facts+1, "蒙B00001", sealed...); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Forget(ctx, 10, port.ID{}, ""); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	tx, err := s.Begin(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	err = tx.Write(&ledger.Batch{Cursors: []ledger.CursorRow{{Follower: "plan", Ledger: y.numbers["port:a"], Seq: 3}}})
	if err := errors.Join(err, tx.Commit(), s.SetSetting(ctx, "motto", "国门")); err != nil {
		t.Fatal(err)
	}
}

// eachDurable runs a test for every kind of database that a backup can come from and go to.
func eachDurable(t *testing.T, test func(t *testing.T, fresh func(t *testing.T) ledger.Store)) {
	t.Run("sqlite", func(t *testing.T) { test(t, depotSQLite) })
	t.Run("postgres", func(t *testing.T) { test(t, depotPostgres) })
}

func depotSQLite(t *testing.T) ledger.Store { return storetest.SQLite(t).Open(t) }

func openBackup(t *testing.T, path string) ledger.Store {
	t.Helper()
	s, err := store.OpenSQLite(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func depotPostgres(t *testing.T) ledger.Store { return storetest.Postgres(t).Open(t) }

func verifiedDepot(t *testing.T, s ledger.Store) ledger.Report {
	t.Helper()
	y := openDepot(t, s)
	report, err := y.Verify(t.Context())
	if err != nil || !report.OK {
		t.Errorf("verify says %+v, %v", report, err)
	}
	return report
}

func depotHeads(t *testing.T, s ledger.Store) []ledger.Head {
	t.Helper()
	heads, err := s.Heads(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return heads
}

// backupRows is every row of every table of a backup, in order.
func backupRows(t *testing.T, path string) (rows []string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, table := range []string{"head", "fact", "record", "lookup", "deadline", "receipt", "submission", "sealed", "cursor", "setting"} {
		found, err := db.Query("SELECT * FROM " + table)
		if err != nil {
			t.Fatal(err)
		}
		columns, _ := found.Columns()
		for found.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := found.Scan(into...); err != nil {
				t.Fatal(err)
			}
			rows = append(rows, fmt.Sprintf("%s %#v", table, values)) // tells nil from empty
		}
		if err := errors.Join(found.Err(), found.Close()); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(rows)
	return rows
}

func failsWith(t *testing.T, err error, kind errs.Kind, rule string) {
	t.Helper()
	var failed *errs.Failed
	if !errors.As(err, &failed) || failed.Kind != kind || failed.Rule != rule {
		t.Errorf("got %v, want %v %s", err, kind, rule)
	}
}

func TestBackupWhileWriting(t *testing.T) {
	eachDurable(t, func(t *testing.T, fresh func(*testing.T) ledger.Store) {
		from := fresh(t)
		y := openDepot(t, from)
		fillDepot(t, from, y, 500)
		writing, stop := context.WithCancel(t.Context())
		var writers sync.WaitGroup
		for w := range 4 {
			writers.Go(func() {
				for n := 0; writing.Err() == nil; n++ {
					if err := y.park(t.Context(), "port:b", (w+1)*1_000_000+n, "蒙C"); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		time.Sleep(50 * time.Millisecond)
		before := depotHeads(t, from)
		path := filepath.Join(t.TempDir(), "backup.db")
		summary, err := store.Backup(t.Context(), from, path)
		after := depotHeads(t, from)
		stop()
		writers.Wait()
		if err != nil {
			t.Fatal(err)
		}
		eachDurable(t, func(t *testing.T, fresh func(*testing.T) ledger.Store) {
			to := fresh(t)
			restored, err := store.Restore(t.Context(), path, to)
			if err != nil {
				t.Fatal(err)
			}
			summary.Seconds, restored.Seconds = 0, 0
			if diff := cmp.Diff(summary, restored); diff != "" {
				t.Error(diff)
			}
			for i, head := range depotHeads(t, to) {
				if head.Seq < before[i].Seq || head.Seq > after[i].Seq {
					t.Errorf("%s has %d facts in the backup, %d before and %d after", head.Name, head.Seq, before[i].Seq, after[i].Seq)
				}
				rows, err := from.Facts(t.Context(), head.Number, head.Seq-1, 1)
				if err != nil || rows[0].Hash != head.Hash {
					t.Errorf("%s: the backup's last hash is not the source's: %v", head.Name, err)
				}
			}
			if report := verifiedDepot(t, to); report.Facts != summary.Facts || report.Receipts != summary.Receipts {
				t.Errorf("summary %+v, report %+v", summary, report)
			}
			// The restored platform goes on.
			if err := openDepot(t, to).park(t.Context(), "port:b", 9_999_999, "蒙D"); err != nil {
				t.Error(err)
			}
		})
	})
}

// TestBackupMovesBetweenEngines carries a database through every pair of engines: every row of every table stays what
// it was, to the byte.
func TestBackupMovesBetweenEngines(t *testing.T) {
	eachDurable(t, func(t *testing.T, fresh func(*testing.T) ledger.Store) {
		from := fresh(t)
		y := openDepot(t, from)
		fillDepot(t, from, y, 2100) // more than two pages
		y.Close()
		first := filepath.Join(t.TempDir(), "first.db")
		summary, err := store.Backup(t.Context(), from, first)
		if err != nil {
			t.Fatal(err)
		}
		report := verifiedDepot(t, from)
		want := store.Summary{Ledgers: 2, Facts: 2101, Receipts: 2102, Records: 2101, Bytes: summary.Bytes, Seconds: summary.Seconds}
		if diff := cmp.Diff(want, summary); diff != "" || report.Facts != want.Facts || report.Receipts != want.Receipts || report.Records != int(want.Records) {
			t.Errorf("%s %+v", diff, report)
		}
		rows := backupRows(t, first)
		eachDurable(t, func(t *testing.T, fresh func(*testing.T) ledger.Store) {
			to := fresh(t)
			if err := to.SetSetting(t.Context(), "motto", "something else"); err != nil {
				t.Fatal(err)
			}
			if _, err := store.Restore(t.Context(), first, to); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(depotHeads(t, from), depotHeads(t, to)); diff != "" {
				t.Error(diff)
			}
			verifiedDepot(t, to)
			if n, err := to.Forget(t.Context(), 10, port.ID{}, ""); n != 0 || err != nil {
				t.Errorf("%d forgotten pieces came back, %v", n, err)
			}
			second := filepath.Join(t.TempDir(), "second.db")
			if _, err := store.Backup(t.Context(), to, second); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(rows, backupRows(t, second)); diff != "" {
				t.Errorf("%.2000s", diff)
			}
		})
	})
}

func TestBackupIsOneWholeFile(t *testing.T) {
	eachDurable(t, func(t *testing.T, fresh func(*testing.T) ledger.Store) {
		from := fresh(t)
		fillDepot(t, from, openDepot(t, from), 20)
		folder := filepath.Join(t.TempDir(), "备份 ?#%&")
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, "a.db")
		summary, err := store.Backup(t.Context(), from, path)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(folder)
		if err != nil || len(entries) != 1 {
			t.Fatalf("%v, %v", entries, err)
		}
		info, err := entries[0].Info()
		if err != nil || info.Mode() != 0o600 || info.Size() != summary.Bytes {
			t.Errorf("%v %d, %+v, %v", info.Mode(), info.Size(), summary, err)
		}
		data, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(data, []byte("SQLite format 3\x00")) || data[18] != 1 {
			t.Errorf("the file needs a log beside it: %v %v", data[18:20], err)
		}
		if bytes.Contains(data, []byte(forgottenKey)) {
			t.Error("a destroyed key is in the backup")
		}
		// The platform can run on the file itself.
		if report := verifiedDepot(t, openBackup(t, path)); report.Facts != summary.Facts {
			t.Errorf("%+v", report)
		}
	})
}

func TestBackupRefused(t *testing.T) {
	eachDurable(t, func(t *testing.T, fresh func(*testing.T) ledger.Store) {
		ctx := t.Context()
		from := fresh(t)
		fillDepot(t, from, openDepot(t, from), 20)
		folder := t.TempDir()
		taken := filepath.Join(folder, "taken.db")
		if err := os.WriteFile(taken, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := store.Backup(ctx, from, taken)
		failsWith(t, err, errs.Conflict, "backup.exists")
		if data, _ := os.ReadFile(taken); string(data) != "mine" {
			t.Error("what was there is gone")
		}
		_, err = store.Backup(ctx, from, filepath.Join(folder, "no", "folder.db"))
		failsWith(t, err, errs.Unavailable, "")
		_, err = store.Backup(ctx, store.NewMemory(), filepath.Join(folder, "memory.db"))
		failsWith(t, err, errs.Invalid, "backup.source")
		over, cancel := context.WithCancel(ctx)
		cancel()
		_, err = store.Backup(over, from, filepath.Join(folder, "cancelled.db"))
		failsWith(t, err, errs.Unavailable, "")
		if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
			t.Errorf("left behind: %v, %v", entries, err)
		}
	})
}

// TestBackupInterrupted ends the context at several moments: a backup is whole or not there.
func TestBackupInterrupted(t *testing.T) {
	eachDurable(t, func(t *testing.T, fresh func(*testing.T) ledger.Store) {
		from := fresh(t)
		fillDepot(t, from, openDepot(t, from), 3000)
		failed := 0
		for wait := 100 * time.Microsecond; wait < time.Second; wait *= 3 {
			folder := t.TempDir()
			ctx, cancel := context.WithTimeout(t.Context(), wait)
			_, err := store.Backup(ctx, from, filepath.Join(folder, "backup.db"))
			cancel()
			entries, _ := os.ReadDir(folder)
			switch {
			case err == nil && len(entries) == 1:
			case errs.KindOf(err) == errs.Unavailable && len(entries) == 0:
				failed++
			default:
				t.Errorf("after %v: %v, %v", wait, err, entries)
			}
		}
		if failed == 0 {
			t.Error("no backup was interrupted")
		}
	})
}

func TestRestoreRefused(t *testing.T) {
	from := depotSQLite(t)
	fillDepot(t, from, openDepot(t, from), 300)
	folder := t.TempDir()
	good := filepath.Join(folder, "good.db")
	if _, err := store.Backup(t.Context(), from, good); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string, data []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	altered := func(name, statement string) string {
		path := file(name, data)
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
		return path
	}
	torn := bytes.Clone(data)
	clear(torn[len(torn)/2 : len(torn)/2+20_000])
	files := []struct {
		path string
		kind errs.Kind
		rule string
	}{
		{filepath.Join(folder, "nowhere.db"), errs.Unavailable, ""},
		{file("text.db", []byte(strings.Repeat("not a database ", 1000))), errs.Invalid, "backup.format"},
		{file("empty.db", nil), errs.Invalid, "backup.format"},
		{altered("other.db", "ALTER TABLE fact RENAME TO invoice"), errs.Invalid, "backup.format"},
		{file("cut.db", data[:len(data)-len(data)/3]), errs.Broken, ""},
		{file("torn.db", torn), errs.Broken, ""},
		{altered("lost.db", "DELETE FROM fact WHERE place = (SELECT max(place) FROM fact)"), errs.Broken, ""},
		{altered("receipt.db", "DELETE FROM receipt WHERE place = (SELECT min(place) FROM receipt)"), errs.Broken, ""},
		{altered("column.db", "ALTER TABLE sealed DROP COLUMN salt"), errs.Broken, ""},
		{altered("late.db", "UPDATE setting SET value = x'ff00' WHERE name = 'motto'; UPDATE sealed SET expires = 'soon'"), errs.Broken, ""},
	}
	eachDurable(t, func(t *testing.T, fresh func(*testing.T) ledger.Store) {
		to := fresh(t)
		for _, test := range files {
			_, err := store.Restore(t.Context(), test.path, to)
			t.Run(filepath.Base(test.path), func(t *testing.T) { failsWith(t, err, test.kind, test.rule) })
		}
		if _, err := os.Stat(files[0].path); err == nil {
			t.Error("a file was made")
		}
		over, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := store.Restore(over, good, to)
		failsWith(t, err, errs.Unavailable, "")

		// After all that it is still empty, and takes the good one, once.
		if _, err := store.Restore(t.Context(), good, to); err != nil {
			t.Fatal(err)
		}
		_, err = store.Restore(t.Context(), good, to)
		failsWith(t, err, errs.Conflict, "restore.not_empty")
		verifiedDepot(t, to)

		viewed := fresh(t)
		views, err := store.OpenViews(t.Context(), viewed)
		if err != nil {
			t.Fatal(err)
		}
		defer views.Close()
		err = views.In(t.Context(), func(tx ledger.ViewTx) error {
			return errors.Join(tx.Exec("CREATE TABLE view_cursor (view TEXT, ledger TEXT, seq BIGINT)"), tx.Exec("INSERT INTO view_cursor VALUES ('a', 'b', 1)"))
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = store.Restore(t.Context(), good, viewed)
		failsWith(t, err, errs.Conflict, "restore.views")

		created := fresh(t)
		if _, err := created.Create(t.Context(), "region", ledger.SHA256); err != nil {
			t.Fatal(err)
		}
		_, err = store.Restore(t.Context(), good, created)
		failsWith(t, err, errs.Conflict, "restore.not_empty")
	})
	_, err = store.Restore(t.Context(), good, store.NewMemory())
	failsWith(t, err, errs.Invalid, "restore.target")
}
