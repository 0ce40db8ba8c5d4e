package cargo

import (
	"strconv"
	"strings"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// LotWaybill is the number of a lot: its waybill's with the lot's behind an asterisk, as split bills are written on
// Chinese declarations (总运单*分运单).
func LotWaybill(waybill, lot string) string { return waybill + "*" + lot }

// ParseLot takes a lot's number apart; the lot is empty where the number is that of a whole waybill.
func ParseLot(number string) (waybill, lot string) {
	waybill, lot, _ = strings.Cut(number, "*")
	return waybill, lot
}

// Part makes a lot of its own out of goods in custody. It refuses more than lies there free. id names the lot.
func Part(tx *ledger.Tx, kind *ledger.Kind[Consignment], id, from port.ID, lot string, mass port.Kilograms) error {
	c, ok, err := kind.Get(tx, from)
	if err != nil {
		return err
	}
	switch {
	case !ok || c.OnHand() <= 0:
		return errs.Bad([]errs.Problem{errs.At("lot", "cargo.not_in_custody", lot)})
	case mass <= 0:
		return errs.Bad([]errs.Problem{errs.At("gross_mass", "document.required", "gross_mass")})
	case mass > c.Free():
		return errs.Bad([]errs.Problem{errs.At("gross_mass", "cargo.more_than_there", mass.String(), c.Free().String())})
	}
	return tx.Record(Split{
		Consignment: id, From: from, Waybill: LotWaybill(c.Waybill, lot), Direction: c.Direction, Goods: c.Goods, HS: c.HS, Mass: mass, Arrived: c.Arrived,
	})
}

// File records what an operator reports of goods in custody.
type File struct {
	Consignments *ledger.Kind[Consignment]
	Report       Report
}

// Prefetch asks for the waybills.
func (f File) Prefetch(want *ledger.Wants) {
	for i := range f.Report.Lines {
		want.Lookup(ByWaybill, f.Report.Lines[i].Waybill)
	}
}

// Decide records cargo.reported.v1 for every line, and says how it differs from what was announced. A waybill that
// nobody has announced is a problem; each is told.
func (f File) Decide(tx *ledger.Tx) error {
	var problems []errs.Problem
	unloaded := false
	reported := make([]Reported, 0, len(f.Report.Lines))
	for i := range f.Report.Lines {
		line := &f.Report.Lines[i]
		id, err := tx.Lookup(ByWaybill, line.Waybill)
		if err != nil {
			unloaded = true
			continue
		}
		c, ok, err := f.Consignments.Get(tx, id)
		if err != nil {
			unloaded = true
			continue
		}
		if !ok {
			problems = append(problems, errs.At("lines["+strconv.Itoa(i)+"].waybill", "cargo.unknown_waybill", line.Waybill))
			continue
		}
		r := Reported{Consignment: id, Kind: f.Report.Kind, Place: f.Report.Place, At: f.Report.At, Line: *line}
		if r.At == 0 {
			r.At = tx.At()
		}
		if line.GrossMass > 0 {
			r.Missing = c.Announced - line.GrossMass
		}
		if line.Packages > 0 && c.Packages > 0 {
			r.Short = c.Packages - line.Packages
		}
		reported = append(reported, r)
	}
	if unloaded {
		return ledger.ErrUnloaded
	}
	if err := errs.Bad(problems); err != nil {
		return err
	}
	for i := range reported {
		tx.Subject(reported[i].Consignment)
		if err := tx.Record(reported[i]); err != nil {
			return err
		}
	}
	return nil
}

// Adjust brings the account of a consignment to what was found when stock was taken.
type Adjust struct {
	Consignments *ledger.Kind[Consignment]
	Consignment  port.ID
	Found        port.Kilograms // what lies there
	Reason       string
}

// Decide records cargo.adjusted.v1. Less than what is promised cannot be found, and what agrees changes nothing.
func (a Adjust) Decide(tx *ledger.Tx) error {
	c, ok, err := a.Consignments.Get(tx, a.Consignment)
	if err != nil {
		return err
	}
	if !ok {
		return errs.New(errs.Missing, "cargo.unknown", "consignment %s", a.Consignment)
	}
	var problems []errs.Problem
	if c.OnHand() <= 0 {
		problems = append(problems, errs.At("found", "cargo.not_in_custody", c.Waybill))
	}
	if a.Reason == "" {
		problems = append(problems, errs.At("reason", "verdict.reason_missing", "adjust"))
	}
	if a.Found < 0 || a.Found < c.Assigned {
		problems = append(problems, errs.At("found", "cargo.promised", a.Found.String(), c.Assigned.String()))
	}
	if err := errs.Bad(problems); err != nil {
		return err
	}
	tx.Subject(a.Consignment)
	if a.Found == c.OnHand() {
		return nil
	}
	return tx.Record(Adjusted{Consignment: a.Consignment, Mass: a.Found - c.OnHand(), Reason: a.Reason})
}
