package registry

import (
	"encoding/json"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/port"
)

func TestStatusOn(t *testing.T) {
	_, state := seeded(t)
	const both = ""
	for _, c := range []struct {
		port      port.PortID
		traffic   Traffic // empty: freight and passengers alike
		day       Day
		want      Status
		possible  []Status
		opening   Opening
		reference Reference
	}{
		{"wuliji-road", both, "2015-12-31", StatusUnknown, nil, OpeningUnknown, NotFound},
		{"wuliji-road", both, "2016-02-10", StatusUnknown, []Status{StatusBuilding, StatusApproved}, OpeningUnknown, ""},
		{"wuliji-road", both, "2018-06-01", StatusUnknown, []Status{StatusBuilding, StatusApproved}, OpeningClosed, ""},
		{"wuliji-road", both, "2021-12-24", StatusBuilding, nil, OpeningClosed, FromPlan},
		{"wuliji-road", both, "2025-11-30", StatusBuilding, nil, OpeningClosed, FromPlan},
		{"wuliji-road", both, "2025-12-15", StatusUnknown, []Status{StatusOpen, StatusAccepted, StatusBuilding}, OpeningUnknown, ""},
		{"wuliji-road", both, "2025-12-31", StatusOpen, nil, OpeningOpen, "S:4"},
		{"wuliji-road", both, "2026-11-22", StatusOpen, nil, OpeningOpen, "S:4"},

		{"erenhot-air", Passenger, "2015-06-01", StatusTemporarilyOpen, nil, OpeningOpen, "S:5"},
		{"erenhot-air", Passenger, "2019-06-01", StatusUnknown, []Status{StatusTemporarilyOpen, StatusApproved}, OpeningUnknown, ""},
		{"erenhot-air", both, "2022-01-01", StatusApproved, nil, OpeningClosed, FromPlan},
		{"erenhot-air", both, "2024-10-15", StatusApproved, nil, OpeningClosed, FromPlan},
		{"erenhot-air", both, "2024-10-16", StatusAccepted, nil, OpeningClosed, "S:5"},
		{"erenhot-air", Passenger, "2025-07-09", StatusAccepted, nil, OpeningClosed, "S:5"},
		{"erenhot-air", Passenger, "2025-07-10", StatusOpen, nil, OpeningOpen, "S:6"},
		{"erenhot-air", Freight, "2025-07-10", StatusUnknown, nil, OpeningUnknown, NotFound},

		{"arxan-road", both, "2019-04-01", StatusSeasonal, nil, OpeningOpen, "S:7"},
		{"arxan-road", both, "2019-11-30", StatusSeasonal, nil, OpeningOpen, "S:7"},
		{"arxan-road", both, "2019-12-01", StatusSeasonal, nil, OpeningClosed, "S:7"},
		{"arxan-road", both, "2021-10-29", StatusSeasonal, nil, OpeningOpen, "S:7"},
		{"arxan-road", both, "2021-10-31", StatusSuspended, nil, OpeningClosed, "S:10"},
		{"arxan-road", both, "2023-07-01", StatusUnknown, []Status{StatusSuspended, StatusSeasonal}, OpeningUnknown, ""},
		{"arxan-road", both, "2025-07-01", StatusSeasonal, nil, OpeningOpen, "S:7"},
		// Accepted as open all year on 2025-09-17: in the season both readings are open, in December only one.
		{"arxan-road", both, "2025-10-01", StatusUnknown, []Status{StatusOpen, StatusSeasonal}, OpeningOpen, ""},
		{"arxan-road", both, "2025-12-10", StatusUnknown, []Status{StatusOpen, StatusSeasonal}, OpeningUnknown, ""},
		{"arxan-road", both, "2026-12-10", StatusOpen, nil, OpeningOpen, "S:8"},

		{"ganqimaodu-road", both, "2000-01-01", StatusSeasonal, nil, OpeningUnknown, "S:18"},
		{"ganqimaodu-road", both, "2009-08-15", StatusUnknown, []Status{StatusOpen, StatusSeasonal}, OpeningUnknown, ""},
		{"ganqimaodu-road", Freight, "2021-11-15", StatusOpen, nil, OpeningOpen, "S:18"},
		{"ganqimaodu-road", Passenger, "2021-10-29", StatusOpen, nil, OpeningOpen, "S:18"},
		{"ganqimaodu-road", Passenger, "2021-10-30", StatusSuspended, nil, OpeningClosed, "S:10"},
		{"ganqimaodu-road", Passenger, "2024-01-01", StatusUnknown, []Status{StatusSuspended, StatusOpen}, OpeningUnknown, ""},
		{"ganqimaodu-road", AGV, "2022-07-15", StatusUnknown, nil, OpeningUnknown, NotFound},
		{"ganqimaodu-road", AGV, "2022-07-16", StatusOpen, nil, OpeningOpen, "S:49"},
		{"mandula-road", both, "2015-05-13", StatusOpen, nil, OpeningOpen, "S:20"},

		{"manzhouli-road", Freight, "2021-10-31", StatusOpen, nil, OpeningOpen, FromPlan},
		{"erenhot-road", Freight, "2021-10-30", StatusUnknown, []Status{StatusSuspended, StatusOpen}, OpeningUnknown, ""},
		{"erenhot-road", Freight, "2021-10-31", StatusSuspended, nil, OpeningClosed, "S:10"},
		{"erenhot-road", Freight, "2023-12-16", StatusOpen, nil, OpeningOpen, "S:17"},
		{"erenhot-road", Passenger, "2025-08-11", StatusOpen, nil, OpeningOpen, "S:17"},
		{"ceke-road", Passenger, "2023-03-21", StatusOpen, nil, OpeningOpen, FromPlan},
		{"zhuengadabuqi-road", Freight, "2023-06-27", StatusOpen, nil, OpeningOpen, "S:24"},
		{"shiwei-road", both, "1991-02-01", StatusOpen, nil, OpeningOpen, "S:21"},
		{"shiwei-road", Freight, "2026-01-01", StatusUnknown, []Status{StatusSuspended, StatusOpen}, OpeningUnknown, ""},
		{"arihashate-road", both, "2010-05-01", StatusSeasonal, nil, OpeningUnknown, "S:23"},
		{"hailar-air", both, "2021-11-15", StatusOpen, nil, OpeningOpen, "S:26"},
		{"nowhere-road", both, "2026-01-01", StatusUnknown, nil, OpeningUnknown, NotFound},
		{"hailar-air", both, "", StatusUnknown, []Status{StatusOpen}, OpeningUnknown, ""},
	} {
		traffics := []Traffic{c.traffic}
		if c.traffic == both {
			traffics = []Traffic{Freight, Passenger}
		}
		for _, traffic := range traffics {
			for _, direction := range []port.Direction{port.Import, port.Export} {
				got := state.StatusOn(c.port, traffic, direction, c.day)
				if c.day == "2016-02-10" || c.day == "" { // before the first record that is sure
					if got.Status != StatusUnknown || got.Opening != OpeningUnknown {
						t.Errorf("%s %s %s on %s: got %+v", c.port, traffic, direction, c.day, got)
					}
					continue
				}
				if got.Status != c.want || got.Opening != c.opening || !slices.Equal(got.Possible, c.possible) {
					t.Errorf("%s %s %s on %s: got %s %v %s, want %s %v %s", c.port, traffic, direction, c.day,
						got.Status, got.Possible, got.Opening, c.want, c.possible, c.opening)
				}
				if c.reference != "" && got.Source != c.reference {
					t.Errorf("%s %s on %s: from %s, want %s", c.port, traffic, c.day, got.Source, c.reference)
				}
			}
		}
	}
}

