package port

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// PermitKind is the kind of an international road transport permit 国际汽车运输行车许可证 between China and Mongolia, as
// public descriptions of the agreement tell them.
type PermitKind string

// The kinds. A semi-trailer needs none of its own: the tractor has it.
const (
	PermitA       PermitKind = "A"       // 定期旅客运输: scheduled passengers, a year, any number of trips
	PermitB       PermitKind = "B"       // 不定期旅客运输: other passengers, one journey there and back
	PermitC       PermitKind = "C"       // 货物运输: freight, one vehicle, one journey there and back; collected at the port on return
	PermitSpecial PermitKind = "special" // 特别行车许可证: oversize or dangerous goods
)

// PermitKinds lists the kinds.
func PermitKinds() []PermitKind { return []PermitKind{PermitA, PermitB, PermitC, PermitSpecial} }

// Valid tells a known kind.
func (k PermitKind) Valid() bool { return slices.Contains(PermitKinds(), k) }

// Check is nil for a known kind.
func (k PermitKind) Check() error {
	if !k.Valid() {
		return fault("permit_kind.unknown", string(k))
	}
	return nil
}

// TextKey names the kind's label in the catalogue.
func (k PermitKind) TextKey() string { return "enum.permit_kind." + string(k) }

// PermitNumber is the number printed on a permit. Its form was not found in any public source, so any text within limits
// is one; blanks around it go, and nothing else is changed.
type PermitNumber string

// permitLongest is the width of an identifier in the WCO Data Model, in characters.
const permitLongest = 70

// ParsePermitNumber reads a number.
func ParsePermitNumber(text string) (PermitNumber, error) {
	number, ok := free(text, permitLongest)
	if !ok {
		return "", fault("permit_number.format", text)
	}
	return PermitNumber(number), nil
}

// Check is nil for a number that ParsePermitNumber takes.
func (n PermitNumber) Check() error { return check(ParsePermitNumber(string(n))) }

// free is a text without the blanks around it; false where nothing is left, where it has more characters than that, or
// characters that cannot be printed.
func free(text string, longest int) (string, bool) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > longest*utf8.UTFMax || !utf8.ValidString(text) || utf8.RuneCountInString(text) > longest {
		return "", false
	}
	for _, r := range text {
		if !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r) {
			return "", false
		}
	}
	return text, true
}
