package table

import (
	"strconv"
	"strings"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/exchange/markup"
	"github.com/guomen/guomen/internal/errs"
)

// Reader walks a message by the tables and remembers where it is, to say what is wrong and where.
type Reader struct {
	XML      *markup.Reader
	Space    func(string) bool        // tells the namespaces of the format
	Lenient  bool                     // an unknown element that is empty says nothing, and is not warned of
	Problems []errs.Problem           // what was found, warnings and errors
	Failed   bool                     // a problem is an error
	Wanted   map[string]exchange.Spot // places that are asked for, by pointer; nil while a message is read

	src   string
	steps []step
	known map[string]bool // what has been warned of, by path without numbers
	again bool            // the current element is not the first of its name in its parent
}

// NewReader begins to read a whole message. The reader is there even where the message is not well-formed.
func NewReader(src string, space func(string) bool) (*Reader, error) {
	r := &Reader{src: src, Space: space, steps: make([]step, 0, 16)}
	xml, err := markup.New(src)
	if err != nil {
		r.XML = new(markup.Reader)
		return r, err
	}
	r.XML = xml
	return r, nil
}

// Again tells, when a member begins to read, whether its element has stood in the same parent before.
func (r *Reader) Again() bool { return r.again }

// Rooted reads with paths that begin at the current element: what stands around a document is no part of its places.
func (r *Reader) Rooted(read func() error) error {
	outer := r.steps
	r.steps = append([]step(nil), outer[len(outer)-1])
	if r.Wanted != nil {
		r.Wanted[""] = r.Spot()
	}
	if err := read(); err != nil {
		return err
	}
	r.steps = outer
	return nil
}

// Position is the place of the current element in its list, from 1.
func (r *Reader) Position() int64 { return int64(r.steps[len(r.steps)-2].index + 1) }

// step is one element on the way to the current one.
type step struct {
	name     string
	offset   int    // of the tag
	repeated bool   // it is one of several
	index    int    // which, from 0, in the list of the model
	model    string // name in the model; empty for an element that only groups
}

// Enter steps into the element that has just started.
func (r *Reader) Enter() {
	r.steps = append(r.steps, step{name: r.XML.Name(), offset: r.XML.Offset()})
}

// Leave steps out of it, once its end has been read.
func (r *Reader) Leave() { r.steps = r.steps[:len(r.steps)-1] }

// Model says which field of the model the current element stands for.
func (r *Reader) Model(name string) {
	r.steps[len(r.steps)-1].model = name
	r.mark()
}

// Index says that the current element is one of a list.
func (r *Reader) Index(i int) {
	last := &r.steps[len(r.steps)-1]
	last.repeated, last.index = true, i
	r.mark()
}

