package wco

import (
	"bytes"
	"cmp"
	"reflect"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/exchange/table"
	"github.com/guomen/guomen/port"
)

// fill makes any value of the model: every field of every type, so that a field without an element is found out.
func fill(t *rapid.T, v reflect.Value) {
	switch p := v.Addr().Interface().(type) {
	case *port.Money:
		*p = anyMoney(t)
		return
	case *port.Time:
		*p = port.Time(rapid.SampledFrom([]int64{0, 1_800_000_000_000_000, 1_763_800_000_000_000, 1_763_800_000_123_456}).Draw(t, "time"))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(anyText(t))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int64:
		v.SetInt(rapid.SampledFrom([]int64{0, 0, 1, 9999, 1_500_000, 123_456_789_012_345}).Draw(t, "number"))
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Slice:
		n := rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "length")
		for range n {
			element := reflect.New(v.Type().Elem()).Elem()
			fill(t, element)
			notEmpty(element)
			v.Set(reflect.Append(v, element))
		}
	default:
		t.Fatalf("the model has a %s, which no test makes", v.Kind())
	}
}

// notEmpty gives an element of a list something to hold, since an empty one is not written.
func notEmpty(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if v.Len() == 0 {
			v.SetString("x")
		}
	case reflect.Struct:
		if p, ok := v.Addr().Interface().(*declaration.RoleParty); ok {
			p.Role = cmp.Or(p.Role, "x")
			return
		}
		for i := range v.NumField() {
			if v.Field(i).Kind() == reflect.String {
				notEmpty(v.Field(i))
				return
			}
			if v.Field(i).Kind() == reflect.Int64 {
				v.Field(i).SetInt(1)
				return
			}
		}
	}
}

func anyText(t *rapid.T) string {
	text := rapid.StringOfN(rapid.SampledFrom([]rune("ab1.-<>&\"']\n \t\r中Ө")), 0, 6, -1).Draw(t, "text")
	if rapid.Bool().Draw(t, "empty") {
		return ""
	}
	return table.Trim(text)
}

func anyMoney(t *rapid.T) port.Money {
	text := rapid.SampledFrom([]string{"", "0", "1", "12.34", "-5.5", "100.123456", "99999999999999.99"}).Draw(t, "amount")
	if text == "" {
		return port.Money{}
	}
	m, err := port.ParseMoney(text, rapid.SampledFrom([]port.Currency{"CNY", "USD", "JPY", "KWD", "XQQ", ""}).Draw(t, "currency"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// anyDocument is a declaration as reading would give it: what one field follows from others does.
func anyDocument(t *rapid.T) declaration.Document {
	var d declaration.Document
	fill(t, reflect.ValueOf(&d).Elem())
	noRegion := func(list []coded) {
		for i := range list {
			list[i].Region = ""
			if list[i] == (coded{}) {
				list[i].ID = "x"
			}
		}
	}
	// parties are those of some kinds, in the order of their elements.
	parties := func(list []roleParty, kinds ...string) {
		for i := range list {
			list[i].Kind = rapid.SampledFrom(kinds).Draw(t, "kind")
			noRegion(list[i].Communications)
		}
		slices.SortStableFunc(list, func(a, b roleParty) int {
			return cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind))
		})
	}
	for _, p := range []*party{&d.Declarant, &d.Agent, &d.Importer, &d.Exporter, &d.Consignee, &d.Consignor, &d.Carrier, &d.Submitter} {
		noRegion(p.Communications)
	}
	for i := range d.Safety {
		noRegion(d.Safety[i].Consignor.Communications)
	}
	parties(d.Parties, declaration.PartyConsignor, declaration.PartyAEO, declaration.PartyBuyer, declaration.PartyTax,
		declaration.PartyPayer, declaration.PartySeller, declaration.PartySurety)
	noRegion(d.Transport)
	d.Warehouse.Region = ""
	d.Type = rapid.SampledFrom([]string{"", "IM", "IMA", "EXD", "COA", "COR", "INV", "0"}).Draw(t, "type")
	d.Steps = rapid.SampledFrom([]string{"", declaration.StepSummary, declaration.StepFull}).Draw(t, "steps")
	d.Border.Mode = rapid.SampledFrom([]string{"", "2", "3", "4"}).Draw(t, "mode")
	d.Batch = rapid.SampledFrom([]port.BatchNumber{"", "2026112200001"}).Draw(t, "batch")
	for i := range d.Items {
		it := &d.Items[i]
		it.Number = int64(i + 1)
		noRegion(it.Classes)
		noRegion(it.Consignee.Communications)
		noRegion(it.Consignor.Communications)
		parties(it.Parties, declaration.PartyAEO, declaration.PartyBuyer, declaration.PartyTax, declaration.PartySeller)
		it.HS = rapid.SampledFrom([]port.HSCode{"", "2701121000"}).Draw(t, "hs")
		if it.HS == "" {
			it.HS = hsAmong(it.Classes)
		}
	}
	if d.Waybill == "" {
		d.Transport, d.WaybillType, d.Waybill = nil, "", waybillAmong(&d)
	}
	d.Direction = direction(&d)
	return d
}

// TestRoundTrip: what is written reads as the same declaration, whatever it says.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDocument(t)
		var file bytes.Buffer
		if err := Write(&file, &d); err != nil {
			t.Fatal(err)
		}
		m, problems, err := readAny(file.Bytes())
		if err != nil {
			t.Fatalf("%v\n%s", err, file.String())
		}
		if len(problems) > 0 {
			t.Errorf("warnings: %v\n%s", problems, file.String())
		}
		if diff := gocmp.Diff(&d, m.Document); diff != "" {
			t.Fatalf("%s\n%s", diff, file.String())
		}
	})
}

// TestAnswerRoundTrip is the same for answers.
func TestAnswerRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a exchange.Answer
		shell := reflect.ValueOf(&a).Elem()
		for i := range shell.NumField() {
			if name := shell.Type().Field(i).Name; !slices.Contains([]string{"Declaration", "Changed", "Batch", "Pass", "Parts"}, name) {
				fill(t, shell.Field(i))
			}
		}
		for i := range a.Offices {
			for j := range a.Offices[i].Communications {
				c := &a.Offices[i].Communications[j]
				c.Region, c.ID = "", cmp.Or(c.ID, "x")
			}
		}
		a.Declaration = anyDocument(t)
		a.Declaration.Reference = "R" // a first declaration that is empty would make the second the first
		for range rapid.IntRange(0, 2).Draw(t, "changed") {
			changed := anyDocument(t)
			changed.Reference = "C"
			a.Changed = append(a.Changed, changed)
		}
		var file bytes.Buffer
		if err := WriteAnswer(&file, &a); err != nil {
			t.Fatal(err)
		}
		m, problems, err := readAny(file.Bytes())
		if err != nil {
			t.Fatalf("%v\n%s", err, file.String())
		}
		if len(problems) > 0 {
			t.Errorf("warnings: %v\n%s", problems, file.String())
		}
		if diff := gocmp.Diff(&a, m.Document); diff != "" {
			t.Fatalf("%s\n%s", diff, file.String())
		}
	})
}
