package port

import (
	"errors"
	"testing"
)

// parser is a ParseX of an identifier, in the form that the table and the fuzz targets share.
type parser func(string) (string, error)

func parsing[T ~string](parse func(string) (T, error)) parser {
	return func(text string) (string, error) {
		value, err := parse(text)
		return string(value), err
	}
}

func TestParseIdentifiers(t *testing.T) {
	parsers := map[string]parser{
		"batch": parsing(ParseBatchNumber), "declaration": parsing(ParseDeclarationNumber),
		"office": parsing(ParseCustomsOffice), "hs": parsing(ParseHS), "container": parsing(ParseContainer),
		"credit": parsing(ParseSocialCreditCode), "country": parsing(ParseCountry), "currency": parsing(ParseCurrency),
		"location": parsing(ParseLocation), "site": parsing(ParseSiteID), "port": parsing(ParsePortID),
		"lane": parsing(ParseLaneID),
	}
	tests := []struct{ kind, text, want, rule string }{
		{"batch", "1234567890123", "1234567890123", ""},
		{"batch", " 12345 67890-123 ", "1234567890123", ""},
		{"batch", "１２３４５６７８９０１２３", "1234567890123", ""},
		{"batch", "123456789012", "", "batch.format"},
		{"batch", "12345678901234", "", "batch.format"},
		{"batch", "123456789012A", "", "batch.format"},
		{"batch", "", "", "batch.format"},
		{"declaration", "070220261234567890", "070220261234567890", ""},
		{"declaration", "0702 2026 1234567890", "070220261234567890", ""},
		{"declaration", "23GB1234567890ABCD", "", "declaration_number.format"},
		{"declaration", "07022026123456789", "", "declaration_number.format"},
		{"office", "0702", "0702", ""},
		{"office", "GBDEU001", "", "office.format"},
		{"office", "07.2", "", "office.format"},
		{"hs", "2701", "2701", ""},
		{"hs", "8471.30.00", "84713000", ""},
		{"hs", "8471 30 00 00", "8471300000", ""},
		{"hs", "27", "", "hs.format"},
		{"hs", "27011", "", "hs.format"},
		{"hs", "270112100000", "", "hs.format"},
		{"hs", "0001", "", "hs.chapter"},
		{"hs", "9801", "9801", ""},
		{"container", "CSQU3054383", "CSQU3054383", ""},
		{"container", "csqu 305438-3", "CSQU3054383", ""},
		{"container", "ＣＳＱＵ3054383", "CSQU3054383", ""},
		{"container", "CSQU3054384", "CSQU3054384", "container.check_digit"},
		{"container", "CONU1234567", "CONU1234567", "container.check_digit"},
		{"container", "CSQX3054383", "CSQX3054383", "container.category"},
		{"container", "CSQU305438", "", "container.format"},
		{"container", "CSQU30543833", "", "container.format"},
		{"container", "C5QU3054383", "", "container.format"},
		{"container", "CSQU30543B3", "", "container.format"},
		{"credit", "91350100M000100Y43", "91350100M000100Y43", ""}, // the worked example of GB 32100-2015
		{"credit", "91350100m000100y43", "91350100M000100Y43", ""},
		{"credit", "91350100M000100Y34", "", "credit_code.check"},
		{"credit", "91350100M000100Z43", "", "credit_code.format"},
		{"credit", "91350100M000100Y4", "", "credit_code.format"},
		{"country", "MN", "MN", ""},
		{"country", " mn ", "MN", ""},
		{"country", "M N", "", "country.unknown"},
		{"country", "ZZ", "", "country.unknown"},
		{"country", "M1", "", "country.unknown"},
		{"country", "MNG", "", "country.unknown"},
		{"currency", "mnt", "MNT", ""},
		{"currency", "RMB", "", "currency.unknown"},
		{"currency", "MN", "", "currency.unknown"},
		{"location", "CN MLX", "CNMLX", ""},
		{"location", "RUZ5B", "RUZ5B", ""},
		{"location", "XZ2A3", "XZ2A3", ""},
		{"location", "CNML0", "", "location.format"},
		{"location", "QQMLX", "", "location.country"},
		{"location", "1NMLX", "", "location.format"},
		{"site", "Ganqimaodu ", "ganqimaodu", ""},
		{"site", "2nd", "", "site.format"},
		{"site", "ganqi-maodu", "", "site.format"},
		{"port", "ganqimaodu-road", "ganqimaodu-road", ""},
		{"port", "ganqimaodu", "", "port_id.format"},
		{"port", "-road", "", "port_id.format"},
		{"port", "ganqimaodu-road-2", "", "port_id.format"},
		{"lane", "ganqimaodu-road.in-freight-01", "ganqimaodu-road.in-freight-01", ""},
		{"lane", "ganqimaodu-road.", "", "lane.format"},
		{"lane", "ganqimaodu-road .a", "", "lane.format"},
		{"lane", "ganqimaodu-road.a--b", "", "lane.format"},
		{"lane", "ganqimaodu-road.a.b", "", "lane.format"},
		{"lane", "ganqimaodu-road.-a", "", "lane.format"},
		{"lane", "ganqimaodu-road.a-", "", "lane.format"},
	}
	for _, test := range tests {
		got, err := parsers[test.kind](test.text)
		var f Fault
		errors.As(err, &f)
		if got != test.want || f.Rule != test.rule {
			t.Errorf("%s %q: got %q, %v; want %q, %q", test.kind, test.text, got, err, test.want, test.rule)
		}
	}
}

