package wco

import (
	"strconv"
	"strings"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/exchange/markup"
	"github.com/guomen/guomen/internal/errs"
)

// reader walks a message by the tables and remembers where it is, to say what is wrong and where.
type reader struct {
	src      string
	xml      *markup.Reader
	steps    []step
	problems []errs.Problem
	failed   bool                     // a problem is an error
	known    map[string]bool          // what has been warned of, by path without numbers
	answered bool                     // the declaration that an answer is about has been read
	wanted   map[string]exchange.Spot // places that are asked for, by pointer; nil while a message is read
}

// step is one element on the way to the current one.
type step struct {
	name     string
	offset   int    // of the tag
	repeated bool   // it is one of several
	index    int    // which, from 0, in the list of the model
	model    string // name in the model; empty for an element that only groups
}

func (r *reader) enter() {
	r.steps = append(r.steps, step{name: r.xml.Name(), offset: r.xml.Offset()})
}

func (r *reader) leave() { r.steps = r.steps[:len(r.steps)-1] }

// model says which field of the model the current element stands for.
func (r *reader) model(name string) {
	r.steps[len(r.steps)-1].model = name
	r.mark()
}

// index says that the current element is one of a list.
func (r *reader) index(i int) {
	last := &r.steps[len(r.steps)-1]
	last.repeated, last.index = true, i
	r.mark()
}

// mark notes where the current element is, if that is asked for.
func (r *reader) mark() {
	if r.wanted == nil {
		return
	}
	var b strings.Builder
	for _, s := range r.steps {
		if s.model != "" {
			b.WriteString("/" + s.model)
		}
		if s.repeated {
			b.WriteString("/" + strconv.Itoa(s.index))
		}
	}
	if spot, asked := r.wanted[b.String()]; asked && spot.Line == 0 {
		r.wanted[b.String()] = r.spot()
	}
}

func (r *reader) spot() exchange.Spot { return exchange.Spot{Path: r.path(true), Line: r.line()} }

// path is the way to the current element, Declaration/GoodsShipment/GovernmentAgencyGoodsItem[2]; the numbers count the
// elements of a list from 1, as XPath does.
func (r *reader) path(numbers bool) string {
	var b strings.Builder
	for i, s := range r.steps {
		if i > 0 {
			b.WriteByte('/')
		}
		b.WriteString(s.name)
		if s.repeated && numbers {
			b.WriteString("[" + strconv.Itoa(s.index+1) + "]")
		}
	}
	return b.String()
}

func (r *reader) line() int {
	offset := r.xml.Offset()
	if len(r.steps) > 0 {
		offset = r.steps[len(r.steps)-1].offset
	}
	return markup.Line(r.src, offset)
}

// fail reports that the current element cannot be kept as it is: the message is then unreadable.
func (r *reader) fail(rule string, args ...string) {
	r.failed = true
	r.report(errs.Problem{Path: r.path(true), Line: r.line(), Rule: rule, Severity: errs.Error, Args: args})
}

// warn reports something that the sender should know, once for each path and rule.
func (r *reader) warn(suffix, rule string, args ...string) {
	key := rule + " " + r.path(false) + suffix
	if r.known[key] {
		return
	}
	if r.known == nil {
		r.known = map[string]bool{}
	}
	r.known[key] = true
	r.report(errs.Problem{Path: r.path(true) + suffix, Line: r.line(), Rule: rule, Severity: errs.Warning, Args: args})
}

func (r *reader) report(p errs.Problem) {
	switch {
	case len(r.problems) < exchange.MaxProblems-1:
		r.problems = append(r.problems, p)
	case len(r.problems) == exchange.MaxProblems-1:
		r.problems = append(r.problems, errs.Problem{Path: p.Path, Line: p.Line, Rule: "exchange.more", Severity: p.Severity, Args: []string{strconv.Itoa(exchange.MaxProblems)}})
	}
}

// unknown passes over an element that no table has.
func (r *reader) unknown() error {
	r.warn("", "wco.not_modelled")
	return r.xml.Skip()
}

// stray tells of text between elements, where the data model has none.
func (r *reader) stray() {
	if trim(r.xml.Text()) != "" {
		r.warn("/text()", "wco.not_modelled")
	}
}

// attributes gives the value of the attribute that is asked for, and warns of those that nobody reads. What belongs to
// XML Schema itself (xsi:schemaLocation) says nothing about the goods and is left alone.
func (r *reader) attributes(wanted string) string {
	value := ""
	for _, a := range r.xml.Attrs() {
		switch {
		case a.Name == wanted && a.Space == "":
			value = trim(a.Value)
		case a.Space == "http://www.w3.org/2001/XMLSchema-instance":
		default:
			r.warn("/@"+a.Name, "wco.not_modelled")
		}
	}
	return value
}

// text reads the text of the element that has just started, its end included. The white space around it belongs to the
// layout of the file.
func (r *reader) text() (string, error) {
	text := ""
	for {
		kind, err := r.xml.Next()
		if err != nil {
			return "", err
		}
		switch kind {
		case markup.End:
			return trim(text), nil
		case markup.Text:
			text += r.xml.Text() // one piece, unless a comment or CDATA stands within
			if len(text) > markup.MaxText {
				return "", r.tooLong()
			}
		case markup.Start:
			r.enter()
			if err := r.unknown(); err != nil {
				return "", err
			}
			r.leave()
		}
	}
}

func (r *reader) tooLong() error {
	return &markup.Error{Rule: "xml.text_length", Args: []string{strconv.Itoa(markup.MaxText)}, Offset: r.xml.Offset(), Line: r.line()}
}

// trim drops XML's white space. It runs on every piece of text, so it does without the set that strings.Trim builds.
func trim(text string) string {
	blank := func(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
	for len(text) > 0 && blank(text[0]) {
		text = text[1:]
	}
	for len(text) > 0 && blank(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	return text
}

// wcoSpace tells a namespace of the data model, of any profile and version. Customs systems also send answers without any.
func wcoSpace(space string) bool {
	return space == "" || strings.HasPrefix(space, "urn:wco:datamodel:")
}
