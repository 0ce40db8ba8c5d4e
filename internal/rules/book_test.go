package rules

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/internal/errs"
)

const texts = `
title: {zh-CN: 一, en: one, mn: нэг, ru: один}
explanation: {zh-CN: 二, en: two, mn: хоёр, ru: два}
citation: Law 1
source: {tags: [L], text: as read}
`

func clauseFile(name, rest string) []byte { return []byte("name: " + name + texts + rest) }

func mustCompile(t testing.TB, files map[string][]byte) *Book {
	t.Helper()
	book, err := Compile(testSchema(), files)
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func TestJudge(t *testing.T) {
	book := mustCompile(t, map[string][]byte{
		"a/mass.yaml": clauseFile("a.mass", `
mode: active
subject: doc
each: parts
when: item.net > item.mass
demands: {problem: {path: "parts[{i}].net", severity: error, args: [item.name, item.net, i]}}
`),
		"a/paper.yaml": clauseFile("a.paper", `
mode: active
subject: doc
each: parts.papers
when: even(item.id) && i >= 0 && j >= 0
demands: {problem: {path: "parts[{i}].papers[{j}].id", severity: warning}}
`),
		"a/release.yaml": clauseFile("a.release", `
mode: active
subject: doc
scope: {modes: [road], directions: [import]}
when: doc.ready
demands: {requirement: {kind: release, subject: consignment, owner: customs, due: exit_gate, source: here}}
`),
		"a/undecided.yaml": clauseFile("a.undecided", `
mode: active
subject: doc
when: doc.gross > 1.0
demands: {requirement: {kind: weighed, subject: movement, owner: operator, due: entry_gate, source: here}}
`),
		"b/dry.yaml": clauseFile("b.dry", `
mode: dry_run
subject: doc
scope: {goods: ["02", "0401"]}
when: scope.port == "x" && now >= timestamp("2026-01-01T00:00:00Z")
demands: {risk: {level: inspect}}
`),
		"b/late.yaml": clauseFile("b.late", `
mode: active
subject: doc
effective: {from: 2026-06-01, to: 2026-06-30}
when: true
demands: {deadline: {kind: full, after: 14d, from: entered}}
`),
	})
	doc := &sample{Name: "n", Ready: true, Parts: []part{
		{Name: "p", Mass: 1_000_000, Net: 2_500_000, Papers: []paper{{ID: "abc"}, {ID: "ab"}}},
		{Name: "q", Net: 1, HS: "0401209000"},
	}}
	scope := Scope{Port: "x", Mode: "road", Direction: "import", At: time.Date(2026, 6, 30, 15, 59, 59, 0, time.UTC)}
	got := book.Judge("doc", scope, doc)
	want := Judgement{
		Outcome: Outcome{
			Problems: []errs.Problem{
				{Path: "parts[0].net", Rule: "a.mass", Citation: "Law 1", Severity: errs.Error, Args: []string{"p", "2.5", "0"}},
				{Path: "parts[0].papers[1].id", Rule: "a.paper", Citation: "Law 1", Severity: errs.Warning},
			},
			Demands: []Demand{
				{Rule: "a.release", Citation: "Law 1", Requirement: Requirement{"release", "consignment", "customs", "exit_gate", "here"}, Item: -1},
				{Rule: "a.undecided", Citation: "Law 1", Requirement: Requirement{"weighed", "movement", "operator", "entry_gate", "here"}, Item: -1, Undecided: true},
			},
			Deadlines: []DeadlineResult{{Rule: "b.late", Citation: "Law 1", Kind: "full", From: "entered", After: 14 * 24 * time.Hour, Item: -1}},
			Doubts:    []Doubt{{Rule: "a.mass", Citation: "Law 1", Path: "parts[1].net"}},
		},
		DryRun: Outcome{Risks: []RiskResult{{Rule: "b.dry", Citation: "Law 1", Level: "inspect", Item: -1}}},
		Ran:    6,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("judgement (-want +got):\n%s", diff)
	}

	// Outside its scope, its goods and its days a clause does not even run.
	doc.Parts[1].HS = "270112"
	scope = Scope{Port: "y", Mode: "rail", Direction: "import", At: scope.At.Add(time.Second)}
	if got := book.Judge("doc", scope, doc); got.Ran != 3 || len(got.Deadlines) != 0 || len(got.Demands) != 1 {
		t.Errorf("out of scope: ran %d clauses, %+v", got.Ran, got)
	}
}

// TestClockSpans: a clock runs for a span with its reminders, for months of the calendar, or for what the document says,
// and is undecided where that is configuration which nobody has set.
func TestClockSpans(t *testing.T) {
	type limits struct {
		Limit span `json:"limit,omitempty"`
	}
	s := NewSchema()
	Span[span](s)
	Subject[limits](s, "doc", "")
	file := func(name, demand string) []byte {
		return clauseFile(name, "\nmode: active\nsubject: doc\nwhen: true\ndemands: {deadline: {kind: k, from: f, "+demand+"}}\n")
	}
	book, err := Compile(s, map[string][]byte{
		"a/days.yaml": file("a.days", "after: 14d, warn: [10d, 312h]"), "a/months.yaml": file("a.months", "months: 3"), "a/set.yaml": file("a.set", "within: doc.limit"),
	})
	if err != nil {
		t.Fatal(err)
	}
	const day = 24 * time.Hour
	for _, c := range []struct {
		limit span
		want  DeadlineResult
	}{
		{0, DeadlineResult{Undecided: true}},
		{span(9 * day / time.Microsecond), DeadlineResult{After: 9 * day}},
	} {
		want := []DeadlineResult{{Rule: "a.days", After: 14 * day, Warn: []time.Duration{10 * day, 13 * day}}, {Rule: "a.months", Months: 3}, c.want}
		want[2].Rule = "a.set"
		for i := range want {
			want[i].Citation, want[i].Kind, want[i].From, want[i].Item = "Law 1", "k", "f", -1
		}
		if diff := cmp.Diff(want, book.Judge("doc", Scope{}, &limits{c.limit}).Deadlines); diff != "" {
			t.Errorf("limit %d (-want +got):\n%s", c.limit, diff)
		}
	}
	for _, wrong := range []string{
		"after: 14d, months: 3", "months: -1", "months: 121", "within: '1'", "within: doc.none", "after: 3d, warn: [3d]", "after: 3d, warn: [2d, 1d]",
		"months: 3, warn: [1d]", "after: 3d, warn: [x]",
	} {
		if _, err := Compile(s, map[string][]byte{"a/x.yaml": file("a.x", wrong)}); err == nil {
			t.Errorf("%s: compiles", wrong)
		}
	}
}

// span is microseconds.
type span int64

// TestSites: a clause may ask for what the port has a designated place for; a port of which nobody says so has none.
func TestSites(t *testing.T) {
	book := mustCompile(t, map[string][]byte{"a/site.yaml": clauseFile("a.site", `
mode: active
subject: doc
when: "!('meat' in scope.sites)"
demands: {risk: {level: inspect}}
`)})
	for _, c := range []struct {
		sites []string
		want  int
	}{{nil, 1}, {[]string{"fruit"}, 1}, {[]string{"fruit", "meat"}, 0}} {
		if got := book.Judge("doc", Scope{Sites: c.sites}, &sample{}); len(got.Risks) != c.want || c.want == 1 && got.Risks[0].Undecided {
			t.Errorf("%v: %+v", c.sites, got.Risks)
		}
	}
}

// TestDemandPerItem has a requirement for each item that wants it, or may want it.
func TestDemandPerItem(t *testing.T) {
	book := mustCompile(t, map[string][]byte{"a/x.yaml": clauseFile("a.x", `
mode: active
subject: doc
each: parts
when: item.mass > 1.0
demands: {risk: {level: inspect}}
`)})
	got := book.Judge("doc", Scope{}, &sample{Parts: []part{{Mass: 2_000_000}, {Mass: 1}, {}}})
	want := []RiskResult{{Rule: "a.x", Citation: "Law 1", Level: "inspect", Item: 0},
		{Rule: "a.x", Citation: "Law 1", Level: "inspect", Item: 2, Undecided: true}}
	if diff := cmp.Diff(want, got.Risks); diff != "" {
		t.Error(diff)
	}
}

func TestGoodsPickItems(t *testing.T) {
	s := NewSchema()
	type line struct {
		HS string `json:"hs"`
	}
	type list struct {
		Lines []line `json:"lines"`
	}
	Subject[list](s, "list", "lines")
	book, err := Compile(s, map[string][]byte{"a/meat.yaml": clauseFile("a.meat", `
mode: active
subject: list
scope: {goods: ["02"]}
each: lines
when: true
demands: {problem: {path: "lines[{i}].hs", severity: error}}
`)})
	if err != nil {
		t.Fatal(err)
	}
	got := book.Judge("list", Scope{}, &list{[]line{{"2701"}, {"0201"}, {""}}})
	if len(got.Problems) != 1 || got.Problems[0].Path != "lines[1].hs" {
		t.Errorf("only the meat is judged, got %+v", got.Problems)
	}
}

// TestBound gives a clause more loop turns than any document honestly needs.
func TestBound(t *testing.T) {
	book := mustCompile(t, map[string][]byte{"a/loop.yaml": clauseFile("a.loop", `
mode: active
subject: doc
when: doc.counts.all(x, doc.counts.all(y, doc.counts.all(z, x + y + z < 0))) || !doc.counts.exists(x, doc.counts.exists(y, x + y > 0))
demands: {risk: {level: inspect}}
`)})
	doc := &sample{Counts: make([]int64, 1000)}
	for i := range doc.Counts {
		doc.Counts[i] = -1
	}
	got := book.Judge("doc", Scope{}, doc)
	if len(got.Risks) != 1 || !got.Risks[0].Undecided {
		t.Errorf("beyond the bound a clause is undecided, got %+v", got.Risks)
	}
	doc.Counts = doc.Counts[:10]
	if got := book.Judge("doc", Scope{}, doc); len(got.Risks) != 1 || got.Risks[0].Undecided {
		t.Errorf("within the bound it is not, got %+v", got.Risks)
	}
}

func TestMaxFound(t *testing.T) {
	book := mustCompile(t, map[string][]byte{"a/many.yaml": clauseFile("a.many", `
mode: active
subject: doc
each: parts
when: true
demands: {problem: {path: "parts[{i}]", severity: error}}
`)})
	if got := book.Judge("doc", Scope{}, &sample{Parts: make([]part, 1000)}); len(got.Problems) != MaxFound {
		t.Errorf("got %d problems, want %d", len(got.Problems), MaxFound)
	}
}

func TestLoadErrors(t *testing.T) {
	good := `mode: active
subject: doc
when: doc.ready
demands: {risk: {level: inspect}}
`
	replace := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("no %q", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	tests := []struct{ name, rest, want string }{
		{"unknown field", replace("doc.ready", "doc.redy"), `a/x.yaml:8:10: when: undefined field 'redy'`},
		{"wrong type", replace("doc.ready", "doc.big > 1.0"), `a/x.yaml:8:15: when: found no matching overload for '_>_' applied to '(int, double)'`},
		{"second line", replace("doc.ready", "|\n  doc.ready &&\n    doc.redy"), `a/x.yaml:10:8: when: undefined field 'redy'`},
		{"quoted", replace("doc.ready", `"doc.redy"`), `a/x.yaml:8:11: when: undefined field 'redy'`},
		{"folded", replace("doc.ready", ">\n  doc.ready &&\n  doc.redy"), `a/x.yaml:8:7: when: an expression of several lines is written with |, which keeps them`},
		{"no bool", replace("doc.ready", "doc.big"), `a/x.yaml:8:7: when: a condition is a bool, not a int`},
		{"unit unknown", replace("doc.ready", "doc.raw == 1"), `undefined field 'raw'`},
		{"unsupported literal", replace("doc.ready", `'size({"a": 1}) == 1'`), `a/x.yaml:8:13: when: a map or struct literal is not supported in a clause`},
		{"unsupported call", replace("doc.ready", "now.getFullYear() == 2026"), `getFullYear timestamp is not supported in a clause`},
		{"computed pattern", replace("doc.ready", "doc.name.matches(doc.name)"), `matches() with a computed pattern is not supported`},
		{"bad pattern", replace("doc.ready", `doc.name.matches("(")`), `missing closing )`},
		{"bad timestamp", replace("doc.ready", `now > timestamp("tomorrow")`), `a timestamp is RFC 3339`},
		{"bad duration", replace("doc.ready", `now - doc.due > duration("1ns")`), `in whole microseconds`},
		{"computed time", replace("doc.ready", `now > timestamp(doc.name)`), `timestamp() of something computed is not supported`},
		{"empty list", replace("doc.ready", `size([]) == 0`), `an empty list, or one with optional values, is not supported`},
		{"struct equality", replace("doc.ready", `doc.owner == doc.boss`), `no matching overload`},
		{"struct equality, one type", replace("doc.ready", `doc.owner == doc.parts[0].owner`), `a/x.yaml:8:17: when: == over struct is not supported in a clause`},
		{"bytes", replace("doc.ready", `b"a" == b"b"`), `a literal of type bytes is not supported`},
		{"too deep", replace("doc.ready", "'[1].all(a, [1].all(b, [1].all(c, [1].all(d, [1].all(e, true)))))'"), `loops stand too deep`},
		{"too long", replace("doc.ready", `doc.name == "`+strings.Repeat("x", MaxExpression)+`"`), `an expression has at most 2048 bytes`},
		{"unknown key", good + "wen: true\n", `a/x.yaml:10:1: unknown field "wen"`},
		{"key twice", good + "when: true\n", `a/x.yaml:10:1: mapping key "when" already defined at [8:1]`},
		{"no yaml", "  : [", `a/x.yaml:`},
		{"mode", replace("active", "on"), `a/x.yaml:6:7: mode: "on" is neither active nor dry_run`},
		{"subject", replace("subject: doc", "subject: dog"), `a/x.yaml:7:10: subject: there is no subject "dog"`},
		{"two demands", replace("inspect}", "inspect}, deadline: {kind: k, after: 14d, from: f}"), `demands: a clause demands exactly one of`},
		{"no demand", replace("{risk: {level: inspect}}", "{}"), `demands: a clause demands exactly one of`},
		{"bad word", replace("inspect", "maybe"), `a/x.yaml:9:25: demands.risk.level: there is no level "maybe"`},
		{"bad span", replace("{risk: {level: inspect}}", "{deadline: {kind: k, after: soon, from: f}}"), `a span is a number of days`},
		{"bad path", replace("{risk: {level: inspect}}", `{problem: {path: "parts[{i}].mass", severity: error}}`), `doc has no place "parts[{i}].mass"`},
		{"bad severity", replace("{risk: {level: inspect}}", `{problem: {path: name, severity: grave}}`), `"grave" is neither error nor warning`},
		{"bad each", replace("when:", "each: name\nwhen:"), `doc has no list name`},
		{"bad date", replace("when:", "effective: {from: tomorrow}\nwhen:"), `a day is written as 2026-01-31`},
		{"dates reversed", replace("when:", "effective: {from: 2026-01-02, to: 2026-01-01}\nwhen:"), `the last day is before the first`},
		{"bad goods", replace("when:", "scope: {goods: [meat]}\nwhen:"), `"meat" is no beginning of an HS code`},
		{"bad mode of transport", replace("when:", "scope: {modes: [sea]}\nwhen:"), `scope.modes: there is no mode "sea"`},
	}
	schema := testSchema()
	schema.Allow("level", "inspect", "documents")
	schema.Allow("mode", "road", "rail", "air")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Compile(schema, map[string][]byte{"a/x.yaml": clauseFile("a.x", test.rest)})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
			var placed *FileError
			if !errors.As(err, &placed) {
				t.Errorf("%v names no file", err)
			}
		})
	}
	if _, err := Compile(schema, map[string][]byte{"a/x.yaml": clauseFile("a.x", good)}); err != nil {
		t.Errorf("the clause that is spoilt above is good: %v", err)
	}
}

