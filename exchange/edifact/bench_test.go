package edifact

import (
	"strconv"
	"strings"
	"testing"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/manifest"
)

// largeReport is the largest report that is read: so many consignments, each in a box of its own.
func largeReport(consignments int) string {
	var b strings.Builder
	b.WriteString("UNB+UNOA:3+DEMO+GUOMEN+261122:0700+1'\nUNH+1+CUSCAR:D:95B:UN'\nBGM+933+43001'\nTDT+20+43001+2'\n")
	for i := range consignments {
		b.WriteString("EQD+RR+" + strconv.Itoa(i) + "'\n")
	}
	for i := range consignments {
		n := strconv.Itoa(i)
		b.WriteString("CNI+1+" + n + "'\nRFF+BM:" + n + "'\nGID+1+1'\nFTX+AAA+++COAL'\nMEA+AAE+G+KGM:60000'\nSGP+" + n + "'\n")
	}
	b.WriteString("UNT+" + strconv.Itoa(7*consignments+4) + "+1'\nUNZ+1+1'\n")
	return b.String()
}

// TestLarge reads as much as is allowed, and one more.
func TestLarge(t *testing.T) {
	m, _, err := readAny([]byte(largeReport(maxRepeat)))
	if err != nil {
		t.Fatal(err)
	}
	d := m.Document.(*manifest.Document)
	if len(d.Waybills) != maxRepeat || d.Waybills[maxRepeat-1].Wagons[0].Number != strconv.Itoa(maxRepeat-1) {
		t.Errorf("%d waybills", len(d.Waybills))
	}
	if _, _, err = readAny([]byte(largeReport(maxRepeat + 1))); len(errs.Problems(err)) == 0 || errs.Problems(err)[0].Rule != "exchange.too_many" {
		t.Errorf("one more: %v", errs.Problems(err)[:1])
	}
	many := "UNB+UNOA:3+A+B+261122:0700+1'\n" + strings.Repeat("UNH+1+X'\nUNT+2+1'\n", MaxMessages+1) + "UNZ+1+1'"
	if _, _, err = readAny([]byte(many)); len(errs.Problems(err)) != 1 || errs.Problems(err)[0].Rule != "exchange.too_many" {
		t.Errorf("messages: %v", err)
	}
	wrong := "UNB+UNOA:3+A+B+261122:0700+1'\n" + strings.Repeat("UNH+1+X'\nUNT+3+1'\n", MaxMessages)
	if _, _, err = readAny([]byte(wrong)); len(errs.Problems(err)) != exchange.MaxProblems {
		t.Errorf("%d problems, want %d", len(errs.Problems(err)), exchange.MaxProblems)
	}
	segments := "UNB+UNOA:3+A+B+261122:0700+1'\nUNH+1+X'" + strings.Repeat("A'", 10) + strings.Repeat("BGM'", MaxSegments)
	if _, _, err = readAny([]byte(segments)); errs.Problems(err)[0].Rule != "edifact.tag" {
		t.Errorf("segments: %v", err)
	}
	segments = strings.ReplaceAll(segments, "A'A'", "")
	if _, _, err = readAny([]byte(segments)); errs.Problems(err)[0].Rule != "edifact.segments" {
		t.Errorf("segments: %v", errs.Problems(err))
	}
}

func BenchmarkRead(b *testing.B) {
	data := []byte(largeReport(maxRepeat))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := readAny(data); err != nil {
			b.Fatal(err)
		}
	}
}
