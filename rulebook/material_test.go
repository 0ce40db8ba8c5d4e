package rulebook

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/exchange/wco"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// foreign reads the declarations of another country's customs that are at hand. They are examples: some are rejected
// with right, none may stop the engine.
func foreign(t testing.TB) map[string]*declaration.Document {
	t.Helper()
	root := os.Getenv("GUOMEN_MATERIAL")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "material")
	}
	root = filepath.Join(root, "wco_dms_hmrc", "scenarios")
	if _, err := os.Stat(root); err != nil {
		t.Skipf("no real declarations here (GUOMEN_MATERIAL or ../shared/material): %v", err)
	}
	read := map[string]*declaration.Document{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.EqualFold(filepath.Ext(name), ".xml") {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		m, _, err := exchange.Formats{wco.Format()}.Read(data, exchange.Hint{})
		if d, ok := m.Document.(*declaration.Document); ok && err == nil {
			read[name] = d
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func TestForeignDeclarations(t *testing.T) {
	documents := foreign(t)
	if len(documents) == 0 {
		t.Fatal("none could be read")
	}
	book := mustLoad(t)
	problems := map[string]int{}
	rejected := 0
	for _, document := range documents {
		bad := false
		for _, direction := range []port.Direction{document.Direction, port.Import, port.Export} {
			scope := Scope("ganqimaodu-road", "", testedAt)
			scope.Direction = string(direction)
			j := JudgeDeclaration(book, scope, document)
			for _, doubt := range j.Doubts {
				t.Errorf("%s cannot tell about a document that says as much as it can, at %s", doubt.Rule, doubt.Path)
			}
			if direction == document.Direction {
				for _, p := range slices.Concat(j.Problems, j.DryRun.Problems) {
					problems[p.Rule]++
				}
				bad = slices.ContainsFunc(j.Problems, func(p errs.Problem) bool { return p.Severity == errs.Error })
			}
		}
		if bad {
			rejected++
		}
	}
	t.Logf("%d foreign declarations, %d rejected", len(documents), rejected)
	for _, rule := range slices.Sorted(maps.Keys(problems)) {
		t.Logf("%s: %d", rule, problems[rule])
	}
}
