package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store/storetest"
	"github.com/guomen/guomen/port"
)

// texts are what sorts differently by the rules of languages, of UTF-16 and of bytes.
var texts = []string{"A", "B", "Z", "a", "a b", "a-b", "ab", "ä", "ß", "z", "É", "\u0001", "~", "Я", "я", "Ө", "口岸", "国门", "蒙", "｡", "😀", "%", "_", "'", `"`, `\`, "1", "10", "9"}

// plainIDs are few, so that rows meet.
var plainIDs = func() (ids []port.ID) {
	for i := range 6 {
		ids = append(ids, port.NewID(int64(i/2), uint16(i%3), uint64(i)<<61))
	}
	return append(ids, port.ID{0xff, 0xff, 15: 0xff})
}()

func drawID(t *rapid.T) port.ID { return rapid.SampledFrom(plainIDs).Draw(t, "id") }

func drawText(t *rapid.T) string { return rapid.SampledFrom(texts).Draw(t, "text") }

func drawBytes(t *rapid.T) []byte {
	return rapid.SampledFrom([][]byte{[]byte(`{}`), []byte("\x00\xff"), []byte(`{"名":"口岸"}`), make([]byte, 300)}).Draw(t, "bytes")
}

// drawBatch makes what one transaction over two ledgers writes; heads are where they stand before and after.
func drawBatch(t *rapid.T, heads []*ledger.Head) *ledger.Batch {
	b := &ledger.Batch{}
	times := []port.Time{-1, 0, 1, 5, 1 << 52}
	hash := func() (h ledger.Hash) { copy(h[:], drawBytes(t)); return h }
	records, lookups, deadlines := map[ledger.RecordKey]bool{}, map[ledger.LookupKey]bool{}, map[string]bool{}
	for _, h := range heads {
		for range rapid.IntRange(0, 8).Draw(t, "facts") {
			h.Seq++
			b.Facts = append(b.Facts, ledger.FactRow{Ledger: h.Number, Seq: h.Seq, Data: drawBytes(t), Hash: hash()})
		}
		for range rapid.IntRange(0, 5).Draw(t, "receipts") {
			h.Receipts++
			b.Receipts = append(b.Receipts, ledger.ReceiptRow{Ledger: h.Number, No: h.Receipts, Command: drawID(t), Organisation: drawText(t), Key: drawText(t), Digest: hash(),
				First: h.Seq, Last: h.Seq + 1, Outcome: drawText(t), Subject: drawID(t), Recorded: rapid.SampledFrom(times).Draw(t, "time")})
			if rapid.Bool().Draw(t, "submitted") {
				b.Submissions = append(b.Submissions, ledger.SubmissionRow{Ledger: h.Number, No: h.Receipts, Media: drawText(t), Digest: hash(), Data: drawBytes(t)})
			}
		}
		h.Hash, h.Recorded = hash(), rapid.SampledFrom(times).Draw(t, "recorded")
		b.Heads = append(b.Heads, *h)
		for range rapid.IntRange(0, 12).Draw(t, "records") {
			row := ledger.RecordRow{Ledger: h.Number, Kind: drawText(t), ID: drawID(t), Fold: rapid.IntRange(0, 9).Draw(t, "fold"), Data: drawBytes(t)}
			if key := (ledger.RecordKey{Ledger: row.Ledger, Kind: row.Kind, ID: row.ID}); !records[key] {
				records[key] = true
				b.Records = append(b.Records, row)
			}
		}
		for range rapid.IntRange(0, 12).Draw(t, "lookups") {
			row := ledger.LookupRow{LookupKey: ledger.LookupKey{Ledger: h.Number, Kind: drawText(t), Key: drawText(t)}}
			if rapid.Bool().Draw(t, "set") {
				row.ID = drawID(t)
			}
			if !lookups[row.LookupKey] {
				lookups[row.LookupKey] = true
				b.Lookups = append(b.Lookups, row)
			}
		}
		for range rapid.IntRange(0, 8).Draw(t, "deadlines") {
			row := ledger.DeadlineRow{Ledger: h.Number, Due: rapid.SampledFrom(times).Draw(t, "due"), ID: drawID(t), Kind: drawText(t), Subject: drawID(t), Done: rapid.Bool().Draw(t, "done")}
			if key := fmt.Sprint(row.Ledger, row.Due, row.ID); !deadlines[key] {
				deadlines[key] = true
				b.Deadlines = append(b.Deadlines, row)
			}
		}
		if rapid.Bool().Draw(t, "cursor") {
			b.Cursors = append(b.Cursors, ledger.CursorRow{Follower: drawText(t), Ledger: h.Number, Seq: h.Seq})
		}
	}
	return b
}

// TestSameEverywhere writes the same random batches to all stores and reads them every way there is: whatever memory
// says, the databases say too. Numbers of ledgers are the same in all.
func TestSameEverywhere(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			memory := storetest.Memory().Open(t)
			other := map[string]func(testing.TB) *storetest.Database{"sqlite": storetest.SQLite, "postgres": storetest.Postgres}[kind](t).Open(t)
			round := 0
			rapid.Check(t, func(t *rapid.T) {
				round++
				names := []string{fmt.Sprint(kind, round, "a"), fmt.Sprint(kind, round, "b")}
				heads := []*ledger.Head{}
				for _, name := range names {
					h, g := create(t, memory, name), create(t, other, name)
					if h != g {
						t.Fatalf("created %+v and %+v", h, g)
					}
					heads = append(heads, &h)
				}
				for range rapid.IntRange(1, 4).Draw(t, "batches") {
					commit := rapid.IntRange(0, 3).Draw(t, "fate") > 0
					next := []*ledger.Head{}
					for _, h := range heads {
						g := *h
						next = append(next, &g)
					}
					b := drawBatch(t, next)
					for _, s := range []ledger.Store{memory, other} {
						write(t, s, heads, b, commit)
					}
					if commit {
						heads = next
					}
				}
				sameReads(t, memory, other, heads)
				if rapid.Bool().Draw(t, "replace") {
					b := drawBatch(t, []*ledger.Head{{Number: heads[0].Number}})
					b = &ledger.Batch{Records: b.Records, Lookups: slices.DeleteFunc(b.Lookups, func(l ledger.LookupRow) bool { return l.ID.IsZero() })}
					for _, s := range []ledger.Store{memory, other} {
						err := s.Replace(context.Background(), heads[0].Number, func(put func(*ledger.Batch) error) error {
							return errors.Join(put(&ledger.Batch{Records: b.Records}), put(&ledger.Batch{Lookups: b.Lookups}))
						})
						if err != nil {
							t.Fatal(err)
						}
					}
					sameReads(t, memory, other, heads)
				}
			})
		})
	}
}

type fataler interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func create(t fataler, s ledger.Store, name string) ledger.Head {
	t.Helper()
	h, err := s.Create(context.Background(), ledger.Name(name), ledger.SM3)
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Create(context.Background(), ledger.Name(name), ledger.SHA256)
	if err != nil || again != h {
		t.Fatalf("created again: %+v %v, want %+v", again, err, h)
	}
	return h
}

// write runs one transaction and reads within it.
func write(t fataler, s ledger.Store, heads []*ledger.Head, b *ledger.Batch, commit bool) {
	t.Helper()
	tx, err := s.Begin(context.Background(), []ledger.Number{heads[0].Number, heads[1].Number})
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	for i, h := range tx.Heads() {
		if h != *heads[i] {
			t.Fatalf("the head is %+v, want %+v", h, *heads[i])
		}
	}
	if err := tx.Write(b); err != nil {
		t.Fatal(err)
	}
	if commit {
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
}

// sameReads compares every way to read two ledgers.
func sameReads(t *rapid.T, a, b ledger.Store, heads []*ledger.Head) {
	ctx := context.Background()
	same := func(what string, read func(s ledger.Store) (any, error)) {
		t.Helper()
		x, err := read(a)
		if err != nil {
			t.Fatal(what, err)
		}
		y, err := read(b)
		if err != nil {
			t.Fatal(what, err)
		}
		if diff := cmp.Diff(x, y, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s: %s", what, diff)
		}
	}
	type found struct {
		Row any
		OK  bool
	}
	limit := rapid.SampledFrom([]int{1, 3, 1000}).Draw(t, "limit")
	after := rapid.SampledFrom([]uint64{0, 1, 3, 9, 1 << 44, 1<<44 + 1, 1 << 62, 1 << 63, 1<<64 - 1}).Draw(t, "after")
	id, key, due := drawID(t), ledger.LookupKey{Kind: drawText(t), Key: drawText(t)}, port.Time(rapid.SampledFrom([]int64{-2, 0, 1, 1 << 60}).Draw(t, "until"))
	for _, h := range heads {
		n := h.Number
		same("facts", func(s ledger.Store) (any, error) { return s.Facts(ctx, n, after, limit) })
		same("receipts", func(s ledger.Store) (any, error) { return s.Receipts(ctx, n, after, limit) })
		same("records", func(s ledger.Store) (any, error) { return s.Records(ctx, n, key.Kind, id, limit) })
		same("first records", func(s ledger.Store) (any, error) { return s.Records(ctx, n, key.Kind, port.ID{}, 1000) })
		same("record", func(s ledger.Store) (any, error) {
			return s.Record(ctx, ledger.RecordKey{Ledger: n, Kind: key.Kind, ID: id})
		})
		key.Ledger = n
		same("lookup", func(s ledger.Store) (any, error) { return s.Lookup(ctx, key) })
		same("lookups", func(s ledger.Store) (any, error) { return s.Lookups(ctx, n, key, limit) })
		same("all lookups", func(s ledger.Store) (any, error) { return s.Lookups(ctx, n, ledger.LookupKey{}, 1000) })
		same("deadlines", func(s ledger.Store) (any, error) { return s.Deadlines(ctx, n, due, limit) })
		same("receipt", func(s ledger.Store) (any, error) { r, ok, err := s.ReceiptOf(ctx, n, id); return found{r, ok}, err })
		same("submissions", func(s ledger.Store) (any, error) { return s.Submissions(ctx, n, after, limit) })
		same("cursor", func(s ledger.Store) (any, error) { return s.Cursor(ctx, key.Key, n) })
		same("in a transaction", func(s ledger.Store) (any, error) {
			tx, err := s.Begin(ctx, []ledger.Number{n})
			if err != nil {
				return nil, err
			}
			defer tx.Rollback()
			var records []ledger.RecordKey
			var lookups []ledger.LookupKey
			for _, kind := range texts[:8] {
				for _, id := range plainIDs {
					records = append(records, ledger.RecordKey{Ledger: n, Kind: kind, ID: id})
				}
				for _, key := range texts {
					lookups = append(lookups, ledger.LookupKey{Ledger: n, Kind: kind, Key: key})
				}
			}
			r, err := tx.Records(records)
			if err != nil {
				return nil, err
			}
			slices.SortFunc(r, func(a, b ledger.RecordRow) int {
				return strings.Compare(a.Kind+a.ID.String(), b.Kind+b.ID.String())
			})
			l, err := tx.Lookups(lookups)
			if err != nil {
				return nil, err
			}
			slices.SortFunc(l, func(a, b ledger.LookupRow) int { return strings.Compare(a.Kind+"\x00"+a.Key, b.Kind+"\x00"+b.Key) })
			tail, err := tx.Tail(n, after)
			if err != nil {
				return nil, err
			}
			one, err := tx.Receipt(n, min(after, 50))
			return []any{r, l, tail, one}, err
		})
	}
}

// TestTextOrder lists look-ups in the order of their bytes, whatever the database was made for.
func TestTextOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		s := d.Open(t)
		h := create(t, s, "a")
		other := create(t, s, "b")
		b := &ledger.Batch{}
		for _, text := range texts {
			b.Lookups = append(b.Lookups, ledger.LookupRow{LookupKey: ledger.LookupKey{Ledger: h.Number, Kind: "k", Key: text}, ID: plainIDs[1]})
		}
		write(t, s, []*ledger.Head{&h, &other}, b, true)
		want := slices.Sorted(slices.Values(texts))
		var got []string
		for after := (ledger.LookupKey{}); ; { // page by page
			rows, err := s.Lookups(t.Context(), h.Number, after, 4)
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) == 0 {
				break
			}
			for _, row := range rows {
				got = append(got, row.Key)
				after = row.LookupKey
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// TestSealed keeps personal data until it is forgotten, by its time or by person and purpose, and refuses a second row
// with the same id.
func TestSealed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		s := d.Open(t)
		h, other := create(t, s, "a"), create(t, s, "b")
		row := func(n byte, person port.ID, purpose string, expires port.Time) ledger.SealedRow {
			return ledger.SealedRow{ID: port.ID{n}, Person: person, Purpose: purpose, Expires: expires, Key: []byte{1, n}, Salt: []byte{2, n}, Data: []byte{3, n}}
		}
		rows := []ledger.SealedRow{row(1, plainIDs[1], "health", 10), row(2, plainIDs[1], "entry", 20), row(3, plainIDs[2], "health", 0), row(4, plainIDs[2], "health", 10)}
		write(t, s, []*ledger.Head{&h, &other}, &ledger.Batch{Sealed: rows}, true)
		tx, err := s.Begin(t.Context(), []ledger.Number{h.Number})
		if err != nil {
			t.Fatal(err)
		}
		if err := tx.Write(&ledger.Batch{Sealed: rows[:1]}); errs.KindOf(err) != errs.Broken {
			t.Errorf("a second row with the same id: %v", err)
		}
		tx.Rollback()
		forget := func(want int, expired port.Time, person port.ID, purpose string) {
			t.Helper()
			if n, err := s.Forget(t.Context(), expired, person, purpose); err != nil || n != want {
				t.Errorf("forgot %d %v, want %d", n, err, want)
			}
		}
		forget(0, 9, port.ID{}, "")
		forget(2, 0, plainIDs[2], "health") // 3 and 4 are of one person and purpose
		forget(0, 0, plainIDs[2], "health")
		forget(1, 10, port.ID{}, "")
		forget(0, 10, plainIDs[1], "health")
		for i, want := range rows {
			if i != 1 {
				want.Key, want.Salt = nil, nil
			}
			got, ok, err := s.Sealed(t.Context(), want.ID)
			if diff := cmp.Diff(want, got); diff != "" || !ok || err != nil {
				t.Error(ok, err, diff)
			}
		}
		if _, ok, err := s.Sealed(t.Context(), port.ID{9}); ok || err != nil {
			t.Error("found what is not there", err)
		}
	})
}

// TestSettings keeps small values, over a restart where there is one.
func TestSettings(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		s := d.Open(t)
		for _, want := range []string{"", "a", "口岸 = 'ä'", ""} {
			if want != "" {
				if err := s.SetSetting(t.Context(), "x", want); err != nil {
					t.Fatal(err)
				}
			}
			name := "x"
			if want == "" {
				name = "never set"
			}
			for _, s := range []ledger.Store{s, d.Open(t)} {
				if got, err := s.Setting(t.Context(), name); err != nil || got != want {
					t.Errorf("%q %v, want %q", got, err, want)
				}
			}
		}
	})
}

// TestUnknownLedger refuses a transaction on a ledger that is not there.
func TestUnknownLedger(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		s := d.Open(t)
		create(t, s, "a")
		for range 2 { // and lets go of its locks
			if _, err := s.Begin(t.Context(), []ledger.Number{1, 2}); errs.KindOf(err) != errs.Broken {
				t.Fatalf("got %v", err)
			}
		}
	})
}

// TestEndedContext begins nothing under a context that has ended, and keeps working.
func TestEndedContext(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		if d.Kind == "memory" {
			t.Skip("memory does not wait")
		}
		s := d.Open(t)
		h := create(t, s, "a")
		ended, cancel := context.WithCancel(context.Background())
		cancel()
		for range 3 {
			if _, err := s.Begin(ended, []ledger.Number{h.Number}); errs.KindOf(err) != errs.Unavailable {
				t.Fatalf("begin: %v", err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			tx, err := s.Begin(ctx, []ledger.Number{h.Number})
			if err != nil {
				t.Fatal(err)
			}
			cancel()
			if err := tx.Commit(); errs.KindOf(err) != errs.Unavailable {
				t.Errorf("commit: %v", err)
			}
			tx.Rollback()
		}
		if _, err := s.Heads(ended); errs.KindOf(err) != errs.Unavailable {
			t.Errorf("read: %v", err)
		}
	})
}
