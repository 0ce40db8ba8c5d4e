package port

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var readingDay = Date{2026, 11, 29}

func TestMRZ(t *testing.T) {
	tests := []struct {
		text string
		want TravelDocument
	}{
		{"P<MNGDORJ<<BAT<ERDENE<<<<<<<<<<<<<<<<<<<<<<<\nE1234567<4MNG8503149M3001019UA85031412<<<<02",
			TravelDocument{TD3, "P", "MNG", "DORJ", "BAT ERDENE", false, "E1234567", "MNG", Date{1985, 3, 14}, SexMale, Date{2030, 1, 1}, []string{"UA85031412"}}},
		{"POCHNZHANG<<SAN<<<<<<<<<<<<<<<<<<<<<<<<<<<<<\r\nEA00000019CHN2611295F3607145<<<<<<<<<<<<<<<0\r\n", // born today, no personal number
			TravelDocument{TD3, "PO", "CHN", "ZHANG", "SAN", false, "EA0000001", "CHN", Date{2026, 11, 29}, SexFemale, Date{2036, 7, 14}, nil}},
		{"v<chndorj<<bat<erdene<<<<<<<<<<<<<<<<<<<<<<<b7654321<1mng85<<<<1<2701013s2x<<<<<<<<<<<<<", // month and day not known
			TravelDocument{MRVA, "V", "CHN", "DORJ", "BAT ERDENE", false, "B7654321", "MNG", Date{1985, 0, 0}, SexUnspecified, Date{2027, 1, 1}, []string{"S2X"}}},
		{"V<RUSDORJ<<<<<<<<<<<<<<<<<<<<<<<<<<< | B7654321<1MNG8503149M2701013<<<<<<<<",
			TravelDocument{MRVB, "V", "RUS", "DORJ", "", false, "B7654321", "MNG", Date{1985, 3, 14}, SexMale, Date{2027, 1, 1}, nil}},
		{"I<XXBNASSER<<<<<<<<<<<<<<<<<<<<<<<<<\nAB12<<<<<8XXB0002299F9912315Q7<<<<<1", // a refugee; a leap day; expired in 1999
			TravelDocument{TD2, "I", "XXB", "NASSER", "", false, "AB12", "XXB", Date{2000, 2, 29}, SexFemale, Date{1999, 12, 31}, []string{"Q7"}}},
		{"I<D<<L01X00T471<<<<<<<<<<<<<<<\n6408125F2910312D<<<<<<<<<<<<<8\nVON<ADLER<<ERIKA<ANNA<LUISE<MA",
			TravelDocument{TD1, "I", "D", "VON ADLER", "ERIKA ANNA LUISE MA", true, "L01X00T47", "D", Date{1964, 8, 12}, SexFemale, Date{2029, 10, 31}, nil}},
		{"ＡＣMNGM12345678＜9012<ZZ<<<<<<<<\n6408125M2910312MNGA1<<<<<<<<<1\nDORJ<<<<<<<<<<<<<<<<<<<<<<<<<<", // a number of twelve characters
			TravelDocument{TD1, "AC", "MNG", "DORJ", "", false, "M12345678901", "MNG", Date{1964, 8, 12}, SexMale, Date{2029, 10, 31}, []string{"ZZ", "A1"}}},
		{"C<FINVIRTANEN<<AINO<<<<<<<<<<<<<<<<<\n123456789<FIN6408125F29103120122<<<6",
			TravelDocument{TD2, "C", "FIN", "VIRTANEN", "AINO", false, "123456789012", "FIN", Date{1964, 8, 12}, SexFemale, Date{2029, 10, 31}, nil}},
		{"P<GBDSMITH<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<\n0000000011GBP8503149M<<<<<<0<<<<<<<<<<<<<<<2", // never expires
			TravelDocument{TD3, "P", "GBD", "SMITH", "", false, "000000001", "GBP", Date{1985, 3, 14}, SexMale, Date{}, nil}},
	}
	for _, test := range tests {
		got, err := ParseMRZ(MRZ(test.text), readingDay)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
		}
		type open TravelDocument // cmp would print the mask
		if diff := cmp.Diff(open(test.want), open(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.text, diff)
		}
		if err := MRZ(test.text).Check(readingDay); err != nil {
			t.Error(err)
		}
	}
}

