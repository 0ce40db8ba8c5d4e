package main

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/movement/board"
	"github.com/guomen/guomen/movement/movementweb"
	"github.com/guomen/guomen/port"
)

// movements fills the page of a movement and the search.
type movements struct{ site *site }

// Movement is one movement for its page.
func (m movements) Movement(ctx context.Context, _ *web.Viewer, id port.ID) (movementweb.Page, error) {
	full, err := m.site.desk.Movement(ctx, id.String())
	if err != nil {
		return movementweb.Page{}, err
	}
	state := m.site.platform.registry()
	now := m.site.platform.engine.Now()
	page := movementweb.Page{
		At: now, ID: id, Ledger: string(full.Ledger), Port: full.Port, PortName: ports(m).portName(state, full.Port), Direction: full.Direction,
		State: movementweb.State(full.State), Plate: full.Plate, Trailer: full.Trailer, Batch: full.Batch, Carrier: web.Plain(full.Carrier),
		Automated: full.Automated, Expected: full.Movement.Expected, Containers: full.Containers,
	}
	if full.Carrier == "" {
		page.Carrier = web.Words{}
	}
	if full.Crew > 0 {
		page.Crew = web.Some(full.Crew)
	}
	if full.Expected > 0 {
		page.Declared = web.Some(full.Expected)
	}
	if full.Weighed > 0 {
		page.Weighed = web.Some(full.Weighed)
	}
	names := map[port.ID]string{}
	for _, c := range full.Carries {
		names[c.Consignment] = c.Waybill
		page.Carries = append(page.Carries, m.consignment(&full, c))
		for _, d := range c.Declarations {
			page.Declaration = append(page.Declaration, movementweb.Declaration{Number: port.DeclarationNumber(d.Number), Reference: d.Reference, State: web.Said("word.declaration." + d.State)})
		}
	}
	for _, unit := range full.Equipment {
		names[unit.ID] = unit.Number
	}
	for i, person := range full.Persons { // who he is, is sealed
		names[person.ID] = strconv.Itoa(i + 1)
	}
	for i := range full.Checklist {
		page.Checklist = append(page.Checklist, m.requirement(&full, names, &full.Checklist[i]))
	}
	page.Gates = gates(&full)
	page.Clock = clock(&full.Clock)
	page.Pass = m.pass(&full)
	for _, e := range slices.Backward(full.Timeline) {
		page.Facts = append(page.Facts, m.fact(&e))
		page.Sequence = max(page.Sequence, e.Seq)
	}
	if o := full.Override; o != nil {
		page.Overruled = &movementweb.Overruled{Decision: string(o.Decision), Reason: o.Reason, Officer: o.Officer, At: o.At}
	}
	by := identity.From(ctx)
	page.MayOverride = accessTable()["POST /movements/{movement}/override"].May(by.Role) && by.ActsAt(full.Port)
	page.Reasons = overrideReasons
	return page, nil
}

// overrideReasons are the codes of the reasons that an officer may give, with texts "reason.CODE".
var overrideReasons = []string{"equipment_failure", "emergency", "checked_by_hand", "ordered_by_command", "suspicion"}

func (m movements) consignment(full *movementweb.Full, c movementweb.Carried) movementweb.Consignment {
	one := movementweb.Consignment{ID: c.Consignment, Waybill: c.Waybill, Goods: c.Goods, HS: c.HS, Mass: web.Some(c.Mass)}
	switch full.State {
	case movement.StateInside:
		one.Place = web.Said("word.place.supervised")
	case movement.StateLeft:
		one.Place = web.Said("word.place.left")
		one.Until = full.Clock.ExitGate
	default:
		one.Place = web.Said("word.place.coming")
	}
	for i := range full.Checklist {
		if r := &full.Checklist[i]; r.Subject == c.Consignment && r.Kind == port.CustomsRelease && r.State.Settled() {
			one.Released = web.Some(c.Mass)
		}
	}
	return one
}

func (m movements) requirement(full *movementweb.Full, names map[port.ID]string, r *movementweb.Entry) movementweb.Line {
	one := movementweb.Line{
		ID: string(r.ID), Kind: r.Kind, Subject: r.SubjectKind, SubjectName: names[r.Subject], Owner: m.site.ownerName(full.Port, r.Owner.Function, r.Owner.Organisation),
		Function: r.Owner.Function, Due: r.Due, State: r.State, Result: r.Result, Source: r.Source, Undecided: r.Undecided, Note: r.Note, Citation: r.Citation,
		Opened: r.Opened, Closed: r.Decided, By: m.by(r.By, full.Timeline),
	}
	if len(r.Rules) > 0 {
		one.Rule = r.Rules[0]
	}
	one.Advisory, one.Disagrees, one.DueAt = r.Advisory, r.Disagreement, r.Until
	if r.Condition != "" {
		one.Condition = m.reason(r.Condition)
	}
	if r.BlockedBy != "" {
		one.BlockedBy = []port.RequirementKind{port.RequirementKind(r.BlockedBy)}
	}
	if r.Reason != "" {
		one.Reason = m.reason(r.Reason)
	}
	return one
}

// by names who gave a verdict, which the record holds as "organisation · person"; the timeline knows in which role.
func (m movements) by(text string, timeline []movementweb.Event) web.Words {
	organisation, person, _ := strings.Cut(text, " · ")
	if organisation == "" {
		return web.Words{}
	}
	var role identity.Role
	for i := range timeline {
		if timeline[i].Actor.Organisation == organisation {
			role = identity.Role(timeline[i].Actor.Role)
		}
	}
	return m.known(organisation, role, person)
}

