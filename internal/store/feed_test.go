package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store/storetest"
)

// TestFeedWaits reads what is there at once, waits for what is not, and ends when the time is over.
func TestFeedWaits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		w := start(t, d, newYard(t, 1, nil), ledger.Options{})
		w.create("a")
		ctx := t.Context()
		if _, err := w.Rows(ctx, "nowhere", 0, 1, 0); errs.KindOf(err) != errs.Missing {
			t.Error(err)
		}
		read := func(after uint64, limit int, wait time.Duration, want int) time.Duration {
			t.Helper()
			began := time.Now()
			facts, err := w.Facts(ctx, "a", after, limit, wait)
			if err != nil || len(facts) != want {
				t.Errorf("after %d: %d facts, %v, want %d", after, len(facts), err, want)
			}
			for i, f := range facts {
				if f.Seq != after+uint64(i)+1 {
					t.Errorf("fact %d has sequence %d", i, f.Seq)
				}
			}
			return time.Since(began)
		}
		read(0, 10, 0, 0)
		if took := read(0, 10, 50*time.Millisecond, 0); took < 50*time.Millisecond {
			t.Errorf("waited only %s", took)
		}
		var readers sync.WaitGroup
		for _, wait := range []time.Duration{time.Second, 10 * time.Second, time.Minute} {
			readers.Go(func() {
				facts, err := w.Facts(ctx, "a", 0, 10, wait)
				if err != nil || len(facts) == 0 || facts[0].Seq != 1 {
					t.Errorf("after %s at most: %d facts, %v", wait, len(facts), err)
				}
			})
		}
		readers.Go(func() {
			if err := w.Wait(ctx, "a", 3); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(20 * time.Millisecond)
		began := time.Now()
		w.must(w.command("a", openBox{number: "1"}))
		time.Sleep(time.Millisecond)
		w.must(w.command("a", w.moveBox("1", "x")))
		readers.Wait()
		if took := time.Since(began); took > time.Second {
			t.Errorf("readers were told after %s", took)
		}
		read(0, 2, 0, 2)
		read(0, 100, time.Minute, 3)
		read(1, 100, time.Minute, 2)
		for _, after := range []uint64{3, 4, 1 << 44, 1 << 62, 1<<64 - 1} {
			read(after, 100, 0, 0)
		}
		ended, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
		defer cancel()
		if facts, err := w.Facts(ended, "a", 3, 1, time.Minute); err != nil || len(facts) > 0 {
			t.Error(facts, err)
		}
		if err := w.Wait(ended, "a", 4); errs.KindOf(err) != errs.Unavailable {
			t.Error(err)
		}
		if err := w.Wait(ctx, "nowhere", 4); errs.KindOf(err) != errs.Missing {
			t.Error(err)
		}
	})
}

// TestManyProcesses lets two engines write to the same ledgers of one database, with retries that cross from one to the
// other, while a third follows the feed: it never misses a fact, never sees one twice or out of order, and every command
// has one receipt.
func TestManyProcesses(t *testing.T) {
	t.Parallel()
	for _, ledgers := range []int{1, 20} {
		for _, open := range []func(testing.TB) *storetest.Database{storetest.SQLite, storetest.Postgres} {
			d := open(t)
			t.Run(fmt.Sprint(d.Kind, " ", ledgers), func(t *testing.T) {
				t.Parallel()
				manyProcesses(t, d, ledgers)
			})
		}
	}
}

func manyProcesses(t *testing.T, d *storetest.Database, ledgers int) {
	const clients, commands = 24, 60
	y := newYard(t, 1, nil)
	writers := []*world{start(t, d, y, ledger.Options{})}
	var names []ledger.Name
	for i := range ledgers {
		names = append(names, ledger.Name(fmt.Sprint("port:", i)))
		if i > 0 {
			writers[0].create(names[i])
		}
	}
	writers = append(writers, start(t, d, y, ledger.Options{Batch: 16}))
	reader := start(t, d, y, ledger.Options{})
	writers[0].create(names[0]) // the others hear of it
	for _, w := range append(writers, reader) {
		for until := time.Now().Add(10 * time.Second); len(w.Ledgers()) < ledgers; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(until) {
				t.Fatalf("a process knows of %d ledgers", len(w.Ledgers()))
			}
		}
	}

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen := make([]atomic.Uint64, ledgers)
	var gaps, read atomic.Int64
	var readers sync.WaitGroup
	for i, name := range names {
		readers.Go(func() {
			for ctx.Err() == nil {
				facts, err := reader.Facts(ctx, name, seen[i].Load(), 1+rand.IntN(200), time.Duration(rand.IntN(3000))*time.Millisecond)
				if err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
				for _, f := range facts {
					if f.Seq != seen[i].Load()+1 {
						gaps.Add(1)
					}
					seen[i].Store(f.Seq)
					read.Add(1)
				}
			}
		})
	}

	var receipts sync.Map
	var repeated atomic.Int64
	var writing sync.WaitGroup
	for c := range clients {
		writing.Go(func() {
			for i := range commands {
				command := writers[0].command(names[(c+i)%ledgers], y.moveOrOpen(fmt.Sprint("box ", (c+i)%7)))
				command.Key = fmt.Sprint(c, "/", i)
				command.Body = ledger.Hash{byte(i)}
				first := writers[(c+i)%2].must(command)
				if i%3 == 0 { // an answer that was lost: asked again, elsewhere or in the same place
					again := command
					again.ID = writers[0].newID(command.Ledger)
					r := writers[rand.IntN(2)].must(again)
					if !r.Repeated || r.First != first.First || r.Command != first.Command {
						t.Errorf("asked again: %+v, first %+v", r, first)
					}
					repeated.Add(1)
				}
				if i%7 == 0 { // both at the same time
					again := command
					again.Key += " twice"
					var both sync.WaitGroup
					var answers [2]ledger.Receipt
					for n, w := range writers {
						both.Go(func() { answers[n] = w.must(again) })
					}
					both.Wait()
					if answers[0].First != answers[1].First || answers[0].Repeated == answers[1].Repeated {
						t.Errorf("at the same time: %+v and %+v", answers[0], answers[1])
					}
				}
				receipts.Store(command.ID, first)
			}
		})
	}
	writing.Wait()
	total := uint64(0)
	heads, err := writers[0].Heads(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, head := range heads {
		for i, name := range names {
			if name == head.Name {
				total += head.Seq
				if err := reader.Wait(t.Context(), name, head.Seq); err != nil {
					t.Error(err)
				}
				for until := time.Now().Add(10 * time.Second); seen[i].Load() < head.Seq && time.Now().Before(until); time.Sleep(time.Millisecond) {
				}
			}
		}
	}
	cancel()
	readers.Wait()
	if gaps.Load() != 0 || uint64(read.Load()) != total {
		t.Errorf("%d gaps, %d facts read of %d", gaps.Load(), read.Load(), total)
	}
	n := 0
	receipts.Range(func(id, receipt any) bool {
		n++
		return true
	})
	report := writers[1].verified()
	if want := clients*commands + clients*((commands+6)/7); n != clients*commands || report.Receipts != uint64(want) {
		t.Errorf("%d receipts, want %d; %d commands", report.Receipts, want, n)
	}
	t.Logf("%d facts on %d ledgers, %d repeated, %d gaps", total, ledgers, repeated.Load(), gaps.Load())
}
