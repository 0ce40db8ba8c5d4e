package movementweb

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/exchange/exchangeweb"
	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/internal/api"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/movement/board"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/registry"
)

// Desk answers for movements, consignments and requirements: the JSON API, and what the pages are filled from.
type Desk struct {
	Engine   *ledger.Engine
	Kinds    gate.Kinds
	Board    *board.Board
	Registry func() *registry.State
}

// Routes adds the JSON routes.
func (d *Desk) Routes(a *api.API) {
	api.Get(a, "/v1/movements", "Movements, newest first 通行", d.list)
	api.Get(a, "/v1/movements/{id}", "One movement: checklist, clock, timeline", d.one)
	api.Get(a, "/v1/consignments/{id}", "One consignment 货物", d.consignment)
	api.Get(a, "/v1/requirements", "An authority's queue 待办", d.queue)
	api.Post(a, "/v1/requirements/{id}/verdicts", "Decide on a requirement 结论", d.verdict)
	api.Post(a, "/v1/movements/{id}/diversion", "Send to another port 改道", d.divert)
	api.Post(a, "/v1/movements/{id}/override", "Open or stop by hand 人工放行或拦停", d.override)
	d.handling(a)
}

// readTimeout bounds how long a reader waits for the sequence he asks for.
const readTimeout = 10 * time.Second

// AtLeast is a reader's wish to see a sequence: LEDGER:SEQ.
type AtLeast struct {
	AtLeast string `header:"Guomen-At-Least" maxLength:"200"`
}

