package edifact

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/errs"
)

// What an answer is for, in CUSRES: UN/EDIFACT 1001.
const (
	documentResponse = "962"
	errorResponse    = "963"
)

// The codes of ERC in a CUSRES, of our own list: what became of the message, and how grave a problem is. The result of a
// verdict (MET, INSPECT, …) and the function of customs' answer (08) stand there too.
const (
	codeAccepted    = "A"
	codeRejected    = "R"
	codeUnsupported = "U"
	codeError       = "E"
	codeWarning     = "W"
)

// ownList says that a code is mutually defined: UN/EDIFACT 3055.
const ownList = "ZZZ"

// answer writes what is answered to an interchange: CONTRL on its syntax and, for a message that could be read, CUSRES on
// its business. Nothing can be said to who does not name himself or his interchange.
func answer(src string, reply exchange.Reply, forced *service) []byte {
	r := walk(src, forced, nil)
	i := &r.interchange
	if i.identifier == "" || i.sender.id == "" || i.recipient.id == "" || i.reference == "" {
		return nil
	}
	if _, known := controls[i.version]; !known { // what nobody speaks is answered in the version that most do
		i.version = "3"
	}
	w := &writer{service: i.service, identifier: i.identifier, between: between(src, i.service)}
	w.begin(i, reply.At.Std())
	w.syntax(r)
	if !r.failed && !i.test {
		for n := range i.messages {
			if m := &i.messages[n]; m.document != nil {
				w.business(m, reply)
			}
		}
	}
	w.segment("UNZ", strconv.Itoa(w.messages), w.reference)
	return []byte(w.out.String())
}

// between are the line ends that a sender writes behind his first segment: none, LF or CRLF.
func between(src string, s service) string {
	_, rest, _ := strings.Cut(src[min(lengthUNA, len(src)):], string(rune(s.terminator)))
	for _, end := range []string{"\r\n", "\n"} {
		if strings.HasPrefix(rest, end) {
			return end
		}
	}
	return ""
}

// begin writes UNA, where the sender has one, and UNB: sender and recipient change places, and the reference is made of
// the time, which is enough to tell two answers apart.
func (w *writer) begin(i *interchange, at time.Time) {
	s := w.service
	if i.una {
		blank := func(c byte) byte {
			if c == 0 {
				return ' '
			}
			return c
		}
		w.out.Write([]byte{'U', 'N', 'A', s.component, s.element, s.decimal, blank(s.release), blank(s.repetition), s.terminator})
		w.out.WriteString(w.between)
	}
	day := "060102"
	if len(i.date) == len("20060102") {
		day = "20060102"
	}
	w.reference = strings.ToUpper(strconv.FormatInt(max(at.UnixMicro(), 1), 36))
	local := at.In(beijing)
	w.segment("UNB", w.data(i.identifier, i.version), w.party(i.recipient), w.party(i.sender), w.data(local.Format(day), local.Format("1504")), w.reference, "", w.data(i.application))
}

func (w *writer) party(p party) string { return w.data(p.id, p.qualifier, p.internal) }

// The actions of CONTRL, ISO 9735 element 0083.
const (
	actionRejected     = "4" // this level and all lower ones
	actionAcknowledged = "7" // this level, and the lower ones that are not rejected
)

// controls are the message types of CONTRL by version of the syntax.
var controls = map[string][2]string{"1": {"2", "2"}, "2": {"2", "2"}, "3": {"D", "3"}, "4": {"4", "1"}}

// syntax writes CONTRL.
func (w *writer) syntax(r *reader) {
	i := &r.interchange
	kind := controls[i.version]
	w.open("", "CONTRL", kind[0], kind[1], "UN")
	whole := firstFault(r.faults, func(f *located) bool { return f.position == 0 })
	if whole == nil && i.test {
		whole = &located{rule: "edifact.test", tag: "UNB", at: place{11, 0, 1}}
	}
	w.segment("UCI", w.level([]string{w.data(i.reference), w.party(i.sender), w.party(i.recipient)}, whole)...)
	for n := range i.messages {
		if whole != nil {
			break
		}
		w.control(r, n)
	}
	w.close()
}

// control says what is wrong with one message.
func (w *writer) control(r *reader, n int) {
	m := &r.interchange.messages[n]
	own := func(f *located) bool { return f.message == n+1 && f.position > 0 }
	ends := func(f *located) bool { return own(f) && structural(f.tag) }
	any, end := firstFault(r.faults, own), firstFault(r.faults, ends)
	if m.document == nil && any == nil {
		end = &located{rule: "edifact.type", tag: "UNH", at: place{2, 0, 1}}
		any = end
	}
	identity := []string{w.data(m.reference), w.data(m.kind, m.version, m.release, m.agency, m.association)}
	if any != nil && end == nil {
		w.segment("UCM", append(identity, actionRejected)...)
	} else {
		w.segment("UCM", w.level(identity, end)...)
	}
	last := 0
	for j := range r.faults {
		f := &r.faults[j]
		if !own(f) || structural(f.tag) {
			continue
		}
		if f.position != last {
			last = f.position
			code := ""
			if f.at.element == 0 {
				code = codeOf(f.rule)
			}
			w.segment("UCS", strconv.Itoa(f.position), code)
		}
		if f.at.element > 0 {
			w.segment("UCD", codeOf(f.rule), w.position(f.at))
		}
	}
}

