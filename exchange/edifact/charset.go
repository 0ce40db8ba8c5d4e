package edifact

import (
	"strings"
	"unicode/utf8"
)

// decode makes UTF-8 of an interchange by its syntax identifier (ISO 9735-1, 0001). UNOA and UNOB are ASCII, UNOC is
// ISO 8859-1, UNOE is ISO 8859-5 (Cyrillic), UNOW and UNOY are UTF-8. What is valid UTF-8 is taken as that under every
// identifier: ASCII is, and text in another charset with a letter above it never is by chance for long. warn says that
// the identifier promises otherwise.
func decode(src, identifier string) (text string, warn, ok bool) {
	if utf8.ValidString(src) {
		switch identifier {
		case "UNOA", "UNOB", "UNOC", "UNOE":
			return src, !ascii(src), true
		}
		return src, false, true
	}
	switch identifier {
	case "UNOC":
		return recode(src, func(c byte) rune { return rune(c) }), false, true
	case "UNOE":
		return recode(src, cyrillic), false, true
	}
	return "", false, false
}

func ascii(src string) bool {
	for i := range len(src) {
		if src[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func recode(src string, of func(byte) rune) string {
	var b strings.Builder
	b.Grow(len(src) + len(src)/8)
	for i := range len(src) {
		b.WriteRune(of(src[i]))
	}
	return b.String()
}

// cyrillic is ISO 8859-5: its upper half is the Unicode block from U+0401 on, but for three signs.
func cyrillic(c byte) rune {
	switch {
	case c <= 0xa0, c == 0xad:
		return rune(c)
	case c == 0xf0:
		return '№'
	case c == 0xfd:
		return '§'
	}
	return 0x0401 + rune(c-0xa1)
}
