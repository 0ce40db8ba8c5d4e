package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store/storetest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/rulebook"
)

// The clauses of the tests: laden vehicles are disinfected, and nobody may declare more than thirty tonnes.
const (
	disinfection = `name: test.disinfection
title: {zh-CN: 测试消毒, en: test disinfection, mn: туршилт, ru: проба}
explanation: {zh-CN: 测试, en: test, mn: туршилт, ru: проба}
citation: 测试第一条
source: {tags: [D], text: made up for tests}
mode: active
subject: movement
scope: {directions: [import]}
when: |
  movement.loaded == "laden"
demands:
  requirement: {kind: disinfected, subject: movement, owner: customs_quarantine, due: exit_gate, source: here}
`
	tonnage = `name: test.tonnage
title: {zh-CN: 测试吨位, en: test tonnage, mn: туршилт, ru: проба}
explanation: {zh-CN: 测试, en: test, mn: туршилт, ru: проба}
citation: 测试第二条
source: {tags: [D], text: made up for tests}
mode: active
subject: declaration
when: |
  declaration.gross_mass > 30000.0
demands:
  problem: {path: gross_mass, severity: error, args: [declaration.gross_mass], message: {zh-CN: "申报{0}", en: "{0} kg declared", mn: "{0}", ru: "{0}"}}
`
	ladenDocuments = `[{"name":"pass-empty","document":{"port":"ganqimaodu-road","direction":"import","loaded":"empty"}},{"name":"fail-laden","document":{"port":"ganqimaodu-road","direction":"import","loaded":"laden"}}]`
	heavyDocuments = `[{"name":"pass-light","document":{"direction":"import","gross_mass":20000}},{"name":"fail-heavy","document":{"direction":"import","gross_mass":40000}}]`
)

