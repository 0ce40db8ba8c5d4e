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
	"cmp"
	"slices"

	"github.com/guomen/guomen/cargo"
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
	StateCancelled  State = "cancelled" // its manifest was deleted before it came
)

// Clock is the stamps of one movement (design §8). An absent stamp is absent.
type Clock struct {
	Announced   port.Time `json:"announced,omitempty"`
	Queued      port.Time `json:"t1_queued,omitempty"`
	EntryGate   port.Time `json:"t4_entry_gate,omitempty"`
	BorderClear port.Time `json:"t5_border_clear,omitempty"`
	Confirmed   port.Time `json:"confirmed,omitempty"`
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
	Of          port.ID        `json:"of,omitzero"`       // of a lot: the consignment whose requirements hold for it too
	Fetched     bool           `json:"fetched,omitempty"` // from custody
	Entered     bool           `json:"entered,omitempty"` // through the entry gate, on this conveyance
}

// Fitted is one piece of equipment on the conveyance: what of which consignments it holds, and whether something is
// required of itself.
type Fitted struct {
	ID     port.ID            `json:"id"`
	Kind   port.EquipmentKind `json:"kind"`
	Number string             `json:"number"`
	Holds  []Held             `json:"holds,omitempty"`
	Asked  bool               `json:"asked,omitempty"`
}

// Held is the part of a consignment that lies in one piece of equipment.
type Held struct {
	Consignment port.ID        `json:"consignment"`
	Mass        port.Kilograms `json:"mass"`
}

// Aboard is one person of whom the law asks something by himself.
type Aboard struct {
	ID   port.ID `json:"id"`
	Who  port.ID `json:"who,omitzero"`
	Role string  `json:"role"`
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
	Kind        port.ConveyanceKind    `json:"kind,omitempty"`
	From        port.Place             `json:"from,omitzero"`
	To          port.Place             `json:"to,omitzero"`
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
	Equipment   []Fitted               `json:"equipment,omitempty"`
	Persons     []Aboard               `json:"persons,omitempty"`
	Tare        port.Kilograms         `json:"tare,omitempty"`     // vehicle and containers, empty
	Expected    port.Time              `json:"expected,omitempty"` // as announced
	Weighed     port.Kilograms         `json:"weighed,omitempty"`  // at the entry gate
	Clock       Clock                  `json:"clock"`
	Override    *Override              `json:"override,omitempty"`
	// Behind is the movement of the same vehicle and direction that this one stands before in the look-up that it is in,
	// and that is found again when this one has gone on: a vehicle may be announced for its next crossing before this one.
	Behind port.ID `json:"behind,omitzero"`
}

// ExpectedMass is what the vehicle should weigh at a gate by its manifest: tare and goods, without those that it has come
// to fetch and does not have yet. Zero when the tare is unknown.
func (m *Movement) ExpectedMass(gate port.DuePoint) port.Kilograms {
	if m.Tare == 0 {
		return 0
	}
	total := m.Tare
	for i := range m.Carries {
		if gate == port.DueExitGate || !m.Carries[i].Fetched {
			total += m.Carries[i].Mass
		}
	}
	return total
}

// Open tells whether the movement is still to pass a gate.
func (m *Movement) Open() bool {
	return m.State != StateLeft && m.State != StateTurnedBack && m.State != StateCancelled && m.State != StateDiverted
}

// Awaited tells a movement that has not come yet: what is said of it may still be changed.
func (m *Movement) Awaited() bool { return m.State == StateAnnounced || m.State == StateAppeared }

// carried finds a consignment on the conveyance; nil where it carries none of it.
func (m *Movement) carried(consignment port.ID) *Carried {
	for i := range m.Carries {
		if m.Carries[i].Consignment == consignment {
			return &m.Carries[i]
		}
	}
	return nil
}