// reason is a reason's text, or the officer's own words where it is no code.
func (m movements) reason(code string) web.Words {
	if m.site.platform.catalogue.Has("zh-CN", "reason."+code) {
		return web.Said("reason." + code)
	}
	return web.Plain(code)
}

// gates tells for both gates what is still lacking.
func gates(full *movementweb.Full) []movementweb.Gate {
	list := []movementweb.Gate{{Point: port.DueEntryGate, Passed: full.Clock.EntryGate}, {Point: port.DueExitGate, Passed: full.Clock.ExitGate}}
	for i := range list {
		for j := range full.Checklist {
			if r := &full.Checklist[j]; movement.DueAt(&r.Requirement, list[i].Point) && !r.State.Settled() {
				list[i].Lacks++
			}
		}
		list[i].Opens = list[i].Lacks == 0
	}
	return list
}

// clock gives every stamp in order, the absent ones too.
func clock(c *movement.Clock) []movementweb.Stamp {
	return []movementweb.Stamp{
		{Name: "announced", At: c.Announced}, {Code: "T1", Name: "queued", At: c.Queued}, {Code: "T2", Name: "called"}, {Code: "T3", Name: "left_neighbour"},
		{Code: "T4", Name: "entry_gate", At: c.EntryGate}, {Code: "T5", Name: "border_clear", At: c.BorderClear},
		{Code: "T14", Name: "exit_gate", At: c.ExitGate}, {Code: "T15", Name: "left", At: c.Left},
	}
}

// pass is the pass that stands, or the last that was used.
func (m movements) pass(full *movementweb.Full) *movementweb.Pass {
	at, pass := port.DueExitGate, full.Passes.Exit
	if pass == nil || pass.Used == 0 && full.Passes.Entry != nil && full.Passes.Entry.Used == 0 && full.State != movement.StateInside {
		at, pass = port.DueEntryGate, full.Passes.Entry
	}
	if pass == nil {
		return nil
	}
	one := &movementweb.Pass{ID: pass.ID.String(), Gate: at, Plate: full.Plate, From: pass.Issued, State: "issued", Used: pass.Used}
	if pass.Used != 0 {
		one.State = "used"
	}
	if full.Expected > 0 {
		one.Expected = web.Some(full.Expected)
		one.Tolerance = m.tolerance(full)
	}
	return one
}

// tolerance is how far a vehicle may be from its expected mass: the narrowest that is set for any of its goods at the
// port, unknown where none is set.
func (m movements) tolerance(full *movementweb.Full) (most web.Mass) {
	goods := []port.HSCode{""} // an empty vehicle is held to the tolerance for any goods
	if len(full.Carries) > 0 {
		goods = goods[:0]
	}
	for _, c := range full.Carries {
		goods = append(goods, c.HS)
	}
	state := m.site.platform.registry()
	for _, hs := range goods {
		if set, ok := state.Tolerance(full.Port, hs); ok {
			if one := set.Tolerance.Most(full.Expected); !most.Known || one < most.Value {
				most = web.Some(one)
			}
		}
	}
	return most
}

func (m movements) fact(e *movementweb.Event) movementweb.Fact {
	var raw bytes.Buffer
	if err := json.Indent(&raw, e.Body, "", "  "); err != nil {
		raw.Write(e.Body)
	}
	said, mass := m.told(e.Name, e.Body)
	return movementweb.Fact{Name: e.Name, Said: said, Mass: mass, Happened: e.At, Recorded: e.Recorded, Actor: m.actor(e), Ledger: string(e.Ledger), Sequence: e.Seq, Raw: raw.String()}
}

// Find finds movements by what somebody typed.
func (m movements) Find(ctx context.Context, _ *web.Viewer, query string, limit int) ([]movementweb.Hit, bool, error) {
	rows, err := m.site.platform.board.Search(ctx, query, limit+1)
	if err != nil {
		return nil, false, err
	}
	by := identity.From(ctx)
	state := m.site.platform.registry()
	var hits []movementweb.Hit
	for _, row := range rows {
		if !by.SeesAll(row.Port) && row.By != by.Organisation {
			if _, err := m.site.desk.Movement(ctx, row.ID); err != nil { // his through a declaration, or not his
				continue
			}
		}
		id, _ := port.ParseID(row.ID)
		hit := movementweb.Hit{
			Movement: id, Plate: row.Plate, Port: row.Port, PortName: ports(m).portName(state, row.Port), Direction: row.Direction,
			State: movementweb.State(row.State), Checklist: stateOf(row), At: row.Updated,
		}
		hit.By, hit.Matched = matched(row, query)
		hits = append(hits, hit)
	}
	more := len(hits) > limit
	return hits[:min(len(hits), limit)], more, nil
}

// matched says what of a movement the query found.
func matched(row board.Row, query string) (by, as string) {
	switch {
	case port.Plate(query).Key() == row.Plate.Key():
		return "plate", string(row.Plate)
	case strings.TrimSpace(query) == row.Batch:
		return "batch", row.Batch
	}
	if number, err := port.ParseContainer(query); err == nil {
		return "container", string(number)
	}
	return "declaration", strings.TrimSpace(query)
}

// Override carries out an officer's order.
func (m movements) Override(ctx context.Context, _ *web.Viewer, o movementweb.Override) error {
	_, err := m.site.desk.Overrule(ctx, o.Movement.String(), o.Key, movementweb.OverrideBody{Decision: movement.OverrideDecision(o.Decision), Reason: o.Reason, Note: o.Note})
	return err
}

// Changed wakes a page when the boards have moved.
func (m movements) Changed(ctx context.Context, _ port.ID) <-chan struct{} {
	return m.site.wake.wait(ctx)
}
