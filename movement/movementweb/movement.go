package movementweb

import (
	"slices"

	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/port"
)

// State is where a movement is, by its word on the wire: appeared, announced, inside, left, turned_back,
// cancelled, diverted.
type State string

// TextKey names the state in the catalogue.
func (s State) TextKey() string { return "word.movement." + string(s) }

// Page is one movement: what it is, what it still needs and of whom, how long it took, and every fact about it.
type Page struct {
	At       port.Time
	ID       port.ID
	Ledger   string
	Sequence uint64 // of the ledger, that this page shows

	Port        port.PortID
	PortName    web.Words
	Direction   port.Direction
	State       State
	Plate       port.Plate
	Trailer     port.Plate
	Batch       port.BatchNumber
	Carrier     web.Words
	Automated   bool
	Crew        web.Figure
	Expected    port.Time // announced arrival
	Containers  []port.ContainerNumber
	Declared    web.Mass // vehicle, containers and goods, as declared
	Weighed     web.Mass // at the entry gate
	Declaration []Declaration

	Gates     []Gate // entry and exit
	Checklist []Line
	Clock     []Stamp // all stamps in order, the absent ones too
	Carries   []Consignment
	Facts     []Fact // newest first
	Pass      *Pass
	Overruled *Overruled

	MayOverride bool     // the viewer is an officer who may open or stop
	Reasons     []string // codes of the reasons to choose from, texts "reason.CODE"; none: the officer writes one
	Form        Form     // what was typed, when it was not accepted
	Done        bool     // an override has just been carried out
}

// Declaration is one declaration 报关单 for goods that the movement carries.
type Declaration struct {
	Number    port.DeclarationNumber // empty until customs has given it
	Reference string                 // the declarant's own number
	State     web.Words
}

// Gate is whether one gate may open for the movement now.
type Gate struct {
	Point  port.DuePoint
	Passed port.Time // when it was passed; absent: not yet
	Opens  bool      // all that is due here is met or waived
	Lacks  int64     // requirements due here that are neither
}

// Line is one line of the checklist: a requirement.
type Line struct {
	ID          string // addresses it: the subject and the kind
	Kind        port.RequirementKind
	Subject     port.SubjectKind
	SubjectName string // waybill, container, or empty for the movement itself
	Owner       web.Words
	Function    port.Function
	Due         port.DuePoint
	DueAt       port.Time // of one that outlives the movement, or whose deadline is a clock
	State       port.RequirementState
	Result      port.Result // the last verdict; empty before the first
	Source      port.Source
	Advisory    port.Result // what our users said where an outside system decides
	Disagrees   bool        // and that was something else
	Condition   web.Words   // on which it was deferred
	Undecided   bool
	BlockedBy   []port.RequirementKind // what must be met before anybody can act on this
	Reason      web.Words              // why it is as it is
	Note        string                 // an officer's own words
	Citation    string
	Rule        string
	Opened      port.Time
	Closed      port.Time
	By          web.Words // who gave the last verdict
}

// Acts tells whether its owner can act on it now.
func (r Line) Acts() bool { return !r.State.Settled() && len(r.BlockedBy) == 0 }

// DueGroup is the requirements due at one point.
type DueGroup struct {
	Point        port.DuePoint
	Requirements []Line
	Met          int64
}

