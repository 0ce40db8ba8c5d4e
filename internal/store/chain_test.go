package store_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash"
	"sync"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store/storetest"
	"github.com/guomen/guomen/port"
)

// TestChain lets many clients write to one ledger and to twenty, under either hash, and checks what is stored with
// nothing of the engine's: sequences without gaps, every row hashed over the one before and its stored bytes.
func TestChain(t *testing.T) {
	const clientBoxes = 20
	for _, ledgers := range []int{1, 20} {
		for algorithm, newHash := range map[ledger.Algorithm]func() hash.Hash{ledger.SHA256: sha256.New, ledger.SM3: sm3.New} {
			t.Run(fmt.Sprint(ledgers, " ledgers, ", algorithm), func(t *testing.T) {
				storetest.Each(t, func(t *testing.T, d *storetest.Database) {
					w := start(t, d, newYard(t, 1, nil), ledger.Options{})
					var names []ledger.Name
					for i := range ledgers {
						names = append(names, ledger.Name(fmt.Sprint("port:", i)))
						if _, err := w.Create(t.Context(), names[i], algorithm); err != nil {
							t.Fatal(err)
						}
					}
					var clients sync.WaitGroup
					receipts := make([][]ledger.Receipt, 16)
					for c := range receipts {
						clients.Go(func() {
							for i := range clientBoxes {
								name := names[(c+i)%ledgers]
								number := fmt.Sprint(c, "/", i)
								receipts[c] = append(receipts[c], w.must(w.command(name, openBox{number: number})), w.must(w.command(name, w.moveBox(number, "here"))))
							}
						})
					}
					clients.Wait()
					total := 0
					for _, name := range names {
						head, facts := chained(t, w.store, name, newHash())
						total += facts
						if head.Algorithm != algorithm {
							t.Errorf("%s is hashed by %s", name, head.Algorithm)
						}
					}
					if want := 16 * clientBoxes * 3; total != want { // opened; moved and counted
						t.Errorf("%d facts, want %d", total, want)
					}
					for _, list := range receipts {
						for _, r := range list {
							for _, f := range r.Facts {
								if f.Seq < r.First || f.Seq > r.Last || f.Ledger != r.Ledger || f.Command != r.Command {
									t.Fatalf("receipt %+v has fact %+v", r, f)
								}
							}
						}
					}
					if n, err := w.VerifyChain(t.Context()); err != nil || n != uint64(total) {
						t.Errorf("%d %v", n, err)
					}
					if report := w.verified(); report.Facts != uint64(total) || report.Receipts != 16*clientBoxes*2 || report.Records != 16*clientBoxes+ledgers {
						t.Errorf("%+v", report)
					}
				})
			})
		}
	}
}

// chained reads a ledger's rows and links them.
func chained(t *testing.T, s ledger.Store, name ledger.Name, h hash.Hash) (ledger.Head, int) {
	t.Helper()
	heads, err := s.Heads(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, head := range heads {
		if head.Name != name {
			continue
		}
		rows, err := s.Facts(t.Context(), head.Number, 0, 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		var last ledger.Hash
		for i, row := range rows {
			h.Reset()
			h.Write(last[:])
			h.Write(row.Data)
			copy(last[:], h.Sum(nil))
			if row.Seq != uint64(i+1) || row.Hash != last {
				t.Fatalf("%s: row %d has sequence %d and hash %s", name, i+1, row.Seq, row.Hash)
			}
		}
		if head.Seq != uint64(len(rows)) || head.Hash != last {
			t.Fatalf("the head is %+v after %d rows", head, len(rows))
		}
		return head, len(rows)
	}
	t.Fatalf("no ledger %s", name)
	return ledger.Head{}, 0
}

// TestStoredForm pins the bytes of a fact, which are for ever.
func TestStoredForm(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		w := start(t, d, newYard(t, 1, nil), ledger.Options{Clock: func() time.Time { return time.Unix(1_790_000_000, 123_456_000) }})
		number := w.create("port:甲")
		c := ledger.Command{
			ID: port.NewID(1_790_000_000_000, uint16(number), 42), Ledger: "port:甲", Actor: ledger.Actor{Organisation: "o\"&<", Role: "r", Person: "满洲里"},
			At: 1_789_999_999_000_001, Submission: []byte("raw"), Media: "text/plain", Do: openBox{number: "1", note: "a\x00<\u2028>\ufffd\\ufffd"},
		}
		r := w.must(c)
		rows, err := w.Rows(t.Context(), "port:甲", 0, 10, 0)
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		sum := sha256.Sum256([]byte("raw"))
		want := `{"seq":1,"name":"box.opened.v1","at":"2026-09-21T14:13:19.000001Z","recorded":"2026-09-21T14:13:20.123456Z",` +
			`"command":"` + c.ID.String() + `","actor":{"org":"o\"&<","role":"r","person":"满洲里"},"digest":"` + fmt.Sprintf("%x", sum) + `",` +
			`"body":{"id":"` + c.ID.String() + `","number":"1","note":"a\u0000<\u2028>` + "\ufffd" + `\\ufffd"}}`
		if diff := cmp.Diff(want, string(rows[0].Data)); diff != "" {
			t.Error(diff)
		}
		if !json.Valid(rows[0].Data) {
			t.Error("no JSON")
		}
		if diff := cmp.Diff(r.Facts, w.all("port:甲")); diff != "" {
			t.Error(diff)
		}
		w.verified()
	})
}

