package rulebook

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/rules"
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// noon is an hour of the first of June 2026 and following days in China.
func noon(day int) port.Time {
	return port.TimeOf(time.Date(2026, 6, day, 4, 0, 0, 0, time.UTC))
}

// region numbers facts as the region's ledger would, each recorded at noon of the first of June.
func region(from uint64, bodies ...ledger.Body) (facts []ledger.Fact) {
	for i, b := range bodies {
		facts = append(facts, ledger.Fact{Ledger: "region", Seq: from + uint64(i), Name: b.FactName(), At: noon(1), Recorded: noon(1), Body: b})
	}
	return facts
}

func proposal(version int, text string) Proposed {
	return Proposed{Rule: "test.sealed", Version: version, Text: text, Documents: good(), Author: "author"}
}

func activation(version int, mode Mode, from port.Time) ledger.Body {
	if mode == Silent {
		return Retired{Rule: "test.sealed", Version: version, From: from, Activator: "other", Reason: "r", Citation: "c"}
	}
	return Activated{Rule: "test.sealed", Version: version, Mode: mode, From: from, Activator: "other", Reason: "r", Citation: "c"}
}

func mustLaw(t testing.TB) *Law {
	t.Helper()
	l, err := NewLaw()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// asked are the clauses of the tests' name that speak of a laden truck at an instant, dry ones in brackets.
func asked(l *Law, at port.Time) (list []string) {
	d := &manifest.Document{Direction: port.Import, Waybills: []manifest.Waybill{{Number: "W-1", HS: "270112", GrossMass: 40 * port.Tonne}}}
	j := JudgeManifest(l.Book(), Scope(trialPort, NormalRegime, at), d)
	for _, one := range j.Demands {
		if one.Rule == "test.sealed" {
			list = append(list, one.Due)
		}
	}
	for _, one := range j.DryRun.Demands {
		if one.Rule == "test.sealed" {
			list = append(list, "("+one.Due+")")
		}
	}
	return list
}

// TestStands follows a clause through what is decided on it. Of what has an instant behind it, the last recorded counts.
func TestStands(t *testing.T) {
	law := mustLaw(t)
	if got := law.Seq(); got != 0 {
		t.Fatalf("before any fact: %d", got)
	}
	law = law.With(region(1, proposal(1, sealed("active", "", heavy)), proposal(2, sealed("active", "", "item.gross_mass > 90000.0")), proposal(3, sealed("dry_run", "", heavy))))
	for _, c := range []struct {
		name string
		acts []ledger.Body
		want string    // version and mode at noon of the first, second, third and fourth
		next port.Time // act after the first; 0: none
	}{
		{"proposed only", nil, "0 active, 0 active, 0 active, 0 active", 0},
		{"at once", []ledger.Body{activation(1, Active, noon(1))}, "1 active, 1 active, 1 active, 1 active", 0},
		{"from tomorrow", []ledger.Body{activation(1, Active, noon(2))}, "0 active, 1 active, 1 active, 1 active", noon(2)},
		{"one after the other", []ledger.Body{activation(1, Active, noon(2)), activation(2, DryRun, noon(3))}, "0 active, 1 active, 2 dry_run, 2 dry_run", noon(2)},
		{"announced in the other order", []ledger.Body{activation(2, DryRun, noon(3)), activation(1, Active, noon(2))}, "0 active, 1 active, 1 active, 1 active", noon(2)},
		{"thought better of", []ledger.Body{activation(1, Active, noon(3)), activation(2, Active, noon(3))}, "0 active, 0 active, 2 active, 2 active", noon(3)},
		{"retired", []ledger.Body{activation(1, Active, noon(1)), activation(1, Silent, noon(3))}, "1 active, 1 active, 1 retired, 1 retired", noon(3)},
		{"back to the build's", []ledger.Body{activation(1, Active, noon(1)), activation(0, Active, noon(2)), activation(3, Active, noon(4))}, "1 active, 0 active, 0 active, 3 active", noon(2)},
	} {
		next := law.With(region(4, c.acts...))
		got := ""
		for day := 1; day <= 4; day++ {
			act := next.History("test.sealed").Standing(noon(day))
			got += fmt.Sprintf(", %d %s", act.Version, act.Mode)
			if v := next.VersionAt("test.sealed", noon(day)); v != act.Version {
				t.Errorf("%s: version %d on day %d, standing %d", c.name, v, day, act.Version)
			}
			if inForce := next.InForce("test.sealed", noon(day)); inForce != (act.Seq != 0 && act.Version != 0 && act.Mode == Active) {
				t.Errorf("%s: in force on day %d: %v", c.name, day, inForce)
			}
		}
		if act, ok := next.History("test.sealed").Next(noon(1)); ok != (len(c.acts) > 0 && act.From > noon(1)) || ok && act.From != c.next {
			t.Errorf("%s: next is %+v", c.name, act)
		}
		if got[2:] != c.want {
			t.Errorf("%s: %s, want %s", c.name, got[2:], c.want)
		}
		if err := next.Broken(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if len(law.History("test.sealed").Acts) != 0 || law.Seq() != 3 {
			t.Errorf("%s: the law before has changed", c.name)
		}
	}
}

// TestLawSpeaks: the book does what the acts say, from the instant that they say.
func TestLawSpeaks(t *testing.T) {
	law := mustLaw(t).With(region(1, proposal(1, sealed("active", "", heavy)), activation(1, DryRun, noon(2)), activation(1, Active, noon(3)), activation(1, Silent, noon(5))))
	for _, c := range []struct {
		at   port.Time
		want []string
	}{
		{noon(1), nil}, {noon(2).Add(-1), nil}, {noon(2), []string{"(exit_gate)"}}, {noon(3).Add(-1), []string{"(exit_gate)"}}, {noon(3), []string{"exit_gate"}},
		{noon(5).Add(-1), []string{"exit_gate"}}, {noon(5), nil},
	} {
		if diff := cmp.Diff(c.want, asked(law, c.at)); diff != "" {
			t.Errorf("at %s (-want +got):\n%s", c.at, diff)
		}
	}
	if law.Book().Digest() == mustLaw(t).Book().Digest() {
		t.Error("another book has the same digest")
	}
}

// TestBuildAgainstFacts: what facts say of a clause goes before the build's own of that name; retired it is silent, and
// version 0 is the build's own again.
func TestBuildAgainstFacts(t *testing.T) {
	const rule = "customs.release_import"
	built, documents, _ := Built(rule)
	propose := Proposed{Rule: rule, Version: 1, Text: built, Documents: documents, Author: "author"}
	law := mustLaw(t).With(region(1, propose,
		Activated{Rule: rule, Version: 1, Mode: DryRun, From: noon(2)}, Retired{Rule: rule, Version: 1, From: noon(3)}, Activated{Rule: rule, Version: 0, Mode: Active, From: noon(4)}))
	d := &manifest.Document{Direction: port.Import, Waybills: []manifest.Waybill{{Number: "W-1", HS: "270112", GrossMass: 40 * port.Tonne}}}
	for day, want := range map[int]string{1: "1 0", 2: "0 1", 3: "0 0", 4: "1 0"} {
		j := JudgeManifest(law.Book(), Scope(trialPort, NormalRegime, noon(day)), d)
		count := func(o rules.Outcome) (n int) {
			for _, one := range o.Demands {
				if one.Rule == rule {
					n++
				}
			}
			return n
		}
		if got := fmt.Sprint(count(j.Outcome), " ", count(j.DryRun)); got != want {
			t.Errorf("day %d: spoken and dry %s, want %s", day, got, want)
		}
	}
	if n := len(law.InBook(noon(3))); n != len(mustLaw(t).InBook(noon(3))) { // the build's own, which comes back, is the next
		t.Errorf("%d clauses in the book of a day on which one is silent", n)
	}
}

// TestChanged: how far the law has come, by place and instant.
func TestChanged(t *testing.T) {
	law := mustLaw(t)
	before := law.Changed(trialPort, port.Import, noon(1))
	if before.Region != 0 || before.At == 0 || before.At > noon(1) {
		t.Errorf("the build's clauses have days of their own: %+v", before)
	}
	law = law.With(region(7, law.own(), proposal(1, sealed("active", "", heavy)), activation(1, Active, noon(3))))
	for _, c := range []struct {
		name      string
		direction port.Direction
		at        port.Time
		want      movement.Changed
	}{
		{"a build, and nothing yet of tomorrow", port.Import, noon(2), movement.Changed{Region: 7, At: before.At}},
		{"the instant", port.Import, noon(3), movement.Changed{Region: 9, At: noon(3)}},
		{"later", port.Import, noon(9), movement.Changed{Region: 9, At: noon(3)}},
		{"the other way", port.Export, noon(9), movement.Changed{Region: 7, At: law.Changed(trialPort, port.Export, noon(1)).At}},
	} {
		if got := law.Changed(trialPort, c.direction, c.at); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	law = law.With(region(10, activation(1, Silent, noon(1)))) // what was for later never comes
	if got := law.Changed(trialPort, port.Import, noon(9)); got != (movement.Changed{Region: 10, At: noon(1)}) {
		t.Errorf("taken back: %+v", got)
	}
}

// TestOtherBuilds: what a process judges by a book that is not the last one installed counts as judged before it.
func TestOtherBuilds(t *testing.T) {
	law := mustLaw(t)
	if ours, at := law.Installed(); ours || at != 0 {
		t.Errorf("nothing is installed, got %v at %d", ours, at)
	}
	law = law.With(region(3, law.own()))
	if ours, at := law.Installed(); !ours || at != 3 || law.Region() != 3 {
		t.Errorf("installed %v at %d, region %d", ours, at, law.Region())
	}
	newer := law.With(region(4, Installed{Book: "other", Engine: rules.Engine}, proposal(1, sealed("active", "", heavy))))
	if ours, at := newer.Installed(); ours || at != 4 || newer.Region() != 3 || newer.Seq() != 5 || newer.Changed(trialPort, port.Import, noon(1)).Region != 3 {
		t.Errorf("a newer build's: installed %v at %d, region %d of %d", ours, at, newer.Region(), newer.Seq())
	}
	if again := newer.With(region(6, law.own())); again.Region() != 6 || again.Changed(trialPort, port.Import, noon(1)).Region != 6 {
		t.Errorf("ours again: region %d", again.Region())
	}
}

// TestUnreadable: a clause that this build cannot read leaves the book as it is, and nothing counts as judged under the
// law that has it.
func TestUnreadable(t *testing.T) {
	law := mustLaw(t).With(region(1, proposal(1, sealed("active", "", "item.colour == 'red'"))))
	if law.Broken() != nil || law.Region() != 1 {
		t.Errorf("a proposal judges nothing: %v", law.Broken())
	}
	book := law.Book()
	law = law.With(region(2, activation(1, Active, noon(1)))).With(region(3, proposal(2, sealed("active", "", heavy))))
	if law.Broken() == nil || law.Book() != book || law.Region() != 1 || law.Seq() != 3 || law.Changed("ceke-road", port.Export, noon(1)).Region != 2 {
		t.Errorf("broken %v, region %d, changed %+v", law.Broken(), law.Region(), law.Changed("ceke-road", port.Export, noon(1)))
	}
	law = law.With(region(4, activation(2, Active, noon(1))))
	if law.Broken() != nil || law.Region() != 4 || asked(law, noon(1)) == nil {
		t.Errorf("put right: %v, region %d", law.Broken(), law.Region())
	}
}

// TestLawTexts: what a held driver reads is of the version that holds him.
func TestLawTexts(t *testing.T) {
	law := mustLaw(t)
	if len(law.Texts(noon(1))) != 0 {
		t.Error("the build's clauses are in the catalogue already")
	}
	law = law.With(region(1, proposal(1, sealed("active", "", heavy)), activation(1, Active, noon(1))))
	for _, language := range []text.Language{text.Chinese, text.English, text.Mongolian, text.Russian} {
		if law.Texts(noon(1))[language]["rule.test.sealed"] == "" {
			t.Errorf("no title in %s", language)
		}
	}
	catalogue, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	catalogue.Lay(law.Texts(noon(1)))
	if got := catalogue.Say(text.English, "rule.test.sealed"); got != "test" || !catalogue.Has(text.Chinese, "rule.test.sealed.why") {
		t.Errorf("the catalogue says %q", got)
	}
}

// BenchmarkChange is what a change of a rule costs each process: the whole book is made anew.
func BenchmarkChange(b *testing.B) {
	law := mustLaw(b)
	facts := region(1, proposal(1, sealed("active", "", heavy)), activation(1, Active, noon(1)))
	for b.Loop() {
		if law.With(facts).Broken() != nil {
			b.Fatal("broken")
		}
	}
}
