package follow_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/claim/follow"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store/storetest"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// world is two ports and what they share. Followers go one fact at a time, when the test says so.
type world struct {
	testing.TB
	engine  *ledger.Engine
	kinds   follow.Kinds
	follows []ledger.Follows
	cursors map[string]uint64
	now     time.Time
	n       uint64
}

var twoPorts = []ledger.Name{"port:a", "port:b"}

func newWorld(t testing.TB, store ledger.Store, reserve port.Duration) *world {
	t.Helper()
	w := &world{TB: t, cursors: map[string]uint64{}, now: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}
	w.kinds = follow.Kinds{
		Accounts: claim.Accounts(), Subjects: claim.Subjects(), Movements: movement.Movements(), Checklists: movement.Checklists(),
		Consignments: cargo.Consignments(), Declarations: declaration.Declarations(), Mirrors: declaration.Mirrors(),
		Known: func(name ledger.Name) bool { _, ok := w.engine.Number(name); return ok },
	}
	var facts []ledger.Body
	for _, list := range [][]ledger.Body{manifest.Facts(), declaration.Facts(), cargo.Facts(), claim.Facts(), movement.Facts()} {
		facts = append(facts, list...)
	}
	k := w.kinds
	schema, err := ledger.NewSchema(facts, []ledger.AnyKind{k.Accounts, k.Subjects, k.Movements, k.Checklists, k.Consignments, k.Declarations, k.Mirrors}, k.Reactions())
	if err != nil {
		t.Fatal(err)
	}
	if w.engine, err = ledger.Open(context.Background(), schema, store, ledger.Options{Clock: func() time.Time { return w.now }}); err != nil {
		t.Fatal(err)
	}
	names := twoPorts
	for n := range claim.Ledgers {
		names = append(names[:len(names):len(names)], claim.LedgerName(n))
	}
	for _, name := range names {
		if _, err := w.engine.Create(context.Background(), name, ledger.SHA256); err != nil {
			t.Fatal(err)
		}
	}
	w.follows = w.kinds.Followers(reserve)
	return w
}

// does records what happens at a port.
type does struct{ facts []ledger.Body }

