package registryweb

import (
	"slices"
	"strings"

	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/registry"
)

// PortPage is one port: what it is, whether it works now, its lanes, its queue, what is open and with whom, and today's
// traffic.
type PortPage struct {
	At port.Time
	Line
	Names       web.Words // the port's own name: 甘其毛都公路口岸
	Legal       registry.Legal
	League      web.Words
	County      web.Words
	Role        web.Words // 功能定位
	Counterpart web.Words // zero where it faces none
	Country     port.Country
	Customs     web.Words
	Codes       []Code

	Followed  bool       // its crossings are told to the platform; else all that follows about them is unknown
	Standings []Standing // per traffic and direction
	Hours     []Opening  // both sides
	Lanes     []Lane
	Queue     Queue
	Open      []OwnerLine // open requirements by owner, most first
	Today     []Hour      // 24, from midnight
	MassIn    web.Mass
	MassOut   web.Mass
	Latest    []MovementLine // newest first; some twenty are shown
	Sites     []web.Words    // designated supervision sites 指定监管场地, by goods
}

// Code is one code of the port in a code list.
type Code struct {
	List  string // UN/LOCODE, IATA, ICAO
	Value string
}

// Provenance says where a value comes from, and from when it holds.
type Provenance struct {
	Source     registry.Reference // empty or registry.NotFound: nothing was found
	From       registry.Date      // empty: not known
	Note       string
	Unverified bool
}

// Since is the day from which a value holds, in words where its source knows it only roughly; zero where it is not known.
func (p Provenance) Since() web.Words {
	inner, rough := strings.CutPrefix(string(p.From), "[")
	from, to, _ := strings.Cut(strings.TrimSuffix(inner, "]"), "..")
	switch {
	case p.From == "":
		return web.Words{}
	case !rough:
		return web.Plain(string(p.From))
	case from == "":
		return web.Said("portpage.since_by", to)
	case to == "":
		return web.Said("portpage.since_after", from)
	}
	return web.Said("portpage.since_between", from, to)
}

// Found tells whether there is a source at all.
func (p Provenance) Found() bool { return p.Source != "" && p.Source != registry.NotFound }

// Standing is the status of one kind of traffic in one direction.
type Standing struct {
	Traffic   registry.Traffic
	Direction port.Direction
	Status    registry.Status
	Opening   registry.Opening
	Provenance
}

// Look is the shape that the status is drawn with, one of the words of [Now]: what is open at some times is partly.
func (s Standing) Look() Now {
	switch s.Status {
	case registry.StatusOpen, registry.StatusTemporarilyOpen:
		return NowOpen
	case registry.StatusSeasonal:
		return NowPartly
	case registry.StatusUnknown, "":
		return NowUnknown
	}
	return NowClosed
}

// Opening is the hours of one side for one kind of traffic. Of opens and closes one may be unknown.
type Opening struct {
	Side    registry.Side
	Traffic registry.Traffic // empty: all
	Kind    registry.HoursKind
	Opens   string // 08:00, local time of the side
	Closes  string
	Zone    string // UTC+9, where it differs from Beijing time
	OpenNow registry.Opening
	Provenance
}

// Lane is one lane and what it saw last.
type Lane struct {
	ID        port.LaneID
	Direction port.Direction
	Traffic   registry.Traffic
	Gate      port.DuePoint
	Working   Working
	Last      *Reading
}

// LaneGroup is the lanes that do the same work.
type LaneGroup struct {
	Direction port.Direction
	Traffic   registry.Traffic
	Gate      port.DuePoint
	Lanes     []Lane
}

// LaneGroups are the lanes by direction, traffic and gate, in their order.
func (p PortPage) LaneGroups() []LaneGroup {
	var groups []LaneGroup
	for _, lane := range p.Lanes {
		i := slices.IndexFunc(groups, func(g LaneGroup) bool {
			return g.Direction == lane.Direction && g.Traffic == lane.Traffic && g.Gate == lane.Gate
		})
		if i < 0 {
			i = len(groups)
			groups = append(groups, LaneGroup{Direction: lane.Direction, Traffic: lane.Traffic, Gate: lane.Gate})
		}
		groups[i].Lanes = append(groups[i].Lanes, lane)
	}
	return groups
}

