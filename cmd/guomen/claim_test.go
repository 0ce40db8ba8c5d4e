package main

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/guomen/guomen/claim/claimweb"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store/storetest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/movement/movementweb"
	"github.com/guomen/guomen/port"
)

// TestDivertedLoad: a truck that was announced at Ceke comes to Ganqimaodu. What it claims there is held until it is
// diverted; then it goes through, and both ports' ledgers tell the same story.
func TestDivertedLoad(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		w := newWorld(t, d.URL, identity.Principal{})
		first, second := newStory(t, w, there), newStory(t, w, here)
		k := first.coal("diverted")
		away, _ := first.announce(k)
		id, _ := second.announce(k)
		full := second.movement(id)
		if e := find(&full, "batch_unique"); second.first == nil && (e.State != port.StateHeld || e.Reason != "claimed_elsewhere" || e.Note != string(there)) {
			second.fail("the batch number is %+v", e)
		}
		holds := func(s *story, subject string, waiting int) {
			var c claimweb.Claim
			s.into(s.do(identity.Customs, "GET", "/v1/claims?key=batch%7C"+string(k.batch), nil, http.StatusOK), &c)
			if s.first == nil && (len(c.Uses) != 1 || c.Uses[0].Port != s.at || c.Uses[0].Subject.String() != subject || len(c.Waiting) != waiting) {
				s.fail("the claim is %+v", c)
			}
		}
		holds(first, away, 1)
		divert := func(token string, to port.PortID, reason string, want int) *reply {
			return first.doAs(token, "POST", "/v1/movements/"+away+"/diversion", movementweb.DiversionBody{To: to, Reason: reason}, want)
		}
		divert(w.tokens[who{identity.Carrier, "", 1}], here, "road", http.StatusNotFound)
		divert(w.token(identity.Customs, here), here, "road", http.StatusNotFound)
		divert(w.token(identity.Carrier, ""), there, "", http.StatusUnprocessableEntity)
		divert(w.token(identity.Carrier, ""), "nowhere-road", "road", http.StatusUnprocessableEntity)
		first.receipt(divert(w.token(identity.Carrier, ""), here, "the road is closed", http.StatusAccepted))
		first.stands(away, movement.StateDiverted)
		divert(w.token(identity.Carrier, ""), here, "again", http.StatusUnprocessableEntity)
		second.until("the claim is passed on", func() bool {
			full := second.movement(id)
			return find(&full, "batch_unique").State == port.StateMet
		})
		holds(second, id, 0)
		second.declare(k)
		second.settle(id)
		second.read(k, port.DueEntryGate, port.DecisionOpen)
		second.settle(id)
		second.read(k, port.DueExitGate, port.DecisionOpen)
		second.stands(id, movement.StateLeft)
		second.until("the claim is given back", func() bool {
			var c claimweb.Claim
			second.into(second.do(identity.Customs, "GET", "/v1/claims?key=batch%7C"+string(k.batch), nil, http.StatusOK), &c)
			return len(c.Uses) == 0
		})
		first.until("the sender hears of the arrival", func() bool { return slices.Contains(w.facts(t, there), "cargo.delivered.v1") })
		if got := w.facts(t, here); second.first == nil && !slices.Contains(got, "cargo.received.v1") {
			second.fail("nothing was received: %v", got)
		}

		// The other way round: diverted first, announced where it comes to afterwards. The goods keep their id.
		k = first.coal("diverted")
		away, _ = first.announce(k)
		was := first.movement(away)
		first.receipt(divert(w.token(identity.Customs, there), here, "the road is closed", http.StatusAccepted))
		second.until("the goods are known", func() bool {
			id, err := w.platform.engine.Find(t.Context(), ledgerOf(here), "waybill", k.paper.Waybills[0].Number)
			return err == nil && !id.IsZero()
		})
		id, _ = second.announce(k)
		full = second.movement(id)
		if second.first == nil && (full.Carries[0].Consignment != was.Carries[0].Consignment || find(&full, "batch_unique").State != port.StateMet) {
			second.fail("announced after the diversion: %+v", full)
		}
		second.declare(k)
		second.settle(id) // the release too, of goods that were born in the other port's ledger
		full = second.movement(id)
		if e := find(&full, port.CustomsRelease); second.first == nil && e.State != port.StateMet {
			second.fail("the release is %+v", e)
		}
		first.end()
		second.end()
		if report, err := w.platform.engine.Verify(t.Context()); err != nil || !report.OK {
			t.Errorf("verify: %v %s", err, report.FirstDifference)
		}
	})
}

