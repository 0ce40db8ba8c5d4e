package repo

import (
	"bytes"
	"go/ast"
	"go/token"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

type rename struct{ path, name, why string }

// renamed are the imports that may have another name than their package: two packages of one name meet in a file.
var renamed = []rename{
	{"encoding/json", "stdjson", "beside the one for outside"},
	{"github.com/jackc/pgx/v5/stdlib", "_", "a test changes the database behind the store's back"},
	{"github.com/goccy/go-json", "fast", "beside encoding/json, in a test that compares"},
	{"github.com/google/go-cmp/cmp", "gocmp", "beside the standard cmp"},
	{"math/rand/v2", "mrand", "beside crypto/rand"},
	{"modernc.org/sqlite/lib", "sqlitecodes", "its own name, sqlite3, says nothing"},
}

// vague are names that say nothing about what a package is.
var vague = strings.Fields("util utils common helper helpers core base model models types database manager service services misc shared lib data")

func TestImportNames(t *testing.T) {
	for _, f := range source() {
		for _, s := range f.ast.Imports {
			imported := imports(s)
			if s.Name == nil || s.Name.Name == path.Base(imported) || s.Name.Name == "_" && imported == "embed" {
				continue
			}
			if !slices.ContainsFunc(renamed, func(r rename) bool { return r.path == imported && r.name == s.Name.Name }) {
				t.Errorf("%s: %s is renamed to %s, and the list of renamed imports does not say why", at(s), imported, s.Name.Name)
			}
		}
	}
}

func TestPackageComments(t *testing.T) {
	docs := map[string][]string{}
	for _, f := range source() {
		name := f.ast.Name.Name
		if last := path.Base(f.pkg); slices.Contains(vague, last) || !f.test && name != "main" && name != last {
			t.Errorf("%s: package %s in folder %s", f.name, name, f.pkg)
		}
		if f.test && f.pkg != "." {
			continue
		}
		docs[f.pkg] = append(docs[f.pkg], "")
		if f.ast.Doc == nil {
			continue
		}
		text := f.ast.Doc.Text()
		docs[f.pkg] = append(docs[f.pkg], f.name)
		want := "Package " + name + " "
		if name == "main" {
			want = "Command " + path.Base(f.pkg) + " "
		}
		if !strings.HasPrefix(text, want) {
			t.Errorf("%s: the package comment does not begin with %q", f.name, want)
		}
		if regexp.MustCompile(`(?i)copyright|licen[sc]ed under|spdx`).MatchString(text) {
			t.Errorf("%s: the package comment is a licence header", f.name)
		}
	}
	for pkg, files := range docs {
		if files = slices.DeleteFunc(files, func(f string) bool { return f == "" }); len(files) != 1 {
			t.Errorf("package %s has %d package comments, want one: %s", pkg, len(files), strings.Join(files, ", "))
		}
	}
}

func TestExportedComments(t *testing.T) {
	for _, f := range source() {
		if f.test {
			continue
		}
		for _, decl := range f.ast.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Name.Name == "init" && d.Recv == nil {
					t.Errorf("%s: func init: what a package needs is handed to it", at(d))
				}
				if d.Name.IsExported() && (d.Recv == nil || ast.IsExported(receiver(d))) && d.Doc == nil {
					t.Errorf("%s: %s.%s has no comment", at(d), f.pkg, strings.TrimPrefix(receiver(d)+"."+d.Name.Name, "."))
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						if s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
							t.Errorf("%s: %s.%s has no comment", at(s), f.pkg, s.Name)
						}
					case *ast.ValueSpec:
						for _, name := range s.Names {
							if name.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
								t.Errorf("%s: %s.%s has no comment", at(s), f.pkg, name)
							}
						}
					}
				}
			}
		}
	}
}

// receiver is the type that a method belongs to; empty for a function.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	of := d.Recv.List[0].Type
	for {
		switch x := of.(type) {
		case *ast.StarExpr:
			of = x.X
		case *ast.IndexExpr:
			of = x.X
		case *ast.IndexListExpr:
			of = x.X
		case *ast.Ident:
			return x.Name
		default:
			return "?"
		}
	}
}

