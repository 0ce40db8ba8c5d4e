package board

import (
	"strings"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// OfPort is the port of a ledger; empty where it is another's.
func OfPort(name ledger.Name) port.PortID {
	id, ok := strings.CutPrefix(string(name), "port:")
	if !ok {
		return ""
	}
	return port.PortID(id)
}

// between carries what a port's ledger heard from others, and what it passes on to them.
func (a *applier) between() error {
	switch b := a.f.Body.(type) {
	case claim.Answered:
		return a.all(a.trail(b.For), a.verdict(b.For, b.Requirement, b.State), a.concerned(b.For))
	case claim.Restated:
		return a.all(a.trail(b.Subject), a.verdict(b.Subject, b.Requirement, b.State), a.concerned(b.Subject))
	case claim.Ended:
		return a.trail(b.Subject)
	case movement.Diverted:
		return a.all(a.trail(b.Movement), a.carrier(b.Movement), a.gone(b.Movement, movement.StateDiverted))
	case cargo.Forwarded:
		return a.all(a.trail(b.Consignment, b.Movement), a.declarants(b.Consignment))
	case cargo.Received:
		return a.all(a.trail(b.Known()), a.find(b.Known(), "consignment", b.Waybill), a.declarants(b.Known()))
	case cargo.Delivered:
		return a.all(a.trail(b.Consignment), a.declarants(b.Consignment))
	case declaration.Mirrored:
		return a.mirrored(b)
	}
	return nil
}

// mirrored shows news of a declaration that was lodged at another port.
func (a *applier) mirrored(b declaration.Mirrored) error {
	err := a.all(a.trail(b.Consignment), a.find(b.Consignment, "consignment", b.Waybill),
		a.demands(b.Consignment, port.ConsignmentSubject, b.Judged.Demands), a.concerned(b.Consignment))
	if err != nil {
		return err
	}
	if b.Result == "" {
		return a.reopen(b.Consignment)
	}
	return a.verdict(b.Consignment, port.CustomsRelease, b.Result)
}
