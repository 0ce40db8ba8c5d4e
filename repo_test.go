// Package repo is the architecture and the style of this repository, as tests: what may import what, what stands at the
// root, what every package and fact must say. The tables come first and are the place to change a decision; the tests
// only parse, so they take a second or two. ARCHITECTURE.md prints the first two tables, and is held to them.
package repo

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode"
)

const module = "github.com/guomen/guomen/"

// What the tables hold. Lists of packages and folders are separated by spaces.
type (
	layer      struct{ what, packages string }
	edge       struct{ from, to, why string }
	denial     struct{ in, imports, why string }
	clock      struct{ in, why string }
	root       struct{ name, unlisted string }
	dependency struct{ path, in, why string }
)

// layers stand from the bottom up. A package imports packages of lower layers; those beside it only along an edge. A
// folder stands for what is in it; */*web is every capability's pages and routes.
var layers = []layer{
	{"vocabulary, standard library only", "port"},
	{"words for what is wrong, and for people", "internal/errs internal/text"},
	{"machinery that knows no business", "internal/review internal/ledger internal/store internal/rules internal/identity internal/cluster internal/bench"},
	{"capabilities: facts, decisions, views; pure", "registry manifest declaration passenger cargo claim movement gate exchange plan"},
	{"the law, as files, and what facts lay over them", "rulebook"},
	{"HTTP: the API's and the pages' shell", "internal/api internal/web"},
	{"pages and routes of one capability", "*/*web"},
	{"outside users", "simulator"},
	{"the program", "cmd"},
}

// edges are the imports within a layer, each with its reason. Between capabilities an edge means: listens to its facts,
// and knows its ids. None gives another's commands or reads another's tables.
var edges = []edge{
	{"internal/bench", "internal/cluster", "loads a PostgreSQL of its own"},
	{"internal/bench", "internal/ledger", "gives commands, and writes rows without it for the raw limit"},
	{"internal/identity", "internal/ledger", "tokens are facts of the region"},
	{"internal/store", "internal/ledger", "stores what the engine writes"},
	{"internal/store/storetest", "internal/cluster", "runs tests on a PostgreSQL of their own"},
	{"manifest", "cargo", "a waybill becomes a consignment"},
	{"declaration", "cargo", "declares goods by their waybill, and parts of those in custody as lots of their own"},
	{"claim", "manifest", "its batch number, containers and permit are claimed in the region"},
	{"claim", "declaration", "its number is claimed in the region"},
	{"claim/follow", "cargo", "what is forwarded is received elsewhere"},
	{"claim/follow", "movement", "what a movement claims ends with it; a release is reported where the goods are"},
	{"movement", "claim", "the answer to a claim settles its requirement"},
	{"movement", "manifest", "a manifest announces a movement and brings its requirements"},
	{"movement", "cargo", "a consignment brings its requirements to what carries it"},
	{"movement", "declaration", "a declaration and customs' answer to it change the consignment's checklist"},
	{"movement/board", "gate", "boards and lists show readings, decisions and passes"},
	{"gate", "movement", "a pass says that the movement's checklist is clear"},
	{"gate", "cargo", "what carries a released consignment may get its pass; goods come in and go out through gates"},
	{"gate", "declaration", "a declaration that changes may bring or take a pass; it closes when its goods are gone"},
	{"gate", "claim", "the answer to a claim may bring or take a pass"},
	{"gate", "manifest", "a vehicle that is announced may get its pass"},
	{"exchange", "declaration", "messages are read into its document"},
	{"exchange", "manifest", "messages are read into its document"},
	{"exchange", "cargo", "reports on goods in custody are read into its document"},
	{"exchange", "passenger", "messages are read into its document"},
	{"gate/gateweb", "exchange/exchangeweb", "names commands and ledgers"},
	{"movement/movementweb", "exchange/exchangeweb", "names commands and ledgers"},
}

