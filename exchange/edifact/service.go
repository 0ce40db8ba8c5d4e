package edifact

import "strings"

// service are the service characters of ISO 9735: what separates and what releases. 0 stands for a character that is not
// in use.
type service struct {
	component  byte // between components of a data element
	element    byte // between data elements
	decimal    byte // the decimal mark; a reader takes comma and point alike
	release    byte // takes the special meaning from the next character
	repetition byte // between repetitions of a data element; from version 4
	terminator byte // ends a segment
}

// usual are the characters in force where a UNA says nothing else: ISO 9735-1, 8.1. The repetition separator is in use
// from version 4 on.
var usual = service{component: ':', element: '+', decimal: '.', release: '?', terminator: '\''}

// usualRepetition is the repetition separator of version 4 where there is no UNA.
const usualRepetition = '*'

// quoted are the usual characters with the terminator of interchanges that go to China's pre-check of passengers
// 预检: they have no UNA, and the quotation mark ends a segment.
var quoted = func() service {
	s := usual
	s.terminator = '"'
	return s
}()

// lengthUNA is "UNA" and six characters.
const lengthUNA = 9

// serviceOf finds the service characters of an interchange, and how long the UNA is that says them: 0 where there is
// none. ok is false for a UNA that cannot be meant.
func serviceOf(src string) (s service, length int, ok bool) {
	if !strings.HasPrefix(src, "UNA") {
		if isQuoted(src) {
			return quoted, 0, true
		}
		return usual, 0, true
	}
	if len(src) < lengthUNA {
		return usual, len(src), false
	}
	s = service{component: src[3], element: src[4], decimal: src[5], release: src[6], repetition: src[7], terminator: src[8]}
	if s.release == ' ' { // not in use
		s.release = 0
	}
	if s.repetition == ' ' || s.repetition == s.terminator {
		s.repetition = 0
	}
	return s, lengthUNA, s.sound()
}

// sound tells service characters that can be told apart: of ASCII, neither letters, digits nor layout, no two the same.
// The decimal mark may be one of the others in no message, but nothing hangs on it when reading.
func (s service) sound() bool {
	var seen [128]bool
	for _, c := range []byte{s.component, s.element, s.release, s.repetition, s.terminator} {
		switch {
		case c == 0:
			continue
		case c <= ' ', c >= 0x7f, letter(c), digit(c), seen[c]:
			return false
		}
		seen[c] = true
	}
	return s.component != 0 && s.element != 0 && s.terminator != 0
}

// isQuoted tells an interchange without UNA whose segments end with a quotation mark. It is strict: of the two
// terminators the first that ends UNB must be the quotation mark, and a header of a group or message must follow at once,
// line ends apart. A quotation mark within the data of an ordinary UNB is never followed so.
func isQuoted(src string) bool {
	if !strings.HasPrefix(src, "UNB+") {
		return false
	}
	for i := len("UNB+"); i < len(src) && i < maxSegment; i++ {
		switch src[i] {
		case '?':
			i++
		case '\'':
			return false
		case '"':
			rest := strings.TrimLeft(src[i+1:min(len(src), i+1+maxBlank)], "\r\n")
			return strings.HasPrefix(rest, "UNH+") || strings.HasPrefix(rest, "UNG+")
		}
	}
	return false
}

func letter(c byte) bool { return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' }
func digit(c byte) bool  { return '0' <= c && c <= '9' }
