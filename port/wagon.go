package port

// UICWagon is the number of a railway vehicle of the standard gauge by UIC leaflet 438: two digits for the regime of
// exchange and interoperability, two for the country of registration (UIC/OSJD leaflet 920-14), four for the technical
// type, three of serial number, and a check digit. Checked are the length and the check digit. Chinese domestic wagons
// have numbers 车号 of another kind, without a check digit, and are not of this type.
type UICWagon string

// BroadWagon is the number of a freight wagon of the 1520 mm gauge (Mongolia, Russia and the other railways that use the
// wagons in common): eight digits, the first for the kind of wagon, the last a check digit. Checked are the length and
// the check digit; what the first seven digits say is not, since the handbook of the numbering was not at hand.
type BroadWagon string

const (
	uicLength   = 12
	broadLength = 8
)

// ParseUICWagon reads a number; blanks and hyphens go (31 81 665 0 286-0). With a wrong check digit the Fault comes with
// the canonical form all the same, since such numbers have to be shown and compared.
func ParseUICWagon(text string) (UICWagon, error) {
	var room [uicLength]byte
	code, ok := condense(room[:0], text, " -")
	if !ok || len(code) != uicLength || !digits(code) {
		return "", fault("uic_wagon.format", text)
	}
	number := UICWagon(canonical(text, code))
	if expected := wagonDigit(code); code[uicLength-1] != expected {
		return number, fault("uic_wagon.check_digit", string(number), string(rune(expected)), string(code[uicLength-1:]))
	}
	return number, nil
}

// Check is nil for a number that ParseUICWagon takes.
func (w UICWagon) Check() error { return check(ParseUICWagon(string(w))) }

// Regime is the first two digits, exchange and interoperability; empty where the number is not canonical.
func (w UICWagon) Regime() string { return w.part(0, 2) }

// Country is the country of registration; empty where its code is not in the list here.
func (w UICWagon) Country() Country {
	code := w.part(2, 4)
	for i := 0; code != "" && i < len(uicCountries); i += 4 {
		if uicCountries[i:i+2] == code {
			return Country(uicCountries[i+2 : i+4])
		}
	}
	return ""
}

// Type is the four digits of the technical type; empty where the number is not canonical.
func (w UICWagon) Type() string { return w.part(4, 8) }

// Serial is the three digits that tell wagons of one type apart; empty where the number is not canonical.
func (w UICWagon) Serial() string { return w.part(8, 11) }

func (w UICWagon) part(from, to int) string {
	if len(w) != uicLength {
		return ""
	}
	return string(w[from:to])
}

// uicCountries is the numbers of UIC/OSJD leaflet 920-14 with ISO 3166-1's letters, as public lists give them. Numbers on
// which those lists differ are left out.
const uicCountries = "10FI20RU21BY22UA23MD24LT25LV26EE27KZ28GE29UZ30KP31MN32VN33CN40CU41AL42JP44BA49BA50BA51PL52BG53RO54CZ" +
	"55HU56SK57AZ58AM59KG60IE61KR62ME65MK66TJ67TM70GB71ES72RS73GR74SE75TR76NO78HR79SI80DE81AT82LU83IT84NL85CH86DK" +
	"87FR88BE90EG91TN92DZ93MA94PT95IL96IR97SY98LB99IQ"

// ParseBroadWagon reads a number; blanks and hyphens go. With a wrong check digit the Fault comes with the canonical form
// all the same.
func ParseBroadWagon(text string) (BroadWagon, error) {
	var room [broadLength]byte
	code, ok := condense(room[:0], text, " -")
	if !ok || len(code) != broadLength || !digits(code) {
		return "", fault("broad_wagon.format", text)
	}
	number := BroadWagon(canonical(text, code))
	if expected := wagonDigit(code); code[broadLength-1] != expected {
		return number, fault("broad_wagon.check_digit", string(number), string(rune(expected)), string(code[broadLength-1:]))
	}
	return number, nil
}

// Check is nil for a number that ParseBroadWagon takes.
func (w BroadWagon) Check() error { return check(ParseBroadWagon(string(w))) }

// wagonDigit weighs the digits before the last with 2, 1, 2, 1 … 2 from the left, adds the digits of the products, and
// takes what lacks to the next ten. Both families do the same: UIC 438 over eleven digits (the worked examples in the
// tests are public), the 1520 mm numbering over seven, with the weights 2121212 (весовой ряд) of its textbooks.
func wagonDigit(code []byte) byte {
	sum := 0
	for i, c := range code[:len(code)-1] {
		product := int(c-'0') * (2 - i%2)
		sum += product/10 + product%10
	}
	return '0' + byte((10-sum%10)%10)
}