func (d does) Decide(tx *ledger.Tx) error {
	for _, f := range d.facts {
		if err := tx.Record(f); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) happens(at ledger.Name, facts ...ledger.Body) {
	w.Helper()
	w.n++
	w.submit(ledger.Command{Ledger: at, Do: does{facts}}, w.n<<24)
}

func (w *world) submit(c ledger.Command, n uint64) {
	w.Helper()
	number, _ := w.engine.Number(c.Ledger)
	if c.ID.IsZero() {
		c.ID = port.NewID(1, uint16(number), n)
	}
	c.Actor = ledger.Actor{Organisation: "test", Role: "test"}
	if _, err := w.engine.Submit(context.Background(), c); err != nil {
		w.Fatal(err)
	}
}

// carry has followers carry the next fact of a ledger; false where there is none.
func (w *world) carry(name ledger.Name) (more bool) {
	w.Helper()
	for _, f := range w.follows {
		if !strings.HasPrefix(string(name), f.Ledgers) {
			continue
		}
		place := f.Name + " " + string(name)
		facts, err := w.engine.Facts(context.Background(), name, w.cursors[place], 1, 0)
		if err != nil {
			w.Fatal(err)
		}
		for i := range facts {
			for n, c := range f.React(facts[i]) {
				number, _ := w.engine.Number(c.Ledger)
				c.ID, c.Priority = ledger.FollowID(&facts[i], number, f.Name, n), ledger.Follower
				w.submit(c, 0)
			}
			w.cursors[place] = facts[i].Seq
			more = true
		}
	}
	return more
}

// rest carries everything that there is.
func (w *world) rest() {
	for again := true; again; {
		again = false
		for _, name := range w.engine.Ledgers() {
			again = w.carry(name) || again
		}
	}
}

// movementID is the n-th movement of a port.
func movementID(at ledger.Name, n int) port.ID { return port.NewID(9, uint16(at[5]), uint64(n)) }

func lodged(at ledger.Name, n int, batch string) manifest.Lodged {
	return manifest.Lodged{
		Movement: movementID(at, n), Port: port.PortID(at[5:]),
		Document: manifest.Document{Direction: port.Import, Batch: port.BatchNumber(batch), Vehicle: manifest.Vehicle{Plate: port.Plate(fmt.Sprintf("%04dУБА", n))}},
		Judged:   port.Judged{Demands: []port.Demand{{Kind: claim.BatchUnique, Subject: port.MovementSubject, Due: port.DueExitGate, Source: port.Here}}},
	}
}

// state is how a movement's batch number stands on its checklist.
func (w *world) state(at ledger.Name, n int) (port.RequirementState, string) {
	w.Helper()
	c, ok, err := ledger.ReadIn(context.Background(), w.engine, at, w.kinds.Checklists, movementID(at, n))
	if err != nil || !ok {
		w.Fatal(ok, err)
	}
	r := c.Find(claim.BatchUnique)
	return r.State, r.Reason
}

// TestClaimedByTwo: whatever two ports do with one batch number, and in whatever order and how often followers carry it,
// at most one port has it at any time, checklists say in the end what hold says, and redelivery adds no fact.
func TestClaimedByTwo(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		seed := rapid.SliceOfN(rapid.IntRange(0, 99), 10, 80).Draw(r, "steps")
		run := func(redeliver bool) map[ledger.Name][]string {
			w := newWorld(t, storetest.Memory().Open(t), 0)
			defer w.engine.Close()
			made := map[ledger.Name]int{}
			open := map[ledger.Name][]int{}
			for _, step := range seed {
				at := twoPorts[step%2]
				switch action := step / 2 % 10; {
				case action < 2 && made[at] < 4:
					made[at]++
					open[at] = append(open[at], made[at])
					w.happens(at, lodged(at, made[at], "1500000000001"))
				case action == 2 && len(open[at]) > 0:
					n := open[at][0]
					open[at] = open[at][1:]
					w.happens(at, movement.Passed{Movement: movementID(at, n), Gate: port.DueExitGate})
				case action == 3 && len(open[at]) > 0:
					n := open[at][0]
					open[at] = open[at][1:]
					w.happens(at, movement.Diverted{Movement: movementID(at, n), To: port.PortID(twoPorts[(step+1)%2][5:])})
				case action < 7:
					w.carry(at)
				case action < 9:
					w.carry(claim.Key("batch|1500000000001").Ledger())
				case redeliver: // killed, and the cursors lost
					w.again()
				}
				w.oneHolder(r)
			}
			w.rest()
			w.oneHolder(r)
			w.agree(r, open)
			all := map[ledger.Name][]string{}
			for _, name := range w.engine.Ledgers() {
				all[name] = w.said(name)
			}
			return all
		}
		if diff := cmp.Diff(run(false), run(true)); diff != "" {
			r.Fatalf("redelivery changed something:\n%s", diff)
		}
	})
}

// shared is the batch number that all claim.
const shared claim.Key = "batch|1500000000001"

// again delivers once more what has been delivered, from the first fact: the cursors were lost.
func (w *world) again() {
	w.Helper()
	had := w.cursors
	w.cursors = map[string]uint64{}
	for _, f := range w.follows {
		for _, name := range w.engine.Ledgers() {
			for place := f.Name + " " + string(name); w.cursors[place] < had[place]; {
				w.carry(name)
			}
		}
	}
}

// said lists what a ledger says.
func (w *world) said(name ledger.Name) (list []string) {
	w.Helper()
	facts, err := w.engine.Facts(context.Background(), name, 0, 4096, 0)
	if err != nil {
		w.Fatal(err)
	}
	for _, f := range facts {
		data, err := ledger.Encode(f.Body)
		if err != nil {
			w.Fatal(err)
		}
		list = append(list, f.Name+" "+string(data))
	}
	return list
}

// account is the shared batch number's, nil where nobody claims it.
func (w *world) account() *claim.Account {
	w.Helper()
	id, err := w.engine.Find(context.Background(), shared.Ledger(), claim.ByKey, string(shared))
	if err != nil {
		w.Fatal(err)
	}
	a, _, err := ledger.ReadIn(context.Background(), w.engine, shared.Ledger(), w.kinds.Accounts, id)
	if err != nil {
		w.Fatal(err)
	}
	return a
}

func (w *world) oneHolder(r *rapid.T) {
	w.Helper()
	if a := w.account(); a != nil {
		for _, u := range a.Uses {
			if u.Ledger != a.Uses[0].Ledger {
				r.Fatalf("two ports have it: %+v", a.Uses)
			}
		}
	}
}

