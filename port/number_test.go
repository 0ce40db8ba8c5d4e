package port

import (
	"errors"
	"strings"
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
		"lane": parsing(ParseLaneID), "trader": parsing(ParseTraderCode), "uic": parsing(ParseUICWagon),
		"broad": parsing(ParseBroadWagon), "un": parsing(ParseUNNumber), "class": parsing(ParseHazardClass),
		"packing": parsing(ParsePackingGroup), "flight": parsing(ParseFlightNumber), "state": parsing(ParseStateCode),
		"permit": parsing(ParsePermitNumber), "seal": parsing(ParseSealNumber),
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
		{"trader", "1501910001", "1501910001", ""},
		{"trader", " 1501 9100-01a ", "", "trader_code.format"},
		{"trader", "1501 91 001a", "150191001A", ""},
		{"trader", "15A1910001", "", "trader_code.format"},
		{"trader", "15019100011", "", "trader_code.format"},
		{"trader", "91350100M000100Y43", "", "trader_code.format"}, // the other number of a firm
		{"uic", "31 81 665 0 286-0", "318166502860", ""},           // worked examples in public descriptions of leaflet 438
		{"uic", "21 80 990 3 914-9", "218099039149", ""},
		{"uic", "21 81 2471 217-3", "218124712173", ""},
		{"uic", "50 51 26-18 001-5", "505126180015", ""},
		{"uic", "21-74-335 3 998-8", "217433539988", ""},
		{"uic", "31 81 665 0 286-1", "318166502861", "uic_wagon.check_digit"},
		{"uic", "31 81 665 0 286", "", "uic_wagon.format"},
		{"uic", "3181665O2860", "", "uic_wagon.format"},
		{"broad", "6102 3453", "61023453", ""},
		{"broad", "６１０２３４５３", "61023453", ""},
		{"broad", "00000000", "00000000", ""},
		{"broad", "61023454", "61023454", "broad_wagon.check_digit"},
		{"broad", "16023453", "16023453", "broad_wagon.check_digit"},
		{"broad", "6102345", "", "broad_wagon.format"},
		{"broad", "A1023453", "", "broad_wagon.format"},
		{"un", "1203", "1203", ""},
		{"un", "UN 1203", "1203", ""},
		{"un", "un1203", "1203", ""},
		{"un", "UN-No. 1203", "1203", ""},
		{"un", "ＵＮ　0004", "0004", ""},
		{"un", "4000", "4000", ""}, // Check warns
		{"un", "203", "", "un_number.format"},
		{"un", "12031", "", "un_number.format"},
		{"un", "UN 12O3", "", "un_number.format"},
		{"un", "NA 1203", "", "un_number.format"},
		{"class", "3", "3", ""},
		{"class", " 6.1 ", "6.1", ""},
		{"class", "1.1D", "1.1", ""},
		{"class", "1.4S", "1.4", ""},
		{"class", "1.1I", "", "hazard_class.unknown"},
		{"class", "6", "", "hazard_class.unknown"},
		{"class", "1.7", "", "hazard_class.unknown"},
		{"class", "8 + 6.1", "", "hazard_class.unknown"},
		{"class", "10", "", "hazard_class.unknown"},
		{"packing", "II", "II", ""},
		{"packing", "pg iii", "III", ""},
		{"packing", "Ⅰ", "I", ""},
		{"packing", "2", "II", ""},
		{"packing", "12", "", "packing_group.unknown"},
		{"packing", "IV", "", "packing_group.unknown"},
		{"packing", "", "", "packing_group.unknown"},
		{"flight", "CA901", "CA901", ""},
		{"flight", "ca 0901", "CA901", ""},
		{"flight", "3U8885", "3U8885", ""},
		{"flight", "M0 701", "M0701", ""},
		{"flight", "MGL-701A", "MGL701A", ""},
		{"flight", "CA0000", "", "flight.format"},
		{"flight", "CA12345", "", "flight.format"},
		{"flight", "C901", "C91", ""}, // the carrier C9, flight 01
		{"flight", "1203", "", "flight.format"},
		{"flight", "CAA", "", "flight.format"},
		{"flight", "CA9A1", "", "flight.format"},
		{"state", "MNG", "MNG", ""},
		{"state", "d<<", "D", ""},
		{"state", "XXA", "XXA", ""},
		{"state", "UTO", "", "state.unknown"},
		{"state", "DEU", "", "state.unknown"},
		{"state", "MN", "", "state.unknown"},
		{"state", "", "", "state.unknown"},
		{"permit", " № 12/34 ", "№ 12/34", ""},
		{"permit", "", "", "permit_number.format"},
		{"permit", "12\n34", "", "permit_number.format"},
		{"permit", strings.Repeat("许", 70), strings.Repeat("许", 70), ""},
		{"permit", strings.Repeat("许", 71), "", "permit_number.format"},
		{"seal", "HNH 0012345", "HNH 0012345", ""},
		{"seal", "关锁12", "关锁12", ""},
		{"seal", "- .", "", "seal.format"},
		{"seal", "12\x0034", "", "seal.format"},
		{"seal", strings.Repeat("8", 36), "", "seal.format"},
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
	if got := [2]string{TraderCode("1501910001").Division(), TraderCode("15").Division()}; got != [2]string{"1501", ""} {
		t.Errorf("got divisions %q", got)
	}
	for flight, want := range map[FlightNumber]string{"CA901": "CA", "MGL701A": "MGL", "3U8885": "3U", "901": "", "": "", "C": "", "航班CA1": ""} {
		if got := flight.Carrier(); got != want {
			t.Errorf("%s: got carrier %q, want %q", flight, got, want)
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
		"trader":    func() { _, _ = ParseTraderCode("1501910001") },
		"wagon":     func() { _, _ = ParseBroadWagon("61023453") },
		"un":        func() { _, _ = ParseUNNumber("1203") },
		"flight":    func() { _, _ = ParseFlightNumber("CA901") },
		"state":     func() { _, _ = ParseStateCode("MNG") },
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

func FuzzTraderCode(f *testing.F) { fuzzParser(f, parsing(ParseTraderCode), "1501 91 001a") }

func FuzzUNNumber(f *testing.F) { fuzzParser(f, parsing(ParseUNNumber), "UN-No. 1203", "UNNO") }

func FuzzHazardClass(f *testing.F) { fuzzParser(f, parsing(ParseHazardClass), "1.1D", "6.1") }

func FuzzPackingGroup(f *testing.F) {
	fuzzParser(f, parsing(ParsePackingGroup), "PG Ⅱ", "3", "PGPGI")
}

func FuzzFlightNumber(f *testing.F) {
	fuzzParser(f, parsing(ParseFlightNumber), "CA 0901", "M00701A", "3U8885", "MGL701")
}

func FuzzStateCode(f *testing.F) { fuzzParser(f, parsing(ParseStateCode), "D<<", "MNG") }

func FuzzPermitNumber(f *testing.F) { fuzzParser(f, parsing(ParsePermitNumber), "№ 12/34") }

func FuzzSealNumber(f *testing.F) {
	fuzzParser(f, func(text string) (string, error) {
		number, err := ParseSealNumber(text)
		if key := number.Key(); SealNumber(key).Key() != key {
			f.Errorf("%q: the key of its key %q is another", text, key)
		}
		return string(number), err
	}, "HNH 001.2345", "ß", "ŉ", "ı")
}
