package store_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store/storetest"
)

// TestIdempotency follows a key through everything that may happen to it.
func TestIdempotency(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		y := newYard(t, 1, nil)
		w := start(t, d, y, ledger.Options{})
		w.create("a")
		w.create("b")
		keyed := func(name ledger.Name, organisation, key, body string, do ledger.Decision) ledger.Command {
			c := w.command(name, do)
			c.Actor.Organisation, c.Key, c.Body = organisation, key, sha256.Sum256([]byte(body))
			return c
		}
		first := w.must(keyed("a", "o", "k", "body", openBox{number: "1"}))
		same := func(r ledger.Receipt) {
			t.Helper()
			if !r.Repeated {
				t.Errorf("%+v is not repeated", r)
			}
			if diff := cmp.Diff(first, r, cmpopts.IgnoreFields(ledger.Receipt{}, "Repeated", "Facts")); diff != "" {
				t.Error(diff)
			}
		}
		// The same key and body: the same receipt, whatever is asked for now.
		same(w.must(keyed("a", "o", "k", "body", openBox{number: "2"})))
		// Another body.
		w.refused(keyed("a", "o", "k", "other", openBox{number: "2"}), errs.Conflict)
		// Another organisation, another ledger: another key. So is one that only looks alike.
		for _, c := range []ledger.Command{
			keyed("a", "p", "k", "body", openBox{number: "3"}), keyed("b", "o", "k", "body", openBox{number: "1"}),
			keyed("a", "ok", "", "body", openBox{number: "4"}), keyed("a", "o", "K", "body", openBox{number: "5"}), keyed("a", "", "ok", "body", openBox{number: "6"}),
		} {
			if r := w.must(c); r.Repeated {
				t.Errorf("%s %q is taken for another", c.Ledger, c.Key)
			}
		}
		// A refused command binds nothing.
		w.refused(keyed("a", "o", "again", "bad", openBox{number: "1"}), errs.Invalid)
		if r := w.must(keyed("a", "o", "again", "good", openBox{number: "7"})); r.Repeated {
			t.Error("a refused command has bound its key")
		}
		// Nor does one that is kept.
		kept := keyed("a", "o", "kept", "", openBox{number: "1"})
		kept.Submission = []byte("bad")
		w.refused(kept, errs.Invalid)
		kept = keyed("a", "o", "kept", "", openBox{number: "8"})
		kept.Submission = []byte("good")
		if r := w.must(kept); r.Repeated {
			t.Error("a refused submission has bound its key")
		}
		// The key without a command's own is its id.
		c := w.command("a", openBox{number: "9"})
		w.must(c)
		if r := w.must(c); !r.Repeated {
			t.Error("the same command was taken twice")
		}
		// Limits.
		w.must(keyed("a", "o", strings.Repeat("k", ledger.MaxKey), "", openBox{number: "10"}))
		w.refused(keyed("a", "o", strings.Repeat("k", ledger.MaxKey+1), "", openBox{number: "11"}), errs.Invalid)
		w.refused(ledger.Command{Ledger: "a", Do: openBox{number: "11"}}, errs.Broken)
		w.refused(ledger.Command{ID: c.ID, Ledger: "nowhere", Do: openBox{}}, errs.Missing)
		// After a restart.
		w.stop()
		w.refused(keyed("a", "o", "k", "body", openBox{number: "2"}), errs.Unavailable)
		w = start(t, d, y, ledger.Options{})
		same(w.must(keyed("a", "o", "k", "body", openBox{number: "2"})))
		w.refused(keyed("a", "o", "k", "other", openBox{number: "2"}), errs.Conflict)
		w.verified()
	})
}

