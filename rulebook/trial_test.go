package rulebook

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sealed is a clause of the tests' own: heavy loads need an examination paper. from is its first day, empty: always.
func sealed(mode, from, when string) string {
	effective := ""
	if from != "" {
		effective = "effective: {from: " + from + "}\n"
	}
	return `name: test.sealed
title: {zh-CN: 测试, en: test, mn: туршилт, ru: проба}
explanation: {zh-CN: 测试, en: test, mn: туршилт, ru: проба}
citation: 测试第一条
source: {tags: [D], text: made up for tests}
` + effective + `mode: ` + mode + `
subject: manifest
scope: {directions: [import]}
each: waybills
when: |
  ` + when + `
demands:
  requirement: {kind: disinfected, subject: consignment, owner: customs_quarantine, due: exit_gate, source: here}
`
}

const (
	heavy = `item.gross_mass > 30000.0 && item.hs.startsWith("27")`
	light = `{"direction":"import","waybills":[{"number":"W-1","hs":"270112","gross_mass":20000}]}`
	laden = `{"direction":"import","waybills":[{"number":"W-1","hs":"270112","gross_mass":40000}]}`
	mute  = `{"direction":"import","waybills":[{"number":"W-1","gross_mass":40000}]}`
)

// good are documents that fit the clause above.
func good() []Document {
	return []Document{{"pass-light", light}, {"fail-laden", laden}, {"undecided-mute", mute}}
}

// TestTryBuilt tries every clause of the build on the documents that were built in beside it.
func TestTryBuilt(t *testing.T) {
	for _, c := range mustLoad(t).Clauses() {
		text, documents, ok := Built(c.Name)
		if trial := Try(c.Name, text, documents); !ok || len(trial.Problems) > 0 || len(trial.Outcomes) < 2 {
			t.Errorf("%s: %v, %d outcomes", c.Name, trial.Problems, len(trial.Outcomes))
		}
	}
	if _, _, ok := Built("customs.none"); ok {
		t.Error("a clause that is not there is built in")
	}
}

func TestTry(t *testing.T) {
	with := func(more ...Document) []Document { return append(good(), more...) }
	for _, c := range []struct {
		name, rule, text string
		documents        []Document
		want             []string // path and rule of each problem
	}{
		{"good", "test.sealed", sealed("active", "", heavy), good(), nil},
		{"law only from next year on", "test.sealed", sealed("active", "2027-01-01", heavy), good(), nil},
		{"dry", "test.sealed", sealed("dry_run", "", heavy), good(), nil},
		{"another name", "test.other", sealed("active", "", heavy), good(), []string{"text rule.text"}},
		{"no name", "sealed", sealed("active", "", heavy), good(), []string{"text rule.text"}},
		{"a name that climbs", "test.../x", sealed("active", "", heavy), good(), []string{"text rule.text"}},
		{"does not compile, and says nothing of documents", "test.sealed", sealed("active", "", "item.mass > 1.0"), good(), []string{"text rule.text"}},
		{"two mistakes", "test.sealed", sealed("often", "", "item.mass > 1.0"), nil,
			[]string{"text rule.text", "text rule.text", "documents rule.document_missing", "documents rule.document_missing"}},
		{"no documents", "test.sealed", sealed("active", "", heavy), nil, []string{"documents rule.document_missing", "documents rule.document_missing"}},
		{"nothing that fails", "test.sealed", sealed("active", "", heavy), good()[:1], []string{"documents rule.document_missing"}},
		{"passes what should fail", "test.sealed", sealed("active", "", `item.gross_mass > 30000.0 && item.hs.startsWith("28")`), good(), []string{"documents[1] rule.document_outcome"}},
		{"fails what should pass", "test.sealed", sealed("active", "", `item.gross_mass > 0.0 && item.hs.startsWith("27")`), good(), []string{"documents[0] rule.document_outcome"}},
		{"tells what it should not", "test.sealed", sealed("active", "", `item.gross_mass > 30000.0 && has(item.hs) && item.hs.startsWith("27")`), good(), []string{"documents[2] rule.document_outcome"}},
		{"every document wrong in its way", "test.sealed", sealed("active", "", heavy),
			with(Document{"pass-light", light}, Document{"good", light}, Document{"pass-a/b", light}, Document{"pass-x", "{"}, Document{"pass-y", `{"weight":1}`}, Document{"pass-z", light + light}, Document{"pass-w", strings.Repeat(" ", MaxDocument+1)}),
			[]string{"documents[3].name rule.document_twice", "documents[4].name rule.document_name", "documents[5].name rule.document_name", "documents[6].document rule.document_read",
				"documents[7].document rule.document_read", "documents[8].document rule.document_read", "documents[9] rule.document_large"}},
		{"too many", "test.sealed", sealed("active", "", heavy), make([]Document, MaxDocuments+1), []string{"documents rule.documents_many"}},
	} {
		trial := Try(c.rule, c.text, c.documents)
		var got []string
		for _, p := range trial.Problems {
			got = append(got, p.Path+" "+p.Rule)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s%v", c.name, diff, trial.Problems)
		}
	}
	trial := Try("test.sealed", sealed("active", "", "item.mass > 1.0"), good())
	if p := trial.Problems[0]; p.Line != 11 || !strings.Contains(p.Args[0], "11:") {
		t.Errorf("the place of the mistake is line 11, got %d %q", p.Line, p.Args)
	}
}

// FuzzTry gives authors' text and documents: nothing of it may take the program down, and what is found in order can be
// replayed and judged by.
func FuzzTry(f *testing.F) {
	for _, name := range []string{"customs.item_hs", "customs.release_import", "transport.road_permit"} {
		text, documents, _ := Built(name)
		f.Add(name, text, documents[0].Name, documents[0].Text)
	}
	f.Add("test.sealed", sealed("active", "2027-01-01", heavy), "fail-laden@ceke-road+closed_loop", laden)
	f.Fuzz(func(t *testing.T, rule, text, name, document string) {
		trial := Try(rule, text, []Document{{name, document}, {"pass-light", light}, {"fail-laden", laden}})
		if len(trial.Problems) > 0 {
			return
		}
		if clause, err := Parse(rule, text); err != nil || clause.Name != rule {
			t.Errorf("%q is in order and cannot be read: %v", rule, err)
		}
		if _, problems := NewReplay(rule, text, noon(1), noon(2)); len(problems) > 0 {
			t.Errorf("%q is in order and cannot be replayed: %v", rule, problems)
		}
	})
}
