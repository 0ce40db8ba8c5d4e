package port

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// SealNumber is the number on a seal: a mechanical one by ISO 17712, or customs' own seal or electronic lock 关锁号. ISO
// 17712 asks for a unique number with the maker's mark and gives it no form, so any text within limits is one.
type SealNumber string

// sealLongest is the width of a seal's number in the WCO Data Model and in UN/EDIFACT (an..35), in characters.
const sealLongest = 35

// ParseSealNumber reads a number; blanks around it go, and nothing else is changed. A number that is nothing but
// separators is none.
func ParseSealNumber(text string) (SealNumber, error) {
	number, ok := free(text, sealLongest)
	if !ok || SealNumber(number).Key() == "" {
		return "", fault("seal.format", text)
	}
	return SealNumber(number), nil
}

// Check is nil for a number that ParseSealNumber takes.
func (n SealNumber) Check() error { return check(ParseSealNumber(string(n))) }

// Key is what seals are compared by: capitals, half-width, without blanks, hyphens and dots. O and 0 stay different, since
// a seal that was changed must not pass for the same. The key of a key is itself.
func (n SealNumber) Key() string {
	key := make([]byte, 0, sealLongest)
	for _, r := range string(n) {
		if r = unicode.ToUpper(halfWidth(r)); !unicode.IsSpace(r) && r != '-' && r != '.' {
			key = utf8.AppendRune(key, r)
		}
	}
	return canonical(string(n), key)
}

// SealClass is how well a mechanical seal withstands, as ISO 17712 classes and marks it.
type SealClass string

// The classes with their marks. International container traffic asks for high security seals.
const (
	SealIndicative   SealClass = "I"
	SealSecurity     SealClass = "S"
	SealHighSecurity SealClass = "H"
)

// SealClasses lists the classes, the weakest first.
func SealClasses() []SealClass { return []SealClass{SealIndicative, SealSecurity, SealHighSecurity} }

// Valid tells a known class.
func (c SealClass) Valid() bool { return slices.Contains(SealClasses(), c) }

// Check is nil for a known class.
func (c SealClass) Check() error {
	if !c.Valid() {
		return fault("seal_class.unknown", string(c))
	}
	return nil
}

// TextKey names the class's label in the catalogue.
func (c SealClass) TextKey() string { return "enum.seal_class." + string(c) }
