package simulator

import (
	"math"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

func TestPlanIsAPureFunction(t *testing.T) {
	from, middle, to := morning, morning.Add(7*time.Hour), morning.AddDate(0, 0, 2)
	whole := Plan(3, "ganqimaodu-road", from, to)
	if diff := cmp.Diff(whole, Plan(3, "ganqimaodu-road", from, to)); diff != "" {
		t.Errorf("the same plan twice differs:\n%s", diff)
	}
	parts := append(Plan(3, "ganqimaodu-road", from, middle), Plan(3, "ganqimaodu-road", middle, to)...)
	if diff := cmp.Diff(whole, parts); diff != "" {
		t.Errorf("a plan in two windows differs from one:\n%s", diff)
	}
	if cmp.Equal(whole, Plan(4, "ganqimaodu-road", from, to)) {
		t.Error("another seed gives the same plan")
	}
	if got := Plan(3, "nowhere-road", from, to); got != nil {
		t.Errorf("a port that the profile lacks has %d trucks", len(got))
	}
	if !slices.IsSortedFunc(whole, func(a, b Truck) int { return a.Arrive.Compare(b.Arrive) }) {
		t.Error("the trucks are not in the order of arrival")
	}
}

// days is how long the calibration looks, enough for one part in twenty.
const days = 60

func TestPlanKeepsToTheProfile(t *testing.T) {
	profile := DefaultProfile()
	for i := range profile.Ports {
		p := &profile.Ports[i]
		if len(p.Flows) == 0 {
			continue
		}
		t.Run(string(p.Port), func(t *testing.T) {
			t.Parallel()
			first := midnightOf(morning)
			planner := newPlanner(1, p.Port, profile, DefaultRates())
			trucks := planner.between(first, first.AddDate(0, 0, days))
			usual := func(f *Flow) (total float64) {
				for n := range days {
					total += f.Vehicles * planner.usual(f.Season, first.AddDate(0, 0, n))
				}
				return total
			}
			want, byShape := 0.0, [24]float64{}
			for j := range p.Flows {
				f := &p.Flows[j]
				want += usual(f)
				for foreign, share := range map[bool]float64{true: p.Foreign.Value * (1 - f.OwnWheels), false: 1 - p.Foreign.Value*(1-f.OwnWheels)} {
					weights := planner.hoursOf(f.Shape, foreign)
					sum := 0.0
					for _, w := range weights {
						sum += w
					}
					for hour, w := range weights {
						byShape[hour] += usual(f) * share * w / sum
					}
				}
			}
			if within := 4*math.Sqrt(want) + 0.06*want; math.Abs(float64(len(trucks))-want) > within {
				t.Errorf("%d trucks in %d days, the profile says %.0f", len(trucks), days, want)
			}
			byHour, byDay, flows := [24]float64{}, map[string]int{}, map[string]float64{}
			for j := range trucks {
				truck := &trucks[j]
				byHour[truck.Arrive.In(beijing).Hour()]++
				byDay[truck.Key[:10]]++
				if load := truck.laden().Load; load != nil {
					flows[string(truck.laden().Direction)+" "+load.Goods]++
				} else {
					flows[string(truck.Kind)]++
				}
			}
			for hour, weight := range byShape {
				weight /= max(want, 1)
				got, n := byHour[hour]/float64(len(trucks)), float64(len(trucks))
				if weight == 0 && got != 0 {
					t.Errorf("%.0f trucks at %d o'clock, when the port is shut", byHour[hour], hour)
				}
				if math.Abs(got-weight) > 4*math.Sqrt(weight/n)+0.005 {
					t.Errorf("at %d o'clock %.3f of the day, the profile says %.3f", hour, got, weight)
				}
			}
			peak := p.Daily()*1.7*profile.Variation.Peak.Value + 5*math.Sqrt(p.Daily()*profile.Variation.Peak.Value) + 3 // the busiest month is 1.7 times the average
			for day, n := range byDay {
				if float64(n) > peak {
					t.Errorf("%d trucks on %s, more than the peak of %.0f", n, day, peak)
				}
			}
			for _, f := range p.Flows {
				want, name := usual(&f), string(f.Direction)+" "+f.Goods
				if f.Goods == "" {
					name = string(f.Kind)
				}
				if got := flows[name]; math.Abs(got-want) > 4*math.Sqrt(want)+0.08*want {
					t.Errorf("%s %s: %.0f vehicles, the profile says %.0f", f.Direction, f.Goods, got, want)
				}
			}
		})
	}
}

// The region has about 6,800 crossings a day, other than road freight among them (domain facts, sizing).
func TestProfileIsAboutTheRegionsSize(t *testing.T) {
	total := 0.0
	for i := range DefaultProfile().Ports {
		total += 2 * DefaultProfile().Ports[i].Daily()
	}
	if total < 5000 || total > 6800 {
		t.Errorf("%.0f crossings a day in the region", total)
	}
	if busiest := 2 * DefaultProfile().Of("ganqimaodu-road").Daily() * DefaultProfile().Variation.Peak.Value; busiest < 3109 {
		t.Errorf("the busiest port's peak day has %.0f crossings, it has had 3,109", busiest)
	}
}

func TestTrucksAreWellFormed(t *testing.T) {
	profile := DefaultProfile()
	for i := range profile.Ports {
		id := profile.Ports[i].Port
		printer := &printer{profile: profile, id: id, run: 42}
		plates, batches := map[string]bool{}, map[port.BatchNumber]bool{}
		trucks := Plan(5, id, morning, morning.AddDate(0, 0, 4))
		for j := range trucks {
			truck := &trucks[j]
			if key := truck.Plate.Key(); plates[key] && !truck.Automated {
				t.Errorf("%s: %s comes twice", id, truck.Plate)
			} else {
				plates[key] = true
			}
			if _, country, err := port.ParsePlate(string(truck.Plate)); !truck.Automated && (err != nil || country != truck.Nationality) {
				t.Errorf("%s: plate %s of %s reads as one of %q: %v", id, truck.Plate, truck.Nationality, country, err)
			}
			if truck.Passengers == 0 && (truck.Legs[0].Load == nil) == (truck.Legs[1].Load == nil) || truck.Legs[0].Direction == truck.Legs[1].Direction {
				t.Errorf("%s: %s does not go one way laden and the other empty", id, truck.Key)
			}
			for leg := range truck.Legs {
				batch := printer.batch(truck, leg)
				if batches[batch] || batch.Check() != nil || printer.runOf(batch) != 42 {
					t.Errorf("%s: batch %q, seen before: %t, run %d", id, batch, batches[batch], printer.runOf(batch))
				}
				batches[batch] = true
				papers := printer.manifest(truck, leg, batch, port.TimeOf(morning))
				problems := manifest.Check(&papers)
				if truck.Legs[leg].Load != nil {
					declared := printer.declaration(&papers, 0, truck.Legs[leg].Load.Trader, true)
					problems = append(problems, declaration.Check(&declared)...)
				}
				problems = slices.DeleteFunc(problems, func(p errs.Problem) bool { return truck.Automated && p.Rule == "plate.unknown" })
				if len(problems) > 0 {
					t.Errorf("%s: %s has %v", id, truck.Key, problems)
				}
			}
		}
	}
}

// Every value in the profile says where it comes from, in the references of the domain facts.
func TestEveryValueHasASource(t *testing.T) {
	var all any
	if err := yaml.Unmarshal(profileText, &all); err != nil {
		t.Fatal(err)
	}
	reference := regexp.MustCompile(`^([PLDK]|demo|[SG]:[1-9][0-9]*)$`)
	values := 0
	var walk func(path string, x any)
	walk = func(path string, x any) {
		switch x := x.(type) {
		case map[string]any:
			_, value := x["value"]
			_, flow := x["vehicles"]
			source, _ := x["source"].(string)
			if value || flow {
				if values++; !reference.MatchString(source) {
					t.Errorf("%s has the source %q", path, source)
				}
				if note, _ := x["note"].(string); source == "D" && note == "" {
					t.Errorf("%s is worked out, and does not say how", path)
				}
			}
			for key, inner := range x {
				walk(path+"."+key, inner)
			}
		case []any:
			for _, inner := range x {
				walk(path+"[]", inner)
			}
		}
	}
	walk("", all)
	if values < 100 {
		t.Errorf("only %d values found", values)
	}
}

func TestShapesAreWhole(t *testing.T) {
	for name, shape := range DefaultProfile().Shapes {
		total := 0.0
		for _, weight := range shape.Value {
			total += weight
		}
		if math.Abs(total-1) > 1e-9 {
			t.Errorf("the weights of %s sum to %g", name, total)
		}
	}
	night := time.Date(2026, 6, 1, 2, 30, 0, 0, beijing)
	if got, want := DefaultProfile().open("ganqimaodu-road", night), time.Date(2026, 6, 1, 8, 0, 0, 0, beijing); !got.Equal(want) {
		t.Errorf("Ganqimaodu opens at %s, want %s", got, want)
	}
	if got := DefaultProfile().open("erenhot-road", night); !got.Equal(night) {
		t.Errorf("Erenhot opens at %s, and is never shut", got)
	}
}

// TestPlanKeepsToTheRates: what the profile states of vehicles that do what is not the rule is what the traffic has.
func TestPlanKeepsToTheRates(t *testing.T) {
	rates := DefaultRates()
	day := morning.Truncate(24 * time.Hour).Add(-8 * time.Hour)
	trucks := Plan(1, "ganqimaodu-road", day, day.AddDate(0, 0, 30))
	trucks = append(trucks, Plan(1, "erenhot-road", day, day.AddDate(0, 0, 30))...)
	seen, of := map[string]float64{}, map[string]float64{}
	count := func(what string, yes bool) {
		of[what]++
		if yes {
			seen[what]++
		}
	}
	for i := range trucks {
		out := &trucks[i].Legs[0] // the way home always comes
		count("no_show", out.NoShow)
		for _, leg := range trucks[i].Legs {
			if !leg.NoShow {
				count("unannounced", leg.Silent)
			}
			count("late_manifest", leg.Lead < leadLeast)
			count("double_read", leg.Double)
			if l := leg.Load; l != nil {
				count("weight_off", math.Abs(l.Weighs.Float()) >= 0.9*offLeast*l.Mass.Float())
				if l.Declare != DeclareYard { // the others are declared one by one
					count("early", l.Declare == DeclareEarly)
					count("late", l.Declare == DeclareLate)
					count("chased", l.Declare == DeclareChased)
				}
				if len(l.Boxes) > 0 {
					count("misread", l.Misread)
				}
			}
		}
	}
	for what, rate := range map[string]Sourced[float64]{
		"no_show": rates.NoShow, "unannounced": rates.Unannounced, "late_manifest": rates.LateManifest, "double_read": rates.DoubleRead, "weight_off": rates.WeightOff,
		"early": rates.Early, "late": rates.Late, "chased": rates.Chased, "misread": rates.Misread,
	} {
		got, want, n := seen[what]/of[what], rate.Value, of[what]
		if n < 1000 || math.Abs(got-want) > 4*math.Sqrt(want*(1-want)/n) {
			t.Errorf("%s: %.4f of %.0f, the profile says %.4f", what, got, n, want)
		}
	}
}
