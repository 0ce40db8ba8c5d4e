package port

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// zoneLongest bounds what is read as a zone, in bytes: 90 characters of full width and as much again for separators.
const zoneLongest = 600

// unreadable stands for a character that cannot be in a zone. Fields that have one are not judged further.
const unreadable = '?'

// zone is a zone while it is read: its lines, the day of reading, and the problems so far.
type zone struct {
	lines  [][]byte
	today  Date
	found  TravelDocument
	faults Faults
}

// ParseMRZ reads a machine readable zone: its lines apart or run together, in capitals or not, full-width characters
// folded. Blanks go: a zone has none. Today is the day of reading, all its parts known, from which the century of dates
// follows: nobody is born after it, and the year of expiry lies within the 50 before its own and the 49 after. An error is
// Faults with everything that is wrong, and none of them repeats what stands in the zone; the document comes with it as
// far as it could be read.
//
// Checked are all check digits, the composite one included, kind, countries, dates, sex, and that there is a number and a
// name. Whether the document has expired, and for whom it was issued, is not.
func ParseMRZ(text MRZ, today Date) (TravelDocument, error) {
	z := zone{today: today}
	if !z.split(string(text)) {
		return TravelDocument{}, Faults{{Rule: "mrz.format", Args: []string{strconv.Itoa(utf8.RuneCountInString(string(text)))}}}
	}
	switch len(z.lines[0]) {
	case 30:
		z.td1()
	case 36:
		z.twoLines(TD2, MRVB)
	default:
		z.twoLines(TD3, MRVA)
	}
	if z.faults != nil {
		return z.found, z.faults
	}
	return z.found, nil
}

// Check is nil for a zone that ParseMRZ takes on the day.
func (z MRZ) Check(today Date) error { return check(ParseMRZ(z, today)) }

// split cuts the text into lines of one of the three sizes, and reports the characters that cannot be in a zone.
func (z *zone) split(text string) bool {
	if len(text) > zoneLongest {
		return false
	}
	var all []byte
	var ends []int // where lines end that are written apart
	for _, r := range strings.TrimSpace(text) {
		r = halfWidth(r)
		switch {
		case r == '\n' || r == '\r' || r == '|':
			if n := len(all); n > 0 && (ends == nil || ends[len(ends)-1] != n) {
				ends = append(ends, n)
			}
		case r == ' ' || r == '\t':
		case r == '<' || r < utf8.RuneSelf && (digit(byte(r)) || upper(byte(r))):
			all = append(all, byte(r))
		case r < utf8.RuneSelf && lower(byte(r)):
			all = append(all, byte(r)-'a'+'A')
		default:
			all = append(all, unreadable)
		}
	}
	width := map[int]int{90: 30, 72: 36, 88: 44}[len(all)]
	if width == 0 {
		return false
	}
	if n := len(ends); n > 0 && ends[n-1] != len(all) {
		ends = append(ends, len(all))
	}
	for i, end := range ends {
		if end != (i+1)*width {
			return false
		}
	}
	for start := 0; start < len(all); start += width {
		z.lines = append(z.lines, all[start:start+width])
	}
	for i, c := range all {
		if c == unreadable {
			z.fail("mrz.character", strconv.Itoa(i/width+1), strconv.Itoa(i%width+1))
		}
	}
	return true
}

func (z *zone) fail(rule string, args ...string) {
	z.faults = append(z.faults, Fault{Rule: rule, Args: args})
}

// td1 reads the three lines of a card. The composite check digit runs over what the first two lines have from the number
// on, without nationality and sex.
func (z *zone) td1() {
	one, two := z.lines[0], z.lines[1]
	z.found.Size = TD1
	z.document(one[:5])
	z.number(one[5:14], one[14], one[15:])
	z.born(two[:6], two[6])
	z.sex(two[7])
	z.expires(two[8:14], two[14])
	z.nationality(two[15:18])
	z.optional(two[18:29])
	z.digit("mrz.composite_digit", two[29], one[5:], two[:7], two[8:15], two[18:29])
	z.names(z.lines[2])
}

// twoLines reads a booklet or a visa: kind, issuer and names above, everything else below.
func (z *zone) twoLines(document, visa ZoneSize) {
	one, two := z.lines[0], z.lines[1]
	last := len(two) - 1
	z.document(one[:5])
	z.names(one[5:])
	z.found.Size = document
	if z.found.Kind() == KindVisa {
		z.found.Size = visa
	}
	switch z.found.Size {
	case TD2:
		z.number(two[:9], two[9], two[28:last])
	case TD3:
		z.number(two[:9], two[9], nil)
		z.optional(two[28 : last-1])
	default:
		z.number(two[:9], two[9], nil)
		z.optional(two[28:])
	}
	z.nationality(two[10:13])
	z.born(two[13:19], two[19])
	z.sex(two[20])
	z.expires(two[21:27], two[27])
	switch z.found.Size {
	case TD3:
		z.filled("mrz.personal_digit", two[last-1], two[28:last-1])
		z.digit("mrz.composite_digit", two[last], two[:10], two[13:20], two[21:last])
	case TD2:
		z.digit("mrz.composite_digit", two[last], two[:10], two[13:20], two[21:last])
	}
}

