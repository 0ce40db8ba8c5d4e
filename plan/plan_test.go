package plan

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/port"
)

func loaded(t *testing.T) Plan {
	t.Helper()
	plan, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func TestProjects(t *testing.T) {
	plan := loaded(t)
	want := map[port.Class]int{port.ClassHub: 3, port.ClassSpecialised: 4, port.ClassOrdinary: 6}
	counted, stated := map[port.Class]int{}, map[port.Class]int{}
	seen := map[ProjectID]bool{}
	for _, p := range plan.Projects {
		counted[p.Class]++
		if seen[p.ID] || !strings.HasPrefix(string(p.ID), string(p.Site)+"-") {
			t.Errorf("%s: the id is given twice or not of its place", p.ID)
		}
		seen[p.ID] = true
		if err := p.Site.Check(); err != nil || p.Mode != "" && !p.Mode.Valid() || p.Names.Chinese == "" || p.Names.English == "" {
			t.Errorf("%s: %+v %v", p.ID, p, err)
		}
	}
	for _, g := range plan.Groups {
		stated[g.Class] = g.Projects
	}
	if diff := cmp.Diff(want, counted); diff != "" || len(plan.Projects) != 13 {
		t.Errorf("%d projects:\n%s", len(plan.Projects), diff)
	}
	if diff := cmp.Diff(want, stated); diff != "" {
		t.Errorf("as the plan counts them:\n%s", diff)
	}
}

func TestTargets(t *testing.T) {
	plan := loaded(t)
	million := 1_000_000 * port.One
	for _, c := range []struct {
		id     MeasureID
		value  port.Quantity
		enough port.Quantity
		short  port.Quantity
	}{
		{Cargo, 100 * million, 100*million + 1, 100 * million}, // "超过": the value itself is not enough
		{Persons, 6_600_000 * port.One, 6_600_000 * port.One, 6_599_999 * port.One},
		{Conveyances, 1_870_000 * port.One, 1_870_000 * port.One, 1_869_999 * port.One},
		{ChinaEuropeTrains, 50 * port.One, 50*port.One + 1, 50 * port.One},
		{SingleWindowModules, 100 * port.One, 100 * port.One, 99 * port.One},
	} {
		got, ok := plan.Target(c.id)
		if !ok || got.Value != c.value || got.Year != 2025 || got.Source != FromPlan {
			t.Errorf("%s: got %+v, %v", c.id, got, ok)
		}
		if !got.Reached(c.enough) || got.Reached(c.short) {
			t.Errorf("%s: %s must be enough and %s not", c.id, c.enough, c.short)
		}
	}
	if len(plan.Targets) != 5 {
		t.Errorf("%d targets", len(plan.Targets))
	}
}

func TestBaseline(t *testing.T) {
	plan := loaded(t)
	type key struct {
		ID   MeasureID
		From string
		Port port.PortID
	}
	got := map[key]string{}
	period := regexp.MustCompile(`^\d{4}(-\d\d)?$`)
	for _, f := range plan.Baseline {
		got[key{f.ID, f.From, f.Port}] = f.Value.String()
		if !f.Unit.Valid() || !period.MatchString(f.From) || !period.MatchString(f.To) || f.From > f.To {
			t.Errorf("%s: %+v", f.ID, f)
		}
	}
	for k, want := range map[key]string{
		{Cargo, "2016", ""}:                           "415000000",
		{ImportClearance, "2020-12", ""}:              "31.21",
		{ExportClearance, "2020-12", ""}:              "0.32",
		{FeeItems, "2020", ""}:                        "52",
		{SmartGates, "2020", ""}:                      "11",
		{ChinaEuropeTrains, "2020", "manzhouli-rail"}: "3054",
		{ChinaEuropeTrains, "2020", "erenhot-rail"}:   "2394",
		{SingleWindowMainFunctions, "2020", ""}:       "100",
		{Infrastructure, "2016", ""}:                  "7400000000",
		{ImportClearance, "2017", ""}:                 "101.4",
	} {
		if got[k] != want {
			t.Errorf("%+v: got %q, want %s", k, got[k], want)
		}
	}
	if plan.Investment.Value != 2_100_000_000*port.One {
		t.Errorf("investment: got %s", plan.Investment.Value)
	}
}

func TestProvenance(t *testing.T) {
	plan := loaded(t)
	sources := map[string]Provenance{
		"title": plan.Title.Provenance, "number": plan.Number.Provenance, "issued": plan.Issued.Provenance,
		"from": plan.From.Provenance, "to": plan.To.Provenance, "investment": plan.Investment.Provenance,
	}
	for _, v := range plan.Targets {
		sources["target "+string(v.ID)] = v.Provenance
	}
	for _, v := range plan.Baseline {
		sources["baseline "+string(v.ID)+" "+string(v.Port)+v.From] = v.Provenance
	}
	for _, v := range plan.Groups {
		sources["group "+string(v.Class)] = v.Provenance
	}
	for _, v := range plan.Projects {
		sources["project "+string(v.ID)] = v.Provenance
	}
	for what, p := range sources {
		if p.Source != FromPlan && (p.Source != Derived || p.Note == "") {
			t.Errorf("%s: from %q, %q", what, p.Source, p.Note)
		}
	}
}

func TestTextKeys(t *testing.T) {
	plan := loaded(t)
	catalogue, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, v := range plan.Targets {
		used[v.ID.TextKey()], used[v.Unit.TextKey()] = true, true
	}
	for _, v := range plan.Baseline {
		used[v.ID.TextKey()], used[v.Unit.TextKey()] = true, true
	}
	for _, language := range text.Languages {
		for key := range used {
			if !catalogue.Has(language, key) {
				t.Errorf("%s has no text for %s", language, key)
			}
		}
		for _, key := range catalogue.Keys(language) {
			named := strings.HasPrefix(key, "plan.measure.") || strings.HasPrefix(key, "plan.unit.")
			if named && !used[key] {
				t.Errorf("%s: nothing asks for %s", language, key)
			}
		}
	}
}
