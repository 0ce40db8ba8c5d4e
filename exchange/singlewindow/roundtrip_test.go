package singlewindow

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

var words3 = rapid.StringMatching(`[a-z0-9中Ө<&'-]{1,6}`)

func maybe(t *rapid.T, label string) string {
	return rapid.OneOf(rapid.Just(""), words3).Draw(t, label)
}

func masses(t *rapid.T) port.Kilograms {
	return port.Kilograms(rapid.SampledFrom([]int64{0, 1, 500, 1_000_000, 30_000_500}).Draw(t, "mass"))
}

func counts(t *rapid.T) int64 {
	return rapid.SampledFrom([]int64{0, 1, 12, 9999}).Draw(t, "count")
}

func times(t *rapid.T) port.Time {
	return port.Time(rapid.SampledFrom([]int64{0, 1_795_000_000_000_000, 1_763_800_000_123_000}).Draw(t, "time"))
}

func anyBoxes(t *rapid.T, tare bool) (list []manifest.Container) {
	for range rapid.IntRange(0, 2).Draw(t, "boxes") {
		c := manifest.Container{Number: port.ContainerNumber(words3.Draw(t, "box")), Seals: rapid.SliceOfN(words3, 0, 2).Draw(t, "seals")}
		if len(c.Seals) == 0 {
			c.Seals = nil
		}
		if tare {
			c.Tare = masses(t)
		}
		list = append(list, c)
	}
	return list
}

func anyManifest(t *rapid.T) *manifest.Document {
	message := rapid.SampledFrom([]string{"MT1401", "MT2401"}).Draw(t, "message")
	d := &manifest.Document{
		Message: message, Direction: forms[message].direction, Loaded: manifest.Laden, Function: rapid.SampledFrom([]string{"9", "0", "5", "3"}).Draw(t, "function"),
		Reason: maybe(t, "reason"), Batch: port.BatchNumber(maybe(t, "batch")), Office: port.CustomsOffice(maybe(t, "office")), Carrier: maybe(t, "carrier"), Expected: times(t),
	}
	d.Vehicle.Plate, d.Vehicle.Mark = "0001ДЕМ", maybe(t, "mark")
	for range rapid.IntRange(0, 3).Draw(t, "waybills") {
		w := manifest.Waybill{
			Number: words3.Draw(t, "number"), Packages: counts(t), Packaging: maybe(t, "packaging"), Consignor: maybe(t, "consignor"), Consignee: maybe(t, "consignee"),
			ConsignorID: maybe(t, "id"), ConsigneeID: maybe(t, "id"), Procedure: maybe(t, "procedure"), Transit: port.CustomsOffice(maybe(t, "transit")),
			GrossMass: masses(t), Containers: anyBoxes(t, true),
		}
		for n := range rapid.IntRange(0, 2).Draw(t, "items") {
			w.Items = append(w.Items, manifest.Item{
				Number: int64(n + 1), Goods: maybe(t, "goods"), Details: maybe(t, "details"), GrossMass: masses(t), Packages: counts(t), Packaging: maybe(t, "packaging"),
				HS: port.HSCode(rapid.SampledFrom([]string{"", "2701121000", "270112"}).Draw(t, "hs")), Dangerous: rapid.SampledFrom([]string{"", "1993"}).Draw(t, "un"),
			})
		}
		describe(&w)
		d.Waybills = append(d.Waybills, w)
	}
	return d
}

func anyConfirmation(t *rapid.T) *manifest.Confirmation {
	message := rapid.SampledFrom([]string{"MT4401", "MT4402", "MT4403", "MT4404", "MT4405", "MT4406"}).Draw(t, "message")
	c := &manifest.Confirmation{
		Message: message, Direction: forms[message].direction, Loaded: forms[message].loaded, Function: "2", Batch: port.BatchNumber(maybe(t, "batch")),
		Office: port.CustomsOffice(maybe(t, "office")), Carrier: maybe(t, "carrier"), Expected: times(t), Crew: counts(t), Containers: anyBoxes(t, true),
		Vehicle: manifest.Vehicle{Plate: "0001ДЕМ", Mark: maybe(t, "mark"), Trailer: port.Plate(maybe(t, "trailer")), TrailerTare: masses(t)},
	}
	for range rapid.IntRange(0, 2).Draw(t, "waybills") {
		c.Waybills = append(c.Waybills, words3.Draw(t, "waybill"))
	}
	for range rapid.IntRange(0, 2).Draw(t, "routing") {
		c.Routing = append(c.Routing, port.Country(words3.Draw(t, "country")))
	}
	return c
}

