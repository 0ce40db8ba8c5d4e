package edifact

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/passenger"
	"github.com/guomen/guomen/port"
)

func sample(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// readWell reads a sample with which nothing is wrong, and says which places were not kept.
func readWell(t *testing.T, text string) (exchange.Message, []string) {
	t.Helper()
	m, problems, err := readAny([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var lost []string
	for _, p := range problems {
		lost = append(lost, p.Path+" "+strings.TrimPrefix(p.Rule, "edifact."))
	}
	return m, lost
}

func seconds(t *testing.T, text string) port.Time {
	t.Helper()
	value, err := port.ParseTime(text)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func TestReport(t *testing.T) {
	m, lost := readWell(t, sample(t, "cuscar.edi"))
	want := &manifest.Document{
		Direction: port.Import, Function: "9", Batch: "2026112200001", Office: "0700", Carrier: "91150824MADEM0002H",
		Vehicle:  manifest.Vehicle{Kind: port.Truck, Plate: "0001ДЕМ", Trailer: "0002ДЕМ", Nationality: "MN"},
		Expected: seconds(t, "2026-11-22T08:40:00+08:00"),
		Waybills: []manifest.Waybill{
			{
				Number: "DEMO2611220001", Goods: "炼焦煤", HS: "2701121000", GrossMass: 32040 * port.Kilogram, Packages: 1,
				Consignor: "Demo Nuurs Export LLC", Consignee: "演示进口有限公司",
				Containers: []manifest.Container{{Number: "CSQU3054383", Tare: 2200 * port.Kilogram, Seals: []string{"DEMOSEAL1", "DEMOSEAL2"}}},
			},
			{Number: "DEMO2611220002", Goods: "Demo goods, with a release' and a second line; Others", GrossMass: 750500 * port.Gram, Packages: 15, Dangerous: "1789"},
			{Number: "DEMO2611220003", Goods: "Third", GrossMass: 100 * port.Kilogram, Packages: 2},
		},
	}
	if diff := cmp.Diff(want, m.Document); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"CUSCAR/TDT/LOC#6+2:1 not_modelled", "CUSCAR/CNI[1]/GID[1]/SGP#22+2:1 not_modelled", "CUSCAR/CNI[2]/GID[1]/DGS#28+1:1 not_modelled", "CUSCAR/CNI[2]/GID[1]/DGS#28+2:1 not_modelled",
	}, lost); diff != "" {
		t.Errorf("what is told:\n%s", diff)
	}
	if problems := exchange.Check(m); errs.Bad(problems) != nil {
		t.Errorf("the sample's own check: %v", problems)
	}
	if diff := cmp.Diff(exchange.Envelope{Model: "D.95B", Type: "CUSCAR", Agency: "UN"}, m.Envelope); diff != "" {
		t.Error(diff)
	}
}

func TestReportLater(t *testing.T) {
	m, lost := readWell(t, sample(t, "cuscar_later.edi"))
	want := &manifest.Document{
		Direction: port.Export, Function: "9", Batch: "2026112200002", Office: "0700", Carrier: "DEMO0000002",
		Vehicle: manifest.Vehicle{Kind: port.Truck, Plate: "DEMO0001", Nationality: "CN"},
		Waybills: []manifest.Waybill{{
			Number: "DEMO2611220004", Goods: "MACHINES", GrossMass: 1500 * port.Gram, Packages: 3, Consignor: "DEMO FIRM STREET 1",
			Containers: []manifest.Container{{Number: "CSQU3054383", Seals: []string{"DEMOSEAL3"}}},
		}},
	}
	want.Waybills[0].GrossMass = 1500 * port.Kilogram
	if diff := cmp.Diff(want, m.Document); diff != "" {
		t.Error(diff)
	}
	if len(lost) < 8 || !strings.Contains(strings.Join(lost, "\n"), "CUSCAR/CNI[1]/GID[1]/GEI/MEA#27") {
		t.Errorf("told: %q", lost)
	}
}

// TestReportModes: a train and a flight are known by their number, and goods lie in wagons.
func TestReportModes(t *testing.T) {
	train := strings.NewReplacer("TDT+20+2026112200002+3+++++DEMO0001::::CN", "TDT+20+43001+2", "EQD+CN+CSQU3054383", "EQD+RR+31311234567", "BGM+785+2026112200002", "BGM+785").
		Replace(sample(t, "cuscar_later.edi"))
	m, _ := readWell(t, train)
	d := m.Document.(*manifest.Document)
	if d.Vehicle != (manifest.Vehicle{Kind: port.TrainSet, Mark: "43001"}) || d.Batch != "" {
		t.Errorf("the train is %+v, batch %q", d.Vehicle, d.Batch)
	}
	if diff := cmp.Diff([]manifest.Wagon{{Number: "31311234567", Seals: []string{"DEMOSEAL3"}}}, d.Waybills[0].Wagons); diff != "" {
		t.Error(diff)
	}
	m, lost := readWell(t, strings.Replace(train, "TDT+20+43001+2", "TDT+20+ZZ100+4+++++B1234", 1))
	if d := m.Document.(*manifest.Document); d.Vehicle.Kind != port.Aircraft || d.Vehicle.Known() != "ZZ100" || !strings.Contains(strings.Join(lost, " "), "number_lost") {
		t.Errorf("the flight is %+v, told %q", d.Vehicle, lost)
	}
	m, lost = readWell(t, strings.Replace(train, "TDT+20+43001+2", "TDT+20+V1+1", 1))
	if d := m.Document.(*manifest.Document); d.Vehicle.Kind != "" || !strings.Contains(strings.Join(lost, " "), "edifact.mode") && !strings.Contains(strings.Join(lost, " "), " mode") {
		t.Errorf("the ship is %+v, told %q", d.Vehicle, lost)
	}
	two := strings.NewReplacer("CNI+1+", "EQD+CN+X1'CNI+2+SECOND'GID+1'CNI+1+", "UNT+28", "UNT+31").Replace(train)
	if _, lost = readWell(t, two); !strings.Contains(strings.Join(lost, " "), " equipment") {
		t.Errorf("equipment of nobody is not told: %q", lost)
	}
}

func TestDeclaration(t *testing.T) {
	m, lost := readWell(t, sample(t, "cusdec.edi"))
	firm := declaration.Party{
		ID: "91150824MADEM0001E", Name: "演示进口有限公司", Contact: "Demo person",
		Address:        declaration.Address{Line: "Street 1", City: "Ganqimaodu", Postcode: "015321", Country: "CN"},
		Communications: []declaration.Coded{{ID: "0478", Type: "TE"}, {ID: "demo@example.com", Type: "EM"}},
	}
	price, err := port.ParseMoney("100.5", "USD")
	if err != nil {
		t.Fatal(err)
	}
	want := &declaration.Document{
		Direction: port.Import, Function: "9", Type: "929", Procedure: "0110", Reference: "DEMO-LRN-1", Office: "0700", ExitOffice: "0701",
		Batch: "2026112200001", Waybill: "DEMO2611220001", Issued: seconds(t, "2026-11-22T07:00:00+08:00"), UCR: "DEMO-UCR",
		Importer: firm, Declarant: declaration.Party{ID: firm.ID}, Dispatch: "MN", Destination: "CN",
		Border:    declaration.Means{ID: "0001ДЕМ", IDType: "30", Name: "Name", Mode: "3", Nationality: "MN"},
		Location:  declaration.Location{ID: "YARD1", Name: "Demo yard"},
		Equipment: []declaration.Equipment{{ID: "CSQU3054383", Seals: []string{"DEMOSEAL1"}}},
		Packages:  1, GoodsItems: 2, GrossMass: 32040 * port.Kilogram, Invoice: price,
		Terms:     declaration.Terms{Condition: "DAF", Place: "CNGQD"},
		Documents: []declaration.SupportingDocument{{Type: "380", ID: "INV-1"}},
		Items: []declaration.Item{
			{
				Number: 1, Description: "炼焦煤", HS: "2701121000", Origin: []declaration.Coded{{ID: "MN"}}, GrossMass: 32040 * port.Kilogram,
				NetMass: 32 * port.Tonne, Quantity: 32_000_000, Unit: "TNE", Price: price, Packaging: []declaration.Packaging{{Type: "BK", Quantity: 1, Marks: "N/M"}},
			},
			{Number: 2, Description: "Second", HS: "870323"},
		},
	}
	if diff := cmp.Diff(want, m.Document); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"CUSDEC/TDT#14+7:1 not_modelled", "CUSDEC/TOD#20+1:1 not_modelled"}, lost); diff != "" {
		t.Error(diff)
	}
}

