package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// TestKeys: the same key and body give the same receipt, another body a conflict; a key is for one thing, counts per
// organisation and ledger, and binds only to what was acknowledged.
func TestKeys(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	s := newStory(t, w, here)
	k := s.coal("keys")
	path := "/v1/manifests?port=" + string(here)
	key := []string{"Idempotency-Key", "key-1"}

	first := s.receipt(s.do(identity.Carrier, "POST", path, k.paper, http.StatusAccepted, key...))
	second := s.receipt(s.do(identity.Carrier, "POST", path, k.paper, http.StatusAccepted, key...))
	if !second.Repeated || second.Command != first.Command || second.First != first.First || second.Last != first.Last || second.Subject != first.Subject {
		t.Errorf("repeated: %+v, first: %+v", second, first)
	}
	other := s.coal("keys")
	if r := s.do(identity.Carrier, "POST", path, other.paper, http.StatusConflict, key...); r.problem(t).Detail == "" {
		t.Errorf("a conflict without words: %s", r.body)
	}
	if _, ok := w.platform.engine.Number(ledgerOf(there)); ok { // another ledger, another key
		s.do(identity.Carrier, "POST", "/v1/manifests?port="+string(there), other.paper, http.StatusAccepted, key...)
	}
	if r := s.receipt(s.doAs(w.tokens[who{identity.Carrier, "", 1}], "POST", path, other.paper, http.StatusAccepted, key...)); r.Repeated { // another organisation
		t.Error("another organisation's key is taken for this one's")
	}
	bad := other.paper
	bad.Batch, bad.Vehicle.Plate = "1", "9876УБА"
	for range 2 {
		s.do(identity.Carrier, "POST", path, bad, http.StatusUnprocessableEntity, "Idempotency-Key", "key-2")
	}
	bad.Batch = "2026112277777"
	s.do(identity.Carrier, "POST", path, bad, http.StatusAccepted, "Idempotency-Key", "key-2") // refused before: it bound nothing

	// Without a key the same body is another command, and the domain's own numbers refuse it.
	r := s.do(identity.Carrier, "POST", path, k.paper, http.StatusUnprocessableEntity)
	if p := r.problem(t).Problems; len(p) == 0 || p[len(p)-1].Rule != "manifest.batch_open" {
		t.Errorf("lodged again: %s", r.body)
	}
	s.do(identity.Carrier, "POST", path, k.paper, http.StatusUnprocessableEntity, "Idempotency-Key", strings.Repeat("k", ledger.MaxKey+1))

	// A key is for one requirement, movement, declaration, lane.
	movement := first.Subject.String()
	verdict := `{"result":"met"}`
	one := s.receipt(s.do(identity.BorderInspection, "POST", "/v1/requirements/"+movement+".crew_cleared/verdicts", verdict, http.StatusAccepted, key...))
	if again := s.receipt(s.do(identity.BorderInspection, "POST", "/v1/requirements/"+movement+".crew_cleared/verdicts", verdict, http.StatusAccepted, key...)); !again.Repeated || again.Command != one.Command {
		t.Errorf("a verdict repeated: %+v", again)
	}
	second2 := s.receipt(s.doAs(w.tokens[who{identity.Carrier, "", 1}], "POST", path, s.coal("keys").paper, http.StatusAccepted))
	s.do(identity.BorderInspection, "POST", "/v1/requirements/"+second2.Subject.String()+".crew_cleared/verdicts", verdict, http.StatusConflict, key...)
	order := `{"decision":"stop","reason":"r"}`
	s.do(identity.Customs, "POST", "/v1/movements/"+movement+"/override", order, http.StatusAccepted, key...)
	s.do(identity.Customs, "POST", "/v1/movements/"+second2.Subject.String()+"/override", order, http.StatusConflict, key...)
	reading := `{"plate":"5555УБА"}`
	a := s.do(identity.Device, "POST", "/v1/lanes/"+string(here)+".in-freight-01/readings", reading, http.StatusOK, key...)
	b := s.do(identity.Device, "POST", "/v1/lanes/"+string(here)+".in-freight-01/readings", reading, http.StatusOK, key...)
	if !bytes.Contains(b.body, []byte(`"repeated":true`)) || a.decoded["movement"] != b.decoded["movement"] || a.decoded["decision"] != b.decoded["decision"] {
		t.Errorf("a reading repeated: %s, first %s", b.body, a.body)
	}
	s.do(identity.Device, "POST", "/v1/lanes/"+string(here)+".in-exit-01/readings", reading, http.StatusConflict, key...)
	for _, truck := range []*truck{k, other} {
		id, _ := s.declare(truck)
		want := http.StatusAccepted
		if truck == other {
			want = http.StatusConflict
		}
		s.do(identity.Trader, "POST", "/v1/declarations/"+id+"/withdrawal", `{"reason":"r"}`, want, key...)
	}
	s.end()
}

