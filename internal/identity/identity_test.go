package identity

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

func TestTableCheck(t *testing.T) {
	for _, c := range []struct {
		name  string
		table Table
		good  bool
	}{
		{"a route and a folder", Table{"GET /v1/x": For(Trader), "/": Open}, true},
		{"nobody", Table{"GET /v1/x": {}}, false},
		{"a role that does not exist", Table{"GET /v1/x": For("king")}, false},
		{"the public among roles", Table{"GET /v1/x": For(Public)}, false},
		{"no path", Table{"GET": Open}, false},
		{"a method in small letters", Table{"get /v1/x": Open}, false},
	} {
		if err := c.table.Check(); (err == nil) != c.good {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for _, role := range Roles() {
		if !Anyone().May(role) || !Open.May(role) || !role.Valid() {
			t.Errorf("%s is left out of everybody", role)
		}
	}
	if Anyone().May(Public) || !Open.May(Public) || Public.Valid() {
		t.Error("the public is taken for somebody")
	}
}

// TestGuard: a route that the table forgot answers nobody, and what is asked for is never served before the table has
// been asked.
func TestGuard(t *testing.T) {
	mux := http.NewServeMux()
	served := 0
	for _, pattern := range []string{"GET /open", "GET /traders", "GET /forgotten"} {
		mux.HandleFunc(pattern, func(http.ResponseWriter, *http.Request) { served++ })
	}
	guard := Guard{
		Table: Table{"GET /open": Open, "GET /traders": For(Trader)},
		Sign: func(r *http.Request) (Principal, error) {
			switch role := Role(r.Header.Get("Role")); role {
			case "broken":
				return Anonymous, errs.New(errs.Unavailable, "", "no tokens")
			case "":
				return Anonymous, nil
			default:
				return Principal{Role: role}, nil
			}
		},
		Fail: func(w http.ResponseWriter, _ *http.Request, err error) { w.WriteHeader(errs.KindOf(err).Status()) },
	}
	for _, c := range []struct {
		method, path string
		role         Role
		want         int
	}{
		{"GET", "/open", "", 200}, {"HEAD", "/open", "", 200}, {"GET", "/open", Trader, 200}, {"GET", "/traders", Trader, 200}, {"HEAD", "/traders", Trader, 200},
		{"GET", "/traders", "", 401}, {"GET", "/traders", Carrier, 403}, {"GET", "/traders", "broken", 503}, {"GET", "/open", "broken", 503},
		{"GET", "/forgotten", "", 500}, {"GET", "/forgotten", Administrator, 500}, {"GET", "/nowhere", Trader, 404}, {"POST", "/traders", Trader, 405},
		{"GET", "//traders", Carrier, 403}, {"GET", "/x/../traders", Carrier, 403},
	} {
		served = 0
		r := httptest.NewRequest(c.method, c.path, nil)
		r.Header.Set("Role", string(c.role))
		w := httptest.NewRecorder()
		guard.Wrap(mux).ServeHTTP(w, r)
		if w.Code != c.want && !(w.Code >= 300 && w.Code < 400 && served == 0) || (served > 0) != (c.want == 200) {
			t.Errorf("%s %s as %q: %d, want %d; served %d times", c.method, c.path, c.role, w.Code, c.want, served)
		}
	}
}

func TestBearer(t *testing.T) {
	for header, want := range map[string]string{
		"Bearer abc": "abc", "bearer abc": "abc", "BEARER  abc ": "abc", "Basic abc": "", "abc": "", "": "", "Bearer": "", "Bearer ": "",
	} {
		if got := Bearer(header); got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
}

func TestDirectory(t *testing.T) {
	d := NewDirectory()
	if !d.Empty() {
		t.Error("a new directory knows somebody")
	}
	one, two := NewToken(), NewToken()
	if one == two || !strings.HasPrefix(one, "gm_") || HashToken(one) == HashToken(two) || strings.Contains(HashToken(one), one) {
		t.Errorf("tokens %q %q", one, two)
	}
	first, second := port.NewID(1, 1, 1), port.NewID(2, 1, 1)
	d.Apply([]ledger.Fact{{Body: TokenIssued{Token: first, Hash: HashToken(one), Organisation: "o", Role: Customs, Person: "p", Port: "x-road"}}})
	found, ok := d.Find(one)
	if !ok || found != (Principal{"o", Customs, "p", "x-road", first}) || d.Empty() || !d.Good(found) {
		t.Errorf("found %+v %v", found, ok)
	}
	for _, text := range []string{two, "", HashToken(one), one + " ", strings.Repeat("x", maxToken+1)} {
		if p, ok := d.Find(text); ok || p != Anonymous {
			t.Errorf("%.20q is known as %+v", text, p)
		}
	}
	three := NewToken()
	d.Apply([]ledger.Fact{{Body: TokenIssued{Token: second, Hash: HashToken(three), Organisation: "q", Role: Trader}}})
	if list := d.List(); len(list) != 2 || list[0].Token != first || list[1].Token != second {
		t.Errorf("listed %+v", list)
	}
	if issued, ok := d.Issued(second); !ok || issued.Organisation != "q" {
		t.Errorf("by its id: %+v %v", issued, ok)
	}
	d.Apply([]ledger.Fact{{Body: TokenRevoked{Token: first, Hash: HashToken(one)}}})
	if _, ok := d.Find(one); ok || d.Good(found) {
		t.Error("a revoked token is good")
	}
	if _, ok := d.Issued(first); ok || len(d.List()) != 1 {
		t.Errorf("a revoked token is listed: %+v", d.List())
	}
	if other, ok := d.Find(three); !ok || !d.Good(other) || !d.Good(Principal{Role: Region}) {
		t.Error("another is good no more")
	}
}

func TestPrincipal(t *testing.T) {
	const here, there port.PortID = "a-road", "b-road"
	for _, c := range []struct {
		p          Principal
		acts, sees bool // at there
	}{
		{Principal{Role: Trader}, true, false}, {Principal{Role: Carrier, Port: there}, true, false}, {Principal{Role: Customs, Port: here}, false, false},
		{Principal{Role: Customs, Port: there}, true, true}, {Principal{Role: Device, Port: here}, false, false}, {Principal{Role: CustomsSystem}, true, true},
		{Principal{Role: Region}, true, true}, {Principal{Role: Administrator}, true, true}, {Anonymous, true, false},
	} {
		if c.p.ActsAt(there) != c.acts || c.p.SeesAll(there) != c.sees {
			t.Errorf("%+v: acts %v, sees %v", c.p, c.p.ActsAt(there), c.p.SeesAll(there))
		}
	}
	functions := map[port.Function]Role{}
	for _, role := range Roles() {
		for _, f := range role.Functions() {
			if other, twice := functions[f]; twice {
				t.Errorf("%s belongs to %s and %s", f, other, role)
			}
			functions[f] = role
		}
	}
}