// carried waits until followers have carried everything, so that nothing is recorded any more.
func (w *world) carried(t testing.TB) {
	t.Helper()
	for over := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		behind := uint64(0)
		for _, f := range w.platform.followers {
			n, err := w.platform.engine.FollowerLag(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			behind += n
		}
		if behind == 0 {
			return
		}
		if time.Now().After(over) {
			t.Fatalf("followers are %d facts behind", behind)
		}
	}
}

// facts lists the names of a port's facts.
func (w *world) facts(t testing.TB, at port.PortID) (names []string) {
	facts, err := w.platform.engine.Facts(t.Context(), ledgerOf(at), 0, 1<<20, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range facts {
		names = append(names, f.Name)
	}
	return names
}

// TestDeclaredElsewhere: a declaration is lodged at Erenhot for goods that come in at Mandula. The goods' checklist hears
// of it, of the release, and of the withdrawal.
func TestDeclaredElsewhere(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	const lodged, goods port.PortID = "erenhot-road", "mandula-road"
	customs := identity.NewToken()
	organisation, _ := w.platform.registry().Owner(lodged, port.FunctionCustomsSupervision)
	if err := w.platform.issueTokens(t.Context(), setup, []identity.TokenIssued{{
		Hash: identity.HashToken(customs), Organisation: string(organisation), Role: identity.Customs, Person: "officer", Port: lodged,
	}}); err != nil {
		t.Fatal(err)
	}
	s := newStory(t, w, goods)
	k := s.coal("elsewhere")
	id, _ := s.announce(k)
	d := s.document(k)
	d.Office, d.ExitOffice = "0702", "0703"
	receipt := s.receipt(s.do(identity.Trader, "POST", "/v1/declarations", d, http.StatusAccepted))
	if s.first == nil && receipt.Ledger != ledgerOf(lodged) {
		s.fail("it was lodged in %s", receipt.Ledger)
	}
	s.last = ""
	release := func() movementweb.Entry {
		full := s.movement(id)
		return find(&full, port.CustomsRelease)
	}
	s.until("the goods' port knows of it", func() bool {
		e := release()
		return e.BlockedBy == "" && e.Reason != "" || e.BlockedBy == "" && e.State == port.StateOpen
	})
	record, _, err := ledger.Read(t.Context(), w.platform.engine, w.platform.kinds.Declarations, receipt.Subject)
	if err != nil || record == nil {
		t.Fatal(record, err)
	}
	verdict := "/v1/requirements/" + record.Consignment.String() + "." + string(port.CustomsRelease) + "/verdicts"
	s.doAs(customs, "POST", verdict, movementweb.VerdictBody{Result: port.ResultInspect, Reason: "random_selection"}, http.StatusAccepted)
	s.until("an examination is ordered", func() bool { return release().Result == port.ResultInspect })
	s.doAs(customs, "POST", verdict, movementweb.VerdictBody{Result: port.ResultMet}, http.StatusAccepted)
	s.until("it is released", func() bool { return release().State == port.StateMet })
	s.do(identity.Trader, "POST", "/v1/declarations/"+receipt.Subject.String()+"/withdrawal", map[string]string{"reason": "price"}, http.StatusAccepted)
	s.until("it is withdrawn", func() bool { e := release(); return e.State == port.StateOpen && e.BlockedBy == "declaration" })
	if s.first != nil {
		t.Error(s.first)
	}
}
