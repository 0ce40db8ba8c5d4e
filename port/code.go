package port

import (
	"strings"
	"unicode/utf8"
)

func digit(c byte) bool { return '0' <= c && c <= '9' }
func lower(c byte) bool { return 'a' <= c && c <= 'z' }
func upper(c byte) bool { return 'A' <= c && c <= 'Z' }

func digits(code []byte) bool {
	for _, c := range code {
		if !digit(c) {
			return false
		}
	}
	return true
}

// condense appends a code's letters and digits to what has room for exactly the longest code of its kind: full-width
// characters become ASCII, small letters capitals, and the separators go. It is false for any other character and for a
// code that is longer than the room.
func condense(to []byte, text, separators string) ([]byte, bool) {
	text = strings.TrimSpace(text)
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			i++
		} else {
			r, size := utf8.DecodeRuneInString(text[i:])
			i += size
			if r = halfWidth(r); r >= utf8.RuneSelf {
				return to, false
			}
			c = byte(r)
		}
		switch {
		case digit(c) || upper(c):
		case lower(c):
			c -= 'a' - 'A'
		case strings.IndexByte(separators, c) >= 0:
			continue
		default:
			return to, false
		}
		if len(to) == cap(to) {
			return to, false
		}
		to = append(to, c)
	}
	return to, true
}

// canonical is the condensed code as a string: the text itself where it was canonical already, so that reading a good
// code allocates nothing.
func canonical(text string, code []byte) string {
	if text == string(code) {
		return text
	}
	return string(code)
}

// halfWidth folds the forms of ASCII characters that Chinese keyboards and copied documents bring: full-width forms
// 全角字符 (U+FF01 to U+FF5E), and the usual blanks, dashes and middle dots.
func halfWidth(r rune) rune {
	switch {
	case 0xFF01 <= r && r <= 0xFF5E:
		return r - 0xFEE0
	case 0x2010 <= r && r <= 0x2015, r == 0x2212:
		return '-'
	}
	switch r {
	case 0x00A0, 0x3000, 0x200B, 0x202F, 0xFEFF:
		return ' '
	case '·', '•', '‧', '∙', '・', '･', '。':
		return '.'
	}
	return r
}