// mark notes where the current element is, if that is asked for.
func (r *Reader) mark() {
	if r.Wanted == nil {
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
	if spot, asked := r.Wanted[b.String()]; asked && spot.Line == 0 {
		r.Wanted[b.String()] = r.Spot()
	}
}

// Spot is where the current element stands.
func (r *Reader) Spot() exchange.Spot { return exchange.Spot{Path: r.Path(true), Line: r.Line()} }

// Path is the way to the current element, Declaration/GoodsShipment/GovernmentAgencyGoodsItem[2]; the numbers count the
// elements of a list from 1, as XPath does.
func (r *Reader) Path(numbers bool) string {
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

// Line is the line of the current element.
func (r *Reader) Line() int {
	offset := r.XML.Offset()
	if len(r.steps) > 0 {
		offset = r.steps[len(r.steps)-1].offset
	}
	return markup.Line(r.src, offset)
}

// Fail reports that the current element cannot be kept as it is: the message is then unreadable.
func (r *Reader) Fail(rule string, args ...string) {
	r.Failed = true
	if len(r.Problems) == exchange.MaxProblems { // finding the line takes the length of the file
		return
	}
	r.Report(errs.Problem{Path: r.Path(true), Line: r.Line(), Rule: rule, Severity: errs.Error, Args: args})
}

// Warn reports something that the sender should know, once for each path and rule.
func (r *Reader) Warn(suffix, rule string, args ...string) {
	key := rule + " " + r.Path(false) + suffix
	if r.known[key] || len(r.Problems) == exchange.MaxProblems {
		return
	}
	if r.known == nil {
		r.known = map[string]bool{}
	}
	r.known[key] = true
	r.Report(errs.Problem{Path: r.Path(true) + suffix, Line: r.Line(), Rule: rule, Severity: errs.Warning, Args: args})
}

// Report adds a problem, up to exchange.MaxProblems.
func (r *Reader) Report(p errs.Problem) {
	switch {
	case len(r.Problems) < exchange.MaxProblems-1:
		r.Problems = append(r.Problems, p)
	case len(r.Problems) == exchange.MaxProblems-1:
		r.Problems = append(r.Problems, errs.Problem{Path: p.Path, Line: p.Line, Rule: "exchange.more", Severity: p.Severity, Args: []string{strconv.Itoa(exchange.MaxProblems)}})
	}
}

// Unknown passes over an element that no table has.
func (r *Reader) Unknown() error {
	if r.Lenient {
		return r.passOver()
	}
	r.Warn("", "xml.not_modelled")
	return r.XML.Skip()
}

// passOver is Unknown for a format whose messages name every field and leave most of them empty.
func (r *Reader) passOver() error {
	if len(r.XML.Attrs()) > 0 {
		r.Warn("", "xml.not_modelled")
		return r.XML.Skip()
	}
	for depth := 1; depth > 0; {
		kind, err := r.XML.Next()
		if err != nil {
			return err
		}
		switch kind {
		case markup.Start:
			depth++
		case markup.End:
			depth--
		case markup.Text:
			if Trim(r.XML.Text()) != "" {
				r.Warn("", "xml.not_modelled")
				for ; depth > 1; depth-- {
					if err := r.XML.Skip(); err != nil {
						return err
					}
				}
				return r.XML.Skip()
			}
		}
	}
	return nil
}

// stray tells of text between elements, where formats have none.
func (r *Reader) stray() {
	if Trim(r.XML.Text()) != "" {
		r.Warn("/text()", "xml.not_modelled")
	}
}

// Attributes gives the value of the attribute that is asked for, and warns of those that nobody reads. What belongs to
// XML Schema itself (xsi:schemaLocation) says nothing about the goods and is left alone.
func (r *Reader) Attributes(wanted string) string {
	value := ""
	for _, a := range r.XML.Attrs() {
		switch {
		case a.Name == wanted && a.Space == "":
			value = Trim(a.Value)
		case a.Space == "http://www.w3.org/2001/XMLSchema-instance":
		default:
			r.Warn("/@"+a.Name, "xml.not_modelled")
		}
	}
	return value
}

// Text reads the text of the element that has just started, its end included. The white space around it belongs to the
// layout of the file.
func (r *Reader) Text() (string, error) {
	text := ""
	for {
		kind, err := r.XML.Next()
		if err != nil {
			return "", err
		}
		switch kind {
		case markup.End:
			return Trim(text), nil
		case markup.Text:
			text += r.XML.Text() // one piece, unless a comment or CDATA stands within
			if len(text) > markup.MaxText {
				return "", r.TooLong()
			}
		case markup.Start:
			r.Enter()
			if err := r.Unknown(); err != nil {
				return "", err
			}
			r.Leave()
		}
	}
}

// TooLong is the error for a text that is over the limit in all its pieces.
func (r *Reader) TooLong() error {
	return &markup.Error{Rule: "xml.text_length", Args: []string{strconv.Itoa(markup.MaxText)}, Offset: r.XML.Offset(), Line: r.Line()}
}

// Trim drops XML's white space. It runs on every piece of text, so it does without the set that strings.Trim builds.
func Trim(text string) string {
	blank := func(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
	for len(text) > 0 && blank(text[0]) {
		text = text[1:]
	}
	for len(text) > 0 && blank(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	return text
}
