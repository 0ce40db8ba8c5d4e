package registryweb

import (
	"context"
	"errors"
	"math"
	"net/http"
	"os"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/internal/web/webtest"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/registry"
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
	webtest.Areas(t, "map.", "portpage.")
}

func TestPages(t *testing.T) {
	mux := mount(t, newFake())
	documents := webtest.Pages(t, mux, http.StatusOK, "/", "/?mode=rail&class=hub", "/?now=unknown", "/?mode=sea", "/ports/ganqimaodu-road", "/ports/hailar-air")
	webtest.Pages(t, mux, http.StatusNotFound, "/ports/nowhere-road", "/ports/%3Cscript%3E")
	for path, want := range map[string]int{"/": 20, "/?mode=rail&class=hub": 2, "/?now=unknown": 2, "/?mode=sea": 20} {
		if got := count(documents[path], "tr", "row-"); got != want {
			t.Errorf("%s: %d rows, want %d", path, got, want)
		}
		if got := count(documents[path], "svg", "site-"); got != 16 {
			t.Errorf("%s: %d places, want 16", path, got)
		}
	}
	row := webtest.Text(webtest.ByID(documents["/"], "row-wuliji-road"))
	if !strings.Contains(row, "未知") || !strings.Contains(row, "—") {
		t.Errorf("an unknown queue is shown as %q", row)
	}
}

// empty is a region of which nothing is known yet.
type empty struct{ fail error }

func (e empty) Region(context.Context, *web.Viewer) (Region, error) { return Region{}, e.fail }
func (e empty) Port(context.Context, *web.Viewer, port.PortID) (PortPage, error) {
	return PortPage{Line: Line{ID: "shiwei-road"}, Names: web.Plain("-")}, e.fail
}
func (empty) Changed(context.Context, port.PortID) <-chan struct{} { return nil }

func TestEmpty(t *testing.T) {
	webtest.Pages(t, mount(t, empty{}), http.StatusOK, "/", "/ports/shiwei-road")
	webtest.Pages(t, mount(t, empty{errors.New("disk")}), http.StatusInternalServerError, "/", "/ports/shiwei-road")
}

// TestFragments draws what the streams send, and looks for its place in the page.
func TestFragments(t *testing.T) {
	mux := http.NewServeMux()
	shell := webtest.Shell(t, mux)
	f := newFake()
	if err := Mount(mux, shell, f); err != nil {
		t.Fatal(err)
	}
	c, err := newChart(shell)
	if err != nil {
		t.Fatal(err)
	}
	h := &handler{source: f, chart: c}
	for path, fragments := range map[string]func(*web.Request) ([]web.Fragment, error){"/?mode=road": h.mapFragments, "/ports/ganqimaodu-road": h.portFragments} {
		document, err := html.Parse(strings.NewReader(webtest.Get(mux, path, text.English).Body.String()))
		if err != nil {
			t.Fatal(err)
		}
		r := webtest.Request(shell, path, text.English)
		r.SetPathValue("port", "ganqimaodu-road")
		parts, err := fragments(r)
		if err != nil || len(parts) == 0 {
			t.Fatal(parts, err)
		}
		for _, part := range parts {
			if webtest.ByID(document, part.ID) == nil {
				t.Errorf("%s has no element %q", path, part.ID)
			}
			if drawn, err := shell.Fragment(r, part); err != nil || !strings.Contains(string(drawn), `id="`+part.ID+`"`) {
				t.Errorf("%s: fragment %s: %v %.80s", path, part.ID, err, drawn)
			}
		}
	}
}

func count(document *html.Node, name, prefix string) int {
	n := 0
	for node := range document.Descendants() {
		if node.Data == name && strings.HasPrefix(webtest.Attribute(node, "id"), prefix) {
			n++
		}
	}
	return n
}

func TestProjection(t *testing.T) {
	if x, y := ours.point(111.5, 45); math.Abs(x) > 1e-9 || math.Abs(y) > 1e-9 {
		t.Errorf("the origin is at %g, %g", x, y)
	}
	// A degree of latitude is 111.2 km; the projection keeps areas, so near its parallels it keeps lengths too.
	_, north := ours.point(111.5, 46)
	if math.Abs(north+111.2) > 1 {
		t.Errorf("a degree north is %g", north)
	}
	x, _ := ours.point(112.5, 40)
	origin, _ := ours.point(111.5, 40)
	if want := 111.2 * math.Cos(40*math.Pi/180); math.Abs(x-origin-want) > 0.5 {
		t.Errorf("a degree east on a standard parallel is %g, want %g", x-origin, want)
	}
}

// TestOutline compares the front-end build's projection with ours, where it has been built.
func TestOutline(t *testing.T) {
	mux := http.NewServeMux()
	o, err := loadOutline(webtest.Shell(t, mux))
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Leagues) == 0 {
		t.Skip("the front end has not been built")
	}
	if o.Projection != ours {
		t.Errorf("map.json has projection %+v, want %+v", o.Projection, ours)
	}
	if len(o.Leagues) != 12 {
		t.Errorf("%d leagues, want 12", len(o.Leagues))
	}
	catalogue := webtest.Catalogue(t)
	for _, l := range o.Leagues {
		for _, language := range text.Languages {
			if !catalogue.Has(language, "map.league."+l.ID) {
				t.Errorf("%s has no name for the league %s", language, l.ID)
			}
		}
		if l.ID == "hohhot" {
			if x, y := ours.point(111.67, 40.82); !l.contains(x, y) {
				t.Errorf("Hohhot is not in Hohhot")
			}
		}
	}
	x, y := ours.point(107.58, 42.42) // Ganqimaodu: Mongolia lies north
	if angle := o.outwards(x, y); angle < -150 || angle > -30 {
		t.Errorf("outwards from Ganqimaodu is %g degrees", angle)
	}
}

