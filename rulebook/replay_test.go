package rulebook

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// num makes ids that tests can tell apart.
func num(n uint64) port.ID { return port.NewID(1_780_000_000_000, 1, n) }

// past is a port's ledger of the tests: twelve trucks at noon of the first, one a minute. Every second one is heavy, and
// of those every second was asked for disinfection then. They are disinfected after 10, 20, 30… minutes.
func past() (facts []ledger.Fact) {
	add := func(at port.Time, b ledger.Body) {
		facts = append(facts, ledger.Fact{Ledger: "port:" + trialPort, Seq: uint64(len(facts) + 1), Name: b.FactName(), At: at, Recorded: at, Body: b})
	}
	asked := port.Judged{Demands: []port.Demand{{Kind: Disinfected, Subject: port.ConsignmentSubject, Due: port.DueExitGate, Source: port.Here, Rules: []string{"epidemic.disinfected"}}}}
	for n := range uint64(12) {
		at := noon(1).Add(port.Duration(n) * port.Minute)
		mass := 20 * port.Tonne
		if n%2 == 1 {
			mass = 40 * port.Tonne
		}
		consigned := cargo.Consigned{Consignment: num(100 + n), Movement: num(n + 1)}
		if n%4 == 1 || n%2 == 0 && n < 8 {
			consigned.Judged = asked
		}
		add(at, manifest.Lodged{Movement: num(n + 1), Port: trialPort, Consignments: []port.ID{num(100 + n)}, Document: manifest.Document{
			Direction: port.Import, Waybills: []manifest.Waybill{{Number: "W", HS: "270112", GrossMass: mass}},
		}})
		add(at, consigned)
		add(at, declaration.Lodged{Declaration: num(200 + n), Consignment: num(100 + n), Document: declaration.Document{Direction: port.Import}})
	}
	done := func(n uint64, minutes int, result port.Result, advisory bool) {
		at := noon(1).Add(port.Duration(n)*port.Minute + port.Duration(minutes)*port.Minute)
		add(at, movement.Decided{Subject: num(100 + n), SubjectKind: port.ConsignmentSubject, Kind: Disinfected, Result: result, Advisory: advisory})
	}
	done(0, 5, port.ResultHeld, false) // no end
	done(0, 6, port.ResultMet, true)   // nobody's
	for i, n := range []uint64{0, 1, 2, 4, 5, 6} {
		done(n, 10*(i+1), port.ResultMet, false)
	}
	done(1, 900, port.ResultMet, false) // a second time
	return facts
}

// TestReplay is counted by hand. Of twelve manifests six are heavy (1, 3, 5, 7, 9, 11); 1, 5 and 9 were asked for it then,
// so 3, 7 and 11 are new. Requirements were opened for 0, 1, 2, 4, 5, 6, 9; all but 9 are settled, after 10 to 60 minutes:
// the median is 35, nine tenths lie below 55; with six values the interval of the median is the whole, and covers it with
// 1 - 2/64.
func TestReplay(t *testing.T) {
	r, problems := NewReplay("test.sealed", sealed("dry_run", "2027-01-01", heavy), noon(1), noon(2))
	if len(problems) != 0 {
		t.Fatal(problems)
	}
	r.Begin(trialPort)
	for _, f := range past() {
		r.Add(&f)
	}
	r.Begin("ceke-road")
	got := r.Result()
	seconds := func(minutes float64) *float64 { s := minutes * 60; return &s }
	coverage := 1 - 2.0/64
	holds := &Holds{Kind: Disinfected, Count: 6, Unsettled: 1, Median: seconds(35), P90: seconds(55), Low: seconds(10), High: seconds(60), Coverage: &coverage}
	figures := Figures{Port: trialPort, Documents: 12, Spoken: 6, Newly: 3, Holds: holds}
	total := figures
	total.Port = ""
	want := Replayed{
		Rule: "test.sealed", From: noon(1), To: noon(2), Method: replayMethod, Total: total, Engine: got.Engine, Clause: "dry_run", Demanded: "requirement",
		Ports: []Figures{figures, {Port: "ceke-road", Holds: &Holds{Kind: Disinfected}}},
	}
	for _, n := range []uint64{1, 3, 5, 7, 9, 11} {
		want.Listed = append(want.Listed, Listed{Port: trialPort, Kind: "movement", ID: num(n + 1), Newly: n%4 == 3})
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestReplaySubjects: each kind of clause is run over its own documents, and only within the period.
func TestReplaySubjects(t *testing.T) {
	clause := func(subject, when, demands string) string {
		return `name: test.any
title: {zh-CN: 测试, en: test, mn: туршилт, ru: проба}
explanation: {zh-CN: 测试, en: test, mn: туршилт, ru: проба}
citation: 测试第一条
source: {tags: [D], text: made up for tests}
mode: active
subject: ` + subject + `
when: |
  ` + when + `
demands: ` + demands + "\n"
	}
	for _, c := range []struct {
		name, text string
		from       port.Time
		want       Figures
	}{
		{"declarations refused", clause("declaration", "declaration.direction == 'import'", "{problem: {path: direction, severity: error}}"), noon(1), Figures{Documents: 12, Spoken: 12, Refused: 12}},
		{"declarations warned of", clause("declaration", "declaration.direction == 'import'", "{problem: {path: direction, severity: warning}}"), noon(1), Figures{Documents: 12, Spoken: 12}},
		{"undecided", clause("declaration", "declaration.waybill == 'W'", "{risk: {level: inspect}}"), noon(1), Figures{Documents: 12, Undecided: 12}},
		{"vehicles", clause("movement", "movement.loaded == 'laden'", "{risk: {level: inspect}}"), noon(1), Figures{Documents: 12, Spoken: 12}},
		{"readings", clause("reading", "reading.mass > 1.0", "{risk: {level: inspect}}"), noon(1), Figures{}},
		{"the second half", clause("declaration", "true", "{risk: {level: inspect}}"), noon(1).Add(6 * port.Minute), Figures{Documents: 6, Spoken: 6}},
	} {
		r, problems := NewReplay("test.any", c.text, c.from, noon(2))
		if len(problems) != 0 {
			t.Fatal(c.name, problems)
		}
		r.Begin(trialPort)
		for _, f := range past() {
			r.Add(&f)
		}
		if diff := cmp.Diff(c.want, r.Result().Total); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	if _, problems := NewReplay("test.any", "name: test.any", noon(1), noon(2)); len(problems) == 0 {
		t.Error("a clause that is none is replayed")
	}
}

// TestMedianInterval against published tables of order statistics: n, and the rank from either end.
func TestMedianInterval(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 0, 5: 0, 6: 1, 8: 1, 9: 2, 11: 2, 12: 3, 15: 4, 20: 6, 25: 8, 50: 18, 100: 40} {
		k, coverage := medianInterval(n)
		if k != want || k > 0 && (coverage < 0.95 || coverage >= 1) {
			t.Errorf("%d values: rank %d, covers %.4f, want rank %d", n, k, coverage, want)
		}
	}
	if k, coverage := medianInterval(200_000); k < 99_000 || k > 99_999 || coverage < 0.95 {
		t.Errorf("many values: rank %d, covers %.4f", k, coverage)
	}
}