// TestIdempotencyInOneBatch gives the same keys many times at once, to several ledgers in one batch.
func TestIdempotencyInOneBatch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		w := start(t, d, newYard(t, 1, nil), ledger.Options{})
		var commands []ledger.Command
		names := []ledger.Name{"a", "b", "c", "d"}
		for _, name := range names {
			w.create(name)
		}
		for range 3 {
			for _, name := range names {
				for _, key := range []string{"k", "l"} {
					c := w.command(name, w.moveOrOpen(key))
					c.Key = key
					commands = append(commands, c)
				}
			}
		}
		conflicting := w.command("a", w.moveOrOpen("k"))
		conflicting.Key, conflicting.Body = "k", ledger.Hash{1}
		commands = append(commands, conflicting)
		answers := w.together(commands...)
		for i, a := range answers {
			switch {
			case i == len(answers)-1:
				if errs.KindOf(a.err) != errs.Conflict {
					t.Errorf("another body in the same batch: %+v", a)
				}
			case a.err != nil:
				t.Errorf("%d: %v", i, a.err)
			case a.receipt.Repeated != (i >= 8), a.receipt.First != answers[i%8].receipt.First, a.receipt.Command != answers[i%8].receipt.Command:
				t.Errorf("%d: %+v", i, a.receipt)
			}
		}
		// What was learnt from the batch lasts.
		for _, c := range commands[:8] {
			c.ID = w.newID(c.Ledger)
			if r := w.must(c); !r.Repeated {
				t.Errorf("%s of %s is forgotten", c.Key, c.Ledger)
			}
		}
		for _, name := range names {
			if facts := w.all(name); len(facts) != 2 {
				t.Errorf("%s has %d facts", name, len(facts))
			}
		}
		w.verified()
	})
}

// moveOrOpen always has something to record.
func (y *yard) moveOrOpen(number string) decide {
	return func(tx *ledger.Tx) error {
		id, err := tx.Lookup("number", number)
		if err != nil {
			return err
		}
		if id.IsZero() {
			return openBox{number: number}.Decide(tx)
		}
		return tx.Record(boxMoved{id, "there"})
	}
}

// TestSubmissions keeps the raw bytes of what was accepted and refused, under the receipt, by their digest.
func TestSubmissions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		y := newYard(t, 1, nil)
		w := start(t, d, y, ledger.Options{})
		w.create("a")
		big := make([]byte, 3<<20)
		for i := range big {
			big[i] = byte(i * i >> 7)
		}
		type want struct {
			command ledger.Command
			outcome string
		}
		var wants []want
		for i, raw := range [][]byte{[]byte("<a/>"), {}, []byte("\x00\xff\xfe"), big} {
			good := w.command("a", openBox{number: fmt.Sprint(i)})
			good.Submission, good.Media, good.Body = raw, "text/xml", ledger.Hash{9}
			w.must(good)
			bad := w.command("a", openBox{number: fmt.Sprint(i)})
			bad.Submission, bad.Media, bad.Do = raw, "text/xml; x=口岸", ledger.Refuse{Err: errs.New(errs.Invalid, "no", "")}
			w.refused(bad, errs.Invalid)
			wants = append(wants, want{good, ledger.Accepted}, want{bad, ledger.Refused})
		}
		without := w.command("a", openBox{number: "without"})
		w.must(without)
		// A refusal without a submission leaves nothing.
		gone := w.command("a", openBox{number: "without"})
		w.refused(gone, errs.Invalid)
		// Something that records nothing and does not refuse what was submitted is a bug, and what was submitted is kept.
		idle := w.command("a", decide(func(*ledger.Tx) error { return nil }))
		idle.Submission = []byte("idle")
		w.refused(idle, errs.Broken)
		for range 2 {
			for _, want := range wants {
				r, s, err := w.ReceiptOf(t.Context(), want.command.ID)
				if err != nil {
					t.Fatal(err)
				}
				sum := ledger.Hash(sha256.Sum256(want.command.Submission))
				if r.Outcome != want.outcome || s == nil || s.Digest != sum || s.Media != want.command.Media || string(s.Data) != string(want.command.Submission) {
					t.Fatalf("%+v %v", r, s)
				}
				if want.outcome == ledger.Accepted {
					facts, err := w.Facts(t.Context(), "a", r.First-1, 1, 0)
					if err != nil || facts[0].Digest != sum.String() {
						t.Errorf("the fact names %q, not %s: %v", facts[0].Digest, sum, err)
					}
				} else if r.First != 0 || r.Last != 0 {
					t.Errorf("a refused command has facts: %+v", r)
				}
				if owner, err := w.Owner(t.Context(), want.command.ID); err != nil || owner != "o" {
					t.Errorf("owner %q %v", owner, err)
				}
			}
			if r, s, err := w.ReceiptOf(t.Context(), without.ID); err != nil || s != nil || r.Outcome != ledger.Accepted {
				t.Error(r, s, err)
			}
			if _, _, err := w.ReceiptOf(t.Context(), gone.ID); errs.KindOf(err) != errs.Missing {
				t.Error(err)
			}
			if _, s, err := w.ReceiptOf(t.Context(), idle.ID); err != nil || string(s.Data) != "idle" {
				t.Error(s, err)
			}
			w.verified()
			w.stop()
			w = start(t, d, y, ledger.Options{})
		}
	})
}

