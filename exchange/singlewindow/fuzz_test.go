package singlewindow

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/manifest"
)

// FuzzRead: nothing panics, every refusal says where and why, and what is read can be checked, placed, answered and, where
// it has a message, written and read.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.xml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(enveloped("<DEC_RESULT><CHANNEL>P</CHANNEL></DEC_RESULT>")))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, problems, err := readAny(data)
		for _, p := range append(problems, errs.Problems(err)...) {
			if p.Rule == "" || p.Line < 1 || p.Severity == "" {
				t.Fatalf("a problem without rule, line or severity: %+v", p)
			}
		}
		exchange.Formats{Format()}.Reply(data, exchange.Hint{}, exchange.Reply{Outcome: exchange.Rejected, Problems: errs.Problems(err)})
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
		switch d := m.Document.(type) {
		case *answer, *manifest.Packing:
			return // not written
		case *manifest.Document:
			if d.Message == "SAS121" {
				return
			}
		}
		file := written(t, m)
		second, _, err := readAny(file)
		if err != nil {
			t.Fatalf("what was written is not read: %v\n%s", err, file)
		}
		// Empty elements of lists are read and not written; after that nothing changes any more.
		if again := written(t, second); !bytes.Equal(again, file) {
			t.Fatalf("written, read and written again:\n%s\n%s", file, again)
		}
	})
}