// denials are imports that layers leave open and that a folder must not have all the same.
var denials = []denial{
	{"port registry manifest declaration passenger cargo claim movement gate exchange plan rulebook",
		"net net/http html/template database/sql os os/exec math/rand math/rand/v2 crypto/rand",
		"cores are pure: no clock, no randomness, no input or output"},
	{"simulator", "github.com/guomen/guomen/internal/ledger github.com/guomen/guomen/internal/store github.com/guomen/guomen/internal/identity",
		"it is an outside user and meets the platform over HTTP only"},
}

// clocks are the folders that may read the machine's clock. Everything else is told the time.
var clocks = []clock{
	{"cmd", "the program hands out the clock"},
	{"internal/bench", "measures"},
	{"internal/ledger", "the engine's clock is recorded_at"},
	{"internal/store", "says how long a backup took"},
	{"internal/web", "deadlines of connections and cookies are the machine's"},
	{"simulator", "an outside user has a clock of its own"},
}

// roots are the folders at the root: words that the port's staff would use. A capability stands in cmd/guomen/modules.go;
// what does not says why.
var roots = []root{
	{"cargo", ""},
	{"claim", ""},
	{"cmd", "holds the one binary"},
	{"declaration", ""},
	{"docs", "decisions, and how to operate"},
	{"exchange", "has no facts of its own: what it reads becomes documents of others"},
	{"gate", ""},
	{"internal", "machinery"},
	{"manifest", ""},
	{"movement", ""},
	{"passenger", "lists of persons are read and checked; nothing is recorded yet"},
	{"plan", "numbers of the published plan, as data; nothing is recorded yet"},
	{"port", "the vocabulary"},
	{"registry", ""},
	{"rulebook", ""},
	{"simulator", "an outside user"},
}

// dependencies are the direct modules, with the reason for each and the folders whose code imports it; empty: tests only.
var dependencies = []dependency{
	{"cel.dev/cel-go", "internal/rules", "conditions of rules: typed, terminating, what Kubernetes uses"},
	{"github.com/chromedp/chromedp", "", "the pages in a real browser"},
	{"github.com/danielgtaylor/huma/v2", "internal/api", "OpenAPI 3.1 and validation from the Go types"},
	{"github.com/emmansun/gmsm", "internal/ledger", "SM3 and SM4, where national cryptography is required"},
	{"github.com/go-json-experiment/json", "cmd exchange gate/gateweb movement/movementweb", "JSON from outside: strict about names that occur twice and members nobody knows"},
	{"github.com/goccy/go-json", "internal/ledger", "our own stored bytes, which are decoded six times as fast as by encoding/json"},
	{"github.com/goccy/go-yaml", "cmd internal/rules plan registry simulator", "data that people write: rules, registry, plan, configuration; errors with line and column"},
	{"github.com/google/go-cmp", "", "differences in tests"},
	{"github.com/jackc/pgx/v5", "internal/bench internal/cluster internal/store", "PostgreSQL"},
	{"github.com/prometheus/client_golang", "cmd", "what operators alarm on"},
	{"github.com/transparency-dev/merkle", "internal/ledger", "RFC 6962 proofs that others can check"},
	{"golang.org/x/net", "internal/web/webtest", "parses the HTML of pages under test"},
	{"golang.org/x/text", "exchange", "GB 18030 and GBK, in which Chinese systems still send XML"},
	{"modernc.org/sqlite", "internal/store", "the embedded database, in pure Go"},
	{"pgregory.net/rapid", "", "properties, with shrinking"},
}

