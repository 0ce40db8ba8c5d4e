package cargo_test

import (
	"context"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store/storetest"
	"github.com/guomen/guomen/port"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// record records facts as they are given.
type record struct{ facts []ledger.Body }

func (r record) Decide(tx *ledger.Tx) error {
	for _, f := range r.facts {
		if err := tx.Record(f); err != nil {
			return err
		}
	}
	return nil
}

// world is a few ledgers with consignments.
type world struct {
	engine       *ledger.Engine
	consignments *ledger.Kind[cargo.Consignment]
}

func newWorld(t testing.TB, store ledger.Store, names ...ledger.Name) *world {
	t.Helper()
	w := &world{consignments: cargo.Consignments()}
	schema, err := ledger.NewSchema(cargo.Facts(), []ledger.AnyKind{w.consignments}, map[string][]ledger.Reaction{
		cargo.Entered{}.FactName(): {func(tx *ledger.Tx, f ledger.Fact) error {
			return cargo.Arrive(tx, w.consignments, f.Body.(cargo.Entered))
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if w.engine, err = ledger.Open(context.Background(), schema, store, ledger.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if _, err := w.engine.Create(context.Background(), name, ledger.SHA256); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// give gives a decision under an id of its own, as a follower whose receipts are lost would: what it says must be known
// by what is in the ledger.
func (w *world) give(t testing.TB, name ledger.Name, do ledger.Decision) []ledger.Fact {
	t.Helper()
	number, _ := w.engine.Number(name)
	r, err := w.engine.Submit(context.Background(), ledger.Command{
		ID: w.engine.NewID(number), Ledger: name, Actor: ledger.Actor{Organisation: "guomen", Role: "follower"}, Priority: ledger.Follower, Do: do,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r.Facts
}

func (w *world) account(t testing.TB, name ledger.Name, id port.ID) (c cargo.Consignment, j cargo.Journey) {
	t.Helper()
	if got, ok, err := ledger.ReadIn(context.Background(), w.engine, name, w.consignments, id); err != nil {
		t.Fatal(err)
	} else if ok {
		c = *got
		if c.Journey != nil {
			j = *c.Journey
		}
	}
	return c, j
}

const (
	ceke       ledger.Name = "port:ceke-road"
	ganqimaodu ledger.Name = "port:ganqimaodu-road"
)

// TestForwarded sends goods on from one ledger to another on every database; what is announced, sent, received and
// delivered adds up in both.
func TestForwarded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		for _, known := range []bool{false, true} {
			w := newWorld(t, d.Open(t), ceke, ganqimaodu)
			id, movement, other := port.NewID(1, 1, 1), port.NewID(1, 1, 2), port.NewID(1, 2, 3)
			waybill := map[bool]string{false: "W-1", true: "W-2"}[known]
			if known {
				id, other = port.NewID(2, 1, 1), port.NewID(2, 2, 3)
			}
			consigned := cargo.Consigned{Consignment: id, Movement: movement, Waybill: waybill, Direction: port.Import, Goods: "炼焦煤", GrossMass: 40 * port.Tonne, OnMovement: 40 * port.Tonne}
			w.give(t, ceke, record{[]ledger.Body{consigned}})
			here := id
			if known { // a manifest has named the waybill there already
				here, consigned.Consignment = other, other
				w.give(t, ganqimaodu, record{[]ledger.Body{consigned}})
			}
			sent := w.give(t, ceke, record{[]ledger.Body{cargo.Forwarded{
				Consignment: id, Movement: movement, Waybill: waybill, Direction: port.Import, Goods: "炼焦煤", Mass: 40 * port.Tonne, From: ceke, To: ganqimaodu,
			}}})
			for range 3 {
				w.give(t, ganqimaodu, cargo.Receive{Consignments: w.consignments, Forwarded: sent[0].Body.(cargo.Forwarded), Seq: sent[0].Seq})
			}
			entered := w.give(t, ganqimaodu, record{[]ledger.Body{cargo.Entered{Consignment: here, Movement: movement, Mass: 40 * port.Tonne}}})
			if len(entered) != 2 {
				t.Fatalf("nothing arrives: %+v", entered)
			}
			for range 3 {
				w.give(t, ceke, cargo.Deliver{Consignments: w.consignments, Arrived: entered[1].Body.(cargo.Arrived), At: ganqimaodu, Seq: entered[1].Seq})
			}
			c, j := w.account(t, ceke, id)
			if c.Announced != 0 || c.GrossMass != 0 || j.Sent != 40*port.Tonne || j.Delivered != 40*port.Tonne {
				t.Errorf("known %v: at the sender %+v %+v", known, c, j)
			}
			c, j = w.account(t, ganqimaodu, here)
			if c.GrossMass != 40*port.Tonne || c.In != 40*port.Tonne || j.Expected != 40*port.Tonne || j.There != id || j.From != ceke {
				t.Errorf("known %v: at the receiver %+v %+v", known, c, j)
			}
			for name, waybillAt := range map[ledger.Name]port.ID{ceke: {}, ganqimaodu: here} {
				if got, err := w.engine.Find(t.Context(), name, cargo.ByWaybill, waybill); err != nil || got != waybillAt {
					t.Errorf("known %v: %s finds %s, %v", known, name, got, err)
				}
			}
			if report, err := w.engine.Verify(t.Context()); err != nil || !report.OK {
				t.Errorf("verify: %v %+v", err, report)
			}
			w.engine.Close()
		}
	})
}

// TestForwardedInAnyOrder carries parts of consignments between ledgers with any interleaving of the two directions and
// any redelivery from an earlier place: each part is received once and delivered once.
func TestForwardedInAnyOrder(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(t, storetest.Memory().Open(t), ceke, ganqimaodu)
		defer w.engine.Close()
		id := port.NewID(1, 1, 1)
		parts := rapid.IntRange(1, 5).Draw(r, "parts")
		w.give(t, ceke, record{[]ledger.Body{cargo.Consigned{Consignment: id, Waybill: "W", GrossMass: 100, OnMovement: 100}}})
		var there, back int // how far each follower has come
		carry := func(name ledger.Name, from *int) {
			facts, err := w.engine.Facts(context.Background(), name, uint64(*from), 1, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range facts {
				switch b := f.Body.(type) {
				case cargo.Forwarded:
					w.give(t, b.To, cargo.Receive{Consignments: w.consignments, Forwarded: b, Seq: f.Seq})
				case cargo.Arrived:
					w.give(t, b.From, cargo.Deliver{Consignments: w.consignments, Arrived: b, At: name, Seq: f.Seq})
				}
				*from = int(f.Seq)
			}
		}
		arrived := 0
		for sent := 0; sent < parts || arrived < parts; {
			switch rapid.IntRange(0, 4).Draw(r, "next") {
			case 0:
				if sent < parts {
					w.give(t, ceke, record{[]ledger.Body{cargo.Forwarded{Consignment: id, Waybill: "W", Mass: port.Kilograms(sent + 1), From: ceke, To: ganqimaodu}}})
					sent++
				}
			case 1:
				carry(ceke, &there)
			case 2:
				carry(ganqimaodu, &back)
			case 3: // a follower is killed and begins again
				there = rapid.IntRange(0, there).Draw(r, "there")
				back = rapid.IntRange(0, back).Draw(r, "back")
			case 4:
				if _, j := w.account(t, ganqimaodu, id); arrived < parts && j.Expected >= port.Kilograms((arrived+1)*(arrived+2)/2) {
					arrived++
					w.give(t, ganqimaodu, record{[]ledger.Body{cargo.Entered{Consignment: id, Mass: port.Kilograms(arrived)}}})
				}
			}
		}
		for range 100 {
			carry(ceke, &there)
			carry(ganqimaodu, &back)
		}
		all := port.Kilograms(parts * (parts + 1) / 2)
		c, sender := w.account(t, ceke, id)
		_, receiver := w.account(t, ganqimaodu, id)
		got := []port.Kilograms{c.Announced, sender.Sent, sender.Delivered, receiver.Expected}
		if diff := cmp.Diff([]port.Kilograms{100 - all, all, all, all}, got); diff != "" {
			r.Fatalf("announced, sent, delivered, expected (-want +got):\n%s", diff)
		}
	})
}