// TestKnowledge sees to it that what nobody has confirmed cannot become law by a slip.
func TestKnowledge(t *testing.T) {
	hearsay := strings.Replace(texts, "tags: [L]", "tags: [K]", 1)
	rest := "mode: %s\nsubject: doc\nwhen: true\ndemands: {risk: {level: inspect}}\n"
	for mode, good := range map[string]bool{"active": false, "dry_run": true} {
		_, err := Compile(testSchema(), map[string][]byte{"a/x.yaml": []byte("name: a.x" + hearsay + fmt.Sprintf(rest, mode))})
		if good != (err == nil) {
			t.Errorf("%s: %v", mode, err)
		}
	}
}

func TestAllErrorsAtOnce(t *testing.T) {
	_, err := Compile(testSchema(), map[string][]byte{
		"a/x.yaml": clauseFile("a.y", "mode: on\nsubject: doc\nwhen: doc.a && doc.b\ndemands: {}\n"),
		"a/z.yaml": []byte("title: {zh-CN: 一}\n"),
	})
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) < 12 {
		t.Errorf("want every error of both files, got %v", err)
	}
}

func TestDigest(t *testing.T) {
	rest := "mode: active\nsubject: doc\nwhen: true\ndemands: {risk: {level: inspect}}\n"
	one := mustCompile(t, map[string][]byte{"a/x.yaml": clauseFile("a.x", rest), "a/y.yaml": clauseFile("a.y", rest)})
	again, err := Load(testSchema(), fstest.MapFS{
		"a/x.yaml": {Data: clauseFile("a.x", rest)}, "a/y.yaml": {Data: clauseFile("a.y", rest)},
		"a/testdata/x/broken.yaml": {Data: []byte("{")}, "a/readme.txt": {Data: []byte("no clause")},
	})
	if err != nil {
		t.Fatal(err)
	}
	other := mustCompile(t, map[string][]byte{"a/x.yaml": clauseFile("a.x", rest), "a/y.yaml": clauseFile("a.y", rest+"# changed\n")})
	if one.Digest() != again.Digest() || one.Digest() == other.Digest() || len(one.Digest()) != 64 {
		t.Errorf("digests %s, %s, %s", one.Digest(), again.Digest(), other.Digest())
	}
	var names []string
	for _, c := range one.Clauses() {
		names = append(names, c.Name)
	}
	if diff := cmp.Diff([]string{"a.x", "a.y"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestJudgeConcurrently(t *testing.T) {
	book := mustCompile(t, map[string][]byte{"a/x.yaml": clauseFile("a.x", `
mode: active
subject: doc
each: parts
when: doc.parts.filter(p, p.number == item.number).size() == 1
demands: {problem: {path: "parts[{i}].number", severity: error}}
`)})
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			doc := &sample{Parts: make([]part, worker+2)}
			for i := range doc.Parts {
				doc.Parts[i].Number = int64(i / 2)
			}
			for range 200 {
				if got := len(book.Judge("doc", Scope{}, doc).Problems); got != (worker+2)%2 {
					t.Errorf("worker %d found %d", worker, got)
					return
				}
			}
		})
	}
	group.Wait()
}

func TestJudgePanicsOnMistake(t *testing.T) {
	book := mustCompile(t, nil)
	for name, document := range map[string]any{"doc": &part{}, "dog": &sample{}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("judged a %T as %s", document, name)
				}
			}()
			book.Judge(name, Scope{}, document)
		}()
	}
}
