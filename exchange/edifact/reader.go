package edifact

import (
	"errors"
	"strconv"
	"strings"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// reader walks an interchange and remembers where it is, to say what is wrong and where.
type reader struct {
	scan    scanner
	seg     segment
	ahead   bool   // the segment has been looked at, and nobody has taken it
	ended   bool   // nothing can be read any more
	counted int    // segments of the message so far
	steps   []step // the message and the groups down to the segment
	tables  []tags // of the groups that are open, the innermost last

	at       place // what is being read of the segment
	problems []errs.Problem
	faults   []located // the errors again, with what CONTRL needs
	failed   bool
	known    map[string]bool          // what has been warned of, by path without numbers
	wanted   map[string]exchange.Spot // places that are asked for, by pointer; nil while a message is read

	interchange  interchange
	skippedLines int // before the interchange
}

// step is a message or a group on the way to the current segment.
type step struct {
	name  string
	index int    // which of its kind, from 0; -1 where it is the only one
	model string // the field of the model that it stands for; empty: none
}

// located is an error with its place in the terms of the syntax.
type located struct {
	rule     string
	message  int // which message of the interchange, from 1; 0 none
	position int // of the segment in its message
	tag      string
	at       place
}

// peek looks at the next segment of the current message; false where the message or the file ends.
func (r *reader) peek() bool {
	return r.load() && !structural(r.seg.tag)
}

// load makes sure that there is a segment to look at.
func (r *reader) load() bool {
	if r.ahead || r.ended {
		return r.ahead
	}
	r.at = place{}
	ok, f := r.scan.next(&r.seg)
	if f != nil {
		r.seg.offset, r.at = f.offset, place{}
		r.fail(f.rule, f.args...)
	}
	r.ahead, r.ended = ok, !ok
	if ok {
		r.counted++
		r.seg.position = r.counted
	}
	return ok
}

// take takes the segment that peek has shown.
func (r *reader) take() { r.ahead = false }

// structural tells the service segments of a batch interchange.
func structural(tag string) bool {
	switch tag {
	case "UNB", "UNZ", "UNG", "UNE", "UNH", "UNT":
		return true
	}
	return false
}

func (r *reader) enter(name string, index int, model string) {
	r.steps = append(r.steps, step{name, index, model})
	r.mark("")
}

func (r *reader) leave() { r.steps = r.steps[:len(r.steps)-1] }

// mark notes where a field of the model stands, if that is asked for. The empty name is the current group itself.
func (r *reader) mark(field string) {
	if r.wanted == nil {
		return
	}
	var b strings.Builder
	for _, s := range r.steps {
		if s.model == "" {
			continue
		}
		b.WriteString("/" + s.model)
		if s.index >= 0 {
			b.WriteString("/" + strconv.Itoa(s.index))
		}
	}
	if field != "" {
		b.WriteString("/" + field)
	}
	if spot, asked := r.wanted[b.String()]; asked && spot.Line == 0 {
		r.wanted[b.String()] = exchange.Spot{Path: r.path(true), Line: r.line()}
	}
}

// path is the way to the current place: CUSCAR/CNI[2]/GID[1]/MEA#31+3:2 is the second component of the third data element
// of a MEA, the 31st segment of its message counted from UNH, in the first GID of the second CNI. Without numbers it
// names all places of the same kind.
func (r *reader) path(numbers bool) string {
	var b strings.Builder
	for _, s := range r.steps {
		b.WriteString(s.name)
		if s.index >= 0 && numbers {
			b.WriteString("[" + strconv.Itoa(s.index+1) + "]")
		}
		b.WriteByte('/')
	}
	path := b.String()
	b.Reset()
	// A trigger is its group; where the file breaks off there may be no segment at all.
	if n := len(r.steps); n > 0 && (r.seg.tag == "" || n > 1 && r.steps[n-1].name == r.seg.tag) {
		path = strings.TrimSuffix(path, "/")
	} else {
		path += r.seg.tag
	}
	b.WriteString(path)
	if numbers && r.seg.position > 0 {
		b.WriteString("#" + strconv.Itoa(r.seg.position))
	}
	if r.at.element > 0 {
		b.WriteString("+" + strconv.Itoa(r.at.element))
		if r.at.component > 0 {
			b.WriteString(":" + strconv.Itoa(r.at.component))
		}
	}
	return b.String()
}

func (r *reader) line() int { return r.scan.line(r.seg.offset) + r.skippedLines }

// fail reports that the current place cannot be kept as it is: the message is then unreadable.
func (r *reader) fail(rule string, args ...string) {
	r.failed = true
	r.report(errs.Problem{Path: r.path(true), Line: r.line(), Rule: rule, Severity: errs.Error, Args: args})
	if len(r.faults) < exchange.MaxProblems {
		r.faults = append(r.faults, located{rule, len(r.interchange.messages), r.seg.position, r.seg.tag, r.at})
	}
}

// warn reports something that the sender should know, once for each kind of place and rule.
func (r *reader) warn(rule string, args ...string) {
	key := rule + " " + r.path(false)
	if r.known[key] {
		return
	}
	if r.known == nil {
		r.known = map[string]bool{}
	}
	r.known[key] = true
	r.report(errs.Problem{Path: r.path(true), Line: r.line(), Rule: rule, Severity: errs.Warning, Args: args})
}

func (r *reader) report(p errs.Problem) {
	switch {
	case len(r.problems) < exchange.MaxProblems-1:
		r.problems = append(r.problems, p)
	case len(r.problems) == exchange.MaxProblems-1:
		r.problems = append(r.problems, errs.Problem{Path: p.Path, Line: p.Line, Rule: "exchange.more", Severity: p.Severity, Args: []string{strconv.Itoa(exchange.MaxProblems)}})
	}
}

// value reports what a parser of the vocabulary has against a value.
func (r *reader) value(err error) bool {
	if err == nil {
		return true
	}
	var fault port.Fault
	if errors.As(err, &fault) {
		r.fail(fault.Rule, fault.Args...)
	} else {
		r.fail("edifact.value")
	}
	return false
}