// Groups are the requirements by the point at which they are due, in the order of the points.
func (p Page) Groups() []DueGroup {
	var groups []DueGroup
	for _, point := range port.DuePoints() {
		group := DueGroup{Point: point}
		for _, r := range p.Checklist {
			if r.Due != point {
				continue
			}
			group.Requirements = append(group.Requirements, r)
			if r.State.Settled() {
				group.Met++
			}
		}
		if len(group.Requirements) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

// Actor is one owner who must act now, and on what.
type Actor struct {
	Owner    web.Words
	Function port.Function
	Kinds    []port.RequirementKind
	Held     bool
}

// declared is what a release waits for where nobody has declared the goods: the catalogue names it like a requirement.
const declared port.RequirementKind = "declaration"

// Acting are the owners who must act now, those with a hold first.
func (p Page) Acting() []Actor {
	var actors []Actor
	for _, r := range p.Checklist {
		owner, function, kind := r.Owner, r.Function, r.Kind
		switch {
		case r.State.Settled():
			continue
		case slices.Contains(r.BlockedBy, declared): // its owner waits for the trader
			owner, function, kind = web.Words{}, port.FunctionTrader, declared
		case !r.Acts():
			continue
		}
		i := slices.IndexFunc(actors, func(a Actor) bool { return a.Function == function })
		if i < 0 {
			i = len(actors)
			actors = append(actors, Actor{Owner: owner, Function: function})
		}
		if !slices.Contains(actors[i].Kinds, kind) {
			actors[i].Kinds = append(actors[i].Kinds, kind)
		}
		actors[i].Held = actors[i].Held || r.State == port.StateHeld || r.State == port.StateRefused
	}
	slices.SortStableFunc(actors, func(a, b Actor) int {
		switch {
		case a.Held == b.Held:
			return 0
		case a.Held:
			return -1
		}
		return 1
	})
	return actors
}

// Over tells whether the movement has ended.
func (p Page) Over() bool {
	return !slices.Contains([]State{"appeared", "announced", "inside"}, p.State)
}

// Consignment is goods that the movement carries.
type Consignment struct {
	ID       port.ID
	Waybill  string
	Goods    string
	HS       port.HSCode
	Mass     web.Mass
	Place    web.Words
	Custody  web.Words // who has it
	Released web.Mass  // of it, by customs
	Until    port.Time // when it left the movement; absent: still on it
}

// Fact is one fact about the movement or what it carries.
type Fact struct {
	Name     string      // on the wire: movement.passed.v1
	Said     []web.Words // what its body says: requirement, verdict, gate, reason, goods
	Mass     web.Mass    // of the vehicle or the goods that it is about; unknown: it is about none
	Happened port.Time
	Recorded port.Time
	Actor    web.Words
	Ledger   string
	Sequence uint64
	Raw      string // the stored body, indented
}

// Pass is what a gate's agent holds for the movement.
type Pass struct {
	ID        string
	Gate      port.DuePoint
	Agent     string
	Plate     port.Plate
	Expected  web.Mass
	Tolerance web.Mass
	Seals     []string
	From      port.Time
	Until     port.Time
	State     string // issued, used, withdrawn, expired
	Used      port.Time
}

// Template is the page's template.
func (Page) Template() string { return "movement" }

// Head titles the page.
func (p Page) Head(r *web.Request) web.Head {
	head := web.Head{Title: r.Say("movement.title", string(p.Plate)), Section: "/search"}
	if !p.Over() {
		head.Live = "/live/movements/" + p.ID.String()
	}
	if len(p.Form.Problems) > 0 {
		head.Status = 422
	}
	return head
}

// factsShown bounds the timeline: a crossing has some sixty facts; the rest are in the ledger.
const factsShown = 200

// fragments are the parts of the page that move.
func (h *handler) fragments(r *web.Request) ([]web.Fragment, error) {
	page, err := h.page(r)
	if err != nil {
		return nil, err
	}
	return []web.Fragment{
		{ID: "movement-head", Template: "movement/head", Data: page},
		{ID: "movement-acting", Template: "movement/acting", Data: page},
		{ID: "movement-checklist", Template: "movement/checklist", Data: page},
		{ID: "movement-clock", Template: "movement/clock", Data: page},
		{ID: "movement-carries", Template: "movement/carries", Data: page.Carries},
		{ID: "movement-pass", Template: "movement/pass", Data: page},
		{ID: "movement-facts", Template: "movement/facts", Data: page},
	}, nil
}

// Shown are the facts that the page lists.
func (p Page) Shown() []Fact { return p.Facts[:min(len(p.Facts), factsShown)] }
