package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store/storetest"
	"github.com/guomen/guomen/port"
)

// faulty is a store that fails where a test tells it to.
type faulty struct {
	ledger.Store
	begin  func(ledgers []ledger.Number) error
	write  func(*ledger.Batch) error
	commit func(tx ledger.Transaction) error
}

type faultyTx struct {
	ledger.Transaction
	of *faulty
}

func (f *faulty) Begin(ctx context.Context, ledgers []ledger.Number) (ledger.Transaction, error) {
	if f.begin != nil {
		if err := f.begin(ledgers); err != nil {
			return nil, err
		}
	}
	tx, err := f.Store.Begin(ctx, ledgers)
	if err != nil {
		return nil, err
	}
	return faultyTx{tx, f}, nil
}

func (t faultyTx) Write(b *ledger.Batch) error {
	if t.of.write != nil {
		if err := t.of.write(b); err != nil {
			return err
		}
	}
	return t.Transaction.Write(b)
}

func (t faultyTx) Commit() error {
	if t.of.commit != nil {
		return t.of.commit(t.Transaction)
	}
	return t.Transaction.Commit()
}

// TestPoisonedBatch lets the database refuse the row of one command: the others of its batch are written without it.
func TestPoisonedBatch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		f := &faulty{Store: d.Open(t)}
		f.write = func(b *ledger.Batch) error {
			if slices.ContainsFunc(b.Receipts, func(r ledger.ReceiptRow) bool { return r.Key == "poison" }) {
				return errs.New(errs.Broken, "", "a row is refused")
			}
			return nil
		}
		w := startOn(t, f, newYard(t, 1, nil), ledger.Options{})
		w.create("a")
		w.create("b")
		var commands []ledger.Command
		for i := range 12 {
			c := w.command(ledger.Name([]string{"a", "b"}[i%2]), openBox{number: fmt.Sprint(i)})
			if i%5 == 2 {
				c.Key = "poison"
			}
			commands = append(commands, c)
		}
		// The real database's own refusal: personal data that is there already.
		seal := func(n int) {
			commands[n].Sealed = []ledger.SealedRow{{ID: port.ID{7}, Purpose: "p", Data: []byte("x")}}
		}
		seal(4)
		seal(10)
		for i, a := range w.together(commands...) {
			switch {
			case i%5 == 2, i == 10:
				if errs.KindOf(a.err) != errs.Broken {
					t.Errorf("%d: %+v", i, a)
				}
			case a.err != nil:
				t.Errorf("%d: %v", i, a.err)
			}
		}
		if report := w.verified(); report.Facts != 9 { // 2, 7 and 10 are missing
			t.Errorf("%+v", report)
		}
	})
}

// TestGoneForAMoment refuses everything while the database is gone, and needs no restart when it is back.
func TestGoneForAMoment(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		gone := errs.New(errs.Unavailable, "", "gone")
		for _, where := range []string{"begin", "write", "commit"} {
			var tries atomic.Int32
			var away atomic.Bool
			fail := func() error {
				if away.Load() {
					tries.Add(1)
					return gone
				}
				return nil
			}
			f := &faulty{Store: d.Open(t)}
			switch where {
			case "begin":
				f.begin = func([]ledger.Number) error { return fail() }
			case "write":
				f.write = func(*ledger.Batch) error { return fail() }
			case "commit":
				f.commit = func(tx ledger.Transaction) error { return errors.Join(fail(), ifNil(fail(), tx.Commit)) }
			}
			w := startOn(t, f, newYard(t, 1, nil), ledger.Options{})
			name := ledger.Name(where)
			w.create(name)
			w.must(w.command(name, openBox{number: "1"}))
			away.Store(true)
			var commands []ledger.Command
			for i := range 6 {
				commands = append(commands, w.command(name, w.moveBox("1", fmt.Sprint(i))))
			}
			away.Store(false)
			w.create("block:0")
			w.create("block:1")
			away.Store(true)
			var clients sync.WaitGroup
			for _, c := range commands {
				clients.Go(func() { w.refused(c, errs.Unavailable) })
			}
			clients.Wait()
			if s, ok := w.boxOf(name, "1"); !ok || s.Moves != 0 {
				t.Errorf("reading while %s fails: %+v", where, s)
			}
			away.Store(false)
			for i, c := range commands {
				if r := w.must(c); r.Repeated || r.First != uint64(2+2*i) {
					t.Errorf("%s: %+v", where, r)
				}
			}
			w.verified()
			w.stop()
		}
	})
}

func ifNil(err error, do func() error) error {
	if err != nil {
		return nil
	}
	return do()
}

// TestUnknownCommit loses the answer of commits that took place: who asks again with the same key is told so, and nothing
// is done twice.
func TestUnknownCommit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		f := &faulty{Store: d.Open(t)}
		lost := false
		f.commit = func(tx ledger.Transaction) error {
			err := tx.Commit()
			if lost {
				return errs.New(errs.Unavailable, "", "the connection is lost after %v", err)
			}
			return err
		}
		w := startOn(t, f, newYard(t, 1, nil), ledger.Options{})
		w.create("a")
		w.must(w.command("a", openBox{number: "1"}))
		for i := range 5 {
			c := w.command("a", w.moveBox("1", "x"))
			lost = true
			w.refused(c, errs.Unavailable)
			lost = false
			r := w.must(c)
			if !r.Repeated || r.First != uint64(2+2*i) {
				t.Errorf("%+v", r)
			}
		}
		if s, _ := w.boxOf("a", "1"); s.Moves != 5 {
			t.Errorf("%+v", s)
		}
		w.must(w.command("a", w.moveBox("1", "x"))) // decided on what is there, not on what is remembered
		if s, _ := w.boxOf("a", "1"); s.Moves != 6 {
			t.Errorf("%+v", s)
		}
		w.verified()
	})
}
