package store_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store/storetest"
	"github.com/guomen/guomen/port"
)

// copies follows "port:" ledgers: every box that is opened there is opened in "hold:" too, and noted in "region".
func copies(y *yard) ledger.Follows {
	return ledger.Follows{Name: "copies", Ledgers: "port:", React: func(f ledger.Fact) []ledger.Command {
		b, ok := f.Body.(boxOpened)
		if !ok {
			return nil
		}
		return []ledger.Command{
			{Ledger: "hold:0", Do: openBox{number: string(f.Ledger) + b.Number}},
			{Ledger: "region", Do: openBox{number: b.Number}, Actor: ledger.Actor{Organisation: "own"}}, // the second port's is refused
			{Ledger: "region", Do: y.moveBox(b.Number, "counted")},
		}
	}}
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for until := time.Now().Add(time.Minute); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("never: ", what)
		}
	}
}

// TestFollower carries facts from two ledgers to two others: once each, whatever is refused there, and however often it
// is killed between carrying and noting how far it is.
func TestFollower(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		var forgetful atomic.Bool // cursors cannot be written
		var carried atomic.Int64  // by this run
		f := &faulty{Store: d.Open(t)}
		f.begin = func(ledgers []ledger.Number) error {
			if len(ledgers) == 0 && forgetful.Load() {
				return errs.New(errs.Unavailable, "", "killed here")
			}
			return nil
		}
		y := newYard(t, 1, nil)
		w := startOn(t, f, y, ledger.Options{})
		for _, name := range []ledger.Name{"port:a", "port:b", "hold:0", "region"} {
			w.create(name)
		}
		follow := func() (kill func()) {
			ctx, cancel := context.WithCancel(t.Context())
			follows := copies(y)
			react := follows.React
			follows.React = func(f ledger.Fact) []ledger.Command { carried.Add(1); return react(f) }
			done := make(chan error)
			go func() { done <- w.Follow(ctx, follows) }()
			return func() {
				cancel()
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
		}
		const boxes = 20
		forgetful.Store(true)
		kill := follow()
		for i := range boxes {
			for _, name := range []ledger.Name{"port:a", "port:b"} {
				w.must(w.command(name, openBox{number: fmt.Sprint(i)}))
			}
			if i%7 == 3 { // killed somewhere on the way
				kill()
				kill = follow()
			}
		}
		wanted := func() bool {
			s, ok, err := ledger.ReadIn(t.Context(), w.Engine, "region", y.places, placeID("counted"))
			if err != nil {
				t.Fatal(err)
			}
			return ok && s.N == 2*boxes
		}
		eventually(t, "everything is carried", wanted)
		kill()
		for _, name := range []ledger.Name{"port:a", "port:b"} {
			number, _ := w.Number(name)
			if at, err := w.store.Cursor(t.Context(), "copies", number); err != nil || at != 0 {
				t.Fatalf("the cursor is %d %v", at, err)
			}
		}
		before := [][]ledger.Fact{w.all("hold:0"), w.all("region")}
		if len(before[0]) != 2*boxes || len(before[1]) != boxes+2*2*boxes {
			t.Errorf("%d and %d facts", len(before[0]), len(before[1]))
		}
		// All of it again, from the first fact: nothing new.
		forgetful.Store(false)
		carried.Store(0)
		kill = follow()
		eventually(t, "the cursors are noted", func() bool {
			for _, name := range []ledger.Name{"port:a", "port:b"} {
				number, _ := w.Number(name)
				if at, err := w.store.Cursor(t.Context(), "copies", number); err != nil || at != boxes {
					return false
				}
			}
			return true
		})
		if behind, err := w.FollowerLag(t.Context(), copies(y)); err != nil || behind != 0 {
			t.Errorf("%d facts behind, %v", behind, err)
		}
		if behind, err := w.FollowerLag(t.Context(), ledger.Follows{Name: "another", Ledgers: "port:"}); err != nil || behind != 2*boxes {
			t.Errorf("who has read nothing is %d facts behind, %v", behind, err)
		}
		if carried.Load() != 2*boxes {
			t.Errorf("%d facts carried again", carried.Load())
		}
		if diff := cmp.Diff(before, [][]ledger.Fact{w.all("hold:0"), w.all("region")}); diff != "" {
			t.Errorf("redelivery changed something: %.1000s", diff)
		}
		// A ledger that is made later is followed too; a kill after the cursor carries nothing again.
		w.create("port:c")
		w.must(w.command("port:c", openBox{number: "new"}))
		eventually(t, "a new ledger is followed", func() bool { _, ok := w.boxOf("hold:0", "port:cnew"); return ok })
		kill()
		carried.Store(0)
		kill = follow()
		w.must(w.command("port:a", openBox{number: "last"}))
		eventually(t, "the last is carried", func() bool { _, ok := w.boxOf("hold:0", "port:alast"); return ok })
		kill()
		if n := carried.Load(); n > 2 {
			t.Errorf("%d facts carried after the cursor", n)
		}
		// The ids are those of the facts they come from.
		for i, fact := range w.all("port:a")[:boxes] {
			number, _ := w.Number("hold:0")
			r, _, err := w.ReceiptOf(t.Context(), ledger.FollowID(&fact, number, "copies", 0))
			if err != nil || r.Outcome != ledger.Accepted {
				t.Errorf("%d: %+v %v", i, r, err)
			}
		}
		w = w.again()
		w.verified()
	})
}

