// Package movement is the heart of the port: one conveyance passing once between two controlled places, its checklist
// and its clock.
//
// A requirement belongs to one subject, a movement or a consignment, and stands in that subject's [Checklist]. A
// movement's checklist is the union over itself and what it carries, made when it is read, so that a declaration over
// sixty trucks is decided once. The rulebook says which requirements exist; they arrive in the facts of the documents
// that were judged (manifest.lodged, cargo.consigned, declaration.lodged), and the folds here listen to them. Nothing
// else makes a requirement, and nothing removes one.
//
// When the law changes, what stands on a checklist was judged under an older one. Before a gate opens its documents are
// judged again ([Rejudge]): what the law asks for now is added, and what no clause asks for any more stays on the list as
// lapsed, with the clauses' versions, unless somebody has decided it.
package movement

import (
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// State is where a movement stands.
type State string

// The states of a movement.
const (
	StateAppeared   State = "appeared"  // at the gate, unannounced
	StateAnnounced  State = "announced" // expected
	StateInside     State = "inside"    // between the entry and the exit gate
	StateLeft       State = "left"
	StateTurnedBack State = "turned_back"
)

// Clock is the stamps of one movement (design §8). An absent stamp is absent.
type Clock struct {
	Announced   port.Time `json:"announced,omitempty"`
	Queued      port.Time `json:"t1_queued,omitempty"`
	EntryGate   port.Time `json:"t4_entry_gate,omitempty"`
	BorderClear port.Time `json:"t5_border_clear,omitempty"`
	ExitGate    port.Time `json:"t14_exit_gate,omitempty"`
	Left        port.Time `json:"t15_left,omitempty"`
}

// Carried is one consignment on the vehicle.
type Carried struct {
	Consignment port.ID        `json:"consignment"`
	Waybill     string         `json:"waybill"`
	Goods       string         `json:"goods"`
	HS          port.HSCode    `json:"hs,omitempty"`
	Mass        port.Kilograms `json:"mass"`
}

// Override is an officer's order that stands.
type Override struct {
	Decision OverrideDecision `json:"decision"`
	Reason   string           `json:"reason"`
	Officer  string           `json:"officer"`
	At       port.Time        `json:"at"`
}

// Movement is the record of a movement.
type Movement struct {
	Port        port.PortID            `json:"port"`
	Direction   port.Direction         `json:"direction"`
	State       State                  `json:"state"`
	Batch       port.BatchNumber       `json:"batch,omitempty"`
	Plate       port.Plate             `json:"plate"`
	Trailer     port.Plate             `json:"trailer,omitempty"`
	Nationality port.Country           `json:"nationality,omitempty"`
	Carrier     string                 `json:"carrier,omitempty"`
	By          string                 `json:"by,omitempty"` // organisation that announced it
	Automated   bool                   `json:"automated,omitempty"`
	Crew        int64                  `json:"crew,omitempty"`
	Containers  []port.ContainerNumber `json:"containers,omitempty"`
	Carries     []Carried              `json:"carries,omitempty"`
	Tare        port.Kilograms         `json:"tare,omitempty"`     // vehicle and containers, empty
	Expected    port.Time              `json:"expected,omitempty"` // as announced
	Weighed     port.Kilograms         `json:"weighed,omitempty"`  // at the entry gate
	Clock       Clock                  `json:"clock"`
	Override    *Override              `json:"override,omitempty"`
	// Behind is the movement of the same vehicle and direction that this one stands before in the look-up that it is in,
	// and that is found again when this one has gone on: a vehicle may be announced for its next crossing before this one.
	Behind port.ID `json:"behind,omitzero"`
}

// ExpectedMass is what the loaded vehicle should weigh by its manifest: tare and goods. Zero when the tare is unknown.
func (m *Movement) ExpectedMass() port.Kilograms {
	if m.Tare == 0 {
		return 0
	}
	total := m.Tare
	for i := range m.Carries {
		total += m.Carries[i].Mass
	}
	return total
}

// Open tells whether the movement is still to pass a gate.
func (m *Movement) Open() bool { return m.State != StateLeft && m.State != StateTurnedBack }

// byInside is the kind of look-up, by [manifest.PlateKey], of the vehicle that is between the gates; the one that is
// expected at the entry gate is found by [manifest.ByExpected].
const byInside = "inside"

// Movements is the kind of record.
func Movements() *ledger.Kind[Movement] {
	k := ledger.NewKind[Movement]("movement", 2)
	ledger.On(k, func(b manifest.Lodged) port.ID { return b.Movement }, func(x *ledger.Effects, m Movement, f *ledger.Fact, b manifest.Lodged) Movement {
		d := &b.Document
		if m.State == StateAppeared {
			x.Unindex(manifest.ByUnannounced, manifest.PlateKey(m.Direction, m.Plate))
		}
		x.Index(manifest.ByCrossing, manifest.CrossingKey(d.Batch, d.Vehicle.Plate), b.Movement)
		x.Index(manifest.ByExpected, manifest.PlateKey(d.Direction, d.Vehicle.Plate), b.Movement)
		clock := m.Clock
		clock.Announced = f.Recorded
		m = Movement{
			Port: b.Port, Direction: d.Direction, State: StateAnnounced, Batch: d.Batch, Plate: d.Vehicle.Plate, Trailer: d.Vehicle.Trailer,
			Nationality: d.Vehicle.Nationality, Carrier: d.Carrier, By: b.Organisation, Automated: d.Vehicle.Automated, Crew: d.Crew,
			Tare: d.Vehicle.Tare, Expected: d.Expected, Clock: clock, Override: m.Override, Behind: b.Behind,
		}
		for i := range d.Waybills {
			w := &d.Waybills[i]
			mass := w.OnVehicle
			if mass == 0 {
				mass = w.GrossMass
			}
			m.Carries = append(m.Carries, Carried{Consignment: b.Consignments[i], Waybill: w.Number, Goods: w.Goods, HS: w.HS, Mass: mass})
			for _, c := range w.Containers {
				m.Containers = append(m.Containers, c.Number)
				m.Tare += c.Tare
			}
		}
		return m
	})
	ledger.On(k, func(b Appeared) port.ID { return b.Movement }, func(x *ledger.Effects, _ Movement, f *ledger.Fact, b Appeared) Movement {
		x.Index(manifest.ByUnannounced, manifest.PlateKey(b.Direction, b.Plate), b.Movement)
		x.Index(manifest.ByExpected, manifest.PlateKey(b.Direction, b.Plate), b.Movement)
		return Movement{Port: b.Port, Direction: b.Direction, State: StateAppeared, Plate: b.Plate, Clock: Clock{Queued: f.At}}
	})
	ledger.On(k, func(b Decided) port.ID {
		if b.SubjectKind == port.MovementSubject && b.Kind == crewCleared {
			return b.Subject
		}
		return port.ID{}
	}, func(_ *ledger.Effects, m Movement, f *ledger.Fact, b Decided) Movement {
		if !b.Advisory && b.Result.State().Settled() {
			m.Clock.BorderClear = f.At
		}
		return m
	})
	ledger.On(k, func(b Passed) port.ID { return b.Movement }, func(x *ledger.Effects, m Movement, f *ledger.Fact, b Passed) Movement {
		plate := manifest.PlateKey(m.Direction, m.Plate)
		if m.Override != nil && m.Override.Decision == OverrideOpen {
			m.Override = nil // it opens one gate once
		}
		switch b.Gate {
		case port.DueEntryGate:
			if m.State == StateAppeared {
				x.Unindex(manifest.ByUnannounced, plate)
			}
			x.Index(manifest.ByExpected, plate, m.Behind)
			x.Index(byInside, plate, b.Movement)
			m.State, m.Clock.EntryGate, m.Weighed, m.Behind = StateInside, f.At, b.Mass, b.Behind
		case port.DueExitGate:
			x.Index(byInside, plate, m.Behind)
			m.State, m.Clock.ExitGate, m.Clock.Left = StateLeft, f.At, f.At
			m.close(x)
		}
		return m
	})
	ledger.On(k, func(b TurnedBack) port.ID { return b.Movement }, func(x *ledger.Effects, m Movement, f *ledger.Fact, _ TurnedBack) Movement {
		plate := manifest.PlateKey(m.Direction, m.Plate)
		switch m.State {
		case StateInside:
			x.Index(byInside, plate, m.Behind)
		case StateAppeared:
			x.Unindex(manifest.ByUnannounced, plate)
			x.Index(manifest.ByExpected, plate, m.Behind)
		default:
			x.Index(manifest.ByExpected, plate, m.Behind)
		}
		m.State, m.Clock.Left = StateTurnedBack, f.At
		m.close(x)
		return m
	})
	ledger.On(k, func(b Overridden) port.ID { return b.Movement }, func(_ *ledger.Effects, m Movement, f *ledger.Fact, b Overridden) Movement {
		m.Override = &Override{Decision: b.Decision, Reason: b.Reason, Officer: b.Officer, At: f.At}
		if b.Decision == OverrideResume {
			m.Override = nil
		}
		return m
	})
	return k
}

func (m *Movement) close(x *ledger.Effects) {
	if m.Batch != "" {
		x.Unindex(manifest.ByCrossing, manifest.CrossingKey(m.Batch, m.Plate))
	}
}

// At finds the open movement of a plate at a gate: the expected one at the entry, the one inside at the exit.
func At(tx *ledger.Tx, gate port.DuePoint, direction port.Direction, plate port.Plate) (port.ID, error) {
	kind := manifest.ByExpected
	if gate == port.DueExitGate {
		kind = byInside
	}
	return tx.Lookup(kind, manifest.PlateKey(direction, plate))
}

// WantAt prefetches what At will read.
func WantAt(want *ledger.Wants, gate port.DuePoint, direction port.Direction, plate port.Plate) {
	kind := manifest.ByExpected
	if gate == port.DueExitGate {
		kind = byInside
	}
	want.Lookup(kind, manifest.PlateKey(direction, plate))
}