// level is UCI or UCM: the identification, the action, and at what in the header or trailer.
func (w *writer) level(identity []string, f *located) []string {
	if f == nil {
		return append(identity, actionAcknowledged)
	}
	tag := ""
	if structural(f.tag) || f.tag == "UNA" {
		tag = f.tag
	}
	position := ""
	if f.at.element > 0 {
		position = w.position(f.at)
	}
	return append(identity, actionRejected, codeOf(f.rule), tag, position)
}

// position is S011. The tag of a segment counts as its first data element.
func (w *writer) position(p place) string {
	component := ""
	if p.component > 0 {
		component = strconv.Itoa(p.component)
	}
	return w.data(strconv.Itoa(p.element+1), component)
}

func firstFault(faults []located, fits func(*located) bool) *located {
	for i := range faults {
		if fits(&faults[i]) {
			return &faults[i]
		}
	}
	return nil
}

// codes are the errors of the syntax, ISO 9735 element 0085, by our rules. What is not here is a value that its field
// cannot hold.
var codes = map[string]string{
	"edifact.version":        "2",  // syntax version or level not supported
	"edifact.charset":        "2",  //
	"edifact.missing":        "13", // missing
	"edifact.no_trailer":     "13",
	"edifact.no_header":      "13",
	"edifact.truncated":      "13",
	"edifact.type":           "14", // value not supported in this position
	"edifact.tag":            "15", // not supported in this position
	"edifact.outside":        "15",
	"edifact.too_many":       "16", // too many constituents
	"edifact.una":            "22", // invalid service character
	"edifact.character":      "21", // invalid character
	"edifact.test":           "25", // test indicator not supported
	"edifact.reference":      "28", // references do not match
	"edifact.segment_count":  "29", // control count does not match number of instances received
	"edifact.message_count":  "29",
	"edifact.group_count":    "29",
	"edifact.nesting":        "30", // functional groups and messages mixed
	"edifact.no_message":     "32", // lower level empty
	"edifact.trailing":       "33", // invalid occurrence outside message, package or functional group
	"exchange.too_many":      "35", // too many repetitions
	"edifact.segment_length": "39", // too long
}

func codeOf(rule string) string {
	if code, ok := codes[rule]; ok {
		return code
	}
	return "12" // invalid value
}

// business writes CUSRES for one message.
func (w *writer) business(m *message, reply exchange.Reply) {
	w.open(m.access, "CUSRES", m.version, m.release, m.agency, m.association)
	name, code := documentResponse, codeAccepted
	switch reply.Outcome {
	case exchange.Rejected, exchange.Unreadable:
		name, code = errorResponse, codeRejected
	case exchange.Unsupported:
		name, code = errorResponse, codeUnsupported
	}
	w.segment("BGM", name, w.data(reply.Number))
	qualifier := "ACW" // reference to the previous message
	if m.kind == "PAXLST" {
		qualifier = "TN"
	}
	if m.number != "" {
		w.segment("RFF", w.data(qualifier, m.number))
	}
	w.segment("DTM", w.data("137", reply.At.Std().In(beijing).Format("200601021504"), "203"))
	w.said("1", code, "")
	for i := range reply.Problems {
		p := &reply.Problems[i]
		code, section := codeError, "1"
		if p.Severity == errs.Warning {
			code = codeWarning
		}
		if strings.Contains(p.Path, "[") {
			section = "2" // in a group: the detail
		}
		line := ""
		if p.Line > 0 {
			line = "line " + strconv.Itoa(p.Line)
		}
		text := words(p.Rule, p.Path, line)
		if p.Message != "" {
			text += ": " + p.Message
		}
		w.said(section, code, text)
	}
	for _, n := range reply.News {
		code := n.Function
		if code == "" {
			code = cut(strings.ToUpper(string(n.Result)), 8)
		}
		w.said("1", code, words(n.What, string(n.Kind), n.At.String(), n.Reason, n.Note))
	}
	w.close()
}

// said writes one thing: in which section, the code, and a text.
func (w *writer) said(section, code, text string) {
	w.segment("ERP", section)
	w.segment("ERC", w.data(code, "", ownList))
	w.free("AAO", text)
}

// words joins what there is of some words.
func words(list ...string) string {
	return strings.Join(slices.DeleteFunc(list, func(word string) bool { return word == "" }), " ")
}

func cut(text string, longest int) string { return text[:min(longest, len(text))] }
