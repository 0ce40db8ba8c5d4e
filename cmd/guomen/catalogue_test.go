package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/rulebook"
)

// used is one key of the catalogue that the code asks for, and where.
type used struct{ key, where string }

// keysInCode reads every Go file of the project and collects the keys that it names in so many words: rules of errors
// and problems, and what pages say. Where a key is put together at run time, the test below lists what it can be.
func keysInCode(t *testing.T) (keys []used) {
	t.Helper()
	root := "../.."
	files := token.NewFileSet()
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && name != root) {
			return fs.SkipDir
		}
		if filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				called := nameOf(n.Fun)
				if at, ok := keyAt[called]; ok && len(n.Args) > at {
					add(&keys, files, n.Args[at], prefixOf[called])
				}
			case *ast.CompositeLit:
				typed := nameOf(n.Type)
				for _, element := range n.Elts {
					pair, ok := element.(*ast.KeyValueExpr)
					if !ok {
						continue
					}
					switch field := nameOf(pair.Key); {
					case field == "Rule" && slices.Contains([]string{"errs.Problem", "errs.Failed", "Problem", "Failed", "port.Fault", "Fault", "markup.Error", "Error"}, typed):
						add(&keys, files, pair.Value, "problem.")
					case field == "Code" && (typed == "Reason" || typed == "gate.Reason" || typed == ""):
						add(&keys, files, pair.Value, "gate.")
					case field == "Key" && typed == "" || typed == "web.NavEntry" && field == "Key":
						add(&keys, files, pair.Value, "")
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// keyAt is which argument of a function is a key, and prefixOf what stands before it in the catalogue.
var (
	keyAt = map[string]int{
		"errs.At": 1, "errs.New": 1, "errs.Missed": 1, "fault": 0, "r.Fail": 1, "r.Warn": 1, "c.Fail": 1, "c.Warn": 1, "web.Said": 0, "r.Say": 0, "e.report": 1, "e.here": 0, "e.wrong": 0,
		"At": 1, "New": 1, "c.reopened": 1, "reopened": 1, "port.Fault": 0,
	}
	prefixOf = map[string]string{
		"errs.At": "problem.", "errs.New": "problem.", "errs.Missed": "problem.", "fault": "problem.", "r.Fail": "problem.", "r.Warn": "problem.", "c.Fail": "problem.", "c.Warn": "problem.",
		"e.report": "problem.", "e.here": "problem.", "e.wrong": "problem.", "At": "problem.", "New": "problem.", "c.reopened": "reason.", "reopened": "reason.",
	}
)

func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return x.Name + "." + e.Sel.Name
		}
		return e.Sel.Name
	case *ast.UnaryExpr:
		return nameOf(e.X)
	}
	return ""
}

// add takes a key that is written out; one with nothing but a full stop in it is no key.
func add(keys *[]used, files *token.FileSet, e ast.Expr, prefix string) {
	literal, ok := e.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return
	}
	key, err := strconv.Unquote(literal.Value)
	if err != nil || key == "" || strings.HasSuffix(key, ".") || prefix == "problem." && !strings.Contains(key, ".") || strings.ContainsAny(key, " /:") ||
		prefix == "gate." && strings.ToLower(key) != key { // a stamp's code
		return
	}
	*keys = append(*keys, used{prefix + key, files.Position(e.Pos()).String()})
}

// TestEveryKeyHasItsText holds every key that the code names, and every one that it puts together, to the catalogue in
// all languages that a reader can choose.
func TestEveryKeyHasItsText(t *testing.T) {
	catalogue, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	book, err := rulebook.Load()
	if err != nil {
		t.Fatal(err)
	}
	if err := rulebook.AddTexts(catalogue, book); err != nil {
		t.Fatal(err)
	}
	keys := keysInCode(t)
	if len(keys) < 200 {
		t.Errorf("only %d keys were found in the code: the scan sees too little", len(keys))
	}
	want := func(prefix string, names ...string) {
		for _, name := range names {
			keys = append(keys, used{prefix + name, "this test"})
		}
	}
	for _, clause := range book.Clauses() {
		want("rule.", clause.Name)
		if clause.Problem != nil {
			want("problem.", clause.Name)
		}
		if clause.Requirement != nil {
			want("requirement.", clause.Requirement.Kind)
		}
	}
	want("requirement.", "announced", "inspection", string(rulebook.PapersCorrected), string(port.Weighed), string(port.CustomsRelease))
	want("rule.", "guomen.announced", "guomen.inspection")
	want("gate.", "open", "held", "refused", "unannounced", "pass_used", "not_inside", "no_pass", "stopped", "container_differs", "law_changed")
	want("reason.", overrideReasons...)
	want("reason.", "weight_differs", "declaration_added", "declaration_amended", "declaration_withdrawn", "ordered_again", "no_longer_required")
	want("word.movement.", "appeared", "announced", "inside", "left", "turned_back", "diverted")
	want("reason.", claim.ReasonElsewhere, claim.ReasonExhausted, claim.ReasonExpired)
	want("word.declaration.", "lodged", "withdrawn", "closed")
	want("word.override.", "open", "stop", "resume")
	want("error.", "unknown", "invalid", "denied", "missing", "conflict", "busy", "unavailable", "broken", "unauthenticated", "too_large")
	for _, role := range append(identity.Roles(), identity.Public) {
		want("", role.TextKey())
	}
	schema, err := newKinds().schema(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range schema.FactNames() {
		if !strings.HasPrefix(name, "token.") && !strings.HasPrefix(name, "registry.") && !registryName(name) {
			want("fact.", name)
		}
	}
	for _, function := range port.Functions() {
		want("", function.TextKey())
	}
	for _, point := range port.DuePoints() {
		want("", point.TextKey())
	}
	for _, state := range port.RequirementStates() {
		want("", state.TextKey())
	}
	for _, result := range port.Results() {
		want("", result.TextKey())
	}
	missing := map[string]string{}
	for _, u := range keys {
		for _, language := range text.Languages {
			if !catalogue.Has(language, u.key) {
				missing[string(language)+" "+u.key] = u.where
			}
		}
	}
	for key, where := range missing {
		t.Errorf("%s has no text (%s)", key, where)
	}
	t.Logf("%d places ask for a text", len(keys))

	// Both languages have the same keys, and the same placeholders in them.
	for _, key := range catalogue.Keys(text.Chinese) {
		if !catalogue.Has(text.English, key) {
			t.Errorf("en has no %s", key)
		}
	}
	for _, key := range catalogue.Keys(text.English) {
		if !catalogue.Has(text.Chinese, key) {
			t.Errorf("zh-CN has no %s", key)
			continue
		}
		for n := range 4 {
			mark := "{" + strconv.Itoa(n) + "}"
			if strings.Contains(catalogue.Say(text.English, key), mark) != strings.Contains(catalogue.Say(text.Chinese, key), mark) {
				t.Errorf("%s has %s in one language only", key, mark)
			}
		}
	}
}

func registryName(name string) bool {
	for _, f := range registryFacts() {
		if f.FactName() == name {
			return true
		}
	}
	return false
}
