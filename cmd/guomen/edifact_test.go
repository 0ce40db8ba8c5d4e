package main

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/identity"
)

func interchanges(t *testing.T, name string) (path, data string) {
	t.Helper()
	path = filepath.Join("..", "..", "exchange", "edifact", "testdata", name)
	read, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, string(read)
}

// TestInterchanges sends EDIFACT as a carrier and a trader do, and follows what is answered in their own format.
func TestInterchanges(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	s := newStory(t, w, mirrored)
	to := "/v1/messages?port=" + string(mirrored)
	own := []string{"Accept", "application/EDIFACT"}
	_, report := interchanges(t, "cuscar.edi")
	_, goods := interchanges(t, "cusdec.edi")

	wrong := strings.Replace(report, "UNT+36", "UNT+99", 1)
	r := s.do(identity.Carrier, "POST", to, wrong, http.StatusUnprocessableEntity)
	if p := r.problem(t).Problems; len(p) == 0 || p[0].Rule != "edifact.segment_count" || p[0].Path != "CUSCAR/UNT#36+1:1" || p[0].Line != 38 {
		t.Errorf("a wrong count: %s", r.body)
	}
	r = s.do(identity.Carrier, "POST", to, wrong, http.StatusUnprocessableEntity, own...)
	if !strings.Contains(string(r.body), "UCM+1+CUSCAR:D:95B:UN+4+29+UNT+2:1'") || r.header.Get("Content-Type") != "application/edifact" {
		t.Errorf("answered by %s", r.body)
	}

	r = s.do(identity.Carrier, "POST", to, report, http.StatusAccepted, own...)
	if text := string(r.body); !strings.HasPrefix(text, "UNA:+.? '\nUNB+UNOW:3+GUOMEN:ZZ+DEMOCARRIER:ZZ+") || !strings.Contains(text, "ERC+A::ZZZ'") {
		t.Errorf("answered by %s", text)
	}
	declared := s.receipt(s.do(identity.Trader, "POST", to, goods, http.StatusAccepted))
	r = s.do(identity.Trader, "POST", to, goods, http.StatusUnprocessableEntity, own...) // once is enough
	if text := string(r.body); !strings.Contains(text, "BGM+963'") || !strings.Contains(text, "declaration.reference_open") || !strings.Contains(text, "RFF+ACW:DEMO-LRN-1'") {
		t.Errorf("declared again, answered by %s", text)
	}
	s.do(identity.CustomsSystem, "POST", to, res("08", "DEMO-LRN-1", ""), http.StatusAccepted)
	var answers struct{ Reply string }
	s.into(s.do(identity.Trader, "GET", "/v1/messages/"+declared.Command.String()+"/answers", nil, http.StatusOK), &answers)
	if !strings.Contains(answers.Reply, "BGM+962+"+declared.Command.String()+"'") || !strings.Contains(answers.Reply, "ERC+08::ZZZ'") {
		t.Errorf("what came back: %s", answers.Reply)
	}
	s.end()
}

// TestPersonsAreNotKept: a list of persons is checked and told as what nothing takes; not a byte of it stays, whether it
// could be read or not.
func TestPersonsAreNotKept(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	s := newStory(t, w, here)
	path, list := interchanges(t, "paxlst.edi")
	for name, c := range map[string]struct{ text, rule string }{
		"read":   {list, "passenger.not_taken"},
		"count":  {strings.Replace(list, "CNT+42:2", "CNT+42:3", 1), "passenger.count"},
		"cut":    {list[:len(list)/2], "edifact.truncated"},
		"headed": {strings.Replace(list, "UNB+SIRE:4", "UNB+SIRE:9", 1), "edifact.version"},
	} {
		r := s.do(identity.Carrier, "POST", "/v1/messages?port="+string(here), c.text, http.StatusUnprocessableEntity)
		if p := r.problem(t).Problems; len(p) == 0 || !slices.ContainsFunc(p, func(p errs.Problem) bool { return p.Rule == c.rule }) {
			t.Errorf("%s: %s", name, r.body)
		}
		if strings.Contains(string(r.body), "1956") || strings.Contains(string(r.body), "E0000001") {
			t.Errorf("%s: the refusal repeats personal data: %s", name, r.body)
		}
	}
	number, _ := w.platform.engine.Number(ledgerOf(here))
	if rows, err := w.platform.store.Receipts(t.Context(), number, 0, 10); err != nil || len(rows) > 0 {
		t.Errorf("%d receipts, %v", len(rows), err)
	}
	s.end()

	lines, _ := ran(t, 0, "check", path)
	if one := lineShape(t, lines)[0]; one["outcome"] != "accepted" || one["kind"] != string(exchange.KindPassengers) || one["format"] != "edifact" {
		t.Errorf("%v", one)
	}
	lines, _ = ran(t, 1, "submit", "--server", w.server.URL, "--token", w.token(identity.Carrier, here), "--port", string(here), path)
	if one := lineShape(t, lines)[0]; one["outcome"] != "unsupported" || !slices.Equal(rulesOf(one), []string{"passenger.not_taken"}) {
		t.Errorf("%v", one)
	}
}
