package edifact

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// writer writes an interchange in somebody's service characters and character set.
type writer struct {
	service    service
	identifier string // the character set, as UNB names it
	between    string // line ends between segments, as the other side writes them
	out        strings.Builder
	segments   int // of the message that is open
	messages   int
	reference  string
}

// segment writes a segment of elements that data has made, or that need no release.
func (w *writer) segment(tag string, elements ...string) {
	for len(elements) > 0 && elements[len(elements)-1] == "" {
		elements = elements[:len(elements)-1]
	}
	w.out.WriteString(tag)
	for _, e := range elements {
		w.out.WriteByte(w.service.element)
		w.out.WriteString(e)
	}
	w.out.WriteByte(w.service.terminator)
	w.out.WriteString(w.between)
	w.segments++
}

// data makes an element of its components, released and in the character set.
func (w *writer) data(components ...string) string {
	for len(components) > 0 && components[len(components)-1] == "" {
		components = components[:len(components)-1]
	}
	var b strings.Builder
	for i, c := range components {
		if i > 0 {
			b.WriteByte(w.service.component)
		}
		for _, r := range c {
			w.character(&b, r)
		}
	}
	return b.String()
}

// character writes one character of data. What the character set does not have becomes a point, which every one has; of
// the one-byte sets only the part is used that is ASCII, so that an answer is UTF-8 under every name.
func (w *writer) character(b *strings.Builder, r rune) {
	s := w.service
	if w.identifier == "UNOA" && 'a' <= r && r <= 'z' {
		r -= 'a' - 'A'
	}
	switch {
	case r < ' ' || r == 0x7f:
		b.WriteByte(' ')
	case r >= utf8.RuneSelf:
		if w.identifier != "UNOW" && w.identifier != "UNOY" {
			r = '.'
		}
		b.WriteRune(r)
	case byte(r) == s.component, byte(r) == s.element, byte(r) == s.release, byte(r) == s.terminator, byte(r) == s.repetition && r != 0:
		if s.release == 0 {
			b.WriteByte(' ')
			return
		}
		b.WriteByte(s.release)
		b.WriteByte(byte(r))
	default:
		b.WriteByte(byte(r))
	}
}

// open begins a message; kind is its S009.
func (w *writer) open(access string, kind ...string) {
	w.segments = 0
	w.messages++
	w.segment("UNH", strconv.Itoa(w.messages), w.data(kind...), w.data(access))
}

func (w *writer) close() {
	w.segment("UNT", strconv.Itoa(w.segments+1), strconv.Itoa(w.messages))
}

// free writes a text as FTX segments: five lines of 70 characters each, which is what the oldest directory allows.
func (w *writer) free(subject, text string) {
	const width, perSegment = 70, 5
	runes := []rune(text)
	var parts []string
	for len(runes) > 0 {
		n := min(width, len(runes))
		parts = append(parts, string(runes[:n]))
		runes = runes[n:]
	}
	for len(parts) > 0 {
		n := min(perSegment, len(parts))
		w.segment("FTX", subject, "", "", w.data(parts[:n]...))
		parts = parts[n:]
	}
}
