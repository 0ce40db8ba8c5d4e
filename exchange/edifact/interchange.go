package edifact

import (
	"strconv"
	"strings"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/errs"
)

// interchange is what stands around the messages: UNB and the headers of the messages, and what became of their reading.
type interchange struct {
	service     service
	una         bool // the service characters are said by a UNA
	identifier  string
	version     string
	sender      party
	recipient   party
	date, time  string
	reference   string
	application string // 0026
	test        bool   // 0035: nobody means what is in it
	line        int    // of UNB
	messages    []message
}

// party is a sender or recipient: identification, qualifier and internal address.
type party struct{ id, qualifier, internal string }

// message is one message of an interchange, by its UNH.
type message struct {
	reference, kind, version, release, agency, association string
	access                                                 string // common access reference
	line                                                   int
	number                                                 string // of the document, as BGM has it
	document                                               any    // nil where the type is none of ours
}

// year is the year in which the interchange was made, or one near it where UNB does not tell.
func (i *interchange) year() int {
	const unknown = 2026
	if len(i.date) < 6 || strings.Trim(i.date, "0123456789") != "" {
		return unknown
	}
	if len(i.date) == 8 { // from version 4
		year, _ := strconv.Atoi(i.date[:4])
		return year
	}
	year, _ := strconv.Atoi(i.date[:2]) // the syntax is of 1987
	if year < 87 {
		return 2000 + year
	}
	return 1900 + year
}

// MaxMessages is how many messages an interchange may have: as many consignments as a cargo report.
const MaxMessages = 9999

// levels counts what the trailers state.
type levels struct {
	groups   int64
	inGroup  int64  // messages of the group that is open
	group    string // its reference
	open     bool
	messages int64
}

// read reads a whole interchange: header, groups and messages, trailer.
func (r *reader) read(src string, forced *service) {
	if !r.begin(src, forced) {
		return
	}
	var l levels
	for r.load() {
		r.seg.position = 0
		switch r.seg.tag {
		case "UNG":
			r.openGroup(&l)
		case "UNE":
			r.closeGroup(&l)
		case "UNH":
			l.messages, l.inGroup = l.messages+1, l.inGroup+1
			if l.messages > MaxMessages {
				r.fail("exchange.too_many", strconv.Itoa(MaxMessages))
				r.ended = true
				return
			}
			r.message()
		case "UNZ":
			r.end(&l)
			return
		default:
			r.fail("edifact.outside", clip(r.seg.tag))
			r.take()
		}
	}
	if !r.failed {
		r.fail("edifact.truncated")
	}
}

// begin finds service characters and character set, and reads UNB.
func (r *reader) begin(src string, forced *service) bool {
	s, length, ok := serviceOf(src)
	if forced != nil && length == 0 {
		s, ok = *forced, true
	}
	i := &r.interchange
	i.service, i.una = s, length > 0
	r.scan = scanner{src: src, service: s, at: length}
	if !ok {
		r.seg.tag = "UNA"
		r.fail("edifact.una")
		return false
	}
	if !r.load() || r.seg.tag != "UNB" {
		if !r.failed {
			r.fail("edifact.no_header")
		}
		return false
	}
	text, odd, ok := decode(src, r.seg.get(1, 1))
	if !ok {
		r.fail("edifact.charset", clip(r.seg.get(1, 1)))
		return false
	}
	if text != src { // in UTF-8 from here on
		r.scan = scanner{src: text, service: s, at: length}
		r.ahead = false
		r.load()
	}
	if odd {
		r.at = place{1, 0, 1}
		r.warn("edifact.charset_utf8", r.seg.get(1, 1))
	}
	r.seg.position = 0
	r.header()
	return true
}

func (r *reader) header() {
	i, s := &r.interchange, &r.seg
	of := func(element int) party { return party{s.get(element, 1), s.get(element, 2), s.get(element, 3)} }
	i.identifier, i.version = s.get(1, 1), s.get(1, 2)
	i.sender, i.recipient = of(2), of(3)
	i.date, i.time, i.reference, i.application = s.get(4, 1), s.get(4, 2), s.get(5, 1), s.get(7, 1)
	i.test, i.line = s.get(11, 1) == "1", r.line()
	switch i.version {
	case "1", "2", "3":
		r.scan.service.repetition = 0 // reserved
	case "4":
		if !i.una {
			r.scan.service.repetition = usualRepetition
		}
	default:
		r.at = place{1, 0, 2}
		r.fail("edifact.version", clip(i.version))
	}
	i.service = r.scan.service
	r.needs(1, 1)
	r.needs(2, 1)
	r.needs(3, 1)
	r.needs(5, 1)
	r.take()
}

