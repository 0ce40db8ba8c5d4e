package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/rulebook"
)

// TestRulesTest tries clauses' files without a server: the build's own are in order, and of one that is not every mistake
// is told with its line.
func TestRulesTest(t *testing.T) {
	files, err := filepath.Glob("../../rulebook/transport/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	lines, _ := ran(t, 0, append([]string{"rules", "test"}, files...)...)
	for i, line := range lines {
		var l ruleLine
		if err := json.Unmarshal([]byte(line), &l); err != nil || !l.OK || l.File != files[i] || len(l.Outcomes) < 2 || len(l.Problems) != 0 || !strings.HasPrefix(l.Rule, "transport.") {
			t.Errorf("%v %s", err, line)
		}
	}
	folder := filepath.Join(t.TempDir(), "test")
	put := func(name, text string) string {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	good := put("disinfection.yaml", disinfection)
	put("testdata/disinfection/pass-empty.json", `{"direction":"import","loaded":"empty"}`)
	put("testdata/disinfection/fail-laden.json", `{"direction":"import","loaded":"laden"}`)
	put("testdata/disinfection/undecided-unknown.json", `{"direction":"import"}`)
	ran(t, 0, "rules", "test", good)
	put("testdata/disinfection/pass-wrong.json", `{"direction":"import","loaded":"laden"}`)
	bad := put("wrong.yaml", strings.Replace(strings.Replace(disinfection, "test.disinfection", "test.right", 1), "movement.loaded", "movement.colour", 1))
	lines, _ = ran(t, 1, "rules", "test", "--language", "en", good, bad)
	for i, want := range []string{`"rule":"rule.document_outcome"`, `"line":1,"rule":"rule.text"`} {
		if i >= len(lines) || !strings.Contains(lines[i], want) {
			t.Errorf("line %d lacks %s: %s", i, want, lines)
		}
	}
	if !strings.Contains(lines[1], `"line":10`) || !strings.Contains(lines[1], `"rule":"rule.document_missing"`) {
		t.Errorf("not everything is told: %s", lines[1])
	}
	ran(t, 2, "rules", "test", filepath.Join(folder, "none.yaml"))
	ran(t, 2, "rules", "test")
	ran(t, 2, "rules", "write", good)
}

// TestDoctorRules: the doctor tells what facts have laid over the build's own clauses.
func TestDoctorRules(t *testing.T) {
	file := filepath.Join(t.TempDir(), "guomen.db")
	w := newWorld(t, "sqlite:"+file, identity.Principal{})
	s := newStory(t, w, here)
	s.propose("test.tonnage", tonnage, heavyDocuments)
	s.activate("test.tonnage", `{"mode":"dry_run","reason":"r","citation":"c"}`)
	var full struct {
		Text      string
		Documents json.RawMessage
	}
	s.into(s.do(identity.Region, "GET", "/v1/rules/customs.item_hs", nil, 200), &full)
	s.propose("customs.item_hs", full.Text, string(full.Documents))
	s.activate("customs.item_hs", `{"mode":"retired","reason":"r","citation":"c"}`)
	s.noted()
	w.close(t)
	lines, _ := ran(t, 0, "doctor", "--database", "sqlite:"+file)
	said := strings.Join(lines, "\n")
	for _, want := range []string{`"check":"rules","ok":true`, "customs.item_hs@1 retired goes before the build's own", "test.tonnage@1 dry_run"} {
		if !strings.Contains(said, want) {
			t.Errorf("the doctor does not say %q: %s", want, said)
		}
	}
}

// TestAgainReadsEveryPaper: a movement whose manifest was changed, and whose goods are declared together, is judged again by
// the documents that stand: those of both waybills find the one declaration.
func TestAgainReadsEveryPaper(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	s := newStory(t, w, here)
	k := s.coal("again")
	second := k.paper.Waybills[0]
	second.Number += "-2"
	k.paper.Waybills = append(k.paper.Waybills, second)
	id, _ := s.announce(k)
	k.paper.Function, k.paper.Reason = manifest.FunctionChange, "001"
	k.paper.Waybills[0].GrossMass += port.Tonne
	s.do(identity.Carrier, "POST", "/v1/manifests?port="+string(here), k.paper, http.StatusAccepted)
	d := s.document(k)
	d.Transport = []declaration.Coded{{ID: second.Number, Type: d.WaybillType}}
	s.do(identity.Trader, "POST", "/v1/declarations?port="+string(here), d, http.StatusAccepted)
	if s.first != nil {
		t.Fatal(s.first)
	}
	subject, _ := port.ParseID(id)
	again, err := w.platform.law.Again(t.Context(), here, subject)
	if err != nil {
		t.Fatal(err)
	}
	if len(again.Subjects) != 3 {
		t.Fatalf("judged again: %+v", again.Subjects)
	}
	for i := range again.Subjects {
		one := &again.Subjects[i]
		if len(one.Papers) != 1 || len(one.Judged.Demands) == 0 || one.Part {
			t.Errorf("%s %s stands on %+v, of which %d are asked", one.Kind, one.Subject, one.Papers, len(one.Judged.Demands))
		}
		for j := range one.Judged.Demands {
			if demand := &one.Judged.Demands[j]; demand.Kind == rulebook.PapersCorrected {
				t.Errorf("the law that took it in objects to it: %+v", demand)
			}
		}
	}
	if a, b := again.Subjects[1].Papers, again.Subjects[2].Papers; a[0].ID != b[0].ID || a[0].Seq == b[0].Seq {
		t.Errorf("the goods stand on %+v and %+v", a, b)
	}
	number, _ := w.platform.engine.Number(ledgerOf(here))
	again.Law.Region = 1 << 40 // as if it had changed
	receipt, err := w.platform.engine.Submit(t.Context(), ledger.Command{ID: newID(number), Ledger: ledgerOf(here), Actor: setup, Do: again})
	if err != nil || len(receipt.Facts) < 3 {
		t.Errorf("judged again: %+v %v", receipt, err)
	}
	for _, f := range receipt.Facts {
		if b, ok := f.Body.(movement.JudgedAgain); ok && len(b.Dropped) > 0 {
			t.Errorf("the same law drops %+v of %s", b.Dropped, b.Subject)
		}
	}
}
