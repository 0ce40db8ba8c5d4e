package movementweb

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/internal/web/webtest"
	"github.com/guomen/guomen/port"
)

func mount(t testing.TB, source Source) *http.ServeMux {
	mux := http.NewServeMux()
	if err := Mount(mux, webtest.Shell(t, mux), source); err != nil {
		t.Fatal(err)
	}
	return mux
}

func TestTemplates(t *testing.T) {
	webtest.Templates(t, os.DirFS("."))
	webtest.Areas(t, "movement.", "word.", "fact.")
}

// TestPages draws the movement as it is, as it begins, as it ends, and where almost nothing is known.
func TestPages(t *testing.T) {
	full := newFake()
	path := "/movements/" + full.page.ID.String()
	document := webtest.Pages(t, mount(t, full), http.StatusOK, path, "/search", "/search?q=x", "/search?q=none", "/search?q=%21", "/search?q="+strings.Repeat("9", 300))[path]
	said := webtest.Text(document)
	for _, want := range []string{"2714 УНЕ", "不能抬杆，还缺 4 项", "现在该谁办", "须先完成", "无记录", "port:ganqimaodu-road:1204377", "以外部系统回执为准", "国境卫生检疫法第十七条"} {
		if !strings.Contains(said, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	over := newFake()
	over.page.State, over.page.MayOverride, over.page.Pass, over.page.Overruled = "left", false, nil, nil
	free := newFake()
	free.page.Reasons = nil
	bare := newFake()
	bare.page = Page{ID: full.page.ID, Port: "shiwei-road", State: "appeared", Plate: "AGV 07"}
	for name, f := range map[string]*fake{"over": over, "bare": bare} {
		document := webtest.Pages(t, mount(t, f), http.StatusOK, path)[path]
		if webtest.ByID(document, "override") != nil {
			t.Errorf("%s: has a form that nobody may send", name)
		}
	}
	webtest.Pages(t, mount(t, free), http.StatusOK, path)
	webtest.Pages(t, mount(t, full), http.StatusNotFound, "/movements/x", "/movements/"+fakeID(99).String())
}

func TestSearchOneHit(t *testing.T) {
	f := newFake()
	w := webtest.Get(mount(t, f), "/search?q=2714+УНЕ", text.Chinese)
	if want := "/movements/" + f.page.ID.String(); w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
		t.Errorf("got %d %q, want %q", w.Code, w.Header().Get("Location"), want)
	}
}

func TestOverride(t *testing.T) {
	f := newFake()
	mux := mount(t, f)
	path := "/movements/" + f.page.ID.String()
	send := func(form url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", path+"/override", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Authorization", "Bearer "+webtest.Token)
		r.Header.Set("Accept", "text/html")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w
	}
	w := send(url.Values{"note": {"随手写的说明"}})
	if w.Code != 422 || len(f.overrides) != 0 {
		t.Errorf("without a reason: %d, %d carried out", w.Code, len(f.overrides))
	}
	webtest.Check(t, "form again", w.Body.String(), text.Chinese)
	for _, want := range []string{"请写明理由。", "请选择处置方式。", "随手写的说明"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the form does not say %q", want)
		}
	}
	w = send(url.Values{"decision": {"stop"}, "reason": {"document_missing"}, "note": {" x "}, "key": {"k1"}})
	want := Override{Movement: f.page.ID, Decision: "stop", Reason: "document_missing", Note: "x", Key: "k1"}
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), path+"?done=override") || len(f.overrides) != 1 || f.overrides[0] != want {
		t.Errorf("got %d %q %+v", w.Code, w.Header().Get("Location"), f.overrides)
	}
	f.fail = errs.New(errs.Denied, "", "not an officer")
	if w = send(url.Values{"decision": {"stop"}, "reason": {"x"}}); w.Code != http.StatusForbidden {
		t.Errorf("denied: %d", w.Code)
	}
}

