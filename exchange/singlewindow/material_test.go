package singlewindow

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/errs"
)

// material calls test for every message of the third-party material, or skips where that is absent.
func material(t *testing.T, test func(t *testing.T, name string, data []byte)) {
	t.Helper()
	root := os.Getenv("GUOMEN_MATERIAL")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "material")
	}
	for _, folder := range []string{"cn_singlewindow", "cn_rail_wljk"} {
		if _, err := os.Stat(filepath.Join(root, folder)); err != nil {
			t.Skipf("no material at %s", root)
		}
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) == ".md" {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			t.Run(name, func(t *testing.T) { test(t, name, data) })
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func readAny(data []byte) (exchange.Message, []errs.Problem, error) {
	return exchange.Formats{Format()}.Read(data, exchange.Hint{})
}

// expected is what becomes of each file of the material: its kind, or why it is not read.
var expected = map[string]string{
	"MT1401_sample.xml": "manifest", "MT2401_sample.xml": "manifest", "SAS121_PassPort_template.xml": "manifest",
	"DecMessage_2018_merged_form_template.xml": "declaration", "SWDEC001_ImportMessage_official_sample.xml": "declaration", "SWDEC001_template.xml": "declaration",
	"SAS221.xml": "response", "SAS223.xml": "response", "SAS224.xml": "response", "sas253.xml": "response", "common_resp_msg.xml": "response",
	"INV101_template.xml": "unsupported singlewindow.checklist", "INV201.xml": "unsupported singlewindow.checklist",
	"INV202.xml": "unsupported singlewindow.checklist", "INV211.xml": "unsupported singlewindow.checklist",
	"DecImportResponse_and_DxpMsg_envelope.txt": "unreadable xml.trailing", // two messages and a transport's header in one file
	"WLJK_1.xml": "unsupported exchange.root",
	"dec.json":   "unsupported exchange.unknown_format", "icp101.json": "unsupported exchange.unknown_format", "icp101_head.json": "unsupported exchange.unknown_format",
	"icp101_rlt_list.json": "unsupported exchange.unknown_format", "inv101_head.json": "unsupported exchange.unknown_format", "inv101_list.json": "unsupported exchange.unknown_format",
	"sas121_head.json": "unsupported exchange.unknown_format", "sas121_list.json": "unsupported exchange.unknown_format",
}

// TestMaterial reads every file and tells what became of it. What the checks have against what was read is told too.
func TestMaterial(t *testing.T) {
	material(t, func(t *testing.T, name string, data []byte) {
		m, problems, err := readAny(data)
		for _, p := range append(problems, errs.Problems(err)...) {
			if p.Line == 0 {
				t.Errorf("a problem has no line: %+v", p)
			}
		}
		got := string(m.Kind)
		if err != nil {
			got = string(exchange.OutcomeOf(err)) + " " + errs.Problems(err)[0].Rule
		}
		if want := expected[filepath.Base(name)]; got != want {
			t.Errorf("got %q, want %q: %v", got, want, errs.Problems(err))
		}
		if err != nil {
			return
		}
		for _, p := range problems {
			t.Logf("%d %s %s %v", p.Line, p.Path, p.Rule, p.Args)
		}
		for _, p := range exchange.Check(m) {
			t.Logf("check: %s %d %s %s %v", p.Severity, p.Line, p.Path, p.Rule, p.Args)
		}
		if m.Kind == exchange.KindResponse || m.Envelope.Type == "SAS121" {
			return // not written
		}
		again := written(t, m)
		second, problems, err := readAny(again)
		if err != nil || len(problems) > 0 {
			t.Fatalf("what was written: %v %v\n%s", err, problems, again)
		}
		if last := written(t, second); !bytes.Equal(again, last) {
			t.Errorf("written, read and written again:\n%s", cmp.Diff(string(again), string(last)))
		}
	})
}

// written is a message as it goes out.
func written(t testing.TB, m exchange.Message) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := Write(&file, m.Document, m.Envelope); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func told(problems []errs.Problem) (list []string) {
	for _, p := range problems {
		list = append(list, fmt.Sprintf("%s:%d %s %v", p.Path, p.Line, p.Rule, p.Args))
	}
	return list
}
