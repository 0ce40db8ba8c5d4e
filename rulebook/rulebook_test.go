package rulebook

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
		for _, key := range []string{"deadline." + DeclarationDue, "deadline." + FullDeclarationDue, "deadline.from." + EntryDeclared, "enum.regime." + ClosedLoop} {
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
		"crew_cleared border_inspection entry_gate", "manifest_accepted customs_supervision before_arrival",
		"quarantine_cleared customs_quarantine exit_gate", "road_permit_valid transport exit_gate", "weighed port_operator entry_gate",
	}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("demands on the movement (-want +got):\n%s", diff)
	}
	second := Judged(book, port.ConsignmentSubject, 1, lodged, vehicle)
	if len(second.Demands) != 1 || second.Demands[0].Kind != port.CustomsRelease || second.Book != book.Digest() || second.Engine != rules.Engine {
		t.Errorf("the second waybill needs one release, got %+v", second)
	}
	if len(lodged.Deadlines) != 2 || lodged.Deadlines[1].Item != 1 || lodged.Deadlines[1].After != 14*24*time.Hour {
		t.Errorf("each waybill is declared within 14 days, got %+v", lodged.Deadlines)
	}
	declared := JudgeDeclaration(book, scope, BenchDeclaration())
	if len(declared.Problems) != 0 || len(declared.Demands) != 1 || len(declared.Doubts) != 0 {
		t.Errorf("the declaration is in order, got %+v", declared)
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