func TestImportsGoDown(t *testing.T) {
	used := map[int]bool{}
	for _, f := range source() {
		if f.test {
			continue
		}
		own := layerOf(f.pkg)
		if own < 0 {
			t.Errorf("%s: package %s stands in no layer", f.name, f.pkg)
			continue
		}
		for _, s := range f.ast.Imports {
			imported := imports(s)
			for _, d := range denials {
				if within(d.in, f.pkg) && !strings.HasSuffix(f.pkg, "web") && slices.Contains(strings.Fields(d.imports), imported) {
					t.Errorf("%s: %s imports %s: %s", at(s), f.pkg, imported, d.why)
				}
			}
			to, ours := strings.CutPrefix(imported, module)
			if !ours {
				continue
			}
			if strings.HasSuffix(to, "test") && !strings.HasSuffix(f.pkg, "test") {
				t.Errorf("%s: %s is for tests", at(s), to)
			}
			if strings.HasPrefix(f.pkg, "internal/") && !within("internal port", to) {
				t.Errorf("%s: %s is machinery and knows no business, such as %s", at(s), f.pkg, to)
			}
			switch layer := layerOf(to); {
			case layer > own:
				t.Errorf("%s: %s (%s) imports %s, which is above it (%s)", at(s), f.pkg, layers[own].what, to, layers[layer].what)
			case layer == own && home(to) != home(f.pkg):
				i := slices.IndexFunc(edges, func(e edge) bool { return within(e.from, f.pkg) && e.to == to })
				if i < 0 {
					t.Errorf("%s: %s imports %s beside it, and no edge says why", at(s), f.pkg, to)
				}
				used[i] = true
			}
		}
	}
	for i, e := range edges {
		if !used[i] {
			t.Errorf("nothing needs the edge %s → %s any more", e.from, e.to)
		}
	}
}

func TestLayerOf(t *testing.T) {
	for pkg, want := range map[string]int{
		"port": 0, "internal/errs": 1, "internal/store/storetest": 2, "movement/board": 3, "rulebook": 4, "internal/web/webtest": 5,
		"gate/gateweb": 6, "simulator": 7, "cmd/guomen": 8, "portal": -1, "internal/util": -1, ".": -1,
	} {
		if got := layerOf(pkg); got != want {
			t.Errorf("layerOf(%q) = %d, want %d", pkg, got, want)
		}
	}
}

func TestClock(t *testing.T) {
	for _, f := range source() {
		if f.test || slices.ContainsFunc(clocks, func(c clock) bool { return within(c.in, f.pkg) }) {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until"}, s.Sel.Name) {
					t.Errorf("%s: %s reads the machine's clock (time.%s); time comes in the command, or from ledger.Engine.Now", at(n), f.pkg, s.Sel.Name)
				}
			}
			return true
		})
	}
}

func TestRootFolders(t *testing.T) {
	modules, err := os.ReadFile("cmd/guomen/modules.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range roots {
		names = append(names, r.name)
		if listed := bytes.Contains(modules, []byte(`{name: "`+r.name+`"`)); listed == (r.unlisted != "") {
			t.Errorf("%s: in modules.go: %t; the table of roots says %q", r.name, listed, r.unlisted)
		}
	}
	same(t, "root folders", folders(t), names)
	for _, readme := range []string{"README.md", "README.zh-CN.md"} {
		var mapped []string
		inside := false
		for line := range strings.Lines(read(t, readme)) {
			if strings.HasPrefix(line, "```") {
				inside = !inside
			}
			if m := regexp.MustCompile(`^([a-z]+)/( |\n)`).FindStringSubmatch(line); inside && m != nil {
				mapped = append(mapped, m[1])
			}
		}
		slices.Sort(mapped)
		same(t, "the map of "+readme, mapped, names)
	}
}

func TestArchitecture(t *testing.T) {
	var want []string
	for i, l := range layers {
		want = append(want, fmt.Sprintf("| %d | %s | `%s` |", i, l.what, strings.ReplaceAll(l.packages, " ", "` `")))
	}
	same(t, "layers of ARCHITECTURE.md", rows(t, "## Layers"), want)
	want = nil
	for _, e := range edges {
		want = append(want, fmt.Sprintf("| `%s` | `%s` | %s |", e.from, e.to, e.why))
	}
	same(t, "edges of ARCHITECTURE.md", rows(t, "## Who listens to whom"), want)
}