// TestFacts holds every wire name to its form, to its comment and to being the only one, and every fact to its package's
// list: what stands in no list belongs to no module and cannot be recorded.
func TestFacts(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*\.v[1-9][0-9]*$`)
	seen := map[string]string{}
	facts, listed := map[string]token.Position{}, map[string]bool{}
	constants := map[string]string{} // by package and name
	for _, f := range source() {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if s, ok := n.(*ast.ValueSpec); ok && len(s.Names) == 1 && len(s.Values) == 1 {
				constants[f.pkg+"."+s.Names[0].Name] = literal(s.Values[0])
			}
			return true
		})
	}
	for _, f := range source() {
		if f.test {
			continue
		}
		for _, decl := range f.ast.Decls {
			d, ok := decl.(*ast.FuncDecl)
			if !ok || d.Body == nil {
				continue
			}
			if d.Name.Name == "Facts" && d.Recv == nil {
				ast.Inspect(d.Body, func(n ast.Node) bool {
					if c, ok := n.(*ast.CompositeLit); ok {
						if of, ok := c.Type.(*ast.Ident); ok {
							listed[f.pkg+"."+of.Name] = true
						}
					}
					return true
				})
			}
			if d.Name.Name != "FactName" || d.Recv == nil {
				continue
			}
			facts[f.pkg+"."+receiver(d)] = at(d)
			of := returned(d)
			name := literal(of)
			if constant, ok := of.(*ast.Ident); ok {
				name = constants[f.pkg+"."+constant.Name]
			} else if !strings.Contains(d.Doc.Text(), name) {
				t.Errorf("%s: the comment on FactName does not say %s", at(d), name)
			}
			if !form.MatchString(name) {
				t.Errorf("%s: the fact's name %q has not the form noun.happened.v1", at(d), name)
			}
			if other, twice := seen[name]; twice {
				t.Errorf("%s: %s is also the name of %s", at(d), name, other)
			}
			seen[name] = f.pkg + "." + receiver(d)
		}
	}
	if len(facts) == 0 {
		t.Error("no facts found")
	}
	for fact, position := range facts {
		if !listed[fact] && !strings.HasPrefix(fact, "internal/ledger.") {
			t.Errorf("%s: %s stands in no list of facts", position, fact)
		}
	}
}

// returned is what a function of one return statement returns; nil for any other.
func returned(d *ast.FuncDecl) ast.Expr {
	if len(d.Body.List) == 1 {
		if r, ok := d.Body.List[0].(*ast.ReturnStmt); ok && len(r.Results) == 1 {
			return r.Results[0]
		}
	}
	return nil
}

// literal is the text of a string literal; empty for anything else.
func literal(e ast.Expr) string {
	if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		text, _ := strconv.Unquote(lit.Value)
		return text
	}
	return ""
}

// TestFiles looks at every file that is, or is about to be, committed: nothing that was built, nothing of others, no
// names of the places where it was written.
func TestFiles(t *testing.T) {
	// In pieces, so that this file may stay.
	places := []string{"/wo" + "rk/", "/ro" + "ot/", "/tmp/br" + "ief", "cla" + "ude", "anth" + "ropic", "chat" + "gpt", "co" + "pilot",
		"registry.npm" + "js", "npm" + "mirror", "proxy.gol" + "ang.org", "gopro" + "xy."}
	open := regexp.MustCompile(`\b(TODO|FIXME|HACK)\b`)
	owned := regexp.MustCompile(`TODO\((#[0-9]+|[a-z]+)\): `)
	for _, name := range tracked(t) {
		switch {
		case strings.HasPrefix(name, "internal/web/dist/") && name != "internal/web/dist/placeholder.txt",
			strings.Contains(name, "node_modules/"), regexp.MustCompile(`\.(min\.(js|css)|map|woff2?|ttf|otf|wasm|so|a|exe|zip|t?gz|jar|pdf|db)$`).MatchString(name):
			t.Errorf("%s: built or third-party files are not committed", name)
			continue
		case name == "docs/screenshot.png", name == "go.sum":
			continue
		}
		data, err := os.ReadFile(name)
		if os.IsNotExist(err) {
			continue // about to be removed
		}
		if err != nil {
			t.Error(err)
			continue
		}
		if bytes.IndexByte(data, 0) >= 0 {
			t.Errorf("%s: binary files are not committed", name)
			continue
		}
		for n, line := range bytes.Split(data, []byte("\n")) {
			lower := strings.ToLower(string(line))
			for _, place := range places {
				if strings.Contains(lower, place) {
					t.Errorf("%s:%d: %q does not belong into the project", name, n+1, place)
				}
			}
			if name != "LICENSE" && strings.Contains(lower, "copyright "+"(c)") {
				t.Errorf("%s:%d: a file of somebody else's", name, n+1)
			}
			if strings.HasSuffix(name, "package-lock.json") && strings.Contains(lower, `"resolved"`) {
				t.Errorf("%s:%d: a lock file names no registry", name, n+1)
			}
			if name != "style_test.go" && open.Match(line) && !owned.Match(line) {
				t.Errorf("%s:%d: write TODO(#123): or TODO(name):", name, n+1)
			}
			if !strings.HasSuffix(name, "_test.go") && strings.ContainsFunc(string(line), pictogram) {
				t.Errorf("%s:%d: no emoji", name, n+1)
			}
		}
	}
}

func pictogram(r rune) bool { return r >= 0x1f000 && r < 0x1fb00 || r == 0xfe0f }

// TestLimits looks for the constants that docs/operate.md names.
func TestLimits(t *testing.T) {
	known := map[string]bool{}
	for _, f := range source() {
		for _, decl := range f.ast.Decls {
			if d, ok := decl.(*ast.GenDecl); ok && d.Tok == token.CONST {
				for _, spec := range d.Specs {
					for _, name := range spec.(*ast.ValueSpec).Names {
						known[f.pkg+"."+name.Name] = true
					}
				}
			}
		}
	}
	_, limits, _ := strings.Cut(read(t, "docs/operate.md"), "\n## Limits\n")
	limits, _, _ = strings.Cut(limits, "\n## ")
	found := regexp.MustCompile("`([a-z/]+\\.[A-Za-z]+)`").FindAllStringSubmatch(limits, -1)
	for _, m := range found {
		if !known[m[1]] {
			t.Errorf("docs/operate.md: there is no constant %s", m[1])
		}
	}
	if len(found) == 0 {
		t.Error("docs/operate.md names no limits")
	}
}

// TestLinks follows the links of the documents to other files; the one picture is taken of the running demo.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	for _, name := range tracked(t) {
		if path.Ext(name) != ".md" {
			continue
		}
		for _, m := range link.FindAllStringSubmatch(read(t, name), -1) {
			if to := path.Join(path.Dir(name), m[1]); path.Ext(to) != ".png" {
				if _, err := os.Stat(to); err != nil {
					t.Errorf("%s: the link to %s leads nowhere", name, m[1])
				}
			}
		}
	}
}

// tracked are the files that git knows, or would take; none, with a skip, where this is no checkout.
func tracked(t *testing.T) []string {
	out, err := exec.Command("git", "-c", "safe.directory=*", "-c", "core.quotePath=false", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Skip("no git checkout: ", err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}
