package main

import (
	"context"
	"slices"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/movement/board"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/registry"
	"github.com/guomen/guomen/registry/registryweb"
)

// ports fills the pages of the region and its ports.
type ports struct{ site *site }

// beijing is the clock of the region's days and hours (UTC+8, no daylight saving).
var beijing = time.FixedZone("UTC+8", 8*3600)

// midnight is the start of an instant's calendar day in Beijing.
func midnight(at port.Time) port.Time {
	t := at.Std().In(beijing)
	return port.TimeOf(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, beijing))
}

func words(n registry.Names) web.Words {
	return web.Words{In: map[text.Language]string{text.Chinese: n.Chinese, text.English: n.English}}
}

func wordsOf(n *registry.Sourced[registry.Names]) web.Words {
	if n == nil {
		return web.Words{}
	}
	return words(n.Value)
}

// traffic is what the boards know about the ports now, read once for a page.
type traffic struct {
	now      port.Time
	counts   []board.Count
	hours    []board.HourRow // yesterday and today
	latest   []board.Row
	releases []board.Release // today
}

// releaseSample bounds how many of today's releases a page's median is taken from.
const releaseSample = 20_000

func (s *site) traffic(ctx context.Context, at port.PortID, latest int) (t traffic, err error) {
	t.now = s.platform.engine.Now()
	today := midnight(t.now)
	if t.counts, err = s.platform.board.Counts(ctx); err != nil {
		return t, err
	}
	if t.hours, err = s.platform.board.Hours(ctx, today.Add(-port.Day)); err != nil {
		return t, err
	}
	if t.latest, err = s.latest(ctx, at, latest); err != nil {
		return t, err
	}
	t.releases, err = s.platform.board.Releases(ctx, at, "", today, t.now.Add(port.Hour), releaseSample)
	return t, err
}

// latest are the last movements, at a port or at all, that the reader may see: those of his own port where he is an
// authority, and else his organisation's. Counts and times name nobody and are everybody's.
func (s *site) latest(ctx context.Context, at port.PortID, limit int) ([]board.Row, error) {
	by := identity.From(ctx)
	if at == "" && by.SeesAll(by.Port) {
		at = by.Port
	}
	if by.SeesAll(at) {
		return s.platform.board.Newest(ctx, at, limit)
	}
	return s.platform.board.Movements(ctx, board.Filter{Port: at, Organisation: by.Organisation, Limit: limit})
}

// crossed sums what left between two instants, at a port or at all.
func (t *traffic) crossed(at port.PortID, direction port.Direction, from, to port.Time) (crossings int64, mass port.Kilograms) {
	for _, h := range t.hours {
		if (at == "" || h.Port == at) && h.Direction == direction && h.Hour >= from && h.Hour < to {
			crossings += h.Crossings
			mass += h.Mass
		}
	}
	return crossings, mass
}

// waiting counts who stands before a gate that was told to stay shut, and since when the first of them does.
func (t *traffic) waiting(at port.PortID) (n int64, longest web.Span) {
	for _, c := range t.counts {
		if (at != "" && c.Port != at) || !(c.Held || c.State == movement.StateAppeared) {
			continue
		}
		n += c.N
		if c.Since != 0 && t.now.Sub(c.Since) > longest.Value {
			longest = web.Some(t.now.Sub(c.Since))
		}
	}
	return n, longest
}

func (t *traffic) hoursOf(at port.PortID) []registryweb.Hour {
	today := midnight(t.now)
	list := make([]registryweb.Hour, 24)
	for i := range list {
		from := today.Add(port.Duration(i) * port.Hour)
		if from > t.now {
			break
		}
		in, _ := t.crossed(at, port.Import, from, from.Add(port.Hour))
		out, _ := t.crossed(at, port.Export, from, from.Add(port.Hour))
		list[i] = registryweb.Hour{In: web.Some(in), Out: web.Some(out)}
	}
	return list
}

// release is the median release time of today at a port; unknown where nothing was released.
func (t *traffic) release(at port.PortID, direction port.Direction) web.Span {
	var spans []float64
	for _, r := range t.releases {
		if (at == "" || r.Port == at) && (direction == "" || r.Direction == direction) && r.Arrived != 0 {
			spans = append(spans, float64(max(0, r.Released.Sub(r.Arrived))))
		}
	}
	if len(spans) == 0 {
		return web.Span{}
	}
	slices.Sort(spans)
	return web.Some(port.Duration(board.Quantile(spans, 0.5)))
}

