package port

import "strings"

// HSCode is a code of the Harmonized Commodity Description and Coding System (WCO): 4 digits a heading 品目, 6 a
// subheading 子目, and in China 8 for the tariff line 税号 or 10 with the customs suffix 商品编号. Documents keep what was
// written; the methods ask for digits only, as ParseHS gives them.
type HSCode string

const hsLongest = 10

// ParseHS reads a code of 4, 6, 8 or 10 digits; the dots, blanks and hyphens of foreign forms (8471.30.00) go. Chapters
// 00 and 77 do not exist (77 is kept free by the WCO).
func ParseHS(text string) (HSCode, error) {
	var room [hsLongest]byte
	code, ok := condense(room[:0], text, " -.")
	if !ok || len(code) < 4 || len(code)%2 != 0 || !digits(code) {
		return "", fault("hs.format", text)
	}
	if code[0] == code[1] && (code[0] == '0' || code[0] == '7') {
		return "", fault("hs.chapter", text, string(code[:2]))
	}
	return HSCode(canonical(text, code)), nil
}

// Check is nil for a code that ParseHS takes.
func (h HSCode) Check() error { return check(ParseHS(string(h))) }

// Chapter is the first two digits 章, such as "27"; empty where there are none.
func (h HSCode) Chapter() string {
	if len(h) < 2 || !digit(h[0]) || !digit(h[1]) {
		return ""
	}
	return string(h[:2])
}

// HasPrefix tells whether the code lies under another, which may be a chapter of two digits. Everything lies under the
// empty code.
func (h HSCode) HasPrefix(other HSCode) bool { return strings.HasPrefix(string(h), string(other)) }
