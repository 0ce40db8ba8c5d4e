package edifact

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// noon is 2026-11-22T12:00 in Beijing.
const noon port.Time = 1795320000_000000

// segments are those of an answer as our own reader finds them, without UNB and UNZ.
func segments(t *testing.T, text string) []string {
	t.Helper()
	r := &reader{}
	if !r.begin(text, nil) {
		t.Fatalf("no interchange: %v\n%s", r.problems, text)
	}
	var list []string
	for r.load() {
		line := r.seg.tag
		element := 0
		for _, v := range r.seg.values {
			switch {
			case v.element != element:
				line += strings.Repeat("+", v.element-element) + strings.Repeat(":", v.component-1)
			default:
				line += ":"
			}
			line += v.text
			element = v.element
		}
		list = append(list, line)
		r.take()
	}
	return list[:len(list)-1]
}

func TestAnswerAccepted(t *testing.T) {
	list := sample(t, "paxlst.edi")
	text := answered(t, []byte(list), exchange.Reply{At: noon, Number: "01ABC", Outcome: exchange.Unsupported, Problems: []errs.Problem{errs.At("", "passenger.not_taken")}})
	if !strings.HasPrefix(text, "UNB+SIRE:4+DEMO+ZZ+261122:1200+") || !strings.Contains(text, "\"\nUNH+1+") || strings.Contains(text, "'") {
		t.Errorf("not in the sender's characters:\n%s", text)
	}
	want := []string{
		"UNH+1+CONTRL:4:1:UN", "UCI+DEMO0004+ZZ+DEMO+7", "UCM+DEMO4+PAXLST:D:05B:UN:IATA+7", "UNT+4+1",
		"UNH+2+CUSRES:D:05B:UN:IATA+DEMOACCESS", "BGM+963+01ABC", "RFF+TN:0000001", "DTM+137:202611221200:203",
		"ERP+1", "ERC+U:ZZZ", "ERP+1", "ERC+E:ZZZ", "FTX+AAO+++passenger.not_taken", "UNT+10+2",
	}
	if diff := cmp.Diff(want, segments(t, text)); diff != "" {
		t.Errorf("%s\n%s", diff, text)
	}
}

func TestAnswerNews(t *testing.T) {
	reply := exchange.Reply{
		At: noon, Number: "01ABC", Outcome: exchange.Accepted,
		Problems: []errs.Problem{{Path: "CUSCAR/CNI[1]#14", Line: 16, Rule: "rule.of", Severity: errs.Warning, Message: "it's said: +1"}},
		News: []exchange.News{
			{At: noon, What: "requirement.decided.v1", Kind: port.CustomsRelease, Result: port.ResultInspect, Reason: strings.Repeat("x", 500)},
			{At: noon, What: "declaration.answered.v1", Function: "08"},
		},
	}
	got := segments(t, answered(t, []byte(sample(t, "cuscar.edi")), reply))
	want := []string{
		"UNH+1+CONTRL:D:3:UN", "UCI+DEMO0001+DEMOCARRIER:ZZ+GUOMEN:ZZ+7", "UCM+1+CUSCAR:D:95B:UN+7", "UNT+4+1",
		"UNH+2+CUSRES:D:95B:UN", "BGM+962+01ABC", "RFF+ACW:2026112200001", "DTM+137:202611221200:203", "ERP+1", "ERC+A:ZZZ",
		"ERP+2", "ERC+W:ZZZ", "FTX+AAO+++rule.of CUSCAR/CNI[1]#14 line 16: it's said: +1", "ERP+1", "ERC+INSPECT:ZZZ",
	}
	if diff := cmp.Diff(want, got[:len(want)]); diff != "" {
		t.Error(diff)
	}
	rest := strings.Join(got[len(want):], "")
	if strings.Count(rest, "x") < 500 || !strings.HasSuffix(rest, "ERP+1ERC+08:ZZZFTX+AAO+++declaration.answered.v1 2026-11-22T04:00:00.000000ZUNT+17+2") {
		t.Errorf("the rest is %q", rest)
	}
}

