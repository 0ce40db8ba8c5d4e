package exchangeweb

import (
	"slices"
	"strings"
	"testing"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/exchange/native"
	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/registry"
)

// sayings is a law that says of every document the same.
type sayings []errs.Problem

func (s sayings) Declaration(port.PortID, *declaration.Document, port.Time) ([]errs.Problem, port.Judged) {
	return slices.Clone(s), port.Judged{}
}

func (s sayings) Manifest(_ port.PortID, d *manifest.Document, _ port.Time) ([]errs.Problem, port.Judged, []port.Judged) {
	return slices.Clone(s), port.Judged{}, make([]port.Judged, len(d.Waybills))
}

func testIntake(t *testing.T, law Law) *Intake {
	t.Helper()
	state, err := registry.Planned()
	if err != nil {
		t.Fatal(err)
	}
	return &Intake{
		Law: law, Registry: func() *registry.State { return state }, Formats: exchange.Formats{native.Format()}, Kinds: gate.NewKinds(),
		Clock: func() port.Time { return 1_790_000_000_000_000 },
	}
}

// TestOnce: where the law speaks of a place the plain check is silent there, unless it knows something graver.
func TestOnce(t *testing.T) {
	at := func(path, rule string, severity errs.Severity) errs.Problem {
		return errs.Problem{Path: path, Rule: rule, Severity: severity}
	}
	for _, c := range []struct {
		name         string
		checked, law []errs.Problem
		want         string
	}{
		{"nothing", nil, nil, ""},
		{"the law alone", nil, []errs.Problem{at("a", "law", errs.Error)}, "law"},
		{"the check alone", []errs.Problem{at("a", "check", errs.Error)}, nil, "check"},
		{"the same place", []errs.Problem{at("a", "check", errs.Error)}, []errs.Problem{at("a", "law", errs.Error)}, "law"},
		{"another place", []errs.Problem{at("a", "check", errs.Error)}, []errs.Problem{at("a.b", "law", errs.Error)}, "check law"},
		{"a warning gives way", []errs.Problem{at("a", "check", errs.Warning)}, []errs.Problem{at("a", "law", errs.Warning)}, "law"},
		{"an error does not give way to a warning", []errs.Problem{at("a", "check", errs.Error)}, []errs.Problem{at("a", "law", errs.Warning)}, "check law"},
		{"two of the law", []errs.Problem{at("a", "check", errs.Error)}, []errs.Problem{at("a", "law", errs.Error), at("a", "law2", errs.Error)}, "law law2"},
	} {
		var rules []string
		for _, p := range once(c.checked, c.law) {
			rules = append(rules, p.Rule)
		}
		if got := strings.Join(rules, " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestPortOf: the port that is named, else the customs office's, else the sender's own.
func TestPortOf(t *testing.T) {
	in := testIntake(t, sayings{})
	office, want := port.CustomsOffice(""), port.PortID("")
	for _, mapped := range in.Registry().Offices() {
		if mapped.Port.Mode() == port.Road {
			office, want = mapped.Office, mapped.Port
		}
	}
	if office == "" {
		t.Skip("no office is mapped to a road port")
	}
	document := func(office port.CustomsOffice) string {
		return `{"direction":"import","reference":"R","office":"` + string(office) + `","items":[{"number":1,"description":"x"}]}`
	}
	for _, c := range []struct {
		name string
		sent Sent
		want port.PortID
	}{
		{"named", Sent{Data: []byte(document(office)), Port: "ceke-road"}, "ceke-road"},
		{"by its office", Sent{Data: []byte(document(office))}, want},
		{"the sender's", Sent{Data: []byte(document("9998")), By: identity.Principal{Port: "mandula-road"}}, "mandula-road"},
		{"nobody's", Sent{Data: []byte(document("9998"))}, ""},
		{"named wrongly", Sent{Data: []byte(document(office)), Port: "atlantis-road"}, ""},
	} {
		r, do, err := in.Judge(c.sent)
		if r.Port != c.want || (err == nil) != (c.want != "") || (do != nil) != (c.want != "") {
			t.Errorf("%s: %q, %v, %v", c.name, r.Port, do, err)
		}
	}
}

// TestMayLodge: what a role may send depends on what the document turns out to be.
func TestMayLodge(t *testing.T) {
	in := testIntake(t, sayings{})
	for _, c := range []struct {
		role identity.Role
		kind exchange.Kind
		own  port.PortID
		may  bool
	}{
		{identity.Trader, exchange.KindDeclaration, "", true}, {identity.Trader, exchange.KindManifest, "", true}, {identity.Trader, exchange.KindResponse, "", false},
		{identity.Broker, exchange.KindDeclaration, "", true}, {identity.Carrier, exchange.KindManifest, "", true}, {identity.Carrier, exchange.KindDeclaration, "", false},
		{identity.CustomsSystem, exchange.KindResponse, "", true}, {identity.CustomsSystem, exchange.KindDeclaration, "", false}, {identity.CustomsSystem, exchange.KindManifest, "", false},
		{identity.Trader, exchange.KindDeclaration, "ceke-road", false}, {identity.Trader, exchange.KindDeclaration, "mandula-road", true},
	} {
		err := in.mayLodge(identity.Principal{Role: c.role, Port: c.own}, c.kind, "mandula-road")
		if (err == nil) != c.may || err != nil && errs.KindOf(err) != errs.Denied {
			t.Errorf("a %s by %s of %q: %v", c.kind, c.role, c.own, err)
		}
	}
}

// TestJudgePlaces: the law's problems come with the place in the file, and a warning refuses nothing.
func TestJudgePlaces(t *testing.T) {
	in := testIntake(t, sayings{{Path: "items[0].description", Rule: "law.test", Severity: errs.Warning}})
	data := "{\"direction\":\"import\",\n\"reference\":\"R\",\n\"items\":[{\"number\":1,\n\"description\":\"x\"}]}"
	r, do, err := in.Judge(Sent{Data: []byte(data), Port: "ceke-road"})
	if err != nil || do == nil || len(r.Problems) != 1 || r.Problems[0].Path != "/items/0/description" || r.Problems[0].Line != 4 {
		t.Errorf("%v %v %+v", do, err, r.Problems)
	}
	r, _, err = in.Judge(Sent{Data: []byte(data), Port: "ceke-road", Kind: exchange.KindManifest})
	if errs.KindOf(err) != errs.Invalid || errs.Problems(err)[0].Rule != "exchange.other_kind" {
		t.Errorf("a declaration where manifests are taken: %v %+v", err, r)
	}
}

// TestKindUnsupported: a document of any kind is refused with what its check found; what is read and checked but no decision
// records is refused by name.
func TestKindUnsupported(t *testing.T) {
	in := testIntake(t, sayings{})
	for name, data := range map[string]string{
		"confirmation": `{"message":"MT4403","direction":"import","batch":"2026112200001","carrier":"","vehicle":{"plate":"0001ДЕМ"}}`,
		"packing":      `{"boxes":[]}`,
		"reload":       `{"direction":"import","batch":"2026112200001","plate":"0001ДЕМ","waybills":[]}`,
		"report":       `{"kind":"tally","direction":"import","lines":[]}`,
	} {
		r, do, err := in.Judge(Sent{Data: []byte(data), Port: "ceke-road"})
		if do != nil && err == nil || errs.KindOf(err) != errs.Invalid || string(r.Message.Kind) != name {
			t.Errorf("%s: %v %v %q", name, do, err, r.Message.Kind)
		}
		var rules []string
		for _, p := range r.Problems {
			rules = append(rules, p.Rule)
		}
		if slices.Contains(rules, "exchange.kind_unsupported") || !slices.Contains(rules, "document.required") {
			t.Errorf("%s: %v", name, rules)
		}
	}
	m := exchange.Message{Kind: exchange.KindResponse, Document: &exchange.Answer{Function: exchange.AnswerAccepted, Batch: "2026112200001"}}
	in.Formats = exchange.Formats{{Name: "x", Read: func([]byte, exchange.Kind) (exchange.Message, []errs.Problem, error) { return m, nil, nil }}}
	if _, _, err := in.Judge(Sent{Hint: exchange.Hint{Format: "x"}, Port: "ceke-road"}); len(errs.Problems(err)) != 1 || errs.Problems(err)[0].Rule != "exchange.kind_unsupported" {
		t.Errorf("an answer on a crossing: %v", err)
	}
}