// agree holds the checklists of what is on its way to what hold has.
func (w *world) agree(r *rapid.T, open map[ledger.Name][]int) {
	w.Helper()
	a := w.account()
	for at, list := range open {
		for _, n := range list {
			use := -1
			for i := range a.Uses {
				if a.Uses[i].Subject == movementID(at, n) {
					use = i
				}
			}
			state, reason := w.state(at, n)
			if use >= 0 != (state == port.StateMet) || use < 0 && (state != port.StateHeld || reason != claim.ReasonElsewhere) {
				r.Fatalf("%s/%d is %s %q, hold has %+v", at, n, state, reason, a)
			}
		}
	}
	if len(open["port:a"])+len(open["port:b"]) == 0 && a != nil && len(a.Waiting) > 0 {
		r.Fatalf("somebody who is gone waits: %+v", a)
	}
}

// TestExpiryWaitsForTheFollower: a vehicle comes before its reservation ends, and the follower that would say so is late.
// The reservation does not expire; that of a vehicle which has not come does.
func TestExpiryWaitsForTheFollower(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		w := newWorld(t, d.Open(t), port.Day)
		defer w.engine.Close()
		w.happens("port:a", lodged("port:a", 1, "1500000000001"))
		w.happens("port:b", lodged("port:b", 1, "1500000000002"))
		w.rest()
		w.now = w.now.Add(23 * time.Hour)
		w.happens("port:a", movement.Passed{Movement: movementID("port:a", 1), Gate: port.DueEntryGate})
		w.happens("port:a", lodged("port:a", 2, "1500000000002")) // in line for what b has
		w.now = w.now.Add(2 * time.Hour)
		if err := w.engine.TickOnce(t.Context()); err != nil { // before anything of a is carried
			t.Fatal(err)
		}
		w.rest()
		for _, c := range []struct {
			at     ledger.Name
			n      int
			state  port.RequirementState
			reason string
		}{{"port:a", 1, port.StateMet, ""}, {"port:b", 1, port.StateHeld, claim.ReasonExpired}, {"port:a", 2, port.StateMet, ""}} {
			if state, reason := w.state(c.at, c.n); state != c.state || reason != c.reason {
				t.Errorf("%s/%d is %s %q, want %s %q", c.at, c.n, state, reason, c.state, c.reason)
			}
		}
		if a := w.account(); a == nil || len(a.Uses) != 1 || !a.Uses[0].Kept {
			t.Errorf("the account is %+v", a)
		}
		if report, err := w.engine.Verify(t.Context()); err != nil || !report.OK {
			t.Errorf("verify: %v %+v", err, report)
		}
	})
}

// TestSettlements is what becomes of a claim when its subject needs it no longer.
func TestSettlements(t *testing.T) {
	for _, c := range []struct {
		kind   port.RequirementKind
		reason claim.EndReason
		want   claim.Settlement
	}{
		{claim.BatchUnique, claim.EndLeft, claim.Release},
		{claim.BatchUnique, claim.EndDiverted, claim.Transfer},
		{claim.PermitBalance, claim.EndLeft, claim.Confirm},
		{claim.PermitBalance, claim.EndTurnedBack, claim.Release},
		{claim.DeclarationUnique, claim.EndWithdrawn, claim.Release},
	} {
		if got := claim.SettlementOf(c.kind, c.reason); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.kind, c.reason, got, c.want)
		}
	}
}