func TestOverallOn(t *testing.T) {
	_, state := seeded(t)
	for _, c := range []struct {
		port port.PortID
		day  Day
		want Status
	}{
		{"manzhouli-road", "2021-10-31", StatusOpen}, // freight is open, passengers are suspended
		{"shiwei-road", "2021-10-31", StatusSuspended},
		{"shiwei-road", "2026-01-01", StatusUnknown},
		{"erenhot-air", "2022-01-01", StatusApproved},
		{"erenhot-air", "2026-01-01", StatusOpen},
		{"arxan-road", "2019-12-24", StatusSeasonal},
		{"nowhere-road", "2026-01-01", StatusUnknown},
	} {
		if got := state.OverallOn(c.port, c.day); got != c.want {
			t.Errorf("%s on %s: got %s, want %s", c.port, c.day, got, c.want)
		}
	}
}

func at(text string) port.Time {
	instant, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return port.TimeOf(instant)
}

func TestOpenAt(t *testing.T) {
	_, state := seeded(t)
	for _, c := range []struct {
		port    port.PortID
		traffic Traffic
		at      string
		want    Opening
	}{
		{"manzhouli-road", Freight, "2023-05-14T23:59:59+08:00", OpeningUnknown},
		{"manzhouli-road", Freight, "2023-05-15T00:00:00+08:00", OpeningOpen},
		{"manzhouli-road", Freight, "2026-11-22T03:30:00+08:00", OpeningOpen},
		{"manzhouli-road", Passenger, "2021-10-31T12:00:00+08:00", OpeningClosed}, // suspended, whatever the hours
		{"manzhouli-road", Passenger, "2026-11-22T12:00:00+08:00", OpeningUnknown},
		{"ganqimaodu-road", Freight, "2026-11-22T07:59:00+08:00", OpeningClosed},
		{"ganqimaodu-road", Freight, "2026-11-22T08:00:00+08:00", OpeningUnknown}, // when the gate closes was not found
		{"ganqimaodu-road", Freight, "2026-11-21T23:59:00Z", OpeningClosed},       // 07:59 on the next day in China
		{"erenhot-road", Freight, "2023-12-16T03:00:00+08:00", OpeningOpen},
		{"erenhot-road", Freight, "2024-02-01T03:00:00+08:00", OpeningUnknown}, // the trial's end was not found
		{"erenhot-road", Freight, "2024-09-30T23:00:00+08:00", OpeningOpen},
		{"erenhot-road", Freight, "2024-10-01T00:00:00+08:00", OpeningUnknown},
		{"shiwei-road", Freight, "2020-06-01T12:00:00+08:00", OpeningUnknown},
		{"shiwei-road", Freight, "2021-10-31T12:00:00+08:00", OpeningClosed},
		{"arxan-road", Freight, "2019-12-24T12:00:00+08:00", OpeningClosed}, // out of season
		{"arxan-road", Freight, "2019-06-24T12:00:00+08:00", OpeningUnknown},
		{"wuliji-road", Freight, "2022-06-24T12:00:00+08:00", OpeningClosed},
		{"hohhot-air", Passenger, "2026-06-24T12:00:00+08:00", OpeningUnknown}, // whenever a flight is due
		{"ganqimaodu-road", AGV, "2026-06-24T07:00:00+08:00", OpeningUnknown},  // the gate's hours are not the AGVs'
		{"nowhere-road", Freight, "2026-06-24T12:00:00+08:00", OpeningUnknown},
	} {
		for _, direction := range []port.Direction{port.Import, port.Export} {
			if got := state.OpenAt(c.port, c.traffic, direction, at(c.at)); got != c.want {
				t.Errorf("%s %s %s at %s: got %s, want %s", c.port, c.traffic, direction, c.at, got, c.want)
			}
		}
	}
	if got := state.OpenAt("manzhouli-road", Freight, port.Import, 0); got != OpeningUnknown {
		t.Errorf("at an instant that nobody recorded: got %s", got)
	}
	for when, want := range map[string]Opening{"2024-03-31T23:59:00+08:00": OpeningUnknown, "2024-04-01T00:00:00+08:00": OpeningOpen} {
		if got := state.NeighbourOpenAt("erenhot-road", Freight, port.Export, at(when)); got != want {
			t.Errorf("the neighbour at %s: got %s, want %s", when, got, want)
		}
	}
	if got := state.NeighbourOpenAt("hohhot-air", Passenger, port.Export, at("2026-06-24T12:00:00+08:00")); got != OpeningUnknown {
		t.Errorf("an airport has no neighbour: got %s", got)
	}
}