// TestRecordedNeverGoesBack lets the server's clock jump back, over a restart too.
func TestRecordedNeverGoesBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		y := newYard(t, 1, nil)
		now := time.Now()
		options := ledger.Options{Clock: func() time.Time { return now }}
		w := start(t, d, y, options)
		w.create("a")
		var recorded []port.Time
		for i, jump := range []time.Duration{0, -time.Hour, time.Minute, -24 * time.Hour, 2 * time.Hour, -time.Second, time.Second} {
			now = now.Add(jump)
			if i == 4 {
				w.stop()
				w = start(t, d, y, options)
			}
			recorded = append(recorded, w.must(w.command("a", openBox{number: fmt.Sprint(i)})).Recorded)
		}
		for i := 1; i < len(recorded); i++ {
			if recorded[i] < recorded[i-1] {
				t.Errorf("recorded at %s after %s", recorded[i], recorded[i-1])
			}
		}
		for i, f := range w.all("a") {
			if f.Recorded != recorded[i] {
				t.Errorf("fact %d was recorded at %s, its receipt says %s", f.Seq, f.Recorded, recorded[i])
			}
		}
		w.verified()
	})
}

// TestDeterminism gives the same commands in the same order to every store, with and without a restart in between and in
// batches of any size: the bytes and hashes are the same.
func TestDeterminism(t *testing.T) {
	type outcome struct {
		Facts    []ledger.FactRow
		Heads    []ledger.Head
		Boxes    []ledger.RecordRow
		Lookups  []ledger.LookupRow
		Due      []ledger.DeadlineRow
		Receipts []ledger.ReceiptRow
	}
	var first *outcome
	y := newYard(t, 1, nil)
	for _, batch := range []int{1, 7, 0} {
		storetest.Each(t, func(t *testing.T, d *storetest.Database) {
			tick := time.Unix(1_790_000_000, 0)
			options := ledger.Options{Clock: func() time.Time { return tick }, Batch: batch}
			w := start(t, d, y, options)
			number := w.create("port:a")
			n := uint64(0)
			command := func(do ledger.Decision) ledger.Command {
				n++
				return ledger.Command{ID: port.NewID(1_790_000_000_000, uint16(number), n*1e12), Ledger: "port:a", Actor: ledger.Actor{Organisation: "o"}, Do: do, Submission: []byte(fmt.Sprint(n))}
			}
			for i := range 40 {
				if i == 20 && batch == 7 {
					w.stop()
					w = start(t, d, y, options)
				}
				key := fmt.Sprint(i % 13)
				for _, do := range []ledger.Decision{openBox{number: key, due: port.Time(i) + 1}, y.moveBox(key, fmt.Sprint("to ", i%5)), y.closeBox(fmt.Sprint(i % 7))} {
					if _, err := w.Submit(t.Context(), command(do)); err != nil && errs.KindOf(err) != errs.Invalid && errs.KindOf(err) != errs.Missing {
						t.Fatal(err)
					}
				}
			}
			var got outcome
			var err error
			read := func(e error) {
				if e != nil {
					err = e
				}
			}
			ctx := context.Background()
			var e error
			got.Facts, e = w.store.Facts(ctx, number, 0, 1<<20)
			read(e)
			got.Heads, e = w.store.Heads(ctx)
			read(e)
			got.Boxes, e = w.store.Records(ctx, number, "box", port.ID{}, 1<<20)
			read(e)
			got.Lookups, e = w.store.Lookups(ctx, number, ledger.LookupKey{}, 1<<20)
			read(e)
			got.Due, e = w.store.Deadlines(ctx, number, 1<<60, 1<<20)
			read(e)
			got.Receipts, e = w.store.Receipts(ctx, number, 0, 1<<20)
			read(e)
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = &got
				if len(got.Facts) < 100 || len(got.Due) == 0 || len(got.Lookups) == 0 {
					t.Fatalf("%d facts", len(got.Facts))
				}
			}
			if diff := cmp.Diff(first, &got); diff != "" {
				t.Errorf("batches of %d: %.2000s", batch, diff)
			}
			w.verified()
		})
	}
}
