package port

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Plate is a vehicle's registration number 号牌号码 as it was written, typed or read by a camera. The same plate comes in
// many forms: "蒙L·12345", "1234 УБА" typed with Latin letters, О for 0. Two of them are the same plate if and only if
// their Keys are equal; ParsePlate gives the form for people. The forms of plates are in plateshape.go.
type Plate string

// plateLongest bounds what is taken for a plate at all, in bytes: the longest known has 9 characters, and systems write
// tractor and trailer into one field.
const plateLongest = 64

// ParsePlate gives a plate's form for people and the country that its form shows: without blanks, dots and hyphens,
// Chinese plates in Latin capitals, Mongolian and Russian ones in Cyrillic. A form that nobody knows is no error: the
// plate stays as it is written, less the blanks around it, and the country is empty; Check reports it. An error is what
// cannot be a plate: nothing, too long, or with control characters.
func ParsePlate(text string) (Plate, Country, error) {
	trimmed := strings.TrimSpace(text)
	if len(trimmed) > plateLongest || !utf8.ValidString(trimmed) || strings.IndexFunc(trimmed, unicode.IsControl) >= 0 {
		return "", "", fault("plate.format", text)
	}
	var s symbols
	fits := s.read(trimmed)
	if s.count == 0 {
		return "", "", fault("plate.format", text)
	}
	if !fits {
		return Plate(trimmed), "", nil
	}
	country := s.settle()
	if country == "" {
		return Plate(trimmed), "", nil
	}
	var room [plateLongest]byte
	form := room[:0]
	for _, r := range s.all() {
		if country != China {
			r = cyrillic(r)
		}
		form = utf8.AppendRune(form, r)
	}
	return Plate(canonical(text, form)), country, nil
}

// Check is nil for a plate of a known form. For an unknown one it is the Fault plate.unknown, which is no more than a
// warning: plates of other countries and temporary ones cross too.
func (p Plate) Check() error {
	_, country, err := ParsePlate(string(p))
	if err == nil && country == "" {
		err = fault("plate.unknown", string(p))
	}
	return err
}

// Country is the country that the plate's form shows; empty where the form is not known.
func (p Plate) Country() Country {
	var s symbols
	if !s.read(string(p)) {
		return ""
	}
	return s.settle()
}

// Key is what plates are compared and looked up by. Separators are gone; full-width, small and look-alike letters are
// folded to Latin capitals (А and A, Н and H, Р and P …); О and 0, I and 1 are told apart by the place they stand in.
// Characters with no Latin look-alike stay: 蒙, Б, Ө. The key of a key is itself. It is made for text of any kind, and
// allocates only where the plate is not its own key already.
//
// The key takes for equal what a person or a camera confuses, and no more: Ө and О, Ү and У are different letters,
// since Khovd (ХО) and Khövsgöl (ХӨ) have plates of both kinds, and a wrong match would open a barrier.
func (p Plate) Key() string {
	var room [plateLongest]byte
	return canonical(string(p), p.AppendKey(room[:0]))
}

// AppendKey appends the key, for look-ups that need no string of their own.
func (p Plate) AppendKey(to []byte) []byte {
	var s symbols
	if !s.read(string(p)) { // longer than any known form: folded, and as long as it is
		for _, r := range string(p) {
			if r, ok := symbol(r); ok {
				to = utf8.AppendRune(to, r)
			}
		}
		return to
	}
	s.settle()
	for _, r := range s.all() {
		to = utf8.AppendRune(to, r)
	}
	return to
}

// symbols is a plate's characters, folded.
type symbols struct {
	at    [platePlaces]rune
	count int
}

func (s *symbols) all() []rune { return s.at[:s.count] }

// read folds a plate's characters; false where there are more than any known form has.
func (s *symbols) read(text string) bool {
	for _, r := range text {
		r, ok := symbol(r)
		if !ok {
			continue
		}
		if s.count == platePlaces {
			return false
		}
		s.at[s.count] = r
		s.count++
	}
	return true
}

// symbol folds one character, or says that it does not count. What it gives folds to itself.
func symbol(r rune) (rune, bool) {
	if r >= utf8.RuneSelf {
		if r = halfWidth(r); r >= utf8.RuneSelf {
			return latin(unicode.ToUpper(r)), !unicode.IsSpace(r)
		}
	}
	switch {
	case 'a' <= r && r <= 'z':
		return r - 'a' + 'A', true
	case unicode.IsSpace(r), r == '-', r == '.', r == '_':
		return 0, false
	}
	return r, true
}

// latin gives the Latin capital that a Cyrillic one looks like, and for the two letters that stand in for Ө and Ү where
// a keyboard or code page has none (Є, Ї) the letter that is meant.
func latin(r rune) rune {
	switch r {
	case 'А':
		return 'A'
	case 'В':
		return 'B'
	case 'С':
		return 'C'
	case 'Е':
		return 'E'
	case 'Н':
		return 'H'
	case 'І':
		return 'I'
	case 'К':
		return 'K'
	case 'М':
		return 'M'
	case 'О':
		return 'O'
	case 'Р':
		return 'P'
	case 'Т':
		return 'T'
	case 'Х':
		return 'X'
	case 'У':
		return 'Y'
	case 'Є':
		return 'Ө'
	case 'Ї':
		return 'Ү'
	}
	return r
}

// cyrillic is the reverse of latin for the twelve letters that both alphabets have the shape of.
func cyrillic(r rune) rune {
	switch r {
	case 'A':
		return 'А'
	case 'B':
		return 'В'
	case 'C':
		return 'С'
	case 'E':
		return 'Е'
	case 'H':
		return 'Н'
	case 'K':
		return 'К'
	case 'M':
		return 'М'
	case 'O':
		return 'О'
	case 'P':
		return 'Р'
	case 'T':
		return 'Т'
	case 'X':
		return 'Х'
	case 'Y':
		return 'У'
	}
	return r
}