// versionBody is the body of a version of a clause.
func versionBody(t *testing.T, text, documents string) string {
	t.Helper()
	data, err := json.Marshal(map[string]any{"text": text, "documents": json.RawMessage(documents), "reason": "test"})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// propose writes a rule as the region.
func (s *story) propose(name, text, documents string) {
	s.t.Helper()
	s.do(identity.Region, "POST", "/v1/rules/"+name+"/proposals", versionBody(s.t, text, documents), http.StatusAccepted)
}

// activate decides on it as the administrator, a person of another name.
func (s *story) activate(name, body string) {
	s.t.Helper()
	s.do(identity.Administrator, "POST", "/v1/rules/"+name+"/activation", body, http.StatusAccepted)
}

// refusedFor expects that a request is refused for certain rules, in order.
func (s *story) refusedFor(r *reply, rules ...string) {
	s.t.Helper()
	if s.first != nil {
		return
	}
	var got []string
	for _, p := range r.problem(s.t).Problems {
		got = append(got, p.Rule)
		if p.Message == "" || strings.HasPrefix(p.Message, "problem.") {
			s.fail("a problem without words: %+v", p)
		}
	}
	if !slices.Equal(got, rules) {
		s.fail("refused for %v, want %v", got, rules)
	}
}

// TestLawChanges changes the law under trucks that are on their way, on every database.
func TestLawChanges(t *testing.T) {
	t.Setenv("GUOMEN_MASTER_KEY", base64.StdEncoding.EncodeToString(make([]byte, 32))) // no key file beside the tests
	storetest.Each(t, func(t *testing.T, d *storetest.Database) {
		w := newWorld(t, d.URL, identity.Principal{})
		s := newStory(t, w, here)
		lawChanges(s)
		tonnageObjects(s)
		s.end()
		report, err := w.platform.engine.Verify(t.Context())
		if err != nil || !report.OK {
			t.Errorf("verify: %v %s", err, report.FirstDifference)
		}
		if d.Kind == "postgres" {
			anotherProcess(t, w, d.URL)
		}
	})
}

func lawChanges(s *story) {
	const name = "test.disinfection"
	arrive := func(k *truck) string { // with everything settled that the law asks for now
		id, _ := s.announce(k)
		s.declare(k)
		s.settle(id)
		s.read(k, port.DueEntryGate, port.DecisionOpen)
		return id
	}
	first, second := s.coal("first"), s.coal("second")
	a, b := arrive(first), arrive(second)

	s.refusedFor(s.do(identity.Administrator, "POST", "/v1/rules/"+name+"/activation", `{"mode":"active","reason":"r","citation":"c"}`, http.StatusNotFound), "rule.nothing_proposed")
	s.do(identity.Region, "GET", "/v1/rules/"+name, nil, http.StatusNotFound)
	broken := strings.Replace(disinfection, "movement.loaded", "movement.colour", 1)
	s.refusedFor(s.do(identity.Region, "POST", "/v1/rules/"+name+"/proposals", versionBody(s.t, broken, `[]`), http.StatusUnprocessableEntity), "rule.text", "rule.document_missing", "rule.document_missing")
	var trial trialAnswer
	s.into(s.do(identity.Region, "POST", "/v1/rules/"+name+"/test", versionBody(s.t, disinfection, strings.Replace(ladenDocuments, `"empty"`, `"laden"`, 1)), http.StatusOK), &trial)
	if s.first == nil && (trial.OK || len(trial.Outcomes) != 2 || trial.Outcomes[0] != (rulebook.Outcome{Document: "pass-empty", Want: "pass", Got: "fail"}) || len(trial.Problems) != 1) {
		s.fail("tried: %+v", trial)
	}
	s.propose(name, disinfection, ladenDocuments)
	colleague := s.w.tokens[who{identity.Region, "", 1}] // of the same name, elsewhere
	s.refusedFor(s.doAs(colleague, "POST", "/v1/rules/"+name+"/activation", `{"mode":"active","reason":"r","citation":"c"}`, http.StatusUnprocessableEntity), "rule.same_person")
	s.refusedFor(s.do(identity.Administrator, "POST", "/v1/rules/"+name+"/activation", `{"mode":"active","reason":"","citation":"","version":-1}`, http.StatusUnprocessableEntity),
		"rule.missing", "rule.missing", "rule.version_unknown")

	tomorrow := s.w.platform.engine.Now().Add(port.Day).String()
	s.activate(name, `{"mode":"active","from":"`+tomorrow+`","reason":"r","citation":"c"}`)
	s.read(first, port.DueExitGate, port.DecisionOpen) // today nothing has changed
	full := s.stands(a, movement.StateLeft)
	if s.first == nil && slices.Contains(names(&full), "checklist.judged_again.v1") {
		s.fail("judged again by tomorrow's law")
	}

	s.activate(name, `{"mode":"active","reason":"disease across the line","citation":"国境卫生检疫法"}`)
	s.read(second, port.DueExitGate, port.DecisionHold, "disinfected")
	full = s.movement(b)
	entry := find(&full, rulebook.Disinfected)
	if s.first == nil && (!slices.Contains(names(&full), "checklist.judged_again.v1") || entry.State != port.StateOpen || !slices.Equal(entry.Rules, []string{name}) || full.Passes.Exit != nil) {
		s.fail("under the new law: %v %+v", names(&full), entry)
	}
	s.do(identity.Quarantine, "POST", "/v1/requirements/"+b+".disinfected/verdicts", `{"result":"met"}`, http.StatusAccepted)
	s.read(second, port.DueExitGate, port.DecisionOpen)
	s.stands(b, movement.StateLeft)

	third := s.coal("third")
	c, _ := s.announce(third)
	s.declare(third)
	s.settle(c, "disinfected")
	full = s.movement(c)
	if s.first == nil && find(&full, rulebook.Disinfected).State != port.StateOpen {
		s.fail("announced under the new law: %+v", full.Checklist)
	}
	s.read(third, port.DueEntryGate, port.DecisionOpen)
	s.read(third, port.DueExitGate, port.DecisionHold, "disinfected")
	full = s.movement(c)
	if s.first == nil && slices.Contains(names(&full), "checklist.judged_again.v1") {
		s.fail("judged again though it was judged under this law")
	}
	s.activate(name, `{"mode":"retired","version":1,"reason":"over","citation":"c"}`)
	s.read(third, port.DueExitGate, port.DecisionOpen)
	full = s.stands(c, movement.StateLeft)
	if e := find(&full, rulebook.Disinfected); s.first == nil && (e.State != port.StateLapsed || !slices.Equal(e.Dropped, []string{name + "@1"}) || e.Result != "") {
		s.fail("not asked for any more: %+v", e)
	}

	r := s.do(identity.Trader, "GET", "/v1/rules/"+name, nil, http.StatusOK)
	if s.first == nil {
		var shown struct {
			Mode, Author, Activator, Text string
			Version                       int
			Built                         bool
			Documents, Versions, Acts     []json.RawMessage
		}
		s.into(r, &shown)
		if shown.Mode != "retired" || shown.Author != "test region" || shown.Activator != "test administrator" || shown.Version != 1 || shown.Built || shown.Text != disinfection ||
			len(shown.Documents) != 2 || len(shown.Versions) != 1 || len(shown.Acts) != 3 {
			s.fail("the rule is shown as %s", r.body)
		}
	}
	var list struct {
		Region uint64
		Items  []struct {
			Name, Mode string
			Version    int
		}
	}
	s.into(s.do(identity.Trader, "GET", "/v1/rules", nil, http.StatusOK), &list)
	if at := slices.IndexFunc(list.Items, func(i struct {
		Name, Mode string
		Version    int
	}) bool {
		return i.Name == name
	}); s.first == nil && (at < 0 || list.Items[at].Mode != "retired" || list.Region == 0) {
		s.fail("the list has no retired rule: %d", at)
	}
	s.do(identity.Trader, "GET", "/v1/rules/customs.item_hs", nil, http.StatusOK)
	replayed(s, name)
}

// replayed runs the retired clause over what has just happened: three laden trucks, of which the last was asked.
func replayed(s *story, name string) {
	s.t.Helper()
	now := s.w.platform.engine.Now()
	path := "/v1/rules/" + name + "/replay"
	span := `"from":"` + now.Add(-port.Hour).String() + `","to":"` + now.Add(port.Hour).String() + `"`
	r := s.do(identity.Region, "POST", path, `{`+span+`}`, http.StatusOK)
	if s.first != nil {
		return
	}
	lines := strings.Split(strings.TrimSpace(string(r.body)), "\n")
	var last replayLine
	s.into(&reply{body: []byte(lines[len(lines)-1])}, &last)
	if s.first != nil || last.Result == nil {
		s.fail("a replay without a result: %s", r.body)
		return
	}
	got := last.Result
	if got.Total.Documents != 3 || got.Total.Spoken != 3 || got.Total.Newly != 2 || len(got.Listed) != 3 || got.Total.Holds.Count != 1 || got.Total.Holds.Unsettled != 1 || got.Total.Holds.Low != nil {
		s.fail("replayed: %+v %+v", got.Total, got.Total.Holds)
	}
	if len(got.Ports) != 20 || len(lines) < 2 || !strings.Contains(lines[0], `"progress"`) {
		s.fail("%d ports, lines %d: %s", len(got.Ports), len(lines), lines[0])
	}
	s.do(identity.Region, "POST", path, `{"port":"`+string(there)+`",`+span+`}`, http.StatusOK)
	s.refusedFor(s.do(identity.Region, "POST", path, `{"port":"nowhere-road","to":"2026-01-01T00:00:00Z","from":"2026-01-02T00:00:00Z"}`, http.StatusUnprocessableEntity), "rule.replay_span", "port.unknown")
	broken := strings.Replace(disinfection, "movement.loaded", "movement.colour", 1)
	s.refusedFor(s.do(identity.Region, "POST", path, `{"version":9,`+span+`}`, http.StatusUnprocessableEntity), "rule.version_unknown")
	s.refusedFor(s.do(identity.Region, "POST", path, `{"text":`+quoted(broken)+`,`+span+`}`, http.StatusUnprocessableEntity), "rule.text")
	s.do(identity.Region, "POST", "/v1/rules/test.none/replay", `{`+span+`}`, http.StatusNotFound)
}

func quoted(text string) string {
	data, _ := json.Marshal(text) // a string always has a form
	return string(data)
}

// tonnageObjects: a changed law objects to a declaration that was taken in. It stands, and nothing opens on it until
// customs has settled it; the next of the kind is refused.
func tonnageObjects(s *story) {
	const name = "test.tonnage"
	k := s.coal("tonnes")
	id, _ := s.announce(k)
	s.declare(k)
	s.settle(id)
	s.propose(name, tonnage, heavyDocuments)
	s.activate(name, `{"mode":"dry_run","reason":"r","citation":"c"}`)
	s.read(k, port.DueEntryGate, port.DecisionOpen) // judged again, and a dry run changes nothing
	full := s.movement(id)
	if e := find(&full, rulebook.PapersCorrected); s.first == nil && e.Kind != "" {
		s.fail("a dry run asks for %+v", e)
	}
	soon := s.w.platform.engine.Now().Add(300 * port.Duration(time.Millisecond.Microseconds()))
	s.activate(name, `{"mode":"active","from":"`+soon.String()+`","reason":"r","citation":"c"}`)
	time.Sleep(400 * time.Millisecond) // nothing has to happen at the instant itself
	s.read(k, port.DueExitGate, port.DecisionHold, "papers_corrected")
	full = s.movement(id)
	e := find(&full, rulebook.PapersCorrected)
	if s.first == nil && (e.Owner.Organisation != "customs-ganqimaodu" || e.SubjectKind != port.ConsignmentSubject || !slices.Equal(e.Rules, []string{name}) || e.Citation != "测试第二条") {
		s.fail("the objection is %+v", e)
	}
	other := s.coal("refused-tonnes")
	r := s.do(identity.Trader, "POST", "/v1/declarations?port="+string(s.at), s.document(other), http.StatusUnprocessableEntity)
	s.refusedFor(r, name)
	if s.first == nil && r.problem(s.t).Problems[0].Message != "申报40000" {
		s.fail("refused with the words %s", r.body)
	}
	s.do(identity.Customs, "POST", "/v1/requirements/"+e.Subject.String()+".papers_corrected/verdicts", `{"result":"met"}`, http.StatusAccepted)
	s.read(k, port.DueExitGate, port.DecisionOpen)
	s.stands(id, movement.StateLeft)
	s.activate(name, `{"mode":"retired","version":1,"reason":"r","citation":"c"}`)
}

// anotherProcess: whoever shares the database goes by the same law, now and when it changes.
func anotherProcess(t *testing.T, w *world, url string) {
	t.Helper()
	other, err := openPlatform(t.Context(), url, config{Hash: ledger.SHA256, Cipher: ledger.AES256GCM, MasterKeyFile: w.key}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := other.close(); err != nil {
			t.Error(err)
		}
	}()
	other.run(context.WithoutCancel(t.Context()))
	if got, want := other.law.state.Load(), w.platform.law.state.Load(); got.Region() != want.Region() || got.Book().Digest() != want.Book().Digest() {
		t.Errorf("it opens with the law of %d %s, the other has %d %s", got.Region(), got.Book().Digest(), want.Region(), want.Book().Digest())
	}
	r := w.ask(t, w.token(identity.Administrator, ""), "POST", "/v1/rules/test.tonnage/activation", `{"mode":"dry_run","reason":"r","citation":"c"}`, "Content-Type", "application/json")
	if r.status != http.StatusAccepted {
		t.Fatalf("%d %s", r.status, r.body)
	}
	want := w.platform.law.state.Load()
	for deadline := time.Now().Add(20 * time.Second); other.law.state.Load().Book().Digest() != want.Book().Digest(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the other process goes by the old law after twenty seconds")
		}
	}
}