// TestPlace looks at all labels of the map in both languages, with and without an outline.
func TestPlace(t *testing.T) {
	mux := http.NewServeMux()
	shell := webtest.Shell(t, mux)
	built, err := newChart(shell)
	if err != nil {
		t.Fatal(err)
	}
	plain := &chart{outline: outline{Projection: ours}, placed: map[string][]box{}, outward: map[[2]float64]float64{}}
	for name, c := range map[string]*chart{"with outline": built, "without": plain} {
		for _, language := range text.Languages {
			drawing := c.draw(newFake().region, Filter{}, web.FormatFor(webtest.Catalogue(t), language))
			frame := box{x: float64(drawing.Left) + float64(drawing.Width)/2, y: float64(drawing.Top) + float64(drawing.Height)/2, w: float64(drawing.Width) + 2, h: float64(drawing.Height) + 2}
			var boxes []box
			for _, s := range drawing.Sites {
				l := s.Label
				boxes = append(boxes, box{x: s.X + l.X + l.W/2, y: s.Y + l.Y + l.H/2, w: l.W, h: l.H})
			}
			for i, b := range boxes {
				id := drawing.Sites[i].ID
				if b.left() < frame.left() || b.right() > frame.right() || b.top() < frame.top() || b.bottom() > frame.bottom() {
					t.Errorf("%s, %s: the label of %s leaves the map", name, language, id)
				}
				for j, other := range drawing.Sites {
					if j != i && b.overlap(boxes[j], 0) > 0 {
						t.Errorf("%s, %s: the labels of %s and %s overlap", name, language, id, other.ID)
					}
					if b.overlap(box{other.X, other.Y, 8, 8}, 0) > 0 {
						t.Errorf("%s, %s: the label of %s covers %s", name, language, id, other.ID)
					}
				}
			}
		}
	}
}

func TestBars(t *testing.T) {
	for highest, want := range map[int64]int64{0: 1, 3: 1, 4: 1, 5: 2, 20: 5, 21: 10, 157: 50, 1600: 500} {
		if got := niceStep(highest); got != want {
			t.Errorf("step for %d: got %d, want %d", highest, got, want)
		}
	}
	hours := make([]Hour, 24)
	hours[3] = Hour{In: web.Some(int64(10)), Out: web.Some(int64(0))}
	b := barsOf(hours, 600, 240)
	if len(b.Bars) != 2 || b.Bars[0].H <= 0 || b.Bars[1].H != 0 || b.Bars[0].Y+b.Bars[0].H > b.Bottom+0.2 {
		t.Errorf("got %+v", b.Bars)
	}
	if got := barsOf(nil, 600, 240); len(got.Bars) != 0 || len(got.Ticks) == 0 {
		t.Errorf("nothing known: %+v", got)
	}
}

func TestFilter(t *testing.T) {
	f := Filter{Mode: port.Road, Now: NowOpen}
	if got, want := f.query(), "?mode=road&now=open"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if f.takes(Line{ID: "a-rail", Now: NowOpen}) || !f.takes(Line{ID: "a-road", Now: NowOpen}) || !(Filter{}).takes(Line{}) {
		t.Error("the filter takes the wrong ports")
	}
}

func BenchmarkMap(b *testing.B) {
	mux := mount(b, newFake())
	for b.Loop() {
		webtest.Get(mux, "/", text.Chinese)
	}
}

// TestNotFollowed: a port whose crossings nobody tells has its file and a word on why, and none of the figures.
func TestNotFollowed(t *testing.T) {
	mux := mount(t, empty{})
	document := webtest.Pages(t, mux, http.StatusOK, "/ports/shiwei-road")["/ports/shiwei-road"]
	if said := webtest.Text(document); !strings.Contains(said, "尚未接入") || webtest.ByID(document, "port-figures") != nil || webtest.ByID(document, "port-latest") != nil {
		t.Errorf("got %.300s", said)
	}
}

// TestSince: a day that is known only roughly is told in words.
func TestSince(t *testing.T) {
	for from, want := range map[registry.Date]string{
		"": "", "2016": "2016", "2025-09-17": "2025-09-17", "[..2020-12-31]": "不晚于 2020-12-31", "[2021-10-31..]": "不早于 2021-10-31",
		"[2021-10-31..2023-08-24]": "2021-10-31 至 2023-08-24 之间",
	} {
		if got := web.FormatFor(webtest.Catalogue(t), text.Chinese).Words(Provenance{From: from}.Since()); got != want {
			t.Errorf("%q: got %q, want %q", from, got, want)
		}
	}
}

// TestGroundNames: no name of the ground stands under a place's mark or label, and most names are shown.
func TestGroundNames(t *testing.T) {
	sites := []SiteMark{{X: 0, Y: 0}}
	labels := []box{{100, 0, 80, 30}}
	for _, c := range []struct {
		name box
		want bool
	}{
		{box{0, 5, 60, 22}, true}, {box{100, 10, 60, 22}, true}, {box{40, 0, 10, 22}, true}, {box{0, 80, 60, 22}, false}, {box{-80, 0, 60, 22}, false},
	} {
		if got := covered(c.name, sites, labels); got != c.want {
			t.Errorf("%+v: got %v", c.name, got)
		}
	}
}
