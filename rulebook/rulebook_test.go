package rulebook

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/rules"
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

func mustLoad(t testing.TB) *rules.Book {
	t.Helper()
	book, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// testedAt is when the documents in testdata are judged: 08:00 in China on the first of June 2026.
var testedAt = port.TimeOf(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))

// TestNoOrphans finds documents whose clause is gone.
func TestNoOrphans(t *testing.T) {
	known := map[string]bool{}
	for _, clause := range mustLoad(t).Clauses() {
		known[clause.Name] = true
	}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if parts := strings.Split(filepath.ToSlash(path), "/"); err == nil && len(parts) == 3 && parts[1] == "testdata" && !known[parts[0]+"."+parts[2]] {
			t.Errorf("%s has no clause", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestTexts sees to it that every text is there, and that a message has a placeholder for each argument and no more.
func TestTexts(t *testing.T) {
	book := mustLoad(t)
	catalogue, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	if err := AddTexts(catalogue, book); err != nil {
		t.Fatal(err)
	}
	for _, clause := range book.Clauses() {
		for _, language := range []text.Language{text.Chinese, text.English, text.Mongolian, text.Russian} {
			keys := []string{"rule." + clause.Name, "rule." + clause.Name + ".why"}
			if clause.Problem != nil {
				keys = append(keys, "problem."+clause.Name)
				said := catalogue.Say(language, "problem."+clause.Name)
				for i := range 10 {
					placeholder := "{" + string(rune('0'+i)) + "}"
					if used := strings.Contains(said, placeholder); used != (i < len(clause.Problem.Args)) && clause.Problem.Message != nil {
						t.Errorf("%s in %s: placeholder %s, %d arguments", clause.Name, language, placeholder, len(clause.Problem.Args))
					}
				}
			}
			for _, key := range keys {
				if !catalogue.Has(language, key) {
					t.Errorf("%s lacks %s", language, key)
				}
			}
		}
	}
	for _, language := range text.Languages {
		for _, kind := range Kinds() {
			if key := "requirement." + string(kind); !catalogue.Has(language, key) {
				t.Errorf("%s lacks %s", language, key)
			}
		}
		keys := []string{"enum.regime." + ClosedLoop}
		for _, kind := range port.ClockKinds() {
			keys = append(keys, "deadline."+string(kind))
		}
		for _, event := range port.ClockEvents() {
			keys = append(keys, "deadline.from."+event)
		}
		for _, key := range keys {
			if !catalogue.Has(language, key) {
				t.Errorf("%s lacks %s", language, key)
			}
		}
	}
}

// TestTruck is one loaded Mongolian truck with a declaration: what the whole book asks of it.
func TestTruck(t *testing.T) {
	book := mustLoad(t)
	m := &manifest.Document{
		Direction: port.Import, Batch: "2606010000001", Carrier: "C", Crew: 1, Expected: testedAt.Add(2 * port.Hour),
		Vehicle: manifest.Vehicle{Plate: "1234УБА", Permit: "C-1"},
		Waybills: []manifest.Waybill{
			{Number: "W-1", Goods: "炼焦煤", HS: "2701121000", GrossMass: 20 * port.Tonne},
			{Number: "W-2", Goods: "炼焦煤", HS: "2701121000", GrossMass: 20 * port.Tonne},
		},
	}
	scope := Scope("ganqimaodu-road", "", testedAt)
	lodged := JudgeManifest(book, scope, m)
	movement := MovementOf("ganqimaodu-road", m)
	vehicle := JudgeMovement(book, scope, &movement)
	if len(lodged.Problems)+len(lodged.Doubts) != 0 {
		t.Errorf("problems %+v, doubts %+v", lodged.Problems, lodged.Doubts)
	}
	var kinds []string
	for _, d := range Judged(book, port.MovementSubject, -1, lodged, vehicle).Demands {
		if d.Undecided {
			t.Errorf("%s is undecided", d.Kind)
		}
		kinds = append(kinds, string(d.Kind)+" "+string(d.Owner.Function)+" "+string(d.Due))
	}
	slices.Sort(kinds)
	want := []string{
		"batch_unique customs_supervision exit_gate", "crew_cleared border_inspection entry_gate", "manifest_accepted customs_supervision before_arrival",
		"quarantine_cleared customs_quarantine exit_gate", "road_permit_valid transport exit_gate", "weighed port_operator entry_gate",
	}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("demands on the movement (-want +got):\n%s", diff)
	}
	second := Judged(book, port.ConsignmentSubject, 1, lodged, vehicle)
	if len(second.Demands) != 1 || second.Demands[0].Kind != port.CustomsRelease || second.Book != book.Digest() || second.Engine != rules.Engine {
		t.Errorf("the second waybill needs one release, got %+v", second)
	}
	clocks := []port.Clock{
		{Kind: port.DeclarationDue, From: port.FromEntry, After: 14 * port.Day, Rule: "customs.declaration_due"},
		{Kind: port.SaleDue, From: port.FromEntry, Months: 3, Rule: "customs.undeclared_sale"},
	}
	if diff := cmp.Diff(clocks, Clocks(&lodged, 1)); diff != "" {
		t.Errorf("each waybill is declared within 14 days, and sold after three months (-want +got):\n%s", diff)
	}
	declared := JudgeDeclaration(book, scope, BenchDeclaration())
	if len(declared.Problems) != 0 || len(declared.Demands) != 1 || len(declared.Doubts) != 0 {
		t.Errorf("the declaration is in order, got %+v", declared)
	}
}

// TestClocks: a summary declaration has 14 days and two reminders; a term that is configuration runs only where somebody
// has set it.
func TestClocks(t *testing.T) {
	book := mustLoad(t)
	scope := Scope("ganqimaodu-road", "", testedAt)
	summary := JudgeDeclaration(book, scope, &declaration.Document{Direction: port.Import, Steps: declaration.StepSummary})
	want := []port.Clock{{Kind: port.FullDeclarationDue, From: port.FromEntry, After: 14 * port.Day, Warn: []port.Duration{10 * port.Day, 13 * port.Day},
		Rule: "customs.full_declaration_due"}}
	if diff := cmp.Diff(want, Clocks(&summary, -1)); diff != "" {
		t.Errorf("summary declaration (-want +got):\n%s", diff)
	}
	for limit, want := range map[port.Duration][]port.Clock{
		0:            nil,
		9 * port.Day: {{Kind: port.DestinationDue, From: port.FromTakenOut, After: 9 * port.Day, Rule: "customs.destination_due"}},
	} {
		j := JudgeCrosscheck(book, scope, &Crosscheck{Direction: port.Import, Admission: AdmitConditional, DestinationLimit: limit})
		if diff := cmp.Diff(want, Clocks(&j, -1)); diff != "" {
			t.Errorf("conditional take-away, limit %d (-want +got):\n%s", limit, diff)
		}
	}
}

// TestSaid: what each says of one consignment is brought into one form, so that only what differs differs.
func TestSaid(t *testing.T) {
	book := mustLoad(t)
	m := &manifest.Document{Batch: "2606010000001", Direction: port.Import, Vehicle: manifest.Vehicle{Plate: "1234 УБА"}, Waybills: []manifest.Waybill{{
		Number: "W-1", HS: "2701", GrossMass: 40 * port.Tonne, Packages: 2, Consignee: "某公司", Consignor: "Уурхай ХХК",
		Containers: []manifest.Container{{Number: "CSQU 305438-3", Seals: []string{"S-1"}}},
	}}}
	d := &declaration.Document{
		Batch: "2606010000001", GrossMass: 40 * port.Tonne, Packages: 2, Border: declaration.Means{ID: "1234УБА"},
		Importer: declaration.Party{ID: "91150824MA0N000010", Name: "某公司"}, Exporter: declaration.Party{Name: "Уурхай ХХК"},
		Equipment: []declaration.Equipment{{ID: "CSQU3054383", Seals: []string{"S-1"}}}, Items: []declaration.Item{{HS: "2701121000"}},
	}
	r := &cargo.Report{Batch: "2606010000001", Plate: "1234УБА", Lines: []cargo.ReportLine{{
		Waybill: "W-1", GrossMass: 40 * port.Tonne, Packages: 2, Containers: []port.ContainerNumber{"CSQU3054383"}, Seals: []string{"S-1"},
	}}}
	check := &Crosscheck{
		Port: "ganqimaodu-road", Direction: port.Import, Manifest: ByManifest(m, 0), Declaration: ByDeclaration(d), Arrival: ByReport(r, 0),
		Tally: ByReport(r, 0), Reading: ByReport(r, 0), Tolerance: port.Tonne,
	}
	j := JudgeCrosscheck(book, Scope("", "", testedAt), check)
	if len(j.Risks)+len(j.Demands)+len(j.Doubts)+len(j.DryRun.Risks) != 0 {
		t.Errorf("all say the same: %+v", j)
	}
	check.Tally.Packages = 3
	j = JudgeCrosscheck(book, Scope("", "", testedAt), check)
	if len(j.Risks) != 1 || j.Risks[0].Rule != "customs.check_tally_packages" || len(j.Deadlines) != 1 || j.Deadlines[0].Months != 3 {
		t.Errorf("one package too many: %+v", j)
	}
}

// TestEmptyDocuments judges documents that say nothing: no clause may panic, and each still asks for what it must.
func TestEmptyDocuments(t *testing.T) {
	book := mustLoad(t)
	for _, at := range []port.PortID{"", "ganqimaodu-road", "nowhere"} {
		for _, direction := range append(port.Directions(), "", "sideways") {
			scope := Scope(at, "", 0)
			JudgeDeclaration(book, scope, &declaration.Document{Direction: direction, Items: make([]declaration.Item, 2)})
			JudgeManifest(book, scope, &manifest.Document{Direction: direction, Waybills: make([]manifest.Waybill, 2)})
			JudgeMovement(book, scope, &Movement{Direction: direction})
			JudgeReading(book, scope, &Reading{Direction: direction})
			JudgeConfirmation(book, scope, &manifest.Confirmation{Direction: direction})
			JudgeReport(book, scope, &cargo.Report{Direction: direction, Lines: make([]cargo.ReportLine, 2)})
			JudgeCrosscheck(book, scope, &Crosscheck{Direction: direction})
			JudgeExamination(book, scope, &Examination{Direction: direction})
			JudgePurchase(book, scope, &Purchase{Port: at})
		}
	}
}

// TestBenchBook keeps the made-up book what bench says it is.
func TestBenchBook(t *testing.T) {
	book, err := BenchBook()
	if err != nil {
		t.Fatal(err)
	}
	j := JudgeDeclaration(book, BenchScope(), BenchDeclaration())
	if len(book.Clauses()) != 60 || j.Ran != 20 {
		t.Errorf("%d clauses, %d in question", len(book.Clauses()), j.Ran)
	}
	if diff := cmp.Diff(rules.Judgement{Ran: 20}, j); diff != "" {
		t.Errorf("the document is in order:\n%s", diff)
	}
}

// BenchmarkJudge is a whole judgement: sixty clauses of which twenty run, eight of them over five lines. ns/clause
// is by the clauses that ran.
func BenchmarkJudge(b *testing.B) {
	bench, err := BenchBook()
	if err != nil {
		b.Fatal(err)
	}
	for name, book := range map[string]*rules.Book{"bench60": bench, "law": mustLoad(b)} {
		b.Run(name, func(b *testing.B) {
			scope, document := BenchScope(), BenchDeclaration()
			ran := 0
			b.ReportAllocs()
			for b.Loop() {
				ran = JudgeDeclaration(book, scope, document).Ran
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(ran), "ns/clause")
			b.ReportMetric(float64(ran), "clauses")
		})
	}
}

// BenchmarkLaw is what the whole law costs for each thing that is judged on a crossing: the manifest of a truck with the
// movement that it announces, the carrier's confirmation, the cross-check of one consignment.
func BenchmarkLaw(b *testing.B) {
	book, scope := mustLoad(b), BenchScope()
	m := &manifest.Document{
		Direction: port.Import, Batch: "2606010000001", Carrier: "C", Crew: 1, Expected: testedAt.Add(2 * port.Hour), Loaded: manifest.Laden,
		Vehicle:  manifest.Vehicle{Plate: "1234УБА", Permit: "C-1", Nationality: port.Mongolia},
		Waybills: []manifest.Waybill{{Number: "W-1", Goods: "炼焦煤", HS: "2701121000", GrossMass: 40 * port.Tonne}},
	}
	vehicle := MovementOf("ganqimaodu-road", m)
	check := &Crosscheck{Port: "ganqimaodu-road", Direction: port.Import, Manifest: ByManifest(m, 0), Declaration: ByDeclaration(BenchDeclaration())}
	confirmation := &manifest.Confirmation{Direction: port.Import, Batch: m.Batch, Vehicle: m.Vehicle, Loaded: m.Loaded, Crew: 1}
	for _, c := range []struct {
		name  string
		judge func() int
	}{
		{"manifest", func() int { return JudgeManifest(book, scope, m).Ran + JudgeMovement(book, scope, &vehicle).Ran }},
		{"confirmation", func() int { return JudgeConfirmation(book, scope, confirmation).Ran }},
		{"crosscheck", func() int { return JudgeCrosscheck(book, scope, check).Ran }},
	} {
		b.Run(c.name, func(b *testing.B) {
			ran := 0
			b.ReportAllocs()
			for b.Loop() {
				ran = c.judge()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(ran), "ns/clause")
			b.ReportMetric(float64(ran), "clauses")
		})
	}
}
