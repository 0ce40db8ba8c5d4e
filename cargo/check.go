package cargo

import (
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/review"
	"github.com/guomen/guomen/port"
)

// MaxLines bounds the waybills of one report: as many as one manifest has.
const MaxLines = 999

// CheckReport makes the checks of a report that need no law: that it says what came in, and keeps to its limits.
func CheckReport(p *Report) []errs.Problem {
	r := &review.Review{}
	r.Require("kind", p.Kind != "")
	r.Choice("kind", p.Kind, ArrivalReport, TallyReport)
	r.Require("direction", p.Direction != "")
	r.Choice("direction", string(p.Direction), string(port.Import), string(port.Export), string(port.Transit))
	r.Text("message", p.Message, review.Code)
	r.Text("function", p.Function, review.Code)
	review.Identifier(r, "office", p.Office)
	r.Text("place", p.Place, review.Code)
	r.Firm("operator", p.Operator)
	review.Identifier(r, "batch", p.Batch)
	review.Identifier(r, "plate", p.Plate)
	r.Time("at", p.At)
	r.Require("lines", len(p.Lines) > 0)
	if !r.AtMost("lines", len(p.Lines), MaxLines) {
		return r.Problems()
	}
	for i := range p.Lines {
		r.At("lines", i)
		line(r, &p.Lines[i])
		r.Out()
	}
	return r.Problems()
}

func line(r *review.Review, l *ReportLine) {
	r.Require("waybill", l.Waybill != "")
	r.Text("waybill", l.Waybill, review.ID)
	review.NotNegative(r, "gross_mass", l.GrossMass)
	review.NotNegative(r, "packages", l.Packages)
	r.Text("remark", l.Remark, review.Text)
	if r.AtMost("containers", len(l.Containers), MaxLines) {
		for i, number := range l.Containers {
			r.At("containers", i)
			review.Identifier(r, "", number)
			r.Out()
		}
	}
	if r.AtMost("seals", len(l.Seals), MaxLines) {
		for i, seal := range l.Seals {
			r.At("seals", i)
			r.Text("", seal, review.ID)
			r.Out()
		}
	}
}
