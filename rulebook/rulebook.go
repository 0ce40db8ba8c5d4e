// Package rulebook is the law as the platform has it: one clause a file, in a folder for each authority, with documents
// beside it that the clause must and must not speak about.
//
// A clause names its law, where the knowledge comes from, when and where it applies, a condition in CEL, and what it
// demands: a problem in the document, a requirement on the checklist, a risk result or a deadline. Every clause explains
// itself in Chinese, English, Mongolian and Russian, because a driver who is held must be able to read why. Package
// rules reads and runs them; this package brings the words and the documents that they speak about.
//
// # Subjects
//
//   - declaration: [declaration.Document]. What it demands concerns the consignment.
//   - manifest: [manifest.Document]. With each: waybills, what it demands concerns that waybill's consignment.
//   - movement: [Movement], one conveyance on one crossing. What it demands concerns the movement.
//   - reading: [Reading], what a lane saw and weighed.
//   - confirmation: [manifest.Confirmation], the carrier's word shortly before the crossing.
//   - report: [cargo.Report], the yard's word on what came in or was counted; each: lines.
//   - check: [Crosscheck], what all of them say of one consignment, beside each other.
//   - examination: [Examination], the record of one examination.
//   - purchase: [Purchase], what a border resident buys in mutual trade.
//
// In conditions masses are kilograms and quantities their unit (doubles: write 1.0, not 1), times are timestamps, money
// has minor, currency and amount. now is the instant of judgement, scope the port, mode, direction and regime, and
// the designated sites that the port has (指定监管场地: "meat" in scope.sites). See package rules for absence and for what
// undecided means: a cross-check of two who have not both spoken is undecided, and no risk is counted. The functions beside CEL's own: valid_batch, valid_container,
// valid_credit_code and valid_hs tell whether an identifier is one, hs_prefix(code, prefix) whether goods lie under a
// heading, plate_key(plate) gives what two spellings of a plate have in common.
//
// # Files
//
// rulebook/<authority>/<clause>.yaml, called <authority>.<clause>. testdata/<clause>/pass-*.json are documents of which
// the clause says nothing, fail-*.json those that it does speak about, undecided-*.json those where it cannot tell.
// name@port.json is judged at that port, name+regime.json under that regime.
//
// What every rule of the procedures became, or why it is no clause, is the table in inventory.go; docs/rulebook.md is made
// from it and from the clauses.
// # Versions
//
// The build's clauses are what the law begins with. Facts of the region lay others over them ([Law]): a version of a clause
// is proposed by one named person with documents that it is tried on ([Try]), and activated, run dry or retired from an
// instant on by another ([Propose], [Decide]). What facts say of a clause goes before the build's own of that name, in
// every later build too, until version 0, the build's own, is activated again. What was judged before such a change is
// judged again before it opens anything. Over a past period a version can be replayed ([Replay]).
//
// The clauses rest on what the project's domain facts say, by their tags, and on laws that were read. What only general
// knowledge says runs dry. The Mongolian and Russian texts still want a native reader.
package rulebook

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/guomen/guomen/internal/rules"
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/port"
)

//go:embed */*.yaml */testdata
var files embed.FS

// buildFiles are the clauses that are built into the program, by file.
func buildFiles() (map[string][]byte, error) {
	names, err := fs.Glob(files, "*/*.yaml")
	if err != nil {
		return nil, err
	}
	all := map[string][]byte{}
	for _, name := range names {
		if all[name], err = files.ReadFile(name); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Built is a clause as the build has it, with its documents; false where it has none of that name.
func Built(rule string) (text string, documents []Document, ok bool) {
	data, err := files.ReadFile(fileOf(rule))
	if err != nil {
		return "", nil, false
	}
	folder := folderOf(fileOf(rule))
	entries, err := files.ReadDir(folder)
	if err != nil {
		return string(data), nil, true
	}
	for _, e := range entries {
		if body, err := files.ReadFile(path.Join(folder, e.Name())); err == nil && path.Ext(e.Name()) == ".json" {
			documents = append(documents, Document{Name: strings.TrimSuffix(e.Name(), ".json"), Text: string(body)})
		}
	}
	return string(data), documents, true
}

// fileOf is the file of a clause, and ruleOf the clause of a file: customs.release_import stands in
// customs/release_import.yaml.
func fileOf(rule string) string {
	authority, name, _ := strings.Cut(rule, ".")
	return authority + "/" + name + ".yaml"
}

func ruleOf(file string) string {
	return strings.ReplaceAll(strings.TrimSuffix(file, ".yaml"), "/", ".")
}

// folderOf is where the documents of a clause's file stand.
func folderOf(file string) string {
	return path.Join(path.Dir(file), "testdata", strings.TrimSuffix(path.Base(file), ".yaml"))
}

// Load compiles the book that is built into the program. An error means that a clause's file is wrong; it names file,
// line and column, every one at once, and a test rules it out.
func Load() (*rules.Book, error) { return rules.Load(schema(), files) }

// AddTexts brings the clauses' own words into the catalogue: rule.<name> is a clause's title, rule.<name>.why what a held
// driver reads, and problem.<name> what is said of a document, with {0} for the clause's arguments.
func AddTexts(c *text.Catalogue, book *rules.Book) error {
	for language, said := range textsOf(book.Clauses()) {
		if err := c.Add(language, said); err != nil {
			return err
		}
	}
	return nil
}

// Texts are the words of the clauses of which the region's facts speak, as they stand at an instant: they go before what
// AddTexts brought.
func (l *Law) Texts(at port.Time) map[text.Language]map[string]string {
	return textsOf(slices.DeleteFunc(l.InBook(at), func(c *rules.Clause) bool { return l.clauses[c.Name] == nil }))
}

func textsOf(clauses []*rules.Clause) map[text.Language]map[string]string {
	texts := map[text.Language]map[string]string{}
	add := func(key string, said map[string]string) {
		for language, words := range said {
			of := text.Language(language)
			if texts[of] == nil {
				texts[of] = map[string]string{}
			}
			texts[of][key] = words
		}
	}
	for _, clause := range clauses {
		add("rule."+clause.Name, clause.Title)
		add("rule."+clause.Name+".why", clause.Explanation)
		if clause.Problem != nil {
			add("problem."+clause.Name, clause.Message)
		}
	}
	return texts
}