// TestFollowerWaits holds a follower up where its command breaks, or it panics, and lets it go on when that is mended.
func TestFollowerWaits(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		y := newYard(t, 1, nil)
		w := start(t, d, y, ledger.Options{})
		w.create("port:a")
		w.create("hold:0")
		for i := range 3 {
			w.must(w.command("port:a", openBox{number: fmt.Sprint(i)}))
		}
		var broken, tries atomic.Int32
		broken.Store(1)
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() {
			follows := ledger.Follows{Name: "breaks", Ledgers: "port:", React: func(f ledger.Fact) []ledger.Command {
				do := ledger.Decision(openBox{number: f.Body.(boxOpened).Number})
				if f.Seq == 2 {
					switch broken.Load() {
					case 1:
						tries.Add(1)
						panic("following")
					case 2:
						tries.Add(1)
						do = decide(func(*ledger.Tx) error { panic("deciding") })
					}
				}
				return []ledger.Command{{Ledger: "hold:0", Do: do}}
			}}
			if err := w.Follow(ctx, follows); err != nil {
				t.Error(err)
			}
		})
		for _, next := range []int32{2, 0} {
			eventually(t, "it tries", func() bool { return tries.Load() > 0 })
			if _, ok := w.boxOf("hold:0", "2"); ok {
				t.Error("it went on without the second fact")
			}
			tries.Store(0)
			broken.Store(next)
		}
		eventually(t, "it goes on", func() bool { _, ok := w.boxOf("hold:0", "2"); return ok })
		cancel()
		running.Wait()
		if facts := w.all("hold:0"); len(facts) != 3 {
			t.Errorf("%d facts", len(facts))
		}
	})
}