// document reads the code of two characters and the issuer.
func (z *zone) document(field []byte) {
	if !spoilt(field[:2]) {
		z.found.Code = strings.TrimRight(string(field[:2]), "<")
		if !z.found.Kind().Valid() {
			z.fail("mrz.kind")
		}
	}
	z.found.Issuer = z.state("mrz.issuer", field[2:])
}

func (z *zone) nationality(field []byte) {
	z.found.Nationality = z.state("mrz.nationality", field)
}

func (z *zone) state(rule string, field []byte) StateCode {
	if spoilt(field) {
		return ""
	}
	code, err := ParseStateCode(string(field))
	if err != nil {
		z.fail(rule)
		return StateCode(plain(field))
	}
	return code
}

// number reads the number of the document and the optional field beside it. Where the place of the check digit has a
// filler, the number is longer than its nine characters: it goes on in the optional field, its check digit last.
func (z *zone) number(field []byte, check byte, beside []byte) {
	if check == '<' && len(beside) > 0 && beside[0] != '<' {
		more, rest, _ := bytes.Cut(beside, []byte("<"))
		field = append(bytes.Clone(field), more[:len(more)-1]...)
		check, beside = more[len(more)-1], rest
	}
	if z.found.Number = plain(field); z.found.Number == "" && !spoilt(field) {
		z.fail("mrz.number")
	}
	z.digit("mrz.number_digit", check, field)
	z.optional(beside)
}

func (z *zone) optional(field []byte) {
	if text := plain(field); text != "" {
		z.found.Optional = append(z.found.Optional, text)
	}
}

// born finds the century: the latest in which the day is not after today.
func (z *zone) born(field []byte, check byte) {
	z.filled("mrz.birth_digit", check, field)
	born, ok := twoDigitDate(field, z.today.Year)
	if born.Year > 0 && born.After(z.today) {
		born.Year -= 100
	}
	if ok = ok && born.Valid(); !ok && !spoilt(field) {
		z.fail("mrz.birth_date")
	}
	if ok {
		z.found.Born = born
	}
}

// expires finds the century: the one that brings the year into the hundred years around today.
func (z *zone) expires(field []byte, check byte) {
	z.filled("mrz.expiry_digit", check, field)
	expires, ok := twoDigitDate(field, z.today.Year)
	switch {
	case expires.Year == 0:
	case expires.Year >= z.today.Year+50:
		expires.Year -= 100
	case expires.Year < z.today.Year-50:
		expires.Year += 100
	}
	if ok = ok && expires.Valid(); !ok && !spoilt(field) {
		z.fail("mrz.expiry_date")
	}
	if ok {
		z.found.Expires = expires
	}
}

// twoDigitDate reads YYMMDD in the century of a year; fillers are parts that are not known.
func twoDigitDate(field []byte, year int) (Date, bool) {
	var parts [3]int
	for i := range parts {
		two := field[2*i : 2*i+2]
		if string(two) == "<<" {
			continue
		}
		if !digits(two) {
			return Date{}, false
		}
		parts[i] = int(two[0]-'0')*10 + int(two[1]-'0')
		if i > 0 && parts[i] == 0 {
			return Date{}, false
		}
		if i == 0 {
			parts[0] += year - year%100
		}
	}
	return Date{parts[0], parts[1], parts[2]}, true
}

func (z *zone) sex(c byte) {
	switch c {
	case 'F', 'M':
		z.found.Sex = Sex(c)
	case '<':
		z.found.Sex = SexUnspecified
	case unreadable:
	default:
		z.fail("mrz.sex")
	}
}

// names reads the primary identifier, two fillers, and the secondary one. A name of one part stands alone.
func (z *zone) names(field []byte) {
	surname, given, _ := bytes.Cut(field, []byte("<<"))
	z.found.Surname, z.found.GivenNames = plain(surname), plain(given)
	z.found.Truncated = field[len(field)-1] != '<'
	if !spoilt(field) && (z.found.Surname+z.found.GivenNames == "" || bytes.ContainsAny(field, "0123456789")) {
		z.fail("mrz.names")
	}
}

// spoilt tells a field with a character that cannot be in a zone, which is reported already.
func spoilt(field []byte) bool { return bytes.IndexByte(field, unreadable) >= 0 }

// plain is a field as text: fillers at the ends go, those within are blanks.
func plain(field []byte) string {
	return strings.Join(strings.FieldsFunc(string(field), func(r rune) bool { return r == '<' || r == unreadable }), " ")
}

// filled checks the digit of a field that may be empty, where the issuer may leave a filler for the digit 0.
func (z *zone) filled(rule string, check byte, field []byte) {
	if check == '<' && len(bytes.Trim(field, "<")) == 0 {
		return
	}
	z.digit(rule, check, field)
}

// digit checks the check digit over one or several fields: the characters' values (A is 10, the filler 0) weighed with
// 7, 3, 1 over and over, the sum modulo 10 (Doc 9303 part 3, section 4.9).
func (z *zone) digit(rule string, check byte, fields ...[]byte) {
	sum, place := 0, 0
	for _, field := range fields {
		for _, c := range field {
			switch weight := [3]int{7, 3, 1}[place%3]; {
			case digit(c):
				sum += int(c-'0') * weight
			case upper(c):
				sum += int(c-'A'+10) * weight
			case c == unreadable:
				return
			}
			place++
		}
	}
	if expected := '0' + byte(sum%10); check != expected && check != unreadable {
		z.fail(rule, string(rune(expected)), string(rune(check)))
	}
}
