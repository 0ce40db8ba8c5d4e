package wco

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/exchange/table"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

func told(problems []errs.Problem) (list []string) {
	for _, p := range problems {
		list = append(list, fmt.Sprintf("%s:%d %s %s", p.Path, p.Line, p.Rule, strings.Join(p.Args, ",")))
	}
	return list
}

func TestReadProblems(t *testing.T) {
	item := func(inner string) string {
		return "<Declaration><GoodsShipment>\n<GovernmentAgencyGoodsItem/>\n<GovernmentAgencyGoodsItem>\n" + inner + "</GovernmentAgencyGoodsItem></GoodsShipment></Declaration>"
	}
	const second = "Declaration/GoodsShipment/GovernmentAgencyGoodsItem[2]"
	for _, test := range []struct {
		name, file string
		read       bool
		want       []string
	}{
		{"unknown element once for all", "<Declaration><A/>\n<A/><Agent><A>x</A></Agent></Declaration>", true, []string{"Declaration/A:1 xml.not_modelled ", "Declaration/Agent/A:2 xml.not_modelled "}},
		{"element of another namespace", "<Declaration><ID xmlns='urn:x'>1</ID></Declaration>", true, []string{"Declaration/ID:1 xml.not_modelled "}},
		{"attribute", "<Declaration>\n<ID schemeID='S' schemeName='N'>1</ID></Declaration>", true, []string{"Declaration/ID/@schemeID:2 xml.not_modelled ", "Declaration/ID/@schemeName:2 xml.not_modelled "}},
		{"stray text", "<Declaration>\n<Agent>x</Agent></Declaration>", true, []string{"Declaration/Agent/text():2 xml.not_modelled "}},
		{"element in a value", "<Declaration><ID>1<b>2</b></ID></Declaration>", true, []string{"Declaration/ID/b:1 xml.not_modelled "}},
		{"zero", "<Declaration><TotalPackageQuantity>0</TotalPackageQuantity></Declaration>", true, []string{"Declaration/TotalPackageQuantity:1 xml.zero "}},
		{"renumbered", "<Declaration><Consignment><Itinerary><SequenceNumeric>2</SequenceNumeric></Itinerary></Consignment></Declaration>", true, []string{"Declaration/Consignment/Itinerary[1]/SequenceNumeric:1 xml.renumbered 2"}},
		{"other version", "<MetaData><WCODataModelVersionCode>3.10</WCODataModelVersionCode><Declaration/></MetaData>", true, []string{":1 wco.version 3.10"}},
		{"twice", "<Declaration>\n<ID>1</ID>\n<ID>1</ID></Declaration>", false, []string{"Declaration/ID:3 xml.repeated ID"}},
		{"group twice", "<Declaration><GoodsShipment/>\n<GoodsShipment/></Declaration>", false, []string{"Declaration/GoodsShipment:2 xml.repeated GoodsShipment"}},
		{"two documents", "<MetaData><Declaration/>\n<Response/></MetaData>", false, []string{"MetaData/Response:2 xml.repeated Response"}},
		{"count", item("<SequenceNumeric>1.5</SequenceNumeric>"), false, []string{second + "/SequenceNumeric:4 xml.number 1.5"}},
		{"negative count", item("<SequenceNumeric>-1</SequenceNumeric>"), false, []string{second + "/SequenceNumeric:4 xml.number -1"}},
		{"all at once", item("<SequenceNumeric>x</SequenceNumeric>\n<CustomsValueAmount currencyID='CNY'>1,5</CustomsValueAmount>\n<Commodity>\n<GoodsMeasure><GrossMassMeasure unitCode='LBR'>1</GrossMassMeasure></GoodsMeasure></Commodity>"), false, []string{
			second + "/SequenceNumeric:4 xml.number x", second + "/CustomsValueAmount:5 decimal.format 1,5", second + "/Commodity/GoodsMeasure/GrossMassMeasure:7 xml.mass_unit LBR",
		}},
		{"mass of a fraction of a milligram", item("<Commodity><GoodsMeasure><GrossMassMeasure unitCode='GRM'>0.0001</GrossMassMeasure></GoodsMeasure></Commodity>"), false, []string{second + "/Commodity/GoodsMeasure/GrossMassMeasure:4 decimal.places 0.0001,3"}},
		{"mass beyond the scale", item("<Commodity><GoodsMeasure><GrossMassMeasure unitCode='TNE'>9300000000</GrossMassMeasure></GoodsMeasure></Commodity>"), false, []string{second + "/Commodity/GoodsMeasure/GrossMassMeasure:4 decimal.range 9300000000"}},
		{"time", "<Declaration><IssueDateTime>\n<DateTimeString formatCode='304'>20261322080000Z</DateTimeString></IssueDateTime></Declaration>", false, []string{"Declaration/IssueDateTime:1 wco.time 20261322080000Z"}},
		{"format of time", "<Declaration><IssueDateTime>\n<DateTimeString formatCode='4'>22112026</DateTimeString></IssueDateTime></Declaration>", false, []string{"Declaration/IssueDateTime/DateTimeString:2 wco.time_format 4", "Declaration/IssueDateTime:1 wco.time 22112026"}},
		{"malformed after a warning", "<Declaration><A/>\n<ID>1</Declaration>", false, []string{"Declaration/A:1 xml.not_modelled ", "Declaration/ID:2 xml.mismatched Declaration,ID"}},
		{"entity", "<Declaration>\n<ID>&x;</ID></Declaration>", false, []string{"Declaration/ID:2 xml.entity x"}},
		{"text after the root", "<Declaration/>\nx", false, []string{":2 xml.trailing "}},
		{"doctype", "<!DOCTYPE Declaration [<!ENTITY x 'y'>]>\n<Declaration/>", false, []string{":1 xml.doctype "}},
		{"nothing in it", "<MetaData/>", false, []string{":1 wco.empty "}},
		{"other information package", "<MetaData><WCOTypeName>CRI</WCOTypeName><Declaration/></MetaData>", false, []string{":1 wco.type CRI"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, problems, err := readAny([]byte(test.file))
			if (err == nil) != test.read {
				t.Errorf("got error %v, want it read: %t", err, test.read)
			}
			if diff := cmp.Diff(test.want, told(append(problems, errs.Problems(err)...))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestManyProblems(t *testing.T) {
	file := "<Declaration><GoodsShipment>" + strings.Repeat("<GovernmentAgencyGoodsItem><SequenceNumeric>x</SequenceNumeric></GovernmentAgencyGoodsItem>", table.MaxRepeat+1) + "</GoodsShipment></Declaration>"
	_, _, err := readAny([]byte(file))
	problems := errs.Problems(err)
	if len(problems) != exchange.MaxProblems || problems[len(problems)-1].Rule != "exchange.more" {
		t.Errorf("got %d problems, the last %v", len(problems), problems[len(problems)-1])
	}
	file = strings.ReplaceAll(file, ">x<", ">1<")
	_, _, err = readAny([]byte(file))
	if problems := told(errs.Problems(err)); len(problems) != 1 || problems[0] != "Declaration/GoodsShipment/GovernmentAgencyGoodsItem:1 exchange.too_many 9999" {
		t.Errorf("got %v", problems)
	}
}

func TestRead(t *testing.T) {
	read := func(inner string) *declaration.Document {
		t.Helper()
		m, _, err := readAny([]byte("<Declaration>" + inner + "</Declaration>"))
		if err != nil {
			t.Fatal(err)
		}
		return m.Document.(*declaration.Document)
	}
	line := func(inner string) declaration.Item {
		t.Helper()
		return read("<GoodsShipment><GovernmentAgencyGoodsItem>" + inner + "</GovernmentAgencyGoodsItem></GoodsShipment>").Items[0]
	}
	class := func(id, kind string) string {
		return "<Classification><ID>" + id + "</ID><IdentificationTypeCode>" + kind + "</IdentificationTypeCode></Classification>"
	}
	mass := func(attribute, text string) port.Kilograms {
		return line("<Commodity><GoodsMeasure><GrossMassMeasure" + attribute + ">" + text + "</GrossMassMeasure></GoodsMeasure></Commodity>").GrossMass
	}
	paper := func(element, kind string) string {
		return "<" + element + "><ID>W1</ID><TypeCode>" + kind + "</TypeCode></" + element + ">"
	}
	border := func(journey, mode string) *declaration.Document {
		return read("<BorderTransportMeans><ModeCode>" + mode + "</ModeCode><JourneyID>" + journey + "</JourneyID></BorderTransportMeans>")
	}
	for _, test := range []struct {
		name      string
		got, want any
	}{
		{"white space", read("<ID>\n\t 12 3 \n</ID>").Number, port.DeclarationNumber("12 3")},
		{"comment within", read("<ID>1<!-- x -->2<![CDATA[<3]]></ID>").Number, port.DeclarationNumber("12<3")},
		{"decimal count", read("<TotalPackageQuantity>+5.000</TotalPackageQuantity>").Packages, int64(5)},
		{"kilograms", mass("", "1.5"), 1500 * port.Gram},
		{"tonnes", mass(" unitCode='TNE'", "0.0015"), 1500 * port.Gram},
		{"grams", mass(" unitCode='GRM'", "1500"), 1500 * port.Gram},
		{"hs", line("<Commodity>" + class("2701121000", "HS") + "</Commodity>").HS, port.HSCode("2701121000")},
		{"hs as written", line("<Commodity>" + class("2701.12", "HS") + "</Commodity>").HS, port.HSCode("2701.12")},
		{"tariff code", line("<Commodity>" + class("46021910", "TSP") + class("00", "TRC") + "</Commodity>").HS, port.HSCode("4602191000")},
		{"tariff code alone", line("<Commodity>" + class("X", "CV") + class("46021910", "TSP") + "</Commodity>").HS, port.HSCode("46021910")},
		{"no tariff code", line("<Commodity>" + class("VATZ", "GN") + "</Commodity>").HS, port.HSCode("")},
		{"batch by road", border("2026112200001", "3").Batch, port.BatchNumber("2026112200001")},
		{"batch leaves no journey", border("2026112200001", "3").Border.Journey, ""},
		{"journey by air", border("2026112200001", "4").Border.Journey, "2026112200001"},
		{"journey by road", border("CA901", "3").Border.Journey, "CA901"},
		{"waybill of its own", read("<GoodsShipment><Consignment>" + paper("TransportContractDocument", "730") + "</Consignment></GoodsShipment>").Waybill, "W1"},
		{"waybill as previous document", read("<GoodsShipment>" + paper("PreviousDocument", "740") + "</GoodsShipment>").Waybill, "W1"},
		{"waybill as document", read(paper("AdditionalDocument", "720")).Waybill, "W1"},
		{"waybill as document of a line", read("<GoodsShipment><GovernmentAgencyGoodsItem>" + paper("AdditionalDocument", "705") + "</GovernmentAgencyGoodsItem></GoodsShipment>").Waybill, "W1"},
		{"no waybill", read(paper("AdditionalDocument", "380")).Waybill, ""},
		{"import", read("<TypeCode>IMZ</TypeCode>").Direction, port.Import},
		{"export", read("<TypeCode>EXD</TypeCode>").Direction, port.Export},
		{"amendment", read("<FunctionCode>13</FunctionCode><TypeCode>COR</TypeCode>").Direction, port.Direction("")},
		{"cancellation", read("<FunctionCode>13</FunctionCode><TypeCode>INV</TypeCode>").Direction, port.Direction("")},
		{"special territory", read("<TypeCode>COA</TypeCode><GoodsShipment><GovernmentAgencyGoodsItem><GovernmentProcedure><CurrentCode>10</CurrentCode></GovernmentProcedure></GovernmentAgencyGoodsItem></GoodsShipment>").Direction, port.Export},
	} {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func TestParseTime(t *testing.T) {
	for _, test := range []struct {
		text, want string
		usual, ok  bool
	}{
		{"20261122080000Z", "2026-11-22T08:00:00.000000Z", true, true},
		{"20261122080000+08", "2026-11-22T00:00:00.000000Z", true, true},
		{"20261122080000-0330", "2026-11-22T11:30:00.000000Z", true, true},
		{"202611220800+00", "2026-11-22T08:00:00.000000Z", true, true},
		{"20261122", "2026-11-21T16:00:00.000000Z", true, true}, // the day in Beijing
		{"20261122080000", "2026-11-22T00:00:00.000000Z", true, true},
		{"2026-11-22T08:00:00.123456+08:00", "2026-11-22T00:00:00.123456Z", true, true},
		{"2026-11-22T08:00:00Z", "2026-11-22T08:00:00.000000Z", true, true},
		{"2026-11-22", "2026-11-21T16:00:00.000000Z", true, true},
		{"Wed Nov 13 00:00:00 UTC 2019", "2019-11-13T00:00:00.000000Z", false, true},
		{"Wed Nov 13 00:00:00 PST 2019", "", false, false},
		{"20261301", "", false, false},
		{"20261122080000+8", "", false, false},
		{"20261122080000X", "", false, false},
		{"2026112208", "", false, false},
		{"2026-11-22T08:00:00.1234567Z", "", false, false},
		{"00011122", "", false, false},
		{"2026", "", false, false},
		{"", "", false, false},
	} {
		got, usual, ok := parseTime(test.text)
		if got.String() != test.want || usual != test.usual || ok != test.ok {
			t.Errorf("%q: got %s, %t, %t", test.text, got, usual, ok)
		}
	}
}

// TestClasses: the seen-bits of a class have room for its members, and no name stands twice.
func TestClasses(t *testing.T) {
	check(t, "Declaration", declarationClass)
	check(t, "GoodsShipment", shipmentMembers)
	check(t, "item", itemClass)
	check(t, "Response", responseClass)
	check(t, "Response/Declaration", answeredClass)
}

func check[T any](t *testing.T, name string, c table.Class[T]) {
	t.Helper()
	if len(c) > table.MaxMembers {
		t.Errorf("%s has %d members", name, len(c))
	}
	seen := map[string]bool{}
	for _, m := range c {
		if seen[m.Name] {
			t.Errorf("%s has %s twice", name, m.Name)
		}
		seen[m.Name] = true
	}
}