// Working is how a lane is doing.
type Working string

// The answers: it works with the centre; it works alone, the link is down; it is closed; nobody knows.
const (
	LaneOnline  Working = "online"
	LaneOffline Working = "offline"
	LaneClosed  Working = "closed"
	LaneUnknown Working = "unknown"
)

// Reading is what a lane saw, and what it did.
type Reading struct {
	At        port.Time
	Plate     port.Plate
	Container port.ContainerNumber
	Gross     web.Mass
	Decision  port.GateDecision
	Movement  port.ID
}

// Queue is who waits before the port.
type Queue struct {
	Waiting  web.Figure
	Called   web.Figure
	Longest  web.Span
	PerHour  web.Figure // how many were let in during the last hour
	Capacity web.Figure // places to wait
}

// OwnerLine is how much one owner has open at the port.
type OwnerLine struct {
	Owner      web.Words // the organisation
	Function   port.Function
	Open       int64
	Actionable int64 // of them, what can be done now: the inputs are there
	Held       int64
	Overdue    int64
	Oldest     port.Time // when the oldest of them opened
}

// MovementLine is one movement in a table.
type MovementLine struct {
	ID        port.ID
	Plate     port.Plate
	Direction port.Direction
	Batch     port.BatchNumber
	Container port.ContainerNumber
	Goods     string
	State     port.RequirementState
	Stage     web.Words // where it is: announced, queued, inside, left
	At        port.Time // of its newest stamp
	Met, All  int64     // requirements
	Waits     web.Words // the owner it waits for; zero where for nobody
}

// movementsShown is how many movements a port's page lists; the others are found through the search.
const movementsShown = 20

// Template is the page's template.
func (PortPage) Template() string { return "port" }

// Head titles the page.
func (p PortPage) Head(r *web.Request) web.Head {
	return web.Head{Title: r.Format().Words(p.Names), Section: "/", Live: "/live/ports/" + string(p.ID)}
}

// Chart is the chart of today's traffic.
func (p PortPage) Chart() Bars { return barsOf(p.Today, 600, 240) }

// Throughput is what the chart and its table are drawn from.
func (p PortPage) Throughput() Throughput { return Throughput{Hours: p.Today, Chart: p.Chart()} }

// Throughput is a chart with its numbers.
type Throughput struct {
	Hours []Hour
	Chart Bars
}

// Fill is how full the places to wait are, in percent; 0 where either number is unknown.
func (q Queue) Fill() int64 {
	if !q.Waiting.Known || !q.Capacity.Known || q.Capacity.Value <= 0 {
		return 0
	}
	return min(100, 100*q.Waiting.Value/q.Capacity.Value)
}

func (h *handler) portPage(r *web.Request) (PortPage, error) {
	page, err := h.source.Port(r.Context(), r.Viewer, port.PortID(r.PathValue("port")))
	page.Latest = page.Latest[:min(len(page.Latest), movementsShown)]
	return page, err
}

func (h *handler) showPort(r *web.Request) (web.Page, error) { return h.portPage(r) }

// portFragments are the parts of the page that move.
func (h *handler) portFragments(r *web.Request) ([]web.Fragment, error) {
	page, err := h.portPage(r)
	if err != nil {
		return nil, err
	}
	if !page.Followed {
		return []web.Fragment{{ID: "as-of", Template: "map/as-of", Data: page.At}, {ID: "port-lanes", Template: "port/lanes", Data: page.LaneGroups()}}, nil
	}
	return []web.Fragment{
		{ID: "as-of", Template: "map/as-of", Data: page.At},
		{ID: "port-figures", Template: "port/figures", Data: page},
		{ID: "port-queue", Template: "port/queue", Data: page.Queue},
		{ID: "port-lanes", Template: "port/lanes", Data: page.LaneGroups()},
		{ID: "port-owners", Template: "port/owners", Data: page.Open},
		{ID: "port-throughput", Template: "port/throughput", Data: page.Throughput()},
		{ID: "port-latest", Template: "port/latest", Data: page.Latest},
	}, nil
}