// fitted finds equipment on the conveyance.
func (m *Movement) fitted(equipment port.ID) *Fitted {
	for i := range m.Equipment {
		if m.Equipment[i].ID == equipment {
			return &m.Equipment[i]
		}
	}
	return nil
}

// ComesOff tells whether a consignment can be left behind at a gate without turning the conveyance back: all that it has
// of it lies in wagons. A box or a trailer cannot be left at a barrier.
func (m *Movement) ComesOff(consignment port.ID) bool {
	held := port.Kilograms(0)
	for i := range m.Equipment {
		if m.Equipment[i].Kind != port.Wagon {
			continue
		}
		for _, h := range m.Equipment[i].Holds {
			if h.Consignment == consignment {
				held += h.Mass
			}
		}
	}
	goods := m.carried(consignment)
	return goods != nil && held >= goods.Mass
}

// Subjects lists what the conveyance's checklist is the union over: itself, its goods and the consignments that they are
// parts of, and the equipment and persons of whom something is required.
func (m *Movement) Subjects(id port.ID) []port.ID {
	subjects := append(make([]port.ID, 0, 8), id)
	for i := range m.Carries {
		subjects = append(subjects, m.Carries[i].Consignment)
		if of := m.Carries[i].Of; !of.IsZero() && !slices.Contains(subjects, of) {
			subjects = append(subjects, of)
		}
	}
	for i := range m.Equipment {
		if m.Equipment[i].Asked {
			subjects = append(subjects, m.Equipment[i].ID)
		}
	}
	for i := range m.Persons {
		subjects = append(subjects, m.Persons[i].ID)
	}
	return subjects
}

// byInside is the kind of look-up, by [manifest.PlateKey], of the vehicle that is between the gates; the one that is
// expected at the entry gate is found by [manifest.ByExpected].
const byInside = "inside"

