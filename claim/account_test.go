package claim_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store/storetest"
	"github.com/guomen/guomen/port"
)

// hold is one hold ledger on a database, and the commands that ports give it.
type hold struct {
	testing.TB
	engine   *ledger.Engine
	accounts *ledger.Kind[claim.Account]
	name     ledger.Name
	now      time.Time
	n        uint64
}

func newHold(t testing.TB, store ledger.Store) *hold {
	t.Helper()
	h := &hold{TB: t, accounts: claim.Accounts(), name: claim.LedgerName(0), now: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}
	schema, err := ledger.NewSchema(claim.Facts(), []ledger.AnyKind{h.accounts}, claim.Reactions(h.accounts))
	if err != nil {
		t.Fatal(err)
	}
	h.engine, err = ledger.Open(context.Background(), schema, store, ledger.Options{Clock: func() time.Time { return h.now }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.engine.Create(context.Background(), h.name, ledger.SHA256); err != nil {
		t.Fatal(err)
	}
	return h
}

// give gives a decision as a command of its own; the same n again is the same command, delivered twice.
func (h *hold) give(n uint64, do ledger.Decision) ledger.Receipt {
	h.Helper()
	number, _ := h.engine.Number(h.name)
	r, err := h.engine.Submit(context.Background(), ledger.Command{
		ID: port.NewID(1, uint16(number), n), Ledger: h.name, Actor: ledger.Actor{Organisation: "guomen", Role: "follower"}, Priority: ledger.Follower, Do: do,
	})
	if err != nil {
		h.Fatal(err)
	}
	return r
}

func (h *hold) next(do ledger.Decision) ledger.Receipt {
	h.Helper()
	h.n++
	return h.give(h.n<<20, do)
}

// said lists the facts of the ledger in a few words each.
func (h *hold) said() (list []string) {
	h.Helper()
	facts, err := h.engine.Facts(context.Background(), h.name, 0, 4096, 0)
	if err != nil {
		h.Fatal(err)
	}
	for _, f := range facts {
		switch b := f.Body.(type) {
		case claim.Granted:
			list = append(list, fmt.Sprint("granted ", who(b.To)))
		case claim.Refused:
			list = append(list, fmt.Sprintf("refused %s: %s %s", who(b.To), b.Reason, b.Holder))
		case claim.Confirmed:
			list = append(list, fmt.Sprint("confirmed ", who(b.By)))
		case claim.Released:
			list = append(list, fmt.Sprintf("released %s: %s", who(b.By), b.Reason))
		case claim.Expired:
			list = append(list, fmt.Sprint("expired ", who(b.By)))
		case claim.Transferred:
			list = append(list, fmt.Sprintf("transferred %s to %s", who(b.From), who(b.To)))
		case claim.FellDue:
			list = append(list, fmt.Sprint("due ", who(b.By)))
		}
	}
	return list
}

// by is the n-th subject of a port.
func by(at string, n uint64) claim.Claimant {
	return claim.Claimant{Ledger: ledger.Name("port:" + at), Subject: port.NewID(1, uint16(at[0]), n), Requirement: claim.BatchUnique}
}

func who(c claim.Claimant) string {
	if c.Subject.IsZero() {
		return string(c.Ledger)
	}
	return fmt.Sprintf("%s/%d", c.Ledger, c.Subject[15])
}

const batch = claim.Key("batch|1500000000001")

var (
	shared  = claim.Terms{Limit: 1, Shared: true}
	single  = claim.Terms{Limit: 1}
	counted = claim.Terms{Limit: 1, Counted: true}
)

// TestClaims tells what hold says to ports, step by step.
func TestClaims(t *testing.T) {
	h := struct {
		a, a2, b, c claim.Claimant
	}{by("a", 1), by("a", 2), by("b", 1), by("c", 1)}
	ask := func(who claim.Claimant, terms claim.Terms) claim.Ask {
		return claim.Ask{Key: batch, By: who, Amount: 1, Terms: terms}
	}
	settle := func(who claim.Claimant, how claim.Settlement, reason claim.EndReason, to ledger.Name) claim.Settle {
		return claim.Settle{Key: batch, By: who, How: how, Reason: reason, To: to}
	}
	for _, c := range []struct {
		name  string
		steps []ledger.Decision
		want  []string
	}{
		{"first come", []ledger.Decision{ask(h.a, single), ask(h.b, single)}, []string{"granted port:a/1", "refused port:b/1: claimed_elsewhere port:a"}},
		{"asked again", []ledger.Decision{ask(h.a, single), ask(h.a, single), ask(h.b, single), ask(h.b, single)},
			[]string{"granted port:a/1", "refused port:b/1: claimed_elsewhere port:a"}},
		{"two of one port share", []ledger.Decision{ask(h.a, shared), ask(h.a2, shared), ask(h.b, shared)},
			[]string{"granted port:a/1", "granted port:a/2", "refused port:b/1: claimed_elsewhere port:a"}},
		{"two of one port do not share", []ledger.Decision{ask(h.a, single), ask(h.a2, single)}, []string{"granted port:a/1", "refused port:a/2: claimed_elsewhere port:a"}},
		{"given back, to the next in line", []ledger.Decision{ask(h.a, single), ask(h.b, single), ask(h.c, single), settle(h.a, claim.Release, claim.EndLeft, "")},
			[]string{"granted port:a/1", "refused port:b/1: claimed_elsewhere port:a", "refused port:c/1: claimed_elsewhere port:a", "released port:a/1: left", "granted port:b/1"}},
		{"the last of a port gives it back", []ledger.Decision{ask(h.a, shared), ask(h.a2, shared), ask(h.b, shared), settle(h.a, claim.Release, claim.EndLeft, ""), settle(h.a2, claim.Release, claim.EndLeft, "")},
			[]string{"granted port:a/1", "granted port:a/2", "refused port:b/1: claimed_elsewhere port:a", "released port:a/1: left", "released port:a/2: left", "granted port:b/1"}},
		{"the line is left", []ledger.Decision{ask(h.a, single), ask(h.b, single), settle(h.b, claim.Release, claim.EndTurnedBack, ""), settle(h.a, claim.Release, claim.EndLeft, "")},
			[]string{"granted port:a/1", "refused port:b/1: claimed_elsewhere port:a", "released port:b/1: turned_back", "released port:a/1: left"}},
		{"diverted to who waits there", []ledger.Decision{ask(h.a, shared), ask(h.c, shared), ask(h.b, shared), settle(h.a, claim.Transfer, claim.EndDiverted, "port:b")},
			[]string{"granted port:a/1", "refused port:c/1: claimed_elsewhere port:a", "refused port:b/1: claimed_elsewhere port:a", "transferred port:a/1 to port:b/1"}},
		{"diverted to where nobody asks yet", []ledger.Decision{ask(h.a, single), settle(h.a, claim.Transfer, claim.EndDiverted, "port:b"), ask(h.c, single), ask(h.b, single)},
			[]string{"granted port:a/1", "transferred port:a/1 to port:b", "refused port:c/1: claimed_elsewhere port:b", "granted port:b/1"}},
		{"one of two is diverted", []ledger.Decision{ask(h.a, shared), ask(h.a2, shared), ask(h.b, shared), settle(h.a, claim.Transfer, claim.EndDiverted, "port:b"), settle(h.a2, claim.Transfer, claim.EndDiverted, "port:b")},
			[]string{"granted port:a/1", "granted port:a/2", "refused port:b/1: claimed_elsewhere port:a", "released port:a/1: diverted", "transferred port:a/2 to port:b/1"}},
		{"used for good", []ledger.Decision{ask(h.a, counted), settle(h.a, claim.Confirm, "", ""), settle(h.a, claim.Confirm, "", ""), ask(h.b, counted)},
			[]string{"granted port:a/1", "confirmed port:a/1", "refused port:b/1: claim_exhausted "}},
		{"used and given back", []ledger.Decision{ask(h.a, single), settle(h.a, claim.Confirm, "", ""), settle(h.a, claim.Expire, "", ""), settle(h.a, claim.Release, claim.EndLeft, "")},
			[]string{"granted port:a/1", "confirmed port:a/1", "released port:a/1: left"}},
		{"never asked", []ledger.Decision{settle(h.a, claim.Release, claim.EndLeft, ""), ask(h.b, single), settle(h.a, claim.Expire, "", "")}, []string{"granted port:b/1"}},
		{"no end, no expiry", []ledger.Decision{ask(h.a, single), settle(h.a, claim.Expire, "", "")}, []string{"granted port:a/1"}},
		{"free again", []ledger.Decision{ask(h.a, shared), settle(h.a, claim.Release, claim.EndLeft, ""), ask(h.b, single), ask(by("b", 2), shared)},
			[]string{"granted port:a/1", "released port:a/1: left", "granted port:b/1", "refused port:b/2: claimed_elsewhere port:b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHold(t, storetest.Memory().Open(t))
			defer h.engine.Close()
			for _, step := range c.steps {
				h.next(h.own(step))
			}
			if diff := cmp.Diff(c.want, h.said()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// own gives a decision the kinds of this ledger.
func (h *hold) own(do ledger.Decision) ledger.Decision {
	switch d := do.(type) {
	case claim.Ask:
		d.Accounts = h.accounts
		return d
	case claim.Settle:
		d.Accounts = h.accounts
		return d
	}
	return do
}

// TestExpiry on every database: what is due asks its port, and only the port's word lets it expire.
func TestExpiry(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		h := newHold(t, d.Open(t))
		defer h.engine.Close()
		until := port.TimeOf(h.now).Add(port.Day)
		a, b, c := by("a", 1), by("b", 1), by("c", 1)
		other := claim.Key("batch|1500000000002")
		h.next(claim.Ask{Accounts: h.accounts, Key: batch, By: a, Amount: 1, Until: until, Terms: single})
		h.next(claim.Ask{Accounts: h.accounts, Key: batch, By: b, Amount: 1, Until: until.Add(port.Day), Terms: single})
		h.next(claim.Ask{Accounts: h.accounts, Key: other, By: c, Amount: 1, Until: until, Terms: single})
		h.next(claim.Settle{Accounts: h.accounts, Key: other, By: c, How: claim.Confirm})
		h.now = h.now.Add(25 * time.Hour)
		for range 2 {
			if err := h.engine.TickOnce(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		h.next(claim.Settle{Accounts: h.accounts, Key: batch, By: a, How: claim.Expire})
		h.next(claim.Settle{Accounts: h.accounts, Key: other, By: c, How: claim.Expire})
		want := []string{
			"granted port:a/1", "refused port:b/1: claimed_elsewhere port:a", "granted port:c/1", "confirmed port:c/1",
			"due port:a/1", "expired port:a/1", "granted port:b/1",
		}
		if diff := cmp.Diff(want, h.said()); diff != "" {
			t.Error(diff)
		}
		if report, err := h.engine.Verify(t.Context()); err != nil || !report.OK {
			t.Errorf("verify: %v %+v", err, report)
		}
	})
}

// TestAtOnce has two ports ask for one thing at the same time, on every database: one gets it, the other is told who.
func TestAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		h := newHold(t, d.Open(t))
		defer h.engine.Close()
		const rounds = 20
		done := make(chan struct{})
		for _, at := range []string{"a", "b"} {
			go func() {
				for n := range uint64(rounds) {
					h.give(uint64(at[0])<<32|n<<20, claim.Ask{
						Accounts: h.accounts, Key: claim.NewKey("container", fmt.Sprint(n)), By: by(at, n+1), Amount: 1, Terms: single,
					})
				}
				done <- struct{}{}
			}()
		}
		<-done
		<-done
		facts, err := h.engine.Facts(t.Context(), h.name, 0, 4096, 0)
		if err != nil || len(facts) != 2*rounds {
			t.Fatalf("%d facts, %v", len(facts), err)
		}
		holder := map[claim.Key]ledger.Name{}
		for _, f := range facts {
			switch b := f.Body.(type) {
			case claim.Granted:
				if holder[b.Key] != "" {
					t.Errorf("%s is granted twice", b.Key)
				}
				holder[b.Key] = b.To.Ledger
			case claim.Refused:
				if holder[b.Key] == "" || holder[b.Key] == b.To.Ledger || b.Holder != holder[b.Key] {
					t.Errorf("%s is refused to %s: %s has it, %s is told", b.Key, b.To.Ledger, holder[b.Key], b.Holder)
				}
			}
		}
	})
}

// TestQuantities draws a quantity down from several ports in any order, with commands delivered again and again: the
// limit holds after every command, and redelivery adds no fact.
func TestQuantities(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		limit := rapid.Int64Range(1, 12).Draw(r, "limit")
		terms := claim.Terms{Limit: limit, Counted: rapid.Bool().Draw(r, "counted")}
		terms.Shared = !terms.Counted && rapid.Bool().Draw(r, "shared")
		type step struct {
			claimant int
			amount   int64
			how      claim.Settlement // empty: ask
		}
		steps := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) step {
			return step{
				rapid.IntRange(0, 5).Draw(r, "who"), rapid.Int64Range(1, 6).Draw(r, "amount"),
				rapid.SampledFrom([]claim.Settlement{"", "", "", claim.Release, claim.Confirm, claim.Transfer, claim.Expire}).Draw(r, "how"),
			}
		}), 1, 40).Draw(r, "steps")
		claimants := []claim.Claimant{by("a", 1), by("a", 2), by("b", 1), by("b", 2), by("c", 1), by("c", 2)}
		run := func(again func(n int) int) []string {
			h := newHold(t, storetest.Memory().Open(t))
			defer h.engine.Close()
			give := func(n int) {
				s := steps[n]
				var do ledger.Decision = claim.Ask{Accounts: h.accounts, Key: "quota|1", By: claimants[s.claimant], Amount: s.amount, Terms: terms}
				if s.how != "" {
					do = claim.Settle{Accounts: h.accounts, Key: "quota|1", By: claimants[s.claimant], How: s.how, To: "port:b", Reason: claim.EndLeft}
				}
				h.give(uint64(n+1)<<20, do)
			}
			for n := range steps {
				give(n)
				for m := again(n); m <= n; m++ {
					give(m)
				}
				id, err := h.engine.Find(context.Background(), h.name, claim.ByKey, "quota|1")
				if err != nil {
					r.Fatal(err)
				}
				a, ok, err := ledger.ReadIn(context.Background(), h.engine, h.name, h.accounts, id)
				if err != nil {
					r.Fatal(err)
				}
				if ok && (a.Taken() > a.Terms.Limit || a.Drawn < 0) {
					r.Fatalf("step %d: %d of %d taken: %+v", n, a.Taken(), a.Terms.Limit, a)
				}
			}
			return h.said()
		}
		once := run(func(n int) int { return n + 1 })
		often := run(func(n int) int { return rapid.IntRange(0, n+1).Draw(r, "from") })
		if diff := cmp.Diff(once, often); diff != "" {
			r.Fatalf("redelivery changed something:\n%s", diff)
		}
	})
}
