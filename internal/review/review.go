// Package review collects what is wrong with a document. A check walks the document and says what it looks at; the
// places of problems, such as items[0].packaging[1].marks, are made only when there is a problem, because most documents
// have none and all of them are checked.
package review

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// The usual limits on texts, in characters. They are the widths of the WCO Data Model, the widest of the formats that
// documents come from: an..17 for codes, an..35 for references, an..70 for identifiers, an..256 for names and places,
// an..512 for descriptions. Codes get 35 too, since national lists are longer than the model's.
const (
	Code      = 35
	Reference = 35
	ID        = 70
	Name      = 256
	Text      = 512
)

// MaxProblems is how many problems a review keeps: nobody mends more in one go.
const MaxProblems = 1000

// Review is one walk over one document. Its zero value is ready.
type Review struct {
	problems []errs.Problem
	steps    []step
}

type step struct {
	name  string
	index int // -1 where it is no element of a list
}

// In steps into a field; Out leaves it.
func (r *Review) In(name string) { r.steps = append(r.steps, step{name, -1}) }

// At steps into one element of a list; Out leaves it.
func (r *Review) At(name string, index int) { r.steps = append(r.steps, step{name, index}) }

// Out leaves the place that was stepped into last.
func (r *Review) Out() { r.steps = r.steps[:len(r.steps)-1] }

// Problems are those found, in the order of the walk.
func (r *Review) Problems() []errs.Problem { return r.problems }

// Fail reports an error at a field of the current place; the empty name is the place itself.
func (r *Review) Fail(name, rule string, args ...string) { r.report(errs.Error, name, rule, args) }

// Warn reports a warning.
func (r *Review) Warn(name, rule string, args ...string) { r.report(errs.Warning, name, rule, args) }

func (r *Review) report(severity errs.Severity, name, rule string, args []string) {
	switch len(r.problems) {
	case MaxProblems:
		return
	case MaxProblems - 1:
		rule, args = "exchange.more", []string{strconv.Itoa(MaxProblems)}
	}
	r.problems = append(r.problems, errs.Problem{Path: r.path(name), Rule: rule, Severity: severity, Args: args})
}

func (r *Review) path(name string) string {
	var b strings.Builder
	for _, s := range append(r.steps[:len(r.steps):len(r.steps)], step{name, -1}) {
		if s.name == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.name)
		if s.index >= 0 {
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		}
	}
	return b.String()
}

// Require reports a field that must be there and is not. Its name goes into the text, because in the sender's file there
// is no place to point at.
func (r *Review) Require(name string, present bool) {
	if !present {
		r.Fail(name, "document.required", name)
	}
}

// Text checks a text: not longer than so many characters, and without control characters other than those of layout.
func (r *Review) Text(name, text string, longest int) {
	if len(text) > longest && utf8.RuneCountInString(text) > longest {
		r.Fail(name, "document.too_long", strconv.Itoa(longest), strconv.Itoa(utf8.RuneCountInString(text)))
	}
	for i := range len(text) {
		if c := text[i]; c < 0x20 && c != '\n' && c != '\t' && c != '\r' || c == 0x7f {
			r.Fail(name, "document.control", strconv.Itoa(int(c)))
			return
		}
	}
}

// Identifier warns of an identifier that its parser does not take. Documents of other countries carry other identifiers,
// so that alone refuses nothing; an empty one is not checked.
func Identifier[S interface {
	~string
	Check() error
}](r *Review, name string, value S) {
	if value != "" {
		r.Text(name, string(value), ID)
		r.Value(name, value.Check(), errs.Warning)
	}
}

// Value reports what a parser of the vocabulary has against a value, if anything.
func (r *Review) Value(name string, err error, severity errs.Severity) {
	if err == nil {
		return
	}
	var fault port.Fault
	if errors.As(err, &fault) {
		r.report(severity, name, fault.Rule, fault.Args)
	}
}

// Firm warns of a unified social credit code 统一社会信用代码 whose check character is wrong. What does not look like one
// may be a foreign number or a customs code, and passes.
func (r *Review) Firm(name, id string) {
	r.Text(name, id, ID)
	const characters = 18
	if len(id) < characters {
		return
	}
	_, err := port.ParseSocialCreditCode(id)
	if err == nil {
		return
	}
	var fault port.Fault
	if errors.As(err, &fault) && fault.Rule == "credit_code.check" {
		r.report(errs.Warning, name, fault.Rule, fault.Args)
	}
}

// NotNegative reports a count or measure below nothing.
func NotNegative[N ~int64](r *Review, name string, n N) {
	if n < 0 {
		r.Fail(name, "document.negative")
	}
}

// AtMost reports a list that is too long, and says whether it is short enough to be walked.
func (r *Review) AtMost(name string, length, most int) bool {
	if length > most {
		r.Fail(name, "document.too_many", strconv.Itoa(most), strconv.Itoa(length))
	}
	return length <= most
}

// The years that a time in a document about goods in motion can lie in: customs began to take declarations by computer
// in the 1980s, and no deadline is set a century ahead.
const (
	earliest port.Time = 315532800_000000  // 1980
	latest   port.Time = 4102444800_000000 // 2100
)

// Time warns of a time that cannot be meant.
func (r *Review) Time(name string, t port.Time) {
	if t != 0 && (t < earliest || t >= latest) {
		r.Warn(name, "document.time", t.String())
	}
}

// Choice reports a value that is none of those a field may have; empty passes.
func (r *Review) Choice(name, value string, choices ...string) {
	if value == "" {
		return
	}
	for _, choice := range choices {
		if value == choice {
			return
		}
	}
	r.Fail(name, "document.choice", shorten(value), strings.Join(choices, ", "))
}

func shorten(text string) string {
	const longest = 40
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return text
}