// TestRefusedIsKept: what is refused is kept as it was sent, under a receipt that promises nothing.
func TestRefusedIsKept(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	s := newStory(t, w, here)
	k := s.coal("kept")
	bad := k.paper
	bad.Batch = "12"
	encoded, err := encodeJSON(bad)
	if err != nil {
		t.Fatal(err)
	}
	sent := []struct {
		as   identity.Role
		path string
		body string
		want int
		kept bool
	}{
		{identity.Carrier, "/v1/manifests?port=" + string(here), string(encoded), http.StatusUnprocessableEntity, true},
		{identity.Trader, "/v1/messages?port=" + string(here), "<MetaData>", http.StatusUnprocessableEntity, true},
		{identity.Trader, "/v1/messages?port=" + string(here), "<other/>", http.StatusUnprocessableEntity, true},
		{identity.Trader, "/v1/messages?port=" + string(here), res("08", "NOBODY", ""), http.StatusForbidden, true},
		{identity.CustomsSystem, "/v1/messages?port=" + string(here), res("08", "NOBODY", ""), http.StatusUnprocessableEntity, true},
		{identity.Trader, "/v1/messages", "nothing at all", http.StatusUnprocessableEntity, false}, // nobody knows for which port
		{identity.Trader, "/v1/messages?port=atlantis-road", "{}", http.StatusUnprocessableEntity, false},
	}
	number, _ := w.platform.engine.Number(ledgerOf(here))
	kept := 0
	for _, c := range sent {
		s.do(c.as, "POST", c.path, c.body, c.want, "Content-Type", "text/x-test")
		if !c.kept {
			continue
		}
		kept++
		rows, err := w.platform.store.Receipts(t.Context(), number, uint64(kept-1), 10)
		if err != nil || len(rows) != 1 {
			t.Fatalf("after %s: %d receipts, %v", c.body, len(rows), err)
		}
		sent, err := w.platform.store.Submissions(t.Context(), number, uint64(kept-1), 10)
		if err != nil || len(sent) != 1 || string(sent[0].Data) != c.body || sent[0].Media != "text/x-test" || rows[0].Outcome != ledger.Refused || rows[0].Last != 0 {
			t.Errorf("kept of %s: %+v %+v %v", c.body, rows[0], sent, err)
		}
		if facts, err := w.platform.engine.Facts(t.Context(), ledgerOf(here), 0, 10, 0); err != nil || len(facts) > 0 {
			t.Errorf("%s left facts: %v", c.body, facts)
		}
	}
	large := strings.Repeat("<a>", exchange.MaxBytes/3+1)
	if r := s.do(identity.Trader, "POST", "/v1/messages?port="+string(here), large, http.StatusRequestEntityTooLarge); r.problem(t).Problems[0].Rule != "exchange.too_large" {
		t.Errorf("too large: %s", r.body)
	}
	s.end()
	if report, err := w.platform.engine.Verify(t.Context()); err != nil || !report.OK {
		t.Errorf("verify: %v %s", err, report.FirstDifference)
	}
}

