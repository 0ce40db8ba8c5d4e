package rulebook

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/rules"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/registry"
)

// Limits on what somebody proposes. A clause that needs more documents to be understood is several clauses.
const (
	MaxDocuments    = 64
	MaxDocument     = 32 << 10 // bytes: a declaration of some fifty lines
	documentName    = 100      // bytes
	maxRuleName     = 100      // bytes
	trialPort       = "ganqimaodu-road"
	trialPass       = "pass"
	trialFail       = "fail"
	trialUndecided  = "undecided"
	proposalProblem = "rule.text"
)

// trialAt is when documents are tried unless the clause is no law on that day: 08:00 in China on the first of June 2026.
var trialAt = port.TimeOf(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))

// Outcome is what a clause said of one document, and what the document's name asks for: pass, where it says nothing of
// it; fail, where it speaks; undecided, where it cannot tell.
type Outcome struct {
	Document string `json:"document"`
	Want     string `json:"want"`
	Got      string `json:"got"`
}

// OK tells whether the clause said what it should.
func (o Outcome) OK() bool { return o.Want == o.Got }

// Trial is a version of a clause that was tried on its documents.
type Trial struct {
	Rule      string
	Text      string
	Documents []Document
	Clause    *rules.Clause // nil where it does not compile
	Outcomes  []Outcome
	Problems  []errs.Problem // all that is wrong; none: it may be proposed
}

// Try compiles a clause and judges its documents by it. Everything that is wrong is told at once: places of the text with
// their lines, and documents by name.
func Try(rule, text string, documents []Document) Trial {
	t := Trial{Rule: rule, Text: text, Documents: documents}
	book, err := compileOne(rule, text)
	for _, fault := range rules.Faults(err) {
		message := fault.Message
		if fault.Column > 0 {
			message = strconv.Itoa(fault.Line) + ":" + strconv.Itoa(fault.Column) + " " + message
		}
		p := errs.At("text", proposalProblem, message)
		p.Line = fault.Line
		t.Problems = append(t.Problems, p)
	}
	if book != nil {
		t.Clause = book.Clauses()[0]
	}
	if len(documents) > MaxDocuments {
		t.Problems = append(t.Problems, errs.At("documents", "rule.documents_many", strconv.Itoa(MaxDocuments)))
		return t
	}
	seen := map[string]bool{}
	count := map[string]int{}
	for i, d := range documents {
		path := "documents[" + strconv.Itoa(i) + "]"
		want, _, _ := strings.Cut(d.Name, "-")
		switch {
		case want != trialPass && want != trialFail && want != trialUndecided, len(d.Name) > documentName, strings.ContainsAny(d.Name, "/\\ \n"):
			t.Problems = append(t.Problems, errs.At(path+".name", "rule.document_name", d.Name))
			continue
		case seen[d.Name]:
			t.Problems = append(t.Problems, errs.At(path+".name", "rule.document_twice", d.Name))
			continue
		case len(d.Text) > MaxDocument:
			t.Problems = append(t.Problems, errs.At(path, "rule.document_large", d.Name, strconv.Itoa(MaxDocument)))
			continue
		}
		seen[d.Name] = true
		count[want]++
		if t.Clause == nil {
			continue
		}
		judgement, err := judgeDocument(book, t.Clause, d)
		if err != nil {
			t.Problems = append(t.Problems, errs.At(path+".document", "rule.document_read", d.Name, err.Error()))
			continue
		}
		o := Outcome{d.Name, want, verdictOf(&judgement, t.Clause.Name)}
		t.Outcomes = append(t.Outcomes, o)
		if !o.OK() {
			t.Problems = append(t.Problems, errs.At(path, "rule.document_outcome", d.Name, o.Got))
		}
	}
	for _, want := range []string{trialPass, trialFail} {
		if count[want] == 0 {
			t.Problems = append(t.Problems, errs.At("documents", "rule.document_missing", want))
		}
	}
	return t
}

// compileOne makes a book of one clause.
func compileOne(rule, text string) (*rules.Book, error) {
	if authority, name, ok := strings.Cut(rule, "."); !ok || authority == "" || name == "" || len(rule) > maxRuleName || strings.ContainsAny(rule, "/\\ ") || strings.Contains(name, ".") {
		return nil, &rules.FileError{Message: "a clause is called authority.clause, not " + strconv.Quote(rule)}
	}
	return rules.Compile(schema(), map[string][]byte{fileOf(rule): []byte(text)})
}