func (d *Desk) wait(ctx context.Context, want AtLeast) error {
	name, seq, ok, err := ledger.ParsePlace(want.AtLeast)
	if err != nil || !ok {
		return err
	}
	if _, known := d.Engine.Number(name); !known || !strings.HasPrefix(string(name), "port:") { // the board would wait for ever
		return errs.New(errs.Missing, "ledger.unknown", "no ledger %q on the board", string(name))
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	return d.Board.Wait(ctx, name, seq)
}

// ListQuery chooses movements.
type ListQuery struct {
	AtLeast
	Port  string `query:"port"`
	State string `query:"state" enum:"appeared,announced,inside,left,turned_back,cancelled,diverted"`
	Plate string `query:"plate" maxLength:"64"`
	After string `query:"after" maxLength:"26"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

// List is a page of movements.
type List struct {
	Items []board.Row `json:"items"`
	Next  api.Cursor  `json:"next"`
}

func (d *Desk) list(ctx context.Context, q *ListQuery) (List, error) {
	list := List{Items: []board.Row{}}
	if err := d.wait(ctx, q.AtLeast); err != nil {
		return list, err
	}
	by := identity.From(ctx)
	filter := board.Filter{Port: port.PortID(q.Port), State: movement.State(q.State), Plate: port.Plate(q.Plate), After: q.After, Limit: q.Limit}
	if by.Port != "" {
		if filter.Port != "" && filter.Port != by.Port {
			return list, nil
		}
		filter.Port = by.Port
	}
	if !by.SeesAll(filter.Port) {
		filter.Organisation = by.Organisation
	}
	rows, err := d.Board.Movements(ctx, filter)
	if err != nil {
		return list, err
	}
	list.Items = append(list.Items, rows...)
	if len(rows) == q.Limit {
		list.Next = api.Cursor(rows[len(rows)-1].ID)
	}
	return list, nil
}

// Entry is one entry of a checklist as readers get it.
type Entry struct {
	ID          movement.RequirementID `json:"id"`
	Subject     port.ID                `json:"subject"`
	SubjectKind port.SubjectKind       `json:"subject_kind"`
	movement.Requirement
	BlockedBy    string `json:"blocked_by,omitempty"`   // what its owner waits for before he can act
	Disagreement bool   `json:"disagreement,omitempty"` // our users said otherwise than the outside system that decides
}

// Event is one line of a timeline.
type Event struct {
	Ledger   ledger.Name     `json:"ledger"`
	Seq      uint64          `json:"seq"`
	Name     string          `json:"name"`
	At       port.Time       `json:"at"`
	Recorded port.Time       `json:"recorded"`
	Actor    ledger.Actor    `json:"actor"`
	Body     json.RawMessage `json:"body"`
}

// Carried is a consignment on the vehicle, with its declarations.
type Carried struct {
	movement.Carried
	Declarations []board.Declared `json:"declarations"`
}

// Full is one movement with everything about it.
type Full struct {
	ID     port.ID     `json:"id"`
	Ledger ledger.Name `json:"ledger"`
	movement.Movement
	Carries   []Carried      `json:"carries"`
	Expected  port.Kilograms `json:"expected_mass,omitempty"`
	Checklist []Entry        `json:"checklist"`
	Passes    gate.Passes    `json:"passes"`
	Timeline  []Event        `json:"timeline"`
}

// OneQuery names a movement.
type OneQuery struct {
	AtLeast
	ID string `path:"id"`
}

// maxTimeline bounds a timeline: a crossing has some twenty facts, an examined one some fifty.
const maxTimeline = 1000

func (d *Desk) one(ctx context.Context, q *OneQuery) (Full, error) {
	if err := d.wait(ctx, q.AtLeast); err != nil {
		return Full{}, err
	}
	return d.Movement(ctx, q.ID)
}

// Movement reads one movement for the principal of the context. One that he may not see cannot be told from one that
// does not exist.
func (d *Desk) Movement(ctx context.Context, text string) (Full, error) {
	unknown := errs.New(errs.Missing, "movement.unknown", "movement %q", text)
	id, err := port.ParseID(text)
	if err != nil {
		return Full{}, unknown
	}
	m, ok, err := ledger.Read(ctx, d.Engine, d.Kinds.Movements, id)
	if err != nil {
		return Full{}, err
	}
	if !ok {
		return Full{}, unknown
	}
	full := Full{ID: id, Movement: *m, Carries: []Carried{}, Checklist: []Entry{}, Timeline: []Event{}, Expected: m.ExpectedMass(port.DueEntryGate)}
	full.Ledger, _ = d.Engine.NameOf(id)
	by := identity.From(ctx)
	all := by.SeesAll(m.Port) || m.By == by.Organisation // the vehicle is his, or his port's; else what he has declared on it
	mine := all
	subjects := []string{id.String()}
	if err := d.checklist(ctx, full.Ledger, id, &full.Checklist); err != nil {
		return full, err
	}
	for _, c := range m.Carries {
		carried := Carried{Carried: c, Declarations: []board.Declared{}}
		declared, err := d.Board.Declarations(ctx, c.Consignment.String())
		if err != nil {
			return full, err
		}
		own := slices.DeleteFunc(slices.Clone(declared), func(one board.Declared) bool { return one.Organisation != by.Organisation })
		if !all {
			if declared = own; len(own) == 0 {
				continue // another trader's goods on the same vehicle
			}
			mine = true
		}
		carried.Declarations = append(carried.Declarations, declared...)
		full.Carries = append(full.Carries, carried)
		subjects = append(subjects, c.Consignment.String())
		if err := d.checklist(ctx, full.Ledger, c.Consignment, &full.Checklist); err != nil {
			return full, err
		}
	}
	if !mine {
		return Full{}, unknown
	}
	if all { // equipment and persons of whom something is asked, and what lots are parts of
		for _, subject := range m.Subjects(id) {
			if slices.Contains(subjects, subject.String()) {
				continue
			}
			subjects = append(subjects, subject.String())
			if err := d.checklist(ctx, full.Ledger, subject, &full.Checklist); err != nil {
				return full, err
			}
		}
	}
	if passes, _, err := ledger.Read(ctx, d.Engine, d.Kinds.Passes, id); err != nil {
		return full, err
	} else if passes != nil {
		full.Passes = *passes
	}
	return full, d.timeline(ctx, full.Ledger, subjects, &full.Timeline)
}

// shown makes of a fact what the principal may read of it: nothing where it is about another's goods on the same
// vehicle; that it happened, and not what it says, where another trader or carrier has given it.
func shown(by identity.Principal, at port.PortID, subjects []string, e *Event) bool {
	if by.SeesAll(at) {
		return true
	}
	var about struct {
		Consignment string `json:"consignment"`
	}
	if err := json.Unmarshal(e.Body, &about); err != nil || about.Consignment != "" && !slices.Contains(subjects, about.Consignment) {
		return false
	}
	switch identity.Role(e.Actor.Role) {
	case identity.Trader, identity.Broker, identity.Carrier:
		if e.Actor.Organisation != by.Organisation {
			e.Body = json.RawMessage(`{}`)
		}
	}
	return true
}

func (d *Desk) checklist(ctx context.Context, name ledger.Name, subject port.ID, to *[]Entry) error {
	c, ok, err := ledger.ReadIn(ctx, d.Engine, name, d.Kinds.Checklists, subject)
	if err != nil || !ok {
		return err
	}
	for i := range c.Requirements {
		r := c.Requirements[i]
		entry := Entry{ID: movement.NewRequirementID(subject, r.Kind), Subject: subject, SubjectKind: c.Subject, Requirement: r, Disagreement: r.Disagrees()}
		if !r.State.Settled() {
			entry.BlockedBy = c.BlockedBy(&r)
		}
		*to = append(*to, entry)
	}
	return nil
}

func (d *Desk) timeline(ctx context.Context, name ledger.Name, subjects []string, to *[]Event) error {
	seqs, err := d.Board.Trail(ctx, subjects, maxTimeline)
	if err != nil {
		return err
	}
	for _, seq := range seqs {
		e, err := d.event(ctx, name, seq)
		if err != nil {
			return err
		}
		if shown(identity.From(ctx), board.PortOf(name), subjects, &e) {
			*to = append(*to, e)
		}
	}
	return nil
}

// event reads one fact as it is stored.
func (d *Desk) event(ctx context.Context, name ledger.Name, seq uint64) (Event, error) {
	rows, err := d.Engine.Rows(ctx, name, seq-1, 1, 0)
	if err != nil || len(rows) == 0 {
		return Event{}, err
	}
	e := Event{Ledger: name}
	err = json.Unmarshal(rows[0].Data, &e)
	return e, errs.Wrap(errs.Broken, err, "decode %s %d", name, seq)
}

// ConsignmentFull is one consignment with everything about it.
type ConsignmentFull struct {
	ID port.ID `json:"id"`
	cargo.Consignment
	Declarations []board.Declared `json:"declarations"`
	Movements    []string         `json:"movements"`
	Checklist    []Entry          `json:"checklist"`
	Timeline     []Event          `json:"timeline"`
}

func (d *Desk) consignment(ctx context.Context, q *OneQuery) (ConsignmentFull, error) {
	unknown := errs.New(errs.Missing, "consignment.unknown", "consignment %q", q.ID)
	id, err := port.ParseID(q.ID)
	if err != nil {
		return ConsignmentFull{}, unknown
	}
	if err := d.wait(ctx, q.AtLeast); err != nil {
		return ConsignmentFull{}, err
	}
	full := ConsignmentFull{ID: id, Declarations: []board.Declared{}, Movements: []string{}, Checklist: []Entry{}, Timeline: []Event{}}
	name, err := d.ledgerOf(ctx, id)
	if err != nil {
		return ConsignmentFull{}, err
	}
	if board.OfPort(name) == "" {
		return ConsignmentFull{}, unknown
	}
	if err := d.checklist(ctx, name, id, &full.Checklist); err != nil {
		return full, err
	}
	c, ok, err := ledger.ReadIn(ctx, d.Engine, name, d.Kinds.Consignments, id)
	if err != nil {
		return full, err
	}
	if !ok && (len(full.Checklist) == 0 || full.Checklist[0].SubjectKind != port.ConsignmentSubject) {
		return ConsignmentFull{}, unknown
	}
	if ok {
		full.Consignment = *c
	}
	by := identity.From(ctx)
	all := by.SeesAll(board.PortOf(name))
	mine := all
	declared, err := d.Board.Declarations(ctx, q.ID)
	if err != nil {
		return full, err
	}
	for _, one := range declared {
		if all || one.Organisation == by.Organisation { // several traders may have declared parts of it
			full.Declarations = append(full.Declarations, one)
			mine = true
		}
	}
	carriers, err := d.Board.Carriers(ctx, q.ID)
	if err != nil {
		return full, err
	}
	full.Movements = append(full.Movements, carriers...)
	for _, text := range carriers {
		if mine {
			break
		}
		if carrier, err := port.ParseID(text); err == nil {
			m, ok, err := ledger.Read(ctx, d.Engine, d.Kinds.Movements, carrier)
			if err != nil {
				return full, err
			}
			mine = ok && m.By == by.Organisation
		}
	}
	if !mine {
		return ConsignmentFull{}, unknown
	}
	return full, d.timeline(ctx, name, []string{q.ID}, &full.Timeline)
}

// QueueQuery chooses requirements.
type QueueQuery struct {
	AtLeast
	Port  string `query:"port"`
	Owner string `query:"owner" doc:"function of the owner, or his organisation"`
	State string `query:"state" enum:"open,met,waived,held,refused,lapsed"`
	After string `query:"after" maxLength:"100"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

// QueueItem is one requirement of a queue, with the port and the vehicle that it bears on.
type QueueItem struct {
	Entry
	Port     port.PortID `json:"port"`
	Movement string      `json:"movement,omitempty"`
	Plate    port.Plate  `json:"plate,omitempty"`
}

// QueueList is a page of a queue.
type QueueList struct {
	Items []QueueItem `json:"items"`
	Next  api.Cursor  `json:"next"`
}

// queue lists the requirements that the caller's role owns, or any for those who see everything.
func (d *Desk) queue(ctx context.Context, q *QueueQuery) (QueueList, error) {
	list := QueueList{Items: []QueueItem{}}
	if err := d.wait(ctx, q.AtLeast); err != nil {
		return list, err
	}
	by := identity.From(ctx)
	filter := board.QueueFilter{Port: port.PortID(q.Port), State: port.RequirementState(q.State), After: q.After, Limit: q.Limit}
	if by.Port != "" {
		if filter.Port != "" && filter.Port != by.Port {
			return list, nil
		}
		filter.Port = by.Port
	}
	if !by.Role.Everywhere() {
		filter.Functions = by.Role.Functions()
	}
	switch function := port.Function(q.Owner); {
	case q.Owner == "":
	case function.Valid():
		if len(filter.Functions) > 0 && filter.Functions[0] != function {
			return list, nil
		}
		filter.Functions = []port.Function{function}
	default:
		if filter.Owned = d.owned(q.Owner); len(filter.Owned) == 0 { // nobody whom the registry knows
			return list, nil
		}
	}
	found, err := d.Board.Queue(ctx, filter)
	if err != nil {
		return list, err
	}
	for _, one := range found {
		subject, kind, err := movement.ParseRequirementID(string(one.ID))
		if err != nil {
			return list, err
		}
		var entries []Entry
		if err := d.checklist(ctx, exchangeweb.LedgerOf(one.Port), subject, &entries); err != nil {
			return list, err
		}
		for i := range entries {
			if entries[i].Kind == kind {
				list.Items = append(list.Items, QueueItem{entries[i], one.Port, one.Movement, one.Plate})
			}
		}
	}
	if len(found) == q.Limit {
		list.Next = api.Cursor(found[len(found)-1].ID)
	}
	return list, nil
}

// owned are the functions that the registry gives an organisation, port by port.
func (d *Desk) owned(organisation string) (list []board.OwnedAt) {
	state := d.Registry()
	for _, one := range state.Ports() {
		for _, function := range port.Functions() {
			if owner, ok := state.Owner(one.ID, function); ok && string(owner) == organisation {
				list = append(list, board.OwnedAt{Port: one.ID, Function: function})
			}
		}
	}
	return list
}

// VerdictInput is a verdict on one requirement.
type VerdictInput struct {
	ID   string `path:"id"`
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body VerdictBody
}

// VerdictBody is what the owner says.
type VerdictBody struct {
	Result port.Result `json:"result" required:"true" enum:"met,documents,inspect,held,refused,waived"`
	Reason string      `json:"reason,omitempty" maxLength:"200" doc:"code or words; needed unless met"`
	Note   string      `json:"note,omitempty" maxLength:"2000"`
	Law    string      `json:"law,omitempty" maxLength:"500" doc:"what a waiver rests on"`
	At     port.Time   `json:"at,omitempty" doc:"when it happened, where that is not now"`
}

func (d *Desk) verdict(ctx context.Context, in *VerdictInput) (ledger.Receipt, error) {
	return d.Decide(ctx, in.ID, in.Key, in.Body)
}

// Decide gives a verdict as the principal of the context.
func (d *Desk) Decide(ctx context.Context, requirement, key string, body VerdictBody) (ledger.Receipt, error) {
	subject, kind, err := movement.ParseRequirementID(requirement)
	if err != nil {
		return ledger.Receipt{}, err
	}
	name, err := d.ledgerOf(ctx, subject)
	if err != nil {
		return ledger.Receipt{}, err
	}
	by := identity.From(ctx)
	if board.OfPort(name) == "" || !by.ActsAt(board.PortOf(name)) {
		return ledger.Receipt{}, errs.New(errs.Missing, "requirement.unknown", "requirement %q", requirement)
	}
	verdict := movement.Verdict{
		Checklists: d.Kinds.Checklists, Declarations: d.Kinds.Declarations, Subject: subject, Kind: kind, Result: body.Result, Reason: body.Reason, Note: body.Note, Law: body.Law,
		Functions: by.Role.Functions(),
	}
	if organisation, ok := d.Registry().Owner(board.PortOf(name), port.FunctionCustomsInspection); ok {
		verdict.Inspector = &port.Owner{Function: port.FunctionCustomsInspection, Organisation: string(organisation)}
	}
	return d.submit(ctx, name, key, by, body.At, []any{requirement, body}, verdict)
}

// submit gives a command of an officer: before what people lodge. body is what its key is for, the subject included.
func (d *Desk) submit(ctx context.Context, name ledger.Name, key string, by identity.Principal, at port.Time, body any, do ledger.Decision) (ledger.Receipt, error) {
	digest, err := ledger.DigestOf(body)
	if err != nil {
		return ledger.Receipt{}, err
	}
	number, _ := d.Engine.Number(name)
	if now := d.Engine.Now(); at > now.Add(port.Minute) || now.Sub(at) > backdated {
		at = 0
	}
	return d.Engine.Submit(ctx, ledger.Command{
		ID: d.Engine.NewID(number), Ledger: name, Actor: by.Actor(), Priority: ledger.Gate, Key: key, Body: digest, At: at, Do: do,
	})
}

// backdated bounds how far back an officer may say that he decided: a shift.
const backdated = 12 * port.Hour

// OverrideInput is an order to open or stop by hand.
type OverrideInput struct {
	ID   string `path:"id"`
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body OverrideBody
}

// OverrideBody is what a named officer orders.
type OverrideBody struct {
	Decision movement.OverrideDecision `json:"decision" required:"true" enum:"open,stop,resume"`
	Reason   string                    `json:"reason" maxLength:"200"`
	Note     string                    `json:"note,omitempty" maxLength:"2000"`
}

func (d *Desk) override(ctx context.Context, in *OverrideInput) (ledger.Receipt, error) {
	return d.Overrule(ctx, in.ID, in.Key, in.Body)
}

// Overrule orders a gate open or shut as the principal of the context.
func (d *Desk) Overrule(ctx context.Context, text, key string, body OverrideBody) (ledger.Receipt, error) {
	id, err := port.ParseID(text)
	name, ok := d.Engine.NameOf(id)
	by := identity.From(ctx)
	if err != nil || !ok || len(name) < 6 || !by.ActsAt(board.PortOf(name)) {
		return ledger.Receipt{}, errs.New(errs.Missing, "movement.unknown", "movement %q", text)
	}
	return d.submit(ctx, name, key, by, 0, []any{text, body}, movement.Overrule{Movements: d.Kinds.Movements, Movement: id, Decision: body.Decision, Reason: body.Reason, Note: body.Note})
}