// TestProblems: every refusal is one form, in the reader's language, with every problem once and its citation.
func TestProblems(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	s := newStory(t, w, here)
	k := s.coal("problems")
	id, _ := s.announce(k)
	bad := s.coal("problems").paper
	bad.Batch = "123"
	bad.Waybills[0].Containers = []manifest.Container{{Number: "DEMU1000011"}}
	nothing := s.document(s.coal("problems"))
	nothing.Items, nothing.Importer.ID = nil, "91150824MADEM00010"
	office := nothing
	office.Office = "9999"

	for _, c := range []struct {
		name         string
		as           identity.Role
		method, path string
		body         any
		status       int
		rules        []string
	}{
		{"batch and box", identity.Carrier, "POST", "/v1/manifests?port=" + string(here), bad, 422, []string{"batch customs.batch_number", "waybills/0/containers/0/number customs.container_check_digit"}},
		{"no lines, credit code", identity.Trader, "POST", "/v1/declarations?port=" + string(here), nothing, 422, []string{"importer/id customs.importer_credit_code", "items customs.declaration_items"}},
		{"no port, and what is wrong anyhow", identity.Trader, "POST", "/v1/declarations", office, 422, []string{"importer/id credit_code.check", "items declaration.no_items", "port port.unknown"}},
		{"deletion of nothing", identity.Carrier, "POST", "/v1/manifests?port=" + string(here), with(k.paper, func(d *manifest.Document) { d.Function, d.Batch = manifest.FunctionDelete, "2026119999999" }), 422, []string{"batch manifest.unknown_crossing"}},
		{"change of nothing", identity.Carrier, "POST", "/v1/manifests?port=" + string(here), with(k.paper, func(d *manifest.Document) {
			d.Function, d.Batch, d.Reason = manifest.FunctionChange, "2026119999999", "001"
		}), 422, []string{"batch manifest.unknown_crossing"}},
		{"another kind", identity.Trader, "POST", "/v1/manifests?port=" + string(here), `{"importer":{}}`, 422, []string{"importer json.unknown"}},
		{"no JSON", identity.Customs, "POST", "/v1/requirements/" + id + ".manifest_accepted/verdicts", "{", 400, []string{"body request.invalid"}},
		{"unknown field", identity.Customs, "POST", "/v1/requirements/" + id + ".manifest_accepted/verdicts", `{"result":"met","verdict":1}`, 422, []string{"verdict request.invalid"}},
		{"unknown result", identity.Customs, "POST", "/v1/requirements/" + id + ".manifest_accepted/verdicts", `{"result":"perhaps"}`, 422, []string{"result request.invalid"}},
		{"undecided is no verdict", identity.Customs, "POST", "/v1/requirements/" + id + ".manifest_accepted/verdicts", `{"result":"undecided"}`, 422, []string{"result request.invalid"}},
		{"limit", identity.Region, "GET", "/v1/movements?limit=0", nil, 422, []string{"query.limit request.invalid"}},
		{"state", identity.Region, "GET", "/v1/movements?state=lost", nil, 422, []string{"query.state request.invalid"}},
		{"reading of nothing", identity.Device, "POST", "/v1/lanes/" + string(here) + ".in-freight-01/readings", `{}`, 422, []string{"plate reading.empty"}},
		{"reading of what no lane sees", identity.Device, "POST", "/v1/lanes/" + string(here) + ".in-freight-01/readings", `{"colour":"red"}`, 422, []string{" body.malformed"}},
		{"reading too long", identity.Device, "POST", "/v1/lanes/" + string(here) + ".in-freight-01/readings", `{"plate":"` + strings.Repeat("A", 20_000) + `"}`, 413, nil},
		{"stream", identity.Region, "GET", "/v1/facts?ledger=port:" + string(here) + "&after=-1&limit=0&wait=soon", nil, 422, []string{"after feed.after", "limit feed.limit", "wait feed.wait"}},
		{"place", identity.Region, "GET", "/v1/movements", "At", 422, nil},
		{"token of nobody", identity.Administrator, "POST", "/v1/tokens", `{"organisation":"x","role":"king"}`, 422, nil},
		{"token for nowhere", identity.Administrator, "POST", "/v1/tokens", `{"organisation":"x","role":"customs","port":"atlantis-road"}`, 422, []string{"port port.unknown"}},
		{"span", identity.Region, "GET", "/v1/statistics/release-times?from=yesterday", nil, 422, []string{"from statistics.span"}},
		{"crew without names", identity.Carrier, "POST", "/v1/movements/" + id + "/crew", `{"crew":[{"name":"","document":"passport","number":"1"}]}`, 422, []string{"crew[0].name request.invalid"}},
		{"day", identity.Region, "GET", "/v1/ports/" + string(here) + "?on=2021-02-31", nil, 422, []string{"on port.day"}},
		{"month is no day", identity.Region, "GET", "/v1/ports/" + string(here) + "?on=2021-02", nil, 422, []string{"on port.day"}},
		{"no such route", identity.Region, "GET", "/v1/manifests", nil, 404, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, language := range []string{"zh-CN", "en"} {
				header := []string{"Accept-Language", language}
				body := c.body
				if body == "At" {
					header, body = append(header, "Guomen-At-Least", "nonsense"), nil
				}
				text, ok := body.(string)
				if !ok && body != nil {
					data, err := encodeJSON(body)
					if err != nil {
						t.Fatal(err)
					}
					text = string(data)
				}
				r := w.ask(t, w.token(c.as, here), c.method, c.path, text, append(header, "Content-Type", "application/json")...)
				if r.status != c.status || r.header.Get("Content-Type") != "application/problem+json" {
					t.Fatalf("%d %s, want %d: %s", r.status, r.header.Get("Content-Type"), c.status, r.body)
				}
				p := r.problem(t)
				var rules []string
				for _, one := range p.Problems {
					rules = append(rules, strings.TrimPrefix(one.Path, "/")+" "+one.Rule)
					if one.Message == "" || strings.HasPrefix(one.Message, "problem.") || one.Severity == "" {
						t.Errorf("a problem without words: %+v", one)
					}
					if strings.HasPrefix(one.Rule, "customs.") && one.Citation == "" {
						t.Errorf("the law without its citation: %+v", one)
					}
					if strings.HasPrefix(one.Path, "/") && one.Line == 0 {
						t.Errorf("a place of a file without its line: %+v", one)
					}
				}
				slices.Sort(rules)
				if !slices.Equal(rules, c.rules) {
					t.Errorf("told %v, want %v: %s", rules, c.rules, r.body)
				}
				if chinese := strings.ContainsFunc(p.Title, func(r rune) bool { return r >= 0x4e00 }); p.Title == "" || chinese != (language == "zh-CN") || p.Status != c.status {
					t.Errorf("in %s it is headed %q, status %d", language, p.Title, p.Status)
				}
			}
		})
	}
	s.end()
}

