package simulator

import (
	"slices"
	"strconv"
	"time"

	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// Kinds of requirement that officers treat in a way of their own; all others they treat by their function.
const (
	kindManifest   port.RequirementKind = "manifest_accepted"
	kindCrew       port.RequirementKind = "crew_cleared"
	kindVehicle    port.RequirementKind = "vehicle_cleared"
	kindQuarantine port.RequirementKind = "quarantine_cleared"
	kindPermit     port.RequirementKind = "road_permit_valid"
)

// roleOf is the role in which a function's officers act; empty where the simulator has none. Carriers and traders decide
// nothing: what they owe they do.
func roleOf(f port.Function) string {
	switch f {
	case port.FunctionCustomsSupervision:
		return "customs"
	case port.FunctionCustomsInspection:
		return "inspection"
	case port.FunctionCustomsQuarantine:
		return "quarantine"
	case port.FunctionBorderInspection, port.FunctionTransport, port.FunctionPortOperator, port.FunctionYardOperator, port.FunctionPortOffice:
		return string(f)
	}
	return ""
}

// consider has the owners of requirements look at them. Who can act on one forms an intention, once for each round.
func (w *world) consider(needs []*need) {
	for _, n := range needs {
		if n.taken == n.round || !w.actionable(n) {
			continue
		}
		n.taken = n.round
		round := n.round
		w.after(w.deskDice(n).about(w.takes(n)), func() {
			if needs := w.docket.of(n.subject, n.subjectKind); needs != nil && find(*needs, n.kind) == n && n.round == round {
				w.decide(n)
			}
		})
	}
}

// heardResult: a verdict is in the ledger. What somebody else holds, refuses or has examined is his to end: no officer
// here takes it back.
func (w *world) heardResult(f *fact, b *movement.Decided) {
	needs := w.docket.of(b.Subject, b.SubjectKind)
	if needs == nil || b.Advisory {
		return
	}
	if n := find(*needs, b.Kind); n != nil {
		n.theirs = n.meant != b.Result && f.Actor.Role != "device"
		n.meant = ""
	}
}

// deskDice is the stream of one decision: by what the subject is called outside, since its id is the server's.
func (w *world) deskDice(n *need) dice {
	return w.dice("office", w.called(n), string(n.kind), strconv.Itoa(n.round))
}

func (w *world) called(n *need) string {
	if n.subjectKind == port.ConsignmentSubject {
		l := w.docket.lot(n.subject)
		if l.waybill == "" && len(l.papers) > 0 {
			return w.docket.papers[l.papers[0]].reference
		}
		return l.waybill
	}
	if p := w.docket.parts[n.subject]; p != nil {
		return p.id.String()
	}
	v := w.docket.vehicle(n.subject)
	return string(v.batch) + "/" + v.plate.Key()
}

// actionable tells whether the owner of a requirement has what he needs to act on it.
func (w *world) actionable(n *need) bool {
	if n.state.Settled() || n.state == port.StateRefused || n.theirs || n.result == port.ResultDocuments && n.kind != movement.FiguresAgree || roleOf(n.owner.Function) == "" || w.docket.told(n.subject) {
		return false
	}
	l, v := w.docket.lots[n.subject], w.docket.vehicles[n.subject]
	if p := w.docket.parts[n.subject]; p != nil {
		return p.kind == port.PersonSubject // who has equipment examined decides on it himself
	}
	if l == nil && v == nil {
		return false
	}
	here := l != nil && l.arrived || v != nil && v.inside
	if n.source == port.Mirrored && n.kind != port.CustomsRelease {
		return false // no answer of an outside system says anything of it
	}
	if slices.Contains(claim.Kinds(), n.kind) {
		return false // the region answers
	}
	switch n.kind {
	case port.Weighed: // the weighbridge decides; the operator where it finds a difference
		return n.result != ""
	case kindInspection:
		return here
	case port.CustomsRelease:
		if l == nil || len(l.papers) == 0 || !here && !w.early(l) {
			return false
		}
		if ordered := find(l.needs, kindInspection); n.result == port.ResultInspect && ordered != nil {
			return ordered.state.Settled() || ordered.state == port.StateRefused
		}
	case kindCrew, kindVehicle: // 边检通: most are cleared ahead, some at the vehicle
		return v == nil || v.seen || !w.dice("at vehicle", w.called(n)).chance(w.cfg.Rates.AtVehicle.Value)
	case kindQuarantine:
		return here
	}
	return true
}

func (w *world) early(l *lot) bool {
	for _, id := range l.papers {
		if !w.docket.papers[id].early {
			return false
		}
	}
	return true
}

// takes is the median of how long the owner takes.
func (w *world) takes(n *need) time.Duration {
	t := &w.profile.Times
	switch {
	case n.result == port.ResultHeld:
		return t.Hold.Value
	case n.kind == kindInspection, n.result == port.ResultInspect && n.source == port.Mirrored:
		return t.Inspect.Value
	case n.kind == port.Weighed:
		return t.Weigh.Value
	case n.kind == movement.FiguresAgree: // the trader explains
		return t.Chase.Value
	case n.kind == kindManifest:
		return t.Accept.Value
	case n.kind == kindCrew, n.kind == kindVehicle, n.subjectKind == port.PersonSubject:
		return t.Border.Value
	case n.kind == kindQuarantine:
		return t.Quarantine.Value
	case n.kind == kindPermit:
		return t.Permit.Value
	case n.kind == port.CustomsRelease:
		return t.Release.Value
	}
	return t.Other.Value
}

// Reasons of verdicts; their texts are "reason.<code>" in the catalogue.
const (
	reasonSelected = "random_selection"  // 随机布控
	reasonPapers   = "papers_unclear"    // 单证存疑
	reasonMissing  = "papers_missing"    // 缺少单证
	reasonDiffers  = "goods_differ"      // 单货不符
	reasonWeight   = "weight_differs"    // 重量不符
	reasonHealth   = "health_check"      // 检疫待定
	reasonBox      = "container_checked" // 箱号已人工核对
	reasonImage    = "image_suspicious"  // 机检图像可疑
	reasonUnloaded = "unloaded"          // 卸货
	reasonHeld     = "held_back"         // 扣留
	reasonAway     = "not_admitted"      // 不准出入境
)

// verdict is what the owner of a requirement finds. What is held ends in release or refusal; an examination now and then
// finds something; the rest is nearly always met. Nothing out of the ordinary happens to what the plan has not sent.
func (w *world) verdict(n *need) (port.Result, string) {
	d, rates := newDice(w.planner.seed, "verdict", w.called(n), string(n.kind), strconv.Itoa(n.round)), &w.cfg.Rates
	switch {
	case !w.ours(n):
		return port.ResultMet, ""
	case n.subjectKind == port.PersonSubject:
		if d.chance(rates.TurnedAway.Value) {
			return port.ResultRefused, reasonPapers
		}
		return port.ResultMet, ""
	case n.result == port.ResultHeld:
		if d.chance(rates.Refused.Value) {
			return port.ResultRefused, reasonOf(n.kind)
		}
	case n.kind == kindInspection, n.kind == port.Weighed:
		if d.chance(rates.Failed.Value) {
			return port.ResultHeld, reasonOf(n.kind)
		}
	case n.result == port.ResultInspect:
		if l := w.docket.lots[n.subject]; l != nil {
			if ordered := find(l.needs, kindInspection); ordered != nil && ordered.state == port.StateRefused {
				return port.ResultRefused, reasonDiffers
			}
		}
	case n.kind == port.CustomsRelease && d.chance(rates.Inspected.Value):
		return port.ResultInspect, reasonSelected
	case n.kind == port.CustomsRelease && n.round <= releaseRounds && d.chance(rates.Documents.Value):
		return port.ResultDocuments, reasonMissing
	case d.chance(rates.Held.Value):
		return port.ResultHeld, reasonOf(n.kind)
	}
	return port.ResultMet, ""
}

// releaseRounds bounds the round up to which papers are asked for: nobody asks for them again and again.
const releaseRounds = 2

func reasonOf(kind port.RequirementKind) string {
	switch kind {
	case kindInspection:
		return reasonDiffers
	case port.Weighed:
		return reasonWeight
	case kindQuarantine:
		return reasonHealth
	}
	return reasonPapers
}

// decide gives the verdict: here by its owner, in a mirrored port by the outside system.
func (w *world) decide(n *need) {
	result, reason := w.verdict(n)
	n.meant = result
	w.tally.count(w.id, "verdict."+string(result))
	if n.source == port.Mirrored {
		w.reply(n, result)
		return
	}
	body := struct {
		Result port.Result `json:"result"`
		Reason string      `json:"reason,omitempty"`
	}{result, reason}
	id := n.subject.String() + "." + string(n.kind)
	w.ask("verdict", roleOf(n.owner.Function), "/v1/requirements/"+id+"/verdicts", id+"/"+strconv.Itoa(n.round), body, nil)
}

// overrule opens a gate by a customs officer's order, where a container's number differs and he has looked at it.
func (w *world) overrule(c *crossing) {
	if c.stage != waiting {
		return
	}
	body := struct {
		Decision string `json:"decision"`
		Reason   string `json:"reason"`
	}{"open", reasonBox}
	w.ask("override", "customs", "/v1/movements/"+c.movement.String()+"/override", c.name()+"override/"+strconv.Itoa(c.readings), body, func(a answer) {
		if a.ok() {
			w.tally.count(w.id, "overridden")
		}
	})
}