// rows are the rows of the table under a heading of ARCHITECTURE.md, without its head.
func rows(t *testing.T, heading string) []string {
	_, rest, _ := strings.Cut(read(t, "ARCHITECTURE.md"), heading+"\n")
	rest, _, _ = strings.Cut(rest, "\n## ")
	var list []string
	for line := range strings.Lines(rest) {
		if strings.HasPrefix(line, "|") {
			list = append(list, strings.TrimSpace(line))
		}
	}
	return list[min(2, len(list)):]
}

func TestDependencies(t *testing.T) {
	var direct, allowed []string
	for line := range strings.Lines(read(t, "go.mod")) {
		if f := strings.Fields(strings.TrimPrefix(line, "require ")); len(f) == 2 && strings.HasPrefix(f[1], "v") && strings.Contains(f[0], ".") {
			direct = append(direct, f[0])
		}
	}
	for _, d := range dependencies {
		allowed = append(allowed, d.path)
	}
	same(t, "direct dependencies", direct, allowed)
	for _, f := range source() {
		for _, s := range f.ast.Imports {
			for _, d := range dependencies {
				if imported := imports(s); !f.test && (imported == d.path || strings.HasPrefix(imported, d.path+"/")) && !within(d.in, f.pkg) {
					t.Errorf("%s: %s imports %s, which is for %s", at(s), f.pkg, imported, cmp.Or(d.in, "tests"))
				}
			}
		}
	}
}

// file is one Go file; pkg is its folder from the root, "." for the root itself.
type file struct {
	name, pkg string
	test      bool
	ast       *ast.File
}

var positions = token.NewFileSet()

func at(n ast.Node) token.Position { return positions.Position(n.Pos()) }

func imports(s *ast.ImportSpec) string {
	imported, _ := strconv.Unquote(s.Path.Value)
	return imported
}

// source is every Go file of the module, parsed once.
var source = sync.OnceValue(func() []file {
	var list []file
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (name != "." && strings.HasPrefix(d.Name(), ".") || slices.Contains([]string{"node_modules", "testdata", "bin", "build"}, d.Name())) {
			return fs.SkipDir
		}
		if d.IsDir() || filepath.Ext(name) != ".go" {
			return nil
		}
		parsed, err := parser.ParseFile(positions, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		list = append(list, file{filepath.ToSlash(name), filepath.ToSlash(filepath.Dir(name)), strings.HasSuffix(name, "_test.go"), parsed})
		return err
	})
	if err != nil {
		panic(err) // the compiler says the same
	}
	return list
})

// layerOf is the index of a package's layer, -1 where it has none.
func layerOf(pkg string) int {
	if folder, last := path.Split(pkg); last == strings.TrimSuffix(folder, "/")+"web" {
		pkg = "*/*web"
	}
	return slices.IndexFunc(layers, func(l layer) bool { return within(l.packages, pkg) })
}

// within tells whether a package lies in one of some folders.
func within(folders, pkg string) bool {
	return slices.ContainsFunc(strings.Fields(folders), func(f string) bool { return pkg == f || strings.HasPrefix(pkg, f+"/") })
}

// home is the folder within which packages import each other freely: a capability, or one piece of machinery.
func home(pkg string) string {
	parts := strings.SplitN(pkg, "/", 3)
	if parts[0] == "internal" && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// folders are those at the root, without what the build makes.
func folders(t *testing.T) []string {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		if e.IsDir() && unicode.IsLetter(rune(e.Name()[0])) && e.Name() != "bin" && e.Name() != "build" {
			list = append(list, e.Name())
		}
	}
	return list
}

func read(t *testing.T, name string) string {
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	for _, g := range got {
		if !slices.Contains(want, g) {
			t.Errorf("%s: %s should not be there", what, g)
		}
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("%s: %s is missing", what, w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %d, want %d", what, len(got), len(want))
	}
}