const goodZone = "P<MNGDORJ<<BAT<ERDENE<<<<<<<<<<<<<<<<<<<<<<<\nE1234567<4MNG8503149M3001019UA85031412<<<<02"

// Every problem is told at once, in the order of the places. The digits expected were reckoned apart from the code.
func TestMRZProblems(t *testing.T) {
	lines := strings.Split(goodZone, "\n")
	below := func(place int, text string) string {
		return lines[0] + "\n" + lines[1][:place] + text + lines[1][place+len(text):]
	}
	above := func(place int, text string) string {
		return lines[0][:place] + text + lines[0][place+len(text):] + "\n" + lines[1]
	}
	tests := []struct{ text, want string }{
		{"", "mrz.format: 0"},
		{"P<MNG", "mrz.format: 5"},
		{goodZone + "<", "mrz.format: 90"},
		{strings.Repeat("<", zoneLongest+1), "mrz.format: 601"},
		{lines[0][:30] + "\n" + lines[0][30:] + lines[1], "mrz.format: 89"}, // the length is right, the lines are not
		{above(0, "XY"), "mrz.kind"},
		{above(0, "<P"), "mrz.kind"},
		{above(2, "UTO"), "mrz.issuer"},
		{above(2, "DEU"), "mrz.issuer"},
		{above(5, "D0RJ"), "mrz.names"},
		{lines[0][:5] + strings.Repeat("<", 39) + "\n" + lines[1], "mrz.names"},
		{above(5, "Д"), "mrz.format: 88"}, // two bytes for one character: one is missing
		{above(5, "?"), "mrz.character: 1, 6"},
		{below(0, "F"), "mrz.number_digit: 1, 4; mrz.composite_digit: 9, 2"},
		{below(9, "5"), "mrz.number_digit: 4, 5; mrz.composite_digit: 9, 2"},
		{below(10, "QQQ"), "mrz.nationality"},
		{below(13, "850230"), "mrz.birth_digit: 4, 9; mrz.birth_date; mrz.composite_digit: 3, 2"},
		{below(13, "8O0314"), "mrz.birth_digit: 6, 9; mrz.birth_date; mrz.composite_digit: 1, 2"},
		{below(20, "X"), "mrz.sex"},
		{below(21, "300001"), "mrz.expiry_digit: 2, 9; mrz.expiry_date; mrz.composite_digit: 1, 2"},
		{below(28, "XY"), "mrz.personal_digit: 3, 0; mrz.composite_digit: 5, 2"},
		{below(43, "3"), "mrz.composite_digit: 2, 3"},
		{below(0, "<<<<<<<<<0"), "mrz.number; mrz.composite_digit: 0, 2"},
		{"XXUTO0" + strings.Repeat("<", 38) + "\nE1234567<5QQQ9913149X3013019UA85031412<<<<12",
			"mrz.kind; mrz.issuer; mrz.names; mrz.number_digit: 4, 5; mrz.nationality; mrz.birth_date; mrz.sex; " +
				"mrz.expiry_digit: 4, 9; mrz.expiry_date; mrz.personal_digit: 0, 1; mrz.composite_digit: 9, 2"},
		// what cannot be read is told once, and not judged besides
		{"?<?NG?ORJ<<BAT<ERDENE<<<<<<<<<<<<<<<<<<<<<<<\n?1234567<4?NG?503149?3?01019?A85031412<<<<02",
			"mrz.character: 1, 1; mrz.character: 1, 3; mrz.character: 1, 6; mrz.character: 2, 1; mrz.character: 2, 11; " +
				"mrz.character: 2, 14; mrz.character: 2, 21; mrz.character: 2, 23; mrz.character: 2, 29"},
	}
	for _, test := range tests {
		_, err := ParseMRZ(MRZ(test.text), readingDay)
		if got := fmt.Sprint(err); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.text, got, test.want)
		}
		var first Fault
		if !errors.As(err, &first) || !strings.HasPrefix(test.want, first.Rule) {
			t.Errorf("%s: the first fault is %v", test.text, first)
		}
	}
}

