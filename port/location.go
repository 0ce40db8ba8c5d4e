package port

// Location is a place of trade or transport by its UN/LOCODE (UNECE Recommendation 16): the country's two letters and
// three of A-Z and 2-9, such as CNMLX for 满洲里. Which codes exist is data.
type Location string

const locationLength = 5

// internationalWaters is the one country part of UN/LOCODE that ISO 3166-1 does not assign.
const internationalWaters = "XZ"

// ParseLocation reads a code; the blank that UNECE prints after the country goes.
func ParseLocation(text string) (Location, error) {
	var room [locationLength]byte
	code, ok := condense(room[:0], text, " -")
	if !ok || len(code) != locationLength || !upper(code[0]) || !upper(code[1]) {
		return "", fault("location.format", text)
	}
	for _, c := range code[2:] {
		if c == '0' || c == '1' {
			return "", fault("location.format", text)
		}
	}
	if !countryKnown[letters(code[:2])] && string(code[:2]) != internationalWaters {
		return "", fault("location.country", text, string(code[:2]))
	}
	return Location(canonical(text, code)), nil
}

// Check is nil for a code that ParseLocation takes.
func (l Location) Check() error { return check(ParseLocation(string(l))) }

// Country is the country part of a canonical code; empty where there is none.
func (l Location) Country() Country {
	if len(l) != locationLength {
		return ""
	}
	return Country(l[:2])
}
