package board

import (
	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// handled takes in what happens to conveyances and goods between announcement and departure, beside the gates.
func (a *applier) handled(body ledger.Body) error {
	switch b := body.(type) {
	case manifest.Changed:
		return a.changed(b)
	case manifest.Deleted:
		return a.all(a.trail(b.Movement), a.carrier(b.Movement), a.gone(b.Movement, movement.StateCancelled))
	case manifest.Confirmed:
		if b.Withdrawn {
			return a.all(a.trail(b.Movement), a.undecide(b.Movement, port.Confirmed))
		}
		return a.all(a.trail(b.Movement), a.verdict(b.Movement, port.Confirmed, port.ResultMet))
	case manifest.Answered:
		if b.Result == "" {
			return a.all(a.trail(b.Movement), a.carrier(b.Movement))
		}
		return a.all(a.trail(b.Movement), a.carrier(b.Movement), a.verdict(b.Movement, port.ManifestAccepted, b.Result))
	case manifest.Filed:
		return a.all(a.trail(b.Filing), a.event(b.Organisation))
	case manifest.FilingEnded:
		return a.trail(b.Filing)
	case manifest.Packed:
		return a.trail(b.Consignment)
	case cargo.Assigned:
		return a.all(a.trail(b.Consignment, b.Movement), a.carries(b.Consignment, b.Movement), a.demands(b.Consignment, port.ConsignmentSubject, b.Judged.Demands))
	case cargo.Removed:
		return a.all(a.trail(b.Consignment, b.Movement),
			a.Exec(`DELETE FROM {v}carried WHERE consignment = $1 AND movement = $2`, b.Consignment.String(), b.Movement.String()))
	case cargo.Split:
		return a.all(a.trail(b.Consignment, b.From), a.find(b.Consignment, "consignment", b.Waybill),
			a.Exec(`INSERT INTO {v}release VALUES ($1, $2, $3, $4, 0, 0, 0) ON CONFLICT (consignment) DO NOTHING`, b.Consignment.String(), a.port, string(b.Direction), int64(b.Arrived)))
	case cargo.Reported:
		return a.reported(b)
	case cargo.Adjusted:
		return a.trail(b.Consignment)
	case declaration.Covered:
		return a.covered(b)
	case movement.Compared:
		err := a.all(a.trail(b.Consignment), a.concerned(b.Consignment))
		if err == nil && b.Result != port.ResultMet {
			err = a.demands(b.Consignment, port.ConsignmentSubject, []port.Demand{b.Demand})
		}
		if err == nil {
			err = a.verdict(b.Consignment, movement.FiguresAgree, b.Result)
		}
		return err
	case movement.Ordered:
		return a.all(a.trail(b.Subject, b.Movement), a.demands(b.Subject, b.SubjectKind, []port.Demand{b.Demand}), a.concerned(b.Subject))
	case movement.Deferred:
		return a.all(a.trail(b.Subject), a.concerned(b.Subject))
	case movement.Listed:
		return a.all(a.trail(b.Movement, b.Person), a.demands(b.Person, port.PersonSubject, b.Judged.Demands))
	case movement.Detached:
		return a.all(a.trail(b.Movement, b.Subject), a.carrier(b.Movement))
	case movement.Attached:
		err := a.all(a.trail(b.Movement, b.Subject), a.carrier(b.Movement))
		if err == nil && b.Kind == port.ConsignmentSubject {
			err = a.carries(b.Subject, b.Movement)
		}
		return err
	case movement.Ended:
		return a.all(a.trail(b.Movement), a.carrier(b.Movement), a.gone(b.Movement, movement.StateLeft), a.crossed(b.Movement))
	}
	return a.between()
}

// changed brings a movement's row to what its manifest now says.
func (a *applier) changed(b manifest.Changed) error {
	goods, mass, keys := loaded(&b.Document)
	set := `goods = $1, mass = $2`
	if b.Added {
		set = `goods = CASE goods WHEN '' THEN $1 ELSE goods END, mass = mass + $2`
	}
	return a.all(a.trail(b.Movement), a.find(b.Movement, "movement", keys...), a.carrier(b.Movement),
		a.Exec(`UPDATE {v}movement SET `+set+`, updated = $3 WHERE id = $4`, goods, mass, int64(a.f.Recorded), b.Movement.String()),
		a.demands(b.Movement, port.MovementSubject, b.Judged.Demands), a.undecide(b.Movement, port.ManifestAccepted))
}

// carries notes that a movement carries a consignment under the number that it is found by.
func (a *applier) carries(consignment, movement port.ID) error {
	return a.Exec(`INSERT INTO {v}carried VALUES ($1, $2, '') ON CONFLICT (consignment, movement) DO NOTHING`, consignment.String(), movement.String())
}

// undecide opens a requirement again.
func (a *applier) undecide(subject port.ID, kind port.RequirementKind) error {
	return a.Exec(`UPDATE {v}requirement SET state = 'open', result = '', decided = 0 WHERE id = $1 AND state <> 'lapsed'`, string(movement.NewRequirementID(subject, kind)))
}

func (a *applier) reported(b cargo.Reported) error {
	kind, result := port.ArrivalReported, port.ResultMet
	if b.Kind == cargo.TallyReport {
		kind = port.Tallied
	}
	if b.Missing != 0 || b.Short != 0 {
		result = port.ResultDocuments
	}
	return a.all(a.trail(b.Consignment), a.verdict(b.Consignment, kind, result), a.declarants(b.Consignment))
}

func (a *applier) covered(b declaration.Covered) error {
	err := a.all(a.trail(b.Consignment), a.find(b.Consignment, "consignment", b.Waybill))
	switch {
	case err != nil:
		return err
	case b.What == (declaration.Answered{}).FactName():
		if b.Result == "" {
			return nil
		}
		return a.verdict(b.Consignment, port.CustomsRelease, b.Result)
	}
	return a.all(a.demands(b.Consignment, port.ConsignmentSubject, b.Judged.Demands), a.reopen(b.Consignment))
}

// crossed counts a movement that is over, where it crossed the line: one from the yard into the country did not.
func (a *applier) crossed(id port.ID) error {
	return a.Exec(`INSERT INTO {v}hour SELECT port, direction, $1, 1, mass FROM {v}movement WHERE id = $2 AND crossing = 1
		ON CONFLICT (port, direction, hour) DO UPDATE SET crossings = {v}hour.crossings + 1, mass = {v}hour.mass + excluded.mass`, int64(a.f.At)/int64(port.Hour), id.String())
}
