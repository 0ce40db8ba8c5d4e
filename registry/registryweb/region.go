package registryweb

import (
	"slices"

	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/port"
)

// Now is whether a port works at this moment, by its status, its hours on both sides, and what was reported.
type Now string

// The answers. Partly: some of its traffic, such as freight without passengers, or one direction.
const (
	NowOpen    Now = "open"
	NowPartly  Now = "partly"
	NowClosed  Now = "closed"
	NowUnknown Now = "unknown"
)

// Nows lists the answers in the order in which people choose them.
func Nows() []Now { return []Now{NowOpen, NowPartly, NowClosed, NowUnknown} }

// TextKey names the answer in the catalogue.
func (n Now) TextKey() string { return "map.now." + string(n) }

// Region is all that the map page shows. Today is the calendar day in Beijing.
type Region struct {
	At     port.Time
	Totals Totals
	Ports  []Line
	Latest []Crossing // the newest crossings, newest first; some ten are shown
}

// Totals are the region's figures of today.
type Totals struct {
	In, Out             web.Figure // conveyances that crossed
	InBefore, OutBefore web.Figure // the same, yesterday until this time of day
	MassIn, MassOut     web.Mass   // of the goods on them
	Waiting             web.Figure // conveyances in all queues now
	Longest             web.Span   // the longest that one of them has waited
	ReleaseIn           web.Span   // median release time 整体通关时间 of imports released today
	ReleaseOut          web.Span   // of exports
	ByHour              []Hour     // 24, from midnight
}

// Hour is what crossed in one hour of today; the hours to come are unknown.
type Hour struct {
	In, Out web.Figure
}

// Line is one port in the region's table and on the map.
type Line struct {
	ID        port.PortID
	Site      web.Words // the place's name: 满洲里
	Class     port.Class
	Longitude float64
	Latitude  float64
	Now       Now
	Why       web.Words // why it is not simply open; may be zero
	In, Out   web.Figure
	Mass      web.Mass // both ways
	Waiting   web.Figure
	Longest   web.Span
	Release   web.Span // median of today, the port's main direction
	Moving    []Moving // crossings of the last moments, drawn as moving
}

// Mode is the port's mode of transport.
func (l Line) Mode() port.Mode { return l.ID.Mode() }

// Tally is how long the bar of a queue is, 0 to 40: 40 stands for tallyFull and more.
func (l Line) Tally() int64 { return min(40, (l.Waiting.Value*40+tallyFull-1)/tallyFull) }

// tallyFull is a queue that fills its bar: an hour's work of the busiest road port at its peak.
const tallyFull = 400

// Moving is one conveyance that is crossing at this moment.
type Moving struct {
	Movement  port.ID
	Direction port.Direction
}

// Crossing is one line of the list of newest crossings.
type Crossing struct {
	Movement  port.ID
	At        port.Time
	Port      port.PortID
	Site      web.Words
	Plate     port.Plate
	Direction port.Direction
	State     port.RequirementState // the worst of its checklist
	Stage     web.Words             // what has just happened: entered, left, turned back
}

// Filter is which ports the reader wants to see. Empty means all.
type Filter struct {
	Mode  port.Mode
	Class port.Class
	Now   Now
}

// filterOf reads the query; a word that nobody knows filters nothing.
func filterOf(r *web.Request) Filter {
	f := Filter{Mode: port.Mode(r.FormValue("mode")), Class: port.Class(r.FormValue("class")), Now: Now(r.FormValue("now"))}
	if !f.Mode.Valid() {
		f.Mode = ""
	}
	if !f.Class.Valid() {
		f.Class = ""
	}
	if !slices.Contains(Nows(), f.Now) {
		f.Now = ""
	}
	return f
}

// takes tells whether a port is wanted.
func (f Filter) takes(l Line) bool {
	return (f.Mode == "" || f.Mode == l.Mode()) && (f.Class == "" || f.Class == l.Class) && (f.Now == "" || f.Now == l.Now)
}

// query is the filter as the end of an address: "?mode=road", or nothing.
func (f Filter) query() string {
	query := ""
	for _, part := range [...][2]string{{"mode", string(f.Mode)}, {"class", string(f.Class)}, {"now", string(f.Now)}} {
		if part[1] == "" {
			continue
		}
		if query == "" {
			query = "?"
		} else {
			query += "&"
		}
		query += part[0] + "=" + part[1]
	}
	return query
}