func anyReport(t *rapid.T) *cargo.Report {
	message := rapid.SampledFrom([]string{"MT3402", "MT5401", "MT5402"}).Draw(t, "message")
	r := &cargo.Report{
		Kind: cargo.TallyReport, Message: message, Function: "2", Direction: forms[message].direction, Office: port.CustomsOffice(maybe(t, "office")), Place: maybe(t, "place"),
		Operator: maybe(t, "operator"), Batch: port.BatchNumber(maybe(t, "batch")), Plate: port.Plate(maybe(t, "plate")), At: times(t),
	}
	if message == "MT3402" {
		r.Kind = cargo.ArrivalReport
	}
	for range rapid.IntRange(0, 2).Draw(t, "lines") {
		line := cargo.ReportLine{Waybill: words3.Draw(t, "waybill"), GrossMass: masses(t), Packages: counts(t), Remark: maybe(t, "remark")}
		for _, c := range anyBoxes(t, false) {
			line.Containers, line.Seals = append(line.Containers, c.Number), append(line.Seals, c.Seals...)
		}
		r.Lines = append(r.Lines, line)
	}
	return r
}

func anyReload(t *rapid.T) *manifest.Reload {
	message := rapid.SampledFrom([]string{"MT8401", "MT8402", "MT8403", "MT8404"}).Draw(t, "message")
	l := &manifest.Reload{
		Message: message, Direction: forms[message].direction, Function: "2", Office: port.CustomsOffice(maybe(t, "office")), Batch: port.BatchNumber(maybe(t, "batch")),
		Plate: port.Plate(maybe(t, "plate")), Reason: maybe(t, "reason"), Waybills: rapid.SliceOfN(words3, 1, 3).Draw(t, "waybills"),
	}
	if reassigns(message) {
		l.To, l.ToPlate = port.BatchNumber(words3.Draw(t, "to")), port.Plate(maybe(t, "to plate"))
	}
	return l
}

func anyFirm(t *rapid.T) declaration.Party {
	p := declaration.Party{Name: maybe(t, "name"), ID: rapid.SampledFrom([]string{"", "1599DEMO01", "91150824MADEM0002H"}).Draw(t, "id")}
	if len(p.ID) == 18 {
		p.Customs = rapid.SampledFrom([]string{"", "1599DEMO01"}).Draw(t, "customs")
	}
	return p
}