// Region is the whole region now.
func (p ports) Region(ctx context.Context, _ *web.Viewer) (registryweb.Region, error) {
	t, err := p.site.traffic(ctx, "", registryweb.LatestShown)
	if err != nil {
		return registryweb.Region{}, err
	}
	state := p.site.platform.registry()
	today, tomorrow := midnight(t.now), midnight(t.now).Add(port.Day)
	region := registryweb.Region{At: t.now}
	in, massIn := t.crossed("", port.Import, today, tomorrow)
	out, massOut := t.crossed("", port.Export, today, tomorrow)
	inBefore, _ := t.crossed("", port.Import, today.Add(-port.Day), t.now.Add(-port.Day))
	outBefore, _ := t.crossed("", port.Export, today.Add(-port.Day), t.now.Add(-port.Day))
	region.Totals = registryweb.Totals{
		In: web.Some(in), Out: web.Some(out), MassIn: web.Some(massIn), MassOut: web.Some(massOut), ReleaseIn: t.release("", port.Import), ReleaseOut: t.release("", port.Export), ByHour: t.hoursOf(""),
	}
	waiting, longest := t.waiting("")
	region.Totals.Waiting, region.Totals.Longest = web.Some(waiting), longest
	if inBefore+outBefore > 0 { // a platform that is a day old can compare
		region.Totals.InBefore, region.Totals.OutBefore = web.Some(inBefore), web.Some(outBefore)
	}
	for _, one := range state.Ports() {
		region.Ports = append(region.Ports, p.line(state, &t, one))
	}
	for _, row := range t.latest {
		id, _ := port.ParseID(row.ID)
		region.Latest = append(region.Latest, registryweb.Crossing{
			Movement: id, At: row.Updated, Port: row.Port, Site: p.siteName(state, row.Port), Plate: row.Plate, Direction: row.Direction, State: stateOf(row), Stage: stageOf(row),
		})
	}
	return region, nil
}

func (p ports) siteName(state *registry.State, id port.PortID) web.Words {
	if place, ok := state.Site(id.Site()); ok {
		return words(place.Names.Value)
	}
	return web.Plain(string(id))
}

// portName is a port's own name: 甘其毛都公路口岸.
func (p ports) portName(state *registry.State, id port.PortID) web.Words {
	if one, ok := state.Port(id); ok && one.Names != nil {
		return words(one.Names.Value)
	}
	return web.Plain(string(id))
}

// stateOf is the worst that lists know of a movement's checklist.
func stateOf(row board.Row) port.RequirementState {
	switch {
	case row.State == movement.StateTurnedBack:
		return port.StateRefused
	case row.Held != "":
		return port.StateHeld
	case row.State == movement.StateLeft:
		return port.StateMet
	}
	return port.StateOpen
}

func stageOf(row board.Row) web.Words { return web.Said("word.movement." + string(row.State)) }

// movingFor is how long after its last event a crossing is drawn as moving.
const movingFor = 30 * port.Second

func (p ports) line(state *registry.State, t *traffic, one registry.Port) registryweb.Line {
	today, tomorrow := midnight(t.now), midnight(t.now).Add(port.Day)
	line := registryweb.Line{ID: one.ID, Site: p.siteName(state, one.ID), Release: t.release(one.ID, "")}
	if one.Class != nil {
		line.Class = one.Class.Value
	}
	if one.Position != nil {
		line.Latitude, line.Longitude = one.Position.Value.Latitude, one.Position.Value.Longitude
	}
	line.Now, line.Why = p.open(state, one.ID, t.now)
	in, massIn := t.crossed(one.ID, port.Import, today, tomorrow)
	out, massOut := t.crossed(one.ID, port.Export, today, tomorrow)
	if followed(t, one.ID) {
		line.In, line.Out, line.Mass = web.Some(in), web.Some(out), web.Some(massIn+massOut)
		waiting, longest := t.waiting(one.ID)
		line.Waiting, line.Longest = web.Some(waiting), longest
	}
	for _, row := range t.latest {
		if row.Port == one.ID && t.now.Sub(row.Updated) < movingFor {
			id, _ := port.ParseID(row.ID)
			line.Moving = append(line.Moving, registryweb.Moving{Movement: id, Direction: row.Direction})
		}
	}
	return line
}

// followed tells whether a port's crossings are told to the platform: those of roads are. Of a port whose trains or
// aircraft nobody announces here nothing is known, which is not the same as none.
func followed(t *traffic, id port.PortID) bool {
	return id.Mode() == port.Road || slices.ContainsFunc(t.counts, func(c board.Count) bool { return c.Port == id })
}