func TestDailyHours(t *testing.T) {
	day := HoursSet{Port: "shiwei-road", Side: SideHere, Zone: china.name, Kind: HoursDaily, Opens: "08:30", Closes: "17:30",
		Days: []string{"mon", "tue", "wed", "thu", "fri"}, Provenance: Provenance{Source: ByOperator}}
	night := day
	night.Opens, night.Closes, night.Days = "20:00", "04:00", []string{"fri"}
	late := day
	late.Opens, late.Closes, late.Days = "", "18:00", nil
	midnight := day
	midnight.Opens, midnight.Closes, midnight.Days = "12:00", "24:00", nil
	there := day
	there.Side, there.Zone, there.Days = SideNeighbour, russia.name, nil
	for _, c := range []struct {
		name  string
		hours HoursSet
		at    string
		want  Opening
	}{
		{"before", day, "2026-11-20T08:29:00+08:00", OpeningClosed},
		{"from the minute", day, "2026-11-20T08:30:00+08:00", OpeningOpen},
		{"last minute", day, "2026-11-20T17:29:59+08:00", OpeningOpen},
		{"to the minute", day, "2026-11-20T17:30:00+08:00", OpeningClosed},
		{"Sunday", day, "2026-11-22T12:00:00+08:00", OpeningClosed},
		{"Friday night", night, "2026-11-20T23:00:00+08:00", OpeningOpen},
		{"the morning after", night, "2026-11-21T03:59:00+08:00", OpeningOpen},
		{"closing", night, "2026-11-21T04:00:00+08:00", OpeningClosed},
		{"Friday morning", night, "2026-11-20T03:00:00+08:00", OpeningClosed},
		{"only closing known, before", late, "2026-11-20T03:00:00+08:00", OpeningUnknown},
		{"only closing known, after", late, "2026-11-20T18:00:00+08:00", OpeningClosed},
		{"to midnight", midnight, "2026-11-20T23:59:59+08:00", OpeningOpen},
		{"from midnight", midnight, "2026-11-21T00:00:00+08:00", OpeningClosed},
		{"the neighbour's clock is an hour ahead", there, "2026-11-20T07:30:00+08:00", OpeningOpen},
		{"and he is home an hour earlier", there, "2026-11-20T16:30:00+08:00", OpeningClosed},
	} {
		got := openAt([]HoursSet{c.hours}, c.hours.Side, Freight, port.Import, at(c.at))
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// A change holds from its day on; what was true before stays true, and the old state does not move.
func TestChangesKeepThePast(t *testing.T) {
	_, before := seeded(t)
	const id = port.PortID("mandula-road")
	hub, international := port.ClassHub, International
	operator := Provenance{Source: ByOperator}
	after, err := before.With(
		PortChanged{Port: id, From: "2027-01-01", Attributes: Attributes{Class: &Sourced[port.Class]{hub, operator}}},
		PortChanged{Port: id, From: "2026-12", Attributes: Attributes{Legal: &Sourced[Legal]{international, operator}}},
		StatusSet{Port: id, Scope: Scope{Traffic: Freight, Direction: port.Import}, Status: StatusClosed, From: "2026-12-01", To: "2026-12-03", Provenance: Provenance{Source: ByOperator, Note: "sandstorm"}},
		HoursSet{Port: id, Side: SideHere, Scope: Scope{Traffic: Freight}, Zone: china.name, Kind: HoursAllDay, From: "2027-01-01", Provenance: operator},
		LaneRegistered{Lane{ID: "mandula-road.in-freight-03", Port: id, Direction: port.Import, Traffic: Freight, Gate: port.DueEntryGate, Provenance: operator}},
		ToleranceSet{Port: id, HS: "2601", Tolerance: Tolerance{Percent: port.One, Absolute: 300 * port.Kilogram}, Provenance: operator},
		OwnerSet{Port: id, Function: port.FunctionPolice, Organisation: "police-baotou", Provenance: operator},
	)
	if err != nil {
		t.Fatal(err)
	}
	type view struct {
		Class  port.Class
		Legal  Legal
		Status Status
	}
	look := func(s *State, day Day) view {
		p, _ := s.PortOn(id, day)
		return view{p.Class.Value, p.Legal.Value, s.StatusOn(id, Freight, port.Import, day).Status}
	}
	for _, c := range []struct {
		day  Day
		want view
	}{
		{"2020-01-01", view{port.ClassSpecialised, Bilateral, StatusOpen}},
		{"2026-11-30", view{port.ClassSpecialised, Bilateral, StatusOpen}},
		{"2026-12-01", view{port.ClassSpecialised, Bilateral, StatusClosed}},
		{"2026-12-04", view{port.ClassSpecialised, Bilateral, StatusOpen}},
		{"2026-12-31", view{port.ClassSpecialised, International, StatusOpen}}, // a month counts from its last day
		{"2027-01-01", view{port.ClassHub, International, StatusOpen}},
	} {
		if diff := cmp.Diff(c.want, look(after, c.day)); diff != "" {
			t.Errorf("on %s:\n%s", c.day, diff)
		}
	}
	if got := after.StatusOn(id, Freight, port.Export, "2026-12-02").Status; got != StatusOpen {
		t.Errorf("the other direction: got %s", got)
	}
	p, _ := after.Port(id)
	if p.Class.Value != port.ClassHub || p.Names.Value.English != "Mandula Road Port" {
		t.Errorf("the latest: got %+v", p.Attributes)
	}
	_, fresh := seeded(t)
	if diff := cmp.Diff(fresh, before, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
		t.Errorf("the old state moved:\n%s", diff)
	}
	if len(after.Lanes(id)) != len(before.Lanes(id))+1 {
		t.Error("the lane is missing")
	}
}

// Two states made from one do not disturb each other: neither writes into room that both see.
func TestBranches(t *testing.T) {
	_, root := seeded(t)
	add := func(s *State, status Status) *State {
		next, err := s.With(StatusSet{Port: "ceke-road", Status: status, From: "2027-01-01", Provenance: Provenance{Source: ByOperator}})
		if err != nil {
			t.Fatal(err)
		}
		return next
	}
	trunk := add(add(add(root, StatusOpen), StatusOpen), StatusOpen)
	left, right := add(trunk, StatusSuspended), add(trunk, StatusClosed)
	for state, want := range map[*State]Status{trunk: StatusOpen, left: StatusSuspended, right: StatusClosed} {
		if got := state.OverallOn("ceke-road", "2027-06-01"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestArxanBecameInternational(t *testing.T) {
	_, state := seeded(t)
	for day, want := range map[Day]Legal{"2025-09-16": LegalUnknown, "2025-09-17": International} {
		if p, _ := state.PortOn("arxan-road", day); p.Legal.Value != want {
			t.Errorf("on %s: got %s, want %s", day, p.Legal.Value, want)
		}
	}
	if len(state.Changes("arxan-road")) != 1 {
		t.Error("the change is not listed")
	}
}

// bad has, for each rule, facts that break it on the plan's ports.
var bad = map[string]Fact{
	"registry.change.empty": PortChanged{Port: "ceke-road", From: "2026"},
	"registry.date":         StatusSet{Port: "ceke-road", Status: StatusOpen, From: "2026-13", Provenance: Provenance{Source: ByOperator}},
	"registry.date.order":   StatusSet{Port: "ceke-road", Status: StatusOpen, From: "2026-02", To: "2026-01", Provenance: Provenance{Source: ByOperator}},
	"registry.fact":         strange{},
	"registry.hours":        HoursSet{Port: "ceke-road", Side: SideHere, Zone: china.name, Kind: HoursDaily, Opens: "8:00", Provenance: Provenance{Source: ByOperator}},
	"registry.lane.port":    LaneRegistered{Lane{ID: "ceke-road.in-freight-09", Port: "mandula-road", Direction: port.Import, Traffic: Freight, Gate: port.DueExitGate, Provenance: Provenance{Source: Demo}}},
	"registry.lane.twice":   LaneRegistered{Lane{ID: "ceke-road.in-freight-01", Port: "ceke-road", Direction: port.Import, Traffic: Freight, Gate: port.DueExitGate, Provenance: Provenance{Source: Demo}}},
	"registry.long":         StatusSet{Port: "ceke-road", Status: StatusOpen, Provenance: Provenance{Source: ByOperator, Note: strings.Repeat("长", noteLongest+1)}},
	"registry.missing":      OwnerSet{Port: "ceke-road", Function: port.FunctionPolice, Provenance: Provenance{Source: ByOperator}},
	"registry.port.name":    PortRegistered{Port{ID: "ceke-rail", Site: "ceke", Mode: port.Air}},
	"registry.port.twice":   PortRegistered{Port{ID: "ceke-road", Site: "ceke", Mode: port.Road}},
	"registry.port.unknown": StatusSet{Port: "tianjin-road", Status: StatusOpen, Provenance: Provenance{Source: ByOperator}},
	"registry.position":     PortChanged{Port: "ceke-road", From: "2026", Attributes: Attributes{Position: &Sourced[Position]{Position{91, 0}, Provenance{Source: ByOperator}}}},
	"registry.reference":    StatusSet{Port: "ceke-road", Status: StatusOpen, Provenance: Provenance{Source: "S:x"}},
	"registry.season":       StatusSet{Port: "ceke-road", Status: StatusSeasonal, Season: &Season{"11-30", "04-01"}, Provenance: Provenance{Source: ByOperator}},
	"registry.site.twice":   SiteRegistered{Site{ID: "ceke"}},
	"registry.site.unknown": PortRegistered{Port{ID: "tianjin-road", Site: "tianjin", Mode: port.Road}},
	"registry.tolerance":    ToleranceSet{Tolerance: Tolerance{Percent: 101 * port.One}, Provenance: Provenance{Source: ByOperator}},
	"registry.value":        StatusSet{Port: "ceke-road", Status: "ajar", Provenance: Provenance{Source: ByOperator}},
	"office.format":         OfficeMapped{Office: "07", Port: "ceke-road", Provenance: Provenance{Source: ByOperator}},
	"location.country":      PortChanged{Port: "ceke-road", From: "2026", Attributes: Attributes{UNLocode: &Sourced[port.Location]{"ZZCEK", Provenance{Source: ByOperator}}}},
	"lane.format":           LaneRegistered{Lane{ID: "ceke-road", Port: "ceke-road"}},
	"site.format":           SiteRegistered{Site{ID: "策克"}},
	"registry.canonical":    SiteRegistered{Site{ID: "Ceke"}},
}

type strange struct{}

func (strange) FactName() string { return "registry.strange.v1" }

func TestBadFacts(t *testing.T) {
	_, state := seeded(t)
	catalogue, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	for rule, fact := range bad {
		next, err := state.With(fact)
		if errs.KindOf(err) != errs.Invalid || next != nil {
			t.Errorf("%s: got %v", rule, err)
		}
		if !slices.ContainsFunc(errs.Problems(err), func(p errs.Problem) bool { return p.Rule == rule }) {
			t.Errorf("%s: got %v", rule, err)
		}
		for _, language := range text.Languages {
			if !catalogue.Has(language, "problem."+rule) {
				t.Errorf("%s has no text for problem.%s", language, rule)
			}
		}
	}
	for _, language := range text.Languages {
		for _, key := range catalogue.Keys(language) {
			rule, ours := strings.CutPrefix(key, "problem.")
			if ours && strings.HasPrefix(rule, "registry.") && !strings.HasPrefix(rule, "registry.offices.") && bad[rule] == nil {
				t.Errorf("%s: nothing breaks %s", language, rule)
			}
		}
	}
}

// All problems of all facts come at once, each at its place.
func TestEveryProblem(t *testing.T) {
	_, state := seeded(t)
	_, err := state.With(
		StatusSet{Port: "ceke-road", Status: StatusOpen, Provenance: Provenance{Source: ByOperator}},
		StatusSet{Port: "tianjin-road", Status: "ajar", From: "soon"},
	)
	var got []string
	for _, p := range errs.Problems(err) {
		got = append(got, p.Path+" "+p.Rule)
	}
	want := []string{
		"facts[1].port registry.port.unknown", "facts[1].status registry.value", "facts[1].from registry.date", "facts[1].source registry.reference",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTextKeys(t *testing.T) {
	catalogue, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, s := range Statuses() {
		keys = append(keys, s.TextKey())
	}
	for _, k := range []interface{ TextKey() string }{
		OpeningOpen, OpeningClosed, OpeningUnknown, Freight, Passenger, AGV, Bilateral, International, LegalUnknown, SideHere, SideNeighbour,
		HoursUnknown, HoursAllDay, HoursBySchedule, HoursDaily, Fruit, EdibleAquaticAnimals, ChilledAquaticProducts, Meat, Grain,
		FromPlan, FromLaw, FromKnowledge, Derived, Demo, NotFound, ByOperator, Reference("S:18"), Reference("G:1"),
	} {
		keys = append(keys, k.TextKey())
	}
	keys = append(keys, "registry.unverified", "problem.registry.offices.format", "problem.registry.offices.large")
	for _, key := range keys {
		for _, language := range text.Languages {
			if !catalogue.Has(language, key) {
				t.Errorf("%s has no text for %s", language, key)
			}
		}
	}
}

func TestTolerance(t *testing.T) {
	_, state := seeded(t)
	for _, c := range []struct {
		port     port.PortID
		hs       port.HSCode
		percent  port.Quantity
		absolute port.Kilograms
	}{
		{"ganqimaodu-road", "27011290", 2 * port.One, 2000 * port.Kilogram},
		{"ceke-road", "2701121000", 3 * port.One, 3000 * port.Kilogram},
		{"ganqimaodu-road", "26030000", port.One, 500 * port.Kilogram},
		{"ceke-road", "", 2 * port.One, 1000 * port.Kilogram},
		{"ceke-road", "84", 2 * port.One, 1000 * port.Kilogram},
	} {
		got, ok := state.Tolerance(c.port, c.hs)
		if !ok || got.Percent != c.percent || got.Absolute != c.absolute || got.Source != Demo {
			t.Errorf("%s %q: got %+v, %v", c.port, c.hs, got, ok)
		}
	}
	if _, ok := new(State).Tolerance("ceke-road", "2701"); ok {
		t.Error("a tolerance that nobody set")
	}
	two := Tolerance{Percent: 2 * port.One, Absolute: 1000 * port.Kilogram}
	for _, c := range []struct {
		declared, measured port.Kilograms
		want               bool
	}{
		{10_000 * port.Kilogram, 10_200 * port.Kilogram, true},
		{10_000 * port.Kilogram, 10_200*port.Kilogram + 1, false},
		{10_000 * port.Kilogram, 9_800 * port.Kilogram, true},
		{100 * port.Tonne, 101 * port.Tonne, true},
		{100 * port.Tonne, 101*port.Tonne + 1, false}, // within 2 %, not within a tonne
		{0, 0, true},
		{0, 1, false},
		{-1, 0, false},
		{0, -1, false},
		{math.MaxInt64, math.MaxInt64 - 1, true},
	} {
		if got := two.Allows(c.declared, c.measured); got != c.want {
			t.Errorf("declared %s, measured %s: got %v", c.declared, c.measured, got)
		}
	}
}

func TestToleranceIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		declared := rapid.Int64Range(0, math.MaxInt64).Draw(t, "declared")
		measured := rapid.Int64Range(0, math.MaxInt64).Draw(t, "measured")
		tolerance := Tolerance{
			Percent:  port.Quantity(rapid.Int64Range(0, int64(percentMost)).Draw(t, "percent")),
			Absolute: port.Kilograms(rapid.Int64Range(0, math.MaxInt64).Draw(t, "absolute")),
		}
		difference := big.NewInt(declared)
		difference.Sub(difference, big.NewInt(measured)).Abs(difference)
		left := new(big.Int).Mul(difference, big.NewInt(int64(100*port.One)))
		right := new(big.Int).Mul(big.NewInt(declared), big.NewInt(int64(tolerance.Percent)))
		want := difference.Cmp(big.NewInt(int64(tolerance.Absolute))) <= 0 && left.Cmp(right) <= 0
		if got := tolerance.Allows(port.Kilograms(declared), port.Kilograms(measured)); got != want {
			t.Fatalf("got %v, want %v", got, want)
		}
		least := port.Kilograms(declared) - tolerance.Most(port.Kilograms(declared))
		if !tolerance.Allows(port.Kilograms(declared), least) || least > 0 && tolerance.Allows(port.Kilograms(declared), least-1) {
			t.Fatalf("%d may weigh %d at least", declared, least)
		}
	})
}

func TestSettings(t *testing.T) {
	_, state := seeded(t)
	for id, want := range map[port.PortID]port.Source{"manzhouli-road": port.Mirrored, "ganqimaodu-road": port.Here, "manzhouli-rail": port.Here} {
		if got := state.Source(id, port.CustomsRelease); got != want {
			t.Errorf("%s: got %s, want %s", id, got, want)
		}
	}
	if got := state.Source("manzhouli-road", port.Weighed); got != port.Here {
		t.Errorf("got %s", got)
	}
	for _, c := range []struct {
		office port.CustomsOffice
		mode   port.Mode
		want   port.PortID
	}{
		{"0702", port.Road, "erenhot-road"}, {"0702", port.Rail, "erenhot-rail"}, {"0702", "", "erenhot-road"},
		{"0600", "", "manzhouli-road"}, {"0703", port.Rail, ""}, {"5316", port.Road, ""},
	} {
		got, ok := state.PortOfOffice(c.office, c.mode)
		if got.Port != c.want || ok != (c.want != "") || ok && !got.Unverified {
			t.Errorf("office %s %s: got %+v, %v", c.office, c.mode, got, ok)
		}
	}
	var codes []string
	for _, o := range state.Offices() {
		codes = append(codes, string(o.Office))
	}
	if !slices.IsSorted(codes) || len(codes) != 9 {
		t.Errorf("got %v", codes)
	}
	var goods []DesignatedGoods
	for _, d := range state.Designations("ordos-air", "2026-01-01") {
		goods = append(goods, d.Goods)
	}
	if diff := cmp.Diff([]DesignatedGoods{Fruit, EdibleAquaticAnimals, ChilledAquaticProducts}, goods); diff != "" {
		t.Error(diff)
	}
	if len(state.Designations("ordos-air", "2019-11-15")) != 0 || len(state.Designations("shiwei-road", "2026-01-01")) != 0 {
		t.Error("a designation that is not sure")
	}
}

func TestNames(t *testing.T) {
	n := Names{Chinese: "甘其毛都", English: "Ganqimaodu"}
	for language, want := range map[text.Language]string{text.Chinese: "甘其毛都", text.English: "Ganqimaodu", text.Mongolian: "Ganqimaodu"} {
		if got := n.In(language); got != want {
			t.Errorf("%s: got %s, want %s", language, got, want)
		}
	}
}

func TestStandingAsJSON(t *testing.T) {
	_, state := seeded(t)
	got, err := json.Marshal(state.StatusOn("ganqimaodu-road", AGV, port.Import, "2026-01-01"))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"status":"open","opening":"open","from":"2022-07-16","source":"S:49","note":"6.19 km from the container port of Gashuunsukhait to the supervised yard"}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

// TestOneEntryOfTheHours: an entry says what it says, whatever another adds.
func TestOneEntryOfTheHours(t *testing.T) {
	at := port.TimeOf(time.Date(2026, 11, 22, 17, 0, 0, 0, time.UTC)) // one at night in Beijing
	for _, c := range []struct {
		kind HoursKind
		want Opening
	}{{HoursUnknown, OpeningUnknown}, {HoursAllDay, OpeningOpen}} {
		h := HoursSet{Port: "ceke-road", Side: SideHere, Zone: "Asia/Shanghai", Kind: c.kind, Scope: Scope{Traffic: Freight}}
		if got := h.OpenAt(at); got != c.want {
			t.Errorf("%s: got %s, want %s", c.kind, got, c.want)
		}
	}
	h := HoursSet{Port: "ceke-road", Side: SideHere, Zone: "Asia/Shanghai", Kind: HoursDaily, Opens: "08:00", Closes: "18:00"}
	if got := h.OpenAt(at); got != OpeningClosed {
		t.Errorf("at one in the morning, of 08:00 to 18:00: %s", got)
	}
}
