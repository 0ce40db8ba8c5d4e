package movement_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store/storetest"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// yard is one port's ledger of the tests.
type yard struct {
	t            *testing.T
	engine       *ledger.Engine
	number       ledger.Number
	movements    *ledger.Kind[movement.Movement]
	lists        *ledger.Kind[movement.Checklist]
	declarations *ledger.Kind[declaration.Record]
	mirrors      *ledger.Kind[declaration.Mirror]
	given        uint64
}

const yardMillis = 1_790_000_000_000

func openYard(t *testing.T, store ledger.Store) *yard {
	t.Helper()
	y := &yard{t: t, movements: movement.Movements(), lists: movement.Checklists(), declarations: declaration.Declarations(), mirrors: declaration.Mirrors()}
	var facts []ledger.Body
	for _, list := range [][]ledger.Body{manifest.Facts(), declaration.Facts(), cargo.Facts(), claim.Facts(), movement.Facts()} {
		facts = append(facts, list...)
	}
	schema, err := ledger.NewSchema(facts, []ledger.AnyKind{y.movements, y.lists, y.declarations, y.mirrors, cargo.Consignments()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if y.engine, err = ledger.Open(t.Context(), schema, store, ledger.Options{Clock: func() time.Time { return time.UnixMilli(yardMillis) }}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(y.engine.Close)
	if y.number, err = y.engine.Create(t.Context(), "port:test-road", ledger.SHA256); err != nil {
		t.Fatal(err)
	}
	return y
}

func (y *yard) give(do ledger.Decision) (ledger.Receipt, error) {
	y.given++
	return y.engine.Submit(y.t.Context(), ledger.Command{
		ID: port.NewID(yardMillis+int64(y.given), uint16(y.number), y.given<<32), Ledger: "port:test-road", Actor: ledger.Actor{Organisation: "test", Person: "officer"}, Do: do,
	})
}

func (y *yard) must(do ledger.Decision) ledger.Receipt {
	y.t.Helper()
	r, err := y.give(do)
	if err != nil {
		y.t.Fatal(err)
	}
	return r
}

func (y *yard) list(id port.ID) *movement.Checklist {
	y.t.Helper()
	c, ok, err := ledger.Read(y.t.Context(), y.engine, y.lists, id)
	if err != nil || !ok {
		y.t.Fatal(ok, err)
	}
	return c
}

// judged is a judgement at a sequence of the region: kinds and the clauses that ask for them, in pairs.
func judged(subject port.SubjectKind, region uint64, asks ...string) port.Judged {
	j := port.Judged{Book: "b", Region: region, At: port.TimeOf(time.UnixMilli(yardMillis)).Add(port.Duration(region))}
	for i := 0; i < len(asks); i += 2 {
		j.Demands = append(j.Demands, port.Demand{
			Kind: port.RequirementKind(asks[i]), Subject: subject, Owner: port.Owner{Function: port.FunctionCustomsSupervision}, Due: port.DueExitGate, Source: port.Here, Rules: []string{asks[i+1]},
		})
	}
	return j
}

// stands is a checklist in short: kind, state, clauses that ask and that asked.
func stands(c *movement.Checklist) (list [][]string) {
	for _, r := range c.Requirements {
		one := append([]string{string(r.Kind), string(r.State)}, r.Rules...)
		for _, gone := range r.Dropped {
			one = append(one, "-"+gone)
		}
		list = append(list, one)
	}
	return list
}

// TestRejudge changes the law under two trucks that carry goods of one waybill, on every database. What is asked for anew
// is added; what is not any more lapses if nobody had decided it; and a clause that is in force and only silent about one
// truck's papers still asks because of the other's.
func TestRejudge(t *testing.T) {
	const ofGoods, ofVehicle = port.ConsignmentSubject, port.MovementSubject
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		y := openYard(t, d.Open(t))
		announce := func(plate port.Plate, batch port.BatchNumber) manifest.Lodged {
			r := y.must(manifest.Lodge{
				Port: "test-road", Judged: judged(ofVehicle, 5, "crew_cleared", "a.crew", "seal", "a.seal", "photo", "a.photo"),
				Document: manifest.Document{Direction: port.Import, Batch: batch, Vehicle: manifest.Vehicle{Plate: plate}, Waybills: []manifest.Waybill{{Number: "W-1", GrossMass: 9, OnVehicle: 3}}},
				Waybills: []port.Judged{judged(ofGoods, 5, "customs_release", "a.release", "sample", "a.sample")},
			})
			return r.Facts[0].Body.(manifest.Lodged)
		}
		one, other := announce("0001УБА", "2026110000001"), announce("0002УБА", "2026110000002")
		goods := one.Consignments[0]
		declared := y.must(declaration.Lodge{Kind: y.declarations, Document: declaration.Document{Direction: port.Import, Waybill: "W-1", Reference: "R-1"}, Judged: judged(ofGoods, 6, "customs_release", "a.declared")})
		verdict := func(subject port.ID, kind port.RequirementKind, result port.Result) {
			y.must(movement.Verdict{Checklists: y.lists, Subject: subject, Kind: kind, Result: result, Reason: "r", Functions: []port.Function{port.FunctionCustomsSupervision}})
		}
		verdict(one.Movement, "photo", port.ResultMet)
		verdict(one.Movement, "seal", port.ResultHeld)
		refs := func(id port.ID) (list []movement.PaperRef) {
			for _, p := range y.list(id).Papers {
				list = append(list, movement.PaperRef{ID: p.ID, Seq: p.Seq})
			}
			return list
		}
		if diff := cmp.Diff([]movement.Paper{{ID: declared.Subject, Seq: declared.First, Region: 6, At: judged(ofGoods, 6).At}}, y.list(goods).Papers); diff != "" {
			t.Errorf("the goods' papers (-want +got):\n%s", diff)
		}
		rejudge := func(law uint64, id port.ID, vehicle, lot port.Judged, inForce ...string) movement.Rejudge {
			return movement.Rejudge{
				Checklists: y.lists, Movement: id, Law: movement.Changed{Region: law},
				InForce: func(rule string) bool {
					for _, known := range inForce {
						if rule == known {
							return true
						}
					}
					return false
				},
				Version:  func(string, port.Time) int { return 3 },
				Subjects: []movement.Again{{Subject: id, Kind: ofVehicle, Papers: refs(id), Judged: vehicle}, {Subject: goods, Kind: ofGoods, Papers: refs(goods), Judged: lot}},
			}
		}

		if r := y.must(rejudge(5, one.Movement, judged(ofVehicle, 9), judged(ofGoods, 9))); len(r.Facts) != 0 {
			t.Errorf("nothing has changed since and %d facts are recorded", len(r.Facts))
		}
		stale := rejudge(9, one.Movement, judged(ofVehicle, 9), judged(ofGoods, 9))
		stale.Subjects[1].Papers = nil
		if _, err := y.give(stale); errs.KindOf(err) != errs.Conflict {
			t.Errorf("judged by papers that are not the goods': %v", err)
		}
		// The crew's clause is retired, sealing is not asked for, scanning is new; of the goods sampling is not asked for by
		// this truck's papers, and its clause is in force; the declaration's clause is gone.
		vehicle, lot := judged(ofVehicle, 9, "scan", "b.scan"), judged(ofGoods, 9, "customs_release", "a.release")
		if r := y.must(rejudge(9, one.Movement, vehicle, lot, "a.sample", "a.release")); len(r.Facts) != 2 || r.Facts[0].Name != "checklist.judged_again.v1" || r.Subject != one.Movement {
			t.Errorf("judged again: %+v", r)
		}
		want := [][]string{{"crew_cleared", "lapsed", "-a.crew@3"}, {"seal", "held", "-a.seal@3"}, {"photo", "met", "-a.photo@3"}, {"scan", "open", "b.scan"}}
		if diff := cmp.Diff(want, stands(y.list(one.Movement))); diff != "" {
			t.Errorf("the vehicle (-want +got):\n%s", diff)
		}
		want = [][]string{{"customs_release", "open", "a.release", "-a.declared@3"}, {"sample", "open", "a.sample"}}
		if diff := cmp.Diff(want, stands(y.list(goods))); diff != "" {
			t.Errorf("the goods (-want +got):\n%s", diff)
		}
		if p := y.list(goods).Papers[0]; p.Region != 9 || p.Seq != declared.First {
			t.Errorf("the declaration was judged under %+v", p)
		}
		if r := y.must(rejudge(9, one.Movement, vehicle, lot, "a.sample", "a.release")); len(r.Facts) != 0 {
			t.Errorf("judged a third time: %d facts", len(r.Facts))
		}
		// The other truck is still of the old law; then sampling is retired too, and the crew is asked for anew.
		y.must(rejudge(9, other.Movement, judged(ofVehicle, 12, "crew_cleared", "b.crew"), lot, "a.release"))
		if diff := cmp.Diff([][]string{{"customs_release", "open", "a.release", "-a.declared@3"}, {"sample", "lapsed", "-a.sample@3"}}, stands(y.list(goods))); diff != "" {
			t.Errorf("the goods, sampling retired (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([][]string{{"crew_cleared", "open", "b.crew", "-a.crew@3"}, {"seal", "lapsed", "-a.seal@3"}, {"photo", "lapsed", "-a.photo@3"}}, stands(y.list(other.Movement))); diff != "" {
			t.Errorf("the other vehicle (-want +got):\n%s", diff)
		}
		later := judged(ofVehicle, 14, "crew_cleared", "c.crew")
		later.Demands[0].Due = port.DueEntryGate
		y.must(rejudge(14, one.Movement, later, lot, "a.release"))
		list := y.list(one.Movement)
		if r := list.Find("crew_cleared"); r.State != port.StateOpen || r.Due != port.DueEntryGate || len(r.Rules) != 1 || len(r.Dropped) != 1 || r.Decided != 0 || r.Reason != "" {
			t.Errorf("asked for anew: %+v", r)
		}
		if r := list.Find("scan"); r.State != port.StateLapsed || !r.State.Settled() || r.Result != "" || r.Decided == 0 {
			t.Errorf("scanning: %+v", r)
		}
		report, err := y.engine.Verify(t.Context())
		if err != nil || !report.OK {
			t.Errorf("verify: %v %s", err, report.FirstDifference)
		}
	})
}

// TestRejudgePart: what was asked of goods by papers that are not judged again is not taken for dropped because those that
// are judged are silent of it: of goods in custody the manifest that brought them, a declaration in another ledger, and
// clauses that speak of no document. A clause that is not in force asks for nothing, whoever had asked by it.
func TestRejudgePart(t *testing.T) {
	for _, c := range []struct {
		name                  string
		part, elsewhere       bool
		judges, inForce, want bool // whether it is dropped
	}{
		{"all papers are judged", false, false, true, true, true},
		{"the manifest that brought them is not", true, false, true, true, false},
		{"a declaration elsewhere", false, true, true, true, false},
		{"a cross-check", false, false, false, true, false},
		{"not in force", true, true, false, false, true},
	} {
		y := openYard(t, storetest.Memory().Open(t))
		lodged := y.must(manifest.Lodge{
			Port: "test-road", Judged: judged(port.MovementSubject, 5),
			Document: manifest.Document{Direction: port.Import, Batch: "2026110000001", Vehicle: manifest.Vehicle{Plate: "0001УБА"}, Waybills: []manifest.Waybill{{Number: "W-1", GrossMass: 9}}},
			Waybills: []port.Judged{judged(port.ConsignmentSubject, 5, "sample", "a.sample")},
		}).Facts[0].Body.(manifest.Lodged)
		goods := lodged.Consignments[0]
		if c.elsewhere {
			y.must(declaration.Note{
				Mirrors: y.mirrors, Declaration: port.NewID(1, 9, 1), Waybill: "W-1", From: "port:other-road", Seq: 1, State: declaration.StateLodged,
			})
		}
		y.must(movement.Rejudge{
			Checklists: y.lists, Movement: lodged.Movement, Law: movement.Changed{Region: 9},
			InForce: func(string) bool { return c.inForce }, Judges: func(string) bool { return c.judges }, Version: func(string, port.Time) int { return 0 },
			Subjects: []movement.Again{
				{Subject: lodged.Movement, Kind: port.MovementSubject, Papers: []movement.PaperRef{{ID: lodged.Manifest, Seq: y.list(lodged.Movement).Papers[0].Seq}}, Judged: judged(port.MovementSubject, 9)},
				{Subject: goods, Kind: port.ConsignmentSubject, Judged: judged(port.ConsignmentSubject, 9), Part: c.part},
			},
		})
		if got := y.list(goods).Find("sample").State == port.StateLapsed; got != c.want {
			t.Errorf("%s: dropped %v, want %v", c.name, got, c.want)
		}
	}
}