// open says in one word whether a port works now, over its traffic and directions, and why it does not simply.
func (p ports) open(state *registry.State, id port.PortID, now port.Time) (registryweb.Now, web.Words) {
	var open, closed, unknown, freight int
	for _, one := range []registry.Traffic{registry.Freight, registry.Passenger} {
		for _, direction := range []port.Direction{port.Import, port.Export} {
			switch state.OpenAt(id, one, direction, now) {
			case registry.OpeningOpen:
				open++
				if one == registry.Freight {
					freight++
				}
			case registry.OpeningClosed:
				closed++
			default:
				unknown++
			}
		}
	}
	status := state.OverallOn(id, registry.DayOf(now))
	why := web.Said(status.TextKey())
	switch {
	case freight == 2 && open == 2 && unknown == 2:
		why = web.Said("word.open.passengers_unknown")
	case freight == 2 && open == 2 && closed == 2:
		why = web.Said("word.open.passengers_closed")
	case status == registry.StatusOpen && unknown > 0:
		why = web.Said("word.open.hours_unknown")
	case status == registry.StatusUnknown:
		why = web.Said("word.open.status_unknown")
	}
	switch {
	case open > 0 && closed == 0 && unknown == 0:
		return registryweb.NowOpen, web.Words{}
	case open > 0:
		return registryweb.NowPartly, why
	case closed > 0 && unknown == 0:
		return registryweb.NowClosed, why
	}
	return registryweb.NowUnknown, why
}

// Port is one port now.
func (p ports) Port(ctx context.Context, _ *web.Viewer, id port.PortID) (registryweb.PortPage, error) {
	state := p.site.platform.registry()
	one, ok := state.Port(id)
	if !ok {
		return registryweb.PortPage{}, errs.New(errs.Missing, "", "port %q", string(id))
	}
	t, err := p.site.traffic(ctx, id, 20)
	if err != nil {
		return registryweb.PortPage{}, err
	}
	page := registryweb.PortPage{At: t.now, Line: p.line(state, &t, one), Names: wordsOf(one.Names), Customs: wordsOf(one.Customs), Followed: followed(&t, id)}
	if one.Legal != nil && one.Legal.Value != registry.LegalUnknown {
		page.Legal = one.Legal.Value
	}
	if place, ok := state.Site(id.Site()); ok {
		page.League, page.Role = words(place.League.Value), words(place.Role.Value)
		page.County = wordsOf(place.County)
	}
	if one.Counterpart != nil {
		page.Counterpart, page.Country = words(one.Counterpart.Value.Names), one.Counterpart.Value.Country
	}
	page.Codes = codes(one)
	page.Standings = standings(state, id, t.now)
	page.Hours = openings(state, id, t.now)
	for _, d := range state.Designations(id, registry.DayOf(t.now)) {
		page.Sites = append(page.Sites, web.Said(d.Goods.TextKey()))
	}
	if page.Followed {
		today, tomorrow := midnight(t.now), midnight(t.now).Add(port.Day)
		_, massIn := t.crossed(id, port.Import, today, tomorrow)
		_, massOut := t.crossed(id, port.Export, today, tomorrow)
		page.MassIn, page.MassOut, page.Today = web.Some(massIn), web.Some(massOut), t.hoursOf(id)
		hourAgo, _ := t.crossed(id, port.Import, t.now.Add(-port.Hour), t.now)
		page.Queue = registryweb.Queue{Waiting: page.Waiting, Longest: page.Longest, PerHour: web.Some(hourAgo)}
	}
	if page.Lanes, err = p.lanes(ctx, state, id); err != nil {
		return page, err
	}
	if page.Open, err = p.owners(ctx, id); err != nil {
		return page, err
	}
	progress, err := p.site.platform.board.Progress(ctx, t.latest)
	if err != nil {
		return page, err
	}
	for _, row := range t.latest {
		movementID, _ := port.ParseID(row.ID)
		line := registryweb.MovementLine{ID: movementID, Plate: row.Plate, Direction: row.Direction, Batch: port.BatchNumber(row.Batch), Goods: row.Goods, State: stateOf(row), Stage: stageOf(row), At: row.Updated}
		line.Met, line.All = progress[row.ID].Settled, progress[row.ID].All
		if row.Held != "" {
			line.Waits = heldWords(row.Held)
		}
		page.Latest = append(page.Latest, line)
	}
	return page, nil
}

// heldWords says what keeps a gate shut: a kind of requirement, or what the lane found.
func heldWords(held string) web.Words {
	switch held {
	case "unannounced", "pass_used", "not_inside", "no_pass", "stopped", "container_differs":
		return web.Said("gate."+held, "")
	}
	return web.Said("requirement." + held)
}