// Movements is the kind of record.
func Movements() *ledger.Kind[Movement] {
	k := ledger.NewKind[Movement]("movement", 4)
	diverts(k)
	ledger.On(k, func(b manifest.Lodged) port.ID { return b.Movement }, func(x *ledger.Effects, m Movement, f *ledger.Fact, b manifest.Lodged) Movement {
		d := &b.Document
		known := d.Vehicle.Known()
		if m.State == StateAppeared {
			x.Unindex(manifest.ByUnannounced, manifest.PlateKey(m.Direction, m.Plate))
		}
		x.Index(manifest.ByCrossing, manifest.CrossingKey(d.Batch, known), b.Movement)
		x.Index(manifest.ByExpected, manifest.PlateKey(d.Direction, known), b.Movement)
		clock := m.Clock
		clock.Announced = f.Recorded
		return Movement{
			Port: b.Port, By: b.Organisation, Clock: clock, Override: m.Override, Behind: b.Behind,
		}.announced(d, b.Consignments, b.Equipment)
	})
	ledger.On(k, func(b manifest.Changed) port.ID { return b.Movement }, func(_ *ledger.Effects, m Movement, _ *ledger.Fact, b manifest.Changed) Movement {
		if b.Added {
			return m.loaded(&b.Document, b.Consignments, b.Equipment)
		}
		return m.announced(&b.Document, b.Consignments, b.Equipment)
	})
	ledger.On(k, func(b manifest.Deleted) port.ID { return b.Movement }, func(x *ledger.Effects, m Movement, f *ledger.Fact, b manifest.Deleted) Movement {
		if b.Front.IsZero() {
			x.Index(manifest.ByExpected, manifest.PlateKey(m.Direction, m.Plate), b.Behind)
		}
		m.State, m.Clock.Left, m.Carries, m.Equipment = StateCancelled, f.Recorded, nil, nil
		m.close(x)
		return m
	})
	ledger.On(k, func(b manifest.Deleted) port.ID { return b.Front }, func(_ *ledger.Effects, m Movement, _ *ledger.Fact, b manifest.Deleted) Movement {
		m.Behind = b.Behind
		return m
	})
	ledger.On(k, func(b cargo.Assigned) port.ID {
		if b.Of.IsZero() {
			return port.ID{}
		}
		return b.Movement
	}, func(_ *ledger.Effects, m Movement, _ *ledger.Fact, b cargo.Assigned) Movement {
		m.Carries = slices.Clone(m.Carries)
		if goods := m.carried(b.Consignment); goods != nil {
			goods.Of = b.Of
		}
		return m
	})
	ledger.On(k, func(b manifest.Confirmed) port.ID { return b.Movement }, func(_ *ledger.Effects, m Movement, f *ledger.Fact, b manifest.Confirmed) Movement {
		d := &b.Document
		if m.Clock.Confirmed = f.Recorded; b.Withdrawn {
			m.Clock.Confirmed = 0
			return m
		}
		m.Crew = cmp.Or(d.Crew, m.Crew)
		m.Expected = cmp.Or(d.Expected, m.Expected)
		return m
	})
	ledger.On(k, func(b cargo.Removed) port.ID { return b.Movement }, func(_ *ledger.Effects, m Movement, _ *ledger.Fact, b cargo.Removed) Movement {
		return m.without(b.Consignment, b.Mass, port.ID{})
	})
	ledger.On(k, func(b Ordered) port.ID { return b.Movement }, func(_ *ledger.Effects, m Movement, _ *ledger.Fact, b Ordered) Movement {
		if b.SubjectKind != port.EquipmentSubject {
			return m
		}
		m.Equipment = slices.Clone(m.Equipment)
		if unit := m.fitted(b.Subject); unit != nil {
			unit.Asked = true
		}
		return m
	})
	ledger.On(k, func(b Listed) port.ID { return b.Movement }, func(_ *ledger.Effects, m Movement, _ *ledger.Fact, b Listed) Movement {
		m.Persons = append(slices.Clone(m.Persons), Aboard{b.Person, b.Who, b.Role})
		return m
	})
	ledger.On(k, func(b Detached) port.ID { return b.Movement }, func(_ *ledger.Effects, m Movement, _ *ledger.Fact, b Detached) Movement {
		switch b.Kind {
		case port.ConsignmentSubject:
			return m.without(b.Subject, b.Mass, b.With)
		case port.EquipmentSubject:
			m.Equipment = slices.DeleteFunc(slices.Clone(m.Equipment), func(u Fitted) bool { return u.ID == b.Subject })
			m.unlist(b.Unit, b.Number)
		case port.PersonSubject:
			m.Persons = slices.DeleteFunc(slices.Clone(m.Persons), func(p Aboard) bool { return p.ID == b.Subject })
		}
		return m
	})
	ledger.On(k, func(b Attached) port.ID { return b.Movement }, func(_ *ledger.Effects, m Movement, _ *ledger.Fact, b Attached) Movement {
		if b.Kind == port.ConsignmentSubject && b.Goods != nil {
			return m.with(*b.Goods)
		}
		m.Equipment = append(slices.Clone(m.Equipment), Fitted{ID: b.Subject, Kind: b.Unit, Number: b.Number, Holds: b.Holds, Asked: true})
		switch b.Unit {
		case port.TrailerUnit:
			m.Trailer = port.Plate(b.Number)
		case port.ContainerBox:
			m.Containers = append(slices.Clone(m.Containers), port.ContainerNumber(b.Number))
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
			m.Carries = slices.Clone(m.Carries)
			for i := range m.Carries {
				m.Carries[i].Entered = !m.Carries[i].Fetched
			}
		case port.DueExitGate:
			x.Index(byInside, plate, m.Behind)
			m.State, m.Clock.ExitGate, m.Clock.Left = StateLeft, f.At, f.At
			m.close(x)
		}
		return m
	})
	ledger.On(k, func(b Ended) port.ID { return b.Movement }, func(x *ledger.Effects, m Movement, f *ledger.Fact, _ Ended) Movement {
		x.Index(byInside, manifest.PlateKey(m.Direction, m.Plate), m.Behind)
		m.State, m.Clock.Left = StateLeft, f.At
		m.close(x)
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

// announced is the movement as a manifest's document has it.
func (m Movement) announced(d *manifest.Document, goods, equipment []port.ID) Movement {
	m.State, m.Direction, m.Kind, m.Batch = StateAnnounced, d.Direction, d.Vehicle.Kind, d.Batch
	m.From, m.To = d.From, d.To
	m.Plate, m.Trailer, m.Nationality, m.Carrier = d.Vehicle.Known(), d.Vehicle.Trailer, d.Vehicle.Nationality, d.Carrier
	m.Automated, m.Crew, m.Tare, m.Expected = d.Vehicle.Automated || d.Vehicle.Kind == port.AGV, d.Crew, d.Vehicle.Tare, d.Expected
	m.Carries, m.Equipment, m.Containers = nil, nil, nil
	return m.loaded(d, goods, equipment)
}

// loaded is the movement with the goods of a document on it too, and what they lie in.
func (m Movement) loaded(d *manifest.Document, goods, equipment []port.ID) Movement {
	m.Carries, m.Equipment, m.Containers = slices.Clone(m.Carries), slices.Clone(m.Equipment), slices.Clone(m.Containers)
	for i := range d.Waybills {
		w := &d.Waybills[i]
		m.Carries = append(m.Carries, Carried{Consignment: goods[i], Waybill: w.Number, Goods: w.Goods, HS: w.HS, Mass: w.Mass(), Fetched: d.Fetches()})
		for _, c := range w.Containers {
			m.Containers = append(m.Containers, c.Number)
			m.Tare += c.Tare
		}
	}
	if len(equipment) == 0 { // none, or of a build that did not name it
		return m
	}
	for i, unit := range d.Units() {
		fitted := Fitted{ID: equipment[i], Kind: unit.Kind, Number: unit.Number}
		for _, held := range unit.Holds {
			fitted.Holds = append(fitted.Holds, Held{goods[held.Waybill], held.Mass})
		}
		m.Equipment = append(m.Equipment, fitted)
	}
	return m
}

// without is the movement with so much less of a consignment; with nothing left of it, it carries none. with names the
// equipment that the goods came off in; where they came off by themselves, whatever holds them holds less.
func (m Movement) without(consignment port.ID, mass port.Kilograms, with port.ID) Movement {
	m.Carries = slices.Clone(m.Carries)
	goods := m.carried(consignment)
	if goods == nil {
		return m
	}
	if goods.Mass -= mass; goods.Mass <= 0 {
		m.Carries = slices.DeleteFunc(m.Carries, func(c Carried) bool { return c.Consignment == consignment })
	}
	if !with.IsZero() {
		return m
	}
	m.Equipment = slices.Clone(m.Equipment)
	for i := range m.Equipment {
		unit := &m.Equipment[i]
		unit.Holds = slices.Clone(unit.Holds)
		for h := range unit.Holds {
			if held := &unit.Holds[h]; held.Consignment == consignment {
				held.Mass -= min(held.Mass, mass)
			}
		}
	}
	return m
}

// with is the movement with further goods.
func (m Movement) with(goods Carried) Movement {
	m.Carries = slices.Clone(m.Carries)
	if known := m.carried(goods.Consignment); known != nil {
		known.Mass += goods.Mass
		return m
	}
	m.Carries = append(m.Carries, goods)
	return m
}

// unlist takes equipment that came off out of what a lane is to see.
func (m *Movement) unlist(kind port.EquipmentKind, number string) {
	switch kind {
	case port.TrailerUnit:
		if string(m.Trailer) == number {
			m.Trailer = ""
		}
	case port.ContainerBox:
		m.Containers = slices.DeleteFunc(slices.Clone(m.Containers), func(c port.ContainerNumber) bool { return string(c) == number })
	}
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
