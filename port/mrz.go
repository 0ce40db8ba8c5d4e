package port

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MRZ is the machine readable zone of a travel document 旅行证件机读区 as a reader or a keyboard gave it (ICAO Doc 9303): two
// or three lines of capitals, digits and the filler <. It is personal data. Whatever prints it, a log or an error, gets a
// masked form; the text itself is had by converting to string, and stands in JSON, because documents are stored sealed.
// Only the unexported field of a struct that is printed whole escapes the mask: package fmt cannot ask it.
type MRZ string

// String says how long the zone is, and nothing of what stands in it.
func (z MRZ) String() string {
	return "MRZ(" + strconv.Itoa(utf8.RuneCountInString(string(z))) + " characters)"
}

// Format is String for every verb.
func (z MRZ) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, z.String()) }

// LogValue is String.
func (z MRZ) LogValue() slog.Value { return slog.StringValue(z.String()) }

// TravelDocument is what a machine readable zone says. It is personal data and prints itself masked, as MRZ does.
type TravelDocument struct {
	Size        ZoneSize  `json:"size"`
	Code        string    `json:"code"`   // as it stands there, without fillers: P, PO, AC, I
	Issuer      StateCode `json:"issuer"` // 签发国或机构
	Surname     string    `json:"surname,omitempty"`
	GivenNames  string    `json:"given_names,omitempty"`
	Truncated   bool      `json:"truncated,omitempty"` // the names fill their field, so that some may have been cut off
	Number      string    `json:"number"`              // 证件号码
	Nationality StateCode `json:"nationality"`
	Born        Date      `json:"born,omitzero"`
	Sex         Sex       `json:"sex"`
	Expires     Date      `json:"expires,omitzero"`
	Optional    []string  `json:"optional,omitempty"` // what the issuer put into its own fields, such as a personal number
}

// String is the size, the kind and the issuer; nothing of the person.
func (d TravelDocument) String() string {
	return "TravelDocument(" + string(d.Size) + " " + d.Code + " " + string(d.Issuer) + ")"
}

// Format is String for every verb.
func (d TravelDocument) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, d.String()) }

// LogValue is String.
func (d TravelDocument) LogValue() slog.Value { return slog.StringValue(d.String()) }

// Kind is the kind that the first letter of the code tells.
func (d TravelDocument) Kind() DocumentKind { return DocumentKind(d.Code[:min(1, len(d.Code))]) }

// ZoneSize is the layout of a machine readable zone.
type ZoneSize string

// The layouts of Doc 9303: TD1 a card with three lines of 30 characters (part 5), TD2 two lines of 36 (part 6), TD3 a
// passport with two lines of 44 (part 4), and visas of the two latter sizes, which lack the composite check digit (part 7).
const (
	TD1  ZoneSize = "TD1"
	TD2  ZoneSize = "TD2"
	TD3  ZoneSize = "TD3"
	MRVA ZoneSize = "MRV-A"
	MRVB ZoneSize = "MRV-B"
)

// DocumentKind is the first letter of a travel document's code.
type DocumentKind string

// The kinds: passports, visas, and the three letters that states use for other official documents, identity cards and
// crew members' certificates among them, as each of them likes.
const (
	KindPassport DocumentKind = "P" // 护照
	KindVisa     DocumentKind = "V" // 签证
	KindI        DocumentKind = "I" // 身份证件等
	KindA        DocumentKind = "A" // 其他官方旅行证件; AC 机组人员证
	KindC        DocumentKind = "C" // 其他官方旅行证件
)

// DocumentKinds lists the kinds.
func DocumentKinds() []DocumentKind {
	return []DocumentKind{KindPassport, KindVisa, KindI, KindA, KindC}
}

// Valid tells a known kind.
func (k DocumentKind) Valid() bool { return slices.Contains(DocumentKinds(), k) }

// TextKey names the kind's label in the catalogue.
func (k DocumentKind) TextKey() string { return "enum.document_kind." + string(k) }

// Sex is the sex as a travel document gives it.
type Sex string

// The values. The zone has a filler where the printed page has X, not specified 未注明.
const (
	SexFemale      Sex = "F"
	SexMale        Sex = "M"
	SexUnspecified Sex = "X"
)

// Sexes lists the values.
func Sexes() []Sex { return []Sex{SexFemale, SexMale, SexUnspecified} }

// Valid tells a known value.
func (s Sex) Valid() bool { return slices.Contains(Sexes(), s) }

// TextKey names the value's label in the catalogue.
func (s Sex) TextKey() string { return "enum.sex." + string(s) }

// Faults is everything that is wrong with one text, in the order of its places. errors.As finds the first.
type Faults []Fault

// Error is the operator's text: every rule with its arguments.
func (f Faults) Error() string {
	texts := make([]string, len(f))
	for i, one := range f {
		texts[i] = one.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap gives the single Faults.
func (f Faults) Unwrap() []error {
	errs := make([]error, len(f))
	for i, one := range f {
		errs[i] = one
	}
	return errs
}