func TestFragments(t *testing.T) {
	mux := http.NewServeMux()
	shell := webtest.Shell(t, mux)
	f := newFake()
	if err := Mount(mux, shell, f); err != nil {
		t.Fatal(err)
	}
	path := "/movements/" + f.page.ID.String()
	document, err := html.Parse(strings.NewReader(webtest.Get(mux, path, text.English).Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	r := webtest.Request(shell, path, text.English)
	r.SetPathValue("movement", f.page.ID.String())
	parts, err := (&handler{source: f}).fragments(r)
	if err != nil || len(parts) == 0 {
		t.Fatal(parts, err)
	}
	for _, part := range parts {
		if webtest.ByID(document, part.ID) == nil {
			t.Errorf("the page has no element %q", part.ID)
		}
		if drawn, err := shell.Fragment(r, part); err != nil || !strings.Contains(string(drawn), `id="`+part.ID+`"`) {
			t.Errorf("fragment %s: %v %.80s", part.ID, err, drawn)
		}
	}
}

func TestBar(t *testing.T) {
	page := newFake().page
	bar := page.Bar()
	if !bar.Running || bar.Total != 150*port.Minute || bar.From != ago(150) || bar.To != fakeNow {
		t.Errorf("got %+v", bar)
	}
	for i, s := range bar.Segments {
		if s.W <= 0 || s.X < 0 || s.X+s.W > barWidth {
			t.Errorf("segment %d: %+v", i, s)
		}
	}
	for i := 1; i < len(bar.Marks); i++ {
		if bar.Marks[i].X < bar.Marks[i-1].X {
			t.Errorf("marks are out of order: %+v", bar.Marks)
		}
	}
	page.State = "left"
	if bar := page.Bar(); bar.Running || bar.To != ago(52) {
		t.Errorf("after the end: %+v", bar)
	}
	if bar := (Page{Clock: []Stamp{{Name: "queued"}}}).Bar(); bar.Total != 0 || len(bar.Marks) != 0 {
		t.Errorf("without a stamp: %+v", bar)
	}
}

func TestSteps(t *testing.T) {
	steps := newFake().page.Steps()
	want := map[string]port.Duration{"queued": -1, "called": 38 * port.Minute, "left_neighbour": -1, "entry_gate": 20 * port.Minute, "border_clear": -1}
	for _, s := range steps[:5] {
		if s.Since != want[s.Name] {
			t.Errorf("%s: got %d, want %d", s.Name, s.Since, want[s.Name])
		}
	}
}

func TestActing(t *testing.T) {
	var got []port.Function
	for _, a := range newFake().page.Acting() {
		got = append(got, a.Function)
	}
	// The hold comes first; release by customs waits for the inspection and is nobody's work yet.
	want := []port.Function{port.FunctionCustomsQuarantine, port.FunctionCustomsInspection, port.FunctionBorderInspection, port.FunctionTrader}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

// TestActingForDeclaration: where customs waits for a declaration it is the trader, not nobody.
func TestActingForDeclaration(t *testing.T) {
	line := func(kind port.RequirementKind, function port.Function, state port.RequirementState, blocked ...port.RequirementKind) Line {
		return Line{Kind: kind, Function: function, State: state, BlockedBy: blocked}
	}
	page := Page{Checklist: []Line{
		line("crew_cleared", port.FunctionBorderInspection, port.StateMet),
		line("customs_release", port.FunctionCustomsSupervision, port.StateOpen, "declaration"),
		line("inspection", port.FunctionCustomsInspection, port.StateOpen, "arrival"),
		line("quarantine_cleared", port.FunctionCustomsQuarantine, port.StateHeld),
	}}
	want := []Actor{
		{Function: port.FunctionCustomsQuarantine, Kinds: []port.RequirementKind{"quarantine_cleared"}, Held: true},
		{Function: port.FunctionTrader, Kinds: []port.RequirementKind{"declaration"}},
	}
	if diff := cmp.Diff(want, page.Acting()); diff != "" {
		t.Error(diff)
	}
}