func TestList(t *testing.T) {
	m, lost := readWell(t, sample(t, "paxlst.edi"))
	want := &passenger.Document{
		Reference: "0000001", Type: "745", Reporter: passenger.Contact{Name: "DEMO-DESK", Telephone: "123456", Fax: "123457"},
		Conveyance: passenger.Conveyance{Number: "ZZ100", Carrier: "ZZ"}, Stated: 2,
		Departure: passenger.Call{Place: "UBN", Time: "2026-11-22T08:00"}, Arrival: passenger.Call{Place: "HET", Time: "2026-11-22T09:30"},
		Onward: []passenger.Call{{Place: "PEK"}},
		Persons: []passenger.Person{
			{
				Role: passenger.Passenger, Surname: "DEMO", Given: "ONE", Sex: "F", Born: "1956-06-20", Nationality: "MNG",
				Embarked: "UBN", Leaves: "HET", Booking: "DEMOPNR", Reference: "900001",
				Documents: []passenger.Paper{{Type: "P", Number: "E0000001", Expires: "2035-12-31", Issuer: "MNG"}, {Type: "V", Number: "V0000001"}},
			},
			{Role: passenger.Crew, Surname: "DEMO", Given: "TWO MIDDLE", Sex: "M", Born: "1999-01-01", Nationality: "CHN"},
		},
	}
	if diff := cmp.Diff(want, m.Document); diff != "" {
		t.Error(diff)
	}
	if len(lost) != 3 || m.Kind != exchange.KindPassengers || len(exchange.Check(m)) > 0 {
		t.Errorf("%q, %v, %v", lost, m.Kind, exchange.Check(m))
	}
}

