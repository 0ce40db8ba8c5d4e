// Package edifact reads UN/EDIFACT interchanges of syntax versions 1 to 4 (ISO 9735) that carry one CUSCAR, CUSDEC or
// PAXLST, and answers them with CONTRL and CUSRES in the sender's own service characters.
//
// Tables (cuscar.go, cusdec.go, paxlst.go) say for each group of segments where the data of its segments live in
// manifest.Document, declaration.Document and passenger.Document. A segment belongs to the innermost open group whose
// table has its tag, so that no directory is needed to tell groups apart; the shapes of D.95B and D.96B and of later directories differ in
// groups, and the tables have both.
//
// # The syntax
//
// Service characters are those of the UNA, or the usual ones. Interchanges to China's pre-check of passengers have no UNA
// and end segments with a quotation mark: they are known by a UNB that ends so and is followed at once by UNG or UNH; the
// format edifact-quoted reads so without asking. The repetition separator is that of the UNA, or * from version 4 on.
// Line ends between segments are layout, and so are those within one, where a long line was wrapped. The character set is
// the one that UNB names, UNOA, UNOB, UNOC, UNOE, UNOW or UNOY; what is valid UTF-8 is read as that under any name.
//
// Refused, with the reason, is an interchange whose trailers do not fit: another number of segments in UNT, of messages
// in UNE or of groups or messages in UNZ than there are, or another reference than that of the header. An interchange of
// several messages is read through and told as unsupported, because one file gets one receipt; so is a type of message
// that is none of ours, and CONTRL and CUSRES themselves, whose codes say nothing certain about goods.
//
// # Places
//
// A path is CUSCAR/CNI[2]/GID[1]/MEA#31+3:2: the groups down to the segment, the segment's position in its message, UNH
// being 1, its data element and the component. CONTRL says the same, but that it counts the tag as the first element.
//
// # What is kept
//
// A value that no table asks for is told in a warning, with path and line, once for each kind of place; so is one that
// stands twice and differs. Kept by meaning and not by spelling are numbers, masses (kilograms, tonnes, grams), times
// (those of goods without an offset in Beijing time; those of passengers on the clocks of their place), texts in several
// components (as one, with blanks between), years of two digits (see reader.clock), and numbers that only count (of CNI
// and GID). Of a CUSCAR:
//
//	conveyance               TDT+20 or 11, by its mode: a truck (3), a train (2), an aircraft (4)
//	货物运输批次号 batch     of a truck, the conveyance reference of TDT; where there is none, the number of BGM
//	车次, 航班号 mark        of a train or aircraft, that conveyance reference
//	进出口 direction         the name of the report, 933 arrival or 833 departure; else the places of TDT, else of the first bill
//	waybills                 every RFF with a transport document; the number of CNI where there is none
//	goods, mass, packages    those of the waybill's GID, added up; else the totals of CNT
//	containers, wagons       those that SGP names, with tare and seals of EQD; those of EQD where there is one waybill only
//
// and of a CUSDEC the direction is told by the name of the declaration, 929 or 830, and the batch number is the journey
// of the border means where that has 13 digits.
//
// # Answers
//
// CONTRL says whether the syntax was taken, and at which segment and element not (ISO 9735 codes 0083 and 0085). CUSRES,
// for a message that was read, has the number of its command in BGM, its own number in RFF, and for each thing to say a
// group of ERP (1 the message, 2 a group of it), ERC with a code of our own list, and FTX: A accepted, R rejected,
// U unsupported; E and W for a problem that is an error or a warning; the result of a verdict (MET, INSPECT, …) or the
// function of customs' answer (08) for what came since.
package edifact

import (
	"cmp"
	"slices"
	"strings"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/errs"
)

// Format is what exchange reads EDIFACT by.
func Format() exchange.Format {
	return exchange.Format{
		Name: "edifact",
		Owns: func(o exchange.Opening) bool { return o.Syntax == exchange.EDIFACT },
		Read: func(data []byte, kind exchange.Kind) (exchange.Message, []errs.Problem, error) {
			return read("edifact", string(data), kind, nil)
		},
		Reply: func(data []byte, reply exchange.Reply) []byte { return answer(string(data), reply, nil) },
	}
}

// Quoted is EDIFACT whose segments end with a quotation mark, whatever it looks like; it has to be asked for by name.
func Quoted() exchange.Format {
	return exchange.Format{
		Name: "edifact-quoted",
		Owns: func(exchange.Opening) bool { return false },
		Read: func(data []byte, kind exchange.Kind) (exchange.Message, []errs.Problem, error) {
			return read("edifact-quoted", string(data), kind, &quoted)
		},
		Reply: func(data []byte, reply exchange.Reply) []byte { return answer(string(data), reply, &quoted) },
	}
}

// layout is what may stand before an interchange.
const layout = "\ufeff \t\r\n"

// walk reads an interchange. The offsets, and so the lines, are those of the file.
func walk(src string, forced *service, wanted map[string]exchange.Spot) *reader {
	r := &reader{wanted: wanted}
	blank := len(src) - len(strings.TrimLeft(src, layout))
	r.skippedLines = strings.Count(src[:blank], "\n")
	r.read(src[blank:], forced)
	return r
}

func read(name, src string, kind exchange.Kind, forced *service) (exchange.Message, []errs.Problem, error) {
	r := walk(src, forced, nil)
	out := exchange.Message{Format: name}
	if len(r.interchange.messages) > 0 { // said of what is refused too: nobody may keep a list of persons by mistake
		out.Kind = types[r.interchange.messages[0].kind].kind
	}
	if strings.Contains(src, "PAXLST") { // wherever it stands: what breaks off before its first message may still name people
		out.Kind = exchange.KindPassengers
	}
	if r.failed { // the reason first, then what there is to say besides
		slices.SortStableFunc(r.problems, func(a, b errs.Problem) int { return cmp.Compare(a.Severity, b.Severity) })
		return out, nil, exchange.NotRead(r.problems...)
	}
	if p, is := r.interchange.notOurs(); is {
		return out, nil, exchange.NotOurs(p)
	}
	m := &r.interchange.messages[0]
	if is := types[m.kind].kind; kind != "" && kind != is {
		p := errs.At("UNH#1+2:1", "exchange.kind", string(is), string(kind))
		p.Line = m.line
		return out, nil, exchange.NotRead(p)
	}
	out.Kind, out.Document = types[m.kind].kind, m.document
	out.Envelope = exchange.Envelope{Model: m.version + "." + m.release, Type: m.kind, Agency: m.agency, Customization: m.association}
	out.Locate = func(pointers []string) []exchange.Spot { return locate(src, pointers, forced) }
	return out, r.problems, nil
}

// aliases lead from a field to the one that it was made of, where that did not stand in the file itself.
var aliases = map[string]string{"/batch": "/border_means/journey", "/direction": "/type"}

func locate(src string, pointers []string, forced *service) []exchange.Spot {
	asked := make([]string, len(pointers))
	copy(asked, pointers)
	for _, pointer := range pointers {
		if from, ok := aliases[pointer]; ok {
			asked = append(asked, from)
		}
	}
	wanted := exchange.Around(asked)
	r := walk(src, forced, wanted)
	wanted[""] = exchange.Spot{Path: r.interchange.messages[0].kind, Line: r.interchange.messages[0].line}
	spots := make([]exchange.Spot, len(pointers))
	for i, pointer := range pointers {
		if from, ok := aliases[pointer]; ok && wanted[pointer].Line == 0 && wanted[from].Line != 0 {
			pointer = from
		}
		spots[i] = exchange.Nearest(wanted, pointer)
	}
	return spots
}