func with(d manifest.Document, change func(*manifest.Document)) manifest.Document {
	change(&d)
	return d
}

// TestMessages sends the project's own samples through the one door for all formats.
func TestMessages(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	s := newStory(t, w, here)
	for _, c := range []struct {
		as   identity.Role
		file string
	}{{identity.Carrier, "manifest_coal.json"}, {identity.Trader, "declaration_coal.xml"}} {
		data, err := os.ReadFile("../../exchange/testdata/" + c.file)
		if err != nil {
			t.Fatal(err)
		}
		s.receipt(s.do(c.as, "POST", "/v1/messages?port="+string(here), string(data), http.StatusAccepted))
		s.noted()
	}
	data, err := os.ReadFile("../../exchange/testdata/declaration_coal.json")
	if err != nil {
		t.Fatal(err)
	}
	// The same transaction in another format: the reference is taken.
	r := s.do(identity.Trader, "POST", "/v1/messages?port="+string(here)+"&format=json", string(data), http.StatusUnprocessableEntity)
	if p := r.problem(t).Problems; len(p) == 0 || p[0].Rule != "declaration.reference_open" {
		t.Errorf("declared again: %s", r.body)
	}
	// A cancellation by message takes it back; one of what is not there is refused.
	cancel := bytes.Replace(bytes.Replace(data, []byte(`"function": "9"`), []byte(`"function": "1"`), 1), []byte(`"batch": "2026112200001",`), nil, 1)
	s.receipt(s.do(identity.Trader, "POST", "/v1/messages?port="+string(here), string(cancel), http.StatusAccepted))
	s.do(identity.Trader, "POST", "/v1/messages?port="+string(here), string(cancel), http.StatusUnprocessableEntity)
	// An amendment that names changes only is told where to go.
	change := bytes.Replace(data, []byte(`"function": "9"`), []byte(`"function": "13"`), 1)
	if r := s.do(identity.Trader, "POST", "/v1/messages?port="+string(here), string(change), http.StatusUnprocessableEntity); r.problem(t).Problems[0].Rule != "declaration.partial" {
		t.Errorf("an amendment by message: %s", r.body)
	}
	var list struct {
		Items []struct{ Plate, State string }
	}
	s.into(s.do(identity.Region, "GET", "/v1/movements?plate=0001"+"ДЕМ", nil, http.StatusOK, "Guomen-At-Least", s.last), &list)
	if len(list.Items) != 1 || list.Items[0].State != "announced" {
		t.Errorf("movements of the plate: %+v", list)
	}
	s.end()
}