// TestGoodsElsewhere: goods are declared at one port and lie at another, whose checklist hears of the release; when they
// are taken out they go on to a third place under control, and the declaration closes where it was lodged.
func TestGoodsElsewhere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		w := newWorld(t, d.Open(t), 0)
		defer w.engine.Close()
		const at, inland ledger.Name = "port:b", "port:c"
		if _, err := w.engine.Create(t.Context(), inland, ledger.SHA256); err != nil {
			t.Fatal(err)
		}
		released := []port.Demand{{Kind: port.CustomsRelease, Subject: port.ConsignmentSubject, Due: port.DueExitGate, Source: port.Here}}
		late := port.Demand{Kind: "transit_closed", Subject: port.ConsignmentSubject, Due: port.DueLater, Source: port.Here}
		id, there, declared := port.NewID(3, 1, 1), port.NewID(3, 2, 2), port.NewID(3, 1, 3)
		w.happens("port:a", declaration.Lodged{
			Declaration: declared, Consignment: id, Goods: "b", Document: declaration.Document{Direction: port.Transit, Reference: "R", Waybill: "W"},
			Judged: port.Judged{Demands: released},
		})
		truck := lodged(at, 1, "1500000000001")
		truck.Judged = port.Judged{}
		truck.Consignments = []port.ID{there}
		truck.Document.To = port.Place{Kind: port.AtInland, Code: "c"}
		truck.Document.Waybills = []manifest.Waybill{{Number: "W", GrossMass: 40}}
		w.happens(at, truck, cargo.Consigned{Consignment: there, Movement: truck.Movement, Waybill: "W", GrossMass: 40, OnMovement: 40, Judged: port.Judged{Demands: append(released, late)}})
		w.rest()
		c := w.checklist(at, there)
		if len(c.Elsewhere) != 1 || c.Elsewhere[0] != declared || c.Find(port.CustomsRelease).State != port.StateOpen {
			t.Errorf("declared elsewhere: %+v", c)
		}
		w.happens("port:a", movement.Decided{Subject: id, SubjectKind: port.ConsignmentSubject, Kind: port.CustomsRelease, Result: port.ResultMet})
		w.rest()
		if r := w.checklist(at, there).Find(port.CustomsRelease); r.State != port.StateMet {
			t.Errorf("released elsewhere: %+v", r)
		}
		w.happens(at, movement.Passed{Movement: truck.Movement, Gate: port.DueEntryGate}, cargo.Entered{Consignment: there, Movement: truck.Movement, Mass: 40})
		w.happens(at, movement.Passed{Movement: truck.Movement, Gate: port.DueExitGate}, cargo.TakenOut{Consignment: there, Movement: truck.Movement, Mass: 40})
		w.rest()
		if r, _, err := ledger.ReadIn(t.Context(), w.engine, "port:a", w.kinds.Declarations, declared); err != nil || r.State != declaration.StateClosed {
			t.Errorf("the declaration is %+v %v", r, err)
		}
		if r := w.checklist(at, there).Find("transit_closed"); r.State != port.StateOpen {
			t.Errorf("before it arrives: %+v", r)
		}
		w.happens(inland, cargo.Entered{Consignment: there, Mass: 40})
		w.rest()
		if r := w.checklist(at, there).Find("transit_closed"); r.State != port.StateMet {
			t.Errorf("it has arrived: %+v", r)
		}
		once := [][]string{w.said("port:a"), w.said(at), w.said(inland)}
		w.again()
		if diff := cmp.Diff(once, [][]string{w.said("port:a"), w.said(at), w.said(inland)}); diff != "" {
			t.Errorf("redelivery changed something:\n%s", diff)
		}
		if report, err := w.engine.Verify(t.Context()); err != nil || !report.OK {
			t.Errorf("verify: %v %+v", err, report)
		}
	})
}

func (w *world) checklist(at ledger.Name, subject port.ID) *movement.Checklist {
	w.Helper()
	c, ok, err := ledger.ReadIn(context.Background(), w.engine, at, w.kinds.Checklists, subject)
	if err != nil || !ok {
		w.Fatal(ok, err)
	}
	return c
}

// TestChangedManifest: a manifest that is changed claims what is new and gives back what it names no longer; one that is
// deleted gives back all. Until the region has answered on what is new, its requirement is open again.
func TestChangedManifest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		w := newWorld(t, d.Open(t), 0)
		defer w.engine.Close()
		first, second := lodged("port:a", 1, "1500000000001"), lodged("port:b", 1, "1500000000001")
		changed := func(of manifest.Lodged, batch string, added bool) manifest.Changed {
			c := manifest.Changed{Movement: of.Movement, Document: of.Document, Judged: of.Judged, Added: added}
			c.Document.Batch = port.BatchNumber(batch)
			if batch == "" {
				c.Judged = port.Judged{}
			}
			return c
		}
		for _, c := range []struct {
			name         string
			at           ledger.Name
			fact         ledger.Body
			before       port.RequirementState // of who does it, until the region has answered
			first, after port.RequirementState
		}{
			{"a has it", "port:a", first, port.StateOpen, port.StateMet, ""},
			{"b waits", "port:b", second, port.StateOpen, port.StateMet, port.StateHeld},
			{"the same again", "port:a", changed(first, "1500000000001", false), port.StateMet, port.StateMet, port.StateHeld},
			{"waybills besides", "port:a", changed(first, "", true), port.StateMet, port.StateMet, port.StateHeld},
			{"a takes another", "port:a", changed(first, "1500000000002", false), port.StateOpen, port.StateMet, port.StateMet},
			{"a wants it back", "port:a", changed(first, "1500000000001", false), port.StateOpen, port.StateHeld, port.StateMet},
			{"a claims nothing", "port:a", changed(first, "", false), port.StateMet, port.StateMet, port.StateMet},
			{"a is in line again", "port:a", changed(first, "1500000000001", false), port.StateOpen, port.StateHeld, port.StateMet},
			{"b is deleted", "port:b", manifest.Deleted{Movement: second.Movement}, port.StateMet, port.StateMet, port.StateMet},
		} {
			w.happens(c.at, c.fact)
			if state, _ := w.state(c.at, 1); state != c.before {
				t.Errorf("%s: %s before the region answers, want %s", c.name, state, c.before)
			}
			w.rest()
			if state, reason := w.state("port:a", 1); state != c.first {
				t.Errorf("%s: a is %s %s, want %s", c.name, state, reason, c.first)
			}
			if c.after == "" {
				continue
			}
			if state, reason := w.state("port:b", 1); state != c.after {
				t.Errorf("%s: b is %s %s, want %s", c.name, state, reason, c.after)
			}
		}
		if a := w.account(); a == nil || len(a.Uses) != 1 || a.Uses[0].Ledger != "port:a" || len(a.Waiting) != 0 {
			t.Errorf("the account is %+v", a)
		}
		said := [][]string{w.said("port:a"), w.said("port:b")}
		w.again()
		if diff := cmp.Diff(said, [][]string{w.said("port:a"), w.said("port:b")}); diff != "" {
			t.Errorf("redelivery changed something:\n%s", diff)
		}
		if report, err := w.engine.Verify(t.Context()); err != nil || !report.OK {
			t.Errorf("verify: %v %+v", err, report)
		}
	})
}

