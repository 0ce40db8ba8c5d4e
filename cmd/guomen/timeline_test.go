package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/simulator"
)

// TestToldFacts: a timeline says what a fact says, in words; of a body that the reader may not see it says nothing.
func TestToldFacts(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	format := web.FormatFor(w.platform.catalogue, text.Chinese)
	for _, c := range []struct {
		name, body, want string
		mass             port.Kilograms
	}{
		{"requirement.decided.v1", `{"kind":"customs_release","result":"inspect","reason":"","note":"开箱"}`, "海关放行 · 需查验 · 开箱", 0},
		{"requirement.decided.v1", `{"kind":"customs_release","result":"met","advisory":true}`, "海关放行 · 符合 · 仅供参考，以外部系统为准", 0},
		{"gate.decided.v1", `{"gate":"exit_gate","lane":"ganqimaodu-road.in-exit-01","decision":"hold","reasons":[{"code":"open","kind":"customs_release"}]}`, "出区卡口 · 待人工 · 海关放行 · 尚未办结 · in-exit-01 通道", 0},
		{"gate.decided.v1", `{"gate":"entry_gate","decision":"hold","reasons":[{"code":"container_differs","args":["CSQU3054383"]}]}`, "入区卡口 · 待人工 · 箱号与舱单不符：CSQU3054383", 0},
		{"movement.passed.v1", `{"gate":"entry_gate","lane":"ganqimaodu-road.in-freight-02","mass":49540}`, "入区卡口 · in-freight-02 通道", 49540 * port.Kilogram},
		{"movement.overridden.v1", `{"decision":"stop","reason":"suspicion","note":"x","officer":"巴特尔"}`, "拦停 · 发现疑点 · x · 巴特尔", 0},
		{"pass.issued.v1", `{"gate":"exit_gate","plate":"0001ДЕМ"}`, "出区卡口", 0},
		{"cargo.consigned.v1", `{"waybill":"W1","goods":"炼焦煤","gross_mass":90000,"on_movement":32040}`, "W1 · 炼焦煤", 32040 * port.Kilogram},
		{"manifest.lodged.v1", `{"document":{"batch":"2026112200001"}}`, "2026112200001", 0},
		{"declaration.answered.v1", `{"result":"met","number":"070220261000012345"}`, "符合 · 070220261000012345", 0},
		{"declaration.lodged.v1", `null`, "", 0},
		{"declaration.lodged.v1", ``, "", 0},
	} {
		said, mass := movements{w.site}.told(c.name, json.RawMessage(c.body))
		var parts []string
		for _, one := range said {
			parts = append(parts, format.Words(one))
		}
		if got := strings.Join(parts, " · "); got != c.want || mass.Value != c.mass || mass.Known != (c.mass > 0) {
			t.Errorf("%s %s: got %q %v, want %q %d", c.name, c.body, got, mass, c.want, c.mass)
		}
	}
}

// TestTimelineInWords: every fact that crossings make has a name and its own words on the page of its movement, and no
// name on the wire stands in the open there.
func TestTimelineInWords(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	for _, c := range crossings {
		s := newStory(t, w, c.at)
		c.tell(s)
		s.end()
	}
	rows, err := w.platform.board.Newest(t.Context(), "", 200)
	if err != nil || len(rows) == 0 {
		t.Fatal(len(rows), err)
	}
	kinds := map[string]bool{}
	for _, row := range rows {
		ctx := identity.With(t.Context(), identity.Principal{Organisation: "region-inner-mongolia", Role: identity.Region})
		id, _ := port.ParseID(row.ID)
		page, err := movements{w.site}.Movement(ctx, nil, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page.Facts {
			kinds[f.Name] = true
			if !w.platform.catalogue.Has(text.Chinese, "fact."+f.Name) || !w.platform.catalogue.Has(text.English, "fact."+f.Name) {
				t.Errorf("%s has no name for people", f.Name)
			}
			if f.Name != "declaration.closed.v1" && len(f.Said) == 0 && !f.Mass.Known {
				t.Errorf("%s says nothing: %s", f.Name, f.Raw)
			}
			for _, one := range f.Said {
				if one.Key != "" && !w.platform.catalogue.Has(text.English, one.Key) {
					t.Errorf("%s: no text %q", f.Name, one.Key)
				}
			}
			if f.Actor.IsZero() {
				t.Errorf("%s of nobody", f.Name)
			}
		}
		answer := w.ask(t, w.token(identity.Region, ""), http.MethodGet, "/movements/"+row.ID, "")
		document, err := html.Parse(strings.NewReader(string(answer.body)))
		if answer.status != http.StatusOK || err != nil {
			t.Fatal(answer.status, err)
		}
		open := openText(document)
		for _, f := range page.Facts {
			if strings.Contains(open, f.Name) {
				t.Errorf("%s stands in the open on the page of %s", f.Name, row.Plate)
			}
		}
	}
	for _, name := range []string{"manifest.lodged.v1", "requirement.decided.v1", "gate.decided.v1", "pass.issued.v1", "movement.passed.v1", "movement.overridden.v1", "cargo.taken_out.v1", "declaration.lodged.v1"} {
		if !kinds[name] {
			t.Errorf("no crossing made a %s", name)
		}
	}
}

// openText is the text of a page that a reader sees who unfolds nothing.
func openText(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if n.Data == "details" && c.Data != "summary" {
			continue
		}
		b.WriteString(openText(c))
	}
	return b.String()
}

// TestDemoNote: what the demonstration says of itself is what its traffic is made with.
func TestDemoNote(t *testing.T) {
	rates := simulator.DefaultRates()
	catalogue, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range text.Languages {
		said := web.FormatFor(catalogue, language).Words(demoNote(60))
		for _, share := range []float64{rates.Inspected.Value, rates.Held.Value, rates.WeightOff.Value, rates.NoShow.Value, rates.Unannounced.Value} {
			if share <= 0 || !strings.Contains(said, fmt.Sprintf("%g%%", share*100)) {
				t.Errorf("%s: %v is not said in %q", language, share, said)
			}
		}
		if !strings.Contains(said, "60") || strings.Contains(said, "{") {
			t.Errorf("%s: got %q", language, said)
		}
		if quiet := web.FormatFor(catalogue, language).Words(demoNote(0)); quiet == said || strings.Contains(quiet, "%") {
			t.Errorf("%s: without traffic it says %q", language, quiet)
		}
	}
}