// Parse reads a clause without trying it.
func Parse(rule, text string) (*rules.Clause, error) {
	book, err := compileOne(rule, text)
	if err != nil {
		return nil, err
	}
	return book.Clauses()[0], nil
}

// judgeDocument judges one document by a book, on a day when the clause is law.
func judgeDocument(book *rules.Book, clause *rules.Clause, d Document) (rules.Judgement, error) {
	name, regime, _ := strings.Cut(d.Name, "+")
	_, at, elsewhere := strings.Cut(name, "@")
	if !elsewhere {
		at = trialPort
	}
	scope := AsOf(Scope(port.PortID(at), regime, trialAt), dayInLaw(clause))
	if elsewhere {
		var err error
		if scope.Sites, err = sites(port.PortID(at)); err != nil {
			return rules.Judgement{}, err
		}
	}
	read := func(into any) error {
		decoder := json.NewDecoder(strings.NewReader(d.Text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(into); err != nil {
			return err
		}
		if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
			return errors.New("a document is one JSON object")
		}
		return nil
	}
	switch clause.Subject {
	case declarationSubject:
		return tried(book, scope, JudgeDeclaration, read)
	case manifestSubject:
		return tried(book, scope, JudgeManifest, read)
	case movementSubject:
		return tried(book, scope, JudgeMovement, read)
	case readingSubject:
		return tried(book, scope, JudgeReading, read)
	case confirmationSubject:
		return tried(book, scope, JudgeConfirmation, read)
	case reportSubject:
		return tried(book, scope, JudgeReport, read)
	case crosscheckSubject:
		return tried(book, scope, JudgeCrosscheck, read)
	case examinationSubject:
		return tried(book, scope, JudgeExamination, read)
	case purchaseSubject:
		return tried(book, scope, JudgePurchase, read)
	}
	return rules.Judgement{}, fmt.Errorf("no document of subject %q can be read", clause.Subject)
}

// tried reads a document of a subject's type and judges it.
func tried[T any](book *rules.Book, scope rules.Scope, judge func(*rules.Book, rules.Scope, *T) rules.Judgement, read func(any) error) (rules.Judgement, error) {
	var document T
	if err := read(&document); err != nil {
		return rules.Judgement{}, err
	}
	return judge(book, scope, &document), nil
}

var planned = sync.OnceValues(registry.Planned)

// sites are the designated sites that a port has by the plan when documents are tried.
func sites(at port.PortID) (list []string, err error) {
	state, err := planned()
	if err != nil {
		return nil, err
	}
	for _, d := range state.Designations(at, registry.DayOf(trialAt)) {
		list = append(list, string(d.Goods))
	}
	return list, nil
}

// dayInLaw is an instant at which a clause is law: the one of trials, or else the first day that it names.
func dayInLaw(c *rules.Clause) port.Time {
	if inLaw(c, trialAt) {
		return trialAt
	}
	if days := legalDays(c); c.From != "" {
		return days[0]
	}
	return legalDays(c)[0].Add(-port.Day) // only a last day, which is over
}

// verdictOf is what a clause said in a judgement, dry or not.
func verdictOf(j *rules.Judgement, rule string) string {
	found := trialPass
	say := func(undecided bool) {
		if !undecided {
			found = trialFail
		} else if found == trialPass {
			found = trialUndecided
		}
	}
	for _, o := range []*rules.Outcome{&j.Outcome, &j.DryRun} {
		for i := range o.Problems {
			if o.Problems[i].Rule == rule {
				say(false)
			}
		}
		for i := range o.Demands {
			if o.Demands[i].Rule == rule {
				say(o.Demands[i].Undecided)
			}
		}
		for i := range o.Risks {
			if o.Risks[i].Rule == rule {
				say(o.Risks[i].Undecided)
			}
		}
		for i := range o.Deadlines {
			if o.Deadlines[i].Rule == rule {
				say(o.Deadlines[i].Undecided)
			}
		}
		for i := range o.Doubts {
			if o.Doubts[i].Rule == rule {
				say(true)
			}
		}
	}
	return found
}
