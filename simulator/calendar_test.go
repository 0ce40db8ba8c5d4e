package simulator

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// year is the year that the tests of seasons look at.
var year = time.Date(2026, 1, 1, 0, 0, 0, 0, beijing)

func TestClosuresKeepToTheProfile(t *testing.T) {
	profile := DefaultProfile()
	const seeds = 40
	counts := map[ClosureKind]float64{}
	for seed := range uint64(seeds) {
		p := newPlanner(seed, "ganqimaodu-road", profile, DefaultRates())
		closures := p.closuresBetween(year, year.AddDate(1, 0, 0))
		if diff := cmp.Diff(closures, p.closuresBetween(year, year.AddDate(1, 0, 0))); diff != "" {
			t.Fatalf("the same closures twice differ:\n%s", diff)
		}
		for _, c := range closures {
			counts[c.Kind]++
			if lasts := c.To.Sub(c.From); lasts <= 0 || lasts > closedMost {
				t.Errorf("%s lasts %s", c.Kind, lasts)
			}
			if month := c.From.Month(); c.Kind == Sandstorm && (month < time.March || month > time.May) {
				t.Errorf("a sandstorm in %s", month)
			}
		}
	}
	for i := range profile.Closures {
		rate := &profile.Closures[i]
		want := rate.Yearly.Value * seeds
		if rate.Kind == Snow {
			want = 0 // at other ports
		}
		if got := counts[rate.Kind]; math.Abs(got-want) > 4*math.Sqrt(want)+0.05*want {
			t.Errorf("%s: %.0f in %d years, the profile says %.0f", rate.Kind, got, seeds, want)
		}
	}
}

func TestSeasonsAndHolidays(t *testing.T) {
	profile := DefaultProfile()
	for name, season := range profile.Seasons {
		total := 0.0
		for _, month := range season.Value {
			total += month
		}
		if math.Abs(total/12-1) > 0.02 {
			t.Errorf("the months of %s have the mean %g", name, total/12)
		}
	}
	naadam, ordinary := time.Date(2026, 7, 12, 0, 0, 0, 0, beijing), time.Date(2026, 7, 21, 0, 0, 0, 0, beijing)
	spring := time.Date(2026, 2, 17, 0, 0, 0, 0, beijing)
	for _, test := range []struct {
		neighbour port.Country
		day       time.Time
		want      float64
	}{{port.Mongolia, naadam, 0.1}, {port.Russia, naadam, 1}, {port.Mongolia, ordinary, 1}, {port.Russia, spring, 0.3}} {
		if got := profile.holiday(test.neighbour, test.day); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%s on %s: %g of an ordinary day, want %g", test.neighbour, test.day.Format(time.DateOnly), got, test.want)
		}
	}
	few := len(Plan(1, "ganqimaodu-road", naadam, naadam.AddDate(0, 0, 1)))
	if many := len(Plan(1, "ganqimaodu-road", ordinary, ordinary.AddDate(0, 0, 1))); few == 0 || 4*few > many {
		t.Errorf("%d vehicles at Naadam, %d on an ordinary day", few, many)
	}
	// Nothing comes over the line while the neighbour is closed, though the gate here is open.
	for _, truck := range Plan(1, "ganqimaodu-road", ordinary, ordinary.AddDate(0, 0, 5)) {
		if hour := truck.Arrive.In(beijing).Hour(); truck.Legs[0].Direction == port.Import && hour >= 19 {
			t.Errorf("%s comes at %d o'clock, when the other side is closed", truck.Key, hour)
		}
	}
}

func TestVehiclesComeAgain(t *testing.T) {
	first := midnightOf(morning)
	days := map[port.Plate]map[string]string{}
	for _, truck := range Plan(2, "ganqimaodu-road", first, first.AddDate(0, 0, 4*fleetDays)) {
		if truck.Automated {
			continue
		}
		if days[truck.Plate] == nil {
			days[truck.Plate] = map[string]string{}
		}
		days[truck.Plate][truck.Key[:10]] = truck.Carrier
	}
	again := 0
	for plate, carriers := range days {
		firms := map[string]bool{}
		for _, carrier := range carriers {
			firms[carrier] = true
		}
		if len(firms) != 1 {
			t.Errorf("%s belongs to %d carriers", plate, len(firms))
		}
		if len(carriers) > 1 {
			again++
		}
	}
	if again < len(days)/2 {
		t.Errorf("of %d vehicles %d come again", len(days), again)
	}
}

func TestTrainsAreWellFormed(t *testing.T) {
	first := midnightOf(morning)
	for _, id := range []port.PortID{"manzhouli-rail", "erenhot-rail"} {
		p := newPlanner(3, id, DefaultProfile(), DefaultRates())
		trains := p.trains(first, first.AddDate(0, 0, days))
		want := 0.0
		for _, f := range p.port.Trains {
			want += f.Trains * days
		}
		if got := float64(len(trains)); math.Abs(got-want) > 4*math.Sqrt(want) {
			t.Errorf("%s: %.0f trains in %d days, the profile says %.0f", id, got, days, want)
		}
		held, from := 0.0, 0.0
		for _, train := range trains {
			wagons := 0
			for _, w := range train.Waybills {
				wagons += len(w.Wagons)
				for _, wagon := range w.Wagons {
					if port.BroadWagon(wagon.Number).Check() != nil && port.UICWagon(wagon.Number).Check() != nil {
						t.Errorf("%s: wagon %s", id, wagon.Number)
					}
				}
			}
			document := manifest.Document{
				Direction: train.Direction, Carrier: storyCarrier, Loaded: manifest.Laden, Waybills: train.Waybills, Vehicle: manifest.Vehicle{Kind: port.TrainSet, Mark: train.Mark},
			}
			if problems := manifest.Check(&document); wagons != 50 || len(problems) > 0 || len(train.Traders) != len(train.Waybills) {
				t.Errorf("%s: %s has %d wagons and %v", id, train.Key, wagons, problems)
			}
			if train.Direction == port.Import {
				from++
				if train.Held != "" {
					held++
				}
			}
		}
		rate := DefaultRates().WagonHeld.Value
		if math.Abs(held/from-rate) > 4*math.Sqrt(rate*(1-rate)/from) {
			t.Errorf("%s: of %.0f trains from abroad %.0f have a wagon held", id, from, held)
		}
	}
}

func TestSideHours(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 6, 1, hour, 30, 0, 0, beijing) }
	for name, test := range map[string]struct {
		hours sideHours
		hour  int
		want  bool
	}{
		"before":           {sideHours{Kind: "daily", Opens: "09:00", Closes: "17:00"}, 8, true},
		"within":           {sideHours{Kind: "daily", Opens: "09:00", Closes: "17:00"}, 12, false},
		"after":            {sideHours{Kind: "daily", Opens: "09:00", Closes: "17:00"}, 17, true},
		"over midnight":    {sideHours{Kind: "daily", Opens: "20:00", Closes: "04:00"}, 2, false},
		"an end unknown":   {sideHours{Kind: "daily", Opens: "09:00"}, 3, false},
		"of travellers":    {sideHours{Kind: "daily", Scope: "passenger", Opens: "09:00", Closes: "17:00"}, 3, false},
		"round the clock":  {sideHours{Kind: "all_day"}, 3, false},
		"nothing is known": {sideHours{Kind: "unknown"}, 3, false},
	} {
		if got := test.hours.shut(at(test.hour)); got != test.want {
			t.Errorf("%s: shut %t, want %t", name, got, test.want)
		}
	}
}
