package edifact

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/passenger"
)

// materialRoot is where third-party messages lie; the test is skipped where there are none.
func materialRoot(t *testing.T) string {
	t.Helper()
	root := os.Getenv("GUOMEN_MATERIAL")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "material")
	}
	root = filepath.Join(root, "edifact")
	if _, err := os.Stat(root); err != nil {
		t.Skipf("no material at %s", root)
	}
	return root
}

func readAny(data []byte) (exchange.Message, []errs.Problem, error) {
	return exchange.Formats{Format()}.Read(data, exchange.Hint{})
}

// material is what has to become of every interchange of the material, by its name: its kind where it is read, else the
// first reason.
var material = map[string]string{
	"simple.edi":                    "unreadable edifact.segment_count",
	"001_PAXLST.edi":                "passengers",
	"002_CUSRES.edi":                "unsupported edifact.answer_type",
	"003_PAXLST.edi":                "passengers",
	"004_CUSRES.edi":                "unsupported edifact.answer_type",
	"005_PAXLST.edi":                "passengers",
	"006_CUSRES.edi":                "unsupported edifact.answer_type",
	"007_PAXLST.edi":                "passengers",
	"008_CUSRES.edi":                "unsupported edifact.answer_type",
	"D95BBAPLIE.edi":                "unsupported edifact.type",
	"D95BCOARRI.edi":                "unsupported edifact.type",
	"D96ADESADV.edi":                "unsupported edifact.type",
	"example.edi":                   "unsupported edifact.type",
	"exampleMulti.edi":              "unsupported edifact.type",
	"example_multiline.edi":         "unreadable edifact.segment_count",
	"example_order_error.edi":       "unsupported edifact.type",
	"example_order_ok.edi":          "unsupported edifact.type",
	"example_release_character.edi": "unreadable edifact.segment_count",
	"example_utf8.edi":              "unsupported edifact.type",
	"example_wrapped.edi":           "unsupported edifact.type",
	"message_01.edi":                "passengers",
}

// TestMaterial reads every interchange, and answers it in a way that reads as what it is.
func TestMaterial(t *testing.T) {
	counts, seen := map[string]int{}, 0
	err := filepath.WalkDir(materialRoot(t), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".edi" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		seen++
		m, problems, err := readAny(data)
		got := string(m.Kind)
		if err != nil {
			problems = errs.Problems(err)
			got = string(exchange.OutcomeOf(err)) + " " + problems[0].Rule
			if m.Document != nil {
				t.Errorf("%s: something of a refused message is used", d.Name())
			}
		}
		for _, p := range problems {
			t.Logf("%s:%d %s %s %v", d.Name(), p.Line, p.Path, p.Rule, p.Args)
			if p.Line < 1 || p.Path == "" {
				t.Errorf("%s: a problem without its place: %+v", d.Name(), p)
			}
		}
		counts[got]++
		if want := material[d.Name()]; got != want {
			t.Errorf("%s: got %q, want %q", d.Name(), got, want)
		}
		if err == nil {
			for _, p := range exchange.Check(m) {
				t.Logf("%s:%d %s %s %v", d.Name(), p.Line, p.Path, p.Rule, p.Args)
			}
		}
		answered(t, data, exchange.Reply{At: 1_790_000_000_000_000, Number: "N", Outcome: outcome(err), Problems: problems})
		return nil
	})
	if err != nil || seen != len(material) {
		t.Errorf("%d files, want %d: %v", seen, len(material), err)
	}
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%4d %s", counts[what], what)
	}
}

func outcome(err error) exchange.Outcome {
	if err == nil {
		return exchange.Accepted
	}
	return exchange.OutcomeOf(err)
}

// answered writes the answer to an interchange and sees that it is well-formed and goes back to its sender.
func answered(t *testing.T, data []byte, reply exchange.Reply) string {
	t.Helper()
	text := string(exchange.Formats{Format()}.Reply(data, exchange.Hint{}, reply))
	if text == "" {
		return ""
	}
	asked, r := walk(string(data), nil, nil), walk(text, nil, nil)
	if r.failed || len(r.problems) > 0 {
		t.Errorf("the answer is malformed: %v\n%s", r.problems, text)
	}
	a, q := &r.interchange, &asked.interchange
	if a.sender != q.recipient || a.recipient != q.sender || a.service != q.service || a.identifier != q.identifier || a.messages[0].kind != "CONTRL" {
		t.Errorf("the answer is not the sender's: %+v, asked %+v", a, q)
	}
	return text
}

// TestMaterialValues compares the values of a PAXLST with those that another program found in it.
func TestMaterialValues(t *testing.T) {
	folder := filepath.Join(materialRoot(t), "smooks-paxlst")
	data, err := os.ReadFile(filepath.Join(folder, "message_01.edi"))
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(filepath.Join(folder, "expected_01.xml"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var want []string
	inside := 0
	for d := xml.NewDecoder(file); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if inside > 0 || token.Name.Local == "PAXLST" {
				inside++
			}
		case xml.EndElement:
			inside = max(inside-1, 0)
		case xml.CharData:
			if text := strings.TrimSpace(string(token)); text != "" && inside > 0 {
				want = append(want, text)
			}
		}
	}
	// The values of our scanner between UNH and UNT; that program knows no repetitions, of which version 4 has some.
	r := &reader{}
	r.begin(string(data), nil)
	var got []string
	for r.load() {
		if !structural(r.seg.tag) {
			for _, v := range r.seg.values {
				if v.repetition > 0 {
					got[len(got)-1] += "*" + v.text
				} else {
					got = append(got, v.text)
				}
			}
		}
		r.take()
	}
	if !slices.Equal(got, want) || len(want) < 30 {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	m, _, err := readAny(data)
	if err != nil {
		t.Fatal(err)
	}
	d := m.Document.(*passenger.Document)
	p := d.Persons[0]
	kept := []string{
		d.Type, d.Reference, d.Function, d.Conveyance.Carrier, p.ID, p.Surname, p.Given, p.Address.Street, p.Address.City, p.Address.Subdivision,
		p.Address.Postcode, string(p.Sex), string(p.Nationality), p.Documents[0].Type, p.Documents[0].Number, p.Documents[0].Subdivision,
		string(p.Documents[0].Issuer), p.Documents[1].Type, p.Documents[1].Number, string(p.Documents[1].Issuer),
	}
	for _, text := range kept {
		if !slices.Contains(want, text) && !slices.Contains(want, text+"*"+text+"*"+text+"*"+text+"*"+text) || text == "" {
			t.Errorf("%q is not in the message", text)
		}
	}
	if strings.ReplaceAll(string(p.Born), "-", "") != want[slices.Index(want, "329")+1] {
		t.Errorf("born %q", p.Born)
	}
}

// TestMaterialRepaired reads the one cargo report of the material with its wrong trailer put right.
func TestMaterialRepaired(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(materialRoot(t), "cuscar-tools", "sample-edifact", "simple.edi"))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = readAny(data)
	p := errs.Problems(err)[0]
	m, problems, err := readAny([]byte(strings.Replace(string(data), "UNT+"+p.Args[0], "UNT+"+p.Args[1], 1)))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Logf("%d %s %s %v", p.Line, p.Path, p.Rule, p.Args)
	}
	text, err := json.Marshal(m.Document)
	t.Logf("%s %v", text, err)
	if want := "55814"; !strings.Contains(string(text), `"gross_mass":`+want) || m.Kind != exchange.KindManifest {
		t.Errorf("no mass of %s kg", want)
	}
}