// TestAnswerRefused: CONTRL says at which segment and element the syntax fails, by the codes of ISO 9735.
func TestAnswerRefused(t *testing.T) {
	plain := sample(t, "cuscar.edi")
	for _, test := range []struct {
		name, old, with string
		want            []string
	}{
		{"count", "UNT+36+1", "UNT+35+1", []string{"UCI+DEMO0001+DEMOCARRIER:ZZ+GUOMEN:ZZ+7", "UCM+1+CUSCAR:D:95B:UN+4+29+UNT+2:1"}},
		{"reference", "UNT+36+1", "UNT+36+2", []string{"UCI+DEMO0001+DEMOCARRIER:ZZ+GUOMEN:ZZ+7", "UCM+1+CUSCAR:D:95B:UN+4+28+UNT+3:1"}},
		{"trailer", "UNZ+1+DEMO0001", "UNZ+2+DEMO0001", []string{"UCI+DEMO0001+DEMOCARRIER:ZZ+GUOMEN:ZZ+4+29+UNZ+2:1"}},
		{"value", "32,04", "heavy", []string{"UCI+DEMO0001+DEMOCARRIER:ZZ+GUOMEN:ZZ+7", "UCM+1+CUSCAR:D:95B:UN+4", "UCS+21", "UCD+12+4:2"}},
		{"no BGM", "BGM", "CTA", []string{"UCI+DEMO0001+DEMOCARRIER:ZZ+GUOMEN:ZZ+7", "UCM+1+CUSCAR:D:95B:UN+4", "UCS+2+13"}},
		{"test", "+DEMO0001'\nUNH", "+DEMO0001++++++1'\nUNH", []string{"UCI+DEMO0001+DEMOCARRIER:ZZ+GUOMEN:ZZ+4+25+UNB+12:1"}},
		{"type", "CUSCAR:D", "COARRI:D", []string{"UCI+DEMO0001+DEMOCARRIER:ZZ+GUOMEN:ZZ+7", "UCM+1+COARRI:D:95B:UN+4+14+UNH+3:1"}},
	} {
		data := []byte(strings.Replace(plain, test.old, test.with, 1))
		_, _, err := readAny(data)
		got := segments(t, answered(t, data, exchange.Reply{At: noon, Outcome: exchange.OutcomeOf(err), Problems: errs.Problems(err)}))
		if diff := cmp.Diff(test.want, got[1:len(got)-1]); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
	}
	for name, text := range map[string]string{
		"nobody": strings.Replace(plain, "DEMOCARRIER:ZZ", "", 1), "cut": "UNB+UNOA", "other": "<a/>", "charset": strings.Replace(plain, "UNOW", "UNOX", 1) + "\xff",
	} {
		if got := (exchange.Formats{Format()}).Reply([]byte(text), exchange.Hint{}, exchange.Reply{At: noon}); got != nil {
			t.Errorf("%s is answered: %s", name, got)
		}
	}
}

// TestWriterCharacters: what a character set does not have, and what would end a segment, is written so that it reads.
func TestWriterCharacters(t *testing.T) {
	for _, test := range []struct{ identifier, text, want string }{
		{"UNOA", "rule a+b: it's?", "RULE A?+B?: IT?'S??"}, {"UNOB", "口岸", ".."}, {"UNOW", "口岸", "口岸"}, {"UNOC", "a\nb", "a b"},
	} {
		w := &writer{service: usual, identifier: test.identifier}
		if got := w.data(test.text); got != test.want {
			t.Errorf("%s: %q, want %q", test.identifier, got, test.want)
		}
	}
	w := &writer{service: service{component: ':', element: '+', terminator: '\''}, identifier: "UNOB"}
	if got := w.data("a+b"); got != "a b" {
		t.Errorf("without a release character: %q", got)
	}
}
