package registry

import (
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// noteLongest bounds a note, in characters: a few sentences. Whoever has more to say has a document to refer to.
const noteLongest = 500

// nameLongest bounds a name, in characters; the longest official name of a port in four languages is under 60.
const nameLongest = 200

// With folds further facts and gives the next state; this one stays as it is. Facts that came from a ledger have been
// checked before they were recorded; checking them again costs little and shows corruption. The error is Invalid and
// carries every problem of every fact; with several facts a path begins with facts[n].
func (s *State) With(facts ...Fact) (*State, error) {
	next := s.copied()
	var problems []errs.Problem
	for i, fact := range facts {
		c := checker{state: next}
		if len(facts) > 1 {
			c.prefix = fmt.Sprintf("facts[%d].", i)
		}
		c.fact(fact)
		if len(c.problems) == 0 {
			next.apply(fact)
		}
		problems = append(problems, c.problems...)
	}
	if err := errs.Bad(problems); err != nil {
		return nil, err
	}
	return next, nil
}

// checker gathers what is wrong with one fact.
type checker struct {
	state    *State
	prefix   string
	problems []errs.Problem
}

func (c *checker) problem(path, rule string, args ...string) {
	c.problems = append(c.problems, errs.At(c.prefix+path, rule, args...))
}

func (c *checker) must(ok bool, path, rule string, args ...string) {
	if !ok {
		c.problem(path, rule, args...)
	}
}

// identifier asks for an identifier in the canonical form that its parser gives: in the registry it is a key. The parser
// says itself what is wrong.
func identifier[T ~string](c *checker, path string, id T, parse func(string) (T, error)) {
	canonical, err := parse(string(id))
	var fault port.Fault
	switch {
	case errors.As(err, &fault):
		c.problem(path, fault.Rule, fault.Args...)
	case err != nil:
		c.problem(path, "registry.value", string(id))
	case canonical != id:
		c.problem(path, "registry.canonical", string(id), string(canonical))
	}
}

func (c *checker) fact(fact Fact) {
	switch f := fact.(type) {
	case SiteRegistered:
		c.site(f.Site)
	case PortRegistered:
		c.port(f.Port)
	case PortChanged:
		c.known(f.Port)
		_, _, ok := f.From.Span()
		c.must(ok, "from", "registry.date", string(f.From))
		c.must(f.Attributes != Attributes{}, "", "registry.change.empty")
		c.attributes(f.Attributes)
	case StatusSet:
		c.known(f.Port)
		c.scope(f.Scope)
		c.must(f.Status.Valid(), "status", "registry.value", string(f.Status))
		if f.Season != nil {
			c.must(f.Season.valid(), "season", "registry.season", f.Season.From, f.Season.To)
		}
		c.span(f.From, f.To)
		c.provenance("", f.Provenance)
	case HoursSet:
		c.hours(f)
	case LaneRegistered:
		c.lane(f.Lane)
	case DesignationSet:
		c.known(f.Port)
		c.must(f.Goods.Valid(), "goods", "registry.value", string(f.Goods))
		c.span(f.From, f.To)
		c.provenance("", f.Provenance)
	case OwnerSet:
		c.known(f.Port)
		c.must(f.Function.Valid(), "function", "registry.value", string(f.Function))
		c.must(f.Organisation != "", "organisation", "registry.missing")
		c.provenance("", f.Provenance)
	case SourceSet:
		c.known(f.Port)
		c.must(f.Kind != "", "kind", "registry.missing")
		c.must(f.Decided == port.Here || f.Decided == port.Mirrored, "decided", "registry.value", string(f.Decided))
		c.provenance("", f.Provenance)
	case ToleranceSet:
		if f.Port != "" {
			c.known(f.Port)
		}
		digits := !slices.ContainsFunc([]byte(f.HS), func(b byte) bool { return b < '0' || b > '9' })
		c.must(digits && len(f.HS) <= 10 && len(f.HS)%2 == 0, "hs", "registry.value", string(f.HS))
		c.must(f.Tolerance.valid(), "percent", "registry.tolerance", f.Percent.String(), f.Absolute.String())
		c.provenance("", f.Provenance)
	case OfficeMapped:
		identifier(c, "office", f.Office, port.ParseCustomsOffice)
		c.must(f.Mode == "" || f.Mode.Valid(), "mode", "registry.value", string(f.Mode))
		c.known(f.Port)
		c.provenance("", f.Provenance)
	default:
		c.problem("", "registry.fact", fmt.Sprintf("%T", fact))
	}
}

func (c *checker) known(id port.PortID) {
	c.must(c.state.byID[id] != nil, "port", "registry.port.unknown", string(id))
}

func (c *checker) site(s Site) {
	identifier(c, "site", s.ID, port.ParseSiteID)
	_, twice := c.state.Site(s.ID)
	c.must(!twice, "site", "registry.site.twice", string(s.ID))
	c.names("names", &s.Names)
	c.names("league", &s.League)
	c.names("county", s.County)
	c.names("role", &s.Role)
}

func (c *checker) port(p Port) {
	identifier(c, "port", p.ID, port.ParsePortID)
	c.must(p.ID == p.Site.Port(p.Mode), "port", "registry.port.name", string(p.ID), string(p.Site), string(p.Mode))
	_, known := c.state.Site(p.Site)
	c.must(known, "site", "registry.site.unknown", string(p.Site))
	c.must(c.state.byID[p.ID] == nil, "port", "registry.port.twice", string(p.ID))
	c.must(p.Names != nil, "names", "registry.missing")
	c.must(p.Class != nil, "class", "registry.missing")
	c.must(p.Legal != nil, "legal", "registry.missing")
	c.must(p.Position != nil, "position", "registry.missing")
	c.attributes(p.Attributes)
}

func (c *checker) attributes(a Attributes) {
	c.names("names", a.Names)
	c.names("customs", a.Customs)
	if v := a.Class; v != nil {
		c.must(v.Value.Valid(), "class.value", "registry.value", string(v.Value))
		c.provenance("class.", v.Provenance)
	}
	if v := a.Legal; v != nil {
		c.must(v.Value.Valid(), "legal.value", "registry.value", string(v.Value))
		c.provenance("legal.", v.Provenance)
	}
	if v := a.Counterpart; v != nil {
		identifier(c, "counterpart.value.country", v.Value.Country, port.ParseCountry)
		c.named("counterpart.value.names", v.Value.Names)
		c.must(v.Value.Position == nil || v.Value.Position.valid(), "counterpart.value.position", "registry.position")
		c.provenance("counterpart.", v.Provenance)
	}
	if v := a.Position; v != nil {
		c.must(v.Value.valid(), "position.value", "registry.position")
		c.provenance("position.", v.Provenance)
	}
	if v := a.UNLocode; v != nil {
		identifier(c, "unlocode.value", v.Value, port.ParseLocation)
		c.provenance("unlocode.", v.Provenance)
	}
	c.code("iata", a.IATA, 3)
	c.code("icao", a.ICAO, 4)
}

// code checks an airport's code: IATA has 3 capital letters, ICAO 4.
func (c *checker) code(path string, v *Sourced[string], length int) {
	if v == nil {
		return
	}
	letters := !slices.ContainsFunc([]byte(v.Value), func(b byte) bool { return b < 'A' || b > 'Z' })
	c.must(len(v.Value) == length && letters, path+".value", "registry.value", v.Value)
	c.provenance(path+".", v.Provenance)
}

func (c *checker) names(path string, v *Sourced[Names]) {
	if v != nil {
		c.named(path+".value", v.Value)
		c.provenance(path+".", v.Provenance)
	}
}

func (c *checker) named(path string, n Names) {
	c.must(n.Chinese != "" && n.English != "", path, "registry.missing")
	for _, name := range []string{n.Chinese, n.English, n.Mongolian, n.Russian} {
		c.must(utf8.RuneCountInString(name) <= nameLongest, path, "registry.long")
	}
}

func (c *checker) lane(l Lane) {
	c.known(l.Port)
	identifier(c, "lane", l.ID, port.ParseLaneID)
	c.must(l.ID.Port() == l.Port, "lane", "registry.lane.port", string(l.ID), string(l.Port))
	_, twice := c.state.lanes[l.ID]
	c.must(!twice, "lane", "registry.lane.twice", string(l.ID))
	c.must(l.Direction == port.Import || l.Direction == port.Export, "direction", "registry.value", string(l.Direction))
	c.must(l.Traffic.Valid(), "traffic", "registry.value", string(l.Traffic))
	c.must(l.Gate == port.DueEntryGate || l.Gate == port.DueExitGate, "gate", "registry.value", string(l.Gate))
	c.provenance("", l.Provenance)
}

func (c *checker) hours(h HoursSet) {
	c.known(h.Port)
	c.scope(h.Scope)
	c.must(h.Side == SideHere || h.Side == SideNeighbour, "side", "registry.value", string(h.Side))
	_, known := zoneNamed(h.Zone)
	c.must(known, "zone", "registry.value", string(h.Zone))
	c.must(h.Kind.Valid(), "kind", "registry.value", string(h.Kind))
	c.must((h.Kind == HoursDaily) == (h.Opens+h.Closes != ""), "opens", "registry.hours", h.Opens, h.Closes)
	c.must(h.Opens == "" || clock(h.Opens), "opens", "registry.hours", h.Opens, h.Closes)
	c.must(h.Closes == "" || h.Closes == "24:00" || clock(h.Closes), "closes", "registry.hours", h.Opens, h.Closes)
	for _, day := range h.Days {
		c.must(slices.Contains(weekdays[:], day), "days", "registry.value", day)
	}
	c.span(h.From, h.To)
	c.provenance("", h.Provenance)
}

func clock(text string) bool {
	_, err := time.Parse("15:04", text)
	return err == nil && len(text) == len("15:04")
}

func (c *checker) scope(s Scope) {
	c.must(s.Traffic == "" || s.Traffic.Valid(), "traffic", "registry.value", string(s.Traffic))
	c.must(s.Direction == "" || s.Direction.Valid(), "direction", "registry.value", string(s.Direction))
}

func (c *checker) span(from, to Date) {
	c.must(from.valid(), "from", "registry.date", string(from))
	c.must(to.valid(), "to", "registry.date", string(to))
	if from != "" && to != "" && from.valid() && to.valid() {
		first, _, _ := from.Span()
		_, last, _ := to.Span()
		c.must(first <= last, "to", "registry.date.order", string(from), string(to))
	}
}

func (c *checker) provenance(path string, p Provenance) {
	c.must(p.Source.valid(), path+"source", "registry.reference", string(p.Source))
	c.must(utf8.RuneCountInString(p.Note) <= noteLongest, path+"note", "registry.long")
}
