package wco

import (
	"bytes"
	"encoding/xml"
	"io"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/port"
)

// value is one value of a file, found by the standard library and not by our reader.
type value struct{ path, text string }

// values are the texts and attributes of a message, from its document element down.
func values(t *testing.T, data []byte) (list []value) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(data))
	var path []string
	var text strings.Builder
	inside := func() (string, bool) {
		for i, name := range path {
			if name == "Declaration" || name == "Response" {
				return strings.Join(path[i:], "/"), true
			}
		}
		return "", false
	}
	for {
		token, err := d.Token()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			path = append(path, token.Name.Local)
			text.Reset()
			for _, a := range token.Attr {
				if at, ok := inside(); ok && a.Name.Space == "" && a.Name.Local != "xmlns" && a.Name.Local != "formatCode" {
					list = append(list, value{at + "/@" + a.Name.Local, a.Value})
				}
			}
		case xml.CharData:
			text.Write(token)
		case xml.EndElement:
			if at, ok := inside(); ok && strings.TrimSpace(text.String()) != "" {
				list = append(list, value{at, strings.TrimSpace(text.String())})
			}
			text.Reset()
			path = path[:len(path)-1]
		}
	}
}

// bag is what a document of the model holds, each value as often as it stands there.
type bag map[string]int

func (b bag) take(key string) bool {
	if b[key] == 0 {
		return false
	}
	b[key]--
	return true
}

func (b bag) fill(v reflect.Value) {
	switch x := v.Interface().(type) {
	case port.Money:
		if !x.IsZero() {
			b[numberKey(x.String())]++
			b[string(x.Currency)]++
		}
		return
	case port.Kilograms:
		b.number(int64(x), x.String())
		return
	case port.Quantity:
		b.number(int64(x), x.String())
		return
	case port.Time:
		if x != 0 {
			b["time "+x.String()]++
		}
		return
	}
	switch v.Kind() {
	case reflect.String:
		if v.Len() > 0 {
			b[v.String()]++
		}
	case reflect.Int64:
		b.number(v.Int(), strconv.FormatInt(v.Int(), 10))
	case reflect.Struct:
		for i := range v.NumField() {
			switch v.Type().Field(i).Name {
			case "HS", "Waybill", "WaybillType", "Direction", "Kind": // made of other fields, or of the element's name
			default:
				b.fill(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			b.fill(v.Index(i))
		}
	}
}

func (b bag) number(n int64, text string) {
	if n != 0 {
		b[numberKey(text)]++
	}
}

func numberKey(text string) string {
	if r, ok := new(big.Rat).SetString(text); ok && !strings.ContainsAny(text, "/eEpPxX_") {
		return "number " + r.RatString()
	}
	return "no number"
}

// numeric tells the elements that the model keeps as numbers. Rates are kept as written.
func numeric(path string) bool {
	name := path[strings.LastIndexByte(path, '/')+1:]
	if name == "TaxRateNumeric" || name == "RateNumeric" {
		return false
	}
	for _, suffix := range []string{"Numeric", "Quantity", "Measure", "Amount"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}

// TestNoLoss: what the package's comment says is kept. Every text and attribute below the document's element, of every
// file that is read, is in the document that was read from it.
func TestNoLoss(t *testing.T) {
	checked := 0
	material(t, func(t *testing.T, _ string, data []byte) {
		m, _, err := readAny(data)
		if err != nil {
			t.Skip("not read")
		}
		kept := bag{}
		switch document := m.Document.(type) {
		case *declaration.Document:
			kept.fill(reflect.ValueOf(*document))
		case *exchange.Answer:
			kept.fill(reflect.ValueOf(*document))
		}
		for _, v := range values(t, data) {
			checked++
			time, _, isTime := parseTime(v.text)
			switch {
			case strings.HasSuffix(v.path, "/Itinerary/SequenceNumeric"), strings.HasSuffix(v.path, "/Seal/SequenceNumeric"): // the list's order
			case numeric(v.path) && kept.take(numberKey(v.text)):
			case !numeric(v.path) && kept.take(v.text):
			case isTime && kept.take("time "+time.String()):
			case strings.HasSuffix(v.path, "Measure/@unitCode") && v.text == "KGM": // masses are kilograms
			case numeric(v.path) && numberKey(v.text) == "number 0": // nothing, of which there is a warning
			default:
				t.Errorf("%s: %q is lost", v.path, v.text)
			}
		}
	})
	t.Logf("%d values looked for", checked)
}
