package exchange_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/exchange/native"
	"github.com/guomen/guomen/exchange/wco"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

func formats() exchange.Formats { return exchange.Formats{wco.Format(), native.Format()} }

func sample(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestSamples reads the demonstration files: nothing is wrong with them, and the XML and the JSON declare the same goods.
func TestSamples(t *testing.T) {
	read := func(name string, kind exchange.Kind) any {
		m, problems, err := formats().Read(sample(t, name), exchange.Hint{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if problems = append(problems, exchange.Check(m)...); len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
		}
		if m.Kind != kind {
			t.Errorf("%s: got a %s, want a %s", name, m.Kind, kind)
		}
		return m.Document
	}
	fromXML := read("declaration_coal.xml", exchange.KindDeclaration).(*declaration.Document)
	fromJSON := read("declaration_coal.json", exchange.KindDeclaration).(*declaration.Document)
	if diff := cmp.Diff(fromXML, fromJSON); diff != "" {
		t.Errorf("XML and JSON differ:\n%s", diff)
	}
	announced := read("manifest_coal.json", exchange.KindManifest).(*manifest.Document)
	if fromXML.Batch != announced.Batch || fromXML.Waybill != announced.Waybills[0].Number || fromXML.Border.ID != string(announced.Vehicle.Plate) {
		t.Error("declaration and manifest do not meet")
	}
	if fromXML.Direction != port.Import || !fromXML.Early || fromXML.GrossMass != 32040*port.Kilogram || fromXML.Items[0].HS != "2701121000" {
		t.Errorf("the declaration was read as %+v", fromXML)
	}
	answer := read("answer_released.xml", exchange.KindResponse).(*exchange.Answer)
	if result, decided := answer.Result(); result != port.ResultMet || !decided || answer.Declaration.Reference != fromXML.Reference {
		t.Errorf("the answer was read as %+v", answer)
	}
}

func TestFormat(t *testing.T) {
	dec, manifestJSON := string(sample(t, "declaration_coal.xml")), string(sample(t, "manifest_coal.json"))
	for _, test := range []struct {
		name    string
		data    string
		hint    exchange.Hint
		format  string
		outcome exchange.Outcome
		rule    string
	}{
		{name: "xml", data: dec, format: "wco"},
		{name: "byte-order mark", data: "\ufeff" + dec, format: "wco"},
		{name: "white space before json", data: "\n\t " + manifestJSON, format: "json"},
		{name: "byte-order mark before json", data: "\ufeff" + manifestJSON, format: "json"},
		{name: "bare declaration", data: "<!-- c -->\n<Declaration><TypeCode>IM</TypeCode></Declaration>", format: "wco"},
		{name: "long prologue", data: "<!--" + strings.Repeat(" x", 5000) + "--><Declaration/>", format: "wco"},
		{name: "hint", data: dec, hint: exchange.Hint{Format: "wco", Kind: exchange.KindDeclaration}, format: "wco"},
		{name: "kind by hint", data: `{"direction":"import"}`, hint: exchange.Hint{Kind: exchange.KindManifest}, format: "json"},
		{name: "empty", data: "", outcome: exchange.Unreadable, rule: "exchange.empty"},
		{name: "blank", data: "\ufeff \r\n", outcome: exchange.Unreadable, rule: "exchange.empty"},
		{name: "malformed before the root", data: "<?xml version='1.0'?><", outcome: exchange.Unreadable, rule: "xml.truncated"},
		{name: "other encoding", data: "<?xml version='1.0' encoding='KOI8-R'?><Declaration/>", outcome: exchange.Unreadable, rule: "xml.encoding"},
		{name: "utf-16", data: "\xff\xfe<\x00", outcome: exchange.Unreadable, rule: "xml.encoding"},
		{name: "other root", data: "<!-- c -->\n<Manifest xmlns='urn:x'/>", outcome: exchange.Unsupported, rule: "exchange.root"},
		{name: "same root elsewhere", data: "<Declaration xmlns='urn:x'/>", outcome: exchange.Unsupported, rule: "exchange.root"},
		{name: "text", data: "Step 1: submit", outcome: exchange.Unsupported, rule: "exchange.unknown_format"},
		{name: "a word like UNA", data: "UNABLE to send", outcome: exchange.Unsupported, rule: "exchange.unknown_format"},
		{name: "an interchange", data: "UNB+UNOA:1+A+B+261122:0700+1'", outcome: exchange.Unsupported, rule: "exchange.unknown_format"},
		{name: "list", data: "[1]", outcome: exchange.Unsupported, rule: "exchange.unknown_format"},
		{name: "other object", data: `{"a":1}`, outcome: exchange.Unsupported, rule: "json.kind"},
		{name: "cut object", data: `{"a":1`, outcome: exchange.Unreadable, rule: "json.truncated"},
		{name: "no such format", data: dec, hint: exchange.Hint{Format: "edifact"}, outcome: exchange.Unsupported, rule: "exchange.format"},
		{name: "wrong format", data: manifestJSON, hint: exchange.Hint{Format: "wco"}, outcome: exchange.Unreadable, rule: "xml.empty"},
		{name: "wrong kind", data: dec, hint: exchange.Hint{Kind: exchange.KindResponse}, outcome: exchange.Unreadable, rule: "exchange.kind"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, _, err := formats().Read([]byte(test.data), test.hint)
			if exchange.OutcomeOf(err) != test.outcome || m.Format != test.format {
				t.Fatalf("got %q and format %q, want %q and %q: %v", exchange.OutcomeOf(err), m.Format, test.outcome, test.format, err)
			}
			if problems := errs.Problems(err); test.rule != "" && (len(problems) != 1 || problems[0].Rule != test.rule) {
				t.Errorf("got %v, want %s", problems, test.rule)
			}
			if errors.Is(err, exchange.ErrUnsupported) != (test.outcome == exchange.Unsupported) {
				t.Error("ErrUnsupported and the outcome differ")
			}
		})
	}
}

func TestTooLarge(t *testing.T) {
	large := bytes.Repeat([]byte(" "), exchange.MaxBytes+1)
	if _, _, err := formats().Read(large, exchange.Hint{}); errs.KindOf(err) != errs.TooLarge {
		t.Errorf("got %v, want too large", err)
	}
	if _, err := exchange.Load(bytes.NewReader(large)); errs.KindOf(err) != errs.TooLarge {
		t.Errorf("got %v, want too large", err)
	}
	if data, err := exchange.Load(bytes.NewReader(large[1:])); err != nil || len(data) != exchange.MaxBytes {
		t.Errorf("got %d bytes and %v", len(data), err)
	}
}

// TestPlace sees that what a check finds is told where the sender wrote it.
func TestPlace(t *testing.T) {
	xml := "<Declaration>\n<FunctionalReferenceID>R</FunctionalReferenceID>\n<TypeCode>IM</TypeCode>\n<GoodsShipment>\n" +
		"<GovernmentAgencyGoodsItem><SequenceNumeric>1</SequenceNumeric></GovernmentAgencyGoodsItem>\n<GovernmentAgencyGoodsItem>\n<SequenceNumeric>1</SequenceNumeric>\n" +
		"<Commodity>\n<Classification>\n<ID>99</ID><IdentificationTypeCode>HS</IdentificationTypeCode></Classification>\n</Commodity></GovernmentAgencyGoodsItem>\n</GoodsShipment></Declaration>"
	js := "{\n\"items\": [\n{\"number\": 1, \"description\": \"\"},\n{\"hs\": \"99\",\n\"number\": 1, \"description\": \"\"}],\n\"direction\": \"import\"\n}"
	for _, test := range []struct {
		name, data string
		want       []string
	}{
		{"xml", xml, []string{
			"Declaration/GoodsShipment/GovernmentAgencyGoodsItem[2]/Commodity/Classification[1]:9 hs.format",
			"Declaration/GoodsShipment/GovernmentAgencyGoodsItem[2]/SequenceNumeric:7 declaration.item_twice",
		}},
		{"json", js, []string{"/reference:1 document.required", "/items/1/hs:4 hs.format", "/items/1/number:5 declaration.item_twice"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, _, err := formats().Read([]byte(test.data), exchange.Hint{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range exchange.Check(m) {
				got = append(got, p.Path+":"+string(rune('0'+p.Line))+" "+p.Rule)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPointer(t *testing.T) {
	for place, want := range map[string]string{
		"": "", "reference": "/reference", "items[0].hs": "/items/0/hs", "items[12].packaging[3].marks": "/items/12/packaging/3/marks", "/items/0": "/items/0",
	} {
		if got := exchange.Pointer(place); got != want {
			t.Errorf("%q: got %q, want %q", place, got, want)
		}
	}
}

func TestAnswer(t *testing.T) {
	for function, want := range map[string]port.Result{
		exchange.AnswerReleased: port.ResultMet, exchange.AnswerCleared: port.ResultMet, exchange.AnswerInspection: port.ResultInspect,
		exchange.AnswerDocuments: port.ResultDocuments, exchange.AnswerRejected: port.ResultRefused, exchange.AnswerInvalidated: port.ResultRefused,
		exchange.AnswerAccepted: "", exchange.AnswerReceived: "", exchange.AnswerChanged: "", exchange.AnswerRequest: "", exchange.AnswerTax: "",
		exchange.AnswerBalance: "", exchange.AnswerReminder: "", exchange.AnswerExited: "", exchange.AnswerExitRequested: "",
		exchange.AnswerNoLoading: port.ResultHeld, exchange.AnswerNoUnloading: port.ResultHeld, exchange.AnswerCrossed: "",
		exchange.AnswerCrossingRefused: port.ResultRefused, exchange.AnswerGateReleased: port.ResultMet, "99": "", "": "", "8": port.ResultMet,
	} {
		a := exchange.Answer{Function: function}
		if got, decided := a.Result(); got != want || decided != (want != "") {
			t.Errorf("%s: got %q, %t, want %q", function, got, decided, want)
		}
	}
	m := exchange.Message{Document: &exchange.Answer{}}
	if problems := exchange.Check(m); len(problems) != 2 || problems[0].Path != "function" || problems[1].Path != "declaration.reference" {
		t.Errorf("an empty answer has %v", problems)
	}
	a := exchange.Answer{Statements: []declaration.Statement{{Limit: 30}, {}, {Limit: 20}}}
	if got := a.Limit(); got != 20 {
		t.Errorf("got limit %d, want 20", got)
	}
}

// TestCheckLine pins the names that check and submit print.
func TestCheckLine(t *testing.T) {
	_, _, err := formats().Read([]byte("<a/>"), exchange.Hint{})
	line := exchange.NewCheckLine("a.xml", exchange.Message{}, nil, err)
	line.Problems[0].Message = "no"
	got, err := json.Marshal(line)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"file":"a.xml","format":"","kind":"","read":false,"outcome":"unsupported","receipt":null,"problems":[{"path":"a","line":1,"rule":"exchange.root","citation":"","severity":"error","message":"no"}]}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}

	line = exchange.NewCheckLine("b.xml", exchange.Message{Format: "wco"}, []errs.Problem{{Severity: errs.Warning}}, nil)
	if !line.Read || line.Outcome != exchange.Accepted {
		t.Errorf("got %+v, want it accepted", line)
	}
	if line.Add(errs.At("items", "declaration.no_items")); line.Outcome != exchange.Rejected || len(line.Problems) != 2 {
		t.Errorf("got %+v, want it rejected", line)
	}
}
