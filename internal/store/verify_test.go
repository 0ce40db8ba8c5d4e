package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store/storetest"
	"github.com/guomen/guomen/port"
)

// tamper opens a database beside the store, as whoever has the file or the password may.
func tamper(t testing.TB, d *storetest.Database) *sql.DB {
	t.Helper()
	driver, name := "pgx", d.URL
	if d.Kind == "sqlite" {
		driver, name = "sqlite", strings.TrimPrefix(d.URL, "sqlite:")+"?_pragma=busy_timeout(5000)"
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// fill writes some of everything to two ledgers.
func (w *world) fill(names ...ledger.Name) {
	w.t.Helper()
	for _, name := range names {
		w.create(name)
		for i := range 8 {
			c := w.command(name, openBox{number: fmt.Sprint(i), due: port.Time(1000 + i)})
			if i%2 == 0 {
				c.Submission = []byte(fmt.Sprint("raw ", i))
			}
			w.must(c)
			w.must(w.command(name, w.moveBox(fmt.Sprint(i), fmt.Sprint("place ", i%3))))
		}
		bad := w.command(name, ledger.Refuse{Err: errs.New(errs.Invalid, "no", "")})
		bad.Submission = []byte("refused")
		w.refused(bad, errs.Invalid)
		w.must(w.command(name, w.closeBox("7")))
		w.must(w.command(name, decide(func(*ledger.Tx) error { return nil }))) // accepted, and nothing to record
	}
}

// TestVerifyFinds changes one thing at a time behind the platform's back, in the second ledger: verify names it, and is
// content again once it is put back.
func TestVerifyFinds(t *testing.T) {
	at := func(n int) int64 { return 2<<44 | int64(n) }
	// Receipts 1 to 16 open and move boxes; 17 is refused, 18 closes, 19 records nothing. Facts: 3 a box, 25 closes.
	for _, open := range []func(testing.TB) *storetest.Database{storetest.SQLite, storetest.Postgres} {
		d := open(t)
		t.Run(d.Kind, func(t *testing.T) {
			y := newYard(t, 1, nil)
			w := start(t, d, y, ledger.Options{})
			w.fill("first", "second")
			w.verified()
			db := tamper(t, d)
			flipped := func(column string, n int) string { // the expression that changes a column's n-th byte
				if d.Kind == "sqlite" { // which has no function for it, but for a digit of the hex text
					return fmt.Sprintf("unhex(substr(hex(%[1]s), 1, %[2]d) || CASE substr(hex(%[1]s), %[2]d + 1, 1) WHEN '0' THEN '1' ELSE '0' END || substr(hex(%[1]s), %[2]d + 2))", column, 2*n+1)
				}
				return fmt.Sprintf("set_byte(%[1]s, %[2]d, get_byte(%[1]s, %[2]d) # 1)", column, n)
			}
			for _, c := range []struct {
				name, table, key string
				change           string // of the row under the key
				want             string
			}{
				{"a fact's first byte", "fact", fmt.Sprint("place = ", at(1)), "data = " + flipped("data", 0), "second: fact 1 does not hash"},
				{"a fact's last byte", "fact", fmt.Sprint("place = ", at(25)), "data = " + flipped("data", 200), "second: fact 25 does not hash"},
				{"a fact's hash", "fact", fmt.Sprint("place = ", at(7)), "hash = " + flipped("hash", 31), "second: fact 7 does not hash"},
				{"the head's hash", "head", "ledger = 2", "hash = " + flipped("hash", 3), "second: the head's hash is not that of fact 25"},
				{"the head's sequence, less", "head", "ledger = 2", "seq = 24", "second: the head's hash is not that of fact 24"},
				{"the head's sequence, more", "head", "ledger = 2", "seq = 26", "second ends at fact 25, its head says 26"},
				{"the head's receipts, less", "head", "ledger = 2", "receipts = 18", "second has 19 receipts, its head says 18"},
				{"the head's receipts, more", "head", "ledger = 2", "receipts = 20", "second has 19 receipts, its head says 20"},
				{"the head's algorithm", "head", "ledger = 2", "algorithm = 'sm3'", "second: fact 1 does not hash"},
				{"the head's algorithm, unknown", "head", "ledger = 2", "algorithm = 'md5'", "md5"},
				{"a record", "record", "ledger = 2 AND kind = 'place' AND id = (SELECT id FROM record WHERE ledger = 2 AND kind = 'place' ORDER BY id LIMIT 1)", "data = " + flipped("data", 5), "second: record place"},
				{"a record's fold", "record", "ledger = 2 AND kind = 'place' AND id = (SELECT id FROM record WHERE ledger = 2 AND kind = 'place' ORDER BY id LIMIT 1)", "fold = 9", "second: record place"},
				{"a record's ledger", "record", "ledger = 2 AND kind = 'place' AND id = (SELECT id FROM record WHERE ledger = 2 AND kind = 'place' ORDER BY id LIMIT 1)", "ledger = 3", "second: 10 records are stored, the facts make 11"},
				{"a record's kind", "record", "ledger = 2 AND kind = 'place' AND id = (SELECT id FROM record WHERE ledger = 2 AND kind = 'place' ORDER BY id LIMIT 1)", "kind = 'box'", "second: record box"},
				{"a look-up", "lookup", "ledger = 2 AND kind = 'number' AND key = '3'", "id = " + flipped("id", 15), `second: look-up number "3"`},
				{"a look-up's key", "lookup", "ledger = 2 AND kind = 'number' AND key = '3'", "key = '33'", `second: look-up number "33"`},
				{"a deadline", "deadline", "ledger = 2 AND due = 1003", "due = 1030", "second: deadline"},
				{"a deadline's kind", "deadline", "ledger = 2 AND due = 1003", "kind = 'x'", "second: deadline"},
				{"a receipt's last", "receipt", fmt.Sprint("place = ", at(2)), "last = last + 1", "second: fact 4 is not of the command that receipt 2 names"},
				{"a receipt's last, less", "receipt", fmt.Sprint("place = ", at(2)), "last = last - 1", "second: receipt 3 (accepted) promises facts 4 to 4 after fact 2"},
				{"a receipt's first", "receipt", fmt.Sprint("place = ", at(2)), "first = first + 1", "second: receipt 2 (accepted) promises facts 3 to 3 after fact 1"},
				{"the last receipt's last", "receipt", fmt.Sprint("place = ", at(18)), "last = last + 1", "second: receipt 19"},
				{"a receipt without facts", "receipt", fmt.Sprint("place = ", at(19)), "last = last + 1", "second: receipt 19"},
				{"a refused receipt's last", "receipt", fmt.Sprint("place = ", at(17)), "last = 3", "second: receipt 17 (refused) promises facts 0 to 3"},
				{"a receipt's command", "receipt", fmt.Sprint("place = ", at(2)), "command = " + flipped("command", 9), "second: fact 2 is not of the command that receipt 2 names"},
				{"a receipt's outcome", "receipt", fmt.Sprint("place = ", at(2)), "outcome = 'refused'", "second: receipt 2 (refused) promises facts 2 to 3"},
				{"a refused receipt's outcome", "receipt", fmt.Sprint("place = ", at(17)), "outcome = 'accepted'", "second: receipt 17 (accepted) promises facts 0 to 0"},
				{"a receipt's digest", "receipt", fmt.Sprint("place = ", at(1)), "digest = " + flipped("digest", 0), "second: the submission under receipt 1"},
				{"a receipt's time", "receipt", fmt.Sprint("place = ", at(1)), "recorded = recorded + 1", "second: fact 1 is not of the command"},
				{"a submission", "submission", fmt.Sprint("place = ", at(1)), "data = " + flipped("data", 4), "second: the submission under receipt 1"},
				{"a refused submission", "submission", fmt.Sprint("place = ", at(17)), "data = " + flipped("data", 0), "second: the submission under receipt 17"},
				{"a submission's digest", "submission", fmt.Sprint("place = ", at(5)), "digest = " + flipped("digest", 1), "second: the submission under receipt 5"},
				{"a fact that is gone", "fact", fmt.Sprint("place = ", at(9)), "", "second: fact 9 is missing"},
				{"the last fact that is gone", "fact", fmt.Sprint("place = ", at(25)), "", "second ends at fact 24"},
				{"a receipt that is gone", "receipt", fmt.Sprint("place = ", at(9)), "", "second: receipt 9 is missing"},
				{"the last receipt that is gone", "receipt", fmt.Sprint("place = ", at(19)), "", "second has 18 receipts, its head says 19"},
				{"a record that is gone", "record", "ledger = 2 AND kind = 'place' AND id = (SELECT id FROM record WHERE ledger = 2 AND kind = 'place' ORDER BY id LIMIT 1)", "", "second: 10 records are stored, the facts make 11"},
				{"a look-up that is gone", "lookup", "ledger = 2 AND kind = 'number' AND key = '3'", "", "second: 13 look-ups are stored, the facts make 14"},
				{"a deadline that is gone", "deadline", "ledger = 2 AND due = 1003", "", "second: 6 deadlines are stored, the facts make 7"},
				{"a submission that is gone", "submission", fmt.Sprint("place = ", at(5)), "", "second: fact 7 does not come from the submission under receipt 5"},
				{"a refused submission that is gone", "submission", fmt.Sprint("place = ", at(17)), "", "second: the submission under receipt 17 is missing"},
				{"a fact behind the head", "", "", fmt.Sprintf("INSERT INTO fact SELECT %d, data, hash FROM fact WHERE place = %d", at(26), at(25)), "second: fact 26 stands behind the head"},
				{"a receipt behind the head", "", "", fmt.Sprintf("INSERT INTO receipt SELECT %d, command, organisation, key, digest, first, last, outcome, subject, recorded FROM receipt WHERE place = %d", at(20), at(19)), "second has 20 receipts"},
				{"a record that nothing makes", "", "", "INSERT INTO record SELECT 2, 'box', command, 1, digest FROM receipt WHERE place = " + fmt.Sprint(at(17)), "second: record box"},
				{"a look-up that nothing makes", "", "", "INSERT INTO lookup SELECT 2, kind, 'none', id FROM lookup WHERE ledger = 2 AND kind = 'number' AND key = '3'", `second: look-up number "none"`},
			} {
				t.Run(c.name, func(t *testing.T) {
					run := func(statement string) {
						t.Helper()
						if result, err := db.Exec(statement); err != nil {
							t.Fatalf("%s: %v", statement, err)
						} else if n, _ := result.RowsAffected(); n != 1 && !strings.HasPrefix(statement, "CREATE") && !strings.HasPrefix(statement, "DROP") {
							t.Fatalf("%s: %d rows", statement, n)
						}
					}
					if c.table != "" {
						run("CREATE TABLE kept AS SELECT * FROM " + c.table + " WHERE " + c.key)
						if c.change == "" {
							run("DELETE FROM " + c.table + " WHERE " + c.key)
						} else {
							run("UPDATE " + c.table + " SET " + c.change + " WHERE " + c.key)
						}
					} else {
						run(c.change)
					}
					report, err := w.Verify(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					if report.OK || !strings.Contains(report.FirstDifference, c.want) {
						t.Errorf("%+v, want %q", report, c.want)
					}
					if chain := c.table == "fact" || c.table == "head" && !strings.Contains(c.name, "receipts"); chain != chainBroken(t, w) {
						t.Errorf("the chain alone is broken: %t", !chain)
					}
					switch {
					case c.table == "":
						table := strings.Fields(c.change)[2]
						run(map[string]string{
							"fact": fmt.Sprint("DELETE FROM fact WHERE place = ", at(26)), "receipt": fmt.Sprint("DELETE FROM receipt WHERE place = ", at(20)),
							"record": "DELETE FROM record WHERE ledger = 2 AND kind = 'box' AND id = (SELECT command FROM receipt WHERE place = " + fmt.Sprint(at(17)) + ")",
							"lookup": "DELETE FROM lookup WHERE key = 'none'",
						}[table])
					case c.change == "":
						run("INSERT INTO " + c.table + " SELECT * FROM kept")
						run("DROP TABLE kept")
					default:
						restore(t, db, c.table, run)
						run("DROP TABLE kept")
					}
					w.verified()
				})
			}
		})
	}
}

// restore puts the row in "kept" back in the place of the one that was made of it.
func restore(t *testing.T, db *sql.DB, table string, run func(string)) {
	t.Helper()
	keys := map[string][]string{"fact": {"place"}, "receipt": {"place"}, "submission": {"place"}, "head": {"ledger"},
		"record": {"ledger", "kind", "id"}, "lookup": {"ledger", "kind", "key"}, "deadline": {"ledger", "due", "id"}}[table]
	same := make([]string, len(keys))
	for i, key := range keys {
		same[i] = fmt.Sprintf("kept.%s = %s.%s", key, table, key)
	}
	// A change of the key itself leaves a stray row: those of the tests are easy to tell.
	for stray := range strings.SplitSeq(map[string]string{
		"record": "ledger = 3;kind = 'box' AND id IN (SELECT id FROM kept)", "lookup": "key = '33'", "deadline": "due = 1030",
	}[table], ";") {
		if stray != "" {
			if _, err := db.Exec("DELETE FROM " + table + " WHERE " + stray); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := db.Exec("DELETE FROM " + table + " WHERE EXISTS (SELECT 1 FROM kept WHERE " + strings.Join(same, " AND ") + ")"); err != nil {
		t.Fatal(err)
	}
	run("INSERT INTO " + table + " SELECT * FROM kept")
}

func chainBroken(t *testing.T, w *world) bool {
	t.Helper()
	_, err := w.VerifyChain(t.Context())
	if err != nil && errs.KindOf(err) != errs.Broken {
		t.Fatal(err)
	}
	return err != nil
}

// TestRebuild makes records, look-ups and deadlines again from the facts alone, while others write.
func TestRebuild(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		y := newYard(t, 1, nil)
		w := start(t, d, y, ledger.Options{})
		w.fill("a", "b")
		facts := w.verified().Facts
		if d.Durable() {
			db := tamper(t, d)
			for _, statement := range []string{"DELETE FROM record WHERE ledger = 1", "DELETE FROM lookup WHERE ledger = 2", "UPDATE record SET kind = 'unknown' WHERE kind = 'place'", "UPDATE deadline SET due = due + 1"} {
				if _, err := db.Exec(statement); err != nil {
					t.Fatal(err)
				}
			}
			if report, err := w.Verify(t.Context()); err != nil || report.OK {
				t.Error(report, err)
			}
		}
		if n, err := w.Rebuild(t.Context()); err != nil || n != facts {
			t.Errorf("rebuilt from %d facts, %v", n, err)
		}
		w.verified()
		// While this process and another one write.
		other := start(t, d, y, ledger.Options{})
		var writing sync.WaitGroup
		for i := range 8 {
			writing.Go(func() {
				for n := range 40 {
					one := []*world{w, other}[(i+n)%2]
					one.must(one.command(ledger.Name([]string{"a", "b"}[i%2]), y.moveOrOpen(fmt.Sprint(i%3))))
				}
			})
		}
		for range 5 {
			if _, err := w.Rebuild(t.Context()); err != nil {
				t.Error(err)
			}
		}
		writing.Wait()
		w.verified()
	})
}

// TestUpgrade opens a database whose records an older build folded otherwise: they are made again, once.
func TestUpgrade(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		w := start(t, d, newYard(t, 1, nil), ledger.Options{})
		w.fill("a")
		w.stop()
		before := w.all("a")
		for version := range 3 {
			w = start(t, d, newYard(t, 2+version, nil), ledger.Options{})
			if s, ok := w.boxOf("a", "1"); !ok || s.Moves != 2+version {
				t.Errorf("version %d: %+v", 2+version, s)
			}
			w.verified()
			w.stop()
		}
		w = start(t, d, newYard(t, 4, nil), ledger.Options{})
		w.must(w.command("a", w.moveBox("1", "x")))
		if s, _ := w.boxOf("a", "1"); s.Moves != 8 {
			t.Errorf("%+v", s)
		}
		w.verified()
		if diff := cmp.Diff(before, w.all("a")[:len(before)]); diff != "" {
			t.Errorf("an upgrade changed facts: %.1000s", diff)
		}
		// An older build folds its way back.
		w.stop()
		w = start(t, d, newYard(t, 1, nil), ledger.Options{})
		if s, _ := w.boxOf("a", "1"); s.Moves != 2 {
			t.Errorf("%+v", s)
		}
		w.verified()
	})
}

// TestReadWhileEnded gives an error of a kind, not nothing, when the context of a read has ended.
func TestReadWhileEnded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		w := start(t, d, newYard(t, 1, nil), ledger.Options{})
		w.fill("a")
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if report, err := w.Verify(ended); err == nil {
			t.Errorf("%+v", report)
		}
		if n, err := w.Rebuild(ended); err == nil {
			t.Errorf("rebuilt from %d", n)
		}
		w.verified()
	})
}

// TestOtherBuild starts a build whose folds are other ones beside one that serves: the older one writes nothing more
// among its records, and goes on reading.
func TestOtherBuild(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		old := start(t, d, newYard(t, 1, nil), ledger.Options{})
		old.fill("a")
		young := start(t, d, newYard(t, 2, nil), ledger.Options{})
		young.must(young.command("a", young.moveBox("1", "x")))
		// At once where it would have to read such a record, and altogether soon after.
		old.refused(old.command("a", old.moveBox("1", "x")), errs.Unavailable)
		eventually(t, "the older build refuses", func() bool {
			_, err := old.Submit(t.Context(), old.command("a", decide(func(*ledger.Tx) error { return nil })))
			return errs.KindOf(err) == errs.Unavailable
		})
		if s, ok := old.boxOf("a", "1"); !ok || s.Moves != 4 {
			t.Errorf("%+v", s)
		}
		young.must(young.command("a", young.moveBox("2", "x")))
		young.verified()
	})
}
