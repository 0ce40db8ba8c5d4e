package edifact

import (
	"strings"
	"testing"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/errs"
)

// FuzzScan: whatever the characters and the bytes are, the scanner ends, keeps to its limits and says where it stopped;
// and what it finds is found again in what is written of it.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{"UNB+UNOA:1+A'\nBGM++a?'b:c*d'", "UNA|;.! ~UNB;a|b~", "A", "UNT+?", "ABC+\x00'", "ABC+1:2:3+?+?+'UNZ'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		s, length, ok := serviceOf(src)
		if !ok {
			return
		}
		if s.repetition == 0 && !strings.ContainsRune(src, usualRepetition) {
			s.repetition = usualRepetition
		}
		if !s.sound() {
			t.Fatalf("unsound service characters %+v", s)
		}
		scan := scanner{src: src, service: s, at: length}
		var seg segment
		for {
			before := scan.at
			ok, fault := scan.next(&seg)
			if fault != nil && (fault.rule == "" || fault.offset < 0 || fault.offset > len(src)) {
				t.Fatalf("a fault without rule or place: %+v", fault)
			}
			if !ok {
				return
			}
			if scan.at <= before || len(seg.tag) != 3 || scan.at-before > maxSegment+maxBlank+8 {
				t.Fatalf("from %d to %d with %q", before, scan.at, seg.tag)
			}
			w := &writer{service: s, identifier: "UNOW"}
			elements := make([]string, seg.elements)
			for e := range elements {
				var parts []string
				for _, v := range seg.values {
					if v.element == e+1 && v.repetition == 0 {
						for len(parts) < v.component-1 {
							parts = append(parts, "")
						}
						parts = append(parts, v.text)
					}
				}
				elements[e] = w.data(parts...)
			}
			w.segment(seg.tag, elements...)
			if s.release == 0 {
				continue
			}
			again := scanner{src: w.out.String(), service: s}
			var second segment
			if ok, fault := again.next(&second); !ok {
				if fault.rule != "edifact.segment_length" { // it may need more release characters than before
					t.Fatalf("what was written is not read: %+v\n%q", fault, w.out.String())
				}
				continue
			}
			for _, v := range seg.values {
				if got := second.get(v.element, v.component); v.repetition == 0 && got != strings.ToValidUTF8(v.text, "\ufffd") && !strings.ContainsRune(v.text, 0xfffd) && strings.ToValidUTF8(v.text, "") == v.text {
					t.Fatalf("%+v reads again as %q", v, got)
				}
			}
		}
	})
}

// fuzzRead: nothing panics, every refusal says where and why, and what is read can be checked, placed and answered.
func fuzzRead(f *testing.F, names ...string) {
	for _, name := range names {
		f.Add([]byte(sample(f, name)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, problems, err := readAny(data)
		for _, p := range append(problems, errs.Problems(err)...) {
			if p.Rule == "" || p.Line < 1 && p.Rule != "exchange.unknown_format" || p.Severity == "" {
				t.Fatalf("a problem without rule, line or severity: %+v", p)
			}
		}
		if err != nil && len(errs.Problems(err)) == 0 {
			t.Fatalf("refused without a problem: %v", err)
		}
		if err == nil {
			for _, p := range exchange.Check(m) {
				if p.Line < 1 {
					t.Fatalf("a problem of the check without a line: %+v", p)
				}
			}
		}
		text := (exchange.Formats{Format()}).Reply(data, exchange.Hint{}, exchange.Reply{At: noon, Number: "N", Outcome: outcome(err), Problems: append(problems, errs.Problems(err)...)})
		if text == nil {
			return
		}
		if r := walk(string(text), nil, nil); r.failed {
			t.Fatalf("the answer is malformed: %v\n%q", r.problems, text)
		}
	})
}

func FuzzReport(f *testing.F)      { fuzzRead(f, "cuscar.edi", "cuscar_later.edi") }
func FuzzDeclaration(f *testing.F) { fuzzRead(f, "cusdec.edi") }
func FuzzList(f *testing.F)        { fuzzRead(f, "paxlst.edi") }