func anyDeclaration(t *rapid.T) *declaration.Document {
	d := &declaration.Document{
		Direction: rapid.SampledFrom([]port.Direction{port.Import, port.Export}).Draw(t, "direction"), Reference: maybe(t, "reference"), Window: maybe(t, "window"),
		Number: port.DeclarationNumber(maybe(t, "entry")), Type: maybe(t, "type"), Procedure: maybe(t, "procedure"), Office: port.CustomsOffice(maybe(t, "office")),
		ExitOffice: port.CustomsOffice(maybe(t, "exit")), Waybill: maybe(t, "waybill"), Packages: counts(t), GrossMass: masses(t), NetMass: masses(t),
		Agent: anyFirm(t), Submitter: anyFirm(t), Importer: anyFirm(t), Exporter: anyFirm(t), Authenticator: maybe(t, "operator"), Signature: maybe(t, "sign"),
	}
	d.Declarant = d.Agent
	d.Border.ID, d.Terms.Condition, d.Warehouse.ID = maybe(t, "plate"), maybe(t, "terms"), maybe(t, "warehouse")
	if d.Border.Mode = rapid.SampledFrom([]string{"", "2", "3", "CN9"}).Draw(t, "mode"); d.Border.Mode == "3" {
		d.Batch = rapid.SampledFrom([]port.BatchNumber{"", "2026112200001"}).Draw(t, "batch")
	}
	if d.Batch == "" {
		d.Border.Journey = maybe(t, "journey")
	}
	d.Location.ID, d.Location.Name, d.LoadingPlace.ID = maybe(t, "place"), maybe(t, "place name"), maybe(t, "from")
	if d.Direction == port.Export {
		d.Consignor, d.Destination = anyFirm(t), port.Country(maybe(t, "country"))
		d.Importer.ID, d.Importer.Customs = maybe(t, "foreign"), ""
	} else {
		d.Consignee, d.Dispatch = anyFirm(t), port.Country(maybe(t, "country"))
		d.Exporter.ID, d.Exporter.Customs, d.Exporter.Address.Line = maybe(t, "foreign"), "", maybe(t, "line")
	}
	if rapid.Bool().Draw(t, "freight") {
		d.Freight = port.Money{Minor: 120050, Currency: "CNY"}
	}
	for range rapid.IntRange(0, 2).Draw(t, "boxes") {
		d.Equipment = append(d.Equipment, declaration.Equipment{ID: words3.Draw(t, "box")})
	}
	for range rapid.IntRange(0, 2).Draw(t, "papers") {
		d.Documents = append(d.Documents, declaration.SupportingDocument{Type: words3.Draw(t, "paper"), ID: words3.Draw(t, "number")})
	}
	for range rapid.IntRange(0, 2).Draw(t, "electronic") {
		d.Documents = append(d.Documents, declaration.SupportingDocument{Category: edocPaper, Type: words3.Draw(t, "paper"), Name: maybe(t, "file"), Issuer: maybe(t, "issuer"), Effective: times(t)})
	}
	for n := range rapid.IntRange(0, 2).Draw(t, "items") {
		it := declaration.Item{Number: int64(n + 1), HS: port.HSCode(maybe(t, "hs")), Description: maybe(t, "goods"), Unit: maybe(t, "unit"), Destination: port.Country(maybe(t, "to")), DestinationRegion: maybe(t, "region")}
		it.Quantity = port.Quantity(counts(t)) * port.One
		if rapid.Bool().Draw(t, "origin") {
			it.Origin = []declaration.Coded{{ID: words3.Draw(t, "origin"), Region: maybe(t, "place")}}
		}
		if rapid.Bool().Draw(t, "price") {
			it.Price = port.Money{Minor: 990050, Currency: "USD"}
		}
		if rapid.Bool().Draw(t, "legal") {
			it.Legal = []declaration.Measure{{Value: port.Quantity(counts(t)) * port.One, Unit: words3.Draw(t, "unit")}}
		}
		if text := maybe(t, "model"); text != "" {
			it.Statements = []declaration.Statement{{Code: "GModel", Type: "DecList", Text: text}}
		}
		d.Items = append(d.Items, it)
	}
	return d
}

// TestRoundTrip: what is written reads as the same document.
func TestRoundTrip(t *testing.T) {
	for name, make := range map[string]func(*rapid.T) any{
		"manifest": func(t *rapid.T) any { return anyManifest(t) }, "confirmation": func(t *rapid.T) any { return anyConfirmation(t) },
		"report": func(t *rapid.T) any { return anyReport(t) }, "reload": func(t *rapid.T) any { return anyReload(t) },
		"declaration": func(t *rapid.T) any { return anyDeclaration(t) },
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				document := make(t)
				var file bytes.Buffer
				if err := Write(&file, document, exchange.Envelope{ID: "1", Sender: "S", Receiver: "R", Sent: "20261122080000000"}); err != nil {
					t.Fatal(err)
				}
				m, problems, err := readAny(file.Bytes())
				if err != nil || len(problems) > 0 {
					t.Fatalf("%v %v\n%s", err, problems, file.String())
				}
				if diff := cmp.Diff(document, m.Document); diff != "" {
					t.Fatalf("%s\n%s", diff, file.String())
				}
			})
		})
	}
}

// TestNotWritten: what has no message here is refused.
func TestNotWritten(t *testing.T) {
	if err := Write(&bytes.Buffer{}, &manifest.Packing{}, exchange.Envelope{}); err == nil {
		t.Error("a packing list is written")
	}
	if err := Write(&bytes.Buffer{}, &manifest.Document{Message: "SAS121"}, exchange.Envelope{}); err == nil {
		t.Error("a pass document is written as a manifest")
	}
}