func codes(one registry.Port) (list []registryweb.Code) {
	if one.UNLocode != nil {
		list = append(list, registryweb.Code{List: "UN/LOCODE", Value: string(one.UNLocode.Value)})
	}
	if one.IATA != nil {
		list = append(list, registryweb.Code{List: "IATA", Value: one.IATA.Value})
	}
	if one.ICAO != nil {
		list = append(list, registryweb.Code{List: "ICAO", Value: one.ICAO.Value})
	}
	return list
}

func provenance(p registry.Provenance) registryweb.Provenance {
	return registryweb.Provenance{Source: p.Source, Note: p.Note, Unverified: p.Unverified}
}

func standings(state *registry.State, id port.PortID, now port.Time) (list []registryweb.Standing) {
	for _, traffic := range []registry.Traffic{registry.Freight, registry.Passenger} {
		for _, direction := range []port.Direction{port.Import, port.Export} {
			standing := state.StatusOn(id, traffic, direction, registry.DayOf(now))
			one := registryweb.Standing{Traffic: traffic, Direction: direction, Status: standing.Status, Opening: state.OpenAt(id, traffic, direction, now)}
			one.Provenance = provenance(standing.Provenance)
			one.From = standing.From
			list = append(list, one)
		}
	}
	return list
}

func openings(state *registry.State, id port.PortID, now port.Time) (list []registryweb.Opening) {
	for _, h := range state.Hours(id) {
		one := registryweb.Opening{Side: h.Side, Traffic: h.Traffic, Kind: h.Kind, Opens: h.Opens, Closes: h.Closes, Provenance: provenance(h.Provenance)}
		one.From = h.From
		one.OpenNow = h.OpenAt(now)
		if h.Side == registry.SideHere && state.StatusOn(id, orFreight(h.Traffic), port.Import, registry.DayOf(now)).Opening == registry.OpeningClosed {
			one.OpenNow = registry.OpeningClosed // whatever its hours are
		}
		list = append(list, one)
	}
	return list
}

func orFreight(t registry.Traffic) registry.Traffic {
	if t == "" {
		return registry.Freight
	}
	return t
}

func (p ports) lanes(ctx context.Context, state *registry.State, id port.PortID) ([]registryweb.Lane, error) {
	seen, err := p.site.platform.board.Lanes(ctx, id)
	if err != nil {
		return nil, err
	}
	last := map[port.LaneID]board.LaneRow{}
	for _, row := range seen {
		last[row.Lane] = row
	}
	var list []registryweb.Lane
	for _, lane := range state.Lanes(id) {
		one := registryweb.Lane{ID: lane.ID, Direction: lane.Direction, Traffic: lane.Traffic, Gate: lane.Gate, Working: registryweb.LaneUnknown}
		if _, ok := last[lane.ID]; ok {
			one.Working = registryweb.LaneOnline
		}
		if row, ok := last[lane.ID]; ok && identity.From(ctx).SeesAll(id) { // whose plate it was is nobody else's business
			movementID, _ := port.ParseID(row.Movement)
			one.Last = &registryweb.Reading{At: row.At, Plate: row.Plate, Decision: row.Decision, Movement: movementID}
		}
		list = append(list, one)
	}
	return list, nil
}

func (p ports) owners(ctx context.Context, id port.PortID) ([]registryweb.OwnerLine, error) {
	counts, err := p.site.platform.board.Owners(ctx, id)
	if err != nil {
		return nil, err
	}
	var list []registryweb.OwnerLine
	for _, c := range counts {
		i := slices.IndexFunc(list, func(l registryweb.OwnerLine) bool { return l.Function == c.Function })
		if i < 0 {
			i = len(list)
			list = append(list, registryweb.OwnerLine{Owner: p.site.ownerName(id, c.Function, ""), Function: c.Function, Oldest: c.Oldest})
		}
		list[i].Open += c.N
		if c.State != port.StateOpen {
			list[i].Held += c.N
		} else {
			list[i].Actionable += c.N
		}
		list[i].Oldest = min(list[i].Oldest, c.Oldest)
	}
	slices.SortStableFunc(list, func(a, b registryweb.OwnerLine) int { return int(b.Open - a.Open) })
	return list, nil
}

// ownerName is the organisation that has a function at a port, by the name that the registry's data gives it; the
// function where nobody is named.
func (s *site) ownerName(id port.PortID, function port.Function, organisation string) web.Words {
	if organisation == "" {
		if owner, ok := s.platform.registry().Owner(id, function); ok {
			organisation = string(owner)
		}
	}
	if name, ok := s.organisations[organisation]; ok {
		return words(name)
	}
	if organisation != "" {
		return web.Plain(organisation)
	}
	return web.Said(function.TextKey())
}

// Changed wakes pages when the boards have moved.
func (p ports) Changed(ctx context.Context, _ port.PortID) <-chan struct{} {
	return p.site.wake.wait(ctx)
}