// TestRefusedThenAccepted finds the last receipt of a command that was given twice.
func TestRefusedThenAccepted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		w := start(t, d, newYard(t, 1, nil), ledger.Options{})
		w.create("a")
		c := w.command("a", ledger.Refuse{Err: errs.New(errs.Invalid, "no", "")})
		c.Submission = []byte("x")
		w.refused(c, errs.Invalid)
		c.Do = openBox{number: "1"}
		w.must(c)
		if r, _, err := w.ReceiptOf(t.Context(), c.ID); err != nil || r.Outcome != ledger.Accepted {
			t.Error(r, err)
		}
		w.verified()
	})
}

// TestEndedClient decides nothing for a client that has gone before its turn, and says so.
func TestEndedClient(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		w := start(t, d, newYard(t, 1, nil), ledger.Options{})
		w.create("a")
		ctx, cancel := context.WithCancel(context.Background())
		entered, release := make(chan struct{}), make(chan struct{})
		var clients sync.WaitGroup
		clients.Go(func() {
			w.must(w.command("a", decide(func(*ledger.Tx) error { close(entered); <-release; return nil })))
		})
		<-entered
		c := w.command("a", openBox{number: "1"})
		clients.Go(func() {
			if _, err := w.Submit(ctx, c); errs.KindOf(err) != errs.Unavailable {
				t.Errorf("got %v", err)
			}
		})
		for w.waiting() == 0 {
		}
		cancel()
		close(release)
		clients.Wait()
		if r := w.must(c); r.Repeated {
			t.Error("it was decided for nobody")
		}
	})
}

// TestCloseFinishes lets what is queued when the engine is told to stop be decided, and takes nothing more.
func TestCloseFinishes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		const queued = 300 // more than a batch
		w := start(t, d, newYard(t, 1, nil), ledger.Options{Batch: 64})
		w.create("a")
		release := make(chan struct{})
		var clients sync.WaitGroup
		var entered sync.WaitGroup
		for i := range w.store.Loops() {
			name := ledger.Name(fmt.Sprint("block:", i))
			w.create(name)
			entered.Add(1)
			clients.Go(func() {
				w.must(w.command(name, decide(func(*ledger.Tx) error { entered.Done(); <-release; return nil })))
			})
		}
		entered.Wait()
		for i := range queued {
			clients.Go(func() { w.must(w.command("a", openBox{number: fmt.Sprint(i)})) })
		}
		for w.waiting() < queued {
		}
		clients.Go(w.stop)
		for told := false; !told; { // whoever comes before it has been told waits behind the others, and goes
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
			_, err := w.Submit(ctx, w.command("a", openBox{number: "late"}))
			cancel()
			var failed *errs.Failed
			told = errors.As(err, &failed) && failed.Rule == "server.closing"
		}
		close(release)
		clients.Wait()
		if facts := w.all("a"); len(facts) != queued {
			t.Errorf("%d of %d were finished", len(facts), queued)
		}
	})
}
