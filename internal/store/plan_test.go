package store_test

import (
	"fmt"
	"testing"

	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store/storetest"
	"github.com/guomen/guomen/port"
)

// TestPlans lets the tables grow from nothing to many rows within one connection's life, faster than PostgreSQL looks at
// their sizes. Statements that were planned while the tables were empty go by the primary keys all the same, and never
// read a table through.
func TestPlans(t *testing.T) {
	t.Parallel()
	const batches, rows = 30, 256
	d := storetest.Postgres(t)
	s := d.Open(t)
	create(t, s, "a")
	db := tamper(t, d)
	if _, err := db.Exec("ALTER TABLE record SET (autovacuum_enabled = off); ALTER TABLE lookup SET (autovacuum_enabled = off); ALTER TABLE deadline SET (autovacuum_enabled = off)"); err != nil {
		t.Fatal(err)
	}
	batch := func(n int) {
		t.Helper()
		b := &ledger.Batch{}
		var records []ledger.RecordKey
		var lookups []ledger.LookupKey
		for i := n * rows; i < (n+1)*rows; i++ {
			id := port.NewID(int64(i), 1, uint64(i))
			key := ledger.LookupKey{Ledger: 1, Kind: "n", Key: fmt.Sprint(i)}
			gone := ledger.LookupKey{Ledger: 1, Kind: "n", Key: fmt.Sprint("gone ", i)}
			b.Records = append(b.Records, ledger.RecordRow{Ledger: 1, Kind: "box", ID: id, Data: []byte("{}")})
			b.Lookups = append(b.Lookups, ledger.LookupRow{LookupKey: key, ID: id}, ledger.LookupRow{LookupKey: gone})
			b.Deadlines = append(b.Deadlines, ledger.DeadlineRow{Ledger: 1, Due: port.Time(i), ID: id, Kind: "k"}, ledger.DeadlineRow{Ledger: 1, Due: port.Time(-i - 1), ID: id, Done: true})
			records = append(records, ledger.RecordKey{Ledger: 1, Kind: "box", ID: id})
			lookups = append(lookups, key, gone)
		}
		tx, err := s.Begin(t.Context(), []ledger.Number{1})
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		if _, err := tx.Records(records); err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Lookups(lookups); err != nil {
			t.Fatal(err)
		}
		if err := tx.Write(b); err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	batch(0)
	for _, statement := range []string{"DELETE FROM record", "DELETE FROM lookup", "DELETE FROM deadline", "VACUUM ANALYZE record", "VACUUM ANALYZE lookup", "VACUUM ANALYZE deadline"} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	for n := range batches {
		batch(n)
	}
	for _, table := range []string{"record", "lookup", "deadline"} {
		var through, indexed int64
		eventually(t, "the server has counted", func() bool {
			if err := db.QueryRow("SELECT seq_tup_read, coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE relname = $1", table).Scan(&through, &indexed); err != nil {
				t.Fatal(err)
			}
			return indexed >= batches*rows
		})
		if through > 10*rows {
			t.Errorf("%d rows of %s were read one after the other, %d by an index", through, table, indexed)
		}
	}
}
