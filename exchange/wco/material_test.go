package wco

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
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
	root = filepath.Join(root, "wco_dms_hmrc")
	if _, err := os.Stat(root); err != nil {
		t.Skipf("no material at %s", root)
	}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
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

func readAny(data []byte) (exchange.Message, []errs.Problem, error) {
	return exchange.Formats{Format()}.Read(data, exchange.Hint{})
}

// TestMaterial reads every file, and what was read must come back the same after it has been written.
func TestMaterial(t *testing.T) {
	counts := map[string]int{}
	material(t, func(t *testing.T, name string, data []byte) {
		m, problems, err := readAny(data)
		if err != nil {
			for _, p := range errs.Problems(err) {
				t.Logf("%s:%d %s %s %v", name, p.Line, p.Path, p.Rule, p.Args)
				if p.Line == 0 {
					t.Error("a problem has no line")
				}
			}
			why := errs.Problems(err)[0]
			if exchange.OutcomeOf(err) == exchange.Unreadable {
				counts[fmt.Sprintf("unreadable %s:%d %s", name, why.Line, why.Rule)]++
			} else {
				counts[fmt.Sprintf("unsupported %s %s", why.Rule, why.Path)]++
			}
			return
		}
		counts["read "+string(m.Kind)]++
		for _, p := range problems {
			t.Logf("%s:%d %s %s %v", name, p.Line, p.Path, p.Rule, p.Args)
			if p.Severity != errs.Warning {
				t.Error("a problem of a message that was read is no warning")
			}
		}
		again := written(t, m)
		second, problems, err := readAny(again)
		if err != nil {
			t.Fatalf("what was written is not read: %v\n%s", err, again)
		}
		if len(problems) > 0 {
			t.Errorf("what was written brings warnings: %v", problems)
		}
		if diff := cmp.Diff(m.Document, second.Document); diff != "" {
			t.Errorf("read, written, read again:\n%s\n%s", diff, again)
		}
	})
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%4d %s", counts[what], what)
	}
}
