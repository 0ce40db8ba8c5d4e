// Package board is the read model behind the port's boards, lists, queues and searches: a view over the facts of every
// port. It holds what people look for and count; the thing itself is read from its record, its history from the ledger.
package board

import (
	"strings"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// Name is the view's name.
const Name = "board"

// View is the board's view over the ports' ledgers.
func View() *ledger.View {
	return &ledger.View{Name: Name, Version: 5, Ledgers: "port:", Tables: tables, Apply: apply}
}

var tables = []string{
	// One row a movement. entered and left are microseconds, 0 where absent.
	`CREATE TABLE IF NOT EXISTS {v}movement (id TEXT NOT NULL PRIMARY KEY, port TEXT NOT NULL, direction TEXT NOT NULL, state TEXT NOT NULL,
		batch TEXT NOT NULL, plate TEXT NOT NULL, plate_key TEXT NOT NULL, goods TEXT NOT NULL, mass BIGINT NOT NULL, organisation TEXT NOT NULL,
		nationality TEXT NOT NULL, announced BIGINT NOT NULL, entered BIGINT NOT NULL, gone BIGINT NOT NULL, updated BIGINT NOT NULL,
		lane TEXT NOT NULL, held TEXT NOT NULL, override TEXT NOT NULL, held_since BIGINT NOT NULL, crossing BIGINT NOT NULL)`,
	`CREATE INDEX IF NOT EXISTS {v}movement_port ON {v}movement (port, state, id)`,
	`CREATE INDEX IF NOT EXISTS {v}movement_updated ON {v}movement (port, updated)`,
	`CREATE INDEX IF NOT EXISTS {v}movement_plate ON {v}movement (plate_key, id)`,
	// What a movement or consignment can be found by.
	`CREATE TABLE IF NOT EXISTS {v}found (key TEXT NOT NULL, subject TEXT NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (key, subject))`,
	`CREATE TABLE IF NOT EXISTS {v}carried (consignment TEXT NOT NULL, movement TEXT NOT NULL, waybill TEXT NOT NULL, PRIMARY KEY (consignment, movement))`,
	`CREATE INDEX IF NOT EXISTS {v}carried_by ON {v}carried (movement)`,
	`CREATE TABLE IF NOT EXISTS {v}declaration (id TEXT NOT NULL PRIMARY KEY, port TEXT NOT NULL, consignment TEXT NOT NULL, organisation TEXT NOT NULL,
		reference TEXT NOT NULL, number TEXT NOT NULL, state TEXT NOT NULL, lodged BIGINT NOT NULL)`,
	`CREATE INDEX IF NOT EXISTS {v}declaration_of ON {v}declaration (consignment)`,
	// Every requirement of open subjects. live is 0 while no vehicle that is on its way carries the consignment: it stands
	// in no queue then, and stands as it was when the next vehicle of the waybill is announced.
	`CREATE TABLE IF NOT EXISTS {v}requirement (id TEXT NOT NULL PRIMARY KEY, port TEXT NOT NULL, subject TEXT NOT NULL, kind TEXT NOT NULL,
		function TEXT NOT NULL, state TEXT NOT NULL, result TEXT NOT NULL, opened BIGINT NOT NULL, decided BIGINT NOT NULL, live BIGINT NOT NULL)`,
	`CREATE INDEX IF NOT EXISTS {v}requirement_queue ON {v}requirement (port, function, live, state, id)`,
	`CREATE INDEX IF NOT EXISTS {v}requirement_of ON {v}requirement (subject)`,
	// Which facts are about a subject, for timelines.
	`CREATE TABLE IF NOT EXISTS {v}trail (subject TEXT NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (subject, seq))`,
	// Crossings and mass by port, direction and hour (of 1970, UTC).
	`CREATE TABLE IF NOT EXISTS {v}hour (port TEXT NOT NULL, direction TEXT NOT NULL, hour BIGINT NOT NULL, crossings BIGINT NOT NULL, mass BIGINT NOT NULL, PRIMARY KEY (port, direction, hour))`,
	// What each lane saw last.
	`CREATE TABLE IF NOT EXISTS {v}lane (lane TEXT NOT NULL PRIMARY KEY, port TEXT NOT NULL, at BIGINT NOT NULL, plate TEXT NOT NULL, decision TEXT NOT NULL, movement TEXT NOT NULL)`,
	// Release times by declaration: arrived at the supervised place, released; 0 where absent.
	`CREATE TABLE IF NOT EXISTS {v}release (consignment TEXT NOT NULL PRIMARY KEY, port TEXT NOT NULL, direction TEXT NOT NULL, arrived BIGINT NOT NULL, declared BIGINT NOT NULL, released BIGINT NOT NULL, inspected BIGINT NOT NULL)`,
	`CREATE INDEX IF NOT EXISTS {v}release_port ON {v}release (port, released)`,
	// What concerns an organisation, under a cursor of its own.
	`CREATE TABLE IF NOT EXISTS {v}event (organisation TEXT NOT NULL, n BIGINT NOT NULL, ledger TEXT NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (organisation, n))`,
}

// PortOf is the port of a ledger "port:…".
func PortOf(name ledger.Name) port.PortID {
	id, ok := strings.CutPrefix(string(name), "port:")
	if !ok {
		return "" // no port's
	}
	return port.PortID(id)
}

// applier carries one transaction's facts into the tables.
type applier struct {
	ledger.ViewTx
	port string
	f    *ledger.Fact
	next map[string]int64 // next event number by organisation
}

func apply(tx ledger.ViewTx, facts []ledger.Fact) error {
	a := &applier{ViewTx: tx, next: map[string]int64{}}
	for i := range facts {
		a.f, a.port = &facts[i], string(PortOf(facts[i].Ledger))
		if err := a.fact(); err != nil {
			return err
		}
	}
	return nil
}

func (a *applier) fact() error {
	switch b := a.f.Body.(type) {
	case manifest.Lodged:
		return a.manifest(b)
	case cargo.Consigned:
		return a.consigned(b)
	case cargo.Entered:
		return a.all(a.trail(b.Consignment, b.Movement), a.declarants(b.Consignment),
			a.Exec(`INSERT INTO {v}release VALUES ($1, $2, '', $3, 0, 0, 0) ON CONFLICT (consignment) DO UPDATE SET arrived = CASE {v}release.arrived WHEN 0 THEN excluded.arrived ELSE {v}release.arrived END`, b.Consignment.String(), a.port, int64(a.f.At)))
	case cargo.TakenOut:
		return a.all(a.trail(b.Consignment, b.Movement), a.declarants(b.Consignment))
	case cargo.Returned:
		return a.all(a.trail(b.Consignment, b.Movement), a.declarants(b.Consignment))
	case declaration.Lodged:
		return a.declared(b)
	case declaration.Amended:
		return a.all(a.trail(b.Consignment), a.demands(b.Consignment, port.ConsignmentSubject, b.Judged.Demands), a.reopen(b.Consignment), a.declarant(b.Declaration))
	case declaration.Withdrawn:
		return a.all(a.trail(b.Consignment), a.reopen(b.Consignment), a.declaration(b.Declaration, declaration.StateWithdrawn), a.declarant(b.Declaration))
	case declaration.Answered:
		return a.answered(b)
	case declaration.Closed:
		return a.all(a.declaration(b.Declaration, declaration.StateClosed), a.declarant(b.Declaration),
			a.Exec(`DELETE FROM {v}requirement WHERE subject IN (SELECT consignment FROM {v}declaration WHERE id = $1) AND live = 0`, b.Declaration.String()))
	case movement.Appeared:
		return a.all(a.trail(b.Movement), a.find(b.Movement, "movement", b.Plate.Key()),
			a.Exec(`INSERT INTO {v}movement VALUES ($1, $2, $3, $4, '', $5, $6, '', 0, '', '', 0, 0, 0, $7, $8, 'unannounced', '', $9, 1)`,
				b.Movement.String(), a.port, string(b.Direction), string(movement.StateAppeared), string(b.Plate), b.Plate.Key(), int64(a.f.At), string(b.Lane), int64(a.f.At)),
			a.demands(b.Movement, port.MovementSubject, []port.Demand{{Kind: port.Announced, Subject: port.MovementSubject, Owner: port.Owner{Function: port.FunctionCarrier}}}))
	case movement.Decided:
		return a.decided(b)
	case movement.JudgedAgain:
		return a.judgedAgain(b)
	case movement.Passed:
		return a.passed(b)
	case movement.TurnedBack:
		return a.all(a.trail(b.Movement), a.carrier(b.Movement), a.gone(b.Movement, movement.StateTurnedBack))
	case movement.Overridden:
		return a.all(a.trail(b.Movement), a.carrier(b.Movement), a.Exec(`UPDATE {v}movement SET override = $1, updated = $2 WHERE id = $3`, string(b.Decision), int64(a.f.At), b.Movement.String()))
	case movement.CrewNamed:
		return a.trail(b.Movement)
	case movement.CrewViewed:
		return a.trail(b.Movement)
	case gate.Read:
		return nil // the decision that follows tells
	case gate.Decided:
		return a.gate(b)
	case gate.PassIssued:
		return a.trail(b.Movement)
	case gate.PassRevoked:
		return a.all(a.trail(b.Movement), a.carrier(b.Movement))
	case ledger.DeadlinePassed:
		return a.all(a.trail(b.Subject), a.concerned(b.Subject))
	}
	return a.handled(a.f.Body)
}

// all is the first error of several writes; every one of them has run.
func (a *applier) all(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *applier) trail(subjects ...port.ID) error {
	for _, id := range subjects {
		if id.IsZero() {
			continue
		}
		if err := a.Exec(`INSERT INTO {v}trail VALUES ($1, $2) ON CONFLICT (subject, seq) DO NOTHING`, id.String(), int64(a.f.Seq)); err != nil {
			return err
		}
	}
	return nil
}

func (a *applier) find(id port.ID, kind string, keys ...string) error {
	for _, key := range keys {
		if key == "" {
			continue
		}
		if err := a.Exec(`INSERT INTO {v}found VALUES ($1, $2, $3) ON CONFLICT (key, subject) DO NOTHING`, key, id.String(), kind); err != nil {
			return err
		}
	}
	return nil
}

func (a *applier) manifest(b manifest.Lodged) error {
	d := &b.Document
	id, known := b.Movement.String(), d.Vehicle.Known()
	goods, mass, keys := loaded(d)
	from, to := port.Ends(d.Direction, d.From, d.To)
	crossing := int64(0)
	if from.Kind == port.AtLine || to.Kind == port.AtLine {
		crossing = 1
	}
	return a.all(a.trail(b.Movement), a.find(b.Movement, "movement", keys...), a.event(b.Organisation),
		a.Exec(`INSERT INTO {v}movement VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, $13, '', '', '', 0, $14)
			ON CONFLICT (id) DO UPDATE SET state = excluded.state, batch = excluded.batch, goods = excluded.goods, mass = excluded.mass,
			organisation = excluded.organisation, nationality = excluded.nationality, crossing = excluded.crossing, announced = excluded.announced, updated = excluded.updated, held = '', held_since = 0`,
			id, a.port, string(d.Direction), string(movement.StateAnnounced), string(d.Batch), string(known), known.Key(),
			goods, mass, b.Organisation, string(d.Vehicle.Nationality), int64(a.f.Recorded), int64(a.f.Recorded), crossing),
		a.Exec(`DELETE FROM {v}requirement WHERE id = $1`, string(movement.NewRequirementID(b.Movement, port.Announced))),
		a.demands(b.Movement, port.MovementSubject, b.Judged.Demands))
}

// loaded is what a document says is on its conveyance, as lists show it, and what the conveyance is found by.
func loaded(d *manifest.Document) (goods string, mass int64, keys []string) {
	keys = []string{d.Vehicle.Known().Key(), string(d.Batch)}
	if d.Vehicle.Trailer != "" {
		keys = append(keys, d.Vehicle.Trailer.Key())
	}
	for i := range d.Waybills {
		w := &d.Waybills[i]
		if goods == "" {
			goods = w.Goods
		}
		mass += int64(w.Mass())
		for _, c := range w.Containers {
			keys = append(keys, string(c.Number))
		}
		for _, wagon := range w.Wagons {
			keys = append(keys, wagon.Number)
		}
	}
	return goods, mass, keys
}

func (a *applier) consigned(b cargo.Consigned) error {
	return a.all(a.trail(b.Consignment, b.Movement), a.find(b.Consignment, "consignment", b.Waybill),
		a.Exec(`INSERT INTO {v}carried VALUES ($1, $2, $3) ON CONFLICT (consignment, movement) DO NOTHING`, b.Consignment.String(), b.Movement.String(), b.Waybill),
		a.Exec(`INSERT INTO {v}release VALUES ($1, $2, $3, 0, 0, 0, 0) ON CONFLICT (consignment) DO UPDATE SET direction = excluded.direction`, b.Consignment.String(), a.port, string(b.Direction)),
		a.demands(b.Consignment, port.ConsignmentSubject, b.Judged.Demands))
}

func (a *applier) declared(b declaration.Lodged) error {
	d := &b.Document
	keys := []string{d.Reference, string(d.Number), d.Waybill}
	for i := range d.Equipment {
		keys = append(keys, d.Equipment[i].ID)
	}
	return a.all(a.trail(b.Consignment), a.find(b.Consignment, "consignment", keys...), a.event(b.Organisation),
		a.Exec(`INSERT INTO {v}declaration VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, b.Declaration.String(), a.port, b.Consignment.String(), b.Organisation,
			d.Reference, string(d.Number), string(declaration.StateLodged), int64(a.f.Recorded)),
		a.Exec(`INSERT INTO {v}release VALUES ($1, $2, $3, 0, $4, 0, 0) ON CONFLICT (consignment) DO UPDATE SET declared = excluded.declared, direction = excluded.direction`,
			b.Consignment.String(), a.port, string(d.Direction), int64(a.f.Recorded)),
		a.demands(b.Consignment, port.ConsignmentSubject, b.Judged.Demands), a.reopen(b.Consignment))
}

func (a *applier) answered(b declaration.Answered) error {
	err := a.all(a.trail(b.Consignment), a.find(b.Consignment, "consignment", string(b.Number)),
		a.Exec(`UPDATE {v}declaration SET number = $1 WHERE id = $2 AND number = ''`, string(b.Number), b.Declaration.String()), a.declarant(b.Declaration))
	if err != nil || b.Result == "" {
		return err
	}
	return a.verdict(b.Consignment, port.CustomsRelease, b.Result)
}

func (a *applier) declaration(id port.ID, state declaration.State) error {
	return a.Exec(`UPDATE {v}declaration SET state = $1 WHERE id = $2`, string(state), id.String())
}

// demands adds the requirements of one subject.
func (a *applier) demands(subject port.ID, kind port.SubjectKind, demands []port.Demand) error {
	for i := range demands {
		d := &demands[i]
		if d.Subject != kind {
			continue
		}
		if err := a.Exec(`INSERT INTO {v}requirement VALUES ($1, $2, $3, $4, $5, 'open', '', $6, 0, 1) ON CONFLICT (id) DO UPDATE SET live = 1, state = CASE {v}requirement.state WHEN 'lapsed' THEN 'open' ELSE {v}requirement.state END,
			decided = CASE {v}requirement.state WHEN 'lapsed' THEN 0 ELSE {v}requirement.decided END, opened = CASE {v}requirement.state WHEN 'lapsed' THEN excluded.opened ELSE {v}requirement.opened END`,
			string(movement.NewRequirementID(subject, d.Kind)), a.port, subject.String(), string(d.Kind), string(d.Owner.Function), int64(a.f.Recorded)); err != nil {
			return err
		}
	}
	return nil
}

// reopen opens the release again: its ground has changed.
func (a *applier) reopen(consignment port.ID) error {
	return a.all(
		a.Exec(`UPDATE {v}requirement SET state = 'open', result = '', decided = 0 WHERE id = $1 AND state <> 'lapsed'`, string(movement.NewRequirementID(consignment, port.CustomsRelease))),
		a.Exec(`UPDATE {v}release SET released = 0 WHERE consignment = $1`, consignment.String()))
}

// judgedAgain takes in what the law asks for since it has changed, and what it does not ask for any more.
func (a *applier) judgedAgain(b movement.JudgedAgain) error {
	err := a.all(a.trail(b.Subject, b.Movement), a.demands(b.Subject, b.SubjectKind, b.Judged.Demands), a.concerned(b.Subject))
	for i := range b.Dropped {
		if err == nil && b.Dropped[i].Lapsed {
			err = a.Exec(`UPDATE {v}requirement SET state = 'lapsed', decided = $1 WHERE id = $2`, int64(a.f.Recorded), string(movement.NewRequirementID(b.Subject, b.Dropped[i].Kind)))
		}
	}
	return err
}

func (a *applier) decided(b movement.Decided) error {
	if b.Advisory {
		return a.trail(b.Subject)
	}
	err := a.all(a.trail(b.Subject), a.verdict(b.Subject, b.Kind, b.Result), a.concerned(b.Subject))
	if err == nil && b.Result == port.ResultInspect && b.Inspector != nil {
		const inspection = "inspection"
		err = a.all(a.demands(b.Subject, b.SubjectKind, []port.Demand{{Kind: inspection, Subject: b.SubjectKind, Owner: *b.Inspector}}),
			a.Exec(`UPDATE {v}requirement SET state = 'open', result = '', decided = 0 WHERE id = $1`, string(movement.NewRequirementID(b.Subject, inspection))))
	}
	return err
}

func (a *applier) verdict(subject port.ID, kind port.RequirementKind, result port.Result) error {
	err := a.Exec(`UPDATE {v}requirement SET state = $1, result = $2, decided = $3 WHERE id = $4`, string(result.State()), string(result), int64(a.f.At), string(movement.NewRequirementID(subject, kind)))
	if err == nil && kind == port.CustomsRelease {
		released := int64(0)
		if result.State().Settled() {
			released = int64(a.f.At)
		}
		err = a.Exec(`UPDATE {v}release SET released = $1 WHERE consignment = $2`, released, subject.String())
	}
	if err == nil && result == port.ResultInspect {
		err = a.Exec(`UPDATE {v}release SET inspected = 1 WHERE consignment = $1`, subject.String())
	}
	return err
}

func (a *applier) passed(b movement.Passed) error {
	id := b.Movement.String()
	if b.Gate == port.DueEntryGate {
		return a.all(a.trail(b.Movement), a.carrier(b.Movement), a.Exec(`UPDATE {v}movement SET state = $1, entered = $2, updated = $3, held = '', held_since = 0, override = '' WHERE id = $4`, string(movement.StateInside), int64(a.f.At), int64(a.f.At), id))
	}
	return a.all(a.trail(b.Movement), a.carrier(b.Movement), a.gone(b.Movement, movement.StateLeft), a.crossed(b.Movement))
}

// gone closes a movement's row and takes its requirements, and those of what it carried, out of the queues.
func (a *applier) gone(id port.ID, state movement.State) error {
	return a.all(
		a.Exec(`UPDATE {v}movement SET state = $1, gone = $2, updated = $3, held = '', held_since = 0, override = '' WHERE id = $4`, string(state), int64(a.f.At), int64(a.f.At), id.String()),
		a.Exec(`DELETE FROM {v}requirement WHERE subject = $1`, id.String()),
		a.Exec(`UPDATE {v}requirement SET live = 0 WHERE subject IN (SELECT consignment FROM {v}carried WHERE movement = $1) AND NOT EXISTS (
			SELECT 1 FROM {v}carried c JOIN {v}movement m ON m.id = c.movement WHERE c.consignment = {v}requirement.subject AND m.gone = 0)`, id.String()))
}

func (a *applier) gate(b gate.Decided) error {
	held := ""
	if b.Decision != port.DecisionOpen && len(b.Reasons) > 0 {
		if held = b.Reasons[0].Code; b.Reasons[0].Kind != "" {
			held = string(b.Reasons[0].Kind)
		}
	}
	id := b.Movement.String()
	if b.Decision != port.DecisionOpen { // where it opens, the passing tells
		if err := a.carrier(b.Movement); err != nil {
			return err
		}
	}
	return a.all(a.trail(b.Movement),
		a.Exec(`INSERT INTO {v}lane SELECT $1, $2, $3, coalesce((SELECT plate FROM {v}movement WHERE id = $4), ''), $5, $6
			ON CONFLICT (lane) DO UPDATE SET at = excluded.at, plate = excluded.plate, decision = excluded.decision, movement = excluded.movement`,
			string(b.Lane), a.port, int64(a.f.At), id, string(b.Decision), id),
		a.Exec(`UPDATE {v}movement SET lane = $1, held = $2, updated = $3, held_since = CASE WHEN $2 = '' THEN 0 WHEN held_since = 0 THEN $3 ELSE held_since END WHERE id = $4`, string(b.Lane), held, int64(a.f.At), id))
}

// event gives the fact to an organisation's own stream.
func (a *applier) event(organisation string) error {
	if organisation == "" {
		return nil
	}
	n, ok := a.next[organisation]
	if !ok {
		err := a.Query(`SELECT coalesce(max(n), 0) FROM {v}event WHERE organisation = $1`, []any{organisation}, func(scan func(...any) error) error { return scan(&n) })
		if err != nil {
			return err
		}
	}
	n++
	a.next[organisation] = n
	return a.Exec(`INSERT INTO {v}event VALUES ($1, $2, $3, $4)`, organisation, n, string(a.f.Ledger), int64(a.f.Seq))
}

// carrier gives the fact to whoever announced a movement.
func (a *applier) carrier(id port.ID) error {
	return a.events(`SELECT organisation FROM {v}movement WHERE id = $1`, id)
}

// declarant gives the fact to whoever lodged a declaration.
func (a *applier) declarant(id port.ID) error {
	return a.events(`SELECT organisation FROM {v}declaration WHERE id = $1`, id)
}

// declarants gives the fact to those who declared a consignment.
func (a *applier) declarants(consignment port.ID) error {
	return a.events(`SELECT DISTINCT organisation FROM {v}declaration WHERE consignment = $1`, consignment)
}

// concerned gives the fact to those who announced or declared its subject: a movement, or a consignment with the
// vehicles that carry it.
func (a *applier) concerned(subject port.ID) error {
	return a.events(`SELECT organisation FROM {v}movement WHERE id = $1
		UNION SELECT organisation FROM {v}declaration WHERE consignment = $1
		UNION SELECT m.organisation FROM {v}carried c JOIN {v}movement m ON m.id = c.movement WHERE c.consignment = $1 AND m.gone = 0
		ORDER BY 1`, subject)
}

func (a *applier) events(query string, id port.ID) error {
	if id.IsZero() {
		return nil
	}
	var organisations []string
	err := a.Query(query, []any{id.String()}, func(scan func(...any) error) error {
		var organisation string
		err := scan(&organisation)
		organisations = append(organisations, organisation)
		return err
	})
	for _, organisation := range organisations {
		if err == nil {
			err = a.event(organisation)
		}
	}
	return err
}
