package edifact

import (
	"strconv"
	"strings"
)

// Limits on what is read. The syntax itself sets none for a batch, so each is several times what the directories allow.
const (
	// MaxSegments: the largest real cargo report has 9,999 consignments of some thirty segments.
	MaxSegments = 500_000
	// maxSegment, in bytes: FTX, the longest of the directories used here, takes 5 texts of 512.
	maxSegment = 16 << 10
	// maxElements, maxComponents and maxRepetitions: no segment of the directories has more than 30 elements or 20
	// components, and none may be repeated more than 99 times.
	maxElements    = 99
	maxComponents  = 99
	maxRepetitions = 99
	// maxBlank, in bytes: line ends between two segments. More is no layout.
	maxBlank = 1024
)

// fault is what is wrong with the syntax where the scanner stands. It is final: nothing behind it can be trusted.
type fault struct {
	rule   string
	args   []string
	offset int
}

// scanner takes an interchange apart, one segment after the other. It holds one segment and allocates nothing for
// values without release characters.
type scanner struct {
	src     string
	at      int
	service service
	count   int

	lineAt, lines int // up to where the lines have been counted, and how many there are
}

// next reads the next segment. ok is false at the end of the file, where the fault is nil, and at a fault.
func (s *scanner) next(into *segment) (bool, *fault) {
	*into = segment{offset: len(s.src), values: into.values[:0]}
	if f := s.blank(); f != nil || s.at == len(s.src) {
		return false, f
	}
	if s.count++; s.count > MaxSegments {
		return false, s.fault("edifact.segments", s.at, strconv.Itoa(MaxSegments))
	}
	into.offset = s.at
	tag := s.at
	for s.at < len(s.src) && s.at-tag < 3 && 'A' <= s.src[s.at] && s.src[s.at] <= 'Z' {
		s.at++
	}
	into.tag = s.src[tag:s.at]
	switch {
	case s.at == len(s.src):
		return false, s.fault("edifact.truncated", s.at)
	case len(into.tag) < 3 || s.src[s.at] != s.service.element && s.src[s.at] != s.service.terminator:
		return false, s.fault("edifact.tag", tag, clip(s.src[tag:min(len(s.src), tag+4)]))
	}
	return s.values(into, tag)
}

// blank passes over the line ends between segments, which some senders write for people to read.
func (s *scanner) blank() *fault {
	from := s.at
	for s.at < len(s.src) && (s.src[s.at] == '\r' || s.src[s.at] == '\n' || s.src[s.at] == ' ' || s.src[s.at] == '\t') {
		if s.at++; s.at-from > maxBlank {
			return s.fault("edifact.blank", from, strconv.Itoa(maxBlank))
		}
	}
	return nil
}

// values reads the data elements of a segment, up to its terminator.
func (s *scanner) values(into *segment, tag int) (bool, *fault) {
	p := place{}
	var text strings.Builder // of a value that is not written in one piece
	from, pieces := s.at, false
	end := func() {
		written := s.src[from:s.at]
		if pieces {
			text.WriteString(written)
			written = text.String()
			text = strings.Builder{}
			pieces = false
		}
		if written != "" && p.element > 0 {
			into.values = append(into.values, value{place: p, text: written})
		}
	}
	for ; s.at < len(s.src); s.at++ {
		if s.at-tag > maxSegment {
			return false, s.fault("edifact.segment_length", tag, strconv.Itoa(maxSegment))
		}
		switch c := s.src[s.at]; {
		case c == s.service.terminator:
			end()
			into.elements = p.element
			s.at++
			return true, nil
		case c == s.service.element:
			end()
			p = place{element: p.element + 1, component: 1}
		case c == s.service.component:
			end()
			p.component++
		case c == s.service.repetition && c != 0:
			end()
			p.repetition, p.component = p.repetition+1, 1
		case c == s.service.release && c != 0:
			text.WriteString(s.src[from:s.at])
			for s.at++; s.at < len(s.src) && (s.src[s.at] == '\r' || s.src[s.at] == '\n'); s.at++ { // wrapped just here
			}
			switch {
			case s.at == len(s.src):
				return false, s.fault("edifact.truncated", tag)
			case s.src[s.at] < ' ' || s.src[s.at] == 0x7f:
				return false, s.fault("edifact.character", s.at, strconv.Itoa(int(s.src[s.at])))
			}
			from, pieces = s.at, true // what follows is data, whatever it means elsewhere
			continue
		case c == '\r' || c == '\n': // a long line that was wrapped on its way
			text.WriteString(s.src[from:s.at])
			from, pieces = s.at+1, true
			continue
		case c < ' ' || c == 0x7f:
			return false, s.fault("edifact.character", s.at, strconv.Itoa(int(c)))
		default:
			continue
		}
		if p.element > maxElements || p.component > maxComponents || p.repetition > maxRepetitions {
			return false, s.fault("edifact.too_many", s.at, strconv.Itoa(maxElements))
		}
		from = s.at + 1
	}
	return false, s.fault("edifact.truncated", tag)
}

func (s *scanner) fault(rule string, offset int, args ...string) *fault {
	return &fault{rule: rule, args: args, offset: offset}
}

// line is the line of an offset. It counts on from where it was last asked, since nearly all offsets come in order, so
// that no number of messages or problems makes it count the file again and again.
func (s *scanner) line(offset int) int {
	offset = min(offset, len(s.src))
	if offset < s.lineAt {
		s.lineAt, s.lines = 0, 0
	}
	s.lines += strings.Count(s.src[s.lineAt:offset], "\n")
	s.lineAt = offset
	return s.lines + 1
}

// clip keeps a stranger's word in a message short.
func clip(text string) string {
	const longest = 40
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return strings.Clone(text)
}