// TestCrew: the carrier names who is on the vehicle; border inspection at the port reads it, which is noted; nobody else
// does, and nothing of it stands in the ledger.
func TestCrew(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	s := newStory(t, w, here)
	id, _ := s.announce(s.coal("crew"))
	body := `{"crew":[{"name":"Bat-Erdene","document":"passport","number":"E1234567","nationality":"MN","role":"driver"}]}`
	s.receipt(s.do(identity.Carrier, "POST", "/v1/movements/"+id+"/crew", body, http.StatusAccepted, "Idempotency-Key", "crew"))
	s.receipt(s.do(identity.Carrier, "POST", "/v1/movements/"+id+"/crew", body, http.StatusAccepted, "Idempotency-Key", "crew"))
	r := s.do(identity.BorderInspection, "GET", "/v1/movements/"+id+"/crew", nil, http.StatusOK, "Guomen-At-Least", s.last)
	var crew struct {
		Items []struct{ Name, Number string }
	}
	s.into(r, &crew)
	if s.first == nil && (len(crew.Items) != 1 || crew.Items[0].Name != "Bat-Erdene" || crew.Items[0].Number != "E1234567") {
		t.Errorf("read back: %s", r.body)
	}
	s.doAs(w.token(identity.BorderInspection, there), "GET", "/v1/movements/"+id+"/crew", nil, http.StatusNotFound)
	rows, err := w.platform.engine.Rows(t.Context(), ledgerOf(here), 0, 100, 0)
	if err != nil {
		t.Fatal(err)
	}
	viewed := 0
	for _, row := range rows {
		if bytes.Contains(row.Data, []byte("Bat-Erdene")) || bytes.Contains(row.Data, []byte("E1234567")) {
			t.Errorf("personal data in the ledger: %s", row.Data)
		}
		viewed += bytes.Count(row.Data, []byte("movement.crew_viewed.v1"))
	}
	if viewed != 1 {
		t.Errorf("looked at once, noted %d times", viewed)
	}
	s.end()
}

// TestLookUps: ports with their lanes, the rulebook, and release times as they were.
func TestLookUps(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	s := newStory(t, w, here)
	var ports struct {
		Items []struct{ ID, Site, Mode, Class, Status string }
	}
	s.into(s.do(identity.Trader, "GET", "/v1/ports", nil, http.StatusOK), &ports)
	if !slices.ContainsFunc(ports.Items, func(p struct{ ID, Site, Mode, Class, Status string }) bool {
		return p.ID == "ganqimaodu-road" && p.Site == "ganqimaodu" && p.Mode == "road" && p.Class != "" && p.Status != ""
	}) || len(ports.Items) < 20 {
		t.Errorf("ports: %+v", ports)
	}
	var one struct {
		Lanes []struct{ Lane, Direction, Gate string }
	}
	s.into(s.do(identity.Trader, "GET", "/v1/ports/"+string(here), nil, http.StatusOK), &one)
	for _, name := range []string{".in-freight-01 import entry_gate", ".in-exit-01 import exit_gate", ".out-freight-01 export entry_gate", ".out-exit-01 export exit_gate"} {
		if !slices.ContainsFunc(one.Lanes, func(l struct{ Lane, Direction, Gate string }) bool {
			return l.Lane+" "+l.Direction+" "+l.Gate == string(here)+name
		}) {
			t.Errorf("no lane %s among %+v", name, one.Lanes)
		}
	}
	s.do(identity.Trader, "GET", "/v1/ports/atlantis-road", nil, http.StatusNotFound)
	var rules struct {
		Book  string
		Items []struct{ Name, Citation, Mode string }
	}
	s.into(s.do(identity.Trader, "GET", "/v1/rules", nil, http.StatusOK), &rules)
	if len(rules.Items) < 30 || rules.Book == "" {
		t.Errorf("rules: %+v", rules)
	}

	k := s.coal("statistics")
	id, _ := s.announce(k)
	s.declare(k)
	early := s.coal("statistics") // released before it comes
	other, _ := s.announce(early)
	s.declare(early)
	s.settle(other)
	s.settle(id, port.CustomsRelease)
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	s.settle(id)
	type figures struct {
		Count  int
		Median *float64 `json:"median_seconds"`
	}
	var stats struct {
		Definition string
		Release    figures
		Inspected  figures
		Excluded   int `json:"excluded_for_missing_stamps"`
	}
	s.movement(id) // waits for the board
	s.into(s.do(identity.Customs, "GET", "/v1/statistics/release-times?port="+string(here)+"&direction=import", nil, http.StatusOK), &stats)
	if stats.Release.Count != 1 || stats.Release.Median == nil || stats.Excluded != 1 || stats.Inspected.Median != nil || stats.Definition == "" {
		t.Errorf("one released after it came, one still to come: %+v", stats)
	}
	s.into(s.do(identity.Customs, "GET", "/v1/statistics/release-times", nil, http.StatusOK), &stats) // his own port
	if stats.Release.Count != 1 {
		t.Errorf("his own port: %+v", stats)
	}
	s.into(s.do(identity.Region, "GET", "/v1/statistics/release-times?mode=rail", nil, http.StatusOK), &stats)
	if stats.Release.Count != 0 {
		t.Errorf("by rail: %+v", stats)
	}
	s.decide(s.movement(id).Carries[0].Consignment.String(), port.CustomsRelease, port.ResultHeld, http.StatusAccepted) // taken back
	s.movement(id)
	s.into(s.do(identity.Customs, "GET", "/v1/statistics/release-times", nil, http.StatusOK), &stats)
	if stats.Release.Count != 0 {
		t.Errorf("the release was taken back: %+v", stats)
	}
	s.end()
}