// TestServiceCharacters reads the same report in other characters and line ends.
func TestServiceCharacters(t *testing.T) {
	plain := sample(t, "cuscar.edi")
	want, _ := readWell(t, plain)
	other := strings.NewReplacer("?'", "'", ":", "|", "+", ";", "'", "~", "?", "!").Replace(plain[len("UNA:+.? '"):])
	for name, text := range map[string]string{
		"no UNA":         plain[len("UNA:+.? '\n"):],
		"other service":  "UNA|;,! ~" + other,
		"one line":       strings.ReplaceAll(plain, "\n", ""),
		"CRLF":           strings.ReplaceAll(plain, "\n", "\r\n"),
		"byte order":     "\ufeff\n" + plain,
		"quoted":         strings.ReplaceAll(strings.ReplaceAll(plain[len("UNA:+.? '\n"):], "'\n", "\"\n"), "?'", "'"),
		"wrapped":        strings.Replace(plain, "Nuurs", "Nu\r\nurs", 1),
		"interchange v4": strings.Replace(plain[len("UNA:+.? '\n"):], "UNOW:3", "UNOW:4", 1),
	} {
		m, _, err := readAny([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(want.Document, m.Document); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if isQuoted("UNB+UNOA:3+\"A\"+B+261122:0700+1'UNH+1") || !isQuoted("UNB+SIRE:4+A+B+261122:0700+1\"\r\nUNH+1") {
		t.Error("the terminator is taken for another")
	}
	if _, _, err := (exchange.Formats{Quoted()}).Read([]byte(strings.ReplaceAll(sample(t, "paxlst.edi"), "\n", "")), exchange.Hint{Format: "edifact-quoted"}); err != nil {
		t.Error(err)
	}
}

// TestCharsets reads Cyrillic text as three character sets write it.
func TestCharsets(t *testing.T) {
	base := strings.ReplaceAll(sample(t, "cuscar.edi"), "演示进口有限公司", "Demo")
	base = strings.ReplaceAll(base, "炼焦煤", "coal")
	eight := strings.NewReplacer("UNOW", "UNOE", "Д", "\xb4", "Е", "\xb5", "М", "\xbc").Replace(base)
	m, _, err := readAny([]byte(eight))
	if err != nil || m.Document.(*manifest.Document).Vehicle.Plate != "0001ДЕМ" {
		t.Errorf("ISO 8859-5: %v", err)
	}
	m, problems, err := readAny([]byte(strings.Replace(base, "UNOW", "UNOA", 1)))
	if err != nil || m.Document.(*manifest.Document).Vehicle.Plate != "0001ДЕМ" || problems[0].Rule != "edifact.charset_utf8" {
		t.Errorf("UTF-8 under another name: %v %v", problems, err)
	}
	m, _, err = readAny([]byte(strings.NewReplacer("UNOW", "UNOC", "Д", "\xc4", "Е", "E", "М", "M").Replace(base)))
	if err != nil || m.Document.(*manifest.Document).Vehicle.Plate != "0001ÄEM" {
		t.Errorf("ISO 8859-1: %v", err)
	}
	if _, _, err = readAny([]byte(strings.Replace(eight, "UNOE", "UNOX", 1))); errs.Problems(err)[0].Rule != "edifact.charset" {
		t.Errorf("a set that nobody knows: %v", err)
	}
}

// TestBroken has a file for every reason to refuse one: what is changed in a good report, the first rule, and its line.
func TestBroken(t *testing.T) {
	plain := sample(t, "cuscar.edi")
	swap := func(old, with string) string {
		if !strings.Contains(plain, old) {
			t.Fatalf("the sample has no %q", old)
		}
		return strings.Replace(plain, old, with, 1)
	}
	for _, test := range []struct {
		name, text, want string
		line             int
	}{
		{"segments", swap("UNT+36", "UNT+35"), "CUSCAR/UNT#36+1:1 edifact.segment_count", 38},
		{"no number", swap("UNT+36", "UNT+x"), "CUSCAR/UNT#36+1:1 edifact.number", 38},
		{"reference", swap("UNT+36+1", "UNT+36+2"), "CUSCAR/UNT#36+2:1 edifact.reference", 38},
		{"messages", swap("UNZ+1", "UNZ+2"), "UNZ+1:1 edifact.message_count", 39},
		{"interchange reference", swap("UNZ+1+DEMO0001", "UNZ+1+DEMO0002"), "UNZ+2:1 edifact.reference", 39},
		{"no UNT", swap("UNT+36+1'\n", ""), "CUSCAR/UNZ edifact.no_trailer", 38},
		{"no UNZ", swap("UNZ+1+DEMO0001'\n", ""), " edifact.truncated", 39},
		{"cut", plain[:300], "CUSCAR/EQD[2]/MEA edifact.truncated", 13},
		{"no message", plain[:strings.Index(plain, "UNH")] + "UNZ+0+DEMO0001'", "UNZ edifact.no_message", 3},
		{"no BGM", swap("BGM", "CTA"), "CUSCAR/CTA#2 edifact.missing", 4},
		{"trailing", plain + "x", " edifact.trailing", 40},
		{"outside", swap("UNH+1+", "CTA+1'UNH+1+"), "CTA edifact.outside", 3},
		{"no segment", swap("SEL+DEMOSEAL1", "seal+DEMOSEAL1"), "CUSCAR/EQD[2] edifact.tag", 14},
		{"control character", swap("DEMOSEAL1", "DEMO\x01SEAL1"), "CUSCAR/EQD[2]/SEL edifact.character", 14},
		{"UNA", "UNA::.? '" + plain[9:], "UNA edifact.una", 1},
		{"version", swap("UNOW:3", "UNOW:5"), "UNB+1:2 edifact.version", 2},
		{"no sender", swap("DEMOCARRIER:ZZ", ""), "UNB+2:1 edifact.missing", 2},
		{"mass", swap("32,04", "heavy"), "CUSCAR/CNI[1]/GID[1]/MEA#21+3:2 decimal.format", 23},
		{"unit", swap("TNE:32,04", "LBR:32,04"), "CUSCAR/CNI[1]/GID[1]/MEA#21+3:2 edifact.mass_unit", 23},
		{"time", swap("202611220840:203", "20261122:203"), "CUSCAR/TDT/DTM#8+1:2 edifact.time", 10},
		{"count", swap("GID+2+5", "GID+2+five"), "CUSCAR/CNI[2]/GID[2]#29+2:1 edifact.number", 31},
		{"elements", swap("SEL+DEMOSEAL1", "SEL"+strings.Repeat("+", 120)), "CUSCAR/EQD[2]/SEL edifact.too_many", 14},
		{"long segment", swap("Others", strings.Repeat("x", maxSegment)), "CUSCAR/CNI[2]/GID[2]/FTX edifact.segment_length", 32},
		{"blanks", swap("CNI+2", strings.Repeat(" ", maxBlank+1)+"CNI+2"), "CUSCAR/CNI[2]/GID[2] edifact.blank", 33},
		{"UNE alone", swap("UNZ+1", "UNE+1+1'UNZ+1"), "UNE edifact.nesting", 39},
		{"group left open", swap("UNH+1", "UNG+CUSCAR+A+B+261122:0700+1'UNH+1"), "UNZ edifact.nesting", 39},
	} {
		_, _, err := readAny([]byte(test.text))
		if exchange.OutcomeOf(err) != exchange.Unreadable {
			t.Errorf("%s: got %v", test.name, err)
			continue
		}
		p := errs.Problems(err)[0]
		if got := p.Path + " " + p.Rule; got != test.want || p.Line != test.line {
			t.Errorf("%s: got %q in line %d, want %q in line %d", test.name, got, p.Line, test.want, test.line)
		}
		answered(t, []byte(test.text), exchange.Reply{At: 1, Outcome: exchange.Unreadable, Problems: errs.Problems(err)})
	}
	group := sample(t, "paxlst.edi")
	_, _, err := readAny([]byte(strings.Replace(group, "UNE+1", "UNE+2", 1)))
	if p := errs.Problems(err); len(p) == 0 || p[0].Rule != "edifact.group_count" {
		t.Errorf("UNE: %v", err)
	}
}

// TestUnsupported: what is well-formed and not taken says why.
func TestUnsupported(t *testing.T) {
	plain := sample(t, "cuscar.edi")
	body := plain[strings.Index(plain, "UNH"):strings.Index(plain, "UNZ")]
	twice := strings.Replace(plain, "UNZ+1", strings.NewReplacer("UNH+1", "UNH+2", "UNT+36+1", "UNT+36+2").Replace(body)+"UNZ+2", 1)
	for name, test := range map[string]struct{ text, want string }{
		"stowage":  {strings.Replace(plain, "CUSCAR:", "BAPLIE:", 1), "edifact.type"},
		"answer":   {strings.Replace(plain, "CUSCAR:", "CONTRL:", 1), "edifact.answer_type"},
		"two":      {twice, "edifact.several"},
		"test":     {strings.Replace(plain, "+DEMO0001'", "+DEMO0001++++++1'", 1), "edifact.test"},
		"wrong":    {strings.Replace(strings.Replace(plain, "CUSCAR:", "DESADV:", 1), "UNT+36", "UNT+1", 1), "edifact.segment_count"},
		"declared": {sample(t, "cusdec.edi"), "exchange.kind"},
	} {
		_, _, err := (exchange.Formats{Format()}).Read([]byte(test.text), exchange.Hint{Kind: exchange.KindManifest})
		if p := errs.Problems(err); len(p) != 1 || p[0].Rule != test.want || p[0].Line < 1 {
			t.Errorf("%s: %v", name, err)
		}
		if unsupported := strings.HasPrefix(test.want, "edifact.") && test.want != "edifact.segment_count"; (exchange.OutcomeOf(err) == exchange.Unsupported) != unsupported {
			t.Errorf("%s: %s", name, exchange.OutcomeOf(err))
		}
	}
}

// TestPlaces: what a check finds is told where the sender wrote it.
func TestPlaces(t *testing.T) {
	text := strings.NewReplacer("2026112200001", "26", "炼焦煤", "").Replace(sample(t, "cuscar.edi"))
	m, _, err := readAny([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, p := range exchange.Check(m) {
		got[p.Path+" "+p.Rule] = p.Line
	}
	want := map[string]int{"CUSCAR/BGM#2+2:1 batch.format": 4, "CUSCAR/CNI[1]#14 document.required": 16}
	for place, line := range want {
		if got[place] != line {
			t.Errorf("no %s in line %d: %v", place, line, got)
		}
	}
}