// needs reports a component of a service segment that must be there.
func (r *reader) needs(element, component int) {
	if r.seg.get(element, component) == "" {
		r.at = place{element, 0, component}
		r.fail("edifact.missing", r.seg.tag)
	}
	r.at = place{}
}

func (r *reader) openGroup(l *levels) {
	if l.open || l.messages > 0 && l.groups == 0 {
		r.fail("edifact.nesting", "UNG")
	}
	*l = levels{groups: l.groups + 1, group: r.seg.get(5, 1), open: true, messages: l.messages}
	r.needs(5, 1)
	r.take()
}

func (r *reader) closeGroup(l *levels) {
	if !l.open {
		r.fail("edifact.nesting", "UNE")
	}
	r.trailer("edifact.group_count", l.inGroup, l.group)
	l.open = false
	r.take()
}

// trailer holds the current trailer to what was counted, and to the reference of its header.
func (r *reader) trailer(rule string, counted int64, reference string) {
	r.at = place{1, 0, 1}
	stated := r.seg.get(1, 1)
	if n, err := strconv.ParseUint(stated, 10, 63); err != nil {
		r.fail("edifact.number", clip(stated))
	} else if int64(n) != counted {
		r.fail(rule, stated, strconv.FormatInt(counted, 10))
	}
	if r.at = (place{2, 0, 1}); r.seg.get(2, 1) != reference {
		r.fail("edifact.reference", clip(r.seg.get(2, 1)), clip(reference))
	}
	r.at = place{}
}

// end reads UNZ, behind which nothing may stand.
func (r *reader) end(l *levels) {
	if l.open {
		r.fail("edifact.nesting", "UNZ")
	}
	counted := l.messages
	if l.groups > 0 {
		counted = l.groups
	}
	r.trailer("edifact.message_count", counted, r.interchange.reference)
	if l.messages == 0 {
		r.fail("edifact.no_message")
	}
	r.take()
	if f := r.scan.blank(); f != nil || r.scan.at < len(r.scan.src) {
		r.seg = segment{offset: r.scan.at}
		r.fail("edifact.trailing")
	}
	r.ended = true
}

// message reads from UNH to UNT.
func (r *reader) message() {
	s := &r.seg
	r.counted, s.position = 1, 1
	m := message{
		reference: s.get(1, 1), kind: s.get(2, 1), version: s.get(2, 2), release: s.get(2, 3), agency: s.get(2, 4), association: s.get(2, 5),
		access: s.get(3, 1), line: r.line(),
	}
	i := &r.interchange
	index := len(i.messages)
	i.messages = append(i.messages, m)
	r.needs(1, 1)
	r.needs(2, 1)
	step := -1 // nearly every interchange has one message, which needs no number
	if index > 0 {
		step = index
	}
	r.enter(clip(m.kind), step, "")
	r.take()
	if t, ours := types[m.kind]; ours {
		if r.peek() && s.tag != "BGM" {
			r.fail("edifact.missing", "BGM")
		}
		i.messages[index].document = t.read(r)
	}
	for r.peek() {
		r.take()
	}
	switch {
	case r.ended:
	case s.tag != "UNT":
		s.position = 0
		r.fail("edifact.no_trailer", clip(s.tag))
	default:
		r.trailer("edifact.segment_count", int64(r.counted), m.reference)
		r.take()
	}
	r.leave()
}

// messageType is a type of message that is read.
type messageType struct {
	kind exchange.Kind
	read func(*reader) any
}

// types are the types of message that are read.
var types = map[string]messageType{
	"CUSCAR": {exchange.KindManifest, readReport},
	"CUSDEC": {exchange.KindDeclaration, readDeclaration},
	"PAXLST": {exchange.KindPassengers, readList},
}

// answers are the types of message that only we write.
const answers = "CONTRL CUSRES APERAK"

// notOurs is why a whole interchange is not taken though nothing is wrong with its syntax; ok is false where it is.
func (i *interchange) notOurs() (p errs.Problem, is bool) {
	for n := range i.messages {
		m := &i.messages[n]
		p = errs.Problem{Path: "UNH#1+2:1", Severity: errs.Error, Line: m.line, Rule: "edifact.type", Args: []string{clip(m.kind), "CUSCAR, CUSDEC, PAXLST"}}
		switch {
		case among(answers, m.kind):
			p.Rule, p.Args = "edifact.answer_type", p.Args[:1]
		case m.document != nil && n > 0:
			p.Rule, p.Args = "edifact.several", []string{strconv.Itoa(len(i.messages))}
		case m.document != nil:
			continue
		}
		return p, true
	}
	return errs.Problem{Path: "UNB+11:1", Severity: errs.Error, Line: i.line, Rule: "edifact.test"}, i.test
}