// TestProofs: that a fact stands in a ledger can be checked by anybody with the standard's own arithmetic (RFC 6962) over
// the line that the stream gave.
func TestProofs(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	s := newStory(t, w, here)
	for range 5 {
		s.announce(s.coal("proof"))
	}
	s.noted()
	lines := bytes.Split(w.ask(t, w.token(identity.Region, ""), "GET", "/v1/facts?ledger=port:"+string(here), "").body, []byte("\n"))
	for seq := 1; seq <= len(lines); seq++ {
		var answer struct {
			Checkpoint struct {
				Ledger, Algorithm, Root string
				Size                    uint64
			}
			Seq  uint64
			Path []string
		}
		s.into(s.do(identity.Region, "GET", "/v1/ledgers/port:"+string(here)+"/proof?seq="+strconv.Itoa(seq), nil, http.StatusOK), &answer)
		root, err := hex.DecodeString(answer.Checkpoint.Root)
		if err != nil || answer.Checkpoint.Size != uint64(len(lines)) || answer.Checkpoint.Algorithm != "sha256" || answer.Seq != uint64(seq) {
			t.Fatalf("%v %+v", err, answer)
		}
		path := make([][]byte, len(answer.Path))
		for i := range path {
			if path[i], err = hex.DecodeString(answer.Path[i]); err != nil {
				t.Fatal(err)
			}
		}
		leaf := rfc6962.DefaultHasher.HashLeaf(lines[seq-1])
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(seq-1), answer.Checkpoint.Size, leaf, path, root); err != nil {
			t.Errorf("fact %d: %v", seq, err)
		}
	}
	s.end()
}

// TestSpec: the published schema is one that programs can read.
func TestSpec(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	var spec struct {
		OpenAPI    string `json:"openapi"`
		Components struct{ Schemas map[string]json.RawMessage }
	}
	r := w.ask(t, "", "GET", "/openapi.json", "")
	if err := json.Unmarshal(r.body, &spec); err != nil || !strings.HasPrefix(spec.OpenAPI, "3.1") {
		t.Fatalf("%v %q", err, spec.OpenAPI)
	}
	for _, name := range []string{"manifest.Document", "declaration.Document", "gate.Reading", "gateweb.Decision", "exchangeweb.Accepted", "api.Problem"} {
		if spec.Components.Schemas[name] == nil {
			t.Errorf("no schema of %s", name)
		}
	}
	for rest := r.body; ; { // every reference leads somewhere
		_, after, found := bytes.Cut(rest, []byte(`"$ref":"#/components/schemas/`))
		if !found {
			break
		}
		name, _, _ := bytes.Cut(after, []byte(`"`))
		if spec.Components.Schemas[string(name)] == nil {
			t.Errorf("%s is referred to and not there", name)
		}
		rest = after
	}
	if !bytes.Contains(spec.Components.Schemas["api.Problem"], []byte("problems")) {
		t.Error("a problem without problems")
	}
}
