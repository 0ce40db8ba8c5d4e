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
//
// The clauses rest on what the project's domain facts say, by their tags, and on laws that were read. What only general
// knowledge says runs dry. The Mongolian and Russian texts still want a native reader.
package rulebook

import (
	"embed"

	"github.com/guomen/guomen/internal/rules"
	"github.com/guomen/guomen/internal/text"
)

//go:embed */*.yaml
var files embed.FS

// Load compiles the book that is built into the program. An error means that a clause's file is wrong; it names file,
// line and column, every one at once, and a test rules it out.
func Load() (*rules.Book, error) { return rules.Load(schema(), files) }

// AddTexts brings the clauses' own words into the catalogue: rule.<name> is a clause's title, rule.<name>.why what a held
// driver reads, and problem.<name> what is said of a document, with {0} for the clause's arguments.
func AddTexts(c *text.Catalogue, book *rules.Book) error {
	texts := map[string]map[string]string{}
	add := func(key string, said map[string]string) {
		for language, words := range said {
			if texts[language] == nil {
				texts[language] = map[string]string{}
			}
			texts[language][key] = words
		}
	}
	for _, clause := range book.Clauses() {
		add("rule."+clause.Name, clause.Title)
		add("rule."+clause.Name+".why", clause.Explanation)
		if clause.Problem != nil {
			add("problem."+clause.Name, clause.Message)
		}
	}
	for language, said := range texts {
		if err := c.Add(text.Language(language), said); err != nil {
			return err
		}
	}
	return nil
}