// Every letter counts with its own value; the table is ISO 6346's, written out.
func TestContainerDigit(t *testing.T) {
	values := map[byte]int{'A': 10, 'B': 12, 'C': 13, 'D': 14, 'E': 15, 'F': 16, 'G': 17, 'H': 18, 'I': 19, 'J': 20,
		'K': 21, 'L': 23, 'M': 24, 'N': 25, 'O': 26, 'P': 27, 'Q': 28, 'R': 29, 'S': 30, 'T': 31, 'U': 32, 'V': 34,
		'W': 35, 'X': 36, 'Y': 37, 'Z': 38}
	for letter, value := range values {
		code := string(letter) + "AAU000000" // A, A, U weigh 2×10 + 4×10 + 8×32
		want := byte('0' + (value+20+40+256)%11%10)
		if got := containerDigit([]byte(code + "0")); got != want {
			t.Errorf("%s: got %c, want %c", code, got, want)
		}
	}
}

func TestIdentifierParts(t *testing.T) {
	lane := LaneID("ganqimaodu-road.in-freight-01")
	if got, want := [4]string{string(lane.Port()), lane.Name(), string(lane.Port().Site()), string(lane.Port().Mode())},
		[4]string{"ganqimaodu-road", "in-freight-01", "ganqimaodu", "road"}; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := SiteID("erenhot").Port(Rail), PortID("erenhot-rail"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if lane.Check() != nil || SiteID("erenhot").Check() != nil {
		t.Error("good names are refused")
	}
	tests := []struct {
		code          HSCode
		chapter       string
		under, beside HSCode
	}{
		{"27011210", "27", "2701", "2702"},
		{"2701121000", "27", "27", "28"},
		{"2701", "27", "", "270112"},
		{"x", "", "", "2"},
	}
	for _, test := range tests {
		if got := test.code.Chapter(); got != test.chapter {
			t.Errorf("%s: got chapter %q, want %q", test.code, got, test.chapter)
		}
		if !test.code.HasPrefix(test.under) || test.code.HasPrefix(test.beside) {
			t.Errorf("%s: want it under %q and not under %q", test.code, test.under, test.beside)
		}
	}
	if got := Location("CNMLX").Country(); got != China {
		t.Errorf("got %q", got)
	}
	if got := Location("").Country(); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestCodeLists(t *testing.T) {
	if got, want := len(countries)/2, 249; got != want {
		t.Errorf("countries: got %d, want %d", got, want)
	}
	known := 0
	for _, is := range countryKnown {
		if is {
			known++
		}
	}
	if known != 249 {
		t.Errorf("countries: got %d different ones, want 249", known)
	}
	known = 0
	for _, places := range currencyDecimals {
		if places > 0 {
			known++
		}
	}
	if want := len(currencies0+currencies2+currencies3+currencies4) / 3; known != want {
		t.Errorf("currencies: got %d different ones, want %d", known, want)
	}
	for currency, want := range map[Currency]int{Renminbi: 2, Togrog: 2, Rouble: 2, Dollar: 2, "JPY": 0, "jpy": 0,
		"KRW": 0, "VND": 0, "KWD": 3, "CLF": 4, "KZT": 2, "GBP": 2, "": 2, "???": 2} {
		if got := currency.Exponent(); got != want {
			t.Errorf("%s: got %d decimals, want %d", currency, got, want)
		}
	}
}

func TestFunctions(t *testing.T) {
	authorities, customs := 0, 0
	for _, f := range Functions() {
		if f.Authority() {
			authorities++
		}
		if f.Customs() {
			customs++
		}
		if f.Customs() && !f.Authority() {
			t.Errorf("%s is customs and no authority", f)
		}
	}
	if authorities != 11 || customs != 4 {
		t.Errorf("got %d authorities and %d of customs, want 11 and 4", authorities, customs)
	}
}

func TestIdentifiersDoNotAllocate(t *testing.T) {
	for name, read := range map[string]func(){
		"container": func() { _, _ = ParseContainer("CSQU3054383") },
		"batch":     func() { _, _ = ParseBatchNumber("1234567890123") },
		"hs":        func() { _, _ = ParseHS("2701121000") },
		"credit":    func() { _, _ = ParseSocialCreditCode("91350100M000100Y43") },
		"currency":  func() { _, _ = ParseCurrency("CNY") },
	} {
		if got := testing.AllocsPerRun(100, read); got != 0 {
			t.Errorf("%s: got %v allocations, want none", name, got)
		}
	}
}

// fuzzParser checks of any text that reading does not panic, that what is read is read again as itself, and that a
// fault's rule is known.
func fuzzParser(f *testing.F, parse parser, seeds ...string) {
	for _, seed := range append(seeds, "", " ", "\xff", "０", "A-B") {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := parse(text)
		if err != nil {
			var got Fault
			if !errors.As(err, &got) || faults[got.Rule] == nil {
				t.Errorf("%q: got %v, want a known Fault", text, err)
			}
			return
		}
		if again, err := parse(first); err != nil || again != first {
			t.Errorf("%q: got %q, then %q, %v", text, first, again, err)
		}
	})
}

func FuzzBatchNumber(f *testing.F) { fuzzParser(f, parsing(ParseBatchNumber), "1234567890123") }

func FuzzDeclarationNumber(f *testing.F) {
	fuzzParser(f, parsing(ParseDeclarationNumber), "070220261234567890", "23GB1234567890ABCD")
}

func FuzzCustomsOffice(f *testing.F) { fuzzParser(f, parsing(ParseCustomsOffice), "0702") }

func FuzzHS(f *testing.F) { fuzzParser(f, parsing(ParseHS), "8471.30.00", "２７０１") }

func FuzzContainer(f *testing.F) {
	fuzzParser(f, parsing(ParseContainer), "CSQU3054383", "csqu 305438 3", "CONU1234567")
}

func FuzzSocialCreditCode(f *testing.F) {
	fuzzParser(f, parsing(ParseSocialCreditCode), "91350100M000100Y43")
}

func FuzzCountry(f *testing.F) { fuzzParser(f, parsing(ParseCountry), "mn", "XI") }

func FuzzCurrency(f *testing.F) { fuzzParser(f, parsing(ParseCurrency), "mnt", "RMB") }

func FuzzLocation(f *testing.F) { fuzzParser(f, parsing(ParseLocation), "CN MLX", "XZ222") }

func FuzzSiteID(f *testing.F) { fuzzParser(f, parsing(ParseSiteID), "Erenhot") }

func FuzzPortID(f *testing.F) { fuzzParser(f, parsing(ParsePortID), "erenhot-rail") }

func FuzzLaneID(f *testing.F) { fuzzParser(f, parsing(ParseLaneID), "erenhot-road.in-01") }
