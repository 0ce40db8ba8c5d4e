package store_test

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store"
	"github.com/guomen/guomen/internal/store/storetest"
)

// yesterday is a small database as the first build wrote it: the statements that made its tables, and its rows. It is
// never written again; a later build that changes a table adds a file and keeps this one.
const yesterday = "testdata/yesterday-1.sql"

// TestYesterday opens a database that an older build made, folds its records again because their folds have changed
// since, verifies it, and goes on writing to it.
func TestYesterday(t *testing.T) {
	script, err := os.ReadFile(yesterday)
	if os.Getenv("GUOMEN_WRITE_YESTERDAY") != "" && os.IsNotExist(err) {
		writeYesterday(t)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "guomen.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(string(script)); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := store.OpenSQLite(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	w := startOn(t, s, newYard(t, 3, nil), ledger.Options{})
	defer func() { w.stop() }()
	if names := fmt.Sprint(w.Ledgers()); names != "[port:甲 port:sm3]" {
		t.Errorf("the ledgers are %s", names)
	}
	report := w.verified()
	if report.Facts != 50 || report.Receipts != 38 || report.Records != 22 || report.Ledgers != 2 {
		t.Errorf("%+v", report)
	}
	heads, err := w.Heads(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// The hashes of what was written then are the same for ever.
	for i, want := range []string{yesterdayHash, yesterdaySM3} {
		if got := heads[i].Hash.String(); got != want {
			t.Errorf("%s ends in %s, not %s", heads[i].Name, got, want)
		}
	}
	if b, ok := w.boxOf("port:甲", "1"); !ok || b.Moves != 3 {
		t.Errorf("%+v", b)
	}
	r, _, err := w.ReceiptOf(t.Context(), w.all("port:甲")[0].Command)
	if err != nil || r.First != 1 {
		t.Error(r, err)
	}
	w.must(w.command("port:甲", w.moveBox("1", "today")))
	w.must(w.command("port:sm3", w.moveBox("1", "today")))
	w.verified()
}

const (
	yesterdayHash = "6290fb916a6739e7170b511621c0aca1911f4266cd7da72c3b688df884932ebd"
	yesterdaySM3  = "b1b9d8b1d1b7b944fb4456db2a843db56fd0f3c88c4e539bbd387c720ca6bb61"
)

// writeYesterday makes the file with this build.
func writeYesterday(t *testing.T) {
	d := storetest.SQLite(t)
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	w := start(t, d, newYard(t, 1, nil), ledger.Options{Clock: func() time.Time { now = now.Add(time.Millisecond); return now }})
	w.create("port:甲")
	if _, err := w.Create(t.Context(), "port:sm3", ledger.SM3); err != nil {
		t.Fatal(err)
	}
	w.fill("port:甲", "port:sm3")
	w.verified()
	w.stop()
	db := tamper(t, d)
	var b strings.Builder
	b.WriteString("-- A database of the first build, as SQL text. Never change this file: see yesterday_test.go.\n")
	var names []string
	list(t, db, "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC, name", func(v []any) {
		fmt.Fprintf(&b, "%s;\n", v[1])
		if strings.HasPrefix(fmt.Sprint(v[1]), "CREATE TABLE") {
			names = append(names, fmt.Sprint(v[0]))
		}
	})
	slices.Sort(names)
	for _, name := range names {
		list(t, db, "SELECT * FROM "+name, func(values []any) {
			texts := make([]string, len(values))
			for i, v := range values {
				switch v := v.(type) {
				case nil:
					texts[i] = "NULL"
				case int64:
					texts[i] = fmt.Sprint(v)
				case string:
					texts[i] = "'" + strings.ReplaceAll(v, "'", "''") + "'"
				case []byte:
					texts[i] = "x'" + hex.EncodeToString(v) + "'"
				}
			}
			fmt.Fprintf(&b, "INSERT INTO %s VALUES (%s);\n", name, strings.Join(texts, ", "))
		})
	}
	if err := os.MkdirAll(filepath.Dir(yesterday), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(yesterday, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	heads, err := w.store.Heads(context.Background())
	t.Log("written; the hashes are ", heads, err)
}

func list(t *testing.T, db *sql.DB, query string, row func([]any)) {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, places := make([]any, len(columns)), make([]any, len(columns))
		for i := range places {
			places[i] = &values[i]
		}
		if err := rows.Scan(places...); err != nil {
			t.Fatal(err)
		}
		row(values)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
