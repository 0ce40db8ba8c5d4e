package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/movement/board"
	"github.com/guomen/guomen/port"
)

// dump gives every row of the board's tables as text, in order.
func dump(t *testing.T, views *ledger.Views) (rows []string) {
	t.Helper()
	for _, table := range []struct{ name, columns string }{
		{"movement", "id, port, direction, state, batch, plate, plate_key, goods, mass, organisation, nationality, announced, entered, gone, updated, lane, held, override"},
		{"found", "key, subject, kind"}, {"carried", "consignment, movement, waybill"},
		{"declaration", "id, port, consignment, organisation, reference, number, state, lodged"},
		{"requirement", "id, port, subject, kind, function, state, result, opened, decided, live"},
		{"trail", "subject, seq"}, {"hour", "port, direction, hour, crossings, mass"}, {"lane", "lane, port, at, plate, decision, movement"},
		{"release", "consignment, port, direction, arrived, declared, released, inspected"},
		{"event", "organisation, ledger, seq"}, // numbered as they came, over several ledgers
	} {
		columns := strings.Count(table.columns, ",") + 1
		err := views.Read(t.Context(), board.Name, func(tx ledger.ViewTx) error {
			return tx.Query("SELECT "+table.columns+" FROM {v}"+table.name, nil, func(scan func(...any) error) error {
				values, to := make([]any, columns), make([]any, columns)
				for i := range values {
					to[i] = &values[i]
				}
				err := scan(to...)
				rows = append(rows, table.name+fmt.Sprint(values))
				return err
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(rows)
	return rows
}

// TestBoardAgain: the board built again from the facts is the board that grew with them, and its queues say of every
// requirement what its record says.
func TestBoardAgain(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	for _, c := range crossings {
		s := newStory(t, w, c.at)
		c.tell(s)
		s.end()
	}
	s := newStory(t, w, here) // and some that are on their way
	for i := range 4 {
		k := s.coal("on its way")
		id, _ := s.announce(k)
		s.declare(k)
		s.settle(id)
		if i > 0 {
			s.read(k, port.DueEntryGate, port.DecisionOpen)
		}
		if i > 1 {
			s.decide(id, "quarantine_cleared", []port.Result{port.ResultHeld, port.ResultInspect}[i-2], http.StatusAccepted)
		}
	}
	s.end()
	heads, err := w.platform.engine.Heads(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	caughtUp := func(views *ledger.Views) {
		for _, head := range heads {
			if strings.HasPrefix(string(head.Name), "port:") && head.Seq > 0 {
				if err := views.Wait(t.Context(), board.Name, head.Name, head.Seq); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	caughtUp(w.platform.views)
	other, err := store.OpenViews(t.Context(), w.platform.store)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	again, err := ledger.NewViews(t.Context(), w.platform.engine, other, w.platform.kinds.views())
	if err != nil {
		t.Fatal(err)
	}
	w.platform.background.Go(func() { _ = again.Run(t.Context()) })
	caughtUp(again)
	grown, built := dump(t, w.platform.views), dump(t, again)
	if diff := cmp.Diff(grown, built); diff != "" {
		t.Errorf("grown (-), built again (+):\n%s", diff)
	}

	for _, head := range heads {
		err := ledger.List(t.Context(), w.platform.engine, head.Name, w.platform.kinds.Checklists, port.ID{}, 10_000, func(id port.ID, c *movement.Checklist) error {
			for i := range c.Requirements {
				r := &c.Requirements[i]
				row := fmt.Sprintf("requirement[%s %s %s %s %s %s %s ", movement.NewRequirementID(id, r.Kind), board.PortOf(head.Name), id, r.Kind, r.Owner.Function, r.State, r.Result)
				name := fmt.Sprintf("requirement[%s ", movement.NewRequirementID(id, r.Kind))
				there := slices.ContainsFunc(grown, func(s string) bool { return strings.HasPrefix(s, name) })
				if there && !slices.ContainsFunc(grown, func(s string) bool { return strings.HasPrefix(s, row) }) {
					t.Errorf("the board says otherwise of %s", row)
				}
				open := slices.ContainsFunc(grown, func(s string) bool {
					return strings.HasPrefix(s, "movement["+id.String()+" ") && !strings.Contains(s, " left ") && !strings.Contains(s, " turned_back ")
				})
				if open && !there && r.Kind != port.Announced {
					t.Errorf("the board knows nothing of %s", row)
				}
			}
			return nil
		})
		if err != nil && strings.HasPrefix(string(head.Name), "port:") {
			t.Fatal(err)
		}
	}
}

// TestQueueBetweenTrucks: a waybill's requirement stands in no queue while none of its vehicles is on the way, and stands
// as it was decided when the next one is announced.
func TestQueueBetweenTrucks(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	s := newStory(t, w, here)
	queue := func(state string) (n int) {
		t.Helper()
		var list struct{ Items []struct{ Kind string } }
		s.into(s.do(identity.Customs, "GET", "/v1/requirements?state="+state, nil, http.StatusOK, "Guomen-At-Least", s.last), &list)
		for _, item := range list.Items {
			if item.Kind == string(port.CustomsRelease) {
				n++
			}
		}
		return n
	}
	k := s.coal("between")
	k.paper.Waybills[0].GrossMass, k.paper.Waybills[0].OnVehicle = 80*port.Tonne, 40*port.Tonne
	first, _ := s.announce(k)
	if n := queue("open"); n != 1 {
		t.Errorf("announced: %d releases wait", n)
	}
	s.declare(k)
	s.settle(first)
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	s.read(k, port.DueExitGate, port.DecisionOpen)
	if open, met := queue("open"), queue("met"); open+met != 0 {
		t.Errorf("the first truck is gone: %d open, %d met", open, met)
	}
	second := *k
	second.paper.Vehicle = s.coal("between").paper.Vehicle
	id, _ := s.announce(&second)
	if open, met := queue("open"), queue("met"); open != 0 || met != 1 {
		t.Errorf("released already: %d open, %d met", open, met)
	}
	s.settle(id)
	s.read(&second, port.DueEntryGate, port.DecisionOpen)
	s.read(&second, port.DueExitGate, port.DecisionOpen)
	if open, met := queue("open"), queue("met"); open+met != 0 {
		t.Errorf("all are gone: %d open, %d met", open, met)
	}
	s.end()
}