func TestMRZCentury(t *testing.T) {
	tests := []struct {
		today, born, expires Date
	}{
		{Date{2026, 11, 29}, Date{1985, 3, 14}, Date{2030, 1, 1}},
		{Date{1990, 1, 1}, Date{1985, 3, 14}, Date{2030, 1, 1}},
		{Date{2085, 3, 13}, Date{1985, 3, 14}, Date{2130, 1, 1}}, // 2030 is more than 50 years past
		{Date{2085, 3, 14}, Date{2085, 3, 14}, Date{2130, 1, 1}},
		{Date{1980, 1, 1}, Date{1885, 3, 14}, Date{1930, 1, 1}},
	}
	for _, test := range tests {
		got, err := ParseMRZ(goodZone, test.today)
		if err != nil || got.Born != test.born || got.Expires != test.expires {
			t.Errorf("%v: got %v and %v, %v; want %v and %v", test.today, got.Born, got.Expires, err, test.born, test.expires)
		}
	}
}

// Nothing that prints a zone or what was read from it says who it is.
func TestMRZIsMasked(t *testing.T) {
	document, err := ParseMRZ(goodZone, readingDay)
	if err != nil {
		t.Fatal(err)
	}
	_, wrong := ParseMRZ(MRZ(strings.Replace(goodZone, "E1234567<4", "E1234567<5", 1)), readingDay)
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		fmt.Fprintf(&out, verb+"\n", MRZ(goodZone))
		fmt.Fprintf(&out, verb+"\n", document)
		fmt.Fprintf(&out, verb+"\n", &document)
		fmt.Fprintf(&out, verb+"\n", struct {
			Zone     MRZ
			Document []TravelDocument
		}{goodZone, []TravelDocument{document}})
	}
	fmt.Fprintln(&out, wrong, MRZ(goodZone).String(), document.String())
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(handler).Info("read", "zone", MRZ(goodZone), "document", document, "wrong", wrong)
	}
	for _, secret := range []string{"DORJ", "ERDENE", "E1234567", "850314", "UA85", "1985", fmt.Sprintf("%x", "DORJ"), fmt.Sprintf("%X", "DORJ")} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%q stands in what is printed:\n%s", secret, out.String())
		}
	}
	for _, want := range []string{"MRZ(89 characters)", "TravelDocument(TD3 P MNG)"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not printed", want)
		}
	}
	data, err := json.Marshal(document) // what is stored, sealed, is whole
	var again TravelDocument
	if err != nil || json.Unmarshal(data, &again) != nil || !strings.Contains(string(data), "ERDENE") {
		t.Errorf("got %v", err)
	}
	type open TravelDocument
	if diff := cmp.Diff(open(document), open(again)); diff != "" {
		t.Errorf("from JSON (-want +got):\n%s", diff)
	}
}

