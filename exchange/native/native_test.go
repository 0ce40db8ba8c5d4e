package native

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/errs"
)

func readAny(data string, kind exchange.Kind) (exchange.Message, []errs.Problem, error) {
	return exchange.Formats{Format()}.Read([]byte(data), exchange.Hint{Kind: kind})
}

func sample(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestProblems(t *testing.T) {
	for _, test := range []struct {
		name, file string
		kind       exchange.Kind
		want       []string
	}{
		{"unknown field", "{\"reference\": \"R\",\n\"refrence\": 1}", "", []string{"/refrence:2 json.unknown refrence"}},
		{"wrong case", `{"reference": "R", "Items": []}`, "", []string{"/Items:1 json.unknown Items"}},
		{"field twice", "{\"reference\": \"R\",\n\"reference\": \"S\"}", "", []string{"/reference:2 json.twice reference"}},
		{"all at once", "{\"items\": [\n{\"number\": \"1\",\n\"hs\": 27},\n{\"gross_mass\": \"1,5\", \"colour\": {\"a\": [1]}}],\n\"early\": 1,\n\"issued\": \"yesterday\",\n\"declarant\": [],\n\"routing\": {}}", "", []string{
			"/items/0/number:2 json.want_whole ", "/items/0/hs:3 json.want_text ",
			"/items/1/gross_mass:4 decimal.format 1,5", "/items/1/colour:4 json.unknown colour",
			"/early:5 json.want_bool ", "/issued:6 time.format yesterday", "/declarant:7 json.want_object ", "/routing:8 json.want_array ",
		}},
		{"too many decimals of a second", `{"reference": "R", "issued": "2026-11-22T08:00:00.1234567Z"}`, "", []string{"/issued:1 time.decimals 2026-11-22T08:00:00.1234567Z"}},
		{"number for a time", `{"reference": "R", "issued": 5}`, "", []string{"/issued:1 json.want_time "}},
		{"too many decimals of a mass", `{"reference": "R", "gross_mass": 0.1234567}`, "", []string{"/gross_mass:1 decimal.places 0.1234567,6"}},
		{"number for money", `{"reference": "R", "invoice": 5}`, "", []string{"/invoice:1 json.want_object "}},
		{"fraction of a count", `{"reference": "R", "packages": 1.5}`, "", []string{"/packages:1 json.want_whole "}},
		{"embedded party", `{"reference": "R", "parties": [{"role": "FR1", "id": 5, "x": 1}]}`, "", []string{"/parties/0/id:1 json.want_text ", "/parties/0/x:1 json.unknown x"}},
		{"manifest", "{\"vehicle\": {\"plate\": 1},\n\"goods\": 1}", "", []string{"/vehicle/plate:1 json.want_text ", "/goods:2 json.unknown goods"}},
		{"kind by hint", `{"vehicle": {}}`, exchange.KindDeclaration, []string{"/vehicle:1 json.unknown vehicle"}},
		{"cut", "{\"reference\": \"R\",\n\"items\": [", "", []string{"/items:2 json.truncated "}},
		{"problem, then cut", "{\"reference\": 1,\n\"items\": [", "", []string{"/reference:1 json.want_text ", "/items:2 json.truncated "}},
		{"comma", "{\"reference\": \"R\",\n}", "", []string{":1 json.syntax "}},
		{"comment", "{\"reference\": \"R\" // a\n}", "", []string{":1 json.syntax "}},
		{"trailing", `{"reference": "R"} {}`, "", []string{":1 json.trailing "}},
		{"utf-8", "{\"reference\":\n\"\xff\"}", "", []string{"/reference:2 json.utf8 "}},
		{"nothing of ours", `{}`, "", []string{":1 json.kind "}},
		{"an answer", `{"function": "08"}`, exchange.KindResponse, []string{":1 json.kind "}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := readAny(test.file, test.kind)
			var got []string
			for _, p := range errs.Problems(err) {
				got = append(got, fmt.Sprintf("%s:%d %s %s", p.Path, p.Line, p.Rule, strings.Join(p.Args, ",")))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestManyProblems(t *testing.T) {
	_, _, err := readAny(`{"items": [`+strings.Repeat(`{"a": 1},`, 2000)+`{}]}`, "")
	problems := errs.Problems(err)
	if len(problems) != exchange.MaxProblems || problems[len(problems)-1].Rule != "exchange.more" {
		t.Errorf("got %d problems, the last %v", len(problems), problems[len(problems)-1])
	}
}

func TestKind(t *testing.T) {
	for file, want := range map[string]exchange.Kind{
		`{"direction": "import", "batch": "1", "items": []}`:         exchange.KindDeclaration,
		`{"direction": "import", "batch": "1", "reference": "R"}`:    exchange.KindDeclaration,
		`{"carrier": "C", "batch": "1", "vehicle": {"plate": "P"}}`:  exchange.KindManifest,
		`{"direction": "import", "office": "0700", "waybills": []}`:  exchange.KindManifest,
		`{"carrier": {"id": "C"}, "items": [{"vehicle": "nothing"}]`: exchange.KindDeclaration,
		`{"direction": "import"}`:                                    "",
		`[{"items": []}]`:                                            "",
		`{`:                                                          "",
	} {
		if got := kindOf([]byte(file)); got != want {
			t.Errorf("%s: got %q, want %q", file, got, want)
		}
	}
}

func TestWrite(t *testing.T) {
	for _, name := range []string{"declaration_coal.json", "manifest_coal.json"} {
		m, _, err := readAny(sample(t, name), "")
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := Write(&file, m.Document); err != nil {
			t.Fatal(err)
		}
		second, _, err := readAny(file.String(), "")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m.Document, second.Document); diff != "" {
			t.Error(diff)
		}
	}
}

// FuzzRead: nothing panics, every refusal says where and why, and what is read can be checked, written and read.
func FuzzRead(f *testing.F) {
	f.Add([]byte(sample(f, "declaration_coal.json")))
	f.Add([]byte(sample(f, "manifest_coal.json")))
	f.Add([]byte(`{"items": [{"number": 1, "parties": [{"role": "x", "id": "y"}], "price": {"minor": 1, "currency": "CNY"}}]}`))
	f.Add([]byte(`{"items": [{"number": "x", "hs": 1, "z": {"a": [1, 2]}}], "issued": 1, "routing": null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, problems, err := readAny(string(data), "")
		for _, p := range append(problems, errs.Problems(err)...) {
			if p.Rule == "" || p.Line < 1 || p.Severity == "" {
				t.Fatalf("a problem without rule, line or severity: %+v", p)
			}
		}
		if err != nil {
			if len(errs.Problems(err)) == 0 {
				t.Fatalf("refused without a problem: %v", err)
			}
			return
		}
		for _, p := range exchange.Check(m) {
			if p.Line < 1 {
				t.Fatalf("a problem of the check without a line: %+v", p)
			}
		}
		var file bytes.Buffer
		if err := Write(&file, m.Document); err != nil {
			t.Fatal(err)
		}
		second, _, err := readAny(file.String(), m.Kind)
		if err != nil {
			t.Fatalf("what was written is not read: %v\n%s", err, file.String())
		}
		if diff := cmp.Diff(normal(m.Document), normal(second.Document)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// normal writes a document once, because an empty list is read as empty and written as nothing.
func normal(document any) string {
	var file bytes.Buffer
	if err := Write(&file, document); err != nil {
		return err.Error()
	}
	return file.String()
}

func BenchmarkRead(b *testing.B) {
	for _, name := range []string{"declaration_coal.json", "manifest_coal.json"} {
		b.Run(name, func(b *testing.B) {
			data := []byte(sample(b, name))
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := read(data, ""); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCheck(b *testing.B) {
	m, _, err := readAny(sample(b, "declaration_coal.json"), "")
	if err != nil {
		b.Fatal(err)
	}
	d, ok := m.Document.(*declaration.Document)
	if !ok {
		b.Fatal("no declaration")
	}
	b.ReportAllocs()
	for b.Loop() {
		if problems := declaration.Check(d); len(problems) > 0 {
			b.Fatal(problems)
		}
	}
}

// TestKinds: a document without a hint is known by its message, or by the first name that only its kind has.
func TestKinds(t *testing.T) {
	for data, want := range map[string]exchange.Kind{
		`{"message":"MT1401","vehicle":{}}`:                                 exchange.KindManifest,
		`{"message":"MT4404","vehicle":{}}`:                                 exchange.KindConfirmation,
		`{"message":"MT8401","waybills":["W"]}`:                             exchange.KindReload,
		`{"message":"MT5401","lines":[]}`:                                   exchange.KindReport,
		`{"message":"MT7402","boxes":[]}`:                                   exchange.KindPacking,
		`{"message":"other","batch":"1","health":"x"}`:                      exchange.KindConfirmation,
		`{"boxes":[{"number":"DEMU1000010","goods":[{"waybill":"W"}]}]}`:    exchange.KindPacking,
		`{"direction":"import","batch":"1","plate":"P","waybills":["W"]}`:   exchange.KindReload,
		`{"kind":"arrival","direction":"export","lines":[{"waybill":"W"}]}`: exchange.KindReport,
		`{"direction":"import","batch":"1","vehicle":{},"waybills":[]}`:     exchange.KindManifest,
		`{"message":{"a":1}}`:                                               "",
	} {
		m, _, err := readAny(data, "")
		if m.Kind != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %q and %v, want %q", data, m.Kind, errs.Problems(err), want)
		}
	}
}