// TestLease is held by one at a time, in one process and in several, and freed by whoever lets go or dies.
func TestLease(t *testing.T) {
	t.Parallel()
	d := storetest.Postgres(t)
	stores := []ledger.Store{d.Open(t), d.Open(t)}
	var holders, most atomic.Int32
	var all sync.WaitGroup
	for i := range 40 { // more than there are connections
		all.Go(func() {
			release, err := stores[i%2].Lease(t.Context(), fmt.Sprint("lease ", i%4))
			if err != nil {
				t.Error(err)
				return
			}
			if i%4 == 0 {
				most.Store(max(most.Load(), holders.Add(1)))
				time.Sleep(time.Millisecond)
				holders.Add(-1)
			}
			release()
		})
	}
	all.Wait()
	if most.Load() != 1 {
		t.Errorf("%d held the lease at once", most.Load())
	}
	release, err := stores[0].Lease(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range stores {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if _, err := s.Lease(ctx, "x"); errs.KindOf(err) != errs.Unavailable {
			t.Errorf("got %v", err)
		}
		cancel()
	}
	release()
	release, err = stores[1].Lease(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	release()
}

// TestDeadlines passes what is due once, however many tick, and not what has been met; a deadline that is set again
// passes again, and one that cannot pass does not stop the others.
func TestDeadlines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		var y *yard
		y = newYard(t, 1, map[string]ledger.Reaction{"box.late.v1": func(tx *ledger.Tx, f ledger.Fact) error {
			s, _, err := y.boxes.Get(tx, f.Body.(boxLate).ID)
			if err == nil && s.Note == "stuck" {
				err = errs.New(errs.Invalid, "stuck", "")
			}
			return err
		}})
		var now atomic.Int64
		now.Store(time.Now().UnixMicro())
		options := ledger.Options{Clock: func() time.Time { return time.UnixMicro(now.Load()) }}
		w := start(t, d, y, options)
		w.create("a")
		w.create("b")
		due := port.Time(now.Load()).Add(port.Minute)
		w.must(w.command("a", openBox{number: "stuck", note: "stuck", due: due - 9}))
		for i := range 5 {
			w.must(w.command("a", openBox{number: fmt.Sprint(i), due: due + port.Time(i)}))
			w.must(w.command("b", openBox{number: fmt.Sprint(i), due: due + port.Time(i)}))
		}
		w.must(w.command("a", w.closeBox("3")))
		other := start(t, d, y, options) // another process that ticks
		tick := func() {
			t.Helper()
			var ticking sync.WaitGroup
			for _, w := range []*world{w, other, w, other} {
				ticking.Go(func() {
					err := w.TickOnce(t.Context())
					if stuck := port.Time(now.Load()) >= due; (err != nil) != stuck {
						t.Errorf("tick: %v", err)
					}
				})
			}
			ticking.Wait()
		}
		late := func(want ...string) {
			t.Helper()
			var got []string
			for _, name := range []ledger.Name{"a", "b"} {
				for i := range 5 {
					if s, ok := w.boxOf(name, fmt.Sprint(i)); ok && s.Late {
						got = append(got, fmt.Sprint(name, i))
					}
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		}
		tick()
		late()
		now.Store(int64(due) + 2)
		tick()
		late("a0", "a1", "a2", "b0", "b1", "b2")
		now.Store(int64(due) + 100)
		tick()
		tick()
		late("a0", "a1", "a2", "a4", "b0", "b1", "b2", "b3", "b4")
		passed := 0
		for _, f := range append(w.all("a"), w.all("b")...) {
			if p, ok := f.Body.(ledger.DeadlinePassed); ok {
				passed++
				if f.At != p.Due || p.Kind != "back" || f.Recorded < p.Due {
					t.Errorf("%+v", f)
				}
			}
		}
		if passed != 9 {
			t.Errorf("%d deadlines have passed", passed)
		}
		// The same box under the same id is due again at another instant.
		number, _ := w.Number("a")
		id, err := w.Find(t.Context(), "a", "number", "0")
		if err != nil {
			t.Fatal(err)
		}
		w.must(w.command("a", decide(func(tx *ledger.Tx) error { return tx.Record(boxOpened{ID: id, Number: "0", Due: due + 50}) })))
		if s, _ := w.boxOf("a", "0"); s.Late {
			t.Error("it is late at once")
		}
		tick()
		if s, _ := w.boxOf("a", "0"); !s.Late {
			t.Error("it does not pass again")
		}
		// A ticker that has read a deadline just before it is met leaves nothing that keeps it from passing later.
		w.must(w.command("a", openBox{number: "raced", due: due + 60}))
		rows, err := w.store.Deadlines(t.Context(), number, port.Time(now.Load()), 100)
		if err != nil || len(rows) != 2 { // and the stuck one
			t.Fatal(rows, err)
		}
		raced, err := w.Find(t.Context(), "a", "number", "raced")
		if err != nil {
			t.Fatal(err)
		}
		slow := startOn(t, &stale{d.Open(t), rows}, y, options)
		w.must(w.command("a", w.closeBox("raced")))
		if err := slow.TickOnce(t.Context()); err == nil {
			t.Error("the stuck deadline passed")
		}
		w.must(w.command("a", decide(func(tx *ledger.Tx) error { return tx.Record(boxOpened{ID: raced, Number: "raced", Due: due + 60}) })))
		tick()
		if s, _ := w.boxOf("a", "raced"); !s.Late {
			t.Error("it does not pass after the race")
		}
		if rows, err := w.store.Deadlines(t.Context(), number, 1<<60, 100); err != nil || len(rows) != 1 {
			t.Error("what is left: ", rows, err)
		}
		w.verified()
	})
}

// stale is a store whose deadlines were read some time ago.
type stale struct {
	ledger.Store
	rows []ledger.DeadlineRow
}

func (s *stale) Deadlines(_ context.Context, number ledger.Number, _ port.Time, _ int) ([]ledger.DeadlineRow, error) {
	if number == s.rows[0].Ledger {
		return s.rows, nil
	}
	return nil, nil
}