func TestStateCodes(t *testing.T) {
	for code, want := range map[StateCode]Country{"MNG": Mongolia, "CHN": China, "RUS": Russia, "D": "DE", "GBR": "GB", "GBN": "GB",
		"UNO": "", "XXA": "", "XPO": "", "HKG": "HK"} {
		if got := code.Country(); got != want || code.Check() != nil {
			t.Errorf("%s: got %q, %v; want %q", code, got, code.Check(), want)
		}
	}
	if got, want := len(states)/5, 249; got != want {
		t.Errorf("got %d states, want %d", got, want)
	}
	var two strings.Builder
	for i := 0; i < len(states); i += 5 {
		two.WriteString(states[i : i+2])
	}
	if two.String() != countries {
		t.Error("the countries are not those of the two-letter codes")
	}
	if got, want := len(stateCountry), 249+len(stateExceptions)/5-1; got != want { // D stands for DEU
		t.Errorf("got %d codes, want %d", got, want)
	}
	for code, country := range stateCountry {
		if country != "" && country.Check() != nil {
			t.Errorf("%s: %v", code, country.Check())
		}
	}
}

func TestDates(t *testing.T) {
	if got, want := DateOf(time.Date(2026, 11, 29, 23, 0, 0, 0, time.UTC)), readingDay; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, test := range []struct {
		date  Date
		text  string
		valid bool
	}{
		{Date{}, "", true},
		{Date{1974, 8, 12}, "1974-08-12", true},
		{Date{1974, 0, 0}, "1974-XX-XX", true},
		{Date{0, 2, 29}, "XXXX-02-29", true},
		{Date{2023, 2, 29}, "2023-02-29", false},
		{Date{2024, 2, 29}, "2024-02-29", true},
		{Date{2024, 13, 0}, "2024-13-XX", false},
		{Date{2024, 0, 32}, "2024-XX-32", false},
		{Date{2024, 4, 31}, "2024-04-31", false},
	} {
		if test.date.String() != test.text || test.date.Valid() != test.valid {
			t.Errorf("got %q, %v; want %q, %v", test.date, test.date.Valid(), test.text, test.valid)
		}
	}
	for _, test := range []struct {
		a, b Date
		want bool
	}{
		{Date{2026, 1, 1}, Date{2025, 12, 31}, true},
		{Date{2025, 12, 31}, Date{2026, 1, 1}, false},
		{Date{2026, 1, 1}, Date{2026, 1, 1}, false},
		{Date{2026, 2, 1}, Date{2026, 1, 31}, true},
		{Date{2026, 0, 0}, Date{2026, 1, 1}, false},
	} {
		if got := test.a.After(test.b); got != test.want {
			t.Errorf("%v after %v: got %v", test.a, test.b, got)
		}
	}
}

func FuzzMRZ(f *testing.F) {
	f.Add(goodZone)
	f.Add("I<D<<L01X00T471<<<<<<<<<<<<<<<\n6408125F2910312D<<<<<<<<<<<<<8\nVON<ADLER<<ERIKA<ANNA<LUISE<MA")
	f.Add("ACMNGM12345678<9012<ZZ<<<<<<<<6408125M2910312MNGA1<<<<<<<<<1DORJ<<<<<<<<<<<<<<<<<<<<<<<<<<")
	f.Add("C<FINVIRTANEN<<AINO<<<<<<<<<<<<<<<<<\n123456789<FIN6408125F29103120122<<<6")
	f.Add("V<RUSDORJ<<<<<<<<<<<<<<<<<<<<<<<<<<<|B7654321<1MNG8503149M2701013<<<<<<<<")
	f.Add(strings.Repeat("?", 88))
	f.Add("\xff")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseMRZ(MRZ(text), readingDay)
		var all Faults
		if err != nil {
			if !errors.As(err, &all) || len(all) == 0 {
				t.Fatalf("got %v, want Faults", err)
			}
			for _, f := range all {
				if faults[f.Rule] == nil {
					t.Errorf("the rule %s is not known", f.Rule)
				}
			}
			return
		}
		if !got.Kind().Valid() || !got.Sex.Valid() || got.Number == "" || !got.Born.Valid() || got.Born.After(readingDay) ||
			got.Issuer.Check() != nil || got.Nationality.Check() != nil {
			t.Errorf("%q is taken as %q", text, got)
		}
	})
}