// TestMergedElsewhere: a declaration of two waybills (归并) is lodged at one port and both lie at another. The release
// counts for both, and it closes when the last of them is gone.
func TestMergedElsewhere(t *testing.T) {
	w := newWorld(t, storetest.Memory().Open(t), 0)
	defer w.engine.Close()
	const at ledger.Name = "port:b"
	released := port.Judged{Demands: []port.Demand{{Kind: port.CustomsRelease, Subject: port.ConsignmentSubject, Due: port.DueExitGate, Source: port.Here}}}
	declared, one, two := port.NewID(3, 1, 3), port.NewID(3, 1, 1), port.NewID(3, 1, 2)
	goods := []port.ID{port.NewID(3, 2, 1), port.NewID(3, 2, 2)}
	truck := lodged(at, 1, "1500000000001")
	truck.Judged, truck.Consignments = port.Judged{}, goods
	truck.Document.Waybills = []manifest.Waybill{{Number: "W1", GrossMass: 40}, {Number: "W2", GrossMass: 30}}
	w.happens(at, truck,
		cargo.Consigned{Consignment: goods[0], Movement: truck.Movement, Waybill: "W1", GrossMass: 40, OnMovement: 40, Judged: released},
		cargo.Consigned{Consignment: goods[1], Movement: truck.Movement, Waybill: "W2", GrossMass: 30, OnMovement: 30, Judged: released})
	w.happens("port:a",
		declaration.Lodged{Declaration: declared, Consignment: one, Goods: "b", Document: declaration.Document{Direction: port.Import, Reference: "R", Waybill: "W1"}, Judged: released},
		declaration.Covered{Declaration: declared, Consignment: two, What: declaration.Lodged{}.FactName(), Waybill: "W2", Goods: "b", Judged: released})
	w.rest()
	for _, id := range goods {
		if c := w.checklist(at, id); len(c.Elsewhere) != 1 || c.Elsewhere[0] != declared {
			t.Errorf("declared elsewhere: %+v", c)
		}
	}
	met := movement.Decided{Subject: one, SubjectKind: port.ConsignmentSubject, Kind: port.CustomsRelease, Result: port.ResultMet}
	further := met
	further.Subject = two
	w.happens("port:a", met, further)
	w.rest()
	for _, id := range goods {
		if r := w.checklist(at, id).Find(port.CustomsRelease); r.State != port.StateMet {
			t.Errorf("released elsewhere: %+v", r)
		}
	}
	for i, want := range []declaration.State{declaration.StateLodged, declaration.StateClosed} {
		mass := truck.Document.Waybills[i].GrossMass
		w.happens(at, cargo.Entered{Consignment: goods[i], Movement: truck.Movement, Mass: mass}, cargo.TakenOut{Consignment: goods[i], Movement: truck.Movement, Mass: mass})
		w.rest()
		if r, _, err := ledger.ReadIn(t.Context(), w.engine, "port:a", w.kinds.Declarations, declared); err != nil || r.State != want {
			t.Errorf("the declaration is %+v %v, want %s", r, err, want)
		}
	}
}
